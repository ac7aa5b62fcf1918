/* view.c - see view.h. */
#include "csvkit/normalize/view.h"

#include <string.h>

enum { LONGEST_VALUE = 65536 }; /* of a value that is read with backslashes as escapes */

/* ---- places -----------------------------------------------------------------------------------
 */

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
        if (norm_view_line_break(view, at) != 0) {
            return at;
        }
    }
    return end_of_view(view);
}

/* A CR at the end of a view that is not the end of the data: LF or CR LF may follow, and then the
   line break is longer. */
static bool is_break_known(const struct norm_view *view, size_t at)
{
    const unsigned char *b = view->bytes;
    size_t left = view->length - at;
    return view->at_end || left > 2 || left == 0 || b[at] != '\r' ||
           (left == 2 && b[at + 1] != '\r');
}

size_t norm_view_next_line(const struct norm_view *view, size_t at)
{
    size_t end = norm_view_line_end(view, at);
    return end == NORM_NOWHERE || !is_break_known(view, end)
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

size_t norm_view_quote(const struct norm_view *view, size_t at)
{
    if (view->dialect.enclosure == CSVK_NO_BYTE || at >= view->length) {
        return NORM_NOWHERE;
    }
    const unsigned char *found =
        memchr(view->bytes + at, view->dialect.enclosure, view->length - at);
    return found != NULL ? (size_t)(found - view->bytes) : NORM_NOWHERE;
}

bool norm_view_has_single_quote(const struct norm_view *view, size_t from, size_t to)
{
    int quote = view->dialect.enclosure;
    for (size_t i = from; i < to; i++) {
        if (view->bytes[i] == quote) {
            if (i + 1 >= to || view->bytes[i + 1] != quote) {
                return true;
            }
            i++;
        }
    }
    return false;
}

/* ---- cells ------------------------------------------------------------------------------------
 */

struct norm_cell norm_view_raw(const struct norm_view *view, size_t from, size_t to)
{
    return (struct norm_cell){view->bytes + from, to - from, false};
}

/* A cell that is being decoded: bytes are appended to memory of the arena. */
struct decoding {
    unsigned char *to;
    size_t length;
};

static struct decoding begin_decoding(const struct norm_view *view, size_t most)
{
    return (struct decoding){norm_arena_take(view->arena, most + 1), 0};
}

static void decode(struct decoding *d, const unsigned char *from, size_t length)
{
    if (d->to != NULL) {
        memcpy(d->to + d->length, from, length);
        d->length += length;
    }
}

static struct norm_cell decoded(const struct decoding *d, bool enclosed)
{
    const unsigned char *ptr = d->to != NULL ? d->to : (const unsigned char *)"";
    return (struct norm_cell){ptr, d->length, enclosed};
}

struct norm_cell norm_view_undoubled(const struct norm_view *view, size_t from, size_t to)
{
    int quote = view->dialect.enclosure;
    struct norm_cell raw = norm_view_raw(view, from, to);
    raw.enclosed = true;
    if (memchr(raw.ptr, quote, raw.len) == NULL) {
        return raw;
    }
    struct decoding d = begin_decoding(view, raw.len);
    for (size_t i = 0; i < raw.len; i++) {
        decode(&d, raw.ptr + i, 1);
        i += raw.ptr[i] == quote && i + 1 < raw.len && raw.ptr[i + 1] == quote;
    }
    return decoded(&d, true);
}

struct norm_cell norm_view_unquoted(const struct norm_view *view, struct norm_cell cell)
{
    int quote = view->dialect.enclosure;
    if (quote == CSVK_NO_BYTE || memchr(cell.ptr, quote, cell.len) == NULL) {
        return cell;
    }
    struct decoding d = begin_decoding(view, cell.len);
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] != quote) {
            decode(&d, cell.ptr + i, 1);
        }
    }
    return decoded(&d, cell.enclosed);
}

/* ---- fields -----------------------------------------------------------------------------------
 */

/* The strict enclosure that opens at `at`: the place after its closing quote, or NORM_NOWHERE. */
static size_t strict_enclosure(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    const struct csvk_dialect *d = &view->dialect;
    const unsigned char *b = view->bytes;
    bool plain = true;
    size_t i = at + 1;
    for (; i < view->length; i++) {
        if (b[i] == d->escape && i + 1 < view->length) {
            plain = false;
            i++;
        } else if (b[i] == d->enclosure) {
            if (i + 1 >= view->length || b[i + 1] != d->enclosure) {
                break;
            }
            plain = false;
            i++;
        }
    }
    if (i >= view->length) {
        return NORM_NOWHERE;
    }
    *cell = norm_view_raw(view, at + 1, i);
    cell->enclosed = true;
    if (!plain && d->escape == CSVK_NO_BYTE) {
        *cell = norm_view_undoubled(view, at + 1, i);
    } else if (!plain) {
        struct decoding value = begin_decoding(view, i - at);
        for (size_t k = at + 1; k < i; k++) {
            k += (b[k] == d->escape || b[k] == d->enclosure) && k + 1 < i;
            decode(&value, b + k, 1);
        }
        *cell = decoded(&value, true);
    }
    return i + 1;
}

/* An open field with escapes in it. */
static size_t open_with_escapes(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    const unsigned char *b = view->bytes;
    size_t end = at;
    while (end < view->length && !norm_view_ends(view, end)) {
        end += b[end] == view->dialect.escape && end + 1 < view->length ? 2 : 1;
    }
    if (end >= view->length && !view->at_end) {
        return NORM_NOWHERE;
    }
    end = end < view->length ? end : view->length;
    struct decoding value = begin_decoding(view, end - at);
    for (size_t k = at; k < end; k++) {
        k += b[k] == view->dialect.escape && k + 1 < end;
        decode(&value, b + k, 1);
    }
    *cell = decoded(&value, false);
    return end;
}

static size_t open_field(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    size_t end = norm_view_open_end(view, at);
    if (end == NORM_NOWHERE) {
        return end;
    }
    if (view->dialect.escape != CSVK_NO_BYTE &&
        memchr(view->bytes + at, view->dialect.escape, end - at) != NULL) {
        return open_with_escapes(view, at, cell);
    }
    *cell = norm_view_raw(view, at, end);
    return end;
}

/* A quote in an open field is a fault, unless it is escaped. */
static bool has_open_quote(const struct norm_view *view, size_t at, size_t end)
{
    const struct csvk_dialect *d = &view->dialect;
    if (d->enclosure == CSVK_NO_BYTE || memchr(view->bytes + at, d->enclosure, end - at) == NULL) {
        return false;
    }
    for (; at < end; at++) {
        if (view->bytes[at] == d->enclosure) {
            return true;
        }
        at += view->bytes[at] == d->escape;
    }
    return false;
}

size_t norm_view_inner_end(const struct norm_view *view, size_t at, unsigned skip,
                           enum norm_mode mode)
{
    int quote = view->dialect.enclosure;
    size_t i = norm_view_quote(view, at + 1), end = NORM_NOWHERE;
    while (i != NORM_NOWHERE && end == NORM_NOWHERE) {
        bool pair = norm_view_is(view, i + 1, quote);
        if (pair && !norm_view_ends(view, i + 1)) {
            bool closes = mode == NORM_MODE_PAIRS && norm_view_ends(view, i + 2);
            if (closes && skip == 0) {
                end = i + 1;
                break;
            }
            skip -= closes;
            i = norm_view_quote(view, i + 2);
            continue;
        }
        if (norm_view_ends(view, i + 1)) {
            if (skip == 0) {
                end = i;
                break;
            }
            skip--;
        }
        i = norm_view_quote(view, i + 1);
    }
    return end == NORM_NOWHERE ? NORM_NOWHERE : end + 1;
}

size_t norm_view_inner(const struct norm_view *view, size_t at, unsigned skip, enum norm_mode mode,
                       struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    size_t end = norm_view_inner_end(view, at, skip, mode);
    if (end == NORM_NOWHERE) {
        return NORM_NOWHERE;
    }
    end--;
    /* Of a pair in the middle one quote is data; single ones, and those of a pair before an end,
     * are. */
    struct decoding value = begin_decoding(view, end - at);
    for (size_t k = at + 1; k < end; k++) {
        decode(&value, view->bytes + k, 1);
        bool pair = view->bytes[k] == quote && k + 1 < end && view->bytes[k + 1] == quote;
        bool before_end = mode == NORM_MODE_PAIRS && norm_view_ends(view, k + 2);
        if (pair && before_end) {
            decode(&value, view->bytes + k + 1, 1);
        }
        k += pair;
    }
    *cell = decoded(&value, true);
    return end + 1;
}

/* The enclosure at `at` in which a backslash before a quote makes it data. */
static size_t backslash_enclosure(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    const unsigned char *b = view->bytes;
    size_t room = view->length - at < LONGEST_VALUE ? view->length - at : LONGEST_VALUE;
    struct decoding value = begin_decoding(view, room);
    for (size_t i = at + 1; i < view->length && i - at < room; i++) {
        if (b[i] == '\\' && norm_view_is(view, i + 1, quote)) {
            decode(&value, b + i + 1, 1);
            i++;
        } else if (b[i] == quote && norm_view_is(view, i + 1, quote)) {
            decode(&value, b + i, 1);
            i++;
        } else if (b[i] == quote) {
            *cell = decoded(&value, true);
            return norm_view_ends(view, i + 1) ? i + 1 : NORM_NOWHERE;
        } else {
            decode(&value, b + i, 1);
        }
    }
    return NORM_NOWHERE;
}

size_t norm_view_field(const struct norm_view *view, size_t at, enum norm_mode mode,
                       struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    at = norm_view_start(view, at);
    size_t first = mode == NORM_MODE_BLANKS ? norm_view_blanks(view, at) : at;
    if (quote != CSVK_NO_BYTE && norm_view_is(view, first, quote)) {
        if (mode == NORM_MODE_INNER || mode == NORM_MODE_PAIRS) {
            return norm_view_inner(view, first, 0, mode, cell);
        }
        if (mode == NORM_MODE_BACKSLASH) {
            return backslash_enclosure(view, first, cell);
        }
        size_t end = strict_enclosure(view, first, cell);
        if (end != NORM_NOWHERE && mode == NORM_MODE_BLANKS) {
            end = norm_view_blanks(view, end);
        }
        return end != NORM_NOWHERE && norm_view_ends(view, end) ? end : NORM_NOWHERE;
    }
    size_t end = open_field(view, at, cell);
    return end != NORM_NOWHERE && has_open_quote(view, at, end) ? NORM_NOWHERE : end;
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* After a closing enclosure that no end follows: what is wrong, and the rest of the field. */
static size_t text_after(const struct norm_view *view, size_t after, struct norm_line *line)
{
    if (norm_view_ends(view, norm_view_blanks(view, after))) {
        line->faults |= NORM_FAULT_SPACE_AFTER;
    } else if (view->bytes[after - 2] == '\\') {
        line->faults |= NORM_FAULT_BACKSLASH;
    } else {
        line->faults |= NORM_FAULT_TEXT_AFTER;
    }
    struct norm_cell rest;
    return open_field(view, after, &rest);
}

static size_t any_field(const struct norm_view *view, size_t at, struct norm_line *line,
                        struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    if (quote == CSVK_NO_BYTE || !norm_view_is(view, at, quote)) {
        size_t end = open_field(view, at, cell);
        if (end != NORM_NOWHERE && has_open_quote(view, at, end)) {
            size_t text = norm_view_blanks(view, at);
            line->faults |= text != at && view->bytes[text] == quote ? NORM_FAULT_SPACE_BEFORE
                                                                     : NORM_FAULT_QUOTE_IN_OPEN;
        }
        return end;
    }
    size_t end = strict_enclosure(view, at, cell);
    if (end == NORM_NOWHERE) {
        line->faults |= NORM_FAULT_UNCLOSED;
        *cell = norm_view_raw(view, at + 1, view->length);
        cell->enclosed = true;
        return view->at_end ? view->length : NORM_NOWHERE;
    }
    return norm_view_ends(view, end) ? end : text_after(view, end, line);
}

static bool make_room(const struct norm_view *view, struct norm_line *line, size_t *capacity)
{
    if (line->ncells < *capacity) {
        return true;
    }
    size_t larger = *capacity != 0 ? 4 * *capacity : 32;
    struct norm_cell *cell = norm_arena_take(view->arena, larger * sizeof *cell);
    if (cell == NULL) {
        return false;
    }
    if (line->ncells != 0) {
        memcpy(cell, line->cell, line->ncells * sizeof *cell);
    }
    line->cell = cell;
    *capacity = larger;
    return true;
}

struct norm_line norm_view_record(const struct norm_view *view, size_t at, size_t most)
{
    struct norm_line line = {.begin = at, .known = true};
    size_t capacity = 0;
    at = norm_view_start(view, at);
    for (;;) {
        struct norm_cell cell = {0};
        at = any_field(view, at, &line, &cell);
        if (at == NORM_NOWHERE) {
            line.known = false;
            line.content = line.end = view->length;
            return line;
        }
        if (most == 0 || line.ncells < most) {
            if (!make_room(view, &line, &capacity)) {
                line.known = false;
                return line;
            }
            line.cell[line.ncells] = cell;
        }
        line.ncells++;
        if (norm_view_delimiter(view, at) == 0) {
            break;
        }
        at = norm_view_after(view, at);
    }
    line.content = at;
    line.end = at + norm_view_line_break(view, at);
    line.known = is_break_known(view, at);
    return line;
}
