/*
 * header_again.c - a record that is equal to the header is the header of a second file that was
 * appended (r26). It is found by its bytes, in the ways in which programs write a header, or by its
 * values.
 */
#include "csvkit/normalize/normalize_private.h"

#include "csvkit/base/bitmask.h"
#include "csvkit/base/delimiter.h"

static int add_name(struct norm *norm, struct csvk_buf *to, struct csvk_bytes name, bool enclose)
{
    int quote = norm->in.enclosure;
    int status = enclose ? csvk_buf_putc(to, (unsigned char)quote) : CSVK_OK;
    for (size_t i = 0; i < name.len && status == CSVK_OK; i++) {
        bool doubled = enclose && name.ptr[i] == quote;
        status = doubled ? csvk_buf_putc(to, name.ptr[i]) : CSVK_OK;
        status = status == CSVK_OK ? csvk_buf_putc(to, name.ptr[i]) : status;
    }
    return status == CSVK_OK && enclose ? csvk_buf_putc(to, (unsigned char)quote) : status;
}

/* The first place of the byte in each form of the header. False: one of them is without it. */
static bool find_in_forms(const struct norm *norm, unsigned char byte, size_t *at)
{
    for (size_t form = 0; form < NORM_HEADER_FORMS; form++) {
        const struct csvk_buf *header = &norm->header_again[form];
        const unsigned char *found =
            header->length != 0 ? memchr(header->data, byte, header->length) : NULL;
        if (found == NULL && header->length != 0) {
            return false;
        }
        at[form] = found != NULL ? (size_t)(found - header->data) : 0;
    }
    return true;
}

/*
 * The byte of the header that is rarest at the head of the table. Which one it is changes nothing
 * but the time that looking for the header takes.
 */
static void choose_mark(struct norm *norm)
{
    enum { LOOKED_AT = 32 * 1024, RARE = 256 }; /* at most one of so many bytes */
    size_t counts[256] = {0}, header = norm->header_again[0].length;
    size_t n = norm->head.len < LOOKED_AT ? norm->head.len : LOOKED_AT, least = n / RARE + 1;
    for (size_t i = header; i < n; i++) {
        counts[norm->head.ptr[i]]++;
    }
    for (size_t i = 0; i < header; i++) {
        unsigned char byte = norm->header_again[0].data[i];
        if (counts[byte] < least && find_in_forms(norm, byte, norm->header_mark.at)) {
            norm->header_mark.is_known = true;
            norm->header_mark.byte = byte;
            least = counts[byte];
        }
    }
    if (norm->header_mark.is_known) {
        (void)find_in_forms(norm, norm->header_mark.byte, norm->header_mark.at);
    }
}

/* As programs write a header: as it is, with every name enclosed, with none. */
int norm_keep_header(struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    int status = csvk_buf_add(&norm->header_again[0], bytes.ptr, bytes.len);
    bool enclosure = norm->in.enclosure != CSVK_NO_BYTE;
    char delimiter[CSVK_DELIMITER_MOST + 1];
    csvk_delimiter_text(&norm->in, delimiter);
    for (size_t form = 1; form < NORM_HEADER_FORMS && status == CSVK_OK && enclosure; form++) {
        struct csvk_buf *to = &norm->header_again[form];
        for (size_t k = 0; k < norm->nvalues && status == CSVK_OK; k++) {
            struct csvk_bytes name = {norm->value[k].ptr, norm->value[k].len};
            status = k != 0 ? csvk_buf_puts(to, delimiter) : CSVK_OK;
            status = status == CSVK_OK ? add_name(norm, to, name, form == 1) : status;
        }
    }
    if (status == CSVK_OK) {
        choose_mark(norm);
    }
    return status == CSVK_OK ? CSVK_OK : norm_out_of_memory(norm);
}

/* The value, decoded into `room` when it is raw. A long one is no name that is compared. */
static struct csvk_bytes value_of(const struct norm *norm, const struct csvk_value *value,
                                  unsigned char *room, size_t size)
{
    struct csvk_bytes bytes = {value->ptr, value->len};
    bool raw =
        value->form == CSVK_VALUE_RAW && value->len != 0 && value->ptr[0] == norm->in.enclosure;
    if (raw && value->len <= size) {
        bytes = (struct csvk_bytes){room, csvk_field_decode(bytes, &norm->in, room)};
    }
    return bytes;
}

int norm_keep_names(struct norm *norm)
{
    unsigned char room[256];
    for (size_t i = 0; i < norm->nvalues && norm->nvalues > 1; i++) {
        struct csvk_bytes name = value_of(norm, &norm->value[i], room, sizeof room);
        if (csvk_strings_addn(&norm->header, (const char *)name.ptr, name.len) != CSVK_OK) {
            return norm_out_of_memory(norm);
        }
    }
    return CSVK_OK;
}

bool norm_are_names(const struct norm *norm)
{
    unsigned char room[256];
    bool same = norm->header.count == norm->nvalues && norm->nvalues > 1;
    for (size_t i = 0; same && i < norm->nvalues; i++) {
        struct csvk_bytes value = value_of(norm, &norm->value[i], room, sizeof room);
        const char *name = norm->header.item[i];
        same = strlen(name) == value.len && memcmp(name, value.ptr, value.len) == 0;
    }
    return same;
}

/* The form that stands at `bytes`, with a line break after it; 0: none. Its length. */
static size_t match_header(const struct norm *norm, const unsigned char *bytes, size_t length)
{
    for (size_t form = 0; form < NORM_HEADER_FORMS; form++) {
        const struct csvk_buf *header = &norm->header_again[form];
        bool same = header->length != 0 && header->length <= length &&
                    memcmp(header->data, bytes, header->length) == 0;
        if (same && (header->length == length || bytes[header->length] == '\n' ||
                     bytes[header->length] == '\r')) {
            return header->length;
        }
    }
    return 0;
}

bool norm_is_header_again(const struct norm *norm, const struct norm_record *rec)
{
    if (norm->o->header != CSVK_NORMALIZE_HEADER || norm->width < 2) {
        return false;
    }
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    return match_header(norm, bytes.ptr, bytes.len) == bytes.len;
}

/*
 * The first place from `from` on, after a line break, where a form of the header stands; `length`
 * when there is none. 64 bytes are asked at once: where does a line break stand before a byte with
 * which a form begins?
 */
static size_t find_by_line_breaks(const struct norm *norm, const unsigned char *bytes, size_t from,
                                  size_t length)
{
    unsigned char first[2] = {norm->header_again[0].data[0], norm->header_again[0].data[0]};
    first[1] = norm->header_again[1].length != 0 ? norm->header_again[1].data[0] : first[0];
    unsigned char third =
        norm->header_again[2].length != 0 ? norm->header_again[2].data[0] : first[0];
    size_t least = norm->header_again[0].length;
    size_t at = from - from % 64;
    bool after_break = at == 0 || bytes[at - 1] == '\n' || bytes[at - 1] == '\r';
    uint64_t before = after_break ? 1 : 0; /* the stretch begins with a record */
    for (; at < length; at += 64) {
        /* 64 bytes after the window may be read; what they are does not matter. */
        uint64_t breaks = csvk_bitmask_of(bytes + at, '\n') | csvk_bitmask_of(bytes + at, '\r');
        uint64_t begins = csvk_bitmask_of(bytes + at, first[0]) |
                          csvk_bitmask_of(bytes + at, first[1]) |
                          csvk_bitmask_of(bytes + at, third);
        uint64_t candidates = begins & (breaks << 1 | before);
        before = breaks >> 63;
        for (; candidates != 0; candidates &= candidates - 1) {
            size_t place = at + (size_t)__builtin_ctzll(candidates);
            bool fits = place >= from && place < length && length - place >= least / 2;
            if (fits && match_header(norm, bytes + place, length - place) != 0) {
                return place;
            }
        }
    }
    return length;
}

/* Does a form of the header stand at `place`, which is after a line break? */
static bool is_header_at(const struct norm *norm, const unsigned char *bytes, size_t place,
                         size_t length)
{
    bool after_break = place == 0 || bytes[place - 1] == '\n' || bytes[place - 1] == '\r';
    return after_break && length - place >= norm->header_again[0].length / 2 &&
           match_header(norm, bytes + place, length - place) != 0;
}

/*
 * The same as find_by_line_breaks, and faster: from one mark to the next. Where the mark is not as
 * rare as it was at the head, the line breaks are asked after all.
 *
 * The first mark that belongs to a header belongs to the first header: between the begin of a form
 * and the mark in it there is no other mark.
 */
size_t norm_find_header(const struct norm *norm, const unsigned char *bytes, size_t from,
                        size_t length)
{
    enum { MISSES = 32, RARE = 128 };
    const struct norm_header_mark *mark = &norm->header_mark;
    size_t misses = 0, at = from;
    while (mark->is_known && misses <= MISSES + (at - from) / RARE) {
        const unsigned char *found =
            at < length ? memchr(bytes + at, mark->byte, length - at) : NULL;
        if (found == NULL) {
            return length;
        }
        size_t first = length, here = (size_t)(found - bytes);
        for (size_t form = 0; form < NORM_HEADER_FORMS; form++) {
            size_t place = here - mark->at[form];
            if (here >= mark->at[form] && place >= from && place < first &&
                is_header_at(norm, bytes, place, length)) {
                first = place;
            }
        }
        if (first != length) {
            return first;
        }
        misses++;
        at = here + 1;
    }
    return find_by_line_breaks(norm, bytes, from, length);
}
