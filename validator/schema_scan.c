/*
 * schema_scan.c - see schema_scan.h. Which bytes of a block of 64 are digits, delimiters,
 * enclosures and line breaks are masks; all the rest is arithmetic on them, and the same on every
 * processor.
 */
#include "validator/schema_scan.h"

#include <string.h>

enum { BLOCK = 64 };

struct byte_masks {
    uint64_t digit, delimiter, quote, cr;
};

/* Bit i: an odd number of bits up to and including i. */
static inline uint64_t parity_by_shifts(uint64_t mask)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        mask ^= mask << shift;
    }
    return mask;
}

/* The bits of `mask` at the places of the bits of `at`, in a row. */
static inline uint64_t pack_by_steps(uint64_t mask, uint64_t at)
{
    uint64_t packed = 0;
    for (unsigned i = 0; at != 0; at &= at - 1, i++) {
        packed |= (uint64_t)((mask & at & -at) != 0) << i;
    }
    return packed;
}

/* Are all bytes digits, delimiters or LF? Then *ends has the last two kinds. */
static inline bool only_digits(struct byte_masks masks_with_lf, uint64_t *ends)
{
    *ends = masks_with_lf.delimiter | masks_with_lf.quote;
    return (masks_with_lf.digit | *ends) == UINT64_MAX;
}

/* ---- any processor --------------------------------------------------------------------------- */

static inline struct byte_masks load_plain(const unsigned char *p, unsigned char delimiter,
                                           unsigned char quote)
{
    struct byte_masks m = {0, 0, 0, 0};
    for (unsigned i = 0; i < BLOCK; i++) {
        m.digit |= (uint64_t)((unsigned char)(p[i] - '0') <= 9) << i;
        m.delimiter |= (uint64_t)(p[i] == delimiter) << i;
        m.quote |= (uint64_t)(p[i] == quote) << i;
        m.cr |= (uint64_t)(p[i] == '\r') << i;
    }
    return m;
}

#define TARGET
#define PARITY                              parity_by_shifts
#define PACK                                pack_by_steps
#define NAME(function)                      function##_plain
#define LOAD                                load_plain
#define ONLY_DIGITS(bytes, delimiter, ends) only_digits(load_plain(bytes, delimiter, '\n'), ends)
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef PARITY
#undef PACK
#undef LOAD
#undef ONLY_DIGITS

static const struct schema_scan plain = {skip_digits_plain, find_fields_plain, find_field_plain};

/* ---- x86 ------------------------------------------------------------------------------------- */

#ifdef __x86_64__
#include <immintrin.h>

static inline uint64_t join_16(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
           (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static inline uint64_t equal_16(const __m128i v[4], unsigned char byte)
{
    __m128i all = _mm_set1_epi8((char)byte);
    return join_16(_mm_cmpeq_epi8(v[0], all), _mm_cmpeq_epi8(v[1], all), _mm_cmpeq_epi8(v[2], all),
                   _mm_cmpeq_epi8(v[3], all));
}

/* Shifted down by '0', a digit is at most 9 without a sign: it is the lesser of itself and 9. */
static inline __m128i digits_16(__m128i v)
{
    __m128i down = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    return _mm_cmpeq_epi8(_mm_min_epu8(down, _mm_set1_epi8(9)), down);
}

static inline struct byte_masks load_sse2(const unsigned char *p, unsigned char delimiter,
                                          unsigned char quote)
{
    const __m128i *from = (const __m128i *)(const void *)p;
    const __m128i v[4] = {_mm_loadu_si128(from), _mm_loadu_si128(from + 1),
                          _mm_loadu_si128(from + 2), _mm_loadu_si128(from + 3)};
    return (struct byte_masks){
        join_16(digits_16(v[0]), digits_16(v[1]), digits_16(v[2]), digits_16(v[3])),
        equal_16(v, delimiter), equal_16(v, quote), equal_16(v, '\r')};
}

#define TARGET
#define PARITY                              parity_by_shifts
#define PACK                                pack_by_steps
#define NAME(function)                      function##_sse2
#define LOAD                                load_sse2
#define ONLY_DIGITS(bytes, delimiter, ends) only_digits(load_sse2(bytes, delimiter, '\n'), ends)
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef PARITY
#undef PACK
#undef LOAD
#undef ONLY_DIGITS

static const struct schema_scan sse2 = {skip_digits_sse2, find_fields_sse2, find_field_sse2};

#define WIDE __attribute__((target("avx2,bmi,bmi2,pclmul")))

WIDE static inline uint64_t join_32(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

WIDE static inline uint64_t equal_32(__m256i low, __m256i high, unsigned char byte)
{
    __m256i all = _mm256_set1_epi8((char)byte);
    return join_32(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

WIDE static inline __m256i digits_32(__m256i v)
{
    __m256i down = _mm256_sub_epi8(v, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(down, _mm256_set1_epi8(9)), down);
}

/* A product without carries by all ones adds up all bits below. */
WIDE static inline uint64_t parity_by_product(uint64_t mask)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)mask), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

WIDE static inline struct byte_masks load_avx2(const unsigned char *p, unsigned char delimiter,
                                               unsigned char quote)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return (struct byte_masks){join_32(digits_32(low), digits_32(high)),
                               equal_32(low, high, delimiter), equal_32(low, high, quote),
                               equal_32(low, high, '\r')};
}

WIDE static inline bool only_digits_avx2(const unsigned char *p, unsigned char delimiter,
                                         uint64_t *ends)
{
    const __m256i comma = _mm256_set1_epi8((char)delimiter), lf = _mm256_set1_epi8('\n');
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    __m256i low_ends = _mm256_or_si256(_mm256_cmpeq_epi8(low, comma), _mm256_cmpeq_epi8(low, lf));
    __m256i high_ends =
        _mm256_or_si256(_mm256_cmpeq_epi8(high, comma), _mm256_cmpeq_epi8(high, lf));
    __m256i known = _mm256_and_si256(_mm256_or_si256(digits_32(low), low_ends),
                                     _mm256_or_si256(digits_32(high), high_ends));
    *ends = join_32(low_ends, high_ends);
    return _mm256_movemask_epi8(known) == -1;
}

#define TARGET         WIDE
#define PARITY         parity_by_product
#define PACK           _pext_u64
#define NAME(function) function##_avx2
#define LOAD           load_avx2
#define ONLY_DIGITS    only_digits_avx2
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef PARITY
#undef PACK
#undef LOAD
#undef ONLY_DIGITS

static const struct schema_scan avx2 = {skip_digits_avx2, find_fields_avx2, find_field_avx2};
#endif

const struct schema_scan *schema_scan_at(enum csvk_simd level)
{
#ifdef __x86_64__
    enum csvk_simd best = csvk_simd_best();
    level = level == CSVK_SIMD_AUTO || level > best ? best : level;
    return level >= CSVK_SIMD_AVX2 ? &avx2 : level >= CSVK_SIMD_SSE2 ? &sse2 : &plain;
#else
    (void)level;
    return &plain;
#endif
}
