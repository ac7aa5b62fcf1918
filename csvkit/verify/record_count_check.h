/*
 * record_count_check.h - private: does libcsv count what normalize says it did?
 *
 *   records in = records out + records rejected + records dropped by a repair with a name
 *
 * The output is counted always, every reject on its own, the input as long as libcsv reads it the
 * way the reference parser does: sound enclosures, no CR that stands alone, no escape, no lines
 * that are not records. Nothing here looks at what normalize thinks of a record.
 */
#ifndef CSVKIT_VERIFY_RECORD_COUNT_CHECK_H
#define CSVKIT_VERIFY_RECORD_COUNT_CHECK_H

#include "csvkit/normalize.h"
#include "csvkit/verify/libcsv_check.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_record_count_check;

/* Copies what it needs of `options`. CSVK_ENOMEM. */
int csvk_record_count_check_new(struct csvk_record_count_check **out,
                                const struct csvk_normalize_options *options,
                                struct csvk_error *err) CSVK_MUST_USE;
/* The bytes of the input, and of the table, in order; in pieces of any size. CSVK_ENOMEM. */
int csvk_record_count_check_input(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA when libcsv cannot read what was written, and CSVK_ENOMEM. */
int csvk_record_count_check_table(struct csvk_record_count_check *c, const void *bytes,
                                  size_t length, struct csvk_error *err) CSVK_MUST_USE;
/* One reject, whole. A block is what an enclosure without an end took with it. CSVK_ENOMEM. */
enum csvk_reject_kind { CSVK_REJECT_RECORD, CSVK_REJECT_BLOCK };
int csvk_record_count_check_reject(struct csvk_record_count_check *c, struct csvk_bytes bytes,
                                   enum csvk_reject_kind kind,
                                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * At the end: CSVK_EIO when a count, or a value of the table, is not what `result` says; else what
 * was counted is in result->counted. result->values must be there. CSVK_EDATA, CSVK_ENOMEM.
 */
int csvk_record_count_check_judge(struct csvk_record_count_check *c,
                                  struct csvk_normalize_result *result,
                                  struct csvk_error *err) CSVK_MUST_USE;
void csvk_record_count_check_free(struct csvk_record_count_check *c);

#ifdef __cplusplus
}
#endif

#endif
