/* report.h - what the writers of reports (report_*.c) share. Private to the validator. */
#ifndef VALIDATOR_REPORT_H
#define VALIDATOR_REPORT_H

#include "validator/validator.h"

/* Name of the column a finding lies in, or NULL. */
const char *report_field_name(const struct csvk_report *report, const struct csvk_finding *finding);
/* Appends the message; bytes that a terminal would obey are escaped. */
int report_add_message(const struct csvk_finding *finding, struct csvk_buf *out) CSVK_MUST_USE;
/* Writes "key": value for every fact of the finding. */
void report_put_extras(struct csvk_json *json, const struct csvk_finding *finding);
void report_put_message(struct csvk_json *json, const struct csvk_finding *finding);

#endif
