/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_DEFLATE_H
#define CSVKIT_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9, measured by `bench_gzip` on 60 MB of `generate orders`, MB/s of text for each core
 * of a busy machine and ratio (zlib there: level 1 76, 2.27; level 6 23, 2.62).
 *   1, 2     ISA-L 1, 2                           291, 2.32   283, 2.40
 *   3        ISA-L 2 and libdeflate 1 in turn     220, 2.43
 *   4        libdeflate 1, 3 of 16 libdeflate 4   140, 2.48
 *   5        libdeflate 1 and 5 in turn            96, 2.55
 *   6        libdeflate 5, 2 of 16 libdeflate 2    67, 2.62
 *   7, 8, 9  libdeflate 7, 9, 12                  about 43, and fewer
 * Level 6 is as near to the size of zlib 6 as libdeflate comes at its fastest; that hangs on the
 * text. libdeflate 5 alone is 0.6 % smaller: of seven tables of the world it made three 4 to 9 %
 * smaller than zlib 6, two alike, two 2 % larger; made-up ones of few words up to 4 % larger.
 * The same text and level give the same bytes. CSVK_EUSAGE for another level, CSVK_ENOMEM.
 */
int csvk_deflater_new(struct csvk_deflater **out, int level, struct csvk_error *err) CSVK_MUST_USE;
/* The most bytes that a block of `length` bytes may need in `csvk_deflater_block`. */
size_t csvk_deflate_bound(size_t length);
/*
 * Writes `block`, the `number`th of its member (from 0), to `out` (of csvk_deflate_bound bytes) as
 * DEFLATE blocks, none of them the final one, that end on a byte and refer to nothing before them.
 * Returns their length, or 0 when the engine broke its promise.
 */
size_t csvk_deflater_block(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                           unsigned char *out);
/* What the engine alone does, for comparison: pieces that cannot be joined. */
size_t csvk_deflater_bare(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                          unsigned char *out);
void csvk_deflater_free(struct csvk_deflater *deflater);

#endif
