/* man_rules.c - the man page csvkit-rules(7): all rules, made from the tables of rules. */
#include "csvkit/schema/read/schema_file_rules.h"
#include "csvkit/cli/frame/roff.h"

#include "preflight/preflight.h"

#include <string.h>

static void put_labelled(struct cli_page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    cli_putf(page, ".PP\n.I %s:\n", label);
    cli_roff_paragraphs(page, text);
}

static void put_levels(struct cli_page *page, const struct csvk_rule *rule)
{
    if (csvk_rule_is_plain(rule)) {
        put_labelled(page, "Severity",
                     csvk_severity_name(csvk_rule_level(rule, CSVK_PROFILE_RFC4180)));
        return;
    }
    cli_put(page, ".PP\n.I Severity:\n");
    for (int i = 0; i < CSVK_PROFILES; i++) {
        enum csvk_profile profile = (enum csvk_profile)i;
        cli_roff_text(page, csvk_severity_name(csvk_rule_level(rule, profile)));
        cli_put(page, " in ");
        cli_roff_text(page, csvk_profile_name(profile));
        cli_put(page, i + 1 < CSVK_PROFILES ? ", " : ".\n");
    }
}

/* The reason of a rule about data folders is what the platform does. */
static void put_rule(struct cli_page *page, const struct csvk_rule *rule)
{
    bool platform = rule->outcome != NULL && strcmp(rule->outcome, rule->why) == 0;
    cli_put(page, ".SS \"");
    cli_roff_text(page, rule->id);
    cli_put(page, "\"\n");
    cli_roff_paragraphs(page, rule->summary);
    put_labelled(page, platform ? "What the platform does" : "Why it matters", rule->why);
    put_labelled(page, "Example", rule->example);
    put_labelled(page, "Remedy", rule->remedy);
    put_labelled(page, "Repairs of normalize", rule->repairs);
    put_levels(page, rule);
}

static void put_set(struct cli_page *page, const struct csvk_rule_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        put_rule(page, &set->rule[i]);
    }
}

static void put_profiles(struct cli_page *page)
{
    cli_put(page, ".SH PROFILES\n");
    for (int i = 0; i < CSVK_PROFILES; i++) {
        cli_put(page, ".TP\n.B ");
        cli_roff_text(page, csvk_profile_name((enum csvk_profile)i));
        cli_put(page, "\n");
        cli_roff_paragraphs(page, csvk_profile_summary((enum csvk_profile)i));
    }
}

int cli_man_rules(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, ".\\\" Made from the table of rules; do not edit.\n");
    cli_roff_title(&page, "csvkit", "rules", 7);
    cli_put(&page,
            ".SH NAME\ncsvkit\\-rules \\- the rules of csvkit and the profiles\n"
            ".SH DESCRIPTION\n"
            "Every finding names the rule that the data breaks. A profile gives each rule of\n"
            "csvkit validate a severity: error, warning, info or off.\n"
            ".B \\-\\-rule=ID=SEVERITY\nchanges the severity of one rule.\n");
    put_profiles(&page);
    cli_put(&page, ".SH RULES OF TABLES\nThese are the rules of csvkit validate.\n");
    put_set(&page, &csvk_validator_rules);
    cli_put(&page, ".SH RULES OF MANIFESTS AND DATA FOLDERS\n"
                   "These are the rules of csvkit manifest check and csvkit preflight. Their "
                   "severity does not\ndepend on a profile.\n");
    put_set(&page, &csvk_manifest_rules);
    put_set(&page, &csvk_preflight_rules);
    cli_put(&page,
            ".SH RULES OF SCHEMA FILES\n"
            "These are about the file of csvkit validate \\-\\-schema itself. Their severity "
            "does not\ndepend on a profile.\n");
    put_set(&page, &csvk_schema_file_rules);
    cli_put(&page, ".SH SEE ALSO\n.BR csvkit\\-validate (1),\n.BR csvkit\\-explain (1)\n");
    return page.status;
}
