/* quote_search.c - see quote_search.h. */
#include "csvkit/normalize/quote_search.h"
#include "csvkit/normalize/view_masks.h"

#include <string.h>

enum { MOST_BREAKS = 8 }; /* line breaks in a value that lost a quote */

/* ---- places -----------------------------------------------------------------------------------
 */

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

bool norm_search_has_many_breaks(struct norm_search *s, size_t to)
{
    if (to <= s->first.end) {
        return false;
    }
    if (!s->is_far_known) {
        s->is_far_known = true;
        s->far = find_far(s->view, s->first.end, &s->far_from);
        s->far_from = s->first.end;
    }
    if (s->at > s->far_from) {
        s->far = find_far(s->view, s->at, &s->far_from);
    }
    return to > s->far;
}

/* ---- fields -----------------------------------------------------------------------------------
 */

/* Fields from `at` to the end of the record; with `cell`, their values. The end of the record;
   NORM_NOWHERE: a fault, or more fields than `most`. */
static size_t read_fields(const struct norm_search *s, size_t at, enum norm_mode mode, size_t most,
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

/* The values of the `count` fields from `at` on, which are known to be so many in this mode. */
static void read_cells(const struct norm_search *s, size_t at, enum norm_mode mode, size_t count,
                       struct norm_cell *cell)
{
    if (mode == NORM_MODE_STRICT && norm_is_quick(s->view) &&
        norm_view_cells(s->view, at, cell, count) != NORM_NOWHERE) {
        return;
    }
    (void)read_fields(s, at, mode, count, cell, &count);
}

/* Is in the field, which ends at `end`, a pair of quotes at whose end NORM_MODE_PAIRS ends it? */
static bool has_pair_before_end(const struct norm_search *s, size_t k, size_t end)
{
    size_t at = s->from[k], first = end;
    if (!norm_view_is(s->view, at, s->quote) || end - at == s->line->cell[k].len + 2) {
        return false;
    }
    (void)norm_view_inner_ends(s->view, at, NORM_MODE_PAIRS, 1, &first);
    return first != end;
}

void norm_search_pass_clean(struct norm_search *s)
{
    size_t k = 0, delimiter = csvk_delimiter_length(&s->view->dialect);
    s->from[0] = norm_view_start(s->view, s->line->begin);
    s->nclean = norm_is_quick(s->view) ? norm_view_starts(s->view, s->from, s->width) : 0;
    s->has_inner_pair = false;
    for (; k < s->nclean && !s->has_inner_pair; k++) {
        s->has_inner_pair = has_pair_before_end(s, k, s->from[k + 1] - delimiter);
    }
    for (; s->nclean < s->width; s->nclean++) {
        size_t end = norm_view_field(s->view, s->from[s->nclean], NORM_MODE_STRICT, NULL);
        if (end == NORM_NOWHERE || norm_view_delimiter(s->view, end) == 0) {
            break;
        }
        s->has_inner_pair = s->has_inner_pair || has_pair_before_end(s, s->nclean, end);
        s->from[s->nclean + 1] = norm_view_after(s->view, end);
    }
    size_t fault = s->from[s->nclean];
    s->marks = fault <= s->first.end ? s->first : norm_line_marks_of(s->view, fault);
    size_t next = s->marks.end + norm_view_line_break(s->view, s->marks.end);
    s->next = (struct norm_line_marks){.from = 0};
    if (s->marks.bad != 0 && next < s->view->length) {
        s->next = norm_line_marks_of(s->view, next);
    }
}

/* No field begins between the quotes of a pair: from there to the answer it stays the same. */
size_t norm_search_single(struct norm_search *s)
{
    if (s->at < s->single_from || (s->single != NORM_NOWHERE && s->at > s->single)) {
        s->single = norm_walk_single(&s->walk, s->at);
        s->single_from = s->at;
    }
    return s->single;
}

/* Have fields without a fault the same end and value in this mode as in the strict one? In PAIRS
   when none of them has a pair of quotes before an end. */
static bool reads_clean_alike(const struct norm_search *s, enum norm_mode mode)
{
    return s->view->dialect.escape == CSVK_NO_BYTE &&
           (mode == NORM_MODE_INNER || mode == NORM_MODE_BLANKS);
}

/* Of the first fields, which have none. */
static bool are_clean_in(const struct norm_search *s, enum norm_mode mode)
{
    return reads_clean_alike(s, mode) || (s->view->dialect.escape == CSVK_NO_BYTE &&
                                          mode == NORM_MODE_PAIRS && !s->has_inner_pair);
}

/*
 * The record from the first field with a fault on. Where the mode reads fields without a fault as
 * the strict one does, only that field has to be read in the mode, if there is no other fault.
 */
static size_t whole_tail(struct norm_search *s, enum norm_mode mode, size_t *count)
{
    size_t at = s->from[s->nclean], most = s->width - s->nclean, others = 0;
    if (!reads_clean_alike(s, mode)) {
        return read_fields(s, at, mode, most, NULL, count);
    }
    *count = 0;
    size_t end = most != 0 ? norm_view_field(s->view, at, mode, NULL) : NORM_NOWHERE;
    if (end == NORM_NOWHERE) {
        return NORM_NOWHERE;
    }
    *count = 1;
    if (norm_view_delimiter(s->view, end) == 0) {
        return end + norm_view_line_break(s->view, end);
    }
    size_t next = norm_view_after(s->view, end), after = NORM_NOWHERE;
    if (!norm_search_is_before_bad(s, next)) {
        after = norm_view_tail(s->view, next, &others);
    }
    if (after == NORM_NOWHERE) {
        return read_fields(s, at, mode, most, NULL, count);
    }
    s->strict = next;
    *count += others;
    return after;
}

size_t norm_search_tail(struct norm_search *s, size_t at, enum norm_mode mode, size_t count)
{
    size_t fields = 0, end;
    if (count > s->width || (mode == NORM_MODE_STRICT && norm_search_is_before_bad(s, at))) {
        return NORM_NOWHERE;
    }
    s->rest = at;
    s->rest_mode = mode;
    s->nrest = count;
    s->strict = NORM_NOWHERE;
    if (mode == NORM_MODE_STRICT) {
        end = norm_view_tail(s->view, at, &fields);
    } else if (at == s->from[0] && are_clean_in(s, mode)) {
        s->rest = s->from[s->nclean];
        s->nrest = s->nclean;
        end = whole_tail(s, mode, &fields);
        fields += s->nclean;
    } else {
        end = read_fields(s, at, mode, s->width - count, NULL, &fields);
    }
    return fields == s->width - count ? end : NORM_NOWHERE;
}

size_t norm_search_after(struct norm_search *s, size_t at, size_t count)
{
    if (norm_view_delimiter(s->view, at) != 0) {
        return norm_search_tail(s, norm_view_after(s->view, at), NORM_MODE_STRICT, count);
    }
    s->rest = NORM_NOWHERE;
    return count == s->width ? at + norm_view_line_break(s->view, at) : NORM_NOWHERE;
}

/* ---- readings ---------------------------------------------------------------------------------
 */

struct norm_cell *norm_search_keep(struct norm_search *s)
{
    struct norm_cell *kept = norm_arena_take(s->view->arena, s->width * sizeof *kept);
    if (kept != NULL) {
        memcpy(kept, s->cell, s->width * sizeof *kept);
    }
    return kept;
}

/* Edited fields are read without regard to escapes: with one in the record, the reading competes
   and is not written. */
static bool has_escape(const struct norm_search *s, size_t end)
{
    int escape = s->view->dialect.escape;
    return escape != CSVK_NO_BYTE &&
           memchr(s->view->bytes + s->line->begin, escape, end - s->line->begin) != NULL;
}

bool norm_search_wants(struct norm_search *s, enum norm_slip slip, size_t end)
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

/* The values of the rest, and of the fields before it when it is that of a whole record. */
static void read_rest(struct norm_search *s)
{
    enum norm_mode mode = s->rest_mode;
    size_t at = s->rest, n = s->nrest;
    if (mode != NORM_MODE_STRICT) {
        memcpy(s->cell, s->line->cell, n * sizeof *s->cell);
    }
    if (s->strict != NORM_NOWHERE) {
        (void)norm_view_field(s->view, at, mode, &s->cell[n++]);
        at = s->strict;
        mode = NORM_MODE_STRICT;
    }
    read_cells(s, at, mode, s->width - n, s->cell + n);
}

struct norm_reading *norm_search_add(struct norm_search *s, struct norm_reading reading, size_t end)
{
    if (s->rest != NORM_NOWHERE) {
        read_rest(s);
    }
    reading.cell = reading.plain = norm_search_keep(s);
    reading.end = end;
    reading.hole = reading.hole || has_escape(s, end);
    if (reading.cell == NULL) {
        s->to->failed = true;
        return NULL;
    }
    return norm_readings_add(s->to, &reading);
}

struct norm_reading *norm_search_propose(struct norm_search *s, struct norm_reading reading,
                                         size_t end)
{
    return norm_search_wants(s, reading.slip, end) ? norm_search_add(s, reading, end) : NULL;
}

void norm_search_propose_unquoted(struct norm_search *s, struct norm_reading reading, size_t end,
                                  size_t k)
{
    struct norm_reading *added = norm_search_propose(s, reading, end);
    struct norm_cell *plain = added != NULL ? norm_search_keep(s) : NULL;
    if (plain != NULL) {
        plain[k] = norm_view_unquoted(s->view, plain[k]);
        added->plain = plain;
    }
}
