/*
 * findings_list.c - lists of findings, and sections of reports.
 *
 * Invariant: `errors`, `warnings`, `infos` and the tallies count every finding; the list keeps the
 * first ones, as its limits allow.
 */
#include "csvkit/findings/findings.h"

#include <string.h>

void csvk_findings_release(struct csvk_findings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        csvk_finding_release(&list->item[i]);
    }
    csvk_free(list->item);
    csvk_free(list->rule);
    *list = (struct csvk_findings){.limit = list->limit, .rule_limit = list->rule_limit};
}

struct csvk_finding *csvk_findings_append(struct csvk_findings *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity < 8 ? 8 : list->capacity * 2;
        void *grown = csvk_reallocarray(list->item, capacity, sizeof *list->item);
        if (grown == NULL) {
            return NULL;
        }
        list->item = grown;
        list->capacity = capacity;
    }
    struct csvk_finding *f = &list->item[list->count++];
    memset(f, 0, sizeof *f);
    return f;
}

/* The counter of a rule; NULL: out of memory. */
static struct csvk_tally *tally_of(struct csvk_findings *list, const struct csvk_rule *rule)
{
    for (size_t i = 0; i < list->nrules; i++) {
        if (list->rule[i].rule == rule) {
            return &list->rule[i];
        }
    }
    if (list->nrules == list->rule_capacity) {
        size_t capacity = list->rule_capacity + 8;
        void *grown = csvk_reallocarray(list->rule, capacity, sizeof *list->rule);
        if (grown == NULL) {
            return NULL;
        }
        list->rule = grown;
        list->rule_capacity = capacity;
    }
    list->rule[list->nrules] = (struct csvk_tally){rule, CSVK_OFF, 0, 0};
    return &list->rule[list->nrules++];
}

static void count(struct csvk_findings *list, struct csvk_tally *tally, enum csvk_severity severity,
                  uint64_t times)
{
    tally->count += times;
    tally->severity = severity > tally->severity ? severity : tally->severity;
    list->errors += severity == CSVK_ERROR ? times : 0;
    list->warnings += severity == CSVK_WARNING ? times : 0;
    list->infos += severity == CSVK_INFO ? times : 0;
}

int csvk_findings_count(struct csvk_findings *list, const struct csvk_rule *rule,
                        enum csvk_severity severity, uint64_t times)
{
    struct csvk_tally *tally = times != 0 ? tally_of(list, rule) : NULL;
    if (tally != NULL) {
        count(list, tally, severity, times);
    }
    return times == 0 || tally != NULL ? CSVK_OK : CSVK_ENOMEM;
}

int csvk_findings_add(struct csvk_findings *list, struct csvk_finding *finding)
{
    struct csvk_tally *tally = tally_of(list, finding->rule);
    if (tally == NULL) {
        csvk_finding_release(finding);
        return CSVK_ENOMEM;
    }
    count(list, tally, finding->severity, 1);
    bool full = (list->limit != 0 && list->count >= list->limit) ||
                (list->rule_limit != 0 && tally->kept >= list->rule_limit);
    struct csvk_finding *kept = full ? NULL : csvk_findings_append(list);
    if (kept == NULL) {
        csvk_finding_release(finding);
        return full ? CSVK_OK : CSVK_ENOMEM;
    }
    *kept = *finding;
    memset(finding, 0, sizeof *finding);
    tally->kept++;
    return CSVK_OK;
}

/* ---- sections ------------------------------------------------------------------------------- */

void csvk_section_of_findings(struct csvk_section *out, const struct csvk_findings *from)
{
    *out = (struct csvk_section){.item = from->item,
                                 .count = from->count,
                                 .rule = from->rule,
                                 .nrules = from->nrules,
                                 .errors = from->errors,
                                 .warnings = from->warnings,
                                 .infos = from->infos,
                                 .of_tree = true};
}

const struct csvk_finding *csvk_section_at(const struct csvk_section *section, size_t index)
{
    return section->item != NULL ? &section->item[index] : section->list[index];
}

uint64_t csvk_section_dropped(const struct csvk_section *section, enum csvk_severity least)
{
    uint64_t all = section->errors + (least <= CSVK_WARNING ? section->warnings : 0) +
                   (least <= CSVK_INFO ? section->infos : 0);
    for (size_t i = 0; i < section->count; i++) {
        all -= csvk_section_at(section, i)->severity >= least;
    }
    return all;
}
