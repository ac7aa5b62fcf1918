/*
 * decide_doubt.c - a sound record that may not be one: it may have swallowed others, or the lines
 * after it may belong to its last value.
 */
#include "csvkit/normalize/decide_doubt.h"

#include "csvkit/normalize/decide.h"
#include "csvkit/normalize/decide_lines.h"
#include "csvkit/normalize/decide_quotes.h"

#include <string.h>

/* ---- it may have swallowed others -------------------------------------------------------------
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

static bool has_break(const struct norm_cell *cell)
{
    return memchr(cell->ptr, '\n', cell->len) != NULL || memchr(cell->ptr, '\r', cell->len) != NULL;
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
        if (cell->enclosed && has_break(cell) &&
            norm_evidence_column(m->context->evidence, k).with_break <= 1 &&
            norm_evidence_cell(m->context->evidence, k, cell, NORM_NOT_IN_SAMPLE) > NORM_TYPICAL &&
            holds_a_line_of(m, cell)) {
            return true;
        }
    }
    return false;
}

/* ---- lines after it may belong to it ----------------------------------------------------------
 */

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
    size_t at = m->line->end, width = m->context->width, quote = at;
    if (m->line->cell[width - 1].len == 0) {
        return 0;
    }
    for (unsigned i = 0; i < NORM_LOOK_AHEAD && at < m->view->length; i++) {
        quote = quote <= at ? norm_view_end_quote(m->view, at) : quote;
        if (quote == NORM_NOWHERE) {
            return 0;
        }
        struct norm_line line = norm_view_outline(m->view, at);
        if (line.faults == NORM_FAULT_QUOTE_IN_OPEN && ends_with_lone_quote(m, &line) &&
            !explains_itself(m, at)) {
            return norm_view_goes_on(m->view, line.end, width) ? line.end : 0;
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
    enum norm_lone after = norm_is_sound(&far, m->context->width)
                               ? norm_judge_lone(m, next, &far, &other)
                               : NORM_LONE_APART;
    enum norm_lone before = norm_judge_lone(m, m->line, next, &joined);
    if (before == NORM_LONE_JOINED && after == NORM_LONE_APART) {
        norm_put_joined(m, joined, next->end, 2, "two lines are one record");
    } else if (before != NORM_LONE_APART && after != NORM_LONE_JOINED) {
        norm_put_reject(m, m->line->end, CSVK_REPAIR_JOIN,
                        "the line after it may be the end of its last value");
    }
}

/* No line of a value: the option says so. */
static bool is_comment(const struct norm_view *view, size_t at)
{
    return norm_view_is(view, at, view->comment);
}

bool norm_line_is_doubtful(const struct norm_view *view, size_t at, size_t width)
{
    if (at >= view->length || is_comment(view, at)) {
        return false;
    }
    struct norm_line next = norm_view_outline(view, at);
    bool quote_at_end = next.faults == NORM_FAULT_QUOTE_IN_OPEN &&
                        norm_view_is(view, next.content - 1, view->dialect.enclosure);
    bool is_short = is_text(&next, width) && next.ncells < width;
    return quote_at_end || (is_short && !norm_line_is_blank(&next));
}

/* ---- the record -------------------------------------------------------------------------------
 */

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
