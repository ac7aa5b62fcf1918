/* deflate_blocks.h - where the last block of a finished DEFLATE stream begins, and where it ends.
 */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_BLOCKS_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_DEFLATE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define CSVK_WALK_SLACK 16 /* readable bytes needed behind the stream, of any value */

struct csvk_deflate_walk {
    uint64_t last_header; /* bit offset of the last block's first bit, which says "final" */
    uint64_t end;         /* bit offset behind the last block */
};

/*
 * Follows the blocks of a whole raw DEFLATE stream (RFC 1951) without making its text. Returns 0,
 * or -1 when the stream is not well-formed or does not end in the byte length - 1. Any threads.
 */
int csvk_deflate_walk(const unsigned char *stream, size_t length, struct csvk_deflate_walk *walk);

#endif
