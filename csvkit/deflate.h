/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_DEFLATE_H
#define CSVKIT_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9, as tests/bench/bench_gzip measures them on 100 MB of `generate mixed` in blocks of
 * 1 MiB, MB/s of text for each core and ratio (zlib there: level 1 99, 2.73; level 6 22, 3.37):
 *   1, 2, 3  ISA-L 1, 2, 3                         382, 2.85   375, 2.88   264, 2.93
 *   4        7 blocks ISA-L 3, 3 libdeflate 4      167, 3.03
 *   5        libdeflate 4                           89, 3.26
 *   6        6 blocks libdeflate 5, 4 libdeflate 6  60, 3.39 (just below the size of zlib 6)
 *   7, 8, 9  libdeflate 7, 9, 12                    29, 3.55    12, 3.62     6, 3.72
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
