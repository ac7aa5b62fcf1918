/*
 * final_block.h - where the final block of a finished DEFLATE stream (RFC 1951) begins and ends.
 * This is the only header of the folder for those outside of it.
 *
 * Why: a gzip member may be made of several streams only when all but the last of them do not end
 * with a final block; so the bit that says "final" has to be found, and cleared. Two ways:
 * following the blocks of the whole stream (deflate_blocks.c), always possible; and a search from
 * the end, with the text at hand (final_block.c), much faster, for streams of the kinds that a
 * compressor writes.
 */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H

#include "csvkit/csvkit.h"

#define CSVK_FINAL_BLOCK_SLACK 16 /* readable bytes needed after the stream, of any value */

struct csvk_final_block {
    uint64_t begin; /* bit offset of the block's first bit, which says "final" */
    uint64_t end;   /* bit offset after the block */
};

/*
 * Follows the blocks of a whole raw stream without making its text. The stream has
 * CSVK_FINAL_BLOCK_SLACK bytes after it. Returns 0, or -1 when it is not well-formed or does not
 * end in its last byte. Any threads.
 */
int csvk_final_block_follow(struct csvk_bytes stream, struct csvk_final_block *block);

/* The tables of a search. One search at a time. */
struct csvk_final_block_search;

/* NULL: out of memory. */
struct csvk_final_block_search *csvk_final_block_search_new(void);
/*
 * The same answer as csvk_final_block_follow, for the stream that was made from `text`; or -1 when
 * the final block is not of the kind that can be found from the end (see final_block.c): then
 * csvk_final_block_follow has to be asked.
 */
int csvk_final_block_find(struct csvk_final_block_search *search, struct csvk_bytes stream,
                          struct csvk_bytes text, struct csvk_final_block *block);
void csvk_final_block_search_free(struct csvk_final_block_search *search);

#endif
