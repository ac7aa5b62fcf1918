/* judged.h - a table in memory, judged by the validator, for tests of rules. */
#ifndef TESTS_SUPPORT_JUDGED_H
#define TESTS_SUPPORT_JUDGED_H

#include "validator/validator.h"

/* The caller frees the validator. Fails the test when the table cannot be judged. */
struct csvk_validator *judge(const char *bytes, size_t length,
                             const struct csvk_validate_options *options);
/* The report lives as long as the validator. */
const struct csvk_report *report_of(struct csvk_validator *v);
uint64_t count_of(const struct csvk_report *report, const char *rule);
/* The first finding of the rule that is shown, or NULL. */
const struct csvk_finding *first_of(const struct csvk_report *report, const char *rule);

#endif
