/*
 * evidence_costs.h - private: what a value costs in a column of a table, by the evidence of it
 * (evidence.h).
 */
#ifndef CSVKIT_NORMALIZE_EVIDENCE_COSTS_H
#define CSVKIT_NORMALIZE_EVIDENCE_COSTS_H

#include "csvkit/csvkit.h"
#include "csvkit/normalize/bits.h"
#include "csvkit/normalize/value_form.h"

enum {
    NORM_SAMPLE_RECORDS = 1000,  /* clean records that are counted */
    NORM_SAMPLE_BYTES = 1 << 20, /* where they must end */
};

/* A value of a record; not told by its bytes whether it was enclosed. `ptr` NULL: not there. */
struct norm_cell {
    const unsigned char *ptr;
    size_t len;
    bool enclosed;
};

struct norm_evidence; /* of one table */

enum norm_counted { NORM_NOT_IN_SAMPLE, NORM_IN_SAMPLE };
/* The excess of a value in a column. What is itself in the sample is judged without itself. */
int norm_evidence_cell(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, enum norm_counted counted);
/* The same step by step, whatever was worked out beforehand: the measure of the other. */
int norm_evidence_in_full(const struct norm_evidence *evidence, size_t column,
                          const struct norm_cell *cell, enum norm_counted counted);
/*
 * The same of a value that is not in the sample, once the evidence is closed. When it is a number:
 * true. Else in two steps, for a value that is asked about in several columns: what it is like,
 * which no column changes; and what that costs in one.
 */
bool norm_evidence_number(const struct norm_evidence *evidence, size_t column,
                          const struct norm_cell *cell, int *excess);
struct norm_looks {
    bool empty, enclosed, needs; /* needs: it must be enclosed */
    struct norm_form form;       /* unless it is empty */
};
void norm_evidence_look(const struct norm_evidence *evidence, const struct norm_cell *cell,
                        struct norm_looks *looks);
int norm_evidence_excess(const struct norm_evidence *evidence, size_t column,
                         const struct norm_cell *cell, const struct norm_looks *looks);
/* The sum over a record. */
int norm_evidence_row(const struct norm_evidence *evidence, const struct norm_cell *cell,
                      enum norm_counted counted);

/* Must the value be enclosed to be written? */
bool norm_evidence_needs(const struct norm_evidence *evidence, struct csvk_bytes value);

#endif
