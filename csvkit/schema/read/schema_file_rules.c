/* schema_file_rules.c - see schema_file_rules.h. Ids are an interface; texts may change. */
#include "csvkit/schema/read/schema_file_rules.h"

static const struct csvk_rule rules[] = {
    [RULE_FILE_INVALID] = {"schema-invalid", "E", NULL, "The schema is not as its standard has it.",
                           "What the columns must be like is not known, so the table cannot be "
                           "judged.",
                           "", "Correct the schema at the place named.", "", NULL, NULL},
    [RULE_FILE_IGNORED] = {"schema-ignored", "W", NULL,
                           "A property of the schema does not count, because it is not as its "
                           "standard has it.",
                           "The standard lets a validator go on as if the property were not there; "
                           "what it was meant to demand is not checked.",
                           "", "Correct the property, or remove it.", "", NULL, NULL},
    [RULE_FILE_UNSUPPORTED] = {"schema-unsupported", "E", NULL,
                               "The schema asks for something that csvkit cannot do.",
                               "Nothing that a schema demands is left out without a word.", "",
                               "Remove the property, or judge the table with another tool.", "",
                               NULL, NULL},
};
const struct csvk_rule_set csvk_schema_file_rules = {rules, sizeof rules / sizeof rules[0]};
