/*
 * normalize_empty.c - records with nothing but empty fields, as spreadsheets leave them below and
 * between the filled ones: which ones --empty-records=drop drops, and how many there are when the
 * option was not given.
 *
 * The idea. Such a record is sound, so it lies in a stretch of records that is copied as a whole
 * and that nobody looks at. It is searched for by its bytes, in the beginning of the table; where
 * one is found, the rest is searched, too, and the count is that of the whole table. Those that end
 * the table are counted from the end of each stretch, however far that is: one look, if there is
 * none.
 *
 * Invariant: what is counted depends on the bytes and their places alone, not on how the table was
 * cut into stretches.
 */
#include "csvkit/normalize/normalize_private.h"

#include "csvkit/base/delimiter.h"

enum {
    SEARCHED_TIMES = 32 * 1024, /* bytes to search, for each byte of what is searched for */
    LONGEST = 128,              /* bytes of it that are searched for; the others are compared */
};

/* Several fields, and nothing in any of them: `,,` or `"",`. With or without a line break. */
bool norm_is_empty_record(const struct norm *norm, struct csvk_bytes bytes)
{
    size_t fields = 1, quotes = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = bytes.ptr[i];
        size_t delimiter = csvk_delimiter_at(&norm->in, bytes.ptr + i, bytes.len - i);
        if (delimiter != 0 && quotes % 2 == 0) {
            i += delimiter - 1;
            fields++;
            quotes = 0;
        } else if (c == norm->in.enclosure && quotes < 2) {
            quotes++;
        } else if (quotes == 0 && norm->in.skip_blanks && csvk_is_blank(&norm->in, c)) {
            continue;
        } else if ((c != '\r' && c != '\n') || quotes % 2 != 0) {
            return false;
        }
    }
    return (fields > 1 || (quotes != 0 && norm->width > 1)) && quotes % 2 == 0;
}

/* ---- in a stretch of clean records ---- */

/* Bytes of the record without its line break. */
static size_t length_of_empty(const struct norm *norm)
{
    return (size_t)(norm->width - 1) * csvk_delimiter_length(&norm->in);
}

/* Does a record of delimiters alone begin here? A record does. */
static bool begins_empty(const struct norm *norm, struct csvk_bytes bytes)
{
    size_t length = length_of_empty(norm), n = csvk_delimiter_length(&norm->in);
    bool ends = bytes.len == length ||
                (bytes.len > length && (bytes.ptr[length] == '\n' || bytes.ptr[length] == '\r'));
    for (size_t at = 0; ends && at < length; at += n) {
        ends = csvk_delimiter_at(&norm->in, bytes.ptr + at, bytes.len - at) == n;
    }
    return ends;
}

/* A line break, and as many delimiters after it as are searched for. */
static size_t put_pattern(const struct norm *norm, unsigned char *pattern)
{
    char delimiter[CSVK_DELIMITER_MOST + 1];
    size_t n = csvk_delimiter_length(&norm->in), length = length_of_empty(norm), at = 1;
    csvk_delimiter_text(&norm->in, delimiter);
    pattern[0] = '\n';
    while (at <= length && at + n <= LONGEST) {
        memcpy(pattern + at, delimiter, n);
        at += n;
    }
    return at;
}

static uint64_t searched_up_to(const struct norm *norm)
{
    return (uint64_t)SEARCHED_TIMES * (length_of_empty(norm) + 2);
}

/* Is the record at `offset` one of those that are looked at? */
static bool is_searched(const struct norm *norm, uint64_t offset)
{
    return norm->empties.count != 0 || offset < searched_up_to(norm);
}

/* An even number of enclosure bytes: what began outside of an enclosure ends so. */
static bool is_outside(const struct norm *norm, const unsigned char *from, const unsigned char *to)
{
    size_t quotes = 0;
    for (; norm->in.enclosure != CSVK_NO_BYTE && from < to; from++) {
        quotes += *from == norm->in.enclosure;
    }
    return quotes % 2 == 0;
}

/* The records of the stretch at `from` that are looked at. */
static void search(struct norm *norm, const unsigned char *bytes, uint64_t from, size_t size)
{
    unsigned char pattern[LONGEST];
    size_t length = put_pattern(norm, pattern), at = 0, known = 0;
    norm->empties.count +=
        is_searched(norm, from) && begins_empty(norm, (struct csvk_bytes){bytes, size});
    while (is_searched(norm, from + at)) {
        uint64_t rest = searched_up_to(norm) - from + length;
        size_t limit = norm->empties.count != 0 || rest > size ? size : (size_t)rest;
        const unsigned char *found = memmem(bytes + at, limit - at, pattern, length);
        if (found == NULL || !is_searched(norm, from + (size_t)(found - bytes) + 1)) {
            return;
        }
        at = (size_t)(found - bytes) + 1;
        if (begins_empty(norm, (struct csvk_bytes){bytes + at, size - at}) &&
            is_outside(norm, bytes + known, bytes + at)) {
            norm->empties.count++;
            known = at;
        }
    }
}

/* Length of the line break that ends at `end`. */
static size_t break_length(const unsigned char *bytes, size_t end)
{
    size_t n = end != 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r');
    return n != 0 && end > 1 && bytes[end - 1] == '\n' && bytes[end - 2] == '\r' ? 2 : n;
}

/* The empty records that end the stretch, and those that end what is before it if all of it is
   empty. */
static void count_from_end(struct norm *norm, const unsigned char *bytes, size_t size)
{
    size_t at = size, length = length_of_empty(norm);
    uint64_t count = 0;
    while (at != 0) {
        size_t content = at - break_length(bytes, at);
        size_t from = content >= length ? content - length : SIZE_MAX;
        if (from == SIZE_MAX || (from != 0 && break_length(bytes, from) == 0) ||
            !begins_empty(norm, (struct csvk_bytes){bytes + from, length})) {
            break;
        }
        count++;
        at = from;
    }
    norm->empties.at_end = at == 0 ? norm->empties.at_end + count : count;
    norm->empties.filled |= at != 0;
}

void norm_count_empty_in_span(struct norm *norm, const struct norm_span *span)
{
    const unsigned char *bytes = norm_window_at(&norm->window, span->from);
    size_t size = (size_t)(span->to - span->from);
    if (norm->width < 2 || norm->o->drop_empty_records) {
        return;
    }
    if (norm->in.escape == CSVK_NO_BYTE) { /* else enclosure bytes cannot be counted */
        search(norm, bytes, span->from, size);
    }
    count_from_end(norm, bytes, size);
}

/* ---- elsewhere ---- */

void norm_count_empty_record(struct norm *norm, const struct norm_record *rec)
{
    struct norm_empties *empties = &norm->empties;
    bool empty = !norm->o->drop_empty_records && norm->width > 1 && norm->header_done &&
                 !rec->r.blank && norm_is_empty_record(norm, norm_record_bytes(norm, rec));
    empties->at_end = empty ? empties->at_end + 1 : 0;
    empties->filled |= !empty;
    empties->count += empty && is_searched(norm, rec->r.offset);
}
