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

struct norm_form {
    uint64_t fine, medium, coarse, value; /* hashes; of equal forms equal on all machines */
    bool has_break;                       /* a CR or LF is in it */
};

struct norm_form norm_form_of(struct csvk_bytes value);

#endif
