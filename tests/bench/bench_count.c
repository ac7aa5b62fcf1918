/* bench_count.c - reads a file through the reader and prints totals: the bare scan, without
 * judging. bench_count FILE [counts|records|fields] [level 0..4] [reference] */
#include "csvkit/extra/extra.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_options options;
    struct csvk_error err = {0};
    const struct csvk_batch *batch;
    csvk_use_decoders();
    csvk_options_init(&options);
    options.facts &= ~(CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) | CSVK_FACT_BIT(CSVK_FACT_TAB));
    if (argc > 2) {
        options.detail = argv[2][0] == 'f'   ? CSVK_FIELDS
                         : argv[2][0] == 'r' ? CSVK_RECORDS
                                             : CSVK_COUNTS;
    }
    options.simd = argc > 3 ? (enum csvk_simd)strtol(argv[3], NULL, 10) : CSVK_SIMD_AUTO;
    options.reference_only = argc > 4;
    if (argc < 2 || csvk_source_open(&source, argv[1], &err) != CSVK_OK ||
        csvk_reader_new(&reader, source, &options, &err) != CSVK_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    uint64_t facts = 0, reported = 0;
    int status;
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        facts += batch->nfacts;
        reported += batch->nreported;
    }
    const struct csvk_totals *t = csvk_reader_totals(reader);
    printf("%" PRIu64 " bytes %" PRIu64 " records %" PRIu64 " lines %" PRIu64 " facts %" PRIu64
           " reported\n",
           t->bytes, t->records, t->lines, facts, reported);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status == CSVK_END ? 0 : 2;
}
