/*
 * report_junit.c - the report as JUnit XML for build servers: a test suite for each subject. The
 * test cases are its sections or, when there is only one without a name, the rules that are on; a
 * case with errors has a failure. A subject that could not be judged is a case with an error.
 *
 * XML 1.0 cannot hold control characters at all, so texts are escaped as for a terminal first.
 */
#include "csvkit/findings/reporter.h"

#include <string.h>

static void put_xml(struct csvk_reporter *r, const char *text)
{
    r->status = r->status == CSVK_OK ? csvk_buf_add_xml(r->out, text) : r->status;
}

static void begin(struct csvk_reporter *r)
{
    csvk_reporter_put(r, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

static void end(struct csvk_reporter *r)
{
    csvk_reporter_put(r, "</testsuites>\n");
}

static void put_suite(struct csvk_reporter *r, const struct csvk_subject *subject, size_t tests,
                      size_t failures)
{
    csvk_reporter_put(r, "  <testsuite name=\"");
    put_xml(r, subject->file);
    csvk_reporter_put(r, "\" tests=\"");
    csvk_reporter_put_number(r, tests);
    csvk_reporter_put(r, "\" failures=\"");
    csvk_reporter_put_number(r, failures);
    csvk_reporter_put(r, "\" errors=\"");
    csvk_reporter_put_number(r, subject->error != NULL);
    csvk_reporter_put(r, "\">\n");
}

static void open_case(struct csvk_reporter *r, const char *kind, const char *name)
{
    csvk_reporter_put(r, "    <testcase classname=\"");
    csvk_reporter_put(r, kind);
    csvk_reporter_put(r, "\" name=\"");
    put_xml(r, name);
    csvk_reporter_put(r, "\"");
}

static void put_finding(struct csvk_reporter *r, const struct csvk_subject *subject,
                        const struct csvk_finding *f)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    put_xml(r, f->file != NULL && f->file[0] != '\0' ? f->file : subject->file);
    if (f->line != 0) {
        csvk_reporter_put(r, ":");
        csvk_reporter_put_number(r, f->line);
        csvk_reporter_put(r, ":");
        csvk_reporter_put_number(r, f->column);
    }
    csvk_reporter_put(r, ": [");
    csvk_reporter_put(r, f->rule->id);
    csvk_reporter_put(r, "] ");
    int status = csvk_finding_full_message(f, &text);
    r->status = r->status == CSVK_OK ? status : r->status;
    put_xml(r, csvk_buf_text(&text));
    csvk_buf_release(&text);
    csvk_reporter_put(r, "\n");
}

/* Findings of the rule (NULL: of all rules) whose severity lies between `least` and `most`. */
static void put_findings(struct csvk_reporter *r, const struct csvk_subject *subject,
                         const struct csvk_section *section, const struct csvk_rule *rule,
                         enum csvk_severity least, enum csvk_severity most)
{
    for (size_t i = 0; i < section->count && r->status == CSVK_OK; i++) {
        const struct csvk_finding *f = csvk_section_at(section, i);
        bool wanted = f->severity >= least && f->severity <= most;
        if (wanted && (rule == NULL || f->rule == rule)) {
            put_finding(r, subject, f);
        }
    }
}

/* ---- cases by rule ----------------------------------------------------------------------------
 */

/* The rule of this set with its count; its level is that of the profile when the section does not
   know the rule. */
static struct csvk_tally tally_of(const struct csvk_reporter *r, const struct csvk_section *section,
                                  const struct csvk_rule *rule)
{
    for (size_t i = 0; i < section->nrules; i++) {
        if (section->rule[i].rule == rule) {
            return section->rule[i];
        }
    }
    return (struct csvk_tally){rule, csvk_rule_level(rule, r->options.profile), 0, 0};
}

/* Errors make the test case fail; warnings and infos are written to system-out. */
static void put_rule_case(struct csvk_reporter *r, const struct csvk_subject *subject,
                          const struct csvk_tally *tally)
{
    const struct csvk_rule *rule = tally->rule;
    bool failure = tally->severity == CSVK_ERROR;
    open_case(r, "csvkit", rule->id);
    if (tally->count == 0) {
        csvk_reporter_put(r, "/>\n");
        return;
    }
    if (failure) {
        csvk_reporter_put(r, "><failure type=\"");
        csvk_reporter_put(r, rule->id);
        csvk_reporter_put(r, "\" message=\"");
        csvk_reporter_put_number(r, tally->count);
        csvk_reporter_put(r, " findings: ");
        put_xml(r, rule->summary);
        csvk_reporter_put(r, "\">");
    } else {
        csvk_reporter_put(r, "><system-out>");
    }
    put_findings(r, subject, subject->section, rule, CSVK_INFO, CSVK_ERROR);
    csvk_reporter_put(r, failure ? "</failure></testcase>\n" : "</system-out></testcase>\n");
}

static void put_rule_cases(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = r->options.sets}, again = walk;
    size_t cases = 0, failures = 0;
    while ((rule = csvk_rule_walk_next(&walk)) != NULL) {
        struct csvk_tally tally = tally_of(r, subject->section, rule);
        cases += tally.severity != CSVK_OFF;
        failures += tally.severity == CSVK_ERROR && tally.count != 0;
    }
    put_suite(r, subject, cases, failures);
    while ((rule = csvk_rule_walk_next(&again)) != NULL) {
        struct csvk_tally tally = tally_of(r, subject->section, rule);
        if (tally.severity != CSVK_OFF) {
            put_rule_case(r, subject, &tally);
        }
    }
}

/* ---- cases by section --------------------------------------------------------------------------
 */

static void put_section_case(struct csvk_reporter *r, const struct csvk_subject *subject,
                             const struct csvk_section *section)
{
    open_case(r, section->kind, section->name);
    csvk_reporter_put(r, ">");
    if (section->errors != 0) {
        csvk_reporter_put(r, "<failure message=\"");
        csvk_reporter_put_count(r, section->errors, "error");
        csvk_reporter_put(r, "\">");
        put_findings(r, subject, section, NULL, CSVK_ERROR, CSVK_ERROR);
        csvk_reporter_put(r, "</failure>");
    }
    if (section->warnings + section->infos != 0) {
        csvk_reporter_put(r, "<system-out>");
        put_findings(r, subject, section, NULL, CSVK_INFO, CSVK_WARNING);
        csvk_reporter_put(r, "</system-out>");
    }
    csvk_reporter_put(r, "</testcase>\n");
}

static void put_section_cases(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    size_t failures = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        failures += subject->section[i].errors != 0;
    }
    put_suite(r, subject, subject->nsections, failures);
    for (size_t i = 0; i < subject->nsections; i++) {
        put_section_case(r, subject, &subject->section[i]);
    }
}

static void put_not_judged(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    put_suite(r, subject, 1, 0);
    open_case(r, "csvkit", "judged");
    csvk_reporter_put(r, "><error type=\"not-judged\" message=\"");
    put_xml(r, subject->error);
    csvk_reporter_put(r, "\"/></testcase>\n");
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    if (subject->error != NULL) {
        put_not_judged(r, subject);
    } else if (subject->nsections == 1 && subject->section[0].name == NULL) {
        put_rule_cases(r, subject);
    } else {
        put_section_cases(r, subject);
    }
    uint64_t dropped = report_dropped(subject, CSVK_INFO);
    if (dropped != 0) {
        csvk_reporter_put(r, "    <system-out>");
        csvk_reporter_put_count(r, dropped, "more finding");
        csvk_reporter_put(r, " not shown</system-out>\n");
    }
    csvk_reporter_put(r, "  </testsuite>\n");
}

extern const struct report_format report_junit;
const struct report_format report_junit = {begin, one, end};
