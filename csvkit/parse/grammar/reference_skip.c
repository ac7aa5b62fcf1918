/*
 * reference_skip.c - many bytes of an oversize record in one step of the reference parser.
 *
 * A forgotten enclosure makes one record of the rest of a file, so this is the speed of reading
 * such a file.
 *
 * Only bytes that change no state are skipped: printable ASCII that is neither enclosure nor
 * escape; inside an enclosure also delimiters and line breaks, which are only counted. Every other
 * byte is left to the reference parser. So is the first byte after it, unless the state is one of
 * those in may_skip. A delimiter of several bytes is left to the reference parser, too: the first
 * byte of it is never skipped.
 *
 * Only oversize records come here. On all other records the reference parser stays the plain
 * measure that the scan is compared with; and tests compare the reference parser with skipping and
 * without.
 */
#include "csvkit/parse/grammar/reference_skip.h"
#include "csvkit/parse/grammar/structural_bytes.h"

#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#define SCAN_TARGET
#include "csvkit/base/bytes64_sse2.h"
#else
#include "csvkit/base/bytes64_portable.h"
#endif

/* The bits before `bit`, which may be 64. */
static uint64_t below(size_t bit)
{
    return bit >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bit) - 1;
}

/* Makes the masks of the block at block->begin. */
static void load(struct csvk_skip_block *block, const struct csvk_table *table,
                 const unsigned char *bytes, size_t length)
{
    unsigned char rest[64];
    size_t n = length - block->begin < 64 ? length - block->begin : 64;
    const unsigned char *from = bytes + block->begin;
    if (n < 64) { /* the bytes after `length` must not be looked at */
        memset(rest, 0, sizeof rest);
        memcpy(rest, from, n);
        from = rest;
    }
    struct structural_bytes structural = structural_bytes_of(table);
    chunk c = chunk_load(from);
    block->end = block->begin + n;
    block->delimiter = chunk_eq(c, structural.delimiter) & below(n);
    block->lf = chunk_eq(c, '\n');
    block->cr = chunk_eq(c, '\r');
    block->special = chunk_suspect(c) & ~(block->delimiter | block->lf | block->cr);
    if (!csvk_wants(table, CSVK_FACT_TAB)) {
        block->special &= ~chunk_eq(c, '\t');
    }
    if (table->dialect.more_length != 0) {
        block->special |= block->delimiter;
        block->delimiter = 0;
    }
    block->special |= chunk_eq(c, structural.enclosure) & structural.quote_on;
    if (structural.escape != CSVK_NO_BYTE) {
        block->special |= chunk_eq(c, structural.escape);
    }
}

/*
 * Counts lines, and delimiters since the last line break, among the enclosed data from the bit
 * `from` to the bit `to`.
 */
static void count_inner(struct csvk_reference_parser *parser, const struct csvk_skip_block *block,
                        size_t from, size_t to)
{
    uint64_t range = below(to) & ~below(from);
    uint64_t delimiters = block->delimiter & range;
    /* The LF of a CR LF ends no line of its own. */
    uint64_t before = block->cr << 1 | (uint64_t)(parser->last == '\r') << from;
    for (uint64_t left = (block->lf | block->cr) & range; left != 0; left &= left - 1) {
        size_t bit = (size_t)__builtin_ctzll(left);
        parser->line_begin = parser->position + (bit - from) + 1;
        if ((block->lf & before) >> bit & 1) {
            continue;
        }
        parser->open.inner.delimiters += csvk_bit_count(delimiters & below(bit));
        delimiters &= ~below(bit);
        parser->open.lines++;
        csvk_reference_inner_line_break(parser);
    }
    parser->open.inner.delimiters += csvk_bit_count(delimiters);
}

/*
 * True when the state stays the same whatever plain bytes come: not in the middle of an escape or a
 * UTF-8 sequence, nor where the next byte decides what an enclosure means.
 */
static bool may_skip(const struct csvk_reference_parser *parser, unsigned char next)
{
    if (parser->escaped || parser->sequence.count != 0) {
        return false;
    }
    switch (parser->state) {
    case REFERENCE_FIELD_START: return next != ' ' && next != '\t';
    case REFERENCE_UNQUOTED:
    case REFERENCE_ENCLOSED:
    case REFERENCE_LITERAL: return true;
    default: return false;
    }
}

size_t csvk_reference_skip(struct csvk_reference_parser *parser, struct csvk_skip_block *block,
                           const unsigned char *bytes, size_t at, size_t length)
{
    if (!may_skip(parser, bytes[at])) {
        return 0;
    }
    size_t first = at;
    bool enclosed = parser->state == REFERENCE_ENCLOSED;
    for (bool more = true; more && at < length;) {
        if (at >= block->end) {
            block->begin = at;
            load(block, parser->table, bytes, length);
        }
        uint64_t stop = block->special;
        stop |= enclosed ? 0 : block->delimiter | block->lf | block->cr;
        /* Up to the first byte that stops, or the end of the block. */
        size_t from = at - block->begin, to = block->end - block->begin;
        stop &= below(to) & ~below(from);
        if (stop != 0) {
            to = (size_t)__builtin_ctzll(stop);
            more = false;
        }
        if (to == from) {
            break;
        }
        if (enclosed) {
            count_inner(parser, block, from, to);
        }
        parser->position += to - from;
        at = block->begin + to;
        parser->last = bytes[at - 1];
    }
    if (at != first) {
        csvk_reference_close_runs(parser);
        parser->state = parser->state == REFERENCE_FIELD_START ? REFERENCE_UNQUOTED : parser->state;
    }
    return at - first;
}

/* Nobody can measure a field of an oversize record later on. Its value lacks the enclosures around
   it, and one of each two inside. */
uint64_t csvk_reference_long_value(const struct csvk_reference_parser *parser, uint64_t length)
{
    uint64_t most = parser->table->long_field;
    bool enclosed = (parser->field_flags & CSVK_FIELD_ENCLOSED) != 0;
    uint64_t marks = parser->doubled + (enclosed ? 2 : 0);
    bool is_long = most != 0 && length > marks && length - marks > most;
    return is_long ? length - marks : 0;
}
