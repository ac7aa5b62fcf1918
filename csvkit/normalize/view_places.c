/* view_places.c - see view.h: where fields, lines and quotes end. */
#include "csvkit/base/bitmask.h"
#include "csvkit/normalize/view_masks.h"

size_t norm_view_line_break(const struct norm_view *view, size_t at)
{
    const unsigned char *b = view->bytes;
    size_t n = view->length;
    if (at >= n) {
        return 0;
    }
    if (b[at] == '\n') {
        return 1;
    }
    if (b[at] != '\r') {
        return 0;
    }
    if (at + 1 < n && b[at + 1] == '\n') {
        return 2;
    }
    if (at + 2 < n && b[at + 1] == '\r' && b[at + 2] == '\n') {
        return 3;
    }
    return view->cr_ends ? 1 : 0;
}

bool norm_view_ends(const struct norm_view *view, size_t at)
{
    if (at >= view->length) {
        return view->at_end;
    }
    if (view->bytes[at] == view->dialect.delimiter) { /* which is no part of a line break */
        return view->dialect.more_length == 0 || norm_view_delimiter(view, at) != 0;
    }
    return norm_view_line_break(view, at) != 0;
}

static size_t end_of_view(const struct norm_view *view)
{
    return view->at_end ? view->length : NORM_NOWHERE;
}

static size_t open_end_by_masks(const struct norm_view *view, size_t at)
{
    for (;; at++) {
        at = norm_next_bit(view, at, view->length, NORM_ENDS);
        if (at >= view->length) {
            return end_of_view(view);
        }
        if (view->bytes[at] != '\r' || norm_view_line_break(view, at) != 0) {
            return at;
        }
    }
}

/* The same for a delimiter of several bytes. */
static size_t long_open_end(const struct norm_view *view, size_t at)
{
    while (at < view->length && !norm_view_ends(view, at)) {
        at++;
    }
    return at < view->length ? at : end_of_view(view);
}

size_t norm_view_open_end(const struct norm_view *view, size_t at)
{
    const unsigned char *b = view->bytes;
    int delimiter = view->dialect.delimiter;
    if (view->dialect.more_length != 0) {
        return long_open_end(view, at);
    }
    if (view->places != NULL) {
        return open_end_by_masks(view, at);
    }
    for (; at < view->length; at++) {
        if (b[at] == delimiter || b[at] == '\n' ||
            (b[at] == '\r' && norm_view_line_break(view, at) != 0)) {
            return at;
        }
    }
    return end_of_view(view);
}

size_t norm_view_line_end(const struct norm_view *view, size_t at)
{
    for (; at < view->length; at++) {
        if (view->places != NULL) {
            at = norm_next_bit(view, at, view->length, NORM_BREAKS);
        }
        if (norm_view_line_break(view, at) != 0) {
            return at;
        }
    }
    return end_of_view(view);
}

bool norm_view_break_is_known(const struct norm_view *view, size_t at)
{
    const unsigned char *b = view->bytes;
    size_t left = view->length - at;
    return view->at_end || left > 2 || left == 0 || b[at] != '\r' ||
           (left == 2 && b[at + 1] != '\r');
}

size_t norm_view_next_line(const struct norm_view *view, size_t at)
{
    size_t end = norm_view_line_end(view, at);
    return end == NORM_NOWHERE || !norm_view_break_is_known(view, end)
               ? NORM_NOWHERE
               : end + norm_view_line_break(view, end);
}

size_t norm_view_skip_comments(const struct norm_view *view, size_t at)
{
    while (view->comment != CSVK_NO_BYTE && norm_view_is(view, at, view->comment)) {
        at = norm_view_next_line(view, at);
    }
    return at;
}

size_t norm_view_blanks(const struct norm_view *view, size_t at)
{
    while (at < view->length && csvk_is_blank(&view->dialect, view->bytes[at])) {
        at++;
    }
    return at;
}

/* With masks near by, and once for all places of a stretch without a quote. */
__attribute__((noinline)) static size_t quote_by_masks(const struct norm_view *view, size_t at)
{
    enum { NEAR = 4 * NORM_BLOCK };
    struct norm_places *p = view->places;
    size_t near = view->length - at < NEAR ? view->length : at + NEAR;
    size_t found = norm_next_bit(view, at, near, NORM_QUOTES);
    if (found < near || near == view->length) {
        return found;
    }
    if (view->offset + at < p->no_quote_from || view->offset + near > p->no_quote_to) {
        p->no_quote_from = view->offset + at;
        p->no_quote_to = view->offset + near;
    }
    uint64_t from = p->no_quote_to - view->offset;
    if (from >= view->length) {
        return view->length;
    }
    const unsigned char *far =
        memchr(view->bytes + from, view->dialect.enclosure, view->length - (size_t)from);
    found = far != NULL ? (size_t)(far - view->bytes) : view->length;
    p->no_quote_to = view->offset + found;
    return found;
}

size_t norm_view_far_quote(const struct norm_view *view, size_t at)
{
    if (view->dialect.enclosure == CSVK_NO_BYTE || at >= view->length) {
        return NORM_NOWHERE;
    }
    if (view->places == NULL) {
        size_t found = norm_quote_before(view, at, view->length);
        return found < view->length ? found : NORM_NOWHERE;
    }
    size_t next = at + NORM_BLOCK - (size_t)((view->offset + at) % NORM_BLOCK);
    uint64_t bits = next < view->length ? norm_block_of(view, view->offset + next)->quotes : 0;
    size_t found = bits != 0 ? next + (size_t)__builtin_ctzll(bits) : quote_by_masks(view, at);
    return found < view->length ? found : NORM_NOWHERE;
}

/* The first quote before a CR or LF from `at` on, or a place from `to` on up to which there is
   none; the end of the view when there is none in it. */
static size_t quote_before_break(const struct norm_view *view, size_t at, size_t to)
{
    const unsigned char *b = view->bytes, quote = (unsigned char)view->dialect.enclosure;
    for (; view->length - at > CSVK_BITMASK_BLOCK && at < to; at += CSVK_BITMASK_BLOCK) {
        uint64_t breaks = csvk_bitmask_of(b + at + 1, '\n') | csvk_bitmask_of(b + at + 1, '\r');
        uint64_t found = breaks != 0 ? breaks & csvk_bitmask_of(b + at, quote) : 0;
        if (found != 0) {
            return at + (size_t)__builtin_ctzll(found);
        }
    }
    while (at < to && at + 1 < view->length) {
        const unsigned char *found = memchr(b + at, quote, view->length - 1 - at);
        if (found == NULL || found[1] == '\n' || found[1] == '\r') {
            return found != NULL ? (size_t)(found - b) : view->length;
        }
        at = (size_t)(found - b) + 1;
    }
    return at < to ? view->length : at;
}

/*
 * Places up to the first such quote are not looked at again for the records in between. Most often
 * the line right after `at` settles what is asked, so the first look is a short one; each further
 * one, from where the last one ended, is as long as all before it.
 */
size_t norm_view_end_quote(const struct norm_view *view, size_t at)
{
    enum { NEAR = 4096 };
    struct norm_places *p = view->places;
    if (view->dialect.enclosure == CSVK_NO_BYTE || at >= view->length) {
        return NORM_NOWHERE;
    }
    size_t found = view->length;
    if (p == NULL) {
        found = quote_before_break(view, at, view->length);
    } else {
        uint64_t from = view->offset + at;
        if (from < p->no_end_from || from > p->no_end_to) {
            p->no_end_from = p->no_end_to = from;
        }
        uint64_t known = p->no_end_to - p->no_end_from;
        size_t next = (size_t)(p->no_end_to - view->offset);
        found = next;
        if (next == at) {
            found = quote_before_break(view, next, next + (known > NEAR ? (size_t)known : NEAR));
            /* What comes after the last byte is for another view to see. */
            p->no_end_to = view->offset + (found < view->length ? found : view->length - 1);
        }
    }
    bool ends = norm_view_is(view, view->length - 1, view->dialect.enclosure);
    return found < view->length ? found : ends ? view->length - 1 : NORM_NOWHERE;
}

size_t norm_view_single_quote(const struct norm_view *view, size_t from)
{
    int quote = view->dialect.enclosure;
    size_t i = norm_view_quote(view, from);
    while (i != NORM_NOWHERE && norm_view_is(view, i + 1, quote)) {
        i = norm_view_quote(view, i + 2);
    }
    return i;
}
