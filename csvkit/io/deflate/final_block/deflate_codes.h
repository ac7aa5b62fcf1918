/*
 * deflate_codes.h - the bits and the codes of DEFLATE (RFC 1951), for those who follow a stream.
 *
 * Reading behind a stream's end gives bits that mean nothing; csvk_bits_overrun tells.
 */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_CODES_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_CODES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    CSVK_TABLE_BITS = 11,
    CSVK_TABLE_SIZE = 1 << CSVK_TABLE_BITS,
    CSVK_MAX_BITS = 15,
    CSVK_LITERALS = 288,
    CSVK_DISTANCES = 32,
    CSVK_END_OF_BLOCK = 256,
};

struct csvk_bits {
    const unsigned char *next, *end; /* `end`: behind the stream, before the slack */
    uint64_t buffer;
    unsigned count;
};

static inline bool csvk_bits_overrun(const struct csvk_bits *bits)
{
    return bits->next > bits->end + 8;
}

static inline uint64_t csvk_bits_word(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/* At least 56 bits; not to be called after an overrun. */
static inline void csvk_bits_fill_fast(struct csvk_bits *bits)
{
    bits->buffer |= csvk_bits_word(bits->next) << bits->count;
    bits->next += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static inline void csvk_bits_fill(struct csvk_bits *bits)
{
    if (!csvk_bits_overrun(bits)) {
        csvk_bits_fill_fast(bits);
    }
}

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

static inline uint64_t csvk_bits_position(const struct csvk_bits *bits, const unsigned char *stream)
{
    return (uint64_t)(bits->next - stream) * 8 - bits->count;
}

static inline unsigned csvk_length_extra(unsigned symbol)
{
    unsigned above = symbol - 257;
    return above < 8 || above >= 28 ? 0 : above / 4 - 1;
}

static inline unsigned csvk_distance_extra(unsigned symbol)
{
    return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* A code: how many symbols of each length, and all of them in order. */
struct csvk_code {
    uint16_t count[CSVK_MAX_BITS + 1];
    uint16_t symbol[CSVK_LITERALS];
};

/* Puts the symbols in order. Returns how many codes of 15 bits are left over, or -1: too many. */
int csvk_code_make(struct csvk_code *code, const uint8_t *lengths, unsigned symbols);
/* table[window] = symbol * 16 + bits of its code; 0 where the code is longer than the window. */
void csvk_code_table(uint16_t *table, const struct csvk_code *code);
/* One symbol, bit by bit; -1 when there is no such code. Needs 15 bits in the buffer. */
int csvk_code_take(struct csvk_bits *bits, const struct csvk_code *code);

/* The lengths of the codes of a dynamic block: those of literals, then those of distances. */
struct csvk_code_lengths {
    unsigned literals, distances;
    uint8_t length[CSVK_LITERALS + CSVK_DISTANCES];
};

/* Reads them behind a block's first three bits; false when they are not well-formed. */
bool csvk_code_read_lengths(struct csvk_bits *bits, struct csvk_code_lengths *lengths);

#endif
