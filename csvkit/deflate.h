/* deflate.h - one block of text as DEFLATE blocks that join with those before and behind. */
#ifndef CSVKIT_DEFLATE_H
#define CSVKIT_DEFLATE_H

#include "csvkit/csvkit.h"

struct csvk_deflater;

/*
 * Level 1..9, as tests/bench/bench_gzip measures them on 40 MB of `generate mixed` in blocks of
 * 1 MiB, MB/s of text for each core and ratio (zlib there: level 1 100, 2.73; level 6 23, 3.37):
 *   1, 2, 3  ISA-L 1, 2, 3          388, 2.85   371, 2.88   265, 2.93
 *   4, 5, 6  libdeflate 1, 3, 6     176, 2.94    98, 3.22    51, 3.45
 *   7, 8, 9  libdeflate 7, 9, 12     29, 3.55    12, 3.62     6, 3.72 (its first 16 MiB)
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
