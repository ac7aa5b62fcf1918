/* key_fields.c - see key_fields.h. */
#include "validator/key_fields.h"

#include <string.h>

int key_columns_init(struct key_columns *k, size_t count)
{
    k->count = count;
    k->column = csvk_calloc(count, sizeof(*k->column));
    k->order = csvk_calloc(count, sizeof(*k->order));
    k->field = csvk_calloc(count, sizeof(*k->field));
    return k->column != NULL && k->order != NULL && k->field != NULL ? CSVK_OK : CSVK_ENOMEM;
}

void key_columns_release(struct key_columns *k)
{
    csvk_free(k->column);
    csvk_free(k->order);
    csvk_free(k->field);
    if (k->scan_ready) {
        csvk_scan_release(&k->scan);
    }
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
}

/* The end of the field at `at`, which begins with its enclosure; in *flags: whether to decode. */
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

/* Columns may be named twice: then the same field is taken twice. */
static bool find_in_order(struct key_columns *k, struct csvk_bytes record,
                          const struct csvk_dialect *dialect)
{
    size_t at = 0, next = 0;
    for (size_t column = 0;; column++) {
        uint32_t flags;
        size_t end = field_end(record, at, dialect, &flags);
        while (k->column[k->order[next]] == column) {
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

static int prepare_scan(struct key_columns *k, const struct csvk_dialect *dialect)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    options.facts = 0;
    options.eol = CSVK_EOL_LF; /* the record has none: a CR in it is data */
    int status = csvk_scan_init(&k->scan, &options, NULL);
    k->scan_ready = status == CSVK_OK;
    return status;
}

static int find_by_law(struct key_columns *k, struct csvk_bytes record,
                       const struct csvk_dialect *dialect, bool *found)
{
    int status = k->scan_ready ? CSVK_OK : prepare_scan(k, dialect);
    if (status != CSVK_OK) {
        return status;
    }
    csvk_told_clear(&k->scan.told);
    csvk_scan(&k->scan, record.ptr, record.len, true, 0);
    if (k->scan.told.failed) {
        return CSVK_ENOMEM;
    }
    const struct csvk_told *told = &k->scan.told;
    *found = true;
    for (size_t i = 0; i < k->count && *found; i++) {
        *found = told->nrecords != 0 && k->column[i] < told->records[0].nfields;
        if (*found) {
            k->field[i] = told->fields[told->records[0].first_field + k->column[i]];
        }
    }
    return CSVK_OK;
}

int key_columns_find(struct key_columns *k, struct csvk_bytes record,
                     const struct csvk_dialect *dialect, enum key_reading reading, bool *found)
{
    if (reading == KEY_BY_LAW || dialect->escape != CSVK_NO_BYTE) {
        return find_by_law(k, record, dialect, found);
    }
    *found = find_in_order(k, record, dialect);
    return CSVK_OK;
}
