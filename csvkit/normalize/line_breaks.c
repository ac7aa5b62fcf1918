/* line_breaks.c - see line_breaks.h. */
#include "csvkit/normalize/line_breaks.h"
#include "csvkit/base/bitmask.h"

#include <string.h>

/*
 * Bit i: an odd number of bits is set at or below i. With quotes as bits: byte i is inside of an
 * enclosure.
 *   quotes 0b00010010  ->  0b00001110
 */
static uint64_t odd_below(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

/*
 * `at` is where the next byte goes, `done` counts the bytes of `from` that were copied or replaced.
 */
struct copy {
    unsigned char *to, *at;
    const unsigned char *from;
    enum csvk_eol eol;
    size_t done; /* bytes of `from` */
    struct csvk_breaks breaks;
};

/*
 * A record whose bytes end at `end`, and after which the next one begins at `next`. `had`: its line
 * break so far.
 */
static void put_record(struct copy *copy, size_t end, size_t next, enum csvk_eol had)
{
    size_t length = end - copy->done;
    memcpy(copy->at, copy->from + copy->done, length);
    copy->at += length;
    if (copy->eol == CSVK_EOL_CRLF) {
        *copy->at++ = '\r';
    }
    *copy->at++ = '\n';
    if (had != copy->eol && copy->breaks.changed++ == 0) {
        copy->breaks.first = end;
        copy->breaks.before = copy->breaks.records;
    }
    copy->breaks.records++;
    copy->done = next;
}

static void put_lf(struct copy *copy, size_t lf)
{
    bool pair = lf > copy->done && copy->from[lf - 1] == '\r';
    put_record(copy, pair ? lf - 1 : lf, lf + 1, pair ? CSVK_EOL_CRLF : CSVK_EOL_LF);
}

/*
 * Only LF is looked for: CR LF is an LF with a CR before it. Bits of bytes after `length` are
 * masked off. What is left over at the end is a record without a line break, and gets one.
 */
struct csvk_breaks csvk_copy_with_breaks(unsigned char *to, const unsigned char *from,
                                         size_t length, int enclosure, enum csvk_eol eol)
{
    struct copy copy = {.to = to, .at = to, .from = from, .eol = eol};
    uint64_t inside = 0; /* all bits: the block begins inside of an enclosure */
    for (size_t i = 0; i < length; i += CSVK_BITMASK_BLOCK) {
        uint64_t lf = csvk_bitmask_of(from + i, '\n');
        uint64_t quotes =
            enclosure != CSVK_NO_BYTE ? csvk_bitmask_of(from + i, (unsigned char)enclosure) : 0;
        if (lf != 0) {
            lf &= ~(odd_below(quotes) ^ inside);
        }
        inside = __builtin_parityll(quotes) != 0 ? ~inside : inside;
        lf &= length - i < CSVK_BITMASK_BLOCK ? (UINT64_C(1) << (length - i)) - 1 : UINT64_MAX;
        for (; lf != 0; lf &= lf - 1) {
            put_lf(&copy, i + (size_t)__builtin_ctzll(lf));
        }
    }
    if (copy.done < length) {
        put_record(&copy, length, length, CSVK_EOL_NONE);
    }
    copy.breaks.length = (size_t)(copy.at - to);
    return copy.breaks;
}
