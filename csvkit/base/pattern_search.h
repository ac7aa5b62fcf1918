/*
 * pattern_search.h - private: where bytes occur, in far fewer steps than there are bytes.
 *
 * Of the grams (runs of four bytes) at places that are a pattern's number of grams apart, every
 * occurrence holds exactly one. So only these are looked up, and the longer the pattern, the fewer
 * they are. For patterns below CSVK_PATTERN_SHORT a search for a pair is quicker.
 */
#ifndef CSVKIT_BASE_PATTERN_SEARCH_H
#define CSVKIT_BASE_PATTERN_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#define CSVK_PATTERN_LONGEST 512 /* bytes of it that are searched for */
#define CSVK_PATTERN_SHORT   36
#define CSVK_PATTERN_BITS    13

/* Places are counted from 1; 0: there is none. */
struct csvk_pattern {
    size_t length;                         /* at most CSVK_PATTERN_LONGEST */
    uint16_t last[1 << CSVK_PATTERN_BITS]; /* by the number of a gram: where it stands last */
    uint16_t before[CSVK_PATTERN_LONGEST]; /* by the place of a gram: where it stands before */
};

/* The pattern is `bytes`, CSVK_PATTERN_SHORT of them or more, which later calls are given again.
   NULL: no memory. The caller frees it with csvk_free. */
struct csvk_pattern *csvk_pattern_new(const unsigned char *bytes, size_t length);

/* The first place of the pattern in `data`, or NULL. */
const unsigned char *csvk_pattern_find(const struct csvk_pattern *pattern,
                                       const unsigned char *bytes, const unsigned char *data,
                                       size_t size);

#endif
