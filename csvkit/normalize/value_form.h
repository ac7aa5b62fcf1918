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

#include "csvkit/base/hash.h"
#include "csvkit/csvkit.h"

enum { NORM_MOST_RUNS = 12, NORM_LONGEST_NUMBER = 16 };

struct norm_form {
    uint64_t fine;  /* a hash; of equal forms equal on all machines */
    bool has_break; /* a CR or LF is in it */
    /* What the other two are made of, which are seldom asked for. */
    unsigned char medium[NORM_MOST_RUNS];
    size_t runs;       /* more than NORM_MOST_RUNS: it has its coarse form only */
    uint64_t bytes[2]; /* a bit for each that occurs; all digits are '9', all letters 'a' */
    size_t length;
};

void norm_form_of(struct csvk_bytes value, struct norm_form *form);
/* The same one byte at a time, whatever is common: the measure of the other. */
void norm_form_by_runs(struct csvk_bytes value, struct norm_form *form);
/* Of the value itself. */
static inline uint64_t norm_form_value(struct csvk_bytes value)
{
    return csvk_hash(value.ptr, value.len, 4);
}

/* Are all eight bytes digits? A byte from 0xfa up carries into the next one, but is none itself. */
static inline bool norm_are_digits(uint64_t bytes)
{
    const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0), threes = UINT64_C(0x3333333333333333);
    return ((bytes & high) | ((bytes + UINT64_C(0x0606060606060606)) & high) >> 4) == threes;
}

/* Is the value one run of up to NORM_LONGEST_NUMBER digits? */
static inline bool norm_is_number(struct csvk_bytes value)
{
    const unsigned char *p = value.ptr;
    if (value.len >= 8) {
        return value.len <= NORM_LONGEST_NUMBER && norm_are_digits(csvk_hash_read8(p)) &&
               norm_are_digits(csvk_hash_read8(p + value.len - 8));
    }
    if (value.len >= 4) {
        return norm_are_digits((uint64_t)csvk_hash_read4(p) << 32 |
                               csvk_hash_read4(p + value.len - 4));
    }
    bool digits = value.len != 0;
    for (size_t i = 0; i < value.len; i++) {
        digits &= (unsigned char)(p[i] - '0') <= 9;
    }
    return digits;
}

/* Are there only digits in it? */
static inline bool norm_form_is_number(const struct norm_form *form)
{
    return form->runs == 1 && form->medium[0] == '9';
}
/* Adds the bit that a form has when the byte occurs in its value. Is it the byte's own? */
bool norm_form_add_byte(uint64_t bytes[2], unsigned char byte);
uint64_t norm_form_medium(const struct norm_form *form);
uint64_t norm_form_coarse(const struct norm_form *form);

#endif
