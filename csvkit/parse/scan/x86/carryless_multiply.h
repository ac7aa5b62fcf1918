/*
 * carryless_multiply.h - private: prefix xor by one carry-less multiplication, and the instruction
 * that counts bits, for the instruction sets that have both.
 */

/*
 * Bit i becomes the xor of the bits 0 to i. The product with all ones adds up the mask moved by
 * every distance, and addition without carry is xor:
 *
 *     mask        . . 1 . . 1 . .
 *     prefix xor  . . 1 1 1 . . .
 */
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
