/* key_lines.h - private: counts line breaks, quickly. */
#ifndef VALIDATOR_KEY_LINES_H
#define VALIDATOR_KEY_LINES_H

#include "csvkit/csvkit.h"

/* Is there a CR in what is counted? Without, it takes half the time. */
enum key_crs { KEY_NO_CR, KEY_CRS };

/*
 * Line breaks in `bytes`: LF, CR LF and single CR are one each. `bytes` ends behind a line break;
 * CSVK_RECORD_SLACK bytes behind it are readable.
 */
typedef uint64_t key_lines_fn(struct csvk_bytes bytes, enum key_crs crs);
/* A counter for this machine, none above `level`. */
key_lines_fn *key_lines_counter(enum csvk_simd level);

#endif
