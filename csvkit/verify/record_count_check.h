/*
 * record_count_check.h - private: checks by libcsv that normalize counts its records correctly.
 *
 *   records in = records out + records rejected + records dropped by a repair with a name
 *
 * libcsv counts the output in every case, and every reject on its own. It counts the input as long
 * as it reads the input as the reference parser does: no wrong enclosures, no CR that stands alone,
 * no escape, no lines that are not records.
 *
 * Invariant: nothing here uses what normalize knows about a record; otherwise the check would not
 * be independent.
 */
#ifndef CSVKIT_VERIFY_RECORD_COUNT_CHECK_H
#define CSVKIT_VERIFY_RECORD_COUNT_CHECK_H

#include "csvkit/normalize/second_reader.h"
#include "csvkit/verify/libcsv_check.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_record_count_check;

/* Copies what it needs of `options`. The caller frees *out. CSVK_ENOMEM. */
int csvk_record_count_check_new(struct csvk_record_count_check **out,
                                const struct csvk_normalize_options *options,
                                struct csvk_error *err) CSVK_MUST_USE;
/* Takes the bytes of the input, in order, in pieces of any size. CSVK_ENOMEM. */
int csvk_record_count_check_input(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err) CSVK_MUST_USE;
/* The same for the bytes of the output. CSVK_EDATA when libcsv cannot read them; CSVK_ENOMEM. */
int csvk_record_count_check_table(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err) CSVK_MUST_USE;
/* Takes one whole reject. libcsv does not judge a block. CSVK_ENOMEM. */
int csvk_record_count_check_reject(struct csvk_record_count_check *c, struct csvk_bytes bytes,
                                   enum csvk_reject_kind kind,
                                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * At the end, compares the counts and the values of the output with `result`, whose `values` must
 * be filled (options->digest), and sets result->counted. CSVK_EIO when something differs;
 * CSVK_EDATA when libcsv cannot read the end of the output; CSVK_ENOMEM.
 */
int csvk_record_count_check_judge(struct csvk_record_count_check *c,
                                  struct csvk_normalize_result *result,
                                  struct csvk_error *err) CSVK_MUST_USE;
void csvk_record_count_check_free(struct csvk_record_count_check *c);

#ifdef __cplusplus
}
#endif

#endif
