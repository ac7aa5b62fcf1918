/*
 * bits.c - log2 by squaring: squaring a number from 1 to 2 doubles its logarithm, and whether the
 * square is 2 or more is the next binary digit of it.
 */
#include "csvkit/normalize/bits.h"

int norm_log2(uint64_t number)
{
    const uint64_t one = UINT64_C(1) << 31;
    unsigned whole = 63u - (unsigned)__builtin_clzll(number);
    uint64_t mantissa = number << (63 - whole) >> 32; /* 1 to 2, with 31 binary places */
    int digits = 0;
    for (int place = NORM_BIT; place > 1; place /= 2) {
        mantissa = mantissa * mantissa >> 31;
        digits *= 2;
        if (mantissa >= 2 * one) {
            digits++;
            mantissa /= 2;
        }
    }
    return (int)whole * NORM_BIT + digits;
}
