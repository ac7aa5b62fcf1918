/*
 * scan_avx512.c - the fast scan with AVX-512 as Ice Lake, Zen 4 and later processors have it;
 * earlier ones lower their clock for it. A comparison of 64 bytes is a mask at once, and stretches
 * take eight blocks at a time (lanes.h). See scan_template.h.
 */
#include "csvkit/parse/scan/scan_levels.h"
#include "csvkit/parse/grammar/structural_bytes.h"
#include "csvkit/parse/scan/stretch_kinds.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET                                                                                \
    __attribute__((                                                                                \
        target("avx512f,avx512bw,avx512dq,avx512vbmi,avx512vbmi2,avx512vpopcntdq,gfni,vpclmulqdq," \
               "avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define SCAN_NAME  csvk_scan_avx512
#define SCAN_PDEP  _pdep_u64
#define SCAN_LANES /* stretches by lanes.h */

typedef __m512i chunk;

static inline SCAN_TARGET chunk chunk_load(const unsigned char *p)
{
    return _mm512_loadu_si512(p);
}

static inline SCAN_TARGET uint64_t chunk_eq(chunk c, int byte)
{
    return _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8((char)byte));
}

/* Signed comparison: bytes from 80 up count as below 20. */
static inline SCAN_TARGET uint64_t chunk_suspect(chunk c)
{
    return _mm512_cmplt_epi8_mask(c, _mm512_set1_epi8(0x20)) | chunk_eq(c, 0x7f);
}

static inline SCAN_TARGET uint64_t chunk_below(chunk c, int byte)
{
    return _mm512_cmplt_epu8_mask(c, _mm512_set1_epi8((char)byte));
}

static inline SCAN_TARGET uint64_t chunk_high(chunk c)
{
    return _mm512_movepi8_mask(c);
}

#include "csvkit/parse/scan/x86/carryless_multiply.h"

#define UTF8_VECTOR         __m512i
#define UTF8_LOAD(p)        _mm512_loadu_si512(p)
#define UTF8_SET(byte)      _mm512_set1_epi8((char)(byte))
#define UTF8_TABLE(p)       _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(p)))
#define UTF8_LOOKUP         _mm512_shuffle_epi8
#define UTF8_AND            _mm512_and_si512
#define UTF8_OR             _mm512_or_si512
#define UTF8_XOR            _mm512_xor_si512
#define UTF8_EQ(a, b)       _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(a, b))
#define UTF8_SUBS           _mm512_subs_epu8
#define UTF8_HIGH_NIBBLE(v) _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(0x0f))
#define UTF8_IS_ZERO(v)     (_mm512_test_epi8_mask(v, v) == 0)
#define UTF8_MASK(v)        ((uint64_t)_mm512_test_epi8_mask(v, v))
#define UTF8_BYTES          64
#define UTF8_ADD            _mm512_add_epi8
#define UTF8_MAX            _mm512_max_epu8
#include "csvkit/parse/scan/x86/utf8_lookup.h"
#include "csvkit/parse/scan/x86/utf8_narrow.h"

/* ---- what a stretch asks after its blocks (clean_stretch_check.h) ---- */

#define PROBE_INLINE static inline __attribute__((always_inline)) SCAN_TARGET

/* Bit i: words[i] is not 0. There is one word for each block of a stretch. */
PROBE_INLINE uint64_t probe_words(const uint64_t *words)
{
    uint64_t some = 0;
    for (unsigned i = 0; i < STRETCH_BLOCKS; i += 8) {
        __m512i eight = _mm512_loadu_si512(words + i);
        some |= (uint64_t)_mm512_test_epi64_mask(eight, eight) << i;
    }
    return some;
}

typedef struct {
    __m512i ill;
    __m512i leads;   /* bit 7 of a byte: there was a lead byte of a special sequence */
    __m512i special; /* a table of the bytes from C0 on: FF for each such lead byte */
} text_probe;

/*
 * What the blocks with text have shown so far: nothing. The table is indexed by the low six bits.
 */
PROBE_INLINE text_probe probe_text_none(void)
{
    const uint64_t leads =
        UINT64_C(1) << (0xc2 & 63) | UINT64_C(1) << (0xe2 & 63) | UINT64_C(1) << (0xef & 63);
    return (text_probe){_mm512_setzero_si512(), _mm512_setzero_si512(),
                        _mm512_movm_epi8((__mmask64)leads)};
}

/*
 * Checks the block at p; what it shows is added to *t. The look-up takes the low seven bits of a
 * byte: 80 to BF get 0, C0 to FF the table's entry, and so do 40 to 7F. 0xf8 is a | (b & c): with
 * the byte itself, whose bit 7 is 0 in ASCII, that last case drops out.
 */
PROBE_INLINE void probe_text(const unsigned char *p, text_probe *t)
{
    chunk v = chunk_load(p);
    t->ill = _mm512_or_si512(t->ill, utf8_errors(p));
    __m512i lead = _mm512_permutex2var_epi8(_mm512_setzero_si512(), v, t->special);
    t->leads = _mm512_ternarylogic_epi64(t->leads, lead, v, 0xf8); /* ASCII is none */
}

PROBE_INLINE bool probe_ill(const text_probe *t)
{
    return !UTF8_IS_ZERO(t->ill);
}

/*
 * Whether U+FEFF and its like may be in the stretch at p: a lead byte of theirs was seen, or text
 * comes before.
 */
PROBE_INLINE bool probe_special(const text_probe *t, const unsigned char *p)
{
    return p[-1] >= 0x80 || p[-2] >= 0x80 || _mm512_movepi8_mask(t->leads) != 0;
}

/*
 * utf8_special for the 64 bytes at p, as a mask: a comparison asks only where those before it have
 * found something.
 */
PROBE_INLINE __mmask64 special_ends(const unsigned char *p)
{
    __m512i now = UTF8_LOAD(p), one = UTF8_LOAD(p - 1), two = UTF8_LOAD(p - 2);
    __mmask64 ef = _mm512_cmpeq_epi8_mask(two, UTF8_SET(0xef));
    __mmask64 efbb = _mm512_mask_cmpeq_epi8_mask(ef, one, UTF8_SET(0xbb));
    __mmask64 efbf = _mm512_mask_cmpeq_epi8_mask(ef, one, UTF8_SET(0xbf));
    __mmask64 c2 = _mm512_cmpeq_epi8_mask(one, UTF8_SET(0xc2));
    __mmask64 e280 = _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(two, UTF8_SET(0xe2)), one,
                                                 UTF8_SET(0x80));
    return _mm512_mask_cmpeq_epi8_mask(efbb, now, UTF8_SET(0xbf)) |
           _mm512_mask_cmpeq_epi8_mask(efbf, now, UTF8_SET(0xbd)) |
           _mm512_mask_cmpeq_epi8_mask(c2, now, UTF8_SET(0x85)) |
           _mm512_mask_cmpeq_epi8_mask(e280, UTF8_OR(now, UTF8_SET(0x01)), UTF8_SET(0xa9));
}

/* True when one of them ends in `blocks`: bit i is block i. */
static SCAN_TARGET bool check_special(const unsigned char *p, uint64_t blocks)
{
    __mmask64 found = 0;
    for (; blocks != 0; blocks &= blocks - 1) {
        found |= special_ends(p + 64 * _tzcnt_u64(blocks));
    }
    return found != 0;
}

#include "csvkit/parse/scan/scan_template.h"

#endif
