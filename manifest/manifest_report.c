/* manifest_report.c - a judged manifest as a subject of reports: what is special to it. */
#include "manifest/manifest.h"

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct csvk_manifest_report *report = subject->context;
    bool table = report->manifest != NULL && report->kind == CSVK_MANIFEST_OUT_TABLE;
    csvk_json_put_string(json, "file", report->file);
    csvk_json_put_bool(json, "valid", report->findings->errors == 0);
    csvk_json_put_string(json, "kind",
                         report->manifest != NULL ? csvk_manifest_kind_name(report->kind) : NULL);
    csvk_json_put_string(json, "generation",
                         table ? csvk_generation_name(csvk_manifest_generation(report->manifest))
                               : NULL);
    csvk_json_put_string(json, "data", report->data);
    csvk_section_json(subject->section, json);
}

static void put_verdict(const struct csvk_subject *subject, size_t index, struct csvk_reporter *r)
{
    const struct csvk_findings *findings =
        ((const struct csvk_manifest_report *)subject->context)->findings;
    uint64_t dropped = csvk_section_dropped(subject->section, CSVK_INFO);
    if (index < subject->nsections) {
        return;
    }
    csvk_reporter_put_escaped(r, subject->file);
    csvk_reporter_put(r, ": ");
    csvk_reporter_put_verdict(r, findings->errors == 0, findings->errors == 0 ? "good" : "refused");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, findings->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, findings->warnings, "warning");
    if (dropped > 0) {
        csvk_reporter_put(r, " (");
        csvk_reporter_put_number(r, dropped);
        csvk_reporter_put(r, " not shown)");
    }
    csvk_reporter_put(r, "\n");
}

void csvk_manifest_subject(const struct csvk_manifest_report *report, struct csvk_section *section,
                           struct csvk_subject *subject)
{
    csvk_section_of_findings(section, report->findings);
    *subject = (struct csvk_subject){.file = report->file,
                                     .section = section,
                                     .nsections = 1,
                                     .json = put_json,
                                     .text = put_verdict,
                                     .context = report};
}
