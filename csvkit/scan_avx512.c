/*
 * scan_avx512.c - the fast scan with AVX-512BW, BMI2 and carry-less multiply: a comparison of 64
 * bytes is a mask at once. Taken only where AVX-512 VBMI is there too (Ice Lake, Zen 4 and later):
 * earlier machines lower their clock for it. See scan_template.h.
 */
#include "csvkit/scan_levels.h"
#include "csvkit/scan_needles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET        __attribute__((target("avx512f,avx512bw,avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define SCAN_NAME          csvk_scan_avx512
#define SCAN_PEXT          _pext_u64
#define SCAN_BZHI(mask, n) _bzhi_u64(mask, (unsigned)(n))

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
static inline SCAN_TARGET uint64_t chunk_odd(chunk c)
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

#include "csvkit/scan_clmul.h"

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
#include "csvkit/scan_utf8.h"

/* ---- what a sprint asks of a block (scan_sprint.h) ---- */

#define PROBE_INLINE static inline __attribute__((always_inline)) SCAN_TARGET

struct probe_needles {
    __m512i delimiter, quote;
};

struct struct_masks {
    uint64_t separator, lf, quote, cr; /* separator: delimiter or LF */
};

/* What was seen: whether a byte is not allowed shows at the end. */
struct probe {
    __m512i highest; /* signed with SPRINT_TEXT, so that only 7F is 7F; else unsigned */
    __m512i lowest;  /* with SPRINT_UNCHECKED: 0 where NUL is, or CR that may not be */
    __m512i least;   /* but for structure; and ... */
    uint64_t low;    /* ... below 20 and not structure */
    uint64_t quotes; /* where none may be */
    uint64_t tabs;
};

PROBE_INLINE struct probe probe_none(void)
{
    return (struct probe){_mm512_setzero_si512(),
                          _mm512_set1_epi8((char)0xff),
                          _mm512_set1_epi8((char)0xff),
                          0,
                          0,
                          0};
}

PROBE_INLINE struct probe_needles probe_needles_of(const struct needles *n)
{
    return (struct probe_needles){_mm512_set1_epi8((char)n->delimiter),
                                  _mm512_set1_epi8((char)n->enclosure)};
}

/* What `kind` does not allow goes into *seen. */
PROBE_INLINE struct struct_masks probe_block(const unsigned char *p, const struct probe_needles *n,
                                             unsigned kind, struct probe *seen, uint64_t *high)
{
    chunk v = chunk_load(p);
    struct struct_masks k = {0, chunk_eq(v, '\n'), 0, 0};
    k.separator = _mm512_cmpeq_epi8_mask(v, n->delimiter) | k.lf;
    uint64_t quote = _mm512_cmpeq_epi8_mask(v, n->quote); /* none: NUL, which is too low anyhow */
    uint64_t known = k.separator;
    if ((kind & SPRINT_QUOTES) != 0) {
        k.quote = quote;
    } else {
        seen->quotes |= quote;
    }
    if ((kind & SPRINT_CR) != 0) {
        k.cr = chunk_eq(v, '\r');
        known |= k.cr;
    }
    if ((kind & SPRINT_TAB) != 0) {
        uint64_t tab = chunk_eq(v, '\t');
        known |= tab;
        seen->tabs |= tab & ~k.separator;
    }
    if ((kind & SPRINT_TEXT) != 0) {
        *high = chunk_high(v);
    }
    if ((kind & SPRINT_UNCHECKED) != 0) {
        seen->lowest = _mm512_min_epu8(seen->lowest, v);
        if ((kind & SPRINT_CR) == 0) {
            __m512i cr = _mm512_xor_si512(v, _mm512_set1_epi8('\r'));
            seen->lowest = _mm512_min_epu8(seen->lowest, cr);
        }
        return k;
    }
    if ((kind & SPRINT_CR) == 0) {
        seen->least = _mm512_mask_min_epu8(seen->least, ~known, seen->least, v);
    } else { /* with one mask more alive this way is the faster one */
        uint64_t low = _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20));
        __asm__("" : "+r"(low)); /* or it goes back into a mask register, for one "and not" */
        seen->low |= low & ~known;
    }
    seen->highest = (kind & SPRINT_TEXT) != 0 ? _mm512_max_epi8(seen->highest, v)
                                              : _mm512_max_epu8(seen->highest, v);
    return k;
}

/* True when a byte was seen that `kind` does not allow. */
PROBE_INLINE bool probe_stray(const struct probe *seen)
{
    uint64_t high = _mm512_cmpge_epu8_mask(seen->highest, _mm512_set1_epi8(0x7f));
    uint64_t zero = _mm512_testn_epi8_mask(seen->lowest, seen->lowest);
    uint64_t low = _mm512_cmplt_epu8_mask(seen->least, _mm512_set1_epi8(0x20)) | seen->low;
    return (low | high | zero | seen->quotes) != 0;
}

PROBE_INLINE bool probe_tabs(const struct probe *seen)
{
    return seen->tabs != 0;
}

/* Bit i: words[i], one for each block of a sprint, is not 0. */
PROBE_INLINE uint64_t probe_words(const uint64_t *words)
{
    uint64_t some = 0;
    for (unsigned i = 0; i < SPRINT_BLOCKS; i += 8) {
        __m512i eight = _mm512_loadu_si512(words + i);
        some |= (uint64_t)_mm512_test_epi64_mask(eight, eight) << i;
    }
    return some;
}

struct probe_text {
    __m512i ill;
    uint64_t leads;
};

PROBE_INLINE struct probe_text probe_text_none(void)
{
    return (struct probe_text){_mm512_setzero_si512(), 0};
}

PROBE_INLINE void probe_text(const unsigned char *p, struct probe_text *t)
{
    chunk v = chunk_load(p);
    t->ill = _mm512_or_si512(t->ill, utf8_errors(p));
    t->leads |= chunk_eq(v, 0xef) | chunk_eq(v, 0xe2) | chunk_eq(v, 0xc2);
}

PROBE_INLINE bool probe_ill(const struct probe_text *t)
{
    return !UTF8_IS_ZERO(t->ill);
}

/* Whether U+FEFF and its like may be in the sprint at p: a lead byte was seen, or stands before. */
PROBE_INLINE bool probe_special(const struct probe_text *t, const unsigned char *p)
{
    return p[-1] >= 0x80 || p[-2] >= 0x80 || t->leads != 0;
}

static SCAN_TARGET bool check_special(const unsigned char *p, size_t blocks)
{
    __m512i found = _mm512_setzero_si512();
    for (size_t i = 0; i < 64 * blocks; i += 64) {
        found = _mm512_or_si512(found, utf8_special(p + i));
    }
    return !UTF8_IS_ZERO(found);
}

#include "csvkit/scan_template.h"

#endif
