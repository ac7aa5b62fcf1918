/*
 * scan_avx2.c - the fast scan with AVX2, BMI2 and carry-less multiplication. See scan_template.h.
 *
 * The second half of this file is the probe of a block for clean_stretch_check.h. It makes the
 * masks of a block and looks for bytes that the kind of the stretch does not allow. Comparing every
 * byte with what is allowed would cost a branch or a mask for each block; instead the least and the
 * greatest byte of all blocks are kept, and are looked at once at the end.
 */
#include "csvkit/parse/scan/scan_levels.h"
#include "csvkit/parse/grammar/structural_bytes.h"
#include "csvkit/parse/scan/stretch_kinds.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define SCAN_NAME   csvk_scan_avx2
#define SCAN_PDEP   _pdep_u64

/* 64 bytes in two vectors. */
typedef struct {
    __m256i low, high;
} chunk;

static inline SCAN_TARGET chunk chunk_load(const unsigned char *p)
{
    const __m256i *v = (const __m256i *)(const void *)p;
    return (chunk){_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1)};
}

/* One mask out of two comparisons. */
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
static inline SCAN_TARGET __m256i suspect_bytes_of(__m256i v)
{
    return _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v),
                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f)));
}

static inline SCAN_TARGET uint64_t chunk_suspect(chunk c)
{
    return join(suspect_bytes_of(c.low), suspect_bytes_of(c.high));
}

/* There is no unsigned comparison: a byte is not above `most` when it is the lesser of the two. */
static inline SCAN_TARGET uint64_t chunk_below(chunk c, int byte)
{
    __m256i most = _mm256_set1_epi8((char)(byte - 1));
    return join(_mm256_cmpeq_epi8(_mm256_min_epu8(c.low, most), c.low),
                _mm256_cmpeq_epi8(_mm256_min_epu8(c.high, most), c.high));
}

static inline SCAN_TARGET uint64_t chunk_high(chunk c)
{
    return join(c.low, c.high);
}

#include "csvkit/parse/scan/x86/carryless_multiply.h"

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
#define UTF8_MASK(v)                                                                               \
    ((uint64_t)(uint32_t)~_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256())))
#define UTF8_BYTES 32
#define UTF8_ADD   _mm256_add_epi8
#define UTF8_MAX   _mm256_max_epu8
#include "csvkit/parse/scan/x86/utf8_lookup.h"
#include "csvkit/parse/scan/x86/utf8_narrow.h"

/* ---- what a stretch asks of a block (clean_stretch_check.h) ---- */

#define PROBE_INLINE static inline __attribute__((always_inline)) SCAN_TARGET

/* The delimiter and the enclosure, in every byte of a vector. */
struct probe_structure {
    __m256i delimiter, quote;
};

/* The masks of a block; those that the kind does not allow are 0. */
struct struct_masks {
    uint64_t separator, lf, quote, cr; /* separator: delimiter or LF */
};

/*
 * What all bytes so far have held. Whether one of them is not allowed shows at the end
 * (probe_stray).
 */
struct probe {
    __m256i lowest;  /* unsigned; bytes of structure count as FF */
    __m256i highest; /* signed with STRETCH_TEXT, so that only 7F is 7F; else unsigned */
    __m256i other;   /* quotes where none may be; with STRETCH_UNCHECKED, NUL and CR */
    __m256i tabs;
};

/* Nothing has been seen: the least byte is the greatest that there is, the greatest the least. */
PROBE_INLINE struct probe probe_none(void)
{
    return (struct probe){_mm256_set1_epi8((char)0xff), _mm256_setzero_si256(),
                          _mm256_setzero_si256(), _mm256_setzero_si256()};
}

PROBE_INLINE struct probe_structure probe_structure_of(const struct csvk_table *table)
{
    struct structural_bytes n = structural_bytes_of(table);
    return (struct probe_structure){_mm256_set1_epi8((char)n.delimiter),
                                    _mm256_set1_epi8((char)n.enclosure)};
}

/* The comparisons of half a block: FF at each byte of the kind. */
struct probe_half {
    __m256i separator, lf, quote, cr;
};

/*
 * Compares half a block. What `kind` does not allow goes into *seen. `known` bytes are allowed
 * although they are below 20: for the least byte they count as FF.
 */
PROBE_INLINE struct probe_half probe_part(__m256i v, const struct probe_structure *n, unsigned kind,
                                          struct probe *seen)
{
    struct probe_half h;
    h.lf = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'));
    h.separator = _mm256_or_si256(_mm256_cmpeq_epi8(v, n->delimiter), h.lf);
    h.quote = _mm256_cmpeq_epi8(v, n->quote); /* none: NUL, which is too low in any case */
    h.cr = _mm256_setzero_si256();
    __m256i known = h.separator;
    if ((kind & STRETCH_CR) != 0) {
        h.cr = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\r'));
        known = _mm256_or_si256(known, h.cr);
    }
    if ((kind & STRETCH_TAB) != 0) {
        __m256i tab = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\t'));
        known = _mm256_or_si256(known, tab);
        seen->tabs = _mm256_or_si256(seen->tabs, _mm256_andnot_si256(h.separator, tab));
    }
    if ((kind & STRETCH_QUOTES) == 0) {
        seen->other = _mm256_or_si256(seen->other, h.quote);
    }
    /* Only NUL and a CR where none is expected matter: the extremes need not be kept. */
    if ((kind & STRETCH_UNCHECKED) != 0) {
        __m256i other = _mm256_cmpeq_epi8(v, _mm256_setzero_si256());
        if ((kind & STRETCH_CR) == 0) {
            other = _mm256_or_si256(other, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\r')));
        }
        seen->other = _mm256_or_si256(seen->other, other);
        return h;
    }
    seen->lowest = _mm256_min_epu8(seen->lowest, _mm256_or_si256(v, known));
    seen->highest = (kind & STRETCH_TEXT) != 0 ? _mm256_max_epi8(seen->highest, v)
                                               : _mm256_max_epu8(seen->highest, v);
    return h;
}

/* The masks of the block at p. With STRETCH_TEXT, *high is not 0 when it holds a byte above 7F. */
PROBE_INLINE struct struct_masks probe_block(const unsigned char *p,
                                             const struct probe_structure *n, unsigned kind,
                                             struct probe *seen, uint64_t *high)
{
    chunk c = chunk_load(p);
    struct probe_half a = probe_part(c.low, n, kind, seen);
    struct probe_half b = probe_part(c.high, n, kind, seen);
    struct struct_masks k = {join(a.separator, b.separator), join(a.lf, b.lf), 0, 0};
    if ((kind & STRETCH_QUOTES) != 0) {
        k.quote = join(a.quote, b.quote);
    }
    if ((kind & STRETCH_CR) != 0) {
        k.cr = join(a.cr, b.cr);
    }
    if ((kind & STRETCH_TEXT) != 0) {
        *high = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(c.low, c.high));
    }
    return k;
}

/*
 * True when a byte was seen that `kind` does not allow: one below 20, one at 7F or above that, or
 * one kept in `other`. With STRETCH_TEXT `highest` is a signed maximum, so that only 7F itself
 * reaches 7F.
 */
PROBE_INLINE bool probe_stray(const struct probe *seen)
{
    __m256i least = _mm256_set1_epi8(0x1f);
    __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(seen->lowest, least), seen->lowest);
    __m256i del = _mm256_set1_epi8(0x7f);
    __m256i high = _mm256_cmpeq_epi8(_mm256_max_epu8(seen->highest, del), seen->highest);
    __m256i stray = _mm256_or_si256(_mm256_or_si256(low, high), seen->other);
    return !_mm256_testz_si256(stray, stray);
}

/* True when a TAB was seen that is not the delimiter. */
PROBE_INLINE bool probe_tabs(const struct probe *seen)
{
    return !_mm256_testz_si256(seen->tabs, seen->tabs);
}

/* Bit i: words[i] is not 0. There is one word for each block of a stretch. */
PROBE_INLINE uint64_t probe_words(const uint64_t *words)
{
    uint64_t none = 0;
    for (unsigned i = 0; i < STRETCH_BLOCKS; i += 4) {
        __m256i four = _mm256_loadu_si256((const __m256i *)(const void *)(words + i));
        __m256i zero = _mm256_cmpeq_epi64(four, _mm256_setzero_si256());
        none |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(zero)) << i;
    }
    return none ^ UINT64_C(0xffffffff);
}

typedef struct {
    __m256i ill, leads;
} text_probe;

/* What the blocks with text have shown so far: nothing. */
PROBE_INLINE text_probe probe_text_none(void)
{
    return (text_probe){_mm256_setzero_si256(), _mm256_setzero_si256()};
}

/* Checks the block at p; what it shows is added to *t. */
PROBE_INLINE void probe_text(const unsigned char *p, text_probe *t)
{
    t->ill = _mm256_or_si256(t->ill, _mm256_or_si256(utf8_errors(p), utf8_errors(p + 32)));
    t->leads = _mm256_or_si256(t->leads,
                               _mm256_or_si256(utf8_special_leads(p), utf8_special_leads(p + 32)));
}

PROBE_INLINE bool probe_ill(const text_probe *t)
{
    return !_mm256_testz_si256(t->ill, t->ill);
}

/*
 * Whether U+FEFF and its like may be in the stretch at p: a lead byte of theirs was seen, or text
 * comes before.
 */
PROBE_INLINE bool probe_special(const text_probe *t, const unsigned char *p)
{
    return p[-1] >= 0x80 || p[-2] >= 0x80 || !_mm256_testz_si256(t->leads, t->leads);
}

/* True when one of them ends in `blocks`: bit i is block i. */
static SCAN_TARGET bool check_special(const unsigned char *p, uint64_t blocks)
{
    __m256i found = _mm256_setzero_si256();
    for (; blocks != 0; blocks &= blocks - 1) {
        const unsigned char *block = p + 64 * _tzcnt_u64(blocks);
        found =
            _mm256_or_si256(found, _mm256_or_si256(utf8_special(block), utf8_special(block + 32)));
    }
    return !_mm256_testz_si256(found, found);
}

#include "csvkit/parse/scan/scan_template.h"

#endif
