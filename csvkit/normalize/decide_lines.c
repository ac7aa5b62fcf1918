/*
 * decide_lines.c - one record on several lines: short lines that may be parts of one, a line of one
 * field beside a whole record.
 */
#include "csvkit/normalize/decide_lines.h"

#include "csvkit/normalize/weigh.h"

#include <stdio.h>
#include <string.h>

bool norm_is_lone(const struct norm_line *line, size_t width)
{
    return line->known && line->faults == 0 && line->ncells == 1 && !norm_line_is_blank(line) &&
           width > 1;
}

/* A value that was put together over a line break is judged without the break. */
static struct norm_cell without_breaks(const struct norm_view *view, const struct norm_cell *cell)
{
    unsigned char *to = norm_arena_take(view->arena, cell->len + 1);
    size_t length = 0;
    for (size_t i = 0; to != NULL && i < cell->len; i++) {
        if (cell->ptr[i] != '\n') {
            to[length++] = cell->ptr[i];
        }
    }
    return (struct norm_cell){to != NULL ? to : cell->ptr, length, cell->enclosed};
}

/* Numbers, dates and codes are not broken over lines. */
static int bits_of_broken(const struct norm_matter *m, size_t k, const struct norm_cell *cell)
{
    const struct norm_evidence *evidence = m->context->evidence;
    struct norm_cell flat = without_breaks(m->view, cell);
    flat.enclosed = true;
    int enclosed = norm_evidence_cell(evidence, k, &flat, NORM_NOT_IN_SAMPLE);
    flat.enclosed = false;
    int open = norm_evidence_cell(evidence, k, &flat, NORM_NOT_IN_SAMPLE);
    struct norm_column_facts facts = norm_evidence_column(evidence, k);
    return (enclosed < open ? enclosed : open) +
           (facts.has_forms && facts.with_break == 0 ? 4 * NORM_BIT : 0);
}

static bool has_break(const struct norm_cell *cell)
{
    return memchr(cell->ptr, '\n', cell->len) != NULL;
}

/* A clean record of the sample is judged without itself. */
static enum norm_counted is_counted(const struct norm_matter *m, const struct norm_line *line)
{
    return line->begin < m->context->sample_left ? NORM_IN_SAMPLE : NORM_NOT_IN_SAMPLE;
}

static int bits_of_joined(const struct norm_matter *m, const struct norm_cell *cell,
                          enum norm_counted counted)
{
    int bits = 2 * NORM_BIT;
    for (size_t k = 0; k < m->context->width; k++) {
        bits += has_break(&cell[k]) && !cell[k].enclosed
                    ? bits_of_broken(m, k, &cell[k])
                    : norm_evidence_cell(m->context->evidence, k, &cell[k], counted);
    }
    return bits;
}

/* Appends a part to the cells of a joined record: its first value goes on the last one with LF. */
static bool join_part(const struct norm_matter *m, struct norm_cell *cell, size_t *count,
                      const struct norm_line *part)
{
    size_t width = m->context->width, from = 0;
    if (*count != 0) {
        struct norm_cell *last = &cell[*count - 1];
        const struct norm_cell *first = &part->cell[0];
        unsigned char *to = norm_arena_take(m->view->arena, last->len + first->len + 1);
        if (last->enclosed || first->enclosed || to == NULL) {
            return false;
        }
        memcpy(to, last->ptr, last->len);
        to[last->len] = '\n';
        memcpy(to + last->len + 1, first->ptr, first->len);
        *last = (struct norm_cell){to, last->len + first->len + 1, false};
        from = 1;
    }
    if (*count + part->ncells - from > width) {
        return false;
    }
    memcpy(cell + *count, part->cell + from, (part->ncells - from) * sizeof *cell);
    *count += part->ncells - from;
    return true;
}

/* The cheapest explanation of a short record as one of its own. */
static int bits_alone(const struct norm_matter *m, const struct norm_line *part)
{
    struct norm_readings readings = {.arena = m->view->arena};
    int least = INT32_MAX / (2 * NORM_LOOK_AHEAD); /* of many parts the sum has to fit, too */
    norm_readings_of_short(m->view, part, m->context->width, m->context->evidence,
                           &m->context->habit, &readings);
    for (size_t i = 0; i < readings.count; i++) {
        const struct norm_reading *r = &readings.list[i];
        int bits = r->prior + r->cells;
        least = bits < least ? bits : least;
    }
    m->view->arena->failed = m->view->arena->failed || readings.failed;
    norm_readings_release(&readings);
    return least;
}

/* ---- a line of one field beside a whole record -------------------------------------------------
 */

enum norm_lone norm_judge_lone(const struct norm_matter *m, const struct norm_line *a,
                               const struct norm_line *b, const struct norm_cell **joined)
{
    size_t width = m->context->width, count = 0;
    if (!norm_is_known(m->context)) {
        return NORM_LONE_APART;
    }
    struct norm_cell *cell = norm_arena_take(m->view->arena, width * sizeof *cell);
    if (cell == NULL || !join_part(m, cell, &count, a) || !join_part(m, cell, &count, b)) {
        return NORM_LONE_APART;
    }
    const struct norm_line *whole = a->ncells == width ? a : b;
    int alone =
        norm_evidence_row(m->context->evidence, whole->cell, is_counted(m, whole)) + 2 * NORM_BIT;
    int together = bits_of_joined(m, cell, is_counted(m, whole));
    m->decision->ncompeting = 0;
    norm_put_competitor(m, "two lines are one record", together);
    norm_put_competitor(m, "a record, and a line that is none", alone);
    *joined = cell;
    if (together - alone >= norm_evidence_margin(m->context->evidence)) {
        return NORM_LONE_APART;
    }
    bool clear = alone - together >= norm_evidence_margin(m->context->evidence) &&
                 together <= norm_evidence_typical(m->context->evidence) + 2 * NORM_BIT;
    return clear ? NORM_LONE_JOINED : NORM_LONE_UNCLEAR;
}

void norm_decide_lone(const struct norm_matter *m)
{
    const struct norm_cell *joined = NULL;
    struct norm_line next = {0};
    if (m->line->end < m->view->length) {
        next = norm_view_record(m->view, m->line->end, 0);
    }
    if (norm_is_sound(&next, m->context->width)) {
        enum norm_lone answer = norm_judge_lone(m, m->line, &next, &joined);
        if (answer == NORM_LONE_UNCLEAR ||
            (answer == NORM_LONE_JOINED && !m->context->before_sound)) {
            norm_put_reject(m, next.end, CSVK_REPAIR_JOIN,
                            "a line of one field may be the beginning of the record after it");
            m->decision->parts = 2;
            return;
        }
        if (answer == NORM_LONE_JOINED) {
            norm_put_joined(m, joined, next.end, 2, "two lines are one record");
            return;
        }
    }
    norm_put_reject(m, m->line->end, CSVK_REPAIR_PAD, "a line of one field");
}

/* ---- short records in a row --------------------------------------------------------------------
 */

/* Is the record at `at` short, without a fault, and can its fields go on after `count` of others?
   Asked without its cells, for mostly it is not. */
static bool may_be_part(const struct norm_matter *m, size_t at, size_t count)
{
    if (at >= m->view->length) {
        return false;
    }
    struct norm_line line = norm_view_outline(m->view, at);
    return line.known && line.faults == 0 && line.ncells < m->context->width &&
           count + line.ncells - 1 <= m->context->width;
}

/* The first k short lines from the record on that have the fields of one record. */
static size_t find_join(const struct norm_matter *m, struct norm_line *part, struct norm_cell *cell)
{
    size_t width = m->context->width, count = 0, at = m->line->begin;
    for (size_t k = 0; k < NORM_LOOK_AHEAD && k <= width; k++) {
        if (k != 0 && !may_be_part(m, at, count)) {
            return 0;
        }
        part[k] = k == 0 ? *m->line : norm_view_record(m->view, at, width);
        if (!join_part(m, cell, &count, &part[k])) {
            return 0;
        }
        at = part[k].end;
        if (k > 0 && count == width) {
            return k + 1;
        }
    }
    return 0;
}

static double in_bits(int parts)
{
    return (double)parts / NORM_BIT;
}

bool norm_decide_join(const struct norm_matter *m)
{
    size_t width = m->context->width;
    struct norm_line *part = norm_arena_take(m->view->arena, NORM_LOOK_AHEAD * sizeof *part);
    struct norm_cell *cell = norm_arena_take(m->view->arena, width * sizeof *cell);
    size_t parts = part != NULL && cell != NULL ? find_join(m, part, cell) : 0;
    if (parts == 0) {
        return false;
    }
    int together = bits_of_joined(m, cell, NORM_NOT_IN_SAMPLE), apart = 0;
    for (size_t i = 0; i < parts; i++) {
        apart += bits_alone(m, &part[i]);
    }
    /* Unless leaving out is a habit, each short record is an accident of its own. */
    bool habit = norm_is_habit(&m->context->habit, m->context->evidence, width);
    int accidents = habit ? 0 : 2 * NORM_BIT * (int)(parts - 1);
    size_t end = part[parts - 1].end;
    char one[64], several[64];
    snprintf(one, sizeof one, "%zu lines are one record", parts);
    snprintf(several, sizeof several, "%zu short records", parts);
    m->decision->ncompeting = 0;
    norm_put_competitor(m, one, together);
    norm_put_competitor(m, several, apart);
    bool cut = part[parts - 1].content == end; /* without a line break the data end there */
    if (together <= norm_evidence_typical(m->context->evidence) + 2 * NORM_BIT &&
        apart - together >= norm_evidence_margin(m->context->evidence) &&
        m->context->before_sound && !cut) {
        struct norm_line next =
            end < m->view->length ? norm_view_record(m->view, end, width) : (struct norm_line){0};
        bool sound_after = end >= m->view->length
                               ? m->view->at_end
                               : norm_is_sound(&next, width) ||
                                     (next.known && next.faults == 0 && next.ncells < width);
        if (sound_after) {
            norm_put_joined(m, cell, end, parts, one);
            return true;
        }
    }
    if (apart + accidents - together > -norm_evidence_margin(m->context->evidence)) {
        norm_put_reject(m, end, CSVK_REPAIR_JOIN,
                        "short records that may be one: %.1f bits as one, %.1f as %zu",
                        in_bits(together), in_bits(apart), parts);
        m->decision->parts = parts;
        return true;
    }
    return false;
}
