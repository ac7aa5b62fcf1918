/*
 * sniff_read.c - the sample read in one dialect, and what was found put down in words: what all of
 * sniff stands on.
 */
#include "csvkit/sniff/sniff_private.h"

#include <stdarg.h>
#include <stdio.h>

void csvk_sniff_report(struct csvk_sniff_part *part, int score, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(part->evidence, sizeof part->evidence, format, args);
    va_end(args);
    part->score = score;
}

static int read_batches(struct csvk_reader *reader, csvk_sniff_fn *take, void *context,
                        struct csvk_error *err)
{
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        status = take(context, batch);
        if (status != CSVK_OK) {
            return csvk_fail(err, status, "out of memory while sniffing");
        }
    }
    return status == CSVK_END ? CSVK_OK : status;
}

int csvk_sniff_read(struct csvk_bytes text, const struct csvk_dialect *dialect, csvk_sniff_fn *take,
                    void *context, struct csvk_totals *totals, struct csvk_error *err)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    options.facts = 0;
    options.continuation = true; /* the byte order mark is removed already */
    options.window = text.len + 1;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    int status = csvk_source_memory(&source, text.ptr, text.len, err);
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &options, err);
    }
    if (status == CSVK_OK) {
        status = read_batches(reader, take, context, err);
        *totals = *csvk_reader_totals(reader);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}
