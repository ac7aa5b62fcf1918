/*
 * decide_width.c - a record without a fault that has too many or too few fields.
 */
#include "csvkit/normalize/decide_width.h"

#include "csvkit/normalize/choose.h"
#include "csvkit/normalize/decide_lines.h"
#include "csvkit/normalize/weigh.h"

#include <stdio.h>
#include <string.h>

/* ---- too many fields --------------------------------------------------------------------------
 */

static bool is_empty_open(const struct norm_cell *cell)
{
    return cell->len == 0 && !cell->enclosed;
}

static const char *why_none_can_go(const struct norm_line *line, size_t width)
{
    size_t empty = 0, open = 0;
    for (size_t k = 0; k < line->ncells; k++) {
        empty += line->cell[k].len == 0;
        open += is_empty_open(&line->cell[k]);
    }
    return empty == 0                    ? "none of them is empty"
           : open == 0                   ? "none of them is empty without an enclosure"
           : open < line->ncells - width ? "fewer of them are empty than are surplus"
                                         : "the empty ones do not stand side by side";
}

static bool is_none_empty(const struct norm_cell *cell, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (is_empty_open(&cell[k])) {
            return false;
        }
    }
    return true;
}

static int bits_in(const struct norm_matter *m, size_t column, size_t field)
{
    return norm_view_cost(m->view, m->context->evidence, column, &m->line->cell[field]);
}

static int bits_of_empty(const struct norm_matter *m, size_t column)
{
    static const struct norm_cell empty = {(const unsigned char *)"", 0, false};
    return norm_evidence_cell(m->context->evidence, column, &empty, NORM_NOT_IN_SAMPLE);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/*
 * The last value of one record and the first of the next, without a delimiter between them: one of
 * them is empty, or both are in the field, which looks odd in both columns then.
 */
static int bits_of_glued(const struct norm_matter *m)
{
    size_t last = m->context->width - 1;
    const struct norm_cell *cell = &m->line->cell[last];
    bool odd = bits_in(m, last, last) > NORM_BIT && bits_in(m, 0, last) > NORM_BIT;
    bool may_hold_two =
        !cell->enclosed || memchr(cell->ptr, m->view->dialect.enclosure, cell->len) != NULL;
    int both = may_hold_two && odd && cell->len != 0 ? 0 : 8 * NORM_BIT;
    int one = smaller(bits_of_empty(m, last) + bits_in(m, 0, last),
                      bits_in(m, last, last) + bits_of_empty(m, 0));
    return smaller(both, one);
}

/*
 * What it costs that the line is two records: with a delimiter between them, or without. INT32_MAX:
 * it has not so many fields.
 *   `1,a,2,b`, `1,a2,b`  in a table of two columns
 */
static int bits_of_two_records(const struct norm_matter *m)
{
    size_t width = m->context->width, fields = m->line->ncells;
    bool glued = fields + 1 == 2 * width;
    if (width < 2 || (fields != 2 * width && !glued)) {
        return INT32_MAX;
    }
    int bits = 2 * NORM_BIT + (glued ? bits_of_glued(m) : 0);
    for (size_t k = 0; k + glued < width; k++) {
        bits += bits_in(m, k, k);
    }
    for (size_t k = glued; k < width; k++) {
        bits += bits_in(m, k, fields - width + k);
    }
    return bits;
}

static bool is_all_empty(const struct norm_line *line)
{
    for (size_t k = 0; k < line->ncells; k++) {
        if (line->cell[k].len != 0) {
            return false;
        }
    }
    return true;
}

/* What speaks against the best reading although it beats all others; NULL: nothing. */
static const char *objection(const struct norm_matter *m, const struct norm_reading *best)
{
    if (!norm_is_known(m->context)) {
        return NULL;
    }
    int two = bits_of_two_records(m);
    return is_all_empty(m->line) ? "nothing in them tells which are surplus"
           : two != INT32_MAX && two - best->score < norm_evidence_margin(m->context->evidence)
               ? "two records may be on one line"
               : NULL;
}

void norm_decide_surplus(const struct norm_matter *m)
{
    const struct norm_line *line = m->line;
    size_t width = m->context->width;
    if (m->context->ragged == CSVK_NORMALIZE_RAGGED_REJECT) {
        norm_put_reject(m, line->end, CSVK_REPAIR_SURPLUS, "too many fields, and --ragged=reject");
        return;
    }
    struct norm_readings readings = {.arena = m->view->arena};
    char why[NORM_TEXT] = "";
    const char *text = why;
    const struct norm_reading *best = NULL;
    if (!norm_readings_of_surplus(m->view, line, width, &readings)) {
        text = "too many empty fields to tell which are surplus";
    } else if (readings.count == 0) { /* a hole is proposed only beside one that can be written */
        text = why_none_can_go(line, width);
    } else {
        /* Without evidence only the last field may go, and only when no other one is empty. */
        if (!norm_is_known(m->context)) {
            size_t kept = 0;
            for (size_t i = 0; i < readings.count; i++) {
                readings.list[kept] = readings.list[i];
                kept += !readings.list[i].hole;
            }
            readings.count = kept;
        }
        best = norm_choose(m, &readings, is_none_empty(line->cell, width), why, sizeof why);
    }
    const char *against = best != NULL ? objection(m, best) : NULL;
    if (best != NULL && against == NULL) {
        norm_put_reading(m, best);
    } else {
        text = against != NULL ? against : text;
        norm_put_reject(m, line->end, CSVK_REPAIR_SURPLUS, "too many fields: %s", text);
    }
    m->decision->action = readings.failed ? NORM_NO_MEMORY : m->decision->action;
    norm_readings_release(&readings);
}

/* ---- too few fields --- */

static void add_lost_delimiters(const struct norm_matter *m, struct norm_readings *readings)
{
    struct norm_readings quotes = {.arena = m->view->arena, .wanted = NORM_WANTED_LOST_DELIMITERS};
    norm_readings_of_quotes(m->view, m->line, m->context->width, &quotes);
    for (size_t i = 0; i < quotes.count; i++) {
        norm_readings_add(readings, &quotes.list[i]);
    }
    readings->failed = readings->failed || quotes.failed;
    norm_readings_release(&quotes);
}

/*
 * The line may have been cut within its last value, which is open: that is shorter than any of its
 * column; or, where no writer leaves out fields by habit, the column does not know it. NULL:
 * neither.
 */
static const char *why_cut(const struct norm_matter *m, bool habit)
{
    size_t last = m->line->ncells - 1;
    const struct norm_cell *cell = &m->line->cell[last];
    const struct norm_evidence *evidence = m->context->evidence;
    if (cell->enclosed) {
        return NULL;
    }
    return cell->len < norm_evidence_column(evidence, last).shortest
               ? "is shorter than any other value of its column, the line may be cut"
           : !habit && cell->len != 0 && !norm_evidence_knows(evidence, last, cell)
               ? "is like no other value of its column, the line may be cut"
               : NULL;
}

/* The first column whose field is missing although it holds a value in some record; 0: none does.
 */
static size_t find_filled(const struct norm_matter *m)
{
    for (size_t k = m->line->ncells; k < m->context->width; k++) {
        struct norm_column_facts facts = norm_evidence_column(m->context->evidence, k);
        if (facts.values != facts.empty) {
            return k + 1;
        }
    }
    return 0;
}

static void decide_gap(const struct norm_matter *m)
{
    struct norm_readings readings = {.arena = m->view->arena, .wanted = NORM_WANTED_NAMED};
    char why[NORM_TEXT];
    size_t width = m->context->width, missing = width - m->line->ncells;
    bool habit = norm_is_habit(&m->context->habit, m->context->evidence, width);
    norm_readings_of_short(m->view, m->line, width, m->context->evidence, &m->context->habit,
                           &readings);
    if (missing == 1) {
        add_lost_delimiters(m, &readings);
    }
    const struct norm_reading *best = norm_choose(m, &readings, false, why, sizeof why);
    if (best == NULL) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_PAD, "too few fields: %s", why);
    } else if (2 * missing > width && !habit) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_PAD,
                        "too few fields: more than half of them would be invented");
    } else if (best->repair == CSVK_REPAIR_PAD && !habit && find_filled(m) != 0) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_PAD,
                        "too few fields: field %zu is empty in most records, but not in all, so it "
                        "may have been lost",
                        find_filled(m));
    } else if (best->repair == CSVK_REPAIR_PAD && why_cut(m, habit) != NULL) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_PAD, "too few fields: field %zu %s",
                        m->line->ncells, why_cut(m, habit));
    } else {
        norm_put_reading(m, best);
        m->decision->habit = habit && best->repair == CSVK_REPAIR_PAD;
    }
    m->decision->action = readings.failed ? NORM_NO_MEMORY : m->decision->action;
    norm_readings_release(&readings);
}

void norm_decide_short(const struct norm_matter *m)
{
    const struct norm_line *line = m->line;
    if (m->context->ragged == CSVK_NORMALIZE_RAGGED_REJECT) {
        norm_put_reject(m, line->end, CSVK_REPAIR_PAD, "too few fields, and --ragged=reject");
    } else if (line->content >= m->view->length) {
        norm_put_reject(m, line->end, CSVK_REPAIR_PAD,
                        "the last record is short and has no line break: the data may be cut");
    } else if (!norm_is_known(m->context)) {
        size_t records = norm_evidence_records(m->context->evidence);
        norm_put_reject(m, line->end, CSVK_REPAIR_PAD,
                        "too few fields, and %zu clean record%s too few to tell which are missing",
                        records, records == 1 ? " is" : "s are");
    } else if (norm_is_lone(line, m->context->width)) {
        norm_decide_lone(m);
    } else if (!norm_decide_join(m)) {
        decide_gap(m);
    }
}
