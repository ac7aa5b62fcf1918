/*
 * simple_rows.c - see simple.h: records one by one, their values decoded.
 *
 * Invariant: `room` never moves while a record is given: there is room for all of the record before
 * its first value is decoded, and values are never longer than their fields.
 */
#include "csvkit/simple/settings.h"

struct csvk_rows {
    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_dialect dialect;
    const struct csvk_batch *batch; /* the reader's; NULL: none is at hand */
    size_t at;                      /* of the next record among those of the batch */
    struct csvk_bytes *value;
    size_t capacity; /* of `value` */
    struct csvk_buf room;
};

int csvk_rows_open(struct csvk_rows **out, const char *path, const char *const *settings, char *why,
                   size_t room)
{
    struct simple_settings s;
    struct csvk_error err = {0};
    struct csvk_options options;
    struct csvk_rows *rows = csvk_calloc(1, sizeof *rows);
    *out = NULL;
    if (rows == NULL) {
        int status = csvk_fail(&err, CSVK_ENOMEM, "out of memory");
        return simple_tell(status, &err, why, room);
    }
    int status = simple_settings_read(&s, settings, SIMPLE_ROWS, &err);
    rows->dialect = s.dialect;
    csvk_options_init(&options);
    options.dialect = s.dialect;
    options.detail = CSVK_FIELDS;
    options.facts = 0;
    status = status == CSVK_OK ? simple_open(&rows->source, path, &s, &err) : status;
    status =
        status == CSVK_OK ? csvk_reader_new(&rows->reader, rows->source, &options, &err) : status;
    simple_settings_release(&s);
    if (status != CSVK_OK) {
        csvk_rows_free(rows);
        return simple_tell(status, &err, why, room);
    }
    *out = rows;
    return CSVK_OK;
}

/* A view of the value in the batch, or in `room` when it had to be decoded. */
static struct csvk_bytes value_of(struct csvk_rows *rows, const struct csvk_record *record,
                                  size_t i)
{
    struct csvk_bytes value = csvk_field_raw(rows->batch, record, i);
    unsigned flags = rows->batch->fields[record->first_field + i].flags;
    if ((flags & (CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN)) != 0) {
        unsigned char *to = rows->room.data + rows->room.length;
        value.len = csvk_field_decode(value, &rows->dialect, to);
        value.ptr = to;
        rows->room.length += value.len;
    } else if ((flags & CSVK_FIELD_ENCLOSED) != 0) {
        value.ptr++;
        value.len -= 2;
    }
    return value;
}

static bool make_room(struct csvk_rows *rows, const struct csvk_record *record)
{
    size_t count = (size_t)record->nfields;
    if (count > rows->capacity) {
        struct csvk_bytes *value = csvk_reallocarray(rows->value, count, sizeof *value);
        if (value == NULL) {
            return false;
        }
        rows->value = value;
        rows->capacity = count;
    }
    csvk_buf_clear(&rows->room);
    return csvk_buf_reserve(&rows->room, (size_t)record->length) == CSVK_OK;
}

/* Goes on to a batch that has a record. */
static int next_batch(struct csvk_rows *rows, struct csvk_error *err)
{
    rows->at = 0;
    for (;;) {
        int status = csvk_reader_next(rows->reader, &rows->batch, err);
        const struct csvk_damage *damage = csvk_source_damage(rows->source);
        if (status == CSVK_END && damage != NULL) {
            return csvk_fail(err, CSVK_EDATA, "%s: the compressed file is damaged (%s)",
                             csvk_source_name(rows->source), damage->what);
        }
        if (status != CSVK_OK || rows->batch->nreported != 0) {
            return status;
        }
    }
}

int csvk_rows_next(struct csvk_rows *rows, const struct csvk_bytes **values, size_t *count,
                   char *why, size_t room)
{
    struct csvk_error err = {0};
    *values = NULL;
    *count = 0;
    if (rows->batch == NULL || rows->at == rows->batch->nreported) {
        int status = next_batch(rows, &err);
        if (status != CSVK_OK) {
            rows->batch = NULL; /* asked again, it answers the same */
            return simple_tell(status, &err, why, room);
        }
    }
    const struct csvk_record *record = &rows->batch->records[rows->at++];
    if (!make_room(rows, record)) {
        return simple_tell(csvk_fail(&err, CSVK_ENOMEM, "out of memory"), &err, why, room);
    }
    size_t n = record->blank ? 0 : (size_t)record->nfields;
    for (size_t i = 0; i < n; i++) {
        rows->value[i] = value_of(rows, record, i);
    }
    *values = rows->value;
    *count = n;
    return CSVK_OK;
}

void csvk_rows_free(struct csvk_rows *rows)
{
    if (rows == NULL) {
        return;
    }
    csvk_reader_free(rows->reader);
    csvk_source_free(rows->source);
    csvk_free(rows->value);
    csvk_buf_release(&rows->room);
    csvk_free(rows);
}
