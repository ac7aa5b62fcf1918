/*
 * deflate_blocks.c - finds the final block of a DEFLATE stream by following all blocks from the
 * start, as fast as possible.
 *
 * Why. libdeflate makes finished streams only. To join several streams in one gzip member, the
 * final bit in the last block of each stream must be cleared. Nothing in the format points to that
 * block. Without the text (final_block.c) it can only be found by following the codes of all
 * blocks. No text is made, so this costs a fraction of inflating.
 *
 * The idea. It does not matter which symbol a code stands for, only how many bits it takes and what
 * comes after it. There is one table for literals and lengths and one for distances, side by side.
 * The index is the window: the next CSVK_TABLE_BITS bits of the stream. An entry says how many bits
 * to skip and which of the two tables comes next. So the loop has no branch that depends on the
 * data, except the one for rare things. An entry for literals covers as many literals as fit into
 * the window, and the length after them with its extra bits. Codes that are longer than the window
 * take a slow path, bit by bit in canonical order (RFC 1951 section 3.2.2).
 */
#include "csvkit/io/deflate/final_block/final_block.h"

#include "csvkit/io/deflate/final_block/deflate_codes.h"

/*
 * An entry is the sum of two numbers: how many bits to skip, and what comes next. Entries from RARE
 * up leave the fast loop.
 */
enum {
    SKIP_MASK = 0x3f,
    NEXT_SYMBOL = 0,
    NEXT_DISTANCE = CSVK_TABLE_SIZE, /* where the second table begins */
    RARE = 0x4000,
    LONG_SYMBOL = RARE, /* the code is longer than the window; no bit was skipped */
    LONG_DISTANCE,
    END_OF_SYMBOLS = 2 * RARE,
};

struct deflate_block {
    struct csvk_code literals, distances;
    uint16_t table[2 * CSVK_TABLE_SIZE]; /* literals and lengths, then distances */
};

/*
 * Makes the entry of the first table for one window: it covers the literals whose codes fit into
 * the window, and the length or the end of the block after them when its code fits too. `single`
 * has one symbol for each window (csvk_code_table).
 */
static uint16_t pack(const uint16_t *single, unsigned window)
{
    unsigned skipped = 0;
    for (;;) {
        unsigned bits = single[window] & 15, symbol = single[window] / 16;
        if (bits == 0 || skipped + bits > CSVK_TABLE_BITS) {
            return (uint16_t)(skipped == 0 ? LONG_SYMBOL : NEXT_SYMBOL + skipped);
        }
        skipped += bits;
        window >>= bits;
        if (symbol > CSVK_END_OF_BLOCK) {
            return (uint16_t)(NEXT_DISTANCE + skipped + csvk_length_extra(symbol));
        }
        if (symbol == CSVK_END_OF_BLOCK) {
            return (uint16_t)(END_OF_SYMBOLS + skipped);
        }
    }
}

/* Makes both tables of a block from the lengths of its codes; false when these cannot be codes. */
static bool make_block(struct deflate_block *block, const uint8_t *lengths, unsigned literals,
                       unsigned distances)
{
    if (csvk_code_make(&block->literals, lengths, literals) < 0 ||
        csvk_code_make(&block->distances, lengths + literals, distances) < 0) {
        return false;
    }
    uint16_t single[CSVK_TABLE_SIZE];
    csvk_code_table(single, &block->literals);
    for (unsigned window = 0; window < CSVK_TABLE_SIZE; window++) {
        block->table[window] = pack(single, window);
    }
    csvk_code_table(single, &block->distances);
    for (unsigned window = 0; window < CSVK_TABLE_SIZE; window++) {
        unsigned bits = single[window] & 15, symbol = single[window] / 16;
        block->table[CSVK_TABLE_SIZE + window] =
            (uint16_t)(bits == 0 ? LONG_DISTANCE
                                 : NEXT_SYMBOL + bits + csvk_distance_extra(symbol));
    }
    return true;
}

/*
 * The slow path: skips a code that is longer than the window, with its extra bits. Returns what
 * comes next, or -1 when there is no such code.
 */
static int skip_long(struct csvk_bits *bits, const struct deflate_block *block, unsigned entry)
{
    csvk_bits_fill(bits);
    bool is_distance = entry == LONG_DISTANCE;
    int symbol = csvk_code_take(bits, is_distance ? &block->distances : &block->literals);
    if (symbol < 0) {
        return -1;
    }
    if (is_distance) {
        csvk_bits_skip(bits, csvk_distance_extra((unsigned)symbol));
        return NEXT_SYMBOL;
    }
    if (symbol > CSVK_END_OF_BLOCK) {
        csvk_bits_skip(bits, csvk_length_extra((unsigned)symbol));
        return NEXT_DISTANCE;
    }
    return symbol == CSVK_END_OF_BLOCK ? END_OF_SYMBOLS : NEXT_SYMBOL;
}

/* Skips what one entry covers and returns the entry; `entry` is the one before it. */
static inline unsigned step(struct csvk_bits *bits, const struct deflate_block *block,
                            unsigned entry)
{
    entry = block->table[(entry & CSVK_TABLE_SIZE) + csvk_bits_peek(bits, CSVK_TABLE_BITS)];
    if (entry < RARE) {
        csvk_bits_skip(bits, entry & SKIP_MASK);
    }
    return entry;
}

/*
 * The fast loop: goes on after `entry` until something rare comes, and returns its entry; or -1
 * when the stream has ended before that.
 *
 * Two steps need no more bits than one fill provides (56): a distance takes at most 24 bits (11 of
 * its code, 13 extra), and an entry for literals and a length at most 16 (11, 5 extra). No distance
 * follows another one. The position is kept in `at`, a copy of *bits, so that it stays in
 * registers.
 */
static int skip_common(struct csvk_bits *bits, const struct deflate_block *block, unsigned entry)
{
    struct csvk_bits at = *bits;
    do {
        if (csvk_bits_overrun(&at)) {
            return -1;
        }
        csvk_bits_fill_fast(&at);
        entry = step(&at, block, entry);
        if (entry < RARE) {
            entry = step(&at, block, entry);
        }
    } while (entry < RARE);
    *bits = at;
    return (int)entry;
}

/* Skips all symbols of a block, its end included; false when the stream is not well-formed. */
static bool skip_symbols(struct csvk_bits *bits, const struct deflate_block *block)
{
    int next = NEXT_SYMBOL;
    while (next >= 0 && next < END_OF_SYMBOLS) {
        int rare = skip_common(bits, block, (unsigned)next);
        if (rare >= END_OF_SYMBOLS) {
            csvk_bits_skip(bits, (unsigned)rare & SKIP_MASK);
            return true;
        }
        next = rare < 0 ? -1 : skip_long(bits, block, (unsigned)rare);
    }
    return next >= 0;
}

/* A block with the fixed codes of RFC 1951 section 3.2.6. */
static bool skip_fixed(struct csvk_bits *bits, struct deflate_block *block)
{
    uint8_t lengths[CSVK_LITERALS + CSVK_DISTANCES];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    memset(lengths + CSVK_LITERALS, 5, CSVK_DISTANCES);
    return make_block(block, lengths, CSVK_LITERALS, CSVK_DISTANCES) && skip_symbols(bits, block);
}

/* A block with codes of its own: RFC 1951 section 3.2.7. */
static bool skip_dynamic(struct csvk_bits *bits, struct deflate_block *block)
{
    struct csvk_code_lengths lengths;
    return csvk_code_read_lengths(bits, &lengths) &&
           make_block(block, lengths.length, lengths.literals, lengths.distances) &&
           skip_symbols(bits, block);
}

/* A stored block, which begins at the next byte boundary: RFC 1951 section 3.2.4. */
static bool skip_stored(struct csvk_bits *bits, const unsigned char *stream)
{
    size_t at = (size_t)((csvk_bits_position(bits, stream) + 7) / 8);
    size_t left = (size_t)(bits->end - stream) - at;
    if (at + 4 > (size_t)(bits->end - stream)) {
        return false;
    }
    const unsigned char *head = stream + at;
    size_t length = head[0] | (size_t)head[1] << 8, inverse = head[2] | (size_t)head[3] << 8;
    if ((length ^ inverse) != 0xffff || length > left - 4) {
        return false;
    }
    bits->next = head + 4 + length;
    bits->buffer = 0;
    bits->count = 0;
    return true;
}

/* Skips a block of type BTYPE (RFC 1951 section 3.2.3) after its first three bits. */
static bool skip_block(struct csvk_bits *bits, struct deflate_block *block, unsigned type,
                       const unsigned char *stream)
{
    switch (type) {
    case 0: return skip_stored(bits, stream);
    case 1: return skip_fixed(bits, block);
    case 2: return skip_dynamic(bits, block);
    default: return false;
    }
}

int csvk_final_block_follow(struct csvk_bytes stream, struct csvk_final_block *final)
{
    struct csvk_bits bits = {.next = stream.ptr, .end = stream.ptr + stream.len};
    struct deflate_block block;
    unsigned is_last = 0;
    while (is_last == 0) {
        csvk_bits_fill(&bits);
        final->begin = csvk_bits_position(&bits, stream.ptr);
        is_last = csvk_bits_take(&bits, 1);
        unsigned type = csvk_bits_take(&bits, 2);
        if (csvk_bits_overrun(&bits) || !skip_block(&bits, &block, type, stream.ptr)) {
            return -1;
        }
    }
    final->end = csvk_bits_position(&bits, stream.ptr);
    return final->end <= 8 * (uint64_t)stream.len && final->end + 8 > 8 * (uint64_t)stream.len ? 0
                                                                                               : -1;
}
