/* manifest_text.c - findings of manifests as text, with the line of the manifest that each is
   about. */
#include "csvkit/cli/manifest/manifest_options.h"

int cli_add_findings(struct csvk_buf *out, const char *file, struct csvk_findings *findings,
                     bool color)
{
    static const struct csvk_rule_set *const sets[] = {&csvk_manifest_rules, NULL};
    struct csvk_report_options options;
    struct csvk_section section;
    int status = csvk_manifest_quote(file, findings);
    csvk_section_of_findings(&section, findings);
    struct csvk_subject subject = {.file = file, .section = &section, .nsections = 1};
    csvk_report_options_init(&options, sets);
    options.style = color ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    return status == CSVK_OK ? csvk_report_write(&subject, "text", &options, out, NULL) : status;
}
