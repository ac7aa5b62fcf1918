/* final_block.h - the last block of a finished DEFLATE stream, found from behind. */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H

#include "csvkit/csvkit.h"
#include "csvkit/io/deflate/final_block/deflate_blocks.h"

/* What a search needs: tables. One search at a time. */
struct csvk_deflate_last;

/* NULL: out of memory. */
struct csvk_deflate_last *csvk_deflate_last_new(void);
/*
 * Does for `text` and the stream made from it what csvk_deflate_walk does, and returns 0; or -1
 * when the last block is not of the kind that can be found (see the .c): then csvk_deflate_walk
 * must be asked. The stream has CSVK_WALK_SLACK bytes behind it.
 */
int csvk_deflate_last_find(struct csvk_deflate_last *last, struct csvk_bytes stream,
                           struct csvk_bytes text, struct csvk_deflate_walk *walk);
void csvk_deflate_last_free(struct csvk_deflate_last *last);

#endif
