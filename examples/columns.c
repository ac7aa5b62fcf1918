/*
 * columns.c - a small program with the library: prints the length of the longest field in every
 * column of a CSV file.
 *   columns FILE
 */
#include "csvkit/extra/extra.h"

#include <stdio.h>
#include <stdlib.h>

/* Compares the fields of a record with the longest fields so far. The header counts as a record. */
static void measure(const struct csvk_batch *batch, const struct csvk_record *record,
                    size_t *longest, size_t columns)
{
    for (size_t i = 0; i < record->nfields && i < columns; i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        if (raw.len > longest[i]) {
            longest[i] = raw.len;
        }
    }
}

static int report(struct csvk_reader *reader, struct csvk_error *err)
{
    size_t longest[1000] = {0};
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            measure(batch, &batch->records[i], longest, 1000);
        }
    }
    const struct csvk_totals *totals = csvk_reader_totals(reader);
    printf("%llu records\n", (unsigned long long)totals->records);
    for (size_t i = 0; i < totals->width && i < 1000; i++) {
        printf("column %zu: at most %zu bytes\n", i + 1, longest[i]);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    struct csvk_error err = {0};
    csvk_use_decoders();         /* of libcsvkit-extra: compressed files are read too */
    csvk_options_init(&options); /* RFC 4180: comma, quote, no escape */
    options.detail = CSVK_FIELDS;
    int status = argc == 2 ? csvk_source_open(&source, argv[1], &err)
                           : csvk_fail(&err, CSVK_EUSAGE, "usage: columns FILE");
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &options, &err);
    }
    if (status == CSVK_OK) {
        status = report(reader, &err);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
