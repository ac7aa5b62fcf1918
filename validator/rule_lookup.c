/* rule_lookup.c - the rules about tables as a set, by number and by name. */
#include "validator/rule_index.h"

const struct csvk_rule_set csvk_validator_rules = {csvk_rule_table, RULES};

size_t csvk_rule_count(void)
{
    return RULES;
}

const struct csvk_rule *csvk_rule_at(size_t index)
{
    return index < RULES ? &csvk_rule_table[index] : NULL;
}

const struct csvk_rule *csvk_rule_find(const char *id)
{
    const struct csvk_rule_set *const sets[] = {&csvk_validator_rules, NULL};
    return csvk_rule_sets_find(sets, id);
}
