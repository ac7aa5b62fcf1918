/*
 * column_types.c - proposes base data types for columns; types.h has the idea. Which types hold a
 * value is decided in csvkit/schema/typed_value.c, for all who ask.
 */
#include "manifest/types.h"

#include "csvkit/schema/typed_value.h"

#include <string.h>

struct csvk_types {
    struct csvk_column_types *column;
    size_t count;
    struct csvk_dialect dialect;
    struct csvk_buf value; /* room for a decoded value */
    struct csvk_short_records short_records;
    struct csvk_strings names; /* of the columns; none: they are not known */
    struct csvk_repeated_headers repeated_headers;
};

static void add_value(struct csvk_column_types *column, struct csvk_bytes text, uint64_t record)
{
    struct typed_value value;
    if (text.len == 0) {
        csvk_column_evidence_empty(column, record);
        return;
    }
    csvk_typed_value_read(text, &value);
    csvk_column_evidence_count(column, &value, 1);
    csvk_column_evidence_note(column, &value, text, record);
}

/* ---- counting ---- */

int csvk_types_new(struct csvk_types **out, size_t columns, const struct csvk_dialect *dialect)
{
    struct csvk_types *types = csvk_calloc(1, sizeof *types);
    if (types == NULL) {
        return CSVK_ENOMEM;
    }
    types->column = csvk_calloc(columns, sizeof *types->column);
    types->count = columns;
    types->dialect = *dialect;
    if (types->column == NULL) {
        csvk_types_free(types);
        return CSVK_ENOMEM;
    }
    *out = types;
    return CSVK_OK;
}

/* The value of a raw field: its own bytes when they are the value, else decoded in types->value. */
static int value_of(struct csvk_types *types, struct csvk_bytes raw, uint32_t flags,
                    struct csvk_bytes *value)
{
    *value = raw;
    if ((flags & CSVK_FIELD_DECODE) == 0 && (flags & CSVK_FIELD_ENCLOSED) == 0) {
        return CSVK_OK;
    }
    csvk_buf_clear(&types->value);
    int status = csvk_buf_reserve(&types->value, raw.len);
    if (status == CSVK_OK) {
        value->len = csvk_field_decode(raw, &types->dialect, types->value.data);
        value->ptr = types->value.data;
    }
    return status;
}

int csvk_types_name(struct csvk_types *types, const struct csvk_strings *columns)
{
    csvk_strings_release(&types->names);
    for (size_t i = 0; i < types->count && i < columns->count; i++) {
        int status = csvk_strings_add(&types->names, columns->item[i]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* Where files were joined, the byte order mark of the second one stands before its first name. */
static struct csvk_bytes without_mark(struct csvk_bytes value)
{
    bool mark = value.len >= 3 && memcmp(value.ptr, "\xEF\xBB\xBF", 3) == 0;
    return mark ? (struct csvk_bytes){value.ptr + 3, value.len - 3} : value;
}

/* Is every value the name of its column? Nearly always the first one is not. */
static int is_header_again(struct csvk_types *types, const struct csvk_batch *batch,
                           const struct csvk_record *record, bool *is)
{
    *is = types->names.count != 0 && types->names.count == record->nfields;
    for (size_t i = 0; *is && i < types->count; i++) {
        struct csvk_bytes value = csvk_field_raw(batch, record, i);
        uint32_t flags = batch->fields[record->first_field + i].flags;
        const char *name = types->names.item[i];
        value = i == 0 ? without_mark(value) : value;
        if (i == 0 && value.len != 0 && value.ptr[0] == types->dialect.enclosure) {
            flags |= CSVK_FIELD_ENCLOSED; /* behind a mark it is none by the grammar */
        }
        int status = value_of(types, value, flags, &value);
        if (status != CSVK_OK) {
            return status;
        }
        *is = value.len == strlen(name) && memcmp(value.ptr, name, value.len) == 0;
    }
    return CSVK_OK;
}

static void add_header_again(struct csvk_types *types, uint64_t record)
{
    struct csvk_repeated_headers *found = &types->repeated_headers;
    found->first = found->count++ == 0 ? record : found->first;
    for (size_t i = 0; i < types->count; i++) {
        types->column[i].header_again = found->first;
    }
}

static int add_record(struct csvk_types *types, const struct csvk_batch *batch,
                      const struct csvk_record *record)
{
    /* Which values are missing is not known, so none of the others is in a column for sure. */
    if (record->nfields < types->count) {
        struct csvk_short_records *found = &types->short_records;
        found->first = found->count++ == 0 ? record->number : found->first;
        return CSVK_OK;
    }
    bool again;
    int status = is_header_again(types, batch, record, &again);
    if (status == CSVK_OK && again) {
        add_header_again(types, record->number);
    }
    for (size_t i = 0; status == CSVK_OK && !again && i < types->count; i++) {
        struct csvk_bytes value;
        status = value_of(types, csvk_field_raw(batch, record, i),
                          batch->fields[record->first_field + i].flags, &value);
        if (status == CSVK_OK) {
            add_value(&types->column[i], value, record->number);
        }
    }
    return status;
}

int csvk_types_feed(struct csvk_types *types, const struct csvk_batch *batch, uint64_t skip)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->number > skip && !record->blank && !record->oversize) {
            status = add_record(types, batch, record);
        }
    }
    return status;
}

void csvk_types_merge(struct csvk_types *left, const struct csvk_types *right)
{
    struct csvk_short_records *l = &left->short_records;
    const struct csvk_short_records *r = &right->short_records;
    struct csvk_repeated_headers *again = &left->repeated_headers;
    for (size_t i = 0; i < left->count && i < right->count; i++) {
        csvk_column_evidence_merge(&left->column[i], &right->column[i], false);
    }
    l->first = l->count == 0 ? r->first : l->first;
    l->count += r->count;
    again->first = again->count == 0 ? right->repeated_headers.first : again->first;
    again->count += right->repeated_headers.count;
}

struct csvk_repeated_headers csvk_types_repeated_headers(const struct csvk_types *types)
{
    return types->repeated_headers;
}

struct csvk_short_records csvk_types_short_records(const struct csvk_types *types)
{
    return types->short_records;
}

size_t csvk_types_columns(const struct csvk_types *types)
{
    return types->count;
}

const struct csvk_column_types *csvk_types_column(const struct csvk_types *types, size_t column)
{
    return &types->column[column];
}

void csvk_types_free(struct csvk_types *types)
{
    if (types != NULL) {
        csvk_free(types->column);
        csvk_buf_release(&types->value);
        csvk_strings_release(&types->names);
        csvk_free(types);
    }
}
