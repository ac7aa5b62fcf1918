/*
 * readings_of_quotes.c - the readings of a record whose enclosures are in disorder.
 *
 * First the readings that change the rules for the whole record, then one edit at a time: the
 * fields before the edit are read strictly (the head), the edited field or fields in another way,
 * and the fields after it strictly again (the tail). A tail with a fault ends the reading: one slip
 * explains the record, or none does.
 */
#include "csvkit/normalize/readings.h"

#include <string.h>

enum {
    LONGEST_EDIT = 65536, /* bytes between a quote and its lost partner */
    MOST_BREAKS = 8,      /* line breaks in a value that lost a quote */
    CLOSING_TRIES = 12,
    OPENING_TRIES = 8,
    SEAMS = 8, /* places where one enclosure may end and the next begin */
    MOST_SKIPPED = 5,
};

/* What a strict reading from a field's start to the end of the record comes to. */
struct tail {
    size_t at; /* NORM_NOWHERE: nothing is known */
    size_t count, end;
};

enum { TAILS = 64 };

struct search {
    const struct norm_view *view;
    const struct norm_line *line;
    size_t width;
    int quote;
    struct norm_readings *to;
    struct norm_cell *cell;  /* width + 2 of them: the head, then what is tried */
    size_t nhead, at;        /* `at`: where the field after the head begins */
    size_t line_end;         /* of the first line */
    size_t far, far_from;    /* no value that begins before the line break at `far_from` may reach
                                further than `far`, for its line breaks */
    struct tail tail[TAILS]; /* by place: most edits of a record share their tail */
};

/* The repair of a lost or stray quote: r22 when the grammar finds no end of an enclosure, or one
   that lies behind other records. */
static enum csvk_repair of_lone_quote(const struct search *s)
{
    bool runs_away = s->line->faults == 0 || (s->line->faults & NORM_FAULT_UNCLOSED) != 0;
    return runs_away ? CSVK_REPAIR_UNCLOSED : CSVK_REPAIR_INNER_QUOTES;
}

static bool ends(const struct search *s, size_t at)
{
    return norm_view_ends(s->view, at);
}

static bool is_quote(const struct search *s, size_t at)
{
    return norm_view_is(s->view, at, s->quote);
}

static size_t next_byte(const struct norm_view *view, size_t from, size_t to, int byte)
{
    const unsigned char *found = from < to ? memchr(view->bytes + from, byte, to - from) : NULL;
    return found != NULL ? (size_t)(found - view->bytes) : to;
}

/* From `at` on: the CR or LF that is one too many for a value, or the end of the view. *first: the
   first one. */
static size_t find_far(const struct norm_view *view, size_t at, size_t *first)
{
    *first = NORM_NOWHERE;
    for (size_t count = 0; at < view->length;) {
        size_t lf = next_byte(view, at, view->length, '\n');
        size_t found = next_byte(view, at, lf, '\r');
        *first = count == 0 ? found : *first;
        if (found == view->length || ++count > MOST_BREAKS) {
            return found;
        }
        at = found + 1;
    }
    return view->length;
}

/* Has [s->at, to) more line breaks than a value that lost a quote may have? */
static bool has_many_breaks(struct search *s, size_t to)
{
    if (s->at > s->far_from) {
        s->far = find_far(s->view, s->at, &s->far_from);
    }
    return to > s->far;
}

static struct tail *tail_at(struct search *s, size_t at)
{
    return &s->tail[at % TAILS];
}

/* All fields from `first` on, which were read one by one, have the tail that ends at `end`. */
static void remember_tails(struct search *s, const size_t *begin, size_t fields, size_t end)
{
    for (size_t i = 0; i < fields; i++) {
        *tail_at(s, begin[i]) = (struct tail){begin[i], fields - i, end};
    }
}

/*
 * Reads fields from `at` to the end of the record into cells from `count` on. The end of the
 * record; NORM_NOWHERE: a fault, or too many of them. A strict tail that was read before, and
 * cannot give the width, is not read again.
 */
static size_t read_tail(struct search *s, size_t at, enum norm_mode mode, size_t *count)
{
    enum { REMEMBERED = 32 };
    size_t begin[REMEMBERED], fields = 0;
    const struct tail *known = tail_at(s, at);
    bool strict = mode == NORM_MODE_STRICT;
    if (strict && known->at == at &&
        (known->end == NORM_NOWHERE || *count + known->count != s->width)) {
        return NORM_NOWHERE;
    }
    for (;;) {
        if (*count > s->width) {
            return NORM_NOWHERE;
        }
        begin[fields % REMEMBERED] = at;
        at = norm_view_field(s->view, at, mode, &s->cell[*count]);
        fields++;
        bool last = at == NORM_NOWHERE || norm_view_delimiter(s->view, at) == 0;
        size_t end = at != NORM_NOWHERE ? at + norm_view_line_break(s->view, at) : NORM_NOWHERE;
        if (last && strict && fields <= REMEMBERED) {
            remember_tails(s, begin, fields, end);
        }
        if (at == NORM_NOWHERE) {
            return NORM_NOWHERE;
        }
        ++*count;
        if (last) {
            return end;
        }
        at = norm_view_after(s->view, at);
    }
}

/* The tail after a field that ends at `at`. */
static size_t read_after(struct search *s, size_t at, size_t *count)
{
    if (norm_view_delimiter(s->view, at) != 0) {
        return read_tail(s, norm_view_after(s->view, at), NORM_MODE_STRICT, count);
    }
    return at + norm_view_line_break(s->view, at);
}

static struct norm_cell *keep_cells(struct search *s)
{
    struct norm_cell *kept = norm_arena_take(s->view->arena, s->width * sizeof *kept);
    if (kept != NULL) {
        memcpy(kept, s->cell, s->width * sizeof *kept);
    }
    return kept;
}

/* Edited fields are read without regard to escapes: with one in the record, the reading competes
   and is not written. */
static bool has_escape(const struct search *s, size_t end)
{
    int escape = s->view->dialect.escape;
    return escape != CSVK_NO_BYTE &&
           memchr(s->view->bytes + s->line->begin, escape, end - s->line->begin) != NULL;
}

/* Adds the reading whose cells are in s->cell, when there are as many as columns. */
static struct norm_reading *propose(struct search *s, struct norm_reading reading, size_t count,
                                    size_t end)
{
    if (end == NORM_NOWHERE || count != s->width || s->to->count >= NORM_QUOTE_READINGS) {
        return NULL;
    }
    reading.cell = reading.plain = keep_cells(s);
    reading.end = end;
    reading.hole = reading.hole || has_escape(s, end);
    if (reading.cell == NULL) {
        s->to->failed = true;
        return NULL;
    }
    return norm_readings_add(s->to, &reading);
}

/* The same where evidence shall not see the quotes that the edit made data in cell `k`. */
static void propose_without_quotes(struct search *s, struct norm_reading reading, size_t count,
                                   size_t end, size_t k)
{
    struct norm_reading *added = propose(s, reading, count, end);
    struct norm_cell *plain = added != NULL ? keep_cells(s) : NULL;
    if (plain != NULL) {
        plain[k] = norm_view_unquoted(s->view, plain[k]);
        added->plain = plain;
    }
}

/* ---- the whole record -------------------------------------------------------------------------
 */

static bool has_backslash_quote(const struct search *s, size_t from, size_t to)
{
    for (size_t i = norm_view_quote(s->view, from); i != NORM_NOWHERE && i < to;
         i = norm_view_quote(s->view, i + 1)) {
        if (i > from && s->view->bytes[i - 1] == '\\') {
            return true;
        }
    }
    return false;
}

static void read_whole(struct search *s, enum norm_mode mode, enum norm_slip slip,
                       enum csvk_repair repair)
{
    size_t count = 0, begin = s->line->begin;
    size_t end = read_tail(s, begin, mode, &count);
    bool escaped = end != NORM_NOWHERE && mode != NORM_MODE_BLANKS && mode != NORM_MODE_BACKSLASH &&
                   has_backslash_quote(s, begin, end);
    propose(s, (struct norm_reading){slip, .repair = repair, .prior = escaped ? 8 * NORM_BIT : 0},
            count, end);
}

static bool has_quotes_at_both_ends(const struct search *s, size_t from, size_t to)
{
    return to - from > 1 && is_quote(s, from) && is_quote(s, to - 1);
}

/* Every quote on the line is data: each field is open. Values with quotes at both ends cost. */
static void read_all_open(struct search *s)
{
    size_t count = 0, at = norm_view_start(s->view, s->line->begin), end;
    int prior = 0;
    bool other_faults = s->line->faults != NORM_FAULT_QUOTE_IN_OPEN;
    for (;;) {
        end = norm_view_open_end(s->view, at);
        if (end == NORM_NOWHERE || count == s->width) {
            return;
        }
        prior += has_quotes_at_both_ends(s, at, end) ? 3 * NORM_BIT : 0;
        s->cell[count++] = norm_view_raw(s->view, at, end);
        if (norm_view_delimiter(s->view, end) == 0) {
            break;
        }
        at = norm_view_after(s->view, end);
    }
    struct norm_reading reading = {NORM_SLIP_ALL_QUOTES,
                                   .repair = other_faults ? of_lone_quote(s) : CSVK_REPAIR_ENCLOSE,
                                   .prior = prior};
    struct norm_reading *added =
        propose(s, reading, count, end + norm_view_line_break(s->view, end));
    struct norm_cell *plain = added != NULL ? keep_cells(s) : NULL;
    for (size_t k = 0; plain != NULL && k < s->width; k++) {
        plain[k] = norm_view_unquoted(s->view, plain[k]);
    }
    if (plain != NULL) {
        added->plain = plain;
    }
}

/* ---- one field that begins with a quote -------------------------------------------------------
 */

static void read_opening_as_data(struct search *s)
{
    size_t end = norm_view_open_end(s->view, s->at), count = s->nhead + 1;
    if (end == NORM_NOWHERE) {
        return;
    }
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
    struct norm_reading reading = {NORM_SLIP_OPENING_IS_DATA, .field = s->nhead + 1,
                                   .repair = of_lone_quote(s)};
    reading.prior = has_quotes_at_both_ends(s, s->at, end) ? 3 * NORM_BIT : 0;
    end = read_after(s, end, &count);
    propose_without_quotes(s, reading, count, end, s->nhead);
}

/* The value may end before any delimiter or line break, as long as no single quote is in it. */
static void read_closing_lost(struct search *s)
{
    size_t end = s->at, delimiter = csvk_delimiter_length(&s->view->dialect);
    for (unsigned tries = 0; tries < CLOSING_TRIES; tries++) {
        size_t step = norm_view_line_break(s->view, end);
        end = norm_view_open_end(s->view, tries == 0 ? end : end + (step != 0 ? step : delimiter));
        if (end == NORM_NOWHERE || end - s->at > LONGEST_EDIT ||
            norm_view_has_single_quote(s->view, s->at + 1, end) || has_many_breaks(s, end)) {
            return;
        }
        size_t count = s->nhead + 1;
        s->cell[s->nhead] = norm_view_undoubled(s->view, s->at + 1, end);
        struct norm_reading reading = {NORM_SLIP_CLOSING_LOST, .field = s->nhead + 1,
                                       .repair = of_lone_quote(s), .prior = 2 * NORM_BIT};
        size_t after = read_after(s, end, &count);
        propose(s, reading, count, after);
        if (end >= s->view->length) {
            return;
        }
    }
}

/* Occurrences of `","` in a value: each looks like the border of two fields. */
static int borders_in(const struct search *s, const struct norm_cell *cell)
{
    int count = 0;
    const struct csvk_dialect *dialect = &s->view->dialect;
    size_t n = csvk_delimiter_length(dialect);
    for (size_t i = 0; i + 1 + n < cell->len; i++) {
        if (cell->ptr[i] == s->quote && cell->ptr[i + 1 + n] == s->quote &&
            csvk_delimiter_at(dialect, cell->ptr + i + 1, n) != 0) {
            count++;
            i += 1 + n;
        }
    }
    return count;
}

/* The enclosure ends at `end`; its value is decoded only when the tail has the right width. */
static void propose_inner(struct search *s, size_t end, unsigned skip, enum norm_mode mode,
                          struct norm_reading reading)
{
    size_t count = s->nhead + 1, after = read_after(s, end, &count);
    if (after == NORM_NOWHERE || count != s->width) {
        return;
    }
    struct norm_cell *cell = &s->cell[s->nhead];
    norm_view_inner(s->view, s->at, skip, mode, cell);
    reading.prior = (3 * (int)skip + (skip != 0 ? 6 * borders_in(s, cell) : 0)) * NORM_BIT;
    propose(s, reading, count, after);
}

static void read_inner_of_field(struct search *s)
{
    static const enum norm_mode modes[] = {NORM_MODE_INNER, NORM_MODE_PAIRS};
    bool found = true; /* with more quotes skipped there is none when there was none with fewer */
    for (unsigned skip = 1; skip <= MOST_SKIPPED && found; skip++) {
        found = false;
        for (size_t m = 0; m < 2; m++) {
            size_t end = norm_view_inner_end(s->view, s->at, skip, modes[m]);
            found = found || end != NORM_NOWHERE;
            if (end != NORM_NOWHERE) {
                propose_inner(s, end, skip, modes[m],
                              (struct norm_reading){NORM_SLIP_QUOTES_BEFORE_END,
                                                    .field = s->nhead + 1, .count = skip,
                                                    .repair = CSVK_REPAIR_INNER_QUOTES});
            }
        }
    }
    size_t end = norm_view_inner_end(s->view, s->at, 0, NORM_MODE_INNER);
    if (end != NORM_NOWHERE && !has_backslash_quote(s, s->at, end)) {
        propose_inner(s, end, 0, NORM_MODE_INNER,
                      (struct norm_reading){NORM_SLIP_INNER_OF_FIELD, .field = s->nhead + 1,
                                            .repair = CSVK_REPAIR_INNER_QUOTES});
    }
}

/*
 * The next place where the enclosure that opens at s->at may end and the next field begin without a
 * delimiter: "a"b, or "a""b" where the second quote opens. *from: where to look; the value goes to
 * the cell after the head. NORM_NOWHERE: no more of them.
 */
static size_t next_seam(struct search *s, size_t *from)
{
    size_t i = norm_view_quote(s->view, *from);
    if (i == NORM_NOWHERE || i - s->at > LONGEST_EDIT) {
        return NORM_NOWHERE;
    }
    bool pair = is_quote(s, i + 1);
    if (!pair && ends(s, i + 1)) {
        return NORM_NOWHERE;
    }
    *from = pair ? i + 2 : s->view->length;
    s->cell[s->nhead] = norm_view_undoubled(s->view, s->at + 1, i);
    return i + 1;
}

static void read_seams(struct search *s)
{
    size_t from = s->at + 1;
    for (unsigned i = 0; i < SEAMS; i++) {
        size_t seam = next_seam(s, &from);
        if (seam == NORM_NOWHERE) {
            return;
        }
        size_t count = s->nhead + 1;
        struct norm_reading reading = {NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                       .repair = CSVK_REPAIR_INNER_QUOTES, .prior = NORM_BIT};
        size_t end = read_tail(s, seam, NORM_MODE_STRICT, &count);
        propose(s, reading, count, end);
    }
}

/* ---- one field that does not ------------------------------------------------------------------
 */

static void read_quotes_in_open(struct search *s)
{
    size_t end = norm_view_open_end(s->view, s->at), quote = norm_view_quote(s->view, s->at);
    if (end == NORM_NOWHERE || quote == NORM_NOWHERE || quote >= end) {
        return;
    }
    size_t count = s->nhead + 1;
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
    struct norm_reading data = {NORM_SLIP_QUOTES_IN_OPEN, .field = s->nhead + 1,
                                .repair = CSVK_REPAIR_ENCLOSE};
    size_t after = read_after(s, end, &count);
    propose_without_quotes(s, data, count, after, s->nhead);
    if (quote == s->at) {
        return;
    }
    count = s->nhead + 1;
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, quote);
    struct norm_reading lost = {NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                .repair = CSVK_REPAIR_ENCLOSE, .prior = NORM_BIT};
    after = read_tail(s, quote, NORM_MODE_STRICT, &count);
    propose(s, lost, count, after);
}

/* The first quote from `at` on that a value which begins at s->at may reach. */
static size_t first_quote(const struct search *s, size_t at)
{
    size_t end = s->at <= s->line_end ? s->far : s->at + LONGEST_EDIT;
    end = end < s->view->length ? end + 1 : s->view->length;
    struct norm_view near = *s->view;
    near.length = end < near.length ? end : near.length;
    return norm_view_quote(&near, at);
}

/* The value ends at a quote before a delimiter or a line break. */
static void read_opening_lost(struct search *s)
{
    size_t quote = first_quote(s, s->at);
    for (unsigned tries = 0; tries < OPENING_TRIES && quote != NORM_NOWHERE && quote > s->at;) {
        if (quote - s->at > LONGEST_EDIT || has_many_breaks(s, quote)) {
            return;
        }
        if (is_quote(s, quote + 1) && !ends(s, quote + 1)) {
            quote = norm_view_quote(s->view, quote + 2);
            continue;
        }
        if (ends(s, quote + 1)) {
            if (!norm_view_has_single_quote(s->view, s->at, quote)) {
                size_t count = s->nhead + 1;
                s->cell[s->nhead] = norm_view_undoubled(s->view, s->at, quote);
                struct norm_reading reading = {NORM_SLIP_OPENING_LOST, .field = s->nhead + 1,
                                               .repair = CSVK_REPAIR_ENCLOSE,
                                               .prior = 2 * NORM_BIT};
                size_t end = read_after(s, quote + 1, &count);
                propose(s, reading, count, end);
            }
            tries++;
        }
        quote = norm_view_quote(s->view, quote + 1);
    }
}

/* ---- the last field ---------------------------------------------------------------------------
 */

static void propose_two(struct search *s, size_t seam)
{
    const struct norm_cell last = s->cell[s->nhead];
    size_t count = 0;
    struct norm_cell *head = keep_cells(s);
    if (head == NULL) {
        s->to->failed = true;
        return;
    }
    size_t end = read_tail(s, seam, NORM_MODE_STRICT, &count);
    bool fits = end != NORM_NOWHERE && count == s->width;
    memcpy(s->cell, head, s->width * sizeof *head);
    s->cell[s->nhead] = last;
    if (fits) {
        propose(s,
                (struct norm_reading){NORM_SLIP_TWO_RECORDS, .repair = CSVK_REPAIR_INNER_QUOTES,
                                      .hole = true, .prior = 2 * NORM_BIT},
                s->width, end);
    }
}

/* A line break is missing after the last field: two records stand on one line. */
static void read_two_records(struct search *s)
{
    if (is_quote(s, s->at)) {
        size_t from = s->at + 1;
        for (unsigned i = 0; i < SEAMS; i++) {
            size_t seam = next_seam(s, &from);
            if (seam == NORM_NOWHERE) {
                return;
            }
            propose_two(s, seam);
        }
        return;
    }
    size_t end = norm_view_open_end(s->view, s->at), quote = norm_view_quote(s->view, s->at);
    if (end != NORM_NOWHERE && quote != NORM_NOWHERE && quote < end) {
        s->cell[s->nhead] = norm_view_raw(s->view, s->at, quote);
        propose_two(s, quote);
    }
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static void read_edits_of_field(struct search *s)
{
    if (is_quote(s, s->at)) {
        read_opening_as_data(s);
        read_closing_lost(s);
        read_inner_of_field(s);
        read_seams(s);
    } else {
        read_quotes_in_open(s);
        read_opening_lost(s);
    }
    if (s->nhead + 1 == s->width) {
        read_two_records(s);
    }
}

void norm_readings_of_quotes(const struct norm_view *view, const struct norm_line *line,
                             size_t width, struct norm_readings *to)
{
    struct search s = {view,           line,
                       .width = width, .quote = view->dialect.enclosure,
                       .to = to,       .at = norm_view_start(view, line->begin)};
    if (width > NORM_WIDEST || view->dialect.enclosure == CSVK_NO_BYTE) {
        return;
    }
    s.line_end = norm_view_line_end(view, line->begin);
    s.line_end = s.line_end == NORM_NOWHERE ? view->length : s.line_end;
    s.far = find_far(view, s.line_end, &s.far_from);
    s.far_from = s.line_end;
    for (size_t i = 0; i < TAILS; i++) {
        s.tail[i].at = NORM_NOWHERE;
    }
    s.cell = norm_arena_take(view->arena, (width + 2) * sizeof *s.cell);
    if (s.cell == NULL) {
        to->failed = true;
        return;
    }
    read_whole(&s, NORM_MODE_INNER, NORM_SLIP_INNER_QUOTES, CSVK_REPAIR_INNER_QUOTES);
    if (has_backslash_quote(&s, line->begin, line->end)) {
        read_whole(&s, NORM_MODE_BACKSLASH, NORM_SLIP_BACKSLASH, CSVK_REPAIR_BACKSLASH);
    }
    read_whole(&s, NORM_MODE_PAIRS, NORM_SLIP_INNER_PAIRS, CSVK_REPAIR_INNER_QUOTES);
    read_whole(&s, NORM_MODE_BLANKS, NORM_SLIP_BLANKS, CSVK_REPAIR_BLANKS);
    read_all_open(&s);
    while (s.nhead < width && to->count < NORM_QUOTE_READINGS && !to->failed) {
        read_edits_of_field(&s);
        size_t end = norm_view_field(view, s.at, NORM_MODE_STRICT, &s.cell[s.nhead]);
        if (end == NORM_NOWHERE || norm_view_delimiter(view, end) == 0) {
            return;
        }
        s.nhead++;
        s.at = norm_view_after(view, end);
    }
}
