/*
 * evidence.h - private: what the columns of a table are like, and how unlikely a value is in one.
 *
 * The idea. The first clean records of a table are counted by column: how often a value is empty,
 * enclosed, in need of an enclosure, broken over lines, and what values look like (value_form.h).
 * The cost of a value in a column is -log2 of its probability by these counts. What is usual for a
 * column is free: only the excess over the cost of nine tenths of the sample counts. The sum of the
 * excess over a record says how well a reading of it fits its columns.
 *
 * Invariants. The evidence depends on the sample alone, never on reads, threads or machines: counts
 * are integers and so are costs (bits.h). It is gathered once and only read after that, so any
 * number of threads may use it.
 */
#ifndef CSVKIT_NORMALIZE_EVIDENCE_H
#define CSVKIT_NORMALIZE_EVIDENCE_H

#include "csvkit/normalize/evidence_costs.h"

enum {
    NORM_ENOUGH = 8,             /* fewer clean records are no evidence */
    NORM_TYPICAL = 8 * NORM_BIT, /* at least so much may a record differ from what is usual */
};

/* `width` columns, nothing counted. NULL: out of memory. */
struct norm_evidence *norm_evidence_new(size_t width, const struct csvk_dialect *dialect);
/* Counts a clean record of `width` cells. CSVK_ENOMEM. */
int norm_evidence_add(struct norm_evidence *evidence, const struct norm_cell *cell);
/*
 * After the last record: works out what is usual. The records are shown once more, by `next`, which
 * answers each in turn and NULL at the end. CSVK_ENOMEM.
 */
typedef const struct norm_cell *norm_evidence_next(void *context, size_t index);
int norm_evidence_close(struct norm_evidence *evidence, norm_evidence_next *next, void *context);
void norm_evidence_free(struct norm_evidence *evidence);

size_t norm_evidence_records(const struct norm_evidence *evidence);
/*
 * By how much a reading must beat all others: 6 bits; 7 where so few records were counted that they
 * may be alike by chance.
 */
int norm_evidence_margin(const struct norm_evidence *evidence);
/* What a record may cost that is nothing special; at least NORM_TYPICAL. */
int norm_evidence_typical(const struct norm_evidence *evidence);

/* Questions about a column. */
struct norm_column_facts {
    uint64_t values, empty; /* records counted; of them with an empty value */
    uint64_t enclosed;      /* not empty, enclosed */
    uint64_t with_break;    /* values with a line break */
    size_t shortest;        /* bytes of the shortest value */
    bool has_forms;         /* most of its values look like others of it */
};
struct norm_column_facts norm_evidence_column(const struct norm_evidence *evidence, size_t column);
/*
 * Is the value, which is not empty, one of the column's, or has it the form of one in a column that
 * has forms? A form says how long runs of digits are, but not how long words are: one that ends
 * with a letter is not known by its form.
 */
bool norm_evidence_knows(const struct norm_evidence *evidence, size_t column,
                         const struct norm_cell *cell);
/* -log2 of the probability that a value of the column is not empty. */
int norm_evidence_filled(const struct norm_evidence *evidence, size_t column);
/* -log2 of the share of its values that are enclosed, of all. */
int norm_evidence_enclosed(const struct norm_evidence *evidence, size_t column);

#endif
