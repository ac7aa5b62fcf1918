/*
 * decide_quotes.c - a record with a fault of its enclosures: which reading of its quotes is right,
 * and where a record ends that has none.
 */
#include "csvkit/normalize/decide_quotes.h"

#include "csvkit/normalize/choose.h"
#include "csvkit/normalize/weigh.h"

#include <stdio.h>
#include <string.h>

enum { RESYNC_GOOD = 3 }; /* sound records in a row that end a rejected block */

/* Its last cell begins with a quote that has no partner: it may be the beginning of a value. */
static bool is_open_at_end(const struct norm_matter *m, const struct norm_reading *r)
{
    size_t last = m->context->width - 1;
    if (r->slip == NORM_SLIP_CLOSING_LOST) {
        return r->field == m->context->width;
    }
    const struct norm_cell *cell = &r->cell[last];
    int quote = m->view->dialect.enclosure;
    bool data = r->slip == NORM_SLIP_ALL_QUOTES || r->slip == NORM_SLIP_OPENING_IS_DATA;
    size_t quotes = 0;
    for (size_t i = 0; data && i < cell->len; i++) {
        quotes += cell->ptr[i] == quote;
    }
    return quotes % 2 == 1 && !cell->enclosed && cell->ptr[0] == quote;
}

/* The record may have been cut within an enclosure, in its last field, on any line of the value. */
static void add_cuts(const struct norm_matter *m, struct norm_readings *readings)
{
    size_t width = m->context->width, count = readings->count;
    for (size_t i = 0; i < count; i++) {
        const struct norm_reading r = readings->list[i];
        struct norm_cell *plain = NULL;
        if (is_open_at_end(m, &r)) {
            plain = norm_arena_take(m->view->arena, width * sizeof *plain);
        }
        if (plain == NULL) {
            continue;
        }
        memcpy(plain, r.plain, width * sizeof *plain);
        plain[width - 1].ptr = NULL;
        struct norm_reading cut = {NORM_SLIP_CUT,
                                   .field = width,
                                   .repair = CSVK_REPAIR_UNCLOSED,
                                   .hole = true,
                                   .cell = r.cell,
                                   .plain = plain,
                                   .end = r.end,
                                   .hidden =
                                       norm_evidence_enclosed(m->context->evidence, width - 1)};
        norm_readings_add(readings, &cut);
    }
}

/* Only readings after which the table goes on. */
static void drop_unsound(const struct norm_matter *m, struct norm_readings *readings)
{
    size_t kept = 0, checked = NORM_NOWHERE;
    bool sound = false;
    for (size_t i = 0; i < readings->count; i++) {
        if (readings->list[i].end != checked) {
            checked = readings->list[i].end;
            sound = norm_view_goes_on(m->view, checked, m->context->width);
        }
        if (sound) {
            readings->list[kept++] = readings->list[i];
        }
    }
    readings->count = kept;
}

/*
 * A sound record after one that runs away: a line inside of a value may look like a record. The
 * first one has to look like the others of the table, those after it not unlike them.
 */
static bool is_good(const struct norm_matter *m, size_t at, bool first)
{
    int typical = norm_evidence_typical(m->context->evidence);
    int most = first ? typical + 4 * NORM_BIT : 2 * typical + 4 * NORM_BIT;
    return !norm_is_known(m->context) || norm_cost_of_record(m->view, m->context, at) <= most;
}

/* By what an outline tells. */
static bool may_be_literal(const struct norm_matter *m, const struct norm_line *line)
{
    return line->known && line->faults == NORM_FAULT_QUOTE_IN_OPEN &&
           line->ncells == m->context->width;
}

/*
 * As the grammar reads it, only quotes in open fields are wrong, and none of them could close the
 * enclosure of a value that runs over lines: it does not show that the records about it are sound,
 * and does not hide it. Only of a line that may be literal.
 */
static bool is_literal_line(const struct norm_matter *m, size_t at)
{
    struct norm_line line = norm_view_record(m->view, at, 0);
    bool literal = !m->view->arena->failed;
    for (size_t k = 0; literal && k < line.ncells; k++) {
        const struct norm_cell *cell = &line.cell[k];
        literal = cell->enclosed || cell->len == 0 ||
                  cell->ptr[cell->len - 1] != m->view->dialect.enclosure;
    }
    return literal;
}

/* Do some sound records follow each other from `at` on, or `least` up to the end, and are all good?
   What they are like is asked last, for it takes longest. Records between them may have quotes in
   open fields: where every second one has, no three sound ones stand side by side. */
static bool goes_on_well(const struct norm_matter *m, size_t at, size_t least)
{
    size_t begin[RESYNC_GOOD], sound = 0, literal = 0;
    while (sound < RESYNC_GOOD && at < m->view->length) {
        struct norm_line line = norm_view_outline(m->view, at);
        if (norm_is_sound(&line, m->context->width)) {
            begin[sound++] = at;
        } else if (sound == 0 || ++literal > RESYNC_GOOD || !may_be_literal(m, &line) ||
                   !is_literal_line(m, at)) {
            return false;
        }
        at = line.end;
    }
    bool good = sound >= least;
    for (size_t i = 0; i < sound && good; i++) {
        good = is_good(m, begin[i], i == 0);
    }
    return good;
}

/* From the line after the record's first on: where some sound records follow each other. */
static size_t resync(const struct norm_matter *m, size_t least)
{
    const struct norm_view *view = m->view;
    size_t at = norm_view_next_line(view, m->line->begin);
    for (unsigned i = 0; i < NORM_LOOK_AHEAD && at < view->length; i++) {
        if (goes_on_well(m, at, least)) {
            return at;
        }
        at = norm_view_next_line(view, at);
    }
    return at < view->length ? at : view->length;
}

/* Where a rejected record with a fault of its enclosures ends. */
static size_t end_of_rejected(const struct norm_matter *m, const struct norm_readings *readings)
{
    size_t line_end = norm_view_next_line(m->view, m->line->begin);
    bool one = readings->count != 0;
    for (size_t i = 1; i < readings->count; i++) {
        one = one && readings->list[i].end == readings->list[0].end;
    }
    if (readings->count == 0 && m->line->end == line_end) {
        return line_end;
    }
    if (one) {
        size_t end = readings->list[0].end;
        bool swallows = norm_is_known(m->context) &&
                        norm_swallows_record(m->view, m->context, m->line->begin, end);
        size_t sooner = swallows ? resync(m, RESYNC_GOOD) : end;
        return sooner < end ? sooner : end;
    }
    return resync(m, 1);
}

/* The data end within an enclosure that opened here, and so does the record: are they cut? */
static bool ends_within(const struct norm_matter *m, const struct norm_readings *readings)
{
    const struct norm_view *view = m->view;
    if ((m->line->faults & NORM_FAULT_UNCLOSED) == 0 || !view->at_end) {
        return false;
    }
    for (size_t i = 0; i < readings->count; i++) {
        if (readings->list[i].end < view->length) {
            return false;
        }
    }
    unsigned char last = view->bytes[view->length - 1];
    size_t column = (m->line->ncells < m->context->width ? m->line->ncells : m->context->width) - 1;
    return (last != '\n' && last != '\r') || !norm_is_known(m->context) ||
           norm_evidence_column(m->context->evidence, column).with_break != 0;
}

/* ---- runs of quotes ---------------------------------------------------------------------------
 */

/* Quotes side by side, [from, to). */
struct run {
    size_t from, to;
    bool opens, closes; /* a field begins before it, ends after it */
};

/* The next run from `at` on, before `end`. */
static bool next_run(const struct norm_matter *m, size_t at, size_t end, struct run *run)
{
    const struct norm_view *view = m->view;
    size_t n = csvk_delimiter_length(&view->dialect);
    run->from = run->to = norm_view_quote(view, at);
    if (run->from >= end) { /* which NORM_NOWHERE is, too */
        return false;
    }
    while (norm_view_is(view, run->to, view->dialect.enclosure)) {
        run->to++;
    }
    run->opens = run->from == norm_view_start(view, m->line->begin) ||
                 (run->from >= m->line->begin + n && norm_view_delimiter(view, run->from - n) != 0);
    run->closes = norm_view_ends(view, run->to);
    return true;
}

/*
 * In one enclosure quotes are doubled and not doubled: what the writer meant by a pair is not to be
 * known.
 *   `"Kim "the" Roe ""III"""`
 */
static bool has_both_kinds(const struct norm_matter *m, size_t end)
{
    size_t singles = 0, pairs = 0;
    struct run run;
    for (size_t at = m->line->begin; next_run(m, at, end, &run); at = run.to) {
        size_t length = run.to - run.from;
        if (run.opens) {
            singles = pairs = 0;
        }
        size_t inner = length - (run.opens ? 1 : 0);
        inner -= run.closes && inner != 0 ? 1 : 0;
        singles += inner == 1;
        pairs += inner > 1;
        if (singles != 0 && pairs != 0) {
            return true;
        }
        if (run.closes) {
            singles = pairs = 0;
        }
    }
    return false;
}

static bool reads_inner_quotes(const struct norm_reading *reading)
{
    return reading->slip == NORM_SLIP_INNER_QUOTES || reading->slip == NORM_SLIP_INNER_PAIRS ||
           reading->slip == NORM_SLIP_INNER_OF_FIELD;
}

static bool has_pairs(const struct norm_matter *m)
{
    struct run run;
    for (size_t at = m->line->begin; next_run(m, at, m->line->content, &run); at = run.to) {
        if (run.to - run.from > 1) {
            return true;
        }
    }
    return false;
}

/*
 * The grammar's own reading has the right width, and nothing is known that could speak against it;
 * only that a writer doubles the quotes of values that are enclosed.
 */
static bool stays_literal(const struct norm_matter *m)
{
    return !norm_is_known(m->context) && m->line->known &&
           m->line->faults == NORM_FAULT_QUOTE_IN_OPEN && m->line->ncells == m->context->width &&
           !has_pairs(m);
}

void norm_decide_quotes(const struct norm_matter *m)
{
    if (stays_literal(m)) {
        norm_put_keep(m);
        return;
    }
    struct norm_readings readings = {.arena = m->view->arena, .wanted = NORM_WANTED_GOING_ON};
    char why[NORM_TEXT];
    if (m->line->faults == 0) { /* first: of readings that write the same the first one stays */
        struct norm_reading as_is = {NORM_SLIP_AS_WRITTEN, .repair = CSVK_REPAIR_UNCLOSED,
                                     .cell = m->line->cell, .plain = m->line->cell,
                                     .end = m->line->end};
        norm_readings_add(&readings, &as_is);
    }
    norm_readings_of_quotes(m->view, m->line, m->context->width, &readings);
    add_cuts(m, &readings);
    drop_unsound(m, &readings);
    const struct norm_reading *best = NULL;
    if (ends_within(m, &readings)) {
        norm_put_reject(m, m->view->length, CSVK_REPAIR_UNCLOSED,
                        "the data end within an enclosure: they may be cut");
    } else {
        best = norm_choose(m, &readings, false, why, sizeof why);
        if (best != NULL && reads_inner_quotes(best) && has_both_kinds(m, best->end)) {
            best = NULL;
            snprintf(why, sizeof why, "quotes in a value are doubled, and others in it are not");
        }
        if (best != NULL && best->slip == NORM_SLIP_AS_WRITTEN) {
            norm_put_keep(m);
        } else if (best != NULL) {
            norm_put_reading(m, best);
        } else {
            bool unclosed = (m->line->faults & NORM_FAULT_UNCLOSED) != 0 || m->line->faults == 0;
            norm_put_reject(m, end_of_rejected(m, &readings),
                            unclosed ? CSVK_REPAIR_UNCLOSED : CSVK_REPAIR_INNER_QUOTES,
                            "enclosures: %s", why);
        }
    }
    m->decision->action = readings.failed ? NORM_NO_MEMORY : m->decision->action;
    norm_readings_release(&readings);
}
