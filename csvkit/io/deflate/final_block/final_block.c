/*
 * final_block.c - finds the final block of a DEFLATE stream by a search from its end. The text that
 * the stream was made from must be at hand.
 *
 * Why. deflate_blocks.c follows all codes of a stream to get to its final block. That takes a sixth
 * of the time of libdeflate's fastest level, although the final block holds only some 64 KiB of a
 * text of 1 MiB.
 *
 * The idea. A final block with codes of its own begins with bits that are rare by chance (RFC 1951
 * section 3.2.7): the bit 1, the bits 0 and 1, three counts in range, and the lengths of a complete
 * code (Kraft's sum is exactly 1). So every bit position is tried, from the end backwards. A place
 * that passes is followed as if it were a block, which must end where the stream ends. The length
 * of the text that the block makes tells where in the text it begins. Then every literal and every
 * match is compared with the text. When all of them agree, that is a proof: bits that look like a
 * block by chance do not get so far.
 *
 * Speed. The time goes into the bits that are tried and into the codes of the one block that is
 * followed. So both loops avoid branches that depend on the data. Bits are tried in words of 56,
 * one stretch of words after another. The block is followed in parts: a run of literals, and the
 * match after it.
 *
 * What is not found: a stored block or one with the fixed codes, because they have no such
 * beginning; a small block; a block of noise or of one value repeated; and a block of more than
 * REACH bytes.
 */
#include "csvkit/io/deflate/final_block/final_block.h"

#include "csvkit/io/deflate/final_block/deflate_codes.h"

enum {
    REACH = 160 * 1024, /* bytes from the end that are searched */
    FIELD = 3,          /* bits of a field: one length of the code that lengths are written in */
    GROUP = 4,          /* fields that are added up at once */
    GROUPS = 1 << (FIELD * GROUP),
    COMPLETE = 128, /* Kraft's sum of a complete code, in units of the longest code, 7 bits */
};

/* A part of a block: literals, and the match after them. */
struct match_part {
    uint32_t literals;         /* how many */
    uint16_t length, distance; /* of the match, in bytes of text */
};

enum { MOST_PARTS = 1 << 16, MOST_LITERALS = 1 << 17, WORD = 8 };

struct csvk_final_block_search {
    uint16_t kraft[GROUPS]; /* Kraft's sum of every group of four fields */
    struct csvk_code_lengths lengths;
    struct csvk_code literals, distances;
    uint16_t literal_table[CSVK_TABLE_SIZE], distance_table[CSVK_TABLE_SIZE];
    size_t parts, literals_after; /* literals_after: after the last match */
    struct match_part part[MOST_PARTS];
    unsigned char literal[MOST_LITERALS + WORD];
};

struct csvk_final_block_search *csvk_final_block_search_new(void)
{
    struct csvk_final_block_search *search = csvk_calloc(1, sizeof *search);
    for (unsigned group = 0; search != NULL && group < GROUPS; group++) {
        for (unsigned i = 0; i < GROUP; i++) {
            unsigned length = group >> (FIELD * i) & 7;
            search->kraft[group] =
                (uint16_t)(search->kraft[group] + (length != 0 ? COMPLETE >> length : 0));
        }
    }
    return search;
}

void csvk_final_block_search_free(struct csvk_final_block_search *search)
{
    csvk_free(search);
}

/* ---- where a block may begin ----------------------------------------------------------------- */

/* Bits are tried in steps of 7 bytes, and the places found are collected for a stretch of steps. */
enum { STEP = 7, STEP_BITS = 8 * STEP, STRETCH = 32 /* steps */ };

/* Where a final block may begin: bit offsets from the first bit of a stretch. */
struct places {
    unsigned count;
    uint16_t bit[STRETCH * STEP_BITS];
};

/*
 * Of the 56 bits at `at`, those where a final block with codes of its own may begin, as a mask. All
 * bits are tested at once, by shifts of the whole word. By RFC 1951 section 3.2.7 a block begins
 * with 3 bits of head, 5 bits for the number of literals and lengths (at most 286), 5 bits for the
 * number of distances (at most 30) and 4 bits for the number of fields. Only what every long block
 * of text has passes: distances above 256 (so more than 16 symbols for them) and a code of lengths
 * with more than 13 fields.
 */
static uint64_t likely_beginnings(const unsigned char *at)
{
    uint64_t word = csvk_bits_word(at), by_8 = csvk_bits_word(at + 1);
    uint64_t by_16 = csvk_bits_word(at + 2);
    uint64_t final_dynamic = word & ~(word >> 1) & word >> 2;
    uint64_t literals_above_286 = word >> 4 & word >> 5 & word >> 6 & word >> 7;
    uint64_t distances_above_30 = by_8 >> 1 & by_8 >> 2 & by_8 >> 3;
    uint64_t distances_above_16 = by_8 >> 4;
    uint64_t fields_above_13 = by_16 & (by_8 >> 7 | by_8 >> 6);
    return final_dynamic & ~literals_above_286 & ~distances_above_30 & distances_above_16 &
           fields_above_13 & ((UINT64_C(1) << STEP_BITS) - 1);
}

/*
 * Adds the bits that are set in `found`. There are at most USUAL of them as a rule, and for these
 * no branch depends on how many there are.
 */
static inline void add_places(struct places *places, uint64_t found, unsigned offset)
{
    enum { USUAL = 3 };
    unsigned count = places->count;
    for (unsigned i = 0; i < USUAL || found != 0; i++) {
        unsigned bit = (unsigned)__builtin_ctzll(found | UINT64_C(1) << 63);
        places->bit[count] = (uint16_t)(offset + bit);
        count += found != 0;
        found &= found - 1;
    }
    places->count = count;
}

/* Whether the code of lengths of a block that begins at this bit is complete (Kraft's sum is 1). */
static inline bool has_complete_code(const uint16_t *kraft, const unsigned char *from, unsigned bit)
{
    unsigned fields = 4 + (unsigned)(csvk_bits_word(from + bit / 8) >> bit % 8 >> 13 & 15);
    bit += 17;
    uint64_t word = csvk_bits_word(from + bit / 8) >> bit % 8;
    word &= (UINT64_C(1) << FIELD * fields) - 1;
    int sum = kraft[word % GROUPS] + kraft[word >> 12 & (GROUPS - 1)] +
              kraft[word >> 24 & (GROUPS - 1)] + kraft[word >> 36 & (GROUPS - 1)] +
              kraft[word >> 48];
    return sum == COMPLETE;
}

/* Finds the places in the `steps` steps from `from` on where a final block may begin. */
static void find_places(const struct csvk_final_block_search *search, const unsigned char *from,
                        unsigned steps, struct places *places)
{
    places->count = 0;
    for (unsigned step = 0; step < steps; step++) {
        add_places(places, likely_beginnings(from + (size_t)step * STEP), step * STEP_BITS);
    }
    unsigned likely = places->count, count = 0;
    for (unsigned i = 0; i < likely; i++) {
        places->bit[count] = places->bit[i];
        count += has_complete_code(search->kraft, from, places->bit[i]);
    }
    places->count = count;
}

/*
 * Reads the codes of a block and makes their tables. False when they are not well-formed or not
 * complete: both codes must have no code left over.
 */
static bool read_codes(struct csvk_final_block_search *search, struct csvk_bits *bits)
{
    struct csvk_code_lengths *lengths = &search->lengths;
    csvk_bits_skip(bits, 3);
    if (!csvk_code_read_lengths(bits, lengths) || lengths->length[CSVK_END_OF_BLOCK] == 0 ||
        csvk_code_make(&search->literals, lengths->length, lengths->literals) != 0 ||
        csvk_code_make(&search->distances, lengths->length + lengths->literals,
                       lengths->distances) != 0) {
        return false;
    }
    csvk_code_table(search->literal_table, &search->literals);
    csvk_code_table(search->distance_table, &search->distances);
    return true;
}

/* ---- the codes of a block -------------------------------------------------------------------- */

/* Takes one symbol by its table, or bit by bit when its code is long; -1: no such code. */
static inline int take_symbol(struct csvk_bits *bits, const uint16_t *table,
                              const struct csvk_code *code)
{
    unsigned entry = table[csvk_bits_peek(bits, CSVK_TABLE_BITS)];
    if (entry == 0) {
        struct csvk_bits copy = *bits; /* so that `bits` can stay in registers */
        int symbol = csvk_code_take(&copy, code);
        *bits = copy;
        return symbol;
    }
    csvk_bits_skip(bits, entry & 15);
    return (int)(entry / 16);
}

/* The length of a match, 3 to 258, with its extra bits (RFC 1951 section 3.2.5). */
static inline unsigned match_length(struct csvk_bits *bits, unsigned value)
{
    unsigned above = value - 257, extra = csvk_length_extra(value);
    if (above >= 28) {
        return 258;
    }
    unsigned base = above < 8 ? 3 + above : 3 + ((4 + above % 4) << extra);
    return base + csvk_bits_take(bits, extra);
}

/* The distance of a match with its extra bits (RFC 1951 section 3.2.5). */
static inline unsigned match_distance(struct csvk_bits *bits, unsigned value)
{
    unsigned extra = csvk_distance_extra(value);
    unsigned base = value < 4 ? 1 + value : 1 + ((2 + value % 2) << extra);
    return base + csvk_bits_take(bits, extra);
}

/* Takes a match whose length has the symbol `value`. A distance of 0: there is no such code. */
static inline struct match_part take_match(const struct csvk_final_block_search *search,
                                           struct csvk_bits *bits, unsigned value)
{
    unsigned length = match_length(bits, value);
    csvk_bits_fill(bits);
    int code = take_symbol(bits, search->distance_table, &search->distances);
    unsigned distance = code >= 0 ? match_distance(bits, (unsigned)code) : 0;
    return (struct match_part){0, (uint16_t)length, (uint16_t)distance};
}

/* Whether a table's entry is a literal. One comparison: 0, a code that is too long, wraps around.
 */
static inline bool is_literal(unsigned entry)
{
    return entry - 1 < CSVK_END_OF_BLOCK * 16 - 1;
}

/*
 * Takes all literals up to the next other symbol, and that symbol, which it returns; -1 when there
 * is no such code, or no end. Two literals and the length of a match need no more bits than one
 * fill provides.
 */
static inline int take_literals(struct csvk_final_block_search *search, struct csvk_bits *bits,
                                size_t *literals)
{
    const uint16_t *table = search->literal_table;
    while (*literals < MOST_LITERALS && !csvk_bits_overrun(bits)) {
        csvk_bits_fill_fast(bits);
        unsigned taken = 0, entry = table[csvk_bits_peek(bits, CSVK_TABLE_BITS)];
        for (; taken < 2 && is_literal(entry); taken++) {
            search->literal[(*literals)++] = (unsigned char)(entry / 16);
            csvk_bits_skip(bits, entry & 15);
            entry = table[csvk_bits_peek(bits, CSVK_TABLE_BITS)];
        }
        if (taken == 2) {
            continue;
        }
        int value = take_symbol(bits, table, &search->literals);
        if (value < 0 || value >= CSVK_END_OF_BLOCK) {
            return value;
        }
        search->literal[(*literals)++] = (unsigned char)value;
    }
    return -1;
}

/*
 * Follows a block and stores its literals and parts in `search`. Returns how many bytes of text the
 * block makes; *bits is then the place after it. Returns 0 when the block has no end or too many
 * parts, or when its matches alone make more text than `most`.
 */
static size_t follow_block(struct csvk_final_block_search *search, struct csvk_bits *bits,
                           size_t most)
{
    struct csvk_bits at = *bits;
    size_t matched = 0, literals = 0, taken = 0;
    for (size_t parts = 0; matched <= most && parts < MOST_PARTS; parts++) {
        int value = take_literals(search, &at, &literals);
        if (value <= CSVK_END_OF_BLOCK) {
            *bits = at;
            search->parts = parts;
            search->literals_after = literals - taken;
            return value < 0 ? 0 : matched + literals;
        }
        struct match_part part = take_match(search, &at, (unsigned)value);
        part.literals = (uint32_t)(literals - taken);
        taken = literals;
        matched += part.length;
        search->part[parts] = part;
    }
    return 0;
}

/*
 * Compares `n` bytes by words, which is faster than memcmp for the short. Both sides must have at
 * least one more word after their `n` bytes.
 */
static inline bool equal_words(const unsigned char *a, const unsigned char *b, size_t n)
{
    for (; n >= WORD; a += WORD, b += WORD, n -= WORD) {
        if (csvk_bits_word(a) != csvk_bits_word(b)) {
            return false;
        }
    }
    return ((csvk_bits_word(a) ^ csvk_bits_word(b)) & ((UINT64_C(1) << 8 * n) - 1)) == 0;
}

/*
 * The proof: whether the parts of the block make exactly the text from `at` to its end. The caller
 * has checked that their lengths add up to that. Close to the end of the text there is no room for
 * equal_words.
 */
static bool parts_make_text(const struct csvk_final_block_search *search, struct csvk_bytes text,
                            size_t at)
{
    const unsigned char *literal = search->literal;
    for (size_t i = 0; i < search->parts; i++) {
        struct match_part part = search->part[i];
        const unsigned char *here = text.ptr + at, *match = here + part.literals;
        at += part.literals;
        if (part.distance == 0 || part.distance > at) {
            return false;
        }
        at += part.length;
        bool equal = text.len - at < WORD
                         ? memcmp(here, literal, part.literals) == 0 &&
                               memcmp(match, match - part.distance, part.length) == 0
                         : equal_words(here, literal, part.literals) &&
                               equal_words(match, match - part.distance, part.length);
        if (!equal) {
            return false;
        }
        literal += part.literals;
    }
    return memcmp(text.ptr + at, literal, search->literals_after) == 0;
}

/* ---- the search ------------------------------------------------------------------------------ */

/* Whether `end`, in bits, lies in the last byte of the stream or right after it. */
static bool is_end_of(struct csvk_bytes stream, uint64_t end)
{
    return end <= 8 * (uint64_t)stream.len && end + 8 > 8 * (uint64_t)stream.len;
}

/* Whether the final block begins at block->begin. Sets block->end. */
static bool is_final_block(struct csvk_final_block_search *search, struct csvk_bytes stream,
                           struct csvk_bytes text, struct csvk_final_block *block)
{
    struct csvk_bits bits = {.next = stream.ptr + block->begin / 8, .end = stream.ptr + stream.len};
    csvk_bits_fill(&bits);
    csvk_bits_skip(&bits, block->begin % 8);
    if (!read_codes(search, &bits)) {
        return false;
    }
    size_t length = follow_block(search, &bits, text.len);
    block->end = csvk_bits_position(&bits, stream.ptr);
    return length != 0 && length <= text.len && is_end_of(stream, block->end) &&
           parts_make_text(search, text, text.len - length);
}

int csvk_final_block_find(struct csvk_final_block_search *search, struct csvk_bytes stream,
                          struct csvk_bytes text, struct csvk_final_block *block)
{
    struct places places;
    size_t steps = stream.len / STEP, reach = REACH / STEP; /* no block begins in the rest */
    size_t least = steps > reach ? steps - reach : 0;
    while (steps > least) {
        size_t stretch = steps - least < STRETCH ? steps - least : STRETCH;
        steps -= stretch;
        find_places(search, stream.ptr + steps * STEP, (unsigned)stretch, &places);
        while (places.count > 0) {
            block->begin = 8 * (uint64_t)(steps * STEP) + places.bit[--places.count];
            if (is_final_block(search, stream, text, block)) {
                return 0;
            }
        }
    }
    return -1;
}
