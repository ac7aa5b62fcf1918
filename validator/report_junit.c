/*
 * report_junit.c - the report as JUnit XML for build servers: a test suite for each file, a test
 * case for each rule that is on, and a failure where that rule found errors.
 *
 * XML 1.0 cannot hold control characters at all, so texts are escaped as for a terminal first.
 */
#include "validator/report.h"

#include <inttypes.h>
#include <string.h>

static int add_finding(struct csvk_buf *out, const struct csvk_report *report,
                       const struct csvk_finding *f)
{
    struct csvk_buf message = CSVK_BUF_INIT;
    int status = csvk_buf_add_xml(out, report->file);
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out, ":%" PRIu64 ":%" PRIu64 ": ", f->line, f->column);
    }
    status = status == CSVK_OK ? csvk_finding_message(f, &message) : status;
    status = status == CSVK_OK ? csvk_buf_add_xml(out, csvk_buf_text(&message)) : status;
    csvk_buf_release(&message);
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

static int add_findings(struct csvk_buf *out, const struct csvk_report *report,
                        const struct csvk_rule *rule)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < report->nfindings && status == CSVK_OK; i++) {
        if (report->findings[i]->rule == rule) {
            status = add_finding(out, report, report->findings[i]);
        }
    }
    return status;
}

/* Errors make the test case fail; warnings and infos are written to system-out. */
static int add_case(struct csvk_buf *out, const struct csvk_report *report, size_t index)
{
    const struct csvk_rule *rule = csvk_rule_at(index);
    bool failure = report->levels[index] == CSVK_ERROR;
    int status = csvk_buf_printf(out, "    <testcase classname=\"csvkit\" name=\"%s\"", rule->id);
    if (status != CSVK_OK || report->counts[index] == 0) {
        return status == CSVK_OK ? csvk_buf_puts(out, "/>\n") : status;
    }
    status = failure
                 ? csvk_buf_printf(out, "><failure type=\"%s\" message=\"%" PRIu64 " findings: ",
                                   rule->id, report->counts[index])
                 : csvk_buf_puts(out, "><system-out>");
    status = status == CSVK_OK && failure ? csvk_buf_add_xml(out, rule->summary) : status;
    status = status == CSVK_OK && failure ? csvk_buf_puts(out, "\">") : status;
    status = status == CSVK_OK ? add_findings(out, report, rule) : status;
    return status == CSVK_OK
               ? csvk_buf_printf(out, "</%s></testcase>\n", failure ? "failure" : "system-out")
               : status;
}

int csvk_report_junit_begin(struct csvk_buf *out)
{
    return csvk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

int csvk_report_junit(const struct csvk_report *report, struct csvk_buf *out)
{
    size_t cases = 0, failures = 0;
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        cases += report->levels[i] != CSVK_OFF;
        failures += report->levels[i] == CSVK_ERROR && report->counts[i] != 0;
    }
    int status = csvk_buf_puts(out, "  <testsuite name=\"");
    status = status == CSVK_OK ? csvk_buf_add_xml(out, report->file) : status;
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", cases,
                                 failures);
    }
    for (size_t i = 0; i < csvk_rule_count() && status == CSVK_OK; i++) {
        if (report->levels[i] != CSVK_OFF) {
            status = add_case(out, report, i);
        }
    }
    return status == CSVK_OK ? csvk_buf_puts(out, "  </testsuite>\n") : status;
}

int csvk_report_junit_end(struct csvk_buf *out)
{
    return csvk_buf_puts(out, "</testsuites>\n");
}
