/*
 * plain_bits.h - private: what instruction sets without the vector instructions for it do instead:
 * the prefix xor by shifts, bit counts in plain C, UTF-8 byte by byte.
 */
#include "csvkit/parse/grammar/record.h"

/* Each step doubles the distance over which bits have been joined: 1, 2, 4, ... 32. */
static inline uint64_t prefix_xor(uint64_t mask)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        mask ^= mask << shift;
    }
    return mask;
}

/* A compiler's own count would be a call where the processor has no instruction for it. */
static inline uint64_t popcount(uint64_t mask)
{
    return csvk_bit_count(mask);
}

/*
 * The first byte of the sequence that is open before p, or p. At most three bytes of it lie there.
 */
static const unsigned char *open_sequence(const unsigned char *p)
{
    for (int back = 1; back <= 3; back++) {
        if (p[-back] >= 0xc0) {
            return p - back;
        }
        if (p[-back] < 0x80) {
            break;
        }
    }
    return p;
}

/*
 * As scan_template.h asks. A sequence that is open before p is judged from its lead byte on, and
 * one that is open at the end of the block is judged here too, with the bytes after it. What shows
 * in bytes before p counts as bit 0.
 */
static uint64_t utf8_bad(const unsigned char *p)
{
    uint64_t bad = 0;
    for (const unsigned char *at = open_sequence(p); at < p + 64;) {
        uint32_t code = *at;
        size_t n = *at < 0x80 ? 1 : csvk_utf8_code(at, 4, &code);
        if (n == 0 || (code >= 0x80 && csvk_code_fact(code) != CSVK_FACT_KINDS)) {
            bad |= UINT64_C(1) << (at < p ? 0 : at - p);
        }
        at += n != 0 ? n : 1;
    }
    return bad;
}

static bool check_utf8(const unsigned char *p)
{
    return utf8_bad(p) == 0;
}
