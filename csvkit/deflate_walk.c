/*
 * deflate_walk.c - following the blocks of a DEFLATE stream to its end, as fast as possible.
 *
 * Why: libdeflate makes finished streams only. To join several in one gzip member the "final" bit
 * of each one's last block must be cleared, and that block can only be found by following the codes
 * of all blocks: nothing in the format points to it. No text is made, so this costs a fraction of
 * inflating.
 *
 * The idea: codes need not be told apart, only measured. Literals and distances have a table each,
 * side by side; an entry says how many bits to skip and which of the two tables comes next, so the
 * loop has no branch that depends on the data but the one for rare things. An entry for literals
 * covers as many as fit into its window and the length behind them, extra bits included. Codes
 * longer than the window go a slow road, bit by bit in canonical order (RFC 1951, section 3.2.2).
 */
#include "csvkit/deflate_walk.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum {
    TABLE_BITS = 11,
    TABLE_SIZE = 1 << TABLE_BITS,
    MAX_BITS = 15,
    LITERALS = 288,
    DISTANCES = 32,
    CODES = 19,
    END_OF_BLOCK = 256,
};

/* An entry: bits to skip, and what comes next. Those from RARE up leave the fast loop. */
enum {
    SKIP_MASK = 0x3f,
    NEXT_SYMBOL = 0,
    NEXT_DISTANCE = TABLE_SIZE, /* the place of the second table */
    RARE = 0x4000,
    LONG_SYMBOL = RARE, /* nothing was skipped: the code is longer than the window */
    LONG_DISTANCE,
    END_OF_SYMBOLS = 2 * RARE,
};

struct bits {
    const unsigned char *next, *end; /* `end`: behind the stream, before the slack */
    uint64_t buffer;
    unsigned count;
};

/* A code: how many symbols of each length, and all of them in order. */
struct code {
    uint16_t count[MAX_BITS + 1];
    uint16_t symbol[LITERALS];
};

struct block {
    struct code literals, distances;
    uint16_t table[2 * TABLE_SIZE]; /* literals and lengths, then distances */
};

static inline bool is_overrun(const struct bits *bits)
{
    return bits->next > bits->end + 8;
}

/* At least 56 bits; those beyond the stream mean nothing, and is_overrun() stops the walk. */
static inline void fill_fast(struct bits *bits)
{
    uint64_t word;
    memcpy(&word, bits->next, sizeof word);
    bits->buffer |= le64toh(word) << bits->count;
    bits->next += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static void fill(struct bits *bits)
{
    if (!is_overrun(bits)) {
        fill_fast(bits);
    }
}

static inline unsigned peek(const struct bits *bits, unsigned n)
{
    return (unsigned)(bits->buffer & ((UINT64_C(1) << n) - 1));
}

static inline void skip(struct bits *bits, unsigned n)
{
    bits->buffer >>= n;
    bits->count -= n;
}

static inline unsigned take(struct bits *bits, unsigned n)
{
    unsigned value = peek(bits, n);
    skip(bits, n);
    return value;
}

/* Puts the symbols in order. False when the lengths describe more codes than there can be. */
static bool make_code(struct code *code, const uint8_t *lengths, unsigned symbols)
{
    memset(code->count, 0, sizeof code->count);
    for (unsigned i = 0; i < symbols; i++) {
        code->count[lengths[i]]++;
    }
    code->count[0] = 0;
    unsigned place[MAX_BITS + 2] = {0};
    int left = 1;
    for (unsigned n = 1; n <= MAX_BITS; n++) {
        left = 2 * left - code->count[n];
        place[n + 1] = place[n] + code->count[n];
        if (left < 0) {
            return false;
        }
    }
    for (unsigned i = 0; i < symbols; i++) {
        if (lengths[i] != 0) {
            code->symbol[place[lengths[i]]++] = (uint16_t)i;
        }
    }
    return true;
}

static unsigned reverse(unsigned code, unsigned n)
{
    unsigned reversed = 0;
    for (unsigned i = 0; i < n; i++) {
        reversed = reversed << 1 | (code >> i & 1);
    }
    return reversed;
}

/* single[window] = symbol * 16 + bits of its code; 0 where the code is longer than the window. */
static void make_single(uint16_t *single, const struct code *code)
{
    unsigned value = 0, index = 0;
    memset(single, 0, TABLE_SIZE * sizeof *single);
    for (unsigned n = 1; n <= TABLE_BITS; n++, value <<= 1) {
        for (unsigned i = 0; i < code->count[n]; i++, value++, index++) {
            uint16_t entry = (uint16_t)(code->symbol[index] * 16u + n);
            for (unsigned at = reverse(value, n); at < TABLE_SIZE; at += 1u << n) {
                single[at] = entry;
            }
        }
    }
}

static unsigned length_extra(unsigned symbol)
{
    unsigned above = symbol - 257;
    return above < 8 || above >= 28 ? 0 : above / 4 - 1;
}

static unsigned distance_extra(unsigned symbol)
{
    return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* As many literals as fit into the window, and what stands behind them when it fits too. */
static uint16_t pack(const uint16_t *single, unsigned window)
{
    unsigned skipped = 0;
    for (;;) {
        unsigned bits = single[window] & 15, symbol = single[window] / 16;
        if (bits == 0 || skipped + bits > TABLE_BITS) {
            return (uint16_t)(skipped == 0 ? LONG_SYMBOL : NEXT_SYMBOL + skipped);
        }
        skipped += bits;
        window >>= bits;
        if (symbol > END_OF_BLOCK) {
            return (uint16_t)(NEXT_DISTANCE + skipped + length_extra(symbol));
        }
        if (symbol == END_OF_BLOCK) {
            return (uint16_t)(END_OF_SYMBOLS + skipped);
        }
    }
}

static bool make_block(struct block *block, const uint8_t *lengths, unsigned literals,
                       unsigned distances)
{
    if (!make_code(&block->literals, lengths, literals) ||
        !make_code(&block->distances, lengths + literals, distances)) {
        return false;
    }
    uint16_t single[TABLE_SIZE];
    make_single(single, &block->literals);
    for (unsigned window = 0; window < TABLE_SIZE; window++) {
        block->table[window] = pack(single, window);
    }
    make_single(single, &block->distances);
    for (unsigned window = 0; window < TABLE_SIZE; window++) {
        unsigned bits = single[window] & 15, symbol = single[window] / 16;
        block->table[TABLE_SIZE + window] =
            (uint16_t)(bits == 0 ? LONG_DISTANCE : NEXT_SYMBOL + bits + distance_extra(symbol));
    }
    return true;
}

/* One symbol, bit by bit; -1 when there is no such code. */
static int take_slowly(struct bits *bits, const struct code *code)
{
    int value = 0, first = 0, index = 0;
    for (unsigned n = 1; n <= MAX_BITS; n++) {
        value |= (int)take(bits, 1);
        int count = code->count[n];
        if (value - first < count) {
            return code->symbol[index + value - first];
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return -1;
}

/* A code that is longer than the window; returns what comes next, or -1. */
static int skip_long(struct bits *bits, const struct block *block, unsigned entry)
{
    fill(bits);
    bool is_distance = entry == LONG_DISTANCE;
    int symbol = take_slowly(bits, is_distance ? &block->distances : &block->literals);
    if (symbol < 0) {
        return -1;
    }
    if (is_distance) {
        skip(bits, distance_extra((unsigned)symbol));
        return NEXT_SYMBOL;
    }
    if (symbol > END_OF_BLOCK) {
        skip(bits, length_extra((unsigned)symbol));
        return NEXT_DISTANCE;
    }
    return symbol == END_OF_BLOCK ? END_OF_SYMBOLS : NEXT_SYMBOL;
}

static inline unsigned step(struct bits *bits, const struct block *block, unsigned entry)
{
    entry = block->table[(entry & TABLE_SIZE) + peek(bits, TABLE_BITS)];
    if (entry < RARE) {
        skip(bits, entry & SKIP_MASK);
    }
    return entry;
}

/*
 * Goes on behind `entry` until something rare comes: returns that, or -1 behind the stream's end.
 * Two steps take at most 51 bits: 11 of a code and 13 extra of a distance, 16 of a length. The
 * position lives in `at`, away from `bits`, to stay in registers.
 */
static int skip_common(struct bits *bits, const struct block *block, unsigned entry)
{
    struct bits at = *bits;
    do {
        if (is_overrun(&at)) {
            return -1;
        }
        fill_fast(&at);
        entry = step(&at, block, entry);
        if (entry < RARE) {
            entry = step(&at, block, entry);
        }
    } while (entry < RARE);
    *bits = at;
    return (int)entry;
}

/* All symbols of a block and its end. */
static bool skip_symbols(struct bits *bits, const struct block *block)
{
    int next = NEXT_SYMBOL;
    while (next >= 0 && next < END_OF_SYMBOLS) {
        int rare = skip_common(bits, block, (unsigned)next);
        if (rare >= END_OF_SYMBOLS) {
            skip(bits, (unsigned)rare & SKIP_MASK);
            return true;
        }
        next = rare < 0 ? -1 : skip_long(bits, block, (unsigned)rare);
    }
    return next >= 0;
}

static bool skip_fixed(struct bits *bits, struct block *block)
{
    uint8_t lengths[LITERALS + DISTANCES];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    memset(lengths + LITERALS, 5, DISTANCES);
    return make_block(block, lengths, LITERALS, DISTANCES) && skip_symbols(bits, block);
}

/* One element of the run-length code of lengths; `at` moves on. */
static bool take_lengths(struct bits *bits, const struct code *code, uint8_t *lengths, unsigned *at,
                         unsigned total)
{
    fill(bits);
    int symbol = take_slowly(bits, code);
    if (symbol < 16) {
        lengths[*at] = (uint8_t)symbol;
        *at += 1;
        return symbol >= 0;
    }
    if (symbol == 16 && *at == 0) {
        return false;
    }
    uint8_t value = symbol == 16 ? lengths[*at - 1] : 0;
    unsigned run = symbol == 16   ? 3 + take(bits, 2)
                   : symbol == 17 ? 3 + take(bits, 3)
                                  : 11 + take(bits, 7);
    if (run > total - *at) {
        return false;
    }
    memset(lengths + *at, value, run);
    *at += run;
    return true;
}

static bool skip_dynamic(struct bits *bits, struct block *block)
{
    static const uint8_t order[CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + DISTANCES] = {0}, code_lengths[CODES] = {0};
    fill(bits);
    unsigned literals = 257 + take(bits, 5), distances = 1 + take(bits, 5);
    unsigned codes = 4 + take(bits, 4);
    for (unsigned i = 0; i < codes; i++) {
        fill(bits);
        code_lengths[order[i]] = (uint8_t)take(bits, 3);
    }
    struct code code;
    if (!make_code(&code, code_lengths, CODES)) {
        return false;
    }
    for (unsigned at = 0; at < literals + distances;) {
        if (is_overrun(bits) || !take_lengths(bits, &code, lengths, &at, literals + distances)) {
            return false;
        }
    }
    return make_block(block, lengths, literals, distances) && skip_symbols(bits, block);
}

static uint64_t position(const struct bits *bits, const unsigned char *stream)
{
    return (uint64_t)(bits->next - stream) * 8 - bits->count;
}

static bool skip_stored(struct bits *bits, const unsigned char *stream)
{
    size_t at = (size_t)((position(bits, stream) + 7) / 8);
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

static bool skip_block(struct bits *bits, struct block *block, unsigned type,
                       const unsigned char *stream)
{
    switch (type) {
    case 0: return skip_stored(bits, stream);
    case 1: return skip_fixed(bits, block);
    case 2: return skip_dynamic(bits, block);
    default: return false;
    }
}

int csvk_deflate_walk(const unsigned char *stream, size_t length, struct csvk_deflate_walk *walk)
{
    struct bits bits = {.next = stream, .end = stream + length};
    struct block block;
    unsigned is_last = 0;
    while (is_last == 0) {
        fill(&bits);
        walk->last_header = position(&bits, stream);
        is_last = take(&bits, 1);
        unsigned type = take(&bits, 2);
        if (is_overrun(&bits) || !skip_block(&bits, &block, type, stream)) {
            return -1;
        }
    }
    walk->end = position(&bits, stream);
    return walk->end <= 8 * (uint64_t)length && walk->end + 8 > 8 * (uint64_t)length ? 0 : -1;
}
