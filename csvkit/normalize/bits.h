/*
 * bits.h - private: how unlikely something is, in bits, by whole numbers only.
 *
 * Evidence is weighed by adding up -log2 of probabilities. Floating point would give another sum on
 * another machine, and a decision that hangs on the last digit; so a bit has NORM_BIT parts here
 * and all sums are sums of integers.
 */
#ifndef CSVKIT_NORMALIZE_BITS_H
#define CSVKIT_NORMALIZE_BITS_H

#include <stdint.h>

enum { NORM_BIT = 256 }; /* parts of a bit */

/* log2 of a number from 1 up, rounded down to a part of a bit. */
int norm_log2(uint64_t number);

/* -log2 of the probability part / whole; both are at least 1. */
static inline int norm_bits_of(uint64_t part, uint64_t whole)
{
    return norm_log2(whole) - norm_log2(part);
}

/* -log2((count + 1/2) / (all + 1)): something was seen `count` times among `all`. */
static inline int norm_bits_of_share(uint64_t count, uint64_t all)
{
    return norm_bits_of(2 * count + 1, 2 * (all + 1));
}

#endif
