/*
 * deflate_codes.h - reads bits and Huffman codes of a DEFLATE stream (RFC 1951).
 *
 * After the end of the stream the functions give bits without a meaning; they do not fail. Whoever
 * loops over them must ask csvk_bits_overrun.
 *
 * Invariant: no read goes beyond 16 bytes after the stream, which must be readable
 * (CSVK_FINAL_BLOCK_SLACK). A fill reads 8 bytes, and none happens once `next` is more than 8 bytes
 * after `end`.
 */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_CODES_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_CODES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    CSVK_TABLE_BITS = 11, /* the window: bits that index a table */
    CSVK_TABLE_SIZE = 1 << CSVK_TABLE_BITS,
    CSVK_MAX_BITS = 15,      /* the longest code */
    CSVK_LITERALS = 288,     /* most symbols for literals and lengths */
    CSVK_DISTANCES = 32,     /* most symbols for distances */
    CSVK_END_OF_BLOCK = 256, /* symbols below it are literals, above it lengths */
};

/* A place in a stream. The next bits are the lowest `count` bits of `buffer`, then follows `next`.
 */
struct csvk_bits {
    const unsigned char *next, *end; /* `end`: after the last byte of the stream */
    uint64_t buffer;
    unsigned count;
};

/* True after the end of the stream. `next` may be 8 bytes ahead: the buffer holds so many. */
static inline bool csvk_bits_overrun(const struct csvk_bits *bits)
{
    return bits->next > bits->end + 8;
}

/* The 8 bytes at `at`, the first one lowest, on every machine. */
static inline uint64_t csvk_bits_word(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/*
 * Brings the buffer to at least 56 bits. Not to be called after an overrun. Bits above `count` may
 * be in the buffer already; they are the same that are read again, so OR does no harm.
 */
static inline void csvk_bits_fill_fast(struct csvk_bits *bits)
{
    bits->buffer |= csvk_bits_word(bits->next) << bits->count;
    bits->next += (63 - bits->count) >> 3;
    bits->count |= 56;
}

/* The same, allowed after an overrun: then it does nothing. */
static inline void csvk_bits_fill(struct csvk_bits *bits)
{
    if (!csvk_bits_overrun(bits)) {
        csvk_bits_fill_fast(bits);
    }
}

/* The next `n` bits, the first one lowest. The buffer must hold them; it is not filled here. */
static inline unsigned csvk_bits_peek(const struct csvk_bits *bits, unsigned n)
{
    return (unsigned)(bits->buffer & ((UINT64_C(1) << n) - 1));
}

static inline void csvk_bits_skip(struct csvk_bits *bits, unsigned n)
{
    bits->buffer >>= n;
    bits->count -= n;
}

static inline unsigned csvk_bits_take(struct csvk_bits *bits, unsigned n)
{
    unsigned value = csvk_bits_peek(bits, n);
    csvk_bits_skip(bits, n);
    return value;
}

/* The offset of the next bit from the start of the stream, in bits. */
static inline uint64_t csvk_bits_position(const struct csvk_bits *bits, const unsigned char *stream)
{
    return (uint64_t)(bits->next - stream) * 8 - bits->count;
}

/* How many extra bits follow the symbol of a length, 257 and up (RFC 1951 section 3.2.5). */
static inline unsigned csvk_length_extra(unsigned symbol)
{
    unsigned above = symbol - 257;
    return above < 8 || above >= 28 ? 0 : above / 4 - 1;
}

/* How many extra bits follow the symbol of a distance (RFC 1951 section 3.2.5). */
static inline unsigned csvk_distance_extra(unsigned symbol)
{
    return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* A code as its lengths define it (RFC 1951 section 3.2.2). */
struct csvk_code {
    uint16_t count[CSVK_MAX_BITS + 1]; /* symbols with a code of so many bits */
    uint16_t symbol[CSVK_LITERALS];    /* by the length of their code, then by number */
};

/*
 * Makes a code from the lengths of `symbols` symbols, at most CSVK_LITERALS; a length of 0 stands
 * for a symbol that does not occur. Returns how many codes of 15 bits are left over (0: the code is
 * complete), or -1 when the lengths ask for more codes than there are.
 */
int csvk_code_make(struct csvk_code *code, const uint8_t *lengths, unsigned symbols);
/*
 * Fills CSVK_TABLE_SIZE entries: table[window] = symbol * 16 + length of its code in bits; or 0
 * where the code is longer than the window, or does not exist.
 */
void csvk_code_table(uint16_t *table, const struct csvk_code *code);
/* Takes one symbol, bit by bit; -1 when there is no such code. Needs 15 bits in the buffer. */
int csvk_code_take(struct csvk_bits *bits, const struct csvk_code *code);

/* The lengths of the codes of a block with codes of its own. */
struct csvk_code_lengths {
    unsigned literals, distances; /* how many: first literals and lengths, then distances */
    uint8_t length[CSVK_LITERALS + CSVK_DISTANCES];
};

/*
 * Reads the lengths, which stand after a block's first three bits (RFC 1951 section 3.2.7). False
 * when they are not well-formed.
 */
bool csvk_code_read_lengths(struct csvk_bits *bits, struct csvk_code_lengths *lengths);

#endif
