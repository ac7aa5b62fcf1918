/*
 * reference_skip.h - private: many bytes of an oversize record in one step of the reference parser.
 * See reference_skip.c.
 */
#ifndef CSVKIT_PARSE_GRAMMAR_REFERENCE_SKIP_H
#define CSVKIT_PARSE_GRAMMAR_REFERENCE_SKIP_H

#include "csvkit/parse/grammar/reference_parser.h"

/*
 * What is known of up to 64 bytes of the bytes that are fed to the reference parser. Bit i stands
 * for byte begin + i.
 */
struct csvk_skip_block {
    size_t begin, end;          /* offsets in the bytes that are fed; end 0: nothing is known yet */
    uint64_t special;           /* never skipped: enclosure, escape, bytes worth a fact */
    uint64_t delimiter, lf, cr; /* data inside an enclosure, structure outside */
};

/*
 * Passes bytes of an oversize record, from bytes[at] on, that need no decision. What it leaves is
 * what csvk_reference_feed would have left, taking them one by one. Returns how many it has passed:
 * 0 when the next one needs a decision. `block` lives for one call of csvk_reference_feed.
 */
size_t csvk_reference_skip(struct csvk_reference_parser *parser, struct csvk_skip_block *block,
                           const unsigned char *bytes, size_t at, size_t length);
/* Bytes of the value of a field of an oversize record that ends now, `length` bytes long; 0: it is
   not over the limit. */
uint64_t csvk_reference_long_value(const struct csvk_reference_parser *parser, uint64_t length);
/* A line break inside an enclosure: notes whether the line that it ends looks like a record. */
void csvk_reference_inner_line_break(struct csvk_reference_parser *parser);
/* Ends the runs of NUL and of non-ASCII that are open: a byte follows that belongs to neither. */
void csvk_reference_close_runs(struct csvk_reference_parser *parser);

#endif
