/*
 * pair_search.c - see pair_search.h. With AVX2, 128 places are looked at in one step; elsewhere the
 * C library looks for the rarer of the two bytes.
 */
#include "csvkit/base/pair_search.h"

#include <stdint.h>
#include <string.h>

#define COUNTED 4096 /* bytes of the data that are counted; less is not worth it */

static void choose(struct csvk_byte_pair *pair, const unsigned char *bytes, size_t length,
                   const unsigned char *data, size_t size)
{
    *pair = (struct csvk_byte_pair){0, length - 1, size >= COUNTED};
    if (!pair->counted || length < 3) {
        return;
    }
    uint16_t count[256] = {0};
    for (size_t i = 0; i < COUNTED; i++) {
        count[data[i]]++;
    }
    size_t rarest = 0, next = 1;
    for (size_t i = 1; i < length; i++) {
        if (count[bytes[i]] < count[bytes[rarest]]) {
            next = rarest;
            rarest = i;
        } else if (next == rarest || count[bytes[i]] < count[bytes[next]]) {
            next = i;
        }
    }
    pair->first = rarest < next ? rarest : next;
    pair->second = rarest < next ? next : rarest;
}

static bool stands_at(const unsigned char *bytes, size_t length, const unsigned char *at,
                      const unsigned char *end)
{
    return (size_t)(end - at) >= length && memcmp(at, bytes, length) == 0;
}

static const unsigned char *find_by_one(const struct csvk_byte_pair *pair,
                                        const unsigned char *bytes, size_t length,
                                        const unsigned char *data, size_t size)
{
    const unsigned char *end = data + size, *at = data;
    while ((size_t)(end - at) >= length) {
        size_t places = (size_t)(end - at) - length + 1;
        const unsigned char *found = memchr(at + pair->first, bytes[pair->first], places);
        if (found == NULL) {
            return NULL;
        }
        at = found - pair->first;
        if (memcmp(at, bytes, length) == 0) {
            return at;
        }
        at++;
    }
    return NULL;
}

#ifdef __x86_64__
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

enum { LANE = 32, LANES = 4, STEP = LANE * LANES };

/* The places among 32, as bits, where both bytes stand. */
WIDE static inline __m256i agree(const unsigned char *first, const unsigned char *second, __m256i a,
                                 __m256i b)
{
    __m256i at_first = _mm256_loadu_si256((const __m256i *)(const void *)first);
    __m256i at_second = _mm256_loadu_si256((const __m256i *)(const void *)second);
    return _mm256_and_si256(_mm256_cmpeq_epi8(at_first, a), _mm256_cmpeq_epi8(at_second, b));
}

/* *left: the bytes that were not looked at, when nothing was found. */
WIDE static const unsigned char *find_wide(const struct csvk_byte_pair *pair,
                                           const unsigned char *bytes, size_t length,
                                           const unsigned char *data, size_t size, size_t *left)
{
    const __m256i a = _mm256_set1_epi8((char)bytes[pair->first]);
    const __m256i b = _mm256_set1_epi8((char)bytes[pair->second]);
    const unsigned char *end = data + size;
    for (; (size_t)(end - data) >= STEP + pair->second; data += STEP) {
        const unsigned char *first = data + pair->first, *second = data + pair->second;
        __m256i found[LANES] = {agree(first, second, a, b),
                                agree(first + LANE, second + LANE, a, b),
                                agree(first + 2 * LANE, second + 2 * LANE, a, b),
                                agree(first + 3 * LANE, second + 3 * LANE, a, b)};
        __m256i any = _mm256_or_si256(_mm256_or_si256(found[0], found[1]),
                                      _mm256_or_si256(found[2], found[3]));
        for (unsigned i = 0; i < LANES && _mm256_testz_si256(any, any) == 0; i++) {
            uint32_t places = (uint32_t)_mm256_movemask_epi8(found[i]);
            for (; places != 0; places &= places - 1) {
                const unsigned char *at = data + i * LANE + (unsigned)__builtin_ctz(places);
                if (stands_at(bytes, length, at, end)) {
                    return at;
                }
            }
        }
    }
    *left = (size_t)(end - data);
    return NULL;
}
#endif

const unsigned char *csvk_pair_find(struct csvk_byte_pair *pair, const unsigned char *bytes,
                                    size_t length, const unsigned char *data, size_t size)
{
    if (!pair->counted) {
        choose(pair, bytes, length, data, size);
    }
    size_t left = size;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        const unsigned char *found = find_wide(pair, bytes, length, data, size, &left);
        if (found != NULL) {
            return found;
        }
    }
#endif
    return find_by_one(pair, bytes, length, data + (size - left), left);
}
