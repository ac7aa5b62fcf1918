/*
 * validator_merge.c - joins the judgements of two parts of one file, the second of which follows
 * the first.
 *
 * Counts are added. Places of the right part move by the bytes, lines and records of the left part.
 * Of rules that are reported once per file (is_once), the finding of the left part stays.
 *
 * Invariant: afterwards the left validator is what it would be if it had read both parts itself
 * (tests/unit/test_validator_merge.c). Whoever adds state to struct csvk_validator must join it
 * here.
 */
#include "validator/judge.h"

#include <string.h>

static bool is_once(size_t rule)
{
    return rule == RULE_EOL_LF || rule == RULE_EOL_CR || rule == RULE_EOL_MIXED;
}

static void move_finding(struct csvk_finding *f, const struct csvk_totals *by)
{
    f->byte += by->bytes;
    f->line += f->line != 0 ? by->lines : 0;
    f->record += f->record != 0 ? by->records : 0;
    for (size_t i = 0; i < f->nextras; i++) {
        if (f->extra[i].kind == CSVK_EXTRA_RECORD) {
            f->extra[i].number += by->records;
        } else if (f->extra[i].kind == CSVK_EXTRA_LINE) {
            f->extra[i].number += by->lines;
        } else if (f->extra[i].kind == CSVK_EXTRA_BYTE) {
            f->extra[i].number += by->bytes;
        }
    }
}

/* Is there room for one more finding? Those about values are bounded for each column. */
static bool has_room(struct csvk_validator *left, size_t rule, const struct csvk_finding *finding)
{
    return is_schema_rule(rule) ? schema_takes(left, rule, finding->field)
                                : !judge_is_full(left, rule);
}

/* Moves findings from the right part to the left one while there is room; the rest is dropped. */
static int take_findings(struct csvk_validator *left, struct csvk_validator *right, size_t rule)
{
    struct csvk_findings *to = &left->kept[rule], *from = &right->kept[rule];
    bool full = !is_schema_rule(rule) && judge_is_full(left, rule);
    if (from->count == 0 || full) {
        return CSVK_OK;
    }
    size_t most = to->count + from->count;
    struct csvk_finding *grown = csvk_reallocarray(to->item, most, sizeof(*to->item));
    if (grown == NULL) {
        return CSVK_ENOMEM;
    }
    to->item = grown;
    to->capacity = most;
    for (size_t i = 0; i < from->count; i++) {
        if (!has_room(left, rule, &from->item[i])) {
            continue;
        }
        move_finding(&from->item[i], &left->totals);
        to->item[to->count++] = from->item[i];
        memset(&from->item[i], 0, sizeof(from->item[i]));
    }
    return CSVK_OK;
}

static int merge_rule(struct csvk_validator *left, struct csvk_validator *right, size_t rule)
{
    bool is_reported = is_once(rule) && left->count[rule] != 0;
    if (is_reported || rule == RULE_EMPTY_FILE) {
        return CSVK_OK;
    }
    left->count[rule] += right->count[rule];
    return take_findings(left, right, rule);
}

static void merge_ill_formed(struct csvk_validator *left, const struct csvk_validator *right)
{
    const struct csvk_totals *by = &left->totals;
    if (left->ill_formed == 0 && right->ill_formed != 0) {
        left->ill_first = right->ill_first + by->bytes;
        left->ill_first_length = right->ill_first_length;
        left->ill_first_record = right->ill_first_record + by->records;
        left->ill_first_field = right->ill_first_field;
        left->ill_first_line = right->ill_first_line + by->lines;
        left->ill_first_column = right->ill_first_column;
    }
    left->ill_formed += right->ill_formed;
    left->ill_implausible += right->ill_implausible;
    left->ill_c1 += right->ill_c1;
}

static void merge_totals(struct csvk_totals *l, const struct csvk_totals *r)
{
    l->bytes += r->bytes;
    l->records += r->records;
    l->lines += r->lines;
    l->comments += r->comments;
    for (size_t i = 0; i < sizeof(l->eol) / sizeof(l->eol[0]); i++) {
        l->eol[i] += r->eol[i];
    }
    if (l->eol_mode == CSVK_EOL_NONE) {
        l->eol_mode = r->eol_mode;
    }
}

int csvk_validator_merge(struct csvk_validator *left, struct csvk_validator *right,
                         struct csvk_error *err)
{
    if (!left->finished || !right->finished || left->judged || right->judged) {
        return csvk_fail(err, CSVK_EUSAGE, "only finished parts without a report can be joined");
    }
    if (right->totals.records != 0 && left->width != right->width) {
        return csvk_fail(err, CSVK_EUSAGE, "the parts were judged with different widths");
    }
    bool typed = left->schema != NULL, both = typed == (right->schema != NULL);
    size_t columns = csvk_schema_count(left->options.schema);
    if (!both || (typed && columns != csvk_schema_count(right->options.schema))) {
        return csvk_fail(err, CSVK_EUSAGE, "the parts were judged by different types of columns");
    }
    if ((left->totals.bytes == 0 && right->totals.bytes != 0) ||
        (left->totals.records == 0 && right->totals.records != 0)) {
        left->count[RULE_EMPTY_FILE] = 0;
        csvk_findings_release(&left->kept[RULE_EMPTY_FILE]);
    }
    /* First: a run of narrow records that ends at the seam is a finding before those of `right`. */
    shape_merge(left, right);
    for (size_t i = 0; i < RULES; i++) {
        if (merge_rule(left, right, i) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory for findings");
        }
    }
    struct csvk_keys_shift shift = keys_shift_by(&left->totals);
    int status = keys_merge(left, right, shift, err);
    status = status == CSVK_OK ? unique_merge(left, right, shift, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    schema_merge(left, right);
    search_merge(left, right);
    end_merge(left, right);
    sample_merge(left, right);
    merge_ill_formed(left, right);
    merge_totals(&left->totals, &right->totals);
    if (left->damage.what == NULL) {
        left->damage = right->damage;
    }
    return left->failed ? csvk_fail(err, CSVK_ENOMEM, "out of memory for findings") : CSVK_OK;
}
