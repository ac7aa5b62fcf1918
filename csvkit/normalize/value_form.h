/*
 * value_form.h - private: what a value looks like, in three degrees, so that values of one column
 * can be counted as alike though they are not equal.
 *
 *     fine     runs of digits with their length, runs of letters (a, A), blanks, other bytes as
 * they are: 2025-01-03 is 94-92-92. At most 12 runs; a longer value has its coarse form. medium the
 * same without the lengths of the runs of digits coarse   which kinds of characters occur, and the
 * length by factors of 4
 */
#ifndef CSVKIT_NORMALIZE_VALUE_FORM_H
#define CSVKIT_NORMALIZE_VALUE_FORM_H

#include "csvkit/csvkit.h"

enum { NORM_MOST_RUNS = 12 };

struct norm_form {
    uint64_t fine, value; /* hashes; of equal forms equal on all machines */
    bool has_break;       /* a CR or LF is in it */
    /* What the other two are made of, which are seldom asked for. */
    unsigned char medium[NORM_MOST_RUNS];
    size_t runs;         /* more than NORM_MOST_RUNS: it has its coarse form only */
    uint64_t classes[2]; /* of bytes, one bit each */
    size_t length;
};

struct norm_form norm_form_of(struct csvk_bytes value);
/* The same without a glance at what is common: the measure of the other. */
struct norm_form norm_form_by_runs(struct csvk_bytes value);
/* Are there only digits in it? */
static inline bool norm_form_is_number(const struct norm_form *form)
{
    return form->runs == 1 && form->medium[0] == '9';
}
uint64_t norm_form_medium(const struct norm_form *form);
uint64_t norm_form_coarse(const struct norm_form *form);

#endif
