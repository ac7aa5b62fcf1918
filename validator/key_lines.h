/* key_lines.h - private: counts line breaks quickly, for the lines of repeated and empty keys. */
#ifndef VALIDATOR_KEY_LINES_H
#define VALIDATOR_KEY_LINES_H

#include "csvkit/csvkit.h"

/* May the bytes hold a CR? Counting takes half the time when they do not. */
enum key_crs { KEY_NO_CR, KEY_CRS };

/*
 * The number of line breaks in `bytes`: LF, CR LF and single CR are one each. `bytes` must end
 * right after a line break (or be empty), and CSVK_RECORD_SLACK bytes after it must be readable.
 */
typedef uint64_t key_lines_fn(struct csvk_bytes bytes, enum key_crs crs);
/* The best counter for this processor that needs no higher instruction set than `level`. */
key_lines_fn *key_lines_counter(enum csvk_simd level);

#endif
