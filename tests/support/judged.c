/* judged.c - see judged.h. */
#include "tests/support/judged.h"

#include "tests/support/support.h"

#include <string.h>

struct csvk_validator *judge(const char *bytes, size_t length,
                             const struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, options, NULL, &err) == CSVK_OK, "%s", err.text);
    csvk_source_free(source);
    return v;
}

const struct csvk_report *report_of(struct csvk_validator *v)
{
    struct csvk_error err = {0};
    const struct csvk_report *report = NULL;
    ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
    return report;
}

uint64_t count_of(const struct csvk_report *report, const char *rule)
{
    const struct csvk_rule *row = csvk_rule_find(rule);
    ck_assert_msg(row != NULL, "no rule %s", rule);
    return report->counts[row - csvk_rule_at(0)];
}

const struct csvk_finding *first_of(const struct csvk_report *report, const char *rule)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        if (strcmp(report->findings[i]->rule->id, rule) == 0) {
            return report->findings[i];
        }
    }
    return NULL;
}
