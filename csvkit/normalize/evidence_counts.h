/*
 * evidence_counts.h - private to evidence*.c: what is counted of a table, and how it is asked for.
 */
#ifndef CSVKIT_NORMALIZE_EVIDENCE_COUNTS_H
#define CSVKIT_NORMALIZE_EVIDENCE_COUNTS_H

#include "csvkit/normalize/evidence_costs.h"

#include "csvkit/base/hash.h"

enum form_kind { FORM_FINE, FORM_MEDIUM, FORM_COARSE, FORM_VALUE, FORM_KINDS };

/* How often each form of each column was seen: one table for all, keyed by a hash of the three. */
struct form_count {
    uint64_t key, count;
};

struct form_counts {
    struct form_count *entry;
    unsigned char *tag;    /* of each entry, 0: free; most questions end here, in few cache lines */
    size_t used, capacity; /* a power of two, or 0 */
};

/* What does not depend on the form of a value, worked out once all records are counted. */
struct column_costs {
    int empty[2], filled[2][2];                           /* [enclosed][needs] */
    int seen[FORM_KINDS], news_of_medium, news_of_coarse; /* see bits_of_looks */
    int new_value, known_value, has_break;
};

/* Of a value that was seen before, and of one that was not. */
struct norm_excess {
    int known, new;
};

struct norm_column {
    uint64_t n, empty, empty_enclosed;
    uint64_t open, enclosed, needs; /* not empty: open; enclosed without need; with need */
    uint64_t breaks;
    size_t shortest;           /* value, once there is one */
    uint64_t forms;            /* values that were counted by form */
    uint64_t once[FORM_KINDS]; /* forms that were seen once */
    int usual;
    struct column_costs costs;
};

/* What numbers cost in a column, by their length. */
struct norm_numbers {
    struct norm_excess excess[2][NORM_LONGEST_NUMBER + 1]; /* [enclosed][digits] */
};

enum { SMALL = 2 * (NORM_SAMPLE_RECORDS + 2) };

struct norm_evidence {
    int log2[SMALL]; /* of small numbers: nearly all that occur */
    size_t width, records;
    bool is_structural[256];      /* a value with such a byte needs an enclosure */
    uint64_t structural_bytes[2]; /* which a form has when its value may have such a byte ... */
    bool is_needed_by_form;       /* ... and then it has one */
    bool has_structural_digit;
    struct csvk_dialect dialect;
    struct norm_column *column;
    struct norm_numbers *numbers; /* of the first columns, `known_numbers` of them */
    size_t known_numbers;
    struct form_counts counts;
    uint64_t style[2][2]; /* values that need no enclosure: [empty][enclosed], over all columns */
    int typical;
    bool closed; /* the costs of the columns are known */
};

/* ---- counts of forms --------------------------------------------------------------------------
 */

static inline uint64_t norm_key_of(size_t column, enum form_kind kind, uint64_t form)
{
    return csvk_hash_fold(form ^ CSVK_HASH_A, (uint64_t)column * FORM_KINDS + kind + 1);
}

/* Never 0. */
static inline unsigned char norm_tag_of(uint64_t key)
{
    return (unsigned char)(key >> 56 | 1);
}

/* The entry of the key, or the free one where it belongs. */
static inline size_t norm_slot_of(const struct form_counts *counts, uint64_t key)
{
    size_t at = (size_t)(key & (counts->capacity - 1));
    while (counts->tag[at] != 0 &&
           (counts->tag[at] != norm_tag_of(key) || counts->entry[at].key != key)) {
        at = (at + 1) & (counts->capacity - 1);
    }
    return at;
}

static inline uint64_t norm_seen(const struct norm_evidence *evidence, size_t column,
                                 enum form_kind kind, uint64_t form)
{
    const struct form_counts *counts = &evidence->counts;
    if (counts->capacity == 0) {
        return 0;
    }
    size_t slot = norm_slot_of(counts, norm_key_of(column, kind, form));
    return counts->tag[slot] != 0 ? counts->entry[slot].count : 0;
}

/* As norm_bits_of and norm_bits_of_share, from the table. */
static inline int norm_table_bits(const struct norm_evidence *evidence, uint64_t part,
                                  uint64_t whole)
{
    return whole < SMALL && part < SMALL ? evidence->log2[whole] - evidence->log2[part]
                                         : norm_bits_of(part, whole);
}

static inline int norm_table_share(const struct norm_evidence *evidence, uint64_t count,
                                   uint64_t all)
{
    return norm_table_bits(evidence, 2 * count + 1, 2 * (all + 1));
}

static inline struct csvk_bytes norm_bytes_of(const struct norm_cell *cell)
{
    return (struct csvk_bytes){cell->ptr, cell->len};
}

/* ---- evidence_costs.c ---- */
/* -log2 of the probability that a value is not empty. */
int norm_bits_of_filled(const struct norm_evidence *evidence, const struct norm_column *column);
struct column_costs norm_costs_of(const struct norm_evidence *evidence,
                                  const struct norm_column *column);
/* What the value costs, all of it; `looks` are its own. */
int norm_bits_of_value(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, const struct norm_looks *looks,
                       enum norm_counted counted);
/* Once it is known what is usual: what numbers cost in the first columns. CSVK_ENOMEM. */
int norm_know_numbers(struct norm_evidence *evidence);

#endif
