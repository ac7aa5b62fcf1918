/* places.h - private: where a byte stands among 64, as a mask. The 64 bytes must be readable. */
#ifndef CSVKIT_PLACES_H
#define CSVKIT_PLACES_H

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CSVK_BLOCK = 64 };

#ifdef __SSE2__
static inline uint64_t csvk_places_16(const unsigned char *bytes, __m128i wanted)
{
    __m128i hits = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), wanted);
    return (unsigned)_mm_movemask_epi8(hits);
}
#endif

/* Bit i: byte i of the block is `byte`. */
static inline uint64_t csvk_places_of(const unsigned char *block, unsigned char byte)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)byte);
    return csvk_places_16(block, wanted) | csvk_places_16(block + 16, wanted) << 16 |
           csvk_places_16(block + 32, wanted) << 32 | csvk_places_16(block + 48, wanted) << 48;
#else
    uint64_t places = 0;
    for (unsigned i = 0; i < CSVK_BLOCK; i++) {
        places |= (uint64_t)(block[i] == byte) << i;
    }
    return places;
#endif
}

#endif
