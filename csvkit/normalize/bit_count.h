/* bit_count.h - private: how many bits of a mask are set; not every machine has an instruction. */
#ifndef CSVKIT_NORMALIZE_BIT_COUNT_H
#define CSVKIT_NORMALIZE_BIT_COUNT_H

#include <stddef.h>
#include <stdint.h>

static inline size_t norm_bit_count(uint64_t mask)
{
    const uint64_t twos = UINT64_C(0x3333333333333333);
    mask -= mask >> 1 & UINT64_C(0x5555555555555555);
    mask = (mask & twos) + (mask >> 2 & twos);
    return (size_t)(((mask + (mask >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f)) *
                        UINT64_C(0x0101010101010101) >>
                    56);
}

#endif
