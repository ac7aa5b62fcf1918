/* scan_avx2.c - the fast scan with AVX2, BMI2 and carry-less multiply. See scan_template.h. */
#include "csvkit/scan_levels.h"
#include "csvkit/scan_needles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET        __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define SCAN_NAME          csvk_scan_avx2
#define SCAN_PEXT          _pext_u64
#define SCAN_BZHI(mask, n) _bzhi_u64(mask, (unsigned)(n))

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

/* ---- what a sprint asks of a block (scan_sprint.h) ---- */

typedef __m256i probe;

struct probe_needles {
    __m256i delimiter, quote;
};

struct struct_masks {
    uint64_t delimiter, quote, lf, cr;
};

static inline SCAN_TARGET probe probe_none(void)
{
    return _mm256_setzero_si256();
}

static inline SCAN_TARGET bool probe_any(probe p)
{
    return !_mm256_testz_si256(p, p);
}

static inline SCAN_TARGET struct probe_needles probe_needles_of(const struct needles *n)
{
    return (struct probe_needles){_mm256_set1_epi8((char)n->delimiter),
                                  _mm256_set1_epi8((char)n->enclosure)};
}

/* Half a block: its four comparisons, and into *stray what `kind` does not allow. */
struct probe_half {
    __m256i delimiter, quote, lf, cr;
};

static inline __attribute__((always_inline)) SCAN_TARGET struct probe_half probe_part(
    __m256i v, const struct probe_needles *n, unsigned kind, probe *stray)
{
    struct probe_half h;
    h.delimiter = _mm256_cmpeq_epi8(v, n->delimiter);
    h.lf = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'));
    h.quote = _mm256_cmpeq_epi8(v, n->quote); /* none: NUL, which is odd in any case */
    h.cr = _mm256_setzero_si256();
    __m256i known = _mm256_or_si256(h.lf, h.delimiter);
    __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v);
    if ((kind & 4u) != 0) {
        low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
        known = _mm256_or_si256(known, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\t')));
    }
    if ((kind & 2u) != 0) {
        h.cr = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\r'));
        known = _mm256_or_si256(known, h.cr);
    }
    __m256i odd = _mm256_or_si256(_mm256_andnot_si256(known, low),
                                  _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
    if ((kind & 1u) == 0) {
        odd = _mm256_or_si256(odd, h.quote);
    }
    *stray = _mm256_or_si256(*stray, odd);
    return h;
}

static inline __attribute__((always_inline)) SCAN_TARGET struct struct_masks probe_block(
    const unsigned char *p, const struct probe_needles *n, unsigned kind, probe *stray,
    uint64_t *texts, probe *leads)
{
    chunk c = chunk_load(p);
    struct probe_half a = probe_part(c.low, n, kind, stray);
    struct probe_half b = probe_part(c.high, n, kind, stray);
    struct struct_masks k = {join(a.delimiter, b.delimiter), 0, join(a.lf, b.lf), 0};
    if ((kind & 1u) != 0) {
        k.quote = join(a.quote, b.quote);
    }
    if ((kind & 2u) != 0) {
        k.cr = join(a.cr, b.cr);
    }
    if ((kind & 4u) != 0) {
        *texts |= (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(c.low, c.high));
        __m256i bad = _mm256_or_si256(utf8_errors(p), utf8_errors(p + 32));
        *stray = _mm256_or_si256(*stray, bad);
        *leads = _mm256_or_si256(
            *leads, _mm256_or_si256(utf8_special_leads(p), utf8_special_leads(p + 32)));
    }
    return k;
}

/* U+FEFF and its like in the sprint at p: looked for only when one of their lead bytes was seen,
   in the sprint or just before it. */
static SCAN_TARGET bool probe_special(const unsigned char *p, size_t blocks, probe leads)
{
    probe found = probe_none();
    bool before = p[-1] >= 0x80 || p[-2] >= 0x80;
    for (size_t i = 0; (before || probe_any(leads)) && i < 64 * blocks; i += 32) {
        found = _mm256_or_si256(found, utf8_special(p + i));
    }
    return probe_any(found);
}

#include "csvkit/scan_template.h"

#endif
