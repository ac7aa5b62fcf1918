/*
 * scan_plain.h - private: what levels without the vector instructions for it do instead: prefix xor
 * by shifts, bit counts by the compiler, UTF-8 byte by byte.
 */
#include "csvkit/record.h"

static inline uint64_t prefix_xor(uint64_t mask)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        mask ^= mask << shift;
    }
    return mask;
}

static inline uint64_t popcount(uint64_t mask)
{
    return (uint64_t)__builtin_popcountll(mask);
}

/*
 * As scan_template.h asks. A sequence that is open before p is judged from its lead byte on; one
 * that is open at the end of the block is judged here too, with the bytes behind it.
 */
static bool check_utf8(const unsigned char *p)
{
    const unsigned char *end = p + 64;
    const unsigned char *at = p;
    for (int back = 1; back <= 3 && (p[-back] & 0xc0) != 0x80; back++) {
        if (p[-back] >= 0xc0) {
            at = p - back;
        }
        break;
    }
    for (int back = 2; at == p && back <= 3 && (p[-back + 1] & 0xc0) == 0x80; back++) {
        if (p[-back] >= 0xc0) {
            at = p - back;
        }
    }
    while (at < end) {
        uint32_t code = *at;
        size_t n = *at < 0x80 ? 1 : csvk_utf8_code(at, 4, &code);
        if (n == 0 || (code >= 0x80 && csvk_code_fact(code) != CSVK_FACT_KINDS)) {
            return false;
        }
        at += n;
    }
    return true;
}
