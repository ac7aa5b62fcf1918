/*
 * key_fields.c - finds the fields of a primary key in a record: in one piece (key_columns_piece),
 * 32 bytes in one step (find_plain), field by field (find_in_order), or with the reference parser
 * (find_by_reference). All of them give the same answer where they give one; tests hold them to
 * each other (tests/unit/test_key_fields.c). See key_fields.h.
 */
#include "validator/key_fields.h"

#include "csvkit/base/bitmask.h"
#include "csvkit/base/delimiter.h"

#include <string.h>

enum { BLOCK = 32 };

int key_columns_init(struct key_columns *k, size_t count)
{
    k->count = count;
    k->column = csvk_calloc(count, sizeof(*k->column));
    k->order = csvk_calloc(count, sizeof(*k->order));
    k->sorted = csvk_calloc(count, sizeof(*k->sorted));
    k->field = csvk_calloc(count, sizeof(*k->field));
    bool all = k->column != NULL && k->order != NULL && k->sorted != NULL && k->field != NULL;
    return all ? CSVK_OK : CSVK_ENOMEM;
}

void key_columns_release(struct key_columns *k)
{
    csvk_free(k->column);
    csvk_free(k->order);
    csvk_free(k->sorted);
    csvk_free(k->field);
    csvk_record_fields_free(k->reference);
}

void key_columns_sort(struct key_columns *k)
{
    for (size_t i = 0; i < k->count; i++) {
        size_t j = i;
        for (; j > 0 && k->column[k->order[j - 1]] > k->column[i]; j--) {
            k->order[j] = k->order[j - 1];
        }
        k->order[j] = i;
    }
    k->in_row = true;
    for (size_t i = 0; i < k->count; i++) {
        k->sorted[i] = k->column[k->order[i]];
        k->in_row = k->in_row && k->column[i] == k->column[0] + i;
    }
}

/* The end of the field that begins with its enclosure at `at`. Adds CSVK_FIELD_DECODE to *flags
   when an enclosure in the value is doubled. */
static size_t enclosed_end(struct csvk_bytes record, size_t at, int enclosure, uint32_t *flags)
{
    const unsigned char *p = record.ptr + at + 1, *end = record.ptr + record.len;
    while (p < end) {
        const unsigned char *quote = memchr(p, enclosure, (size_t)(end - p));
        if (quote == NULL || quote + 1 == end) {
            break;
        }
        if (quote[1] != enclosure) {
            return (size_t)(quote + 1 - record.ptr);
        }
        *flags |= CSVK_FIELD_DECODE;
        p = quote + 2;
    }
    return record.len;
}

static size_t field_end(struct csvk_bytes record, size_t at, const struct csvk_dialect *dialect,
                        uint32_t *flags)
{
    *flags = 0;
    if (at < record.len && record.ptr[at] == dialect->enclosure) {
        *flags = CSVK_FIELD_ENCLOSED;
        return enclosed_end(record, at, dialect->enclosure, flags);
    }
    const unsigned char *end = memchr(record.ptr + at, dialect->delimiter, record.len - at);
    return end != NULL ? (size_t)(end - record.ptr) : record.len;
}

/* Field by field. A column may be named twice in the key: then its field is taken twice. */
static bool find_in_order(struct key_columns *k, struct csvk_bytes record,
                          const struct csvk_dialect *dialect)
{
    size_t at = 0, next = 0;
    for (size_t column = 0;; column++) {
        uint32_t flags;
        size_t end = field_end(record, at, dialect, &flags);
        while (k->sorted[next] == column) {
            k->field[k->order[next]] = (struct csvk_field){(uint32_t)at, (uint32_t)end, flags};
            if (++next == k->count) {
                return true;
            }
        }
        if (end == record.len) {
            return false;
        }
        at = end + 1;
    }
}

/* A bit for each delimiter and enclosure in the 32 bytes of the record from `base` on, and one for
   the end of the record. */
static inline uint32_t ends_in(struct csvk_bytes record, size_t base,
                               const struct csvk_dialect *dialect)
{
    const unsigned char delimiter = (unsigned char)dialect->delimiter;
    const unsigned char enclosure =
        dialect->enclosure != CSVK_NO_BYTE ? (unsigned char)dialect->enclosure : delimiter;
    uint32_t ends = csvk_bitmask_of_two(record.ptr + base, delimiter, enclosure);
    if (record.len - base < BLOCK) {
        uint32_t end = UINT32_C(1) << (record.len - base);
        ends = (ends & (end - 1)) | end;
    }
    return ends;
}

struct csvk_bytes key_columns_piece(const struct key_columns *k, struct csvk_bytes record,
                                    const struct csvk_dialect *dialect)
{
    const struct csvk_bytes none = {record.ptr, 0};
    const size_t first = k->column[0], last = first + k->count - 1;
    size_t column = 0, at = 0, begin = 0;
    for (size_t base = 0; base <= record.len; base += BLOCK) {
        for (uint32_t ends = ends_in(record, base, dialect); ends != 0; ends &= ends - 1) {
            size_t end = base + (size_t)__builtin_ctz(ends);
            bool enclosure = end != record.len && record.ptr[end] != dialect->delimiter;
            if (enclosure || (end == at && column >= first)) {
                return none;
            }
            begin = column == first ? at : begin;
            if (column == last) {
                return (struct csvk_bytes){record.ptr + begin, end - begin};
            }
            column++;
            at = end + 1;
        }
    }
    return none;
}

/* As find_in_order, but 32 bytes in one step. False also when an enclosure comes before the end of
   the key. */
static bool find_plain(struct key_columns *k, struct csvk_bytes record,
                       const struct csvk_dialect *dialect)
{
    size_t column = 0, next = 0, at = 0;
    for (size_t base = 0; base <= record.len; base += BLOCK) {
        for (uint32_t ends = ends_in(record, base, dialect); ends != 0; ends &= ends - 1) {
            size_t end = base + (size_t)__builtin_ctz(ends);
            if (end != record.len && record.ptr[end] != dialect->delimiter) {
                return false;
            }
            for (; k->sorted[next] == column; next++) {
                k->field[k->order[next]] = (struct csvk_field){(uint32_t)at, (uint32_t)end, 0};
                if (next + 1 == k->count) {
                    return true;
                }
            }
            column++;
            at = end + 1;
        }
    }
    return false;
}

static int find_by_reference(struct key_columns *k, struct csvk_bytes record,
                             const struct csvk_dialect *dialect, bool *found)
{
    struct csvk_record_read read;
    int status = k->reference != NULL ? CSVK_OK : csvk_record_fields_new(&k->reference, dialect);
    status = status == CSVK_OK ? csvk_record_fields_read(k->reference, record, &read) : status;
    if (status != CSVK_OK) {
        return status;
    }
    *found = true;
    for (size_t i = 0; i < k->count && *found; i++) {
        *found = k->column[i] < read.count;
        if (*found) {
            k->field[i] = read.field[k->column[i]];
        }
    }
    return CSVK_OK;
}

int key_columns_find(struct key_columns *k, struct csvk_bytes record,
                     const struct csvk_dialect *dialect, enum key_reading reading, bool *found)
{
    if (reading == KEY_BY_REFERENCE || dialect->escape != CSVK_NO_BYTE ||
        !csvk_dialect_is_plain(dialect)) {
        return find_by_reference(k, record, dialect, found);
    }
    *found = find_plain(k, record, dialect) || find_in_order(k, record, dialect);
    return CSVK_OK;
}
