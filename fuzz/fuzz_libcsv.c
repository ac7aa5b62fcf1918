/*
 * fuzz_libcsv.c - our reader and libcsv must agree on every input: the same records with the same
 * values, and the same records refused. The last two bytes choose dialect and window.
 */
#include "csvkit/verify/libcsv_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct csvk_dialect choose_dialect(unsigned char choice)
{
    static const unsigned char delimiters[] = {',', ';', '\t', 'x'};
    static const int enclosures[] = {'"', '"', '\'', CSVK_NO_BYTE};
    return (struct csvk_dialect){.delimiter = delimiters[choice & 3],
                                 .enclosure = enclosures[choice >> 2 & 3],
                                 .escape = (choice & 0x30) == 0x30 ? '\\' : CSVK_NO_BYTE};
}

static int read_all(struct csvk_reader *reader, struct csvk_libcsv_check *check)
{
    const struct csvk_batch *batch;
    struct csvk_error err;
    int status;
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        status = csvk_libcsv_check_feed(check, batch, &err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return status;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct csvk_options options;
    csvk_options_init(&options);
    if (size >= 2) {
        size -= 2;
        options.dialect = choose_dialect(data[size]);
        options.any_eol = (data[size] & 0x40) != 0;
        options.window = data[size + 1];
    }
    options.detail = CSVK_FIELDS;
    struct csvk_source *source;
    struct csvk_reader *reader = NULL;
    struct csvk_libcsv_check *check = NULL;
    struct csvk_agreement agreement;
    if (csvk_source_memory(&source, data, size, NULL) != CSVK_OK) {
        return 0;
    }
    if (csvk_reader_new(&reader, source, &options, NULL) == CSVK_OK &&
        csvk_libcsv_check_new(&check, &options.dialect, NULL) == CSVK_OK &&
        read_all(reader, check) == CSVK_END &&
        csvk_libcsv_check_end(check, &agreement, NULL) == CSVK_OK) {
        if (agreement.verdict == CSVK_VERDICT_DIFFERS ||
            !csvk_digest_equal(&agreement.ours, &agreement.theirs)) {
            abort();
        }
    }
    csvk_libcsv_check_free(check);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return 0;
}
