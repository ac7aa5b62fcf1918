/*
 * readings_of_quotes.c - the readings of a record whose enclosures are in disorder.
 *
 * First the readings that change the rules for the whole record, then one edit at a time: the
 * fields before the edit are read strictly (the head), the edited field or fields in another way,
 * and the fields after it strictly again (the tail). A tail with a fault ends the reading: one slip
 * explains the record, or none does.
 */
#include "csvkit/normalize/quote_search.h"

#include <string.h>

enum {
    LONGEST_EDIT = 65536, /* bytes between a quote and its lost partner */
    CLOSING_TRIES = 12,
    SEAMS = 8, /* places where one enclosure may end and the next begin */
};

/* The repair of a lost or stray quote: r22 when the grammar finds no end of an enclosure, or one
   that lies behind other records. */
static enum csvk_repair of_lone_quote(const struct norm_search *s)
{
    bool runs_away = s->line->faults == 0 || (s->line->faults & NORM_FAULT_UNCLOSED) != 0;
    return runs_away ? CSVK_REPAIR_UNCLOSED : CSVK_REPAIR_INNER_QUOTES;
}

static bool ends(const struct norm_search *s, size_t at)
{
    return norm_view_ends_quickly(s->view, at);
}

static bool is_quote(const struct norm_search *s, size_t at)
{
    return norm_view_is(s->view, at, s->quote);
}

/* ---- the whole record -------------------------------------------------------------------------
 */

/* The first quote in [from, to) behind a backslash, or `to`; `from` is behind the record's begin.
 */
static size_t find_backslash_quote(const struct norm_search *s, size_t from, size_t to)
{
    size_t i = norm_view_quote(s->view, from);
    while (i < to && s->view->bytes[i - 1] != '\\') {
        i = norm_view_quote(s->view, i + 1);
    }
    return i < to ? i : to;
}

/* Is there one whose backslash is in [from, to), too? Most records have none at all, which is found
   out once. */
static bool has_backslash_quote(struct norm_search *s, size_t from, size_t to)
{
    if (s->backslash < to && !s->has_backslash) {
        const unsigned char *before = s->view->bytes + s->backslash - 1;
        bool any = memchr(before, '\\', to - s->backslash) != NULL;
        s->backslash = any ? find_backslash_quote(s, s->backslash, to) : to;
        s->has_backslash = s->backslash < to;
    }
    return s->has_backslash && s->backslash < to && find_backslash_quote(s, from + 1, to) < to;
}

static void read_whole(struct norm_search *s, enum norm_mode mode, enum norm_slip slip,
                       enum csvk_repair repair)
{
    size_t begin = s->line->begin, end = norm_search_tail(s, begin, mode, 0);
    bool escaped = end != NORM_NOWHERE && mode != NORM_MODE_BLANKS && mode != NORM_MODE_BACKSLASH &&
                   has_backslash_quote(s, begin, end);
    norm_search_propose(
        s, (struct norm_reading){slip, .repair = repair, .prior = escaped ? 8 * NORM_BIT : 0}, end);
}

static bool has_quotes_at_both_ends(const struct norm_search *s, size_t from, size_t to)
{
    return to - from > 1 && is_quote(s, from) && is_quote(s, to - 1);
}

/* The quotes in [from, to), of which those side by side are pairs, beside other bytes. */
struct quote_count {
    unsigned all, pairs;
};

static struct quote_count count_quotes(const struct norm_search *s, size_t from, size_t to)
{
    struct quote_count n = {0, 0};
    for (size_t i = norm_view_quote(s->view, from); i != NORM_NOWHERE && i < to;) {
        bool pair = i + 1 < to && is_quote(s, i + 1);
        n.all += pair ? 2 : 1;
        n.pairs += pair;
        i = norm_view_quote(s->view, i + 1 + pair);
    }
    n.pairs = n.all == to - from ? 0 : n.pairs;
    return n;
}

/* A writer doubles the quotes of a value that is enclosed: in an open one, pairs are rare. */
static int bits_of_pairs(unsigned pairs)
{
    return (pairs > 2 ? 2 : (int)pairs) * 6 * NORM_BIT;
}

/*
 * What it costs that all quotes of the open fields of the line are data, beside the quotes at both
 * ends of a field: pairs; and a quote in one field with a partner at the end of a later one.
 *   `Ceuta"Ceuta, Melilla"`
 */
static int bits_of_open_quotes(const struct norm_search *s, size_t end)
{
    int bits = 0;
    bool odd = false, spans = false;
    for (size_t at = norm_view_start(s->view, s->line->begin);;) {
        size_t to = norm_view_open_end(s->view, at);
        struct quote_count n = count_quotes(s, at, to);
        bits += bits_of_pairs(n.pairs);
        spans = spans || (odd && n.all % 2 == 1 && is_quote(s, to - 1));
        odd = odd || n.all % 2 == 1;
        if (to >= end || norm_view_delimiter(s->view, to) == 0) {
            return bits + (spans ? 6 * NORM_BIT : 0);
        }
        at = norm_view_after(s->view, to);
    }
}

/* Every quote on the line is data: each field is open. Values with quotes at both ends cost. */
static void read_all_open(struct norm_search *s)
{
    size_t count = 0, at = norm_view_start(s->view, s->line->begin), end;
    int prior = 0;
    bool other_faults = s->line->faults != NORM_FAULT_QUOTE_IN_OPEN;
    if (s->first.fields != 0 && s->first.fields != s->width) {
        return;
    }
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
    reading.prior += bits_of_open_quotes(s, end);
    s->rest = NORM_NOWHERE;
    struct norm_reading *added =
        norm_search_propose(s, reading, end + norm_view_line_break(s->view, end));
    struct norm_cell *plain = added != NULL ? norm_search_keep(s) : NULL;
    for (size_t k = 0; plain != NULL && k < s->width; k++) {
        plain[k] = norm_view_unquoted(s->view, plain[k]);
    }
    if (plain != NULL) {
        added->plain = plain;
    }
}

/* ---- one field that begins with a quote -------------------------------------------------------
 */

static void read_opening_as_data(struct norm_search *s)
{
    size_t end = norm_view_open_end(s->view, s->at);
    if (end == NORM_NOWHERE) {
        return;
    }
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
    size_t after = norm_search_after(s, end, s->nhead + 1);
    if (after == NORM_NOWHERE) {
        return;
    }
    struct norm_reading reading = {NORM_SLIP_OPENING_IS_DATA, .field = s->nhead + 1,
                                   .repair = of_lone_quote(s)};
    reading.prior = (has_quotes_at_both_ends(s, s->at, end) ? 3 * NORM_BIT : 0) +
                    bits_of_pairs(count_quotes(s, s->at + 1, end).pairs);
    norm_search_propose_unquoted(s, reading, after, s->nhead);
}

/* The value may end before any delimiter or line break, as long as no single quote is in it. */
static void read_closing_lost(struct norm_search *s)
{
    size_t end = s->at, single = norm_walk_single(&s->walk, s->at + 1);
    size_t delimiter = csvk_delimiter_length(&s->view->dialect);
    for (unsigned tries = 0; tries < CLOSING_TRIES; tries++) {
        size_t step = norm_view_line_break(s->view, end);
        end = norm_view_open_end(s->view, tries == 0 ? end : end + (step != 0 ? step : delimiter));
        if (end == NORM_NOWHERE || end - s->at > LONGEST_EDIT || end > single ||
            norm_search_has_many_breaks(s, end)) {
            return;
        }
        size_t after = norm_search_after(s, end, s->nhead + 1);
        if (norm_search_wants(s, NORM_SLIP_CLOSING_LOST, after)) {
            s->cell[s->nhead] = norm_view_undoubled(s->view, s->at + 1, end);
            norm_search_add(s,
                            (struct norm_reading){NORM_SLIP_CLOSING_LOST, .field = s->nhead + 1,
                                                  .repair = of_lone_quote(s),
                                                  .prior = 2 * NORM_BIT},
                            after);
        }
        if (end >= s->view->length) {
            return;
        }
    }
}

/* Occurrences of `","` in a value: each looks like the border of two fields. */
static int borders_in(const struct norm_search *s, const struct norm_cell *cell)
{
    int count = 0;
    const struct csvk_dialect *dialect = &s->view->dialect;
    size_t n = csvk_delimiter_length(dialect), to = cell->len > n + 1 ? cell->len - n - 1 : 0;
    const unsigned char *at = cell->ptr, *end = at + to; /* behind the last place for one */
    while (at < end && (at = memchr(at, s->quote, (size_t)(end - at))) != NULL) {
        bool border = at[1 + n] == s->quote && csvk_delimiter_at(dialect, at + 1, n) != 0;
        count += border;
        at += border ? n + 2 : 1;
    }
    return count;
}

/* The enclosure ends at `end`, after `skip` other places where it could. False: the rest of the
   record does not fit. */
static bool propose_inner(struct norm_search *s, size_t end, unsigned skip, enum norm_mode mode)
{
    if (norm_search_is_before_bad(s, end)) {
        return false; /* so is the field after it: this end is no line break */
    }
    size_t after = norm_search_after(s, end, s->nhead + 1);
    enum norm_slip slip = skip != 0 ? NORM_SLIP_QUOTES_BEFORE_END : NORM_SLIP_INNER_OF_FIELD;
    if (norm_search_wants(s, slip, after)) {
        struct norm_cell *cell = &s->cell[s->nhead];
        *cell = norm_view_inner_value(s->view, s->at, end, mode);
        int prior = 3 * (int)skip + (skip != 0 ? 6 * borders_in(s, cell) : 0);
        norm_search_add(s,
                        (struct norm_reading){slip, .field = s->nhead + 1, .count = skip,
                                              .repair = CSVK_REPAIR_INNER_QUOTES,
                                              .prior = prior * NORM_BIT},
                        after);
    }
    return after != NORM_NOWHERE;
}

static void read_inner_of_field(struct norm_search *s)
{
    static const enum norm_mode modes[] = {NORM_MODE_INNER, NORM_MODE_PAIRS};
    size_t ends[2][NORM_INNER_ENDS], count[2];
    norm_walk_inner_ends(&s->walk, s->at, ends, count);
    for (unsigned skip = 1; skip < NORM_INNER_ENDS; skip++) {
        bool fits = true;
        for (size_t m = 0; m < 2; m++) {
            /* After as many others: no pair stands before one, and both read the same value. */
            bool again =
                m == 1 && skip < count[0] && skip < count[1] && ends[0][skip] == ends[1][skip];
            if (again && fits) {
                norm_search_count(s);
            } else if (!again && skip < count[m]) {
                fits = propose_inner(s, ends[m][skip], skip, modes[m]);
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
static size_t next_seam(const struct norm_search *s, size_t *from)
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
static struct norm_cell value_before_seam(const struct norm_search *s, size_t seam)
{
    return norm_view_undoubled(s->view, s->at + 1, seam - 1);
}

static void read_seams(struct norm_search *s)
{
    size_t from = s->at + 1;
    for (unsigned i = 0; i < SEAMS; i++) {
        size_t seam = next_seam(s, &from);
        if (seam == NORM_NOWHERE) {
            return;
        }
        size_t end = norm_search_tail(s, seam, NORM_MODE_STRICT, s->nhead + 1);
        if (norm_search_wants(s, NORM_SLIP_DELIMITER_LOST, end)) {
            s->cell[s->nhead] = value_before_seam(s, seam);
            norm_search_add(s,
                            (struct norm_reading){NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                                  .repair = CSVK_REPAIR_INNER_QUOTES,
                                                  .prior = NORM_BIT},
                            end);
        }
    }
}

/* ---- one field that does not ------------------------------------------------------------------
 */

static void read_quotes_in_open(struct norm_search *s)
{
    size_t end = norm_view_open_end(s->view, s->at), quote = norm_view_quote(s->view, s->at);
    if (end == NORM_NOWHERE || quote == NORM_NOWHERE || quote >= end) {
        return;
    }
    size_t after = norm_search_after(s, end, s->nhead + 1);
    if (after != NORM_NOWHERE) {
        s->cell[s->nhead] = norm_view_raw(s->view, s->at, end);
        struct norm_reading data = {NORM_SLIP_QUOTES_IN_OPEN, .field = s->nhead + 1,
                                    .repair = CSVK_REPAIR_ENCLOSE,
                                    .prior = bits_of_pairs(count_quotes(s, quote, end).pairs)};
        norm_search_propose_unquoted(s, data, after, s->nhead);
    }
    if (quote == s->at) {
        return;
    }
    s->cell[s->nhead] = norm_view_raw(s->view, s->at, quote);
    struct norm_reading lost = {NORM_SLIP_DELIMITER_LOST, .field = s->nhead + 1,
                                .repair = CSVK_REPAIR_ENCLOSE, .prior = NORM_BIT};
    norm_search_propose(s, lost, norm_search_tail(s, quote, NORM_MODE_STRICT, s->nhead + 1));
}

/*
 * The value ends at a quote before a delimiter or a line break: at the first one that is not one of
 * a pair, for behind it the value would hold a single quote.
 */
static void read_opening_lost(struct norm_search *s)
{
    size_t quote = norm_search_single(s);
    if (quote == NORM_NOWHERE || quote - s->at > LONGEST_EDIT || !ends(s, quote + 1) ||
        norm_search_has_many_breaks(s, quote)) {
        return;
    }
    size_t end = norm_search_after(s, quote + 1, s->nhead + 1);
    if (norm_search_wants(s, NORM_SLIP_OPENING_LOST, end)) {
        s->cell[s->nhead] = norm_view_undoubled(s->view, s->at, quote);
        norm_search_add(s,
                        (struct norm_reading){NORM_SLIP_OPENING_LOST, .field = s->nhead + 1,
                                              .repair = CSVK_REPAIR_ENCLOSE, .prior = 2 * NORM_BIT},
                        end);
    }
}

/* ---- the last field ---------------------------------------------------------------------------
 */

/* The last field of the first record is in its cell; the second one begins at the seam. */
static void propose_two(struct norm_search *s, size_t seam)
{
    size_t count = 0, end = norm_view_tail(s->view, seam, &count);
    if (count == s->width) {
        s->rest = NORM_NOWHERE;
        norm_search_propose(s,
                            (struct norm_reading){NORM_SLIP_TWO_RECORDS,
                                                  .repair = CSVK_REPAIR_INNER_QUOTES, .hole = true,
                                                  .prior = 2 * NORM_BIT},
                            end);
    }
}

/* A line break is missing after the last field: two records stand on one line. */
static void read_two_records(struct norm_search *s)
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

/*
 * Before a bad quote a field without a fault has one kind of edit: one that takes the bad quote
 * into its value. All others end before that: a value that lost or gained a quote holds no single
 * one, and the last quote of such a field is one, or the bad quote itself.
 */
static bool has_few_edits(const struct norm_search *s)
{
    return s->nhead < s->nclean && s->at >= s->marks.from && s->at < s->marks.bad;
}

static void read_edits_of_field(struct norm_search *s)
{
    if (has_few_edits(s)) {
        if (is_quote(s, s->at)) {
            read_inner_of_field(s);
        }
        return;
    }
    if (is_quote(s, s->at)) {
        read_opening_as_data(s);
        read_closing_lost(s);
        read_inner_of_field(s);
        read_seams(s);
    } else {
        if (s->nhead >= s->nclean) { /* an open field without a fault has no quotes */
            read_quotes_in_open(s);
        }
        read_opening_lost(s);
    }
    if (s->nhead + 1 == s->width) {
        read_two_records(s);
    }
}

/*
 * Of a record without a fault that is short: can there be NORM_QUOTE_READINGS of it? Then all of
 * them have to be made, since only so many are. An upper bound by its fields.
 */
static bool may_be_too_many(const struct norm_search *s)
{
    enum { WHOLE = 5, OPEN = 1, ENCLOSED = 2 * NORM_INNER_ENDS };
    size_t most = WHOLE, delimiter = csvk_delimiter_length(&s->view->dialect);
    if (s->nclean + 1 != s->line->ncells) {
        return true;
    }
    for (size_t k = 0; k <= s->nclean && most < NORM_QUOTE_READINGS; k++) {
        size_t at = s->from[k];
        size_t end = k < s->nclean ? s->from[k + 1] - delimiter : s->line->content;
        most += is_quote(s, at) ? ENCLOSED : OPEN;
        /* An enclosure may lose its end at each delimiter in it, or end at each pair of quotes. */
        for (size_t i = at; is_quote(s, at) && i < end; i++) {
            i = norm_view_open_end(s->view, i);
            most += i < end;
        }
        for (size_t i = at + 1; is_quote(s, at) && i + 1 < end; i += 2) {
            i = norm_view_quote(s->view, i);
            most += i + 1 < end;
        }
    }
    return most >= NORM_QUOTE_READINGS;
}

static void read_edits(struct norm_search *s, bool seams_only)
{
    while (s->nhead < s->width && s->to->found < NORM_QUOTE_READINGS && !s->to->failed) {
        if (!seams_only) {
            read_edits_of_field(s);
        } else if (is_quote(s, s->at)) {
            read_seams(s);
        }
        if (s->nhead == s->nclean) {
            return;
        }
        s->cell[s->nhead] = s->line->cell[s->nhead];
        s->nhead++;
        s->at = s->from[s->nhead];
    }
}

static void read_whole_record(struct norm_search *s)
{
    read_whole(s, NORM_MODE_INNER, NORM_SLIP_INNER_QUOTES, CSVK_REPAIR_INNER_QUOTES);
    if (has_backslash_quote(s, s->line->begin, s->line->end)) {
        read_whole(s, NORM_MODE_BACKSLASH, NORM_SLIP_BACKSLASH, CSVK_REPAIR_BACKSLASH);
    }
    read_whole(s, NORM_MODE_PAIRS, NORM_SLIP_INNER_PAIRS, CSVK_REPAIR_INNER_QUOTES);
    read_whole(s, NORM_MODE_BLANKS, NORM_SLIP_BLANKS, CSVK_REPAIR_BLANKS);
    read_all_open(s);
}

/* Are there two quotes side by side? Without them no delimiter is missing beside an enclosure of a
   record without a fault: behind a quote within it the closing one would stand in an open field. */
static bool has_pairs(const struct norm_search *s)
{
    size_t at = s->line->begin;
    while ((at = norm_view_quote(s->view, at)) < s->line->content) {
        if (is_quote(s, ++at)) {
            return true;
        }
    }
    return false;
}

void norm_readings_of_quotes(const struct norm_view *view, const struct norm_line *line,
                             size_t width, struct norm_readings *to)
{
    struct norm_search s; /* the list of the walk is not to be cleared */
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
    s.rest = s.strict = NORM_NOWHERE;
    s.is_far_known = false;
    s.first = norm_line_marks_of(view, line->begin);
    s.single_from = NORM_NOWHERE;
    s.backslash = line->begin + 1;
    s.has_backslash = false;
    s.cell = norm_arena_take(view->arena, (width + 2) * sizeof *s.cell);
    s.from = norm_arena_take(view->arena, (width + 1) * sizeof *s.from);
    if (s.cell == NULL || s.from == NULL) {
        to->failed = true;
        return;
    }
    to->found = to->count;
    bool whole = line->faults == 0 && line->known && line->ncells < width;
    bool for_seams = whole && to->wanted == NORM_WANTED_LOST_DELIMITERS;
    if (for_seams && !has_pairs(&s)) {
        return;
    }
    norm_walk_begin(&s.walk, view, line->begin);
    norm_search_pass_clean(&s);
    bool seams_only = for_seams && !may_be_too_many(&s);
    if (!seams_only) {
        read_whole_record(&s);
    }
    read_edits(&s, seams_only);
}
