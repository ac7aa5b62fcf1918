/*
 * final_block.h - finds where the final block of a finished DEFLATE stream (RFC 1951) begins and
 * ends.
 *
 * Why. Several streams can be joined in one gzip member only when none of them but the last one has
 * a final block. So the final bit (BFINAL, RFC 1951 section 3.2.3) of the others must be found and
 * cleared. There are two ways to find it:
 *   - csvk_final_block_follow (deflate_blocks.c) follows the blocks of the whole stream. It works
 *     for every stream.
 *   - csvk_final_block_find (final_block.c) searches from the end and needs the text. It is much
 *     faster, and works for most streams that a compressor writes.
 *
 * This is the only header of the folder that other folders may include.
 */
#ifndef CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H
#define CSVKIT_IO_DEFLATE_FINAL_BLOCK_FINAL_BLOCK_H

#include "csvkit/csvkit.h"

#define CSVK_FINAL_BLOCK_SLACK 16 /* readable bytes needed after the stream, of any value */

struct csvk_final_block {
    uint64_t begin; /* offset of its first bit, the final bit; in bits from the stream's start */
    uint64_t end;   /* offset of the bit after its last one; in bits */
};

/*
 * Follows the blocks of a whole raw stream without making its text. CSVK_FINAL_BLOCK_SLACK bytes
 * after the stream must be readable. Returns 0, or -1 when the stream is not well-formed or does
 * not end in its last byte; *block then means nothing. Any thread.
 */
int csvk_final_block_follow(struct csvk_bytes stream, struct csvk_final_block *block);

/* The working memory of a search, about 700 KiB. It serves one search at a time. */
struct csvk_final_block_search;

/* Returns NULL when memory ran out. The caller frees it with csvk_final_block_search_free. */
struct csvk_final_block_search *csvk_final_block_search_new(void);
/*
 * Gives the same answer as csvk_final_block_follow for a stream that was made from `text`, with the
 * same bytes readable after it. Returns -1 when the final block is not of a kind that can be found
 * from the end (see final_block.c); then the caller must ask csvk_final_block_follow.
 */
int csvk_final_block_find(struct csvk_final_block_search *search, struct csvk_bytes stream,
                          struct csvk_bytes text, struct csvk_final_block *block);
/* NULL is allowed. */
void csvk_final_block_search_free(struct csvk_final_block_search *search);

#endif
