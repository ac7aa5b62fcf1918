/* reference_skip.h - private: see reference_skip.c. */
#ifndef CSVKIT_PARSE_GRAMMAR_REFERENCE_SKIP_H
#define CSVKIT_PARSE_GRAMMAR_REFERENCE_SKIP_H

#include "csvkit/parse/grammar/reference_parser.h"

/* What is known of up to 64 bytes of what the reference parser is fed: bit i is byte begin + i. */
struct csvk_skip_block {
    size_t begin, end;          /* offsets in the bytes that are fed; end 0: nothing yet */
    uint64_t special;           /* never skipped: enclosure, escape, bytes worth a fact */
    uint64_t delimiter, lf, cr; /* data inside an enclosure, structure outside */
};

/*
 * Passes bytes of an oversize record from bytes[at] on that need no decision, as
 * csvk_reference_feed would one by one; returns how many, 0 when the next one needs it. `block`
 * lives for one feed.
 */
size_t csvk_reference_skip(struct csvk_reference_parser *parser, struct csvk_skip_block *block,
                           const unsigned char *bytes, size_t at, size_t length);
/* A line break inside an enclosure: does the line that it ends look like a record? */
void csvk_reference_inner_line_break(struct csvk_reference_parser *parser);
/* Ends the open runs of NUL and of non-ASCII: an ASCII byte follows. */
void csvk_reference_close_runs(struct csvk_reference_parser *parser);

#endif
