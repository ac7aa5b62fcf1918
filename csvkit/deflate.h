/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_DEFLATE_H
#define CSVKIT_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9, measured on `generate mixed` in blocks of 1 MiB, MB/s of text for each core and ratio
 * (zlib there: level 1 80, 2.74; level 6 20, 3.36), on a machine that did other work, too:
 *   1, 2, 3  ISA-L 1, 2, 3                     350, 2.86   320, 2.89   215, 2.94
 *   4        7 blocks ISA-L 3, 3 libdeflate 4  130, 3.00
 *   5, 6     libdeflate 4, 6                    83, 3.14    43, 3.33
 *   7, 8, 9  libdeflate 7, 9, 12                27, 3.41    about 12 and 6
 * How libdeflate 6 compares with zlib 6 hangs on the text: 1 % larger here, 2 to 7 % smaller on
 * numbers, on short columns and where all is enclosed.
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
