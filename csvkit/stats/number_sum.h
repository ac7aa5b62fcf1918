/*
 * number_sum.h - private: numbers as they stand in a file, added and compared without rounding.
 *
 * The idea. A number is its digits as one whole number, the mantissa, and how many of them stand
 * after the point. Numbers of up to 18 digits are added to one sum of 128 bits for each number of
 * decimals; all others, those with an exponent too, digit by digit to a long decimal number. Both
 * are exact, so the order of adding never shows.
 */
#ifndef CSVKIT_STATS_NUMBER_SUM_H
#define CSVKIT_STATS_NUMBER_SUM_H

#include "csvkit/schema/typed_value.h"

#define SUM_LIMBS 84 /* of 9 decimal digits */
#define SUM_ORIGIN                                                                                 \
    324 /* decimals that they hold: 299 of an exponent, 15 digits, a multiple of 9                 \
         */

struct number_limbs {
    int64_t limb[SUM_LIMBS]; /* the lowest first; each may be negative */
    uint32_t additions;      /* since the last carry */
};
struct number_sum {
    uint64_t count;
    /* By number of decimals: two's complement of 128 bits. */
    uint64_t low[TYPED_MANTISSA_DIGITS + 1];
    int64_t high[TYPED_MANTISSA_DIGITS + 1];
    struct number_limbs *others; /* NULL: none */
};
#define NUMBER_TEXT 48

/* The least or the greatest so far. */
struct number_bound {
    uint32_t length; /* of `text`; 0: there is none */
    unsigned char text[NUMBER_TEXT];
    struct typed_value value;
    int64_t whole;   /* a short number without its point ... */
    size_t decimals; /* ... and so many digits after it; SIZE_MAX: it is none, or not short */
};

/* Adds a number `count` times. CSVK_ENOMEM. */
int number_sum_add(struct number_sum *sum, const struct typed_value *value, struct csvk_bytes text,
                   uint64_t count) CSVK_MUST_USE;
int number_sum_merge(struct number_sum *left, const struct number_sum *right) CSVK_MUST_USE;
/* The mean with up to 15 digits, rounded half away from zero; "" without a number. CSVK_ENOMEM. */
int number_sum_mean(const struct number_sum *sum, char *text, size_t size) CSVK_MUST_USE;
void number_sum_release(struct number_sum *sum);

static inline bool number_is_short(const struct typed_value *value)
{
    return value->integer_digits + value->fraction_digits <= TYPED_MANTISSA_DIGITS &&
           value->exponent == 0;
}

/* A short number without its point. */
static inline int64_t number_whole(const struct typed_value *value)
{
    return value->negative ? -(int64_t)value->mantissa : (int64_t)value->mantissa;
}

/* True when the number is plainly greater than the least and less than the greatest, as most
   numbers of a column are: all three are short, with as many decimals. */
static inline bool number_is_between(const struct number_bound *least,
                                     const struct typed_value *value,
                                     const struct number_bound *greatest)
{
    if (!number_is_short(value) || value->fraction_digits != least->decimals ||
        value->fraction_digits != greatest->decimals) {
        return false;
    }
    int64_t whole = number_whole(value);
    return whole > least->whole && whole < greatest->whole;
}

/* Keeps the number when it is less (`sign` -1) or greater (1) than the one that is kept. Of equal
   ones it keeps the shortest text, then the first by bytes. */
void number_bound_take(struct number_bound *bound, const struct typed_value *value,
                       struct csvk_bytes text, int sign);

#endif
