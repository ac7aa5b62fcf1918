/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_DEFLATE_H
#define CSVKIT_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9, measured on 100 MB of mixed table text in blocks of 1 MiB, one core, MB/s of text and
 * ratio (zlib on the same: level 1 96, 2.49; level 6 26, 3.02; level 9 19, 3.03):
 *   1, 2, 3  ISA-L 1, 2, 3          345, 2.60   321, 2.63   224, 2.67
 *   4, 5, 6  libdeflate 1, 3, 6     168, 2.69    93, 2.81    50, 3.05
 *   7, 8, 9  libdeflate 7, 9, 12     28, 3.17    15, 3.20     7, 3.28
 * The same text and level give the same bytes. CSVK_EUSAGE for another level, CSVK_ENOMEM.
 */
int csvk_deflater_new(struct csvk_deflater **out, int level, struct csvk_error *err) CSVK_MUST_USE;
/* The most bytes that a block of `length` bytes may need in `csvk_deflater_block`. */
size_t csvk_deflate_bound(size_t length);
/*
 * Writes `block` to `out` (of csvk_deflate_bound bytes) as DEFLATE blocks, none of them the final
 * one, that end on a byte and refer to nothing before them. Returns their length, or 0 when the
 * engine broke its promise.
 */
size_t csvk_deflater_block(struct csvk_deflater *deflater, struct csvk_bytes block,
                           unsigned char *out);
void csvk_deflater_free(struct csvk_deflater *deflater);

#endif
