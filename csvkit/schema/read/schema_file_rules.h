/*
 * schema_file_rules.h - the rules about a schema file itself: schema-invalid, schema-ignored,
 * schema-unsupported.
 */
#ifndef CSVKIT_SCHEMA_READ_SCHEMA_FILE_RULES_H
#define CSVKIT_SCHEMA_READ_SCHEMA_FILE_RULES_H

#include "csvkit/findings/findings.h"

enum schema_file_rule { RULE_FILE_INVALID, RULE_FILE_IGNORED, RULE_FILE_UNSUPPORTED };
extern const struct csvk_rule_set csvk_schema_file_rules; /* in the order of the enum */

#endif
