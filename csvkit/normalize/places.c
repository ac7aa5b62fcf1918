/* places.c - see places.h. */
#include "csvkit/normalize/places.h"

#include "csvkit/base/bitmask.h"

#include <string.h>

void norm_places_begin(struct norm_places *places, const struct csvk_dialect *dialect, bool cr_ends)
{
    const struct csvk_dialect *old = &places->dialect;
    if (old->delimiter != dialect->delimiter || old->enclosure != dialect->enclosure ||
        old->escape != dialect->escape || places->cr_ends != cr_ends) {
        memset(places, 0, sizeof *places);
        places->dialect = *dialect;
        places->cr_ends = cr_ends;
    }
}

static void look_at(const struct norm_places *places, const unsigned char *bytes,
                    struct norm_block *block)
{
    const struct csvk_dialect *d = &places->dialect;
    block->quotes =
        d->enclosure != CSVK_NO_BYTE ? csvk_bitmask_of(bytes, (unsigned char)d->enclosure) : 0;
    block->breaks = csvk_bitmask_of(bytes, '\n') | csvk_bitmask_of(bytes, '\r');
    block->ends = csvk_bitmask_of(bytes, (unsigned char)d->delimiter) | block->breaks;
}

/* A block of which the view has a part only: the rest is not known, or not there. */
static const struct norm_block *find_partial(struct norm_places *places, uint64_t number,
                                             const unsigned char *bytes, uint64_t offset,
                                             size_t length)
{
    unsigned char copy[NORM_BLOCK] = {0};
    uint64_t first = number * NORM_BLOCK, last = first + NORM_BLOCK, end = offset + length;
    uint64_t from = first > offset ? first : offset, to = last < end ? last : end;
    uint64_t known = to - from == NORM_BLOCK ? UINT64_MAX : (UINT64_C(1) << (to - from)) - 1;
    memcpy(copy, bytes + (size_t)(from - offset), (size_t)(to - from));
    look_at(places, copy, &places->partial);
    places->partial.quotes = (places->partial.quotes & known) << (from - first);
    places->partial.ends = (places->partial.ends & known) << (from - first);
    places->partial.breaks = (places->partial.breaks & known) << (from - first);
    return &places->partial;
}

const struct norm_block *norm_places_find(struct norm_places *places, uint64_t number,
                                          const unsigned char *bytes, uint64_t offset,
                                          size_t length)
{
    uint64_t first = number * NORM_BLOCK;
    if (first < offset || first + NORM_BLOCK > offset + length) {
        return find_partial(places, number, bytes, offset, length);
    }
    struct norm_block *block = &places->block[number % NORM_BLOCKS];
    look_at(places, bytes + (size_t)(first - offset), block);
    block->number = number + 1;
    return block;
}
