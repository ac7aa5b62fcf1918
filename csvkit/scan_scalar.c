/* scan_scalar.c - the fast scan without vector instructions. See scan_template.h. */
#include "csvkit/scan_levels.h"

#define SCAN_TARGET
#define SCAN_NAME csvk_scan_scalar

typedef struct {
    const unsigned char *p;
} chunk;

static inline chunk chunk_load(const unsigned char *p)
{
    return (chunk){p};
}

static inline uint64_t chunk_eq(chunk c, int byte)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) {
        mask |= (uint64_t)(c.p[i] == byte) << i;
    }
    return mask;
}

static inline uint64_t chunk_odd(chunk c)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) {
        mask |= (uint64_t)(c.p[i] < 0x20 || c.p[i] >= 0x7f) << i;
    }
    return mask;
}

static inline uint64_t chunk_high(chunk c)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) {
        mask |= (uint64_t)(c.p[i] >> 7) << i;
    }
    return mask;
}

#include "csvkit/scan_plain.h"
#include "csvkit/scan_template.h"
