/*
 * pair_search.h - private: where a few bytes occur, in one quick pass.
 *
 * Two places of the bytes are compared, at many places of the data at once; only where both agree
 * are all bytes compared. The two are the rarest in the data, so that this is seldom.
 */
#ifndef CSVKIT_BASE_PAIR_SEARCH_H
#define CSVKIT_BASE_PAIR_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* All-zero before the first search. Which two places it names makes no difference to what is found.
 */
struct csvk_byte_pair {
    size_t first, second; /* places in the bytes; the same one when there is one byte only */
    bool counted;         /* by how often they occur; else the first and the last place */
};

/* The first place of the bytes, one or more, in `data`; NULL: there is none. */
const unsigned char *csvk_pair_find(struct csvk_byte_pair *pair, const unsigned char *bytes,
                                    size_t length, const unsigned char *data, size_t size);

#endif
