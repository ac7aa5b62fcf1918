/*
 * libcsv_check.h - libcsv as an independent reader of the same bytes.
 *
 * Two doors. csvk_libcsv_*: push any bytes, get the digest of what libcsv reads. And
 * csvk_libcsv_check_*: our batches and libcsv in lockstep, record by record, so that the first
 * record on which the two disagree has a name, and nothing is stored.
 *
 * What libcsv cannot judge is counted and named in the result, never passed over in silence.
 */
#ifndef CSVKIT_VERIFY_LIBCSV_CHECK_H
#define CSVKIT_VERIFY_LIBCSV_CHECK_H

#include "csvkit/base/digest.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- libcsv alone ---- */

struct csvk_libcsv;
/*
 * A strict reader without trimming. A dialect with an escape cannot be expressed (CSVK_EUSAGE); one
 * without an enclosure can, as long as the byte FF does not occur. CSVK_ENOMEM.
 */
int csvk_libcsv_new(struct csvk_libcsv **out, const struct csvk_dialect *dialect,
                    struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA when libcsv refuses; err->offset counts from the first byte pushed. CSVK_ENOMEM. */
int csvk_libcsv_push(struct csvk_libcsv *reader, const void *bytes, size_t length,
                     struct csvk_error *err) CSVK_MUST_USE;
int csvk_libcsv_end(struct csvk_libcsv *reader, struct csvk_error *err) CSVK_MUST_USE;
const struct csvk_digest *csvk_libcsv_digest(const struct csvk_libcsv *reader);
/*
 * Records so far as libcsv counts line breaks outside of enclosures: empty lines are records here,
 * and behind csvk_libcsv_end a last one without a line break. *sure is false when some CR stand
 * alone and others do not: each ends a record for libcsv, where we may see data.
 */
uint64_t csvk_libcsv_count(const struct csvk_libcsv *reader, bool *sure);
void csvk_libcsv_free(struct csvk_libcsv *reader);

/* ---- lockstep ---- */

enum csvk_verdict {
    CSVK_VERDICT_EQUAL,          /* every record was compared and is equal */
    CSVK_VERDICT_PARTLY,         /* all that could be compared is equal; `skipped` could not */
    CSVK_VERDICT_DIFFERS,        /* see what, record, offset */
    CSVK_VERDICT_NOT_COMPARABLE, /* no record could be compared */
};

struct csvk_agreement {
    enum csvk_verdict verdict;
    const char *what; /* static: how they differ; or why the first record was skipped; or NULL */
    uint64_t record;  /* the first record that differs, or the first one skipped; else 0 */
    uint64_t offset;  /* of its first byte */
    uint64_t compared, skipped, blank;
    uint64_t refused;                /* records with an enclosure fault that libcsv refuses, too */
    struct csvk_digest ours, theirs; /* of the records compared */
};

struct csvk_libcsv_check;
int csvk_libcsv_check_new(struct csvk_libcsv_check **out, const struct csvk_dialect *dialect,
                          struct csvk_error *err) CSVK_MUST_USE;
/*
 * Takes the batches of one reader at CSVK_FIELDS, all of them, in order. A difference is no
 * failure: the first one is kept and later batches are only passed through. CSVK_ENOMEM.
 */
int csvk_libcsv_check_feed(struct csvk_libcsv_check *check, const struct csvk_batch *batch,
                           struct csvk_error *err) CSVK_MUST_USE;
/* After the last batch. CSVK_ENOMEM. */
int csvk_libcsv_check_end(struct csvk_libcsv_check *check, struct csvk_agreement *agreement,
                          struct csvk_error *err) CSVK_MUST_USE;
void csvk_libcsv_check_free(struct csvk_libcsv_check *check);

#ifdef __cplusplus
}
#endif

#endif
