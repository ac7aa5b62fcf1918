/*
 * bytes64_portable.h - private: 64 bytes as one thing, without vector instructions, for any
 * machine.
 *
 * csvkit/parse/scan/scan_template.h says what chunk and the functions chunk_* have to do. Here a
 * chunk is only where the bytes are, so the bytes must stay there as long as it is used.
 */

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

static inline uint64_t chunk_suspect(chunk c)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) {
        mask |= (uint64_t)(c.p[i] < 0x20 || c.p[i] >= 0x7f) << i;
    }
    return mask;
}

static inline uint64_t chunk_below(chunk c, int byte)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) {
        mask |= (uint64_t)(c.p[i] < byte) << i;
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
