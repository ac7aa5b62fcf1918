/* view.c - see view.h: cells, fields and records. */
#include "csvkit/normalize/view_masks.h"

#include <assert.h>

enum { LONGEST_VALUE = 65536 }; /* of a value that is read with backslashes as escapes */

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
    const unsigned char *b = view->bytes;
    struct norm_cell raw = norm_view_raw(view, from, to);
    raw.enclosed = true;
    size_t i = norm_quote_before(view, from, to);
    if (i == to) {
        return raw;
    }
    struct decoding d = begin_decoding(view, raw.len);
    while (i < to) { /* up to a quote and with it; the second one of two is not copied */
        decode(&d, b + from, i + 1 - from);
        from = i + 1 + (i + 1 < to && b[i + 1] == quote);
        i = norm_quote_before(view, from, to);
    }
    decode(&d, b + from, to - from);
    return decoded(&d, true);
}

/* The first quote of a value, which may be in the view or decoded; its length when there is none.
 */
static size_t quote_in(const struct norm_view *view, const struct norm_cell *cell)
{
    uintptr_t first = (uintptr_t)view->bytes, at = (uintptr_t)cell->ptr;
    if (view->places != NULL && at >= first && at - first < view->length) {
        size_t from = at - first;
        return norm_quote_before(view, from, from + cell->len) - from;
    }
    const unsigned char *found = memchr(cell->ptr, view->dialect.enclosure, cell->len);
    return found != NULL ? (size_t)(found - cell->ptr) : cell->len;
}

struct norm_cell norm_view_unquoted(const struct norm_view *view, struct norm_cell cell)
{
    int quote = view->dialect.enclosure;
    size_t first = quote != CSVK_NO_BYTE ? quote_in(view, &cell) : cell.len;
    if (first == cell.len) {
        return cell;
    }
    struct decoding d = begin_decoding(view, cell.len);
    const unsigned char *from = cell.ptr, *end = from + cell.len, *at = from + first;
    while (at != NULL) { /* up to a quote, and on after it */
        decode(&d, from, (size_t)(at - from));
        from = at + 1;
        at = from < end ? memchr(from, quote, (size_t)(end - from)) : NULL;
    }
    decode(&d, from, (size_t)(end - from));
    return decoded(&d, cell.enclosed);
}

/* ---- fields -----------------------------------------------------------------------------------
 */

/* The closing quote of the strict enclosure that opens at `at`, or NORM_NOWHERE. *plain: between
   the two the bytes are the value. */
static size_t closing_quote(const struct norm_view *view, size_t at, bool *plain)
{
    const struct csvk_dialect *d = &view->dialect;
    const unsigned char *b = view->bytes;
    *plain = true;
    if (d->escape == CSVK_NO_BYTE) {
        size_t i = norm_view_quote(view, at + 1);
        while (i != NORM_NOWHERE && norm_view_is(view, i + 1, d->enclosure)) {
            *plain = false;
            i = norm_view_quote(view, i + 2);
        }
        return i;
    }
    for (size_t i = at + 1; i < view->length; i++) {
        if (b[i] == d->escape && i + 1 < view->length) {
            *plain = false;
            i++;
        } else if (b[i] == d->enclosure) {
            if (i + 1 >= view->length || b[i + 1] != d->enclosure) {
                return i;
            }
            *plain = false;
            i++;
        }
    }
    return NORM_NOWHERE;
}

/* The strict enclosure that opens at `at`: the place after its closing quote, or NORM_NOWHERE. */
static size_t strict_enclosure(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    const struct csvk_dialect *d = &view->dialect;
    const unsigned char *b = view->bytes;
    bool plain;
    size_t i = closing_quote(view, at, &plain);
    if (i == NORM_NOWHERE) {
        return NORM_NOWHERE;
    }
    if (cell == NULL) {
        return i + 1;
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
    if (cell == NULL) {
        return end;
    }
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
    if (cell != NULL) {
        *cell = norm_view_raw(view, at, end);
    }
    return end;
}

/* A quote in an open field is a fault, unless it is escaped. */
static bool has_open_quote(const struct norm_view *view, size_t at, size_t end)
{
    const struct csvk_dialect *d = &view->dialect;
    if (d->enclosure == CSVK_NO_BYTE || norm_quote_before(view, at, end) == end) {
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

/* The open field at `at`. *quote: there is one in it. */
__attribute__((noinline)) static size_t slow_open_field(const struct norm_view *view, size_t at,
                                                        bool *quote, struct norm_cell *cell)
{
    size_t end = open_field(view, at, cell);
    *quote = end != NORM_NOWHERE && has_open_quote(view, at, end);
    return end;
}

/* The same. Most of them end in the block in which they begin, or in the next one, where one look
   at each answers both. */
static inline size_t any_open_field(const struct norm_view *view, size_t at, bool *quote,
                                    struct norm_cell *cell)
{
    if (view->places == NULL || view->dialect.escape != CSVK_NO_BYTE || at >= view->length) {
        return slow_open_field(view, at, quote, cell);
    }
    uint64_t place = view->offset + at;
    const struct norm_block *block = norm_block_of(view, place);
    uint64_t ends = block->ends >> place % NORM_BLOCK;
    uint64_t quotes = block->quotes >> place % NORM_BLOCK, before = 0;
    size_t from = at;
    if (ends == 0) {
        from += NORM_BLOCK - (size_t)(place % NORM_BLOCK);
        if (from >= view->length) {
            return slow_open_field(view, at, quote, cell);
        }
        before = quotes;
        block = norm_block_of(view, view->offset + from);
        ends = block->ends;
        quotes = block->quotes;
    }
    size_t end = ends != 0 ? from + (size_t)__builtin_ctzll(ends) : view->length;
    if (end >= view->length || view->bytes[end] == '\r') {
        return slow_open_field(view, at, quote, cell);
    }
    *quote = (before | (quotes & ((ends & -ends) - 1))) != 0;
    if (cell != NULL) {
        *cell = norm_view_raw(view, at, end);
    }
    return end;
}

size_t norm_view_inner_ends(const struct norm_view *view, size_t at, enum norm_mode mode,
                            size_t most, size_t *ends)
{
    int quote = view->dialect.enclosure;
    size_t count = 0, i = norm_view_quote(view, at + 1);
    while (i != NORM_NOWHERE && count < most) {
        bool pair = norm_view_is(view, i + 1, quote) && !norm_view_ends(view, i + 1);
        if (pair && mode == NORM_MODE_PAIRS && norm_view_ends(view, i + 2)) {
            ends[count++] = i + 2;
        } else if (!pair && norm_view_ends(view, i + 1)) {
            ends[count++] = i + 1;
        }
        i = norm_view_quote(view, i + 1 + pair);
    }
    return count;
}

struct norm_cell norm_view_inner_value(const struct norm_view *view, size_t at, size_t end,
                                       enum norm_mode mode)
{
    int quote = view->dialect.enclosure;
    size_t from = at + 1, to = end - 1, i = norm_quote_before(view, from, to);
    if (i == to) {
        struct norm_cell raw = norm_view_raw(view, from, to);
        raw.enclosed = true;
        return raw;
    }
    /* Of a pair in the middle one quote is data; single ones, and those of a pair before an end,
     * are. */
    struct decoding value = begin_decoding(view, to - from);
    while (i < to) {
        bool pair = i + 1 < to && view->bytes[i + 1] == quote;
        bool before_end = mode == NORM_MODE_PAIRS && norm_view_ends(view, i + 2);
        decode(&value, view->bytes + from, i + 1 + (pair && before_end) - from);
        from = i + 1 + pair;
        i = norm_quote_before(view, from, to);
    }
    decode(&value, view->bytes + from, to - from);
    return decoded(&value, true);
}

size_t norm_view_inner(const struct norm_view *view, size_t at, unsigned skip, enum norm_mode mode,
                       struct norm_cell *cell)
{
    enum { MOST = 16 };
    size_t ends[MOST];
    assert(skip < MOST);
    if (norm_view_inner_ends(view, at, mode, skip + 1, ends) <= skip) {
        return NORM_NOWHERE;
    }
    if (cell != NULL) {
        *cell = norm_view_inner_value(view, at, ends[skip], mode);
    }
    return ends[skip];
}

/* The enclosure at `at` in which a backslash before a quote makes it data. */
static size_t backslash_enclosure(const struct norm_view *view, size_t at, struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    const unsigned char *b = view->bytes;
    size_t room = view->length - at < LONGEST_VALUE ? view->length - at : LONGEST_VALUE;
    struct decoding value = {NULL, 0};
    if (cell != NULL) {
        value = begin_decoding(view, room);
    }
    for (size_t i = at + 1; i < view->length && i - at < room; i++) {
        bool escaped = b[i] == '\\' && norm_view_is(view, i + 1, quote);
        if (!escaped && b[i] == quote && !norm_view_is(view, i + 1, quote)) {
            if (cell != NULL) {
                *cell = decoded(&value, true);
            }
            return norm_view_ends(view, i + 1) ? i + 1 : NORM_NOWHERE;
        }
        i += escaped || b[i] == quote;
        decode(&value, b + i, 1);
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
    bool data;
    size_t end = any_open_field(view, at, &data, cell);
    return data ? NORM_NOWHERE : end;
}

size_t norm_view_fault_end(const struct norm_view *view, size_t at)
{
    int quote = view->dialect.enclosure;
    return quote != CSVK_NO_BYTE && norm_view_is(view, at, quote) ? strict_enclosure(view, at, NULL)
                                                                  : open_field(view, at, NULL);
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* After a closing enclosure that no end follows: what is wrong, and the rest of the field. */
size_t norm_view_text_after(const struct norm_view *view, size_t after, struct norm_line *line)
{
    if (norm_view_ends(view, norm_view_blanks(view, after))) {
        line->faults |= NORM_FAULT_SPACE_AFTER;
    } else if (view->bytes[after - 2] == '\\') {
        line->faults |= NORM_FAULT_BACKSLASH;
    } else {
        line->faults |= NORM_FAULT_TEXT_AFTER;
    }
    return open_field(view, after, NULL);
}

/* What is wrong with an open field that has quotes in it. */
unsigned norm_view_fault_of_open(const struct norm_view *view, size_t at)
{
    size_t text = norm_view_blanks(view, at);
    return text != at && view->bytes[text] == view->dialect.enclosure ? NORM_FAULT_SPACE_BEFORE
                                                                      : NORM_FAULT_QUOTE_IN_OPEN;
}

size_t norm_view_any_field(const struct norm_view *view, size_t at, struct norm_line *line,
                           struct norm_cell *cell)
{
    int quote = view->dialect.enclosure;
    if (quote == CSVK_NO_BYTE || !norm_view_is(view, at, quote)) {
        bool data;
        size_t end = any_open_field(view, at, &data, cell);
        line->faults |= data ? norm_view_fault_of_open(view, at) : 0;
        return end;
    }
    size_t end = strict_enclosure(view, at, cell);
    if (end == NORM_NOWHERE) {
        line->faults |= NORM_FAULT_UNCLOSED;
        if (cell != NULL) {
            *cell = norm_view_raw(view, at + 1, view->length);
            cell->enclosed = true;
        }
        return view->at_end ? view->length : NORM_NOWHERE;
    }
    return norm_view_ends(view, end) ? end : norm_view_text_after(view, end, line);
}

bool norm_make_room(const struct norm_view *view, struct norm_line *line, size_t *capacity)
{
    size_t first = view->columns != 0 ? view->columns : 32;
    size_t larger = *capacity != 0 ? 4 * *capacity : first;
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

struct norm_line norm_view_read_record(const struct norm_view *view, size_t at, size_t most)
{
    struct norm_line line = {.begin = at, .known = true};
    size_t capacity = 0;
    at = norm_view_start(view, at);
    for (;;) {
        struct norm_cell cell = {0};
        bool kept = line.ncells < most;
        at = norm_view_any_field(view, at, &line, kept ? &cell : NULL);
        if (at == NORM_NOWHERE) {
            line.known = false;
            line.content = line.end = view->length;
            return line;
        }
        if (kept && line.ncells == capacity && !norm_make_room(view, &line, &capacity)) {
            line.known = false;
            return line;
        }
        if (kept) {
            line.cell[line.ncells] = cell;
        }
        line.ncells++;
        if (norm_view_delimiter(view, at) == 0) {
            break;
        }
        at = norm_view_after(view, at);
    }
    norm_end_line(view, &line, at);
    return line;
}
