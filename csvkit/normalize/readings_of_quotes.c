/*
 * readings_of_quotes.c - the readings of a record whose enclosures are in disorder.
 *
 * First the readings that change the rules for the whole record, then one edit at a time: the
 * fields before the edit are read strictly (the head), the edited field or fields in another way,
 * and the fields after it strictly again (the tail). A tail with a fault ends the reading: one slip
 * explains the record, or none does.
 */
#include "csvkit/normalize/quote_walk.h"
#include "csvkit/normalize/readings.h"

#include <string.h>

enum {
    LONGEST_EDIT = 65536, /* bytes between a quote and its lost partner */
    MOST_BREAKS = 8,      /* line breaks in a value that lost a quote */
    CLOSING_TRIES = 12,
    SEAMS = 8, /* places where one enclosure may end and the next begin */
};

struct search {
    const struct norm_view *view;
    const struct norm_line *line;
    size_t width;
    int quote;
    struct norm_readings *to;
    struct norm_cell *cell; /* width + 2 of them: the head, then what is tried */
    size_t nhead, at;       /* `at`: where the field after the head begins */
    size_t rest, nrest; /* fields from `rest` on, read in `rest_mode`, go into the cells from number
                           `nrest` on; NORM_NOWHERE: there are none */
    enum norm_mode rest_mode;
    size_t line_end;      /* of the first line */
    size_t far, far_from; /* no value that begins before the line break at `far_from` may reach
                             further than `far`, for its line breaks; once `is_far_known` */
    bool is_far_known;
    struct norm_walk walk; /* over the quotes of the record */
    /* So many fields at the begin of the record have no fault, and the next one begins there. In
       NORM_MODE_PAIRS they may end elsewhere when `has_inner_pair`. */
    size_t nclean, clean_to;
    bool has_inner_pair;
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
    if (to <= s->line_end) {
        return false;
    }
    if (!s->is_far_known) {
        s->is_far_known = true;
        s->far = find_far(s->view, s->line_end, &s->far_from);
        s->far_from = s->line_end;
    }
    if (s->at > s->far_from) {
        s->far = find_far(s->view, s->at, &s->far_from);
    }
    return to > s->far;
}

/* Fields from `at` to the end of the record; with `cell`, their values. The end of the record;
   NORM_NOWHERE: a fault, or more fields than `most`. */
static size_t read_fields(const struct search *s, size_t at, enum norm_mode mode, size_t most,
                          struct norm_cell *cell, size_t *count)
{
    for (*count = 0; *count < most; at = norm_view_after(s->view, at)) {
        at = norm_view_field(s->view, at, mode, cell != NULL ? &cell[*count] : NULL);
        if (at == NORM_NOWHERE) {
            return NORM_NOWHERE;
        }
        ++*count;
        if (norm_view_delimiter(s->view, at) == 0) {
            return at + norm_view_line_break(s->view, at);
        }
    }
    return NORM_NOWHERE;
}

/* Passes the fields at the begin of the record that have no fault, but for the last one. */
static void pass_clean(struct search *s)
{
    s->has_inner_pair = false;
    s->clean_to = norm_view_start(s->view, s->line->begin);
    for (s->nclean = 0; s->nclean < s->width; s->nclean++) {
        size_t at = s->clean_to, end = norm_view_field(s->view, at, NORM_MODE_STRICT, NULL);
        if (end == NORM_NOWHERE || norm_view_delimiter(s->view, end) == 0) {
            return;
        }
        if (is_quote(s, at) && !s->has_inner_pair) {
            size_t first = end;
            (void)norm_view_inner_ends(s->view, at, NORM_MODE_PAIRS, 1, &first);
            s->has_inner_pair = first != end;
        }
        s->clean_to = norm_view_after(s->view, end);
    }
}

/* Do the first fields without a fault end in this mode where they end in the strict one? */
static bool are_clean_in(const struct search *s, enum norm_mode mode)
{
    return s->view->dialect.escape == CSVK_NO_BYTE &&
           (mode == NORM_MODE_INNER || mode == NORM_MODE_BLANKS ||
            (mode == NORM_MODE_PAIRS && !s->has_inner_pair));
}

/*
 * The fields from `at` to the end of the record, when there are `count` before them. The end of the
 * record; NORM_NOWHERE: a fault, or another number of fields than columns. They are put into cells
 * when the reading is added.
 */
static size_t read_tail(struct search *s, size_t at, enum norm_mode mode, size_t count)
{
    size_t fields = 0, end, passed = 0, from = at;
    if (count > s->width) {
        return NORM_NOWHERE;
    }
    if (mode == NORM_MODE_STRICT) {
        end = norm_view_tail(s->view, at, &fields);
    } else {
        if (at == norm_view_start(s->view, s->line->begin) && are_clean_in(s, mode)) {
            passed = s->nclean;
            from = s->clean_to;
        }
        end = read_fields(s, from, mode, s->width - count - passed, NULL, &fields);
        fields += passed;
    }
    s->rest = at;
    s->rest_mode = mode;
    s->nrest = count;
    return fields == s->width - count ? end : NORM_NOWHERE;
}

/* The tail after a field that ends at `at`. */
static size_t read_after(struct search *s, size_t at, size_t count)
{
    if (norm_view_delimiter(s->view, at) != 0) {
        return read_tail(s, norm_view_after(s->view, at), NORM_MODE_STRICT, count);
    }
    s->rest = NORM_NOWHERE;
    return count == s->width ? at + norm_view_line_break(s->view, at) : NORM_NOWHERE;
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

/* Counts a reading of the slip that ends there, unless there are too many. Is it to be added? */
static bool is_wanted(struct search *s, enum norm_slip slip, size_t end)
{
    struct norm_readings *to = s->to;
    if (end == NORM_NOWHERE || to->found >= NORM_QUOTE_READINGS) {
        return false;
    }
    to->found++;
    switch (to->wanted) {
    case NORM_WANTED_GOING_ON: return norm_view_goes_on(s->view, end, s->width);
    case NORM_WANTED_LOST_DELIMITERS: return slip == NORM_SLIP_DELIMITER_LOST;
    default: return true;
    }
}

/* Adds the reading, which is wanted: its first cells are in s->cell, the others are the rest. */
static struct norm_reading *add(struct search *s, struct norm_reading reading, size_t end)
{
    size_t count;
    if (s->rest != NORM_NOWHERE) {
        (void)read_fields(s, s->rest, s->rest_mode, s->width - s->nrest, s->cell + s->nrest,
                          &count);
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

static struct norm_reading *propose(struct search *s, struct norm_reading reading, size_t end)
{
    return is_wanted(s, reading.slip, end) ? add(s, reading, end) : NULL;
}

/* The same where evidence shall not see the quotes that the edit made data in cell `k`. */
static void propose_without_quotes(struct search *s, struct norm_reading reading, size_t end,
                                   size_t k)
{
    struct norm_reading *added = propose(s, reading, end);
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
    size_t begin = s->line->begin, end = read_tail(s, begin, mode, 0);
    bool escaped = end != NORM_NOWHERE && mode != NORM_MODE_BLANKS && mode != NORM_MODE_BACKSLASH &&
                   has_backslash_quote(s, begin, end);
    propose(s, (struct norm_reading){slip, .repair = repair, .prior = escaped ? 8 * NORM_BIT : 0},
            end);
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
    if (count != s->width) {
        return;
    }
    s->rest = NORM_NOWHERE;
    struct norm_reading *added = propose(s, reading, end + norm_view_line_break(s->view, end));
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
    size_t end = norm_view_open_end(s->view, s->at);
    if (end == NORM_NOWHERE) {
        return;
    }
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
    struct norm_reading reading = {NORM_SLIP_OPENING_IS_DATA, .field = s->nhead + 1,
                                   .repair = of_lone_quote(s)};
    reading.prior = has_quotes_at_both_ends(s, s->at, end) ? 3 * NORM_BIT : 0;
    propose_without_quotes(s, reading, read_after(s, end, s->nhead + 1), s->nhead);
}

/* The value may end before any delimiter or line break, as long as no single quote is in it. */
static void read_closing_lost(struct search *s)
{
    size_t end = s->at, single = norm_walk_single(&s->walk, s->at + 1);
    size_t delimiter = csvk_delimiter_length(&s->view->dialect);
    for (unsigned tries = 0; tries < CLOSING_TRIES; tries++) {
        size_t step = norm_view_line_break(s->view, end);
        end = norm_view_open_end(s->view, tries == 0 ? end : end + (step != 0 ? step : delimiter));
        if (end == NORM_NOWHERE || end - s->at > LONGEST_EDIT || end > single ||
            has_many_breaks(s, end)) {
            return;
        }
        size_t after = read_after(s, end, s->nhead + 1);
        if (is_wanted(s, NORM_SLIP_CLOSING_LOST, after)) {
            s->cell[s->nhead] = norm_view_undoubled(s->view, s->at + 1, end);
            add(s,
                (struct norm_reading){NORM_SLIP_CLOSING_LOST, .field = s->nhead + 1,
                                      .repair = of_lone_quote(s), .prior = 2 * NORM_BIT},
                after);
        }
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

/* The enclosure ends at `end`, after `skip` other places where it could. */
static void propose_inner(struct search *s, size_t end, unsigned skip, enum norm_mode mode)
{
    size_t after = read_after(s, end, s->nhead + 1);
    enum norm_slip slip = skip != 0 ? NORM_SLIP_QUOTES_BEFORE_END : NORM_SLIP_INNER_OF_FIELD;
    if (is_wanted(s, slip, after)) {
        struct norm_cell *cell = &s->cell[s->nhead];
        *cell = norm_view_inner_value(s->view, s->at, end, mode);
        int prior = 3 * (int)skip + (skip != 0 ? 6 * borders_in(s, cell) : 0);
        add(s,
            (struct norm_reading){slip, .field = s->nhead + 1, .count = skip,
                                  .repair = CSVK_REPAIR_INNER_QUOTES, .prior = prior * NORM_BIT},
            after);
    }
}

static void read_inner_of_field(struct search *s)
{
    static const enum norm_mode modes[] = {NORM_MODE_INNER, NORM_MODE_PAIRS};
    size_t ends[2][NORM_INNER_ENDS], count[2];
    norm_walk_inner_ends(&s->walk, s->at, ends, count);
    for (unsigned skip = 1; skip < NORM_INNER_ENDS; skip++) {
        for (size_t m = 0; m < 2; m++) {
            if (skip < count[m]) {
                propose_inner(s, ends[m][skip], skip, modes[m]);
            }
        }
    }
    if (count[0] != 0 && !has_backslash_quote(s, s->at, ends[0][0])) {
        propose_inner(s, ends[0][0], 0, NORM_MODE_INNER);
    }
}

/*
 * The next place where the enclosure that opens at s->at may end and the next field begin without a
 * delimiter: "a"b, or "a""b" where the second quote opens. *from: where to look. NORM_NOWHERE: no
 * more of them.
 */
static size_t next_seam(const struct search *s, size_t *from)
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
    return i + 1;
}

/* The value of the enclosure that ends there. */
static struct norm_cell value_before_seam(const struct search *s, size_t seam)
{
    return norm_view_undoubled(s->view, s->at + 1, seam - 1);
}

static void read_seams(struct search *s)
{
    size_t from = s->at + 1;
    for (unsigned i = 0; i < SEAMS; i++) {
        size_t seam = next_seam(s, &from);
        if (seam == NORM_NOWHERE) {
            return;
        }
        size_t end = read_tail(s, seam, NORM_MODE_STRICT, s->nhead + 1);
        if (is_wanted(s, NORM_SLIP_DELIMITER_LOST, end)) {
            s->cell[s->nhead] = value_before_seam(s, seam);
            add(s,
                (struct norm_reading){NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                      .repair = CSVK_REPAIR_INNER_QUOTES, .prior = NORM_BIT},
                end);
        }
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
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
    struct norm_reading data = {NORM_SLIP_QUOTES_IN_OPEN, .field = s->nhead + 1,
                                .repair = CSVK_REPAIR_ENCLOSE};
    propose_without_quotes(s, data, read_after(s, end, s->nhead + 1), s->nhead);
    if (quote == s->at) {
        return;
    }
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, quote);
    struct norm_reading lost = {NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                .repair = CSVK_REPAIR_ENCLOSE, .prior = NORM_BIT};
    propose(s, lost, read_tail(s, quote, NORM_MODE_STRICT, s->nhead + 1));
}

/*
 * The value ends at a quote before a delimiter or a line break: at the first one that is not one of
 * a pair, for behind it the value would hold a single quote.
 */
static void read_opening_lost(struct search *s)
{
    size_t quote = norm_walk_single(&s->walk, s->at);
    if (quote == NORM_NOWHERE || quote - s->at > LONGEST_EDIT || !ends(s, quote + 1) ||
        has_many_breaks(s, quote)) {
        return;
    }
    size_t end = read_after(s, quote + 1, s->nhead + 1);
    if (is_wanted(s, NORM_SLIP_OPENING_LOST, end)) {
        s->cell[s->nhead] = norm_view_undoubled(s->view, s->at, quote);
        add(s,
            (struct norm_reading){NORM_SLIP_OPENING_LOST, .field = s->nhead + 1,
                                  .repair = CSVK_REPAIR_ENCLOSE, .prior = 2 * NORM_BIT},
            end);
    }
}

/* ---- the last field ---------------------------------------------------------------------------
 */

/* The last field of the first record is in its cell; the second one begins at the seam. */
static void propose_two(struct search *s, size_t seam)
{
    size_t count = 0, end = norm_view_tail(s->view, seam, &count);
    if (count == s->width) {
        s->rest = NORM_NOWHERE;
        propose(s,
                (struct norm_reading){NORM_SLIP_TWO_RECORDS, .repair = CSVK_REPAIR_INNER_QUOTES,
                                      .hole = true, .prior = 2 * NORM_BIT},
                end);
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
            s->cell[s->nhead] = value_before_seam(s, seam);
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
    struct search s; /* the list of the walk is not to be cleared */
    if (width > NORM_WIDEST || view->dialect.enclosure == CSVK_NO_BYTE) {
        return;
    }
    s.view = view;
    s.line = line;
    s.width = width;
    s.quote = view->dialect.enclosure;
    s.to = to;
    s.nhead = 0;
    s.at = norm_view_start(view, line->begin);
    s.rest = NORM_NOWHERE;
    s.is_far_known = false;
    s.line_end = norm_view_line_end(view, line->begin);
    s.line_end = s.line_end == NORM_NOWHERE ? view->length : s.line_end;
    s.cell = norm_arena_take(view->arena, (width + 2) * sizeof *s.cell);
    if (s.cell == NULL) {
        to->failed = true;
        return;
    }
    to->found = to->count;
    norm_walk_begin(&s.walk, view, line->begin);
    pass_clean(&s);
    read_whole(&s, NORM_MODE_INNER, NORM_SLIP_INNER_QUOTES, CSVK_REPAIR_INNER_QUOTES);
    if (has_backslash_quote(&s, line->begin, line->end)) {
        read_whole(&s, NORM_MODE_BACKSLASH, NORM_SLIP_BACKSLASH, CSVK_REPAIR_BACKSLASH);
    }
    read_whole(&s, NORM_MODE_PAIRS, NORM_SLIP_INNER_PAIRS, CSVK_REPAIR_INNER_QUOTES);
    read_whole(&s, NORM_MODE_BLANKS, NORM_SLIP_BLANKS, CSVK_REPAIR_BLANKS);
    read_all_open(&s);
    while (s.nhead < width && to->found < NORM_QUOTE_READINGS && !to->failed) {
        read_edits_of_field(&s);
        size_t end = norm_view_field(view, s.at, NORM_MODE_STRICT, &s.cell[s.nhead]);
        if (end == NORM_NOWHERE || norm_view_delimiter(view, end) == 0) {
            return;
        }
        s.nhead++;
        s.at = norm_view_after(view, end);
    }
}
