/*
 * bitmask.h - private: where a byte, or one of two, occurs among 64 or 32 bytes, as a bit mask. All
 * of these bytes must be readable.
 *
 * With SSE2 a comparison of 16 bytes is one instruction and its mask another one; elsewhere plain
 * loops answer the same. Bit i stands for byte i.
 */
#ifndef CSVKIT_BASE_BITMASK_H
#define CSVKIT_BASE_BITMASK_H

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CSVK_BITMASK_BLOCK = 64 };

#ifdef __SSE2__
static inline __m128i csvk_load_16(const unsigned char *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

/* Bit i: byte i of 16 is the wanted one. `wanted` holds it 16 times. */
static inline uint64_t csvk_bitmask_16(const unsigned char *bytes, __m128i wanted)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(csvk_load_16(bytes), wanted));
}
#endif

/* Bit i: byte i of the block is `byte`. */
static inline uint64_t csvk_bitmask_of(const unsigned char *block, unsigned char byte)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)byte);
    return csvk_bitmask_16(block, wanted) | csvk_bitmask_16(block + 16, wanted) << 16 |
           csvk_bitmask_16(block + 32, wanted) << 32 | csvk_bitmask_16(block + 48, wanted) << 48;
#else
    uint64_t mask = 0;
    for (unsigned i = 0; i < CSVK_BITMASK_BLOCK; i++) {
        mask |= (uint64_t)(block[i] == byte) << i;
    }
    return mask;
#endif
}

/* Bit i: byte i of 32 is one of the two. */
static inline uint32_t csvk_bitmask_of_two(const unsigned char *block, unsigned char one,
                                           unsigned char two)
{
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8((char)one), second = _mm_set1_epi8((char)two);
    const __m128i low = csvk_load_16(block), high = csvk_load_16(block + 16);
    __m128i in_low = _mm_or_si128(_mm_cmpeq_epi8(low, first), _mm_cmpeq_epi8(low, second));
    __m128i in_high = _mm_or_si128(_mm_cmpeq_epi8(high, first), _mm_cmpeq_epi8(high, second));
    return (unsigned)_mm_movemask_epi8(in_low) | (unsigned)_mm_movemask_epi8(in_high) << 16;
#else
    uint32_t mask = 0;
    for (unsigned i = 0; i < 32; i++) {
        mask |= (uint32_t)(block[i] == one || block[i] == two) << i;
    }
    return mask;
#endif
}

#endif
