/* scan_avx2.c - the fast scan with AVX2, BMI2 and carry-less multiply. See scan_template.h. */
#include "csvkit/scan_levels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define SCAN_NAME   csvk_scan_avx2
#define SCAN_PEXT   _pext_u64

typedef struct {
    __m256i low, high;
} chunk;

static inline SCAN_TARGET chunk chunk_load(const unsigned char *p)
{
    const __m256i *v = (const __m256i *)(const void *)p;
    return (chunk){_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1)};
}

static inline SCAN_TARGET uint64_t join(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

static inline SCAN_TARGET uint64_t chunk_eq(chunk c, int byte)
{
    __m256i v = _mm256_set1_epi8((char)byte);
    return join(_mm256_cmpeq_epi8(c.low, v), _mm256_cmpeq_epi8(c.high, v));
}

/* Signed comparison: bytes from 80 up count as below 20. */
static inline SCAN_TARGET __m256i odd_bytes(__m256i v)
{
    return _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v),
                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
}

static inline SCAN_TARGET uint64_t chunk_odd(chunk c)
{
    return join(odd_bytes(c.low), odd_bytes(c.high));
}

static inline SCAN_TARGET uint64_t chunk_high(chunk c)
{
    return join(c.low, c.high);
}

static inline SCAN_TARGET uint64_t prefix_xor(uint64_t mask)
{
    __m128i ones = _mm_set1_epi8((char)0xff);
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), ones, 0));
}

static inline SCAN_TARGET uint64_t popcount(uint64_t mask)
{
    return (uint64_t)_mm_popcnt_u64(mask);
}

#define UTF8_VECTOR    __m256i
#define UTF8_LOAD(p)   _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define UTF8_SET(byte) _mm256_set1_epi8((char)(byte))
#define UTF8_TABLE(p)                                                                              \
    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(p)))
#define UTF8_LOOKUP         _mm256_shuffle_epi8
#define UTF8_AND            _mm256_and_si256
#define UTF8_OR             _mm256_or_si256
#define UTF8_XOR            _mm256_xor_si256
#define UTF8_EQ             _mm256_cmpeq_epi8
#define UTF8_SUBS           _mm256_subs_epu8
#define UTF8_HIGH_NIBBLE(v) _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f))
#define UTF8_IS_ZERO(v)     _mm256_testz_si256(v, v)
#define UTF8_BYTES          32
#include "csvkit/scan_utf8.h"
#include "csvkit/scan_template.h"

#endif
