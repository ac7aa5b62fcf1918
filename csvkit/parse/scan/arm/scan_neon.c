/*
 * scan_neon.c - the fast scan with NEON, where the compiler targets it. See scan_template.h. NEON
 * has no instruction that makes a mask out of a comparison; `join` does it with pairwise additions.
 */
#include "csvkit/parse/scan/scan_levels.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

#define SCAN_TARGET
#define SCAN_NAME csvk_scan_neon

/* 64 bytes in four vectors. */
typedef struct {
    uint8x16_t part[4];
} chunk;

static inline chunk chunk_load(const unsigned char *p)
{
    return (chunk){{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32), vld1q_u8(p + 48)}};
}

/*
 * One bit for each byte of four comparisons. Each byte, FF or 0, keeps only its weight within its
 * eight bytes, 1 to 128; three pairwise additions then make one byte out of each eight, 64 bits in
 * all.
 */
static inline uint64_t join(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t step = vld1q_u8(weights);
    uint8x16_t ab = vpaddq_u8(vandq_u8(a, step), vandq_u8(b, step));
    uint8x16_t cd = vpaddq_u8(vandq_u8(c, step), vandq_u8(d, step));
    uint8x16_t all = vpaddq_u8(ab, cd);
    all = vpaddq_u8(all, all);
    return vgetq_lane_u64(vreinterpretq_u64_u8(all), 0);
}

static inline uint64_t chunk_eq(chunk c, int byte)
{
    uint8x16_t v = vdupq_n_u8((uint8_t)byte);
    return join(vceqq_u8(c.part[0], v), vceqq_u8(c.part[1], v), vceqq_u8(c.part[2], v),
                vceqq_u8(c.part[3], v));
}

/* FF at the bytes below 20, at 7F and above. */
static inline uint8x16_t suspect_bytes_of(uint8x16_t v)
{
    return vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), vcgeq_u8(v, vdupq_n_u8(0x7f)));
}

static inline uint64_t chunk_suspect(chunk c)
{
    return join(suspect_bytes_of(c.part[0]), suspect_bytes_of(c.part[1]),
                suspect_bytes_of(c.part[2]), suspect_bytes_of(c.part[3]));
}

static inline uint64_t chunk_below(chunk c, int byte)
{
    uint8x16_t v = vdupq_n_u8((uint8_t)byte);
    return join(vcltq_u8(c.part[0], v), vcltq_u8(c.part[1], v), vcltq_u8(c.part[2], v),
                vcltq_u8(c.part[3], v));
}

static inline uint64_t chunk_high(chunk c)
{
    uint8x16_t least = vdupq_n_u8(0x80);
    return join(vcgeq_u8(c.part[0], least), vcgeq_u8(c.part[1], least), vcgeq_u8(c.part[2], least),
                vcgeq_u8(c.part[3], least));
}

#include "csvkit/parse/scan/portable/plain_bits.h"
#include "csvkit/parse/scan/scan_template.h"

#endif
