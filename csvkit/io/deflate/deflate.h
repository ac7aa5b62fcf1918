/*
 * deflate.h - compresses one block of text to a piece of DEFLATE data (RFC 1951) that can be joined
 * with the pieces of the blocks before and after it.
 *
 * A deflater is used by one thread at a time; each thread has its own. Different deflaters of the
 * same level give the same bytes.
 */
#ifndef CSVKIT_IO_DEFLATE_DEFLATE_H
#define CSVKIT_IO_DEFLATE_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Makes a deflater for a level from 1 to 9. The table shows the engines of each level, with MB of
 * text per second and ratio, as `bench_gzip` prints them for 60 MB of `generate orders` (zlib on
 * the same text: level 1 85, 2.27; level 6 25, 2.62):
 *   1, 2     ISA-L 1, 2                           381, 2.32   349, 2.40
 *   3        ISA-L 2 and libdeflate 1 in turn     230, 2.43
 *   4        libdeflate 1, 1 of 64 libdeflate 5   167, 2.46
 *   5        libdeflate 1 and 5 in turn           101, 2.55
 *   6        libdeflate 5, 12 of 64 libdeflate 1   81, 2.60
 *   7, 8, 9  libdeflate 7, 9, 12                  about 43, and fewer
 * The levels aim at two sizes, measured on the five tables of `make bench S=slice` together: the
 * output of level 4 is 3 % smaller than that of klauspost's level 2, which the platform's slicer
 * uses; the output of level 6 is as large as that of zlib's level 6. How close they come depends on
 * the text; it may be some percent off either way.
 *
 * The same text and level give the same bytes. The caller frees *out with csvk_deflater_free.
 * CSVK_EUSAGE for any other level, CSVK_ENOMEM.
 */
int csvk_deflater_new(struct csvk_deflater **out, int level, struct csvk_error *err) CSVK_MUST_USE;
/* The size in bytes of the buffer that csvk_deflater_block needs for `length` bytes of text. */
size_t csvk_deflate_bound(size_t length);
/*
 * Compresses `block` to `out`, which has room for csvk_deflate_bound(block.len) bytes. `number` is
 * the number of the block in its member, from 0; in the levels with two settings it decides which
 * one is used. The result is a piece: whole DEFLATE blocks, none of them the final one, that end at
 * a byte boundary and refer to no text before them. Returns the length of the piece in bytes, or 0
 * when the engine failed.
 */
size_t csvk_deflater_block(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                           unsigned char *out);
/*
 * The engine of csvk_deflater_block alone, as the measure for what is added to it here. What
 * libdeflate makes is then a finished stream, which cannot be joined.
 */
size_t csvk_deflater_bare(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                          unsigned char *out);
/* Frees the deflater; NULL is allowed. */
void csvk_deflater_free(struct csvk_deflater *deflater);

#endif
