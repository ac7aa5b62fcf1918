/*
 * schema_scan.c - see schema_scan.h. Which bytes of a block of 64 are digits, delimiters,
 * enclosures and line breaks are masks; all the rest is arithmetic on them, and the same on every
 * processor.
 */
#include "validator/schema_scan.h"

struct byte_masks {
    uint64_t digit, quote, separator; /* delimiters and LF */
    bool has_cr;
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

/* And back: bit i of `packed` to the place of bit number i of `at`. */
static inline uint64_t unpack_by_steps(uint64_t packed, uint64_t at)
{
    uint64_t mask = 0;
    for (; at != 0; at &= at - 1, packed >>= 1) {
        mask |= (packed & 1) != 0 ? at & -at : 0;
    }
    return mask;
}

/* ---- any processor --------------------------------------------------------------------------- */

static inline bool is_digit(unsigned char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static inline struct byte_masks load_plain(const unsigned char *p, unsigned char delimiter,
                                           unsigned char quote)
{
    struct byte_masks m = {0, 0, 0, false};
    for (unsigned i = 0; i < SCAN_BLOCK; i++) {
        m.digit |= (uint64_t)is_digit(p[i]) << i;
        m.quote |= (uint64_t)(p[i] == quote) << i;
        m.separator |= (uint64_t)(p[i] == delimiter || p[i] == '\n') << i;
        m.has_cr |= p[i] == '\r';
    }
    return m;
}

static inline uint64_t equal_plain(const unsigned char *p, unsigned char byte)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < SCAN_BLOCK; i++) {
        mask |= (uint64_t)(p[i] == byte) << i;
    }
    return mask;
}

/* The bytes that are no digits; bit i of *quads: the four from 4 i on are digits. */
static inline uint64_t no_digits_plain(const unsigned char *p, uint64_t *quads)
{
    uint64_t none = 0;
    *quads = 0;
    for (unsigned i = 0; i < SCAN_BLOCK; i++) {
        none |= (uint64_t)!is_digit(p[i]) << i;
    }
    for (unsigned i = 0; i < SCAN_BLOCK / 4; i++) {
        *quads |= (uint64_t)((none >> (4 * i) & 15) == 0) << i;
    }
    return none;
}

#define TARGET
#define PARITY         parity_by_shifts
#define PACK           pack_by_steps
#define UNPACK         unpack_by_steps
#define NAME(function) function##_plain
#define LOAD           load_plain
#define EQUAL          equal_plain
#define NO_DIGITS      no_digits_plain
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef LOAD
#undef EQUAL
#undef NO_DIGITS

static const struct schema_scan plain = {all_digits_plain, look_plain};

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

static inline __m128i load_16(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m128i either_16(__m128i v, unsigned char a, unsigned char b)
{
    return _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)a)),
                        _mm_cmpeq_epi8(v, _mm_set1_epi8((char)b)));
}

static inline uint64_t equal_sse2(const unsigned char *p, unsigned char byte)
{
    __m128i all = _mm_set1_epi8((char)byte);
    return join_16(_mm_cmpeq_epi8(load_16(p), all), _mm_cmpeq_epi8(load_16(p + 16), all),
                   _mm_cmpeq_epi8(load_16(p + 32), all), _mm_cmpeq_epi8(load_16(p + 48), all));
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
    const __m128i a = load_16(p), b = load_16(p + 16), c = load_16(p + 32), d = load_16(p + 48);
    return (struct byte_masks){
        join_16(digits_16(a), digits_16(b), digits_16(c), digits_16(d)), equal_sse2(p, quote),
        join_16(either_16(a, delimiter, '\n'), either_16(b, delimiter, '\n'),
                either_16(c, delimiter, '\n'), either_16(d, delimiter, '\n')),
        equal_sse2(p, '\r') != 0};
}

/* Of 16 masks of four bytes each, one bit each. */
static inline uint64_t quads_16(const __m128i d[4])
{
    const __m128i all = _mm_set1_epi8((char)0xFF);
    __m128i low = _mm_packs_epi32(_mm_cmpeq_epi32(d[0], all), _mm_cmpeq_epi32(d[1], all));
    __m128i high = _mm_packs_epi32(_mm_cmpeq_epi32(d[2], all), _mm_cmpeq_epi32(d[3], all));
    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
}

static inline uint64_t no_digits_sse2(const unsigned char *p, uint64_t *quads)
{
    const __m128i d[4] = {digits_16(load_16(p)), digits_16(load_16(p + 16)),
                          digits_16(load_16(p + 32)), digits_16(load_16(p + 48))};
    *quads = quads_16(d);
    return ~join_16(d[0], d[1], d[2], d[3]);
}

#define TARGET
#define NAME(function) function##_sse2
#define LOAD           load_sse2
#define EQUAL          equal_sse2
#define NO_DIGITS      no_digits_sse2
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef PARITY
#undef PACK
#undef UNPACK
#undef LOAD
#undef EQUAL
#undef NO_DIGITS

static const struct schema_scan sse2 = {all_digits_sse2, look_sse2};

#define WIDE __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

WIDE static inline uint64_t join_32(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

WIDE static inline __m256i load_32(const unsigned char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

WIDE static inline __m256i either_32(__m256i v, unsigned char a, unsigned char b)
{
    return _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)a)),
                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)b)));
}

WIDE static inline uint64_t equal_avx2(const unsigned char *p, unsigned char byte)
{
    __m256i all = _mm256_set1_epi8((char)byte);
    return join_32(_mm256_cmpeq_epi8(load_32(p), all), _mm256_cmpeq_epi8(load_32(p + 32), all));
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
    const __m256i low = load_32(p), high = load_32(p + 32), cr = _mm256_set1_epi8('\r');
    const __m256i crs = _mm256_or_si256(_mm256_cmpeq_epi8(low, cr), _mm256_cmpeq_epi8(high, cr));
    return (struct byte_masks){
        join_32(digits_32(low), digits_32(high)), equal_avx2(p, quote),
        join_32(either_32(low, delimiter, '\n'), either_32(high, delimiter, '\n')),
        _mm256_movemask_epi8(crs) != 0};
}

WIDE static inline uint64_t quads_32(__m256i digits)
{
    __m256i all = _mm256_cmpeq_epi32(digits, _mm256_set1_epi8((char)0xFF));
    return (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(all));
}

WIDE static inline uint64_t no_digits_avx2(const unsigned char *p, uint64_t *quads)
{
    __m256i low = digits_32(load_32(p)), high = digits_32(load_32(p + 32));
    *quads = quads_32(low) | quads_32(high) << 8;
    return ~join_32(low, high);
}

#define TARGET WIDE
#define PARITY parity_by_product
#define PACK   _pext_u64
#define UNPACK _pdep_u64
#define QUICK
#define NAME(function) function##_avx2
#define LOAD           load_avx2
#define EQUAL          equal_avx2
#define NO_DIGITS      no_digits_avx2
#include "validator/schema_scan_template.h"
#undef TARGET
#undef NAME
#undef LOAD
#undef EQUAL
#undef NO_DIGITS

static const struct schema_scan avx2 = {all_digits_avx2, look_avx2};

#define WIDEST                                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

WIDEST static inline uint64_t equal_avx512(const unsigned char *p, unsigned char byte)
{
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8((char)byte));
}

WIDEST static inline struct byte_masks load_avx512(const unsigned char *p, unsigned char delimiter,
                                                   unsigned char quote)
{
    const __m512i down = _mm512_sub_epi8(_mm512_loadu_si512(p), _mm512_set1_epi8('0'));
    return (struct byte_masks){
        _mm512_cmple_epu8_mask(down, _mm512_set1_epi8(9)), equal_avx512(p, quote),
        equal_avx512(p, delimiter) | equal_avx512(p, '\n'), equal_avx512(p, '\r') != 0};
}

/* What a byte is above a digit, 0 for digits, is tested byte by byte and four by four. */
WIDEST static inline uint64_t no_digits_avx512(const unsigned char *p, uint64_t *quads)
{
    __m512i down = _mm512_sub_epi8(_mm512_loadu_si512(p), _mm512_set1_epi8('0'));
    __m512i above = _mm512_subs_epu8(down, _mm512_set1_epi8(9));
    *quads = _mm512_testn_epi32_mask(above, above);
    return _mm512_test_epi8_mask(above, above);
}

#define TARGET         WIDEST
#define NAME(function) function##_avx512
#define LOAD           load_avx512
#define EQUAL          equal_avx512
#define NO_DIGITS      no_digits_avx512
#include "validator/schema_scan_template.h"

static const struct schema_scan avx512 = {all_digits_avx512, look_avx512};
#endif

const struct schema_scan *schema_scan_at(enum csvk_simd level)
{
#ifdef __x86_64__
    enum csvk_simd best = csvk_simd_best();
    level = level == CSVK_SIMD_AUTO || level > best ? best : level;
    return level >= CSVK_SIMD_AVX512 ? &avx512
           : level >= CSVK_SIMD_AVX2 ? &avx2
           : level >= CSVK_SIMD_SSE2 ? &sse2
                                     : &plain;
#else
    (void)level;
    return &plain;
#endif
}
