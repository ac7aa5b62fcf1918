/*
 * key_lines.c - see key_lines.h. A CR counts when no LF follows it. 64 bytes are looked at in one
 * step, of which the last ones may lie behind what is counted.
 */
#include "validator/key_lines.h"

#include "csvkit/places.h"

#ifdef __SSE2__

enum {
    BLOCK = 64,
    BLOCKS_MOST = 62 /* each adds up to 4 to a byte of the sums, and so does the start of one */
};

/* The sums are negative. */
static inline __m128i add_16(__m128i sums, const unsigned char *p, __m128i mask, enum key_crs crs)
{
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    __m128i bytes = _mm_and_si128(csvk_load_16(p), mask);
    sums = _mm_add_epi8(sums, _mm_cmpeq_epi8(bytes, lf));
    if (crs == KEY_CRS) {
        __m128i before_lf = _mm_cmpeq_epi8(csvk_load_16(p + 1), lf);
        sums = _mm_add_epi8(sums, _mm_andnot_si128(before_lf, _mm_cmpeq_epi8(bytes, cr)));
    }
    return sums;
}

static inline __m128i add_block(__m128i sums, const unsigned char *p, enum key_crs crs)
{
    const __m128i all = _mm_set1_epi8(-1);
    sums = add_16(sums, p, all, crs);
    sums = add_16(sums, p + 16, all, crs);
    sums = add_16(sums, p + 32, all, crs);
    return add_16(sums, p + 48, all, crs);
}

/* Of the first `length` bytes only. */
static inline __m128i add_start(__m128i sums, const unsigned char *p, size_t length,
                                enum key_crs crs)
{
    static const unsigned char ones[2 * BLOCK] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const unsigned char *mask = ones + BLOCK - length;
    sums = add_16(sums, p, csvk_load_16(mask), crs);
    sums = add_16(sums, p + 16, csvk_load_16(mask + 16), crs);
    sums = add_16(sums, p + 32, csvk_load_16(mask + 32), crs);
    return add_16(sums, p + 48, csvk_load_16(mask + 48), crs);
}

static inline uint64_t total(__m128i sums)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i halves = _mm_sad_epu8(_mm_sub_epi8(zero, sums), zero);
    return (uint64_t)_mm_extract_epi16(halves, 0) + (uint64_t)_mm_extract_epi16(halves, 4);
}

static inline uint64_t count(const unsigned char *p, size_t length, enum key_crs crs)
{
    uint64_t lines = 0;
    for (;;) {
        __m128i sums = _mm_setzero_si128();
        size_t blocks = length / BLOCK < BLOCKS_MOST ? length / BLOCK : BLOCKS_MOST;
        for (size_t i = 0; i < blocks; i++, p += BLOCK) {
            sums = add_block(sums, p, crs);
        }
        length -= blocks * BLOCK;
        if (length < BLOCK) {
            sums = length != 0 ? add_start(sums, p, length, crs) : sums;
            return lines + total(sums);
        }
        lines += total(sums);
    }
}

#else

static uint64_t count(const unsigned char *p, size_t length, enum key_crs crs)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < length; i++) {
        lines += p[i] == '\n' || (crs == KEY_CRS && p[i] == '\r' && p[i + 1] != '\n');
    }
    return lines;
}

#endif

uint64_t key_lines_count(struct csvk_bytes bytes, enum key_crs crs)
{
    return crs == KEY_CRS ? count(bytes.ptr, bytes.len, KEY_CRS)
                          : count(bytes.ptr, bytes.len, KEY_NO_CR);
}
