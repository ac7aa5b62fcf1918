/*
 * decide_lines.c - one record on several lines: short lines that may be parts of one, a line of one
 * field beside a whole record, a sound record that may have swallowed others.
 */
#include "csvkit/normalize/decide_private.h"

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
        if (cell->ptr[i] != '\n' &&
            !(cell->ptr[i] == '\r' && i + 1 < cell->len && cell->ptr[i + 1] == '\n')) {
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

enum lone_answer { LONE_APART, LONE_UNCLEAR, LONE_JOINED };

/* `a` before `b`, one of them whole, the other a line of one field: are they one record? */
static enum lone_answer judge_lone(const struct norm_matter *m, const struct norm_line *a,
                                   const struct norm_line *b, const struct norm_cell **joined)
{
    size_t width = m->context->width, count = 0;
    if (!norm_is_known(m->context)) {
        return LONE_APART;
    }
    struct norm_cell *cell = norm_arena_take(m->view->arena, width * sizeof *cell);
    if (cell == NULL || !join_part(m, cell, &count, a) || !join_part(m, cell, &count, b)) {
        return LONE_APART;
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
        return LONE_APART;
    }
    bool clear = alone - together >= norm_evidence_margin(m->context->evidence) &&
                 together <= norm_evidence_typical(m->context->evidence) + 2 * NORM_BIT;
    return clear ? LONE_JOINED : LONE_UNCLEAR;
}

void norm_decide_lone(const struct norm_matter *m)
{
    const struct norm_cell *joined = NULL;
    struct norm_line next = {0};
    if (m->line->end < m->view->length) {
        next = norm_view_record(m->view, m->line->end, 0);
    }
    if (norm_is_sound(&next, m->context->width)) {
        enum lone_answer answer = judge_lone(m, m->line, &next, &joined);
        if (answer == LONE_UNCLEAR || (answer == LONE_JOINED && !m->context->before_sound)) {
            norm_put_reject(m, next.end, CSVK_REPAIR_JOIN,
                            "a line of one field may be the beginning of the record after it");
            m->decision->parts = 2;
            return;
        }
        if (answer == LONE_JOINED) {
            norm_put_cells(m, joined, next.end, CSVK_REPAIR_JOIN);
            m->decision->parts = 2;
            snprintf(m->decision->evidence, sizeof m->decision->evidence,
                     "two lines are one record");
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
        if (!part[k].known || part[k].faults != 0 || part[k].ncells >= width ||
            !join_part(m, cell, &count, &part[k])) {
            return 0;
        }
        at = part[k].end;
        if (k > 0 && count == width) {
            return k + 1;
        }
    }
    return 0;
}

/* Are the lines one record? True: the decision is made. */
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
    bool cut = end >= m->view->length && part[parts - 1].content == part[parts - 1].end;
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
            norm_put_cells(m, cell, end, CSVK_REPAIR_JOIN);
            m->decision->parts = parts;
            snprintf(m->decision->evidence, sizeof m->decision->evidence, "%s", one);
            return true;
        }
    }
    if (apart + accidents - together > -norm_evidence_margin(m->context->evidence)) {
        norm_put_reject(m, end, CSVK_REPAIR_JOIN,
                        "short records that may be one: %.1f bits as one, %.1f as %zu",
                        norm_in_bits(together), norm_in_bits(apart), parts);
        m->decision->parts = parts;
        return true;
    }
    return false;
}

/* ---- a sound record that may not be one --------------------------------------------------------
 */

/* Does a line inside the value, not its first, have the fields of a record? */
static bool holds_a_line_of(const struct norm_matter *m, const struct norm_cell *cell)
{
    size_t fields = 0;
    bool first = true;
    for (size_t i = 0; i <= cell->len; i++) {
        bool end = i == cell->len || cell->ptr[i] == '\n' || cell->ptr[i] == '\r';
        if (end && !first && fields + 1 == m->context->width) {
            return true;
        }
        if (end) {
            first = false;
            fields = 0;
        } else {
            size_t length = csvk_delimiter_at(&m->view->dialect, cell->ptr + i, cell->len - i);
            fields += length != 0;
            i += length != 0 ? length - 1 : 0;
        }
    }
    return false;
}

/*
 * A value runs over lines in a column where none does, and one of the lines looks like a record. It
 * takes more evidence to doubt a sound record than to repair one: repaired records are evidence
 * when the output is normalized again, and then nothing may change.
 */
static bool swallows(const struct norm_matter *m)
{
    enum { ENOUGH_TO_DOUBT = 3 * NORM_ENOUGH };
    if (norm_evidence_records(m->context->evidence) < ENOUGH_TO_DOUBT) {
        return false;
    }
    for (size_t k = 0; k < m->context->width; k++) {
        const struct norm_cell *cell = &m->line->cell[k];
        if (cell->enclosed && (has_break(cell) || memchr(cell->ptr, '\r', cell->len) != NULL) &&
            norm_evidence_column(m->context->evidence, k).with_break <= 1 &&
            norm_evidence_cell(m->context->evidence, k, cell, NORM_NOT_IN_SAMPLE) > NORM_TYPICAL &&
            holds_a_line_of(m, cell)) {
            return true;
        }
    }
    return false;
}

/* Does the line end with a quote that has no partner on it? */
static bool ends_with_lone_quote(const struct norm_matter *m, const struct norm_line *line)
{
    int quote = m->view->dialect.enclosure;
    size_t quotes = 0;
    for (size_t i = line->begin; i < line->content; i++) {
        quotes += m->view->bytes[i] == quote;
    }
    return quotes % 2 == 1 && norm_view_is(m->view, line->content - 1, quote);
}

/* As wide as the table, with values that may stand in their columns; or one of its readings wins.
 */
static bool explains_itself(const struct norm_matter *m, size_t at)
{
    struct norm_line line = norm_view_record(m->view, at, 0);
    struct norm_decision alone;
    int bits = 0;
    bool whole = line.ncells == m->context->width;
    for (size_t k = 0; whole && k + 1 < m->context->width; k++) {
        struct norm_cell bare = norm_view_unquoted(m->view, line.cell[k]);
        bits += norm_evidence_cell(m->context->evidence, k, &bare, NORM_NOT_IN_SAMPLE);
    }
    if (whole && bits <= norm_evidence_typical(m->context->evidence)) {
        return true;
    }
    norm_decide(m->view, &line, m->context, &alone);
    return alone.action == NORM_WRITE;
}

/* No record of the table, and nothing that opens an enclosure. */
static bool is_text(const struct norm_line *line, size_t width)
{
    return line->known && (line->faults & ~(unsigned)NORM_FAULT_QUOTE_IN_OPEN) == 0 &&
           line->ncells != width && width > 1;
}

/* As wide as a record by chance. */
static bool is_unlike(const struct norm_matter *m, const struct norm_line *line)
{
    return norm_is_sound(line, m->context->width) && norm_is_known(m->context) &&
           norm_cost_of_record(m->view, m->context, line->begin) >
               2 * norm_evidence_typical(m->context->evidence);
}

/*
 * Lines follow that are no records, and the last of them ends with a quote that has no partner: all
 * of them may belong to the last value of the record, whose opening quote was lost, or whose
 * enclosure a stray quote has closed. Where that ends; 0: it does not look so. In most tables no
 * line ends with a quote, which takes less to find out than what the lines are like.
 */
static size_t goes_on(const struct norm_matter *m)
{
    size_t at = m->line->end, width = m->context->width;
    if (m->line->cell[width - 1].len == 0 || !norm_view_has_end_quote(m->view, at)) {
        return 0;
    }
    for (unsigned i = 0; i < NORM_LOOK_AHEAD && at < m->view->length; i++) {
        struct norm_line line = norm_view_outline(m->view, at);
        if (line.known && line.faults == NORM_FAULT_QUOTE_IN_OPEN &&
            ends_with_lone_quote(m, &line) && !explains_itself(m, at)) {
            return norm_next_is_sound(m->view, m->context, line.end) ? line.end : 0;
        }
        if (!is_text(&line, width) && !is_unlike(m, &line)) {
            return 0;
        }
        at = line.end;
    }
    return 0;
}

/* A line of one field after a sound record: the end of its last value, the beginning of the value
   after it, or a line of its own. */
static void doubt_line_after(const struct norm_matter *m, const struct norm_line *next)
{
    const struct norm_cell *joined = NULL, *other = NULL;
    struct norm_line far = {0};
    if (next->end < m->view->length) {
        far = norm_view_record(m->view, next->end, 0);
    }
    enum lone_answer after =
        norm_is_sound(&far, m->context->width) ? judge_lone(m, next, &far, &other) : LONE_APART;
    enum lone_answer before = judge_lone(m, m->line, next, &joined);
    if (before == LONE_JOINED && after == LONE_APART) {
        norm_put_cells(m, joined, next->end, CSVK_REPAIR_JOIN);
        m->decision->parts = 2;
        snprintf(m->decision->evidence, sizeof m->decision->evidence, "two lines are one record");
    } else if (before != LONE_APART && after != LONE_JOINED) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_JOIN,
                        "the line after it may be the end of its last value");
    }
}

/* No line of a value: the option says so. */
static bool is_comment(const struct norm_view *view, size_t at)
{
    return view->comment != CSVK_NO_BYTE && norm_view_is(view, at, view->comment);
}

bool norm_line_is_doubtful(const struct norm_view *view, size_t at, size_t width)
{
    if (at >= view->length || is_comment(view, at)) {
        return false;
    }
    struct norm_line next = norm_view_outline(view, at);
    bool quote_at_end = next.faults == NORM_FAULT_QUOTE_IN_OPEN && next.content != at &&
                        norm_view_is(view, next.content - 1, view->dialect.enclosure);
    bool is_short = is_text(&next, width) && next.ncells < width;
    return quote_at_end || (is_short && !norm_line_is_blank(&next));
}

void norm_doubt(const struct norm_view *view, const struct norm_line *line,
                const struct norm_context *context, struct norm_decision *decision)
{
    struct norm_matter m = {view, line, context, decision};
    norm_begin_decision(&m);
    if (swallows(&m)) {
        norm_decide_quotes(&m);
        return;
    }
    if (line->end >= view->length || is_comment(view, line->end)) {
        return;
    }
    struct norm_line next = norm_view_outline(view, line->end);
    size_t end = goes_on(&m);
    if (end != 0) {
        norm_put_reject(&m, end, CSVK_REPAIR_UNCLOSED,
                        "its last value may go on in the next line: a quote has no partner there");
    } else if (norm_is_lone(&next, context->width)) {
        next = norm_view_record(view, line->end, 0);
        doubt_line_after(&m, &next);
    }
    if (view->arena->failed) {
        decision->action = NORM_NO_MEMORY;
    }
}
