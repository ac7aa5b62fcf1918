/*
 * deflate_last.c - finding the last block of a DEFLATE stream from behind, with the text at hand.
 *
 * Why: deflate_walk.c follows all codes of a stream to get at its last block, a sixth of what the
 * fastest level of libdeflate takes. The last block is some 64 KiB of a text of a MiB.
 *
 * The idea: a last block with codes of its own begins with bits that are rarely met by chance: 1,
 * then 01, three counts in range, and lengths of a code that is used up exactly (Kraft's sum is
 * one). So all bit positions are tried from the end on. What passes is followed as a block: it has
 * to end where the stream ends. How much text it makes tells where in the text it begins, and then
 * it has to make that very text: every literal and every match is compared with it. That is a
 * proof; what is there by chance does not get so far.
 *
 * Blocks that are stored or use the fixed codes have no such beginning and are not found, nor are
 * small ones and those of noise or of one value again and again, nor any longer than REACH.
 */
#include "csvkit/deflate_last.h"

#include "csvkit/deflate_code.h"

enum {
    REACH = 160 * 1024, /* bytes from the end that are searched */
    FIELD = 3,          /* bits of a length in the code of lengths */
    GROUP = 4,          /* fields that are added up at once */
    GROUPS = 1 << (FIELD * GROUP),
    WHOLE = 128, /* Kraft's sum in units of the longest code, 7 bits */
};

/* A part of a block: a match, or a literal, which has a length of 1 and is the "distance". */
struct match {
    uint16_t length, distance;
};

enum { LITERAL = 1, MOST_PARTS = 1 << 17 };

struct csvk_deflate_last {
    uint16_t kraft[GROUPS]; /* of four fields */
    struct csvk_code_lengths lengths;
    struct csvk_code literals, distances;
    uint16_t literal_table[CSVK_TABLE_SIZE], distance_table[CSVK_TABLE_SIZE];
    size_t parts;
    struct match part[MOST_PARTS];
};

struct csvk_deflate_last *csvk_deflate_last_new(void)
{
    struct csvk_deflate_last *last = csvk_calloc(1, sizeof *last);
    for (unsigned group = 0; last != NULL && group < GROUPS; group++) {
        for (unsigned i = 0; i < GROUP; i++) {
            unsigned length = group >> (FIELD * i) & 7;
            last->kraft[group] =
                (uint16_t)(last->kraft[group] + (length != 0 ? WHOLE >> length : 0));
        }
    }
    return last;
}

void csvk_deflate_last_free(struct csvk_deflate_last *last)
{
    csvk_free(last);
}

/* ---- a beginning ----------------------------------------------------------------------------- */

/*
 * Of the first 32 bits of `word` those where a last block with codes of its own may begin. Only
 * what any long block of text has is let through: distances above 256, and codes of many lengths.
 */
static uint64_t likely_beginnings(uint64_t word)
{
    uint64_t final_dynamic = word & ~(word >> 1) & word >> 2;
    uint64_t literals_above_286 = word >> 4 & word >> 5 & word >> 6 & word >> 7;
    uint64_t distances_above_30 = word >> 9 & word >> 10 & word >> 11;
    uint64_t distances_above_16 = word >> 12;
    uint64_t lengths_above_13 = word >> 16 & (word >> 15 | word >> 14);
    return final_dynamic & ~literals_above_286 & ~distances_above_30 & distances_above_16 &
           lengths_above_13 & UINT32_MAX;
}

/* Is the code of lengths at this bit one that leaves nothing over? No branch: most are not. */
static bool has_whole_code(const struct csvk_deflate_last *last, const unsigned char *stream,
                           uint64_t position)
{
    uint64_t counts = csvk_bits_word(stream + position / 8) >> position % 8;
    unsigned fields = 4 + (unsigned)(counts >> 13 & 15);
    position += 17;
    uint64_t word = csvk_bits_word(stream + position / 8) >> position % 8;
    word &= (UINT64_C(1) << FIELD * fields) - 1;
    const uint16_t *kraft = last->kraft;
    int sum = kraft[word % GROUPS] + kraft[word >> 12 & (GROUPS - 1)] +
              kraft[word >> 24 & (GROUPS - 1)] + kraft[word >> 36 & (GROUPS - 1)] +
              kraft[word >> 48 & (GROUPS - 1)];
    return sum == WHOLE;
}

/* Reads the codes of a block and makes tables; both codes must be used up. */
static bool read_codes(struct csvk_deflate_last *last, struct csvk_bits *bits)
{
    struct csvk_code_lengths *lengths = &last->lengths;
    csvk_bits_skip(bits, 3);
    if (!csvk_code_read_lengths(bits, lengths) || lengths->length[CSVK_END_OF_BLOCK] == 0 ||
        csvk_code_make(&last->literals, lengths->length, lengths->literals) != 0 ||
        csvk_code_make(&last->distances, lengths->length + lengths->literals, lengths->distances) !=
            0) {
        return false;
    }
    csvk_code_table(last->literal_table, &last->literals);
    csvk_code_table(last->distance_table, &last->distances);
    return true;
}

/* ---- the codes of a block -------------------------------------------------------------------- */

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

static inline unsigned match_length(struct csvk_bits *bits, unsigned value)
{
    unsigned above = value - 257, extra = csvk_length_extra(value);
    if (above >= 28) {
        return 258;
    }
    unsigned base = above < 8 ? 3 + above : 3 + ((4 + above % 4) << extra);
    return base + csvk_bits_take(bits, extra);
}

static inline unsigned match_distance(struct csvk_bits *bits, unsigned value)
{
    unsigned extra = csvk_distance_extra(value);
    unsigned base = value < 4 ? 1 + value : 1 + ((2 + value % 2) << extra);
    return base + csvk_bits_take(bits, extra);
}

/* At most 15 + 5 + 15 + 13 bits. A distance of 0: there is no such code. */
static inline struct match take_match(const struct csvk_deflate_last *last, struct csvk_bits *bits,
                                      unsigned value)
{
    unsigned length = match_length(bits, value);
    int code = take_symbol(bits, last->distance_table, &last->distances);
    unsigned distance = code >= 0 ? match_distance(bits, (unsigned)code) : 0;
    return (struct match){(uint16_t)length, (uint16_t)distance};
}

/*
 * Follows a block and notes what it is made of; returns how much text it makes, up to `most`, or 0
 * when it has no end or too many parts. `bits` then stands behind it.
 */
static size_t note_block(struct csvk_deflate_last *last, struct csvk_bits *bits, size_t most)
{
    struct csvk_bits at = *bits;
    size_t length = 0, parts = 0;
    while (length <= most && parts < MOST_PARTS && !csvk_bits_overrun(&at)) {
        csvk_bits_fill_fast(&at);
        int value = take_symbol(&at, last->literal_table, &last->literals);
        if (value == CSVK_END_OF_BLOCK || value < 0) {
            *bits = at;
            last->parts = parts;
            return value < 0 ? 0 : length;
        }
        struct match match = {LITERAL, (uint16_t)value};
        if (value > CSVK_END_OF_BLOCK) {
            match = take_match(last, &at, (unsigned)value);
        }
        length += match.length;
        last->part[parts++] = match;
    }
    return 0;
}

/* Do the parts make the text from `at` on? Their lengths add up to what is there. */
static bool make_text(const struct csvk_deflate_last *last, struct csvk_bytes text, size_t at)
{
    for (size_t i = 0; i < last->parts; i++) {
        struct match match = last->part[i];
        const unsigned char *here = text.ptr + at;
        if (match.length == LITERAL) {
            if (*here != match.distance) {
                return false;
            }
        } else if (match.distance == 0 || match.distance > at ||
                   memcmp(here, here - match.distance, match.length) != 0) {
            return false;
        }
        at += match.length;
    }
    return true;
}

/* ---- the search ------------------------------------------------------------------------------ */

static bool ends_with(struct csvk_bytes stream, uint64_t end)
{
    return end <= 8 * (uint64_t)stream.len && end + 8 > 8 * (uint64_t)stream.len;
}

static bool is_last_block(struct csvk_deflate_last *last, struct csvk_bytes stream,
                          struct csvk_bytes text, struct csvk_deflate_walk *walk)
{
    struct csvk_bits bits = {.next = stream.ptr + walk->last_header / 8,
                             .end = stream.ptr + stream.len};
    csvk_bits_fill(&bits);
    csvk_bits_skip(&bits, walk->last_header % 8);
    if (!read_codes(last, &bits)) {
        return false;
    }
    size_t length = note_block(last, &bits, text.len);
    walk->end = csvk_bits_position(&bits, stream.ptr);
    return length != 0 && length <= text.len && ends_with(stream, walk->end) &&
           make_text(last, text, text.len - length);
}

int csvk_deflate_last_find(struct csvk_deflate_last *last, struct csvk_bytes stream,
                           struct csvk_bytes text, struct csvk_deflate_walk *walk)
{
    enum { STEP = 4 };
    size_t steps = stream.len / STEP + 1, reach = REACH / STEP;
    for (size_t step = steps; step > 0 && steps - step < reach;) {
        step--;
        const unsigned char *at = stream.ptr + step * STEP;
        uint64_t found = likely_beginnings(csvk_bits_word(at));
        while (found != 0) {
            unsigned bit = 63 - (unsigned)__builtin_clzll(found);
            found ^= UINT64_C(1) << bit;
            walk->last_header = 8 * (uint64_t)(step * STEP) + bit;
            if (has_whole_code(last, stream.ptr, walk->last_header) &&
                is_last_block(last, stream, text, walk)) {
                return 0;
            }
        }
    }
    return -1;
}
