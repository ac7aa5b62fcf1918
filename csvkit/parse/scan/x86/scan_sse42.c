/*
 * scan_sse42.c - the fast scan with SSSE3, SSE4.2 and carry-less multiplication. There is no pdep,
 * so stretches are not used. See scan_template.h.
 */
#include "csvkit/parse/scan/scan_levels.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>

#define SCAN_TARGET __attribute__((target("ssse3,sse4.1,sse4.2,popcnt,pclmul")))
#define SCAN_NAME   csvk_scan_sse42

#include "csvkit/base/bytes64_sse2.h"

#include "csvkit/parse/scan/x86/carryless_multiply.h"

#define UTF8_VECTOR         __m128i
#define UTF8_LOAD(p)        _mm_loadu_si128((const __m128i *)(const void *)(p))
#define UTF8_SET(byte)      _mm_set1_epi8((char)(byte))
#define UTF8_TABLE(p)       UTF8_LOAD(p)
#define UTF8_LOOKUP         _mm_shuffle_epi8
#define UTF8_AND            _mm_and_si128
#define UTF8_OR             _mm_or_si128
#define UTF8_XOR            _mm_xor_si128
#define UTF8_EQ             _mm_cmpeq_epi8
#define UTF8_SUBS           _mm_subs_epu8
#define UTF8_HIGH_NIBBLE(v) _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(0x0f))
#define UTF8_MASK(v)                                                                               \
    ((uint64_t)(~_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) & 0xffff))
#define UTF8_BYTES 16
#include "csvkit/parse/scan/x86/utf8_lookup.h"
#include "csvkit/parse/scan/scan_template.h"

#endif
