/*
 * pattern_search.h - private: where bytes occur, in far fewer steps than there are bytes.
 *
 * Of the grams (runs of four bytes) at places that are a pattern's number of grams apart, every
 * occurrence holds exactly one. So only these are looked up, and the longer the pattern, the fewer
 * they are. For patterns below PATTERN_SHORT a search for a pair is quicker.
 */
#ifndef VALIDATOR_PATTERN_SEARCH_H
#define VALIDATOR_PATTERN_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#define PATTERN_LONGEST 512 /* bytes of it that are searched for */
#define PATTERN_SHORT   36
#define PATTERN_BITS    13

struct pattern {
    size_t length;                    /* at most PATTERN_LONGEST */
    uint16_t last[1 << PATTERN_BITS]; /* by the number of a gram: 1 + where it stands last, or 0 */
    uint16_t before[PATTERN_LONGEST]; /* the same for the place before, of a gram of this number */
};

/* The pattern is `bytes`, PATTERN_SHORT of them or more, which later calls are given again. NULL:
   no memory. The caller frees it with csvk_free. */
struct pattern *pattern_new(const unsigned char *bytes, size_t length);

/* The first place of the pattern in `data`, or NULL. */
const unsigned char *pattern_find(const struct pattern *pattern, const unsigned char *bytes,
                                  const unsigned char *data, size_t size);

#endif
