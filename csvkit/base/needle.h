/*
 * needle.h - private: bytes that are searched for in much data, a piece at a time.
 *
 * A few bytes are looked for in one quick pass (pair_search.h), more of them at one place for each
 * length of theirs (pattern_search.h), once that has been prepared.
 */
#ifndef CSVKIT_BASE_NEEDLE_H
#define CSVKIT_BASE_NEEDLE_H

#include "csvkit/base/pair_search.h"
#include "csvkit/base/pattern_search.h"
#include "csvkit/csvkit.h"

/* All-zero but for the bytes, one or more, which are borrowed. */
struct csvk_needle {
    struct csvk_bytes bytes;
    struct csvk_byte_pair pair;
    struct csvk_pattern *pattern; /* NULL: it is not prepared, or too short for one */
};

/* Worth it when many pieces come, or large ones. Once prepared, copies may search in several
   threads; only one of them is released. CSVK_ENOMEM. */
int csvk_needle_prepare(struct csvk_needle *needle) CSVK_MUST_USE;
void csvk_needle_release(struct csvk_needle *needle);

/* A place before which the bytes do not begin in `data`, and where CSVK_PATTERN_LONGEST of them, or
   all, stand; NULL: there is none. */
const unsigned char *csvk_needle_find(struct csvk_needle *needle, const unsigned char *data,
                                      size_t size);

#endif
