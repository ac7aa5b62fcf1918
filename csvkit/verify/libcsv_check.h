/*
 * libcsv_check.h - libcsv as a second, independent reader of the same bytes.
 *
 * There are two parts:
 *   - csvk_libcsv_ functions: bytes are pushed, and libcsv's digest of the values comes out.
 *   - csvk_libcsv_check_ functions: libcsv reads the records of our batches one by one (lockstep).
 *     So the first record about which the two readers disagree is known, and nothing is stored.
 *
 * Records that libcsv cannot judge are counted, and the result says why; they are never passed over
 * in silence. Each object is used by one thread at a time.
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
 * Makes a strict reader that does not trim. The caller frees *out with csvk_libcsv_free. libcsv has
 * no escape byte: CSVK_EUSAGE for a dialect with one. A dialect without an enclosure is possible,
 * but the data may not contain the byte FF then. CSVK_ENOMEM.
 */
int csvk_libcsv_new(struct csvk_libcsv **out, const struct csvk_dialect *dialect,
                    struct csvk_error *err) CSVK_MUST_USE;
/*
 * Gives bytes to libcsv, in pieces of any size. CSVK_EDATA when libcsv refuses them; err->offset
 * then counts from the first byte ever pushed. CSVK_ENOMEM.
 */
int csvk_libcsv_push(struct csvk_libcsv *reader, const void *bytes, size_t length,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Ends the text, and with it a last record without line break. CSVK_EDATA, CSVK_ENOMEM. */
int csvk_libcsv_end(struct csvk_libcsv *reader, struct csvk_error *err) CSVK_MUST_USE;
/* The digest of the records so far. The reader owns it; valid until csvk_libcsv_free. */
const struct csvk_digest *csvk_libcsv_digest(const struct csvk_libcsv *reader);
/*
 * How many records there are so far, counted by the line breaks that libcsv sees outside of
 * enclosures. Empty lines are records here; a last record without a line break is one after
 * csvk_libcsv_end. *sure is false when some CR stand alone in a text that has LF too: each of them
 * ends a record for libcsv, where csvkit may see data.
 */
uint64_t csvk_libcsv_count(const struct csvk_libcsv *reader, bool *sure);
void csvk_libcsv_free(struct csvk_libcsv *reader);

/* ---- lockstep: libcsv and our batches, record by record ---- */

enum csvk_verdict {
    CSVK_VERDICT_EQUAL,          /* every record was compared and is equal */
    CSVK_VERDICT_PARTLY,         /* all compared records are equal; `skipped` were not compared */
    CSVK_VERDICT_DIFFERS,        /* see what, record, offset */
    CSVK_VERDICT_NOT_COMPARABLE, /* no record could be compared */
};

struct csvk_agreement {
    enum csvk_verdict verdict;
    const char *what; /* static: how they differ; or why the first record was skipped; or NULL */
    uint64_t record;  /* the first record that differs, or the first one skipped; else 0 */
    uint64_t offset;  /* of its first byte */
    uint64_t compared, skipped, blank;
    uint64_t refused; /* records with a fact about enclosures, which libcsv refuses too */
    struct csvk_digest ours, theirs; /* of the records compared */
};

struct csvk_libcsv_check;
/* Makes a check for files of this dialect; the caller frees *out. CSVK_ENOMEM. */
int csvk_libcsv_check_new(struct csvk_libcsv_check **out, const struct csvk_dialect *dialect,
                          struct csvk_error *err) CSVK_MUST_USE;
/*
 * Compares one batch. It needs all batches of one reader at CSVK_FIELDS, in order. A difference is
 * no failure: the first one is kept, and later batches are not looked at. CSVK_ENOMEM.
 */
int csvk_libcsv_check_feed(struct csvk_libcsv_check *check, const struct csvk_batch *batch,
                           struct csvk_error *err) CSVK_MUST_USE;
/* Fills *agreement after the last batch. CSVK_ENOMEM. */
int csvk_libcsv_check_end(struct csvk_libcsv_check *check, struct csvk_agreement *agreement,
                          struct csvk_error *err) CSVK_MUST_USE;
void csvk_libcsv_check_free(struct csvk_libcsv_check *check);

#ifdef __cplusplus
}
#endif

#endif
