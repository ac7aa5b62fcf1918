/*
 * stats.h - what the columns of a table are like: how many values, which, how long, how often; in
 * one pass and bounded memory.
 *
 * The idea. Records are added, batch after batch. As long as a column has few different values, all
 * of them are kept with their counts, and everything that is said about the column is exact. When
 * they become too many, the column goes over to sketches, which are as large after ten thousand
 * values as after a billion:
 *
 *     how many are different   HyperLogLog of 4,096 registers: a standard error of 1.63 %
 *     which ones are frequent  a sample without replacement, in which a value comes the more likely
 *                              the more records have it (bottom-k by the least of a random number
 *                              for each record), with its count from a count-min sketch: never less
 *                              than the count, and more by the records whose hash meets its own
 *     shapes                   the same, for values with their letters and digits made equal
 *
 * Counts, lengths, the least and the greatest, sum and mean are always exact.
 *
 * Merging. What is told is a function of the set of its records, of their numbers and of the places
 * where they begin: their order, and how they were cut into parts, changes nothing, not even the
 * estimates. For that the random number of a record is a hash of its place, the byte in which it
 * begins, which a part of a file knows by itself. So the parts must be added with the places and
 * the numbers that their records have in the whole.
 *
 * Hashes are of 64 bits and need no secret, as results must be repeatable: whoever writes a file
 * can prepare values whose hashes meet. Values longer than CSVK_STATS_TEXT bytes are told apart
 * by their beginning, their length and their hash.
 *
 * One object by one thread at a time. A function that answers int answers CSVK_OK or CSVK_ENOMEM
 * unless its comment says more; after CSVK_ENOMEM the statistics can only be freed.
 */
#ifndef CSVKIT_STATS_STATS_H
#define CSVKIT_STATS_STATS_H

#include "csvkit/csvkit.h"
#include "csvkit/schema/column_evidence.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_STATS_TEXT 40 /* bytes that are kept of a value */

struct csvk_stats;
/*
 * Statistics of `columns` columns without a record; `dialect`, which is copied, is that of the
 * batches. The more columns, the fewer values are kept of each. csvk_stats_free frees *out, which
 * is NULL on failure.
 */
CSVK_API int csvk_stats_new(struct csvk_stats **out, size_t columns,
                            const struct csvk_dialect *dialect) CSVK_MUST_USE;
/* What lies before the records of a batch that do not begin the whole, modulo 2^64. Fixed. */
struct csvk_stats_before {
    uint64_t records, bytes;
};
/*
 * Adds the records of a batch that was read at CSVK_FIELDS, except for those numbered up to `skip`
 * (a header), blank ones, those too long for memory and those of another width, whose values stand
 * in other columns. Their numbers and offsets are those of the batch plus `before`. Fields with a
 * quoting error are passed over. The batch is borrowed for the call.
 */
CSVK_API int csvk_stats_add(struct csvk_stats *stats, const struct csvk_batch *batch, uint64_t skip,
                            struct csvk_stats_before before) CSVK_MUST_USE;
/* Adds one value of record number `record`, which is its place, too, to column number `column`,
   from 0. */
CSVK_API int csvk_stats_add_value(struct csvk_stats *stats, size_t column, struct csvk_bytes value,
                                  uint64_t record) CSVK_MUST_USE;
/*
 * Adds the records of `right` to those of `left`. `right` stays as it is. CSVK_EUSAGE when they
 * have different numbers of columns.
 */
CSVK_API int csvk_stats_merge(struct csvk_stats *left,
                              const struct csvk_stats *right) CSVK_MUST_USE;
CSVK_API void csvk_stats_free(struct csvk_stats *stats); /* NULL is fine */

/* What was added, and what was not. The library's. */
struct csvk_stats_records {
    uint64_t records;                     /* that were added */
    uint64_t other_width, first_of_width; /* records of another width; the first one, or 0 */
    uint64_t oversize, first_oversize;    /* records too long for memory */
    uint64_t broken, first_broken;        /* fields with a quoting error; record of the first */
    uint64_t blank;                       /* records without a byte */
};
/* `stats` owns it, and changes it. */
CSVK_API const struct csvk_stats_records *csvk_stats_records(const struct csvk_stats *stats);
CSVK_API size_t csvk_stats_columns(const struct csvk_stats *stats);

/* A value, or a shape, and in how many records. Fixed. */
struct csvk_stats_value {
    unsigned char text[CSVK_STATS_TEXT]; /* its beginning; no NUL after it */
    uint64_t kept;                       /* bytes of it in `text` */
    uint64_t length;                     /* bytes of it in all */
    uint64_t count;                      /* records: exact, or at most that many */
};
#define CSVK_STATS_TOP         10
#define CSVK_STATS_NUMBER_SIZE 80 /* bytes of a number as text, the final NUL included */

/* What a column is like. The library's. */
struct csvk_column_stats {
    uint64_t values;         /* that are not empty */
    uint64_t empty;          /* fields without a byte, and ... */
    uint64_t enclosed_empty; /* ... of them: two enclosures */
    uint64_t distinct;       /* different values, the empty one left out */
    bool distinct_exact;     /* else an estimate */
    bool top_exact;          /* else each count in `top` is an upper bound */
    bool shapes_exact;
    /* The most frequent values, the most frequent first. When they are no longer exact, a value of
       few records may be missing, and what cannot be told from chance is left out. */
    uint64_t ntop;
    struct csvk_stats_value top[CSVK_STATS_TOP];
    /* The same for shapes. Of the first CSVK_STATS_TEXT bytes each digit is a 9, each ASCII
       letter an A or an a, each other character from U+0080 up a ?; all else stands for itself. */
    uint64_t nshapes;
    struct csvk_stats_value shape[CSVK_STATS_TOP];
    /* The least and the greatest value by bytes, as far as they are kept: `length` is only exact
       when all of it is. Without a value both are empty. */
    struct csvk_stats_value least, greatest;
    /* Of the values that a type of numbers holds (column_evidence.h). As text, "" without one. */
    uint64_t numbers;
    char number_least[CSVK_STATS_NUMBER_SIZE], number_greatest[CSVK_STATS_NUMBER_SIZE];
    char mean[CSVK_STATS_NUMBER_SIZE]; /* 15 digits, rounded once from the exact sum, half up */
    /* Of the values that DATE or TIMESTAMP holds, in the order of time; with a blank in the place
       of a T. */
    uint64_t moments;
    char moment_least[CSVK_STATS_NUMBER_SIZE], moment_greatest[CSVK_STATS_NUMBER_SIZE];
    uint64_t shortest, longest;            /* in code points: bytes that begin one are counted */
    uint64_t points;                       /* of all values together */
    const struct csvk_column_types *types; /* the evidence for a type */
};
/*
 * What column number `column`, from 0, is like. `stats` owns *out, which is valid until it is
 * asked again or changed. CSVK_EUSAGE: there is no such column.
 */
CSVK_API int csvk_stats_column(struct csvk_stats *stats, size_t column,
                               const struct csvk_column_stats **out) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
