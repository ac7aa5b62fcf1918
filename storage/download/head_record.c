/* head_record.c - reads the first record of a source with the reader of the core. */
#include "storage/download/head_record.h"

/* Of a longer record, no column count is worth the memory. */
enum { LONGEST = 8 << 20 };

static int take_values(const struct csvk_batch *batch, const struct csvk_dialect *dialect,
                       struct csvk_strings *values)
{
    const struct csvk_record *record = batch->nreported > 0 ? &batch->records[0] : NULL;
    unsigned char *value = record ? csvk_malloc((size_t)record->length + 1) : NULL;
    int status = record && !value ? CSVK_ENOMEM : CSVK_OK;
    for (size_t i = 0; status == CSVK_OK && record && i < record->nfields; i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        size_t length = csvk_field_decode(raw, dialect, value);
        status = csvk_strings_addn(values, (const char *)value, length);
    }
    csvk_free(value);
    return status;
}

int head_record(struct csvk_source *source, struct csvk_strings *values, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch = NULL;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = 64 * 1024;
    options.max_record = LONGEST;
    int status = csvk_reader_new(&reader, source, &options, err);
    if (status == CSVK_OK) {
        do {
            status = csvk_reader_next(reader, &batch, err);
        } while (status == CSVK_OK && batch->nreported == 0);
    }
    if (status == CSVK_OK && take_values(batch, &options.dialect, values) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_reader_free(reader);
    return status == CSVK_END || status == CSVK_ELIMIT ? CSVK_OK : status;
}
