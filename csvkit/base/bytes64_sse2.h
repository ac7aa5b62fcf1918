/*
 * bytes64_sse2.h - private: 64 bytes in four SSE2 vectors. Shared by scan_sse2.c, scan_sse42.c and
 * reference_skip.c, which define SCAN_TARGET before.
 *
 * csvkit/parse/scan/scan_template.h says what chunk and the functions chunk_* have to do.
 */

typedef struct {
    __m128i part[4];
} chunk;

static inline SCAN_TARGET chunk chunk_load(const unsigned char *p)
{
    const __m128i *v = (const __m128i *)(const void *)p;
    return (chunk){{_mm_loadu_si128(v), _mm_loadu_si128(v + 1), _mm_loadu_si128(v + 2),
                    _mm_loadu_si128(v + 3)}};
}

/* Four masks of 16 bytes as one of 64. */
static inline SCAN_TARGET uint64_t join(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
           (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static inline SCAN_TARGET uint64_t chunk_eq(chunk c, int byte)
{
    __m128i v = _mm_set1_epi8((char)byte);
    return join(_mm_cmpeq_epi8(c.part[0], v), _mm_cmpeq_epi8(c.part[1], v),
                _mm_cmpeq_epi8(c.part[2], v), _mm_cmpeq_epi8(c.part[3], v));
}

/* Signed comparison: bytes from 80 up count as below 20. */
static inline SCAN_TARGET __m128i suspect_bytes_of(__m128i v)
{
    return _mm_or_si128(_mm_cmpgt_epi8(_mm_set1_epi8(0x20), v),
                        _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
}

static inline SCAN_TARGET uint64_t chunk_suspect(chunk c)
{
    return join(suspect_bytes_of(c.part[0]), suspect_bytes_of(c.part[1]),
                suspect_bytes_of(c.part[2]), suspect_bytes_of(c.part[3]));
}

/* SSE2 has no unsigned comparison: a byte is not above `most` when it is the lesser of the two. */
static inline SCAN_TARGET __m128i below_or_at(__m128i v, __m128i most)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(v, most), v);
}

static inline SCAN_TARGET uint64_t chunk_below(chunk c, int byte)
{
    __m128i most = _mm_set1_epi8((char)(byte - 1));
    return join(below_or_at(c.part[0], most), below_or_at(c.part[1], most),
                below_or_at(c.part[2], most), below_or_at(c.part[3], most));
}

static inline SCAN_TARGET uint64_t chunk_high(chunk c)
{
    return join(c.part[0], c.part[1], c.part[2], c.part[3]);
}
