/*
 * key_lines.c - counts line breaks; see key_lines.h. A CR counts when no LF follows it.
 *
 * With AVX2, 64 bytes are looked at in one step. The last step may read bytes after those that are
 * counted; a mask leaves them out.
 */
#include "validator/key_lines.h"

#include <string.h>

static uint64_t count_bytewise(struct csvk_bytes bytes, enum key_crs crs)
{
    uint64_t lines = 0;
    const unsigned char *p = bytes.ptr, *end = bytes.ptr + bytes.len;
    for (; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) {
        lines++;
    }
    p = crs == KEY_CRS ? bytes.ptr : end;
    for (; p < end && (p = memchr(p, '\r', (size_t)(end - p))) != NULL; p++) {
        lines += p[1] != '\n';
    }
    return lines;
}

#ifdef __x86_64__
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

enum {
    BLOCK = 64,
    /* A sum is one byte. Each block adds at most 2 to it, and the partial block at the end does so,
     * too: 2 * 127 is below 256. */
    BLOCKS_MOST = 126
};

WIDE static inline __m256i load_32(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Adds the line breaks of 32 bytes. A comparison that holds gives -1, so the sums are negative. */
WIDE static inline __m256i add_32(__m256i sums, const unsigned char *p, __m256i mask,
                                  enum key_crs crs)
{
    const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
    __m256i bytes = _mm256_and_si256(load_32(p), mask);
    sums = _mm256_add_epi8(sums, _mm256_cmpeq_epi8(bytes, lf));
    if (crs == KEY_CRS) {
        __m256i before_lf = _mm256_cmpeq_epi8(load_32(p + 1), lf);
        __m256i single = _mm256_andnot_si256(before_lf, _mm256_cmpeq_epi8(bytes, cr));
        sums = _mm256_add_epi8(sums, single);
    }
    return sums;
}

/* Adds the line breaks in the first `length` bytes of a block, the last one. */
WIDE static inline __m256i add_start(__m256i sums, const unsigned char *p, size_t length,
                                     enum key_crs crs)
{
    static const unsigned char ones[2 * BLOCK] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const unsigned char *mask = ones + BLOCK - length;
    sums = add_32(sums, p, load_32(mask), crs);
    return add_32(sums, p + 32, load_32(mask + 32), crs);
}

WIDE static inline uint64_t total(__m256i sums)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i four = _mm256_sad_epu8(_mm256_sub_epi8(zero, sums), zero);
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

WIDE static inline uint64_t count(const unsigned char *p, size_t length, enum key_crs crs)
{
    const __m256i all = _mm256_set1_epi8(-1);
    uint64_t lines = 0;
    for (;;) {
        __m256i sums = _mm256_setzero_si256();
        size_t blocks = length / BLOCK < BLOCKS_MOST ? length / BLOCK : BLOCKS_MOST;
        for (size_t i = 0; i < blocks; i++, p += BLOCK) {
            sums = add_32(sums, p, all, crs);
            sums = add_32(sums, p + 32, all, crs);
        }
        length -= blocks * BLOCK;
        if (length < BLOCK) {
            sums = length != 0 ? add_start(sums, p, length, crs) : sums;
            return lines + total(sums);
        }
        lines += total(sums);
    }
}

WIDE static uint64_t count_avx2(struct csvk_bytes bytes, enum key_crs crs)
{
    return crs == KEY_CRS ? count(bytes.ptr, bytes.len, KEY_CRS)
                          : count(bytes.ptr, bytes.len, KEY_NO_CR);
}
#endif

key_lines_fn *key_lines_counter(enum csvk_simd level)
{
#ifdef __x86_64__
    enum csvk_simd best = csvk_simd_best();
    bool wide = best == CSVK_SIMD_AVX2 || best == CSVK_SIMD_AVX512;
    if (wide && (level == CSVK_SIMD_AUTO || level >= CSVK_SIMD_AVX2)) {
        return count_avx2;
    }
#else
    (void)level;
#endif
    return count_bytewise;
}
