/* rule_sets.c - severities, profiles and rules by their names, numbers and letters. */
#include "csvkit/findings/findings.h"

#include <string.h>

static const char *const severity_names[] = {"off", "info", "warning", "error"};

static const struct {
    const char *name, *summary;
} profiles[CSVK_PROFILES] = {
    [CSVK_PROFILE_STRICT] = {"rfc4180-strict", "the grammar of RFC 4180, byte by byte"},
    [CSVK_PROFILE_RFC4180] = {"rfc4180", "what RFC 4180 means today: UTF-8, LF tolerated"},
    [CSVK_PROFILE_BIS] = {"rfc4180-bis", "the draft of 2024: any line break, any number of fields"},
    [CSVK_PROFILE_KEBOOLA] = {"keboola", "what Keboola Storage imports without loss"},
    [CSVK_PROFILE_EXCEL] = {"excel", "what a spreadsheet opens as intended"},
};

const char *csvk_severity_name(enum csvk_severity severity)
{
    return severity_names[severity];
}

int csvk_severity_parse(const char *text, enum csvk_severity *out, struct csvk_error *err)
{
    for (int i = CSVK_OFF; i <= CSVK_ERROR; i++) {
        if (strcmp(text, severity_names[i]) == 0) {
            *out = (enum csvk_severity)i;
            return CSVK_OK;
        }
    }
    return csvk_fail(err, CSVK_EUSAGE, "unknown level '%s': off, info, warning or error", text);
}

const char *csvk_profile_name(enum csvk_profile profile)
{
    return profiles[profile].name;
}

const char *csvk_profile_summary(enum csvk_profile profile)
{
    return profiles[profile].summary;
}

int csvk_profile_parse(const char *text, enum csvk_profile *out, struct csvk_error *err)
{
    for (int i = 0; i < CSVK_PROFILES; i++) {
        if (strcmp(text, profiles[i].name) == 0) {
            *out = (enum csvk_profile)i;
            return CSVK_OK;
        }
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "unknown profile '%s': rfc4180-strict, rfc4180, rfc4180-bis, keboola or excel",
                     text);
}

bool csvk_rule_is_plain(const struct csvk_rule *rule)
{
    return rule->levels[1] == '\0';
}

enum csvk_severity csvk_rule_level(const struct csvk_rule *rule, enum csvk_profile profile)
{
    switch (rule->levels[csvk_rule_is_plain(rule) ? 0 : profile]) {
    case 'E': return CSVK_ERROR;
    case 'W': return CSVK_WARNING;
    case 'I': return CSVK_INFO;
    default: return CSVK_OFF;
    }
}

/* Most ids differ in the first letters already, which costs no call. */
static bool is_same_id(const char *left, const char *right)
{
    return left[0] == right[0] && left[1] == right[1] && strcmp(left, right) == 0;
}

/* A rule that two judges know has one id and a row in the set of each: the first row counts. */
static bool is_repeated(const struct csvk_rule_set *const *sets,
                        const struct csvk_rule_set *const *last, const char *id)
{
    for (; sets != last; sets++) {
        for (size_t i = 0; i < (*sets)->count; i++) {
            if (is_same_id((*sets)->rule[i].id, id)) {
                return true;
            }
        }
    }
    return false;
}

const struct csvk_rule *csvk_rule_walk_next(struct csvk_rule_walk *walk)
{
    for (const struct csvk_rule_set *set; (set = walk->sets[walk->set]) != NULL; walk->set++) {
        while (walk->row < set->count) {
            const struct csvk_rule *rule = &set->rule[walk->row++];
            if (!is_repeated(walk->sets, walk->sets + walk->set, rule->id)) {
                return rule;
            }
        }
        walk->row = 0;
    }
    return NULL;
}

const struct csvk_rule *csvk_rule_sets_at(const struct csvk_rule_set *const *sets, size_t index)
{
    struct csvk_rule_walk walk = {.sets = sets};
    const struct csvk_rule *rule;
    do {
        rule = csvk_rule_walk_next(&walk);
    } while (rule != NULL && index-- > 0);
    return rule;
}

/* The first row with the id is the one that counts, so repeated rows need no look here. */
const struct csvk_rule *csvk_rule_sets_find(const struct csvk_rule_set *const *sets, const char *id)
{
    for (const struct csvk_rule_set *const *set = sets; *set != NULL; set++) {
        for (size_t i = 0; i < (*set)->count; i++) {
            if (strcmp((*set)->rule[i].id, id) == 0) {
                return &(*set)->rule[i];
            }
        }
    }
    return NULL;
}

size_t csvk_rule_sets_index(const struct csvk_rule_set *const *sets, const struct csvk_rule *rule)
{
    size_t index = 0;
    for (const struct csvk_rule_set *const *set = sets; *set != NULL; set++) {
        for (size_t i = 0; i < (*set)->count; i++) {
            const char *id = (*set)->rule[i].id;
            if (strcmp(id, rule->id) == 0) {
                return index;
            }
            index += !is_repeated(sets, set, id);
        }
    }
    return SIZE_MAX;
}
