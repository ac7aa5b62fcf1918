/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_IO_DEFLATE_DEFLATE_H
#define CSVKIT_IO_DEFLATE_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9; MB/s of text and ratio on 60 MB of `generate orders`, as `bench_gzip` prints them
 * (zlib there: level 1 85, 2.27; level 6 25, 2.62):
 *   1, 2     ISA-L 1, 2                           381, 2.32   349, 2.40
 *   3        ISA-L 2 and libdeflate 1 in turn     230, 2.43
 *   4        libdeflate 1, 1 of 64 libdeflate 5   167, 2.46
 *   5        libdeflate 1 and 5 in turn           101, 2.55
 *   6        libdeflate 5, 12 of 64 libdeflate 1   81, 2.60
 *   7, 8, 9  libdeflate 7, 9, 12                  about 43, and fewer
 * Two sizes were aimed at, on the five tables of `make bench S=slice` together: level 4 is 3 %
 * smaller than klauspost's level 2, which the platform's slicer uses; level 6 is as large as
 * zlib 6. How near they come hangs on the text, up to some percent either way. The same text and
 * level give the same bytes. CSVK_EUSAGE for another level, CSVK_ENOMEM.
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
