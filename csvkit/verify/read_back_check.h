/*
 * read_back_check.h - private: what was written is read again by libcsv before it gets its name.
 *
 * This is the check that the writer and the disk did what the run meant: table and rejects are read
 * from the files, not from memory. Judging the counts is up to record_count_check.h.
 */
#ifndef CSVKIT_VERIFY_READ_BACK_CHECK_H
#define CSVKIT_VERIFY_READ_BACK_CHECK_H

#include "csvkit/verify/record_count_check.h"

/* Reads the table back. CSVK_EDATA when libcsv cannot, CSVK_EIO, CSVK_ENOMEM. */
int csvk_verify_table(struct csvk_record_count_check *c, struct csvk_sink *table,
                      struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads the rejects back, one by one as their index says. CSVK_EIO when the index does not cover
 * them, CSVK_ENOMEM.
 */
int csvk_verify_rejects(struct csvk_record_count_check *c, struct csvk_sink *rejects,
                        struct csvk_sink *index, struct csvk_error *err) CSVK_MUST_USE;

#endif
