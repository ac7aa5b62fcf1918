/*
 * view_masks.h - private to view*.c: where the structural bytes of a view are, by the masks of its
 * places.
 */
#ifndef CSVKIT_NORMALIZE_VIEW_MASKS_H
#define CSVKIT_NORMALIZE_VIEW_MASKS_H

#include "csvkit/normalize/view.h"

#include <string.h>

enum norm_mask { NORM_QUOTES, NORM_ENDS, NORM_BREAKS };

static inline const struct norm_block *norm_block_of(const struct norm_view *view, uint64_t place)
{
    return norm_places_block(view->places, place / NORM_BLOCK, view->bytes, view->offset,
                             view->length);
}

/* The first place in [at, to) whose bit is set; `to` when there is none. Only with places. */
static inline size_t norm_next_bit(const struct norm_view *view, size_t at, size_t to,
                                   enum norm_mask mask)
{
    while (at < to) {
        uint64_t place = view->offset + at;
        const struct norm_block *block = norm_block_of(view, place);
        uint64_t bits = mask == NORM_QUOTES ? block->quotes
                        : mask == NORM_ENDS ? block->ends
                                            : block->breaks;
        bits >>= place % NORM_BLOCK;
        if (bits != 0) {
            at += (size_t)__builtin_ctzll(bits);
            return at < to ? at : to;
        }
        at += NORM_BLOCK - (size_t)(place % NORM_BLOCK);
    }
    return to;
}

/* The first quote in [at, to); `to` when there is none. */
static inline size_t norm_quote_before(const struct norm_view *view, size_t at, size_t to)
{
    if (view->places != NULL) {
        return norm_next_bit(view, at, to, NORM_QUOTES);
    }
    const unsigned char *found =
        at < to ? memchr(view->bytes + at, view->dialect.enclosure, to - at) : NULL;
    return found != NULL ? (size_t)(found - view->bytes) : to;
}

#endif
