/*
 * download_column.c - the values of one column of a table: an export of it, joined in a temporary
 * file that never gets its name, and read again from there. So it is whole or fails, as every
 * download.
 */
#include "storage/download/download_column.h"

#include <stdlib.h>

struct column_reading {
    download_value_fn *take;
    void *ctx;
};

/* Nothing without an enclosure is NULL: the platform writes an empty text with one. */
static int take_record(const struct column_reading *reading, const struct csvk_batch *batch,
                       const struct csvk_record *record, struct csvk_buf *room,
                       struct csvk_error *err)
{
    static const struct csvk_dialect rfc4180 = CSVK_DIALECT_RFC4180;
    struct csvk_bytes value;
    if (record->blank || record->nfields == 0) {
        return CSVK_OK;
    }
    if (csvk_field_value(batch, record, 0, &rfc4180, room, &value) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return reading->take(reading->ctx, value, err);
}

/* Reads the joined file, whose first record is its header. */
static int read_joined(void *ctx, struct csvk_source *source, struct csvk_error *err)
{
    const struct column_reading *reading = ctx;
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    struct csvk_buf room = CSVK_BUF_INIT;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    int status = csvk_reader_new(&reader, source, &options, err);
    while (status == CSVK_OK && (status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
            const struct csvk_record *record = &batch->records[i];
            status = record->number > 1 ? take_record(reading, batch, record, &room, err) : CSVK_OK;
        }
    }
    csvk_reader_free(reader);
    csvk_buf_release(&room);
    return status == CSVK_END ? CSVK_OK : status;
}

int download_column(struct kbc *kbc, const char *table, const char *column, download_value_fn *take,
                    void *ctx, struct csvk_error *err)
{
    const char *folder = getenv("TMPDIR");
    struct column_reading reading = {take, ctx};
    struct csvk_strings columns = {0};
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_downloaded done = {0};
    int status = csvk_strings_add(&columns, column);
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&path, "%s/csvkit-values",
                                 folder != NULL && *folder ? folder : "/var/tmp");
    }
    if (status != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else {
        struct kbc_download wanted = {
            .table = table, .out = csvk_buf_text(&path), .columns = &columns};
        status = download_and_read(kbc, &wanted, read_joined, &reading, &done, err);
    }
    kbc_downloaded_release(&done);
    csvk_strings_release(&columns);
    csvk_buf_release(&path);
    return status;
}
