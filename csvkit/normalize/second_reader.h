/*
 * second_reader.h - private: another reader that counts along and reads the result again.
 *
 * It has to be independent, so it is another library's work: libcsvkit-extra gives one that asks
 * libcsv (csvkit/verify). Without it a result cannot be verified, and the failure says so.
 */
#ifndef CSVKIT_NORMALIZE_SECOND_READER_H
#define CSVKIT_NORMALIZE_SECOND_READER_H

#include "csvkit/base/for_extra.h"
#include "csvkit/normalize.h"

/* A block is all that an enclosure without an end contains: it may be more than one record. */
enum csvk_reject_kind { CSVK_REJECT_RECORD, CSVK_REJECT_BLOCK };

/* All of these fail with CSVK_ENOMEM too. */
struct csvk_second_reader {
    /* Copies what it needs of `options`. The caller frees *out. */
    int (*open)(void **out, const struct csvk_normalize_options *options, struct csvk_error *err);
    /* Takes the bytes of the input, in order, in pieces of any size. */
    int (*input)(void *reader, const void *bytes, size_t length, struct csvk_error *err);
    /* The same for the table when it cannot be read back. CSVK_EDATA: it cannot be read at all. */
    int (*table)(void *reader, const void *bytes, size_t length, struct csvk_error *err);
    /* Takes one whole reject, when the file of the rejects cannot be read back. */
    int (*reject)(void *reader, struct csvk_bytes bytes, enum csvk_reject_kind kind,
                  struct csvk_error *err);
    /* Read back what was written. CSVK_EDATA, CSVK_EIO. */
    int (*read_table)(void *reader, struct csvk_sink *table, struct csvk_error *err);
    int (*read_rejects)(void *reader, struct csvk_sink *rejects, struct csvk_sink *index,
                        struct csvk_error *err);
    /* At the end: compares with `result` and sets result->counted. CSVK_EIO: something differs. */
    int (*judge)(void *reader, struct csvk_normalize_result *result, struct csvk_error *err);
    void (*free)(void *reader);
};

/*
 * From now on results are verified by `reader`, which must live as long as the process. Any thread,
 * at any time: a run that has begun keeps what it has.
 */
CSVK_FOR_EXTRA void csvk_give_second_reader(const struct csvk_second_reader *reader);

#endif
