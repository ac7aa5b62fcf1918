/*
 * deflate_codes.c - the Huffman codes of DEFLATE (RFC 1951 section 3.2): reads the lengths of a
 * block's codes, makes the codes and tables of them, and takes single symbols.
 *
 * The codes are canonical (RFC 1951 section 3.2.2): the lengths alone define them. So a code is
 * kept as two lists: how many symbols there are of each length, and all symbols by length.
 */
#include "csvkit/io/deflate/final_block/deflate_codes.h"

enum { CODES = 19 }; /* symbols of the code that the lengths are written in */

int csvk_code_make(struct csvk_code *code, const uint8_t *lengths, unsigned symbols)
{
    memset(code->count, 0, sizeof code->count);
    for (unsigned i = 0; i < symbols; i++) {
        code->count[lengths[i]]++;
    }
    code->count[0] = 0; /* a length of 0 stands for a symbol that has no code */
    unsigned place[CSVK_MAX_BITS + 2] = {0};
    int left = 1;
    for (unsigned n = 1; n <= CSVK_MAX_BITS; n++) {
        left = 2 * left - code->count[n];
        place[n + 1] = place[n] + code->count[n];
        if (left < 0) {
            return -1;
        }
    }
    for (unsigned i = 0; i < symbols; i++) {
        if (lengths[i] != 0) {
            code->symbol[place[lengths[i]]++] = (uint16_t)i;
        }
    }
    return left;
}

/* The lowest `n` bits in reverse: a code lies in the stream with its highest bit first. */
static unsigned reverse(unsigned code, unsigned n)
{
    unsigned reversed = 0;
    for (unsigned i = 0; i < n; i++) {
        reversed = reversed << 1 | (code >> i & 1);
    }
    return reversed;
}

/* A code of n bits fills all entries whose lowest n bits are that code. */
void csvk_code_table(uint16_t *table, const struct csvk_code *code)
{
    unsigned value = 0, index = 0;
    memset(table, 0, CSVK_TABLE_SIZE * sizeof *table);
    for (unsigned n = 1; n <= CSVK_TABLE_BITS; n++, value <<= 1) {
        for (unsigned i = 0; i < code->count[n]; i++, value++, index++) {
            uint16_t entry = (uint16_t)(code->symbol[index] * 16u + n);
            for (unsigned at = reverse(value, n); at < CSVK_TABLE_SIZE; at += 1u << n) {
                table[at] = entry;
            }
        }
    }
}

/* `first` is the first code of n bits, and `index` the place of its symbol in the list. */
int csvk_code_take(struct csvk_bits *bits, const struct csvk_code *code)
{
    int value = 0, first = 0, index = 0;
    for (unsigned n = 1; n <= CSVK_MAX_BITS; n++) {
        value |= (int)csvk_bits_take(bits, 1);
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

/*
 * Reads one element of the run-length code (RFC 1951 section 3.2.7): one length, or a run of equal
 * lengths. *at is the index of the next length and moves on. False when the run is too long, or
 * when there is nothing to repeat, or no such code.
 */
static bool take_lengths(struct csvk_bits *bits, const struct csvk_code *code, uint8_t *lengths,
                         unsigned *at, unsigned total)
{
    csvk_bits_fill(bits);
    int symbol = csvk_code_take(bits, code);
    if (symbol < 16) {
        lengths[*at] = (uint8_t)symbol;
        *at += 1;
        return symbol >= 0;
    }
    if (symbol == 16 && *at == 0) {
        return false;
    }
    uint8_t value = symbol == 16 ? lengths[*at - 1] : 0;
    unsigned run = symbol == 16   ? 3 + csvk_bits_take(bits, 2)
                   : symbol == 17 ? 3 + csvk_bits_take(bits, 3)
                                  : 11 + csvk_bits_take(bits, 7);
    if (run > total - *at) {
        return false;
    }
    memset(lengths + *at, value, run);
    *at += run;
    return true;
}

/* Reads the code that the lengths are written in: RFC 1951 section 3.2.7, which has the order. */
static bool read_code_of_lengths(struct csvk_bits *bits, struct csvk_code *code)
{
    static const uint8_t order[CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[CODES] = {0};
    unsigned codes = 4 + csvk_bits_take(bits, 4);
    for (unsigned i = 0; i < codes; i++) {
        csvk_bits_fill(bits);
        lengths[order[i]] = (uint8_t)csvk_bits_take(bits, 3);
    }
    return csvk_code_make(code, lengths, CODES) >= 0;
}

/*
 * The search (final_block.c) calls this function for many places where no block begins. The bits
 * there mostly ask for more codes than there can be, and soon. So `used` adds up the codes while
 * their lengths are read, and the function gives up early. The unit is one code of 15 bits; each of
 * the two sets, literals and distances, has room for WHOLE of them.
 */
bool csvk_code_read_lengths(struct csvk_bits *bits, struct csvk_code_lengths *lengths)
{
    enum { WHOLE = 1 << CSVK_MAX_BITS };
    struct csvk_code code;
    csvk_bits_fill(bits);
    lengths->literals = 257 + csvk_bits_take(bits, 5);
    lengths->distances = 1 + csvk_bits_take(bits, 5);
    unsigned total = lengths->literals + lengths->distances, used = 0;
    if (!read_code_of_lengths(bits, &code)) {
        return false;
    }
    for (unsigned at = 0, from = 0; at < total; from = at) {
        if (csvk_bits_overrun(bits) || !take_lengths(bits, &code, lengths->length, &at, total)) {
            return false;
        }
        unsigned length = lengths->length[from];
        used += length != 0 ? (at - from) << (CSVK_MAX_BITS - length) : 0;
        if (used > (at <= lengths->literals ? WHOLE : 2 * WHOLE)) {
            return false;
        }
    }
    return true;
}
