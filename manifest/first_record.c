/* first_record.c - reads the first record of a file that is not blank. One batch is enough unless
 * many blank records come before it. */
#include "manifest/first_record.h"

#include "csvkit/io/file_kind.h"

#include <string.h>

static int add_value(struct first_record *first, struct csvk_bytes raw,
                     const struct csvk_dialect *dialect)
{
    unsigned char *value = csvk_malloc(raw.len);
    if (value == NULL) {
        return CSVK_ENOMEM;
    }
    size_t length = csvk_field_decode(raw, dialect, value);
    int status = csvk_strings_addn(&first->values, (const char *)value, length);
    csvk_free(value);
    return status;
}

static int take_record(struct first_record *first, const struct csvk_batch *batch,
                       const struct csvk_record *record, const struct csvk_dialect *dialect)
{
    first->any = true;
    first->number = record->number;
    first->line = record->line;
    if (record->oversize) {
        return CSVK_OK; /* no names are as long as that, and nothing of it is in memory */
    }
    const unsigned char *bytes = batch->bytes + (record->offset - batch->offset);
    size_t length = record->length < FIRST_RAW_MAX ? (size_t)record->length : FIRST_RAW_MAX;
    int status = csvk_buf_add(&first->raw, bytes, length);
    for (size_t i = 0; i < record->nfields && status == CSVK_OK; i++) {
        status = add_value(first, csvk_field_raw(batch, record, i), dialect);
    }
    return status;
}

static int look_at_batch(struct first_record *first, const struct csvk_batch *batch,
                         const struct csvk_dialect *dialect)
{
    for (size_t i = 0; i < batch->nfacts; i++) {
        first->utf8_bom |= batch->facts[i].kind == CSVK_FACT_UTF8_BOM;
        first->utf16 |= batch->facts[i].kind == CSVK_FACT_UTF16_BOM;
        first->empty |= batch->facts[i].kind == CSVK_FACT_EMPTY;
    }
    for (size_t i = 0; i < batch->nreported; i++) {
        if (!batch->records[i].blank) {
            return take_record(first, batch, &batch->records[i], dialect);
        }
    }
    return CSVK_OK;
}

static int read_batches(struct first_record *first, struct csvk_source *source,
                        const struct csvk_dialect *dialect, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    options.window = 65536;
    int status = csvk_reader_new(&reader, source, &options, err);
    while (status == CSVK_OK && !first->any) {
        status = csvk_reader_next(reader, &batch, err);
        if (status == CSVK_OK && look_at_batch(first, batch, dialect) != CSVK_OK) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    csvk_reader_free(reader);
    return status == CSVK_END ? CSVK_OK : status;
}

int first_record_read(struct first_record *first, const char *path,
                      const struct csvk_dialect *dialect, struct csvk_error *err)
{
    *first = (struct first_record){0};
    struct csvk_source *source = NULL;
    int status = csvk_source_open(&source, path, err);
    struct csvk_file_kind kind = {.class = CSVK_FILE_TABLE};
    if (status == CSVK_OK) {
        status = csvk_source_kind(source, &kind, err);
        first->no_table = kind.class == CSVK_FILE_OTHER;
    }
    if (status == CSVK_OK) {
        status = first->no_table ? CSVK_OK : read_batches(first, source, dialect, err);
        first->gzip = csvk_source_is_gzip(source);
        first->damage = csvk_source_damage(source) != NULL ? *csvk_source_damage(source)
                                                           : (struct csvk_damage){0};
        first->compression = csvk_source_compression(source);
    }
    csvk_source_free(source);
    return status;
}

void first_record_release(struct first_record *first)
{
    csvk_strings_release(&first->values);
    csvk_buf_release(&first->raw);
}

/* Says what the file is. */
static int refuse(const char *path, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_open_table(&source, path, err);
    csvk_source_free(source);
    return status;
}

int csvk_manifest_header_names(const char *path, const struct csvk_dialect *dialect,
                               struct csvk_strings *names, struct csvk_error *err)
{
    struct first_record first;
    int status = first_record_read(&first, path, dialect, err);
    if (status == CSVK_OK && first.no_table) {
        status = refuse(path, err);
    } else if (status == CSVK_OK && first.utf16) {
        status =
            csvk_fail(err, CSVK_EDATA, "%s: UTF-16 or UTF-32, convert it to UTF-8 first", path);
    } else if (status == CSVK_OK && !first.any && first.damage.what != NULL) {
        status = csvk_fail(err, CSVK_EDATA, "%s: the %s stream is damaged at byte %llu: %s", path,
                           first.damage.kind, (unsigned long long)first.damage.offset,
                           first.damage.what);
    } else if (status == CSVK_OK && !first.any) {
        status = csvk_fail(err, CSVK_EDATA, "%s: there is no header, the data is empty", path);
    } else if (status == CSVK_OK && csvk_strings_copy(names, &first.values) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    first_record_release(&first);
    return status;
}
