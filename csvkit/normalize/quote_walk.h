/*
 * quote_walk.h - private: the quotes of a record one after the other, two side by side taken as a
 * pair. The edits of all fields ask for them, each from its field on; one walk answers all, because
 * a walk from any place is the rest of a walk from further up, unless it begins between the quotes
 * of a pair.
 */
#ifndef CSVKIT_NORMALIZE_QUOTE_WALK_H
#define CSVKIT_NORMALIZE_QUOTE_WALK_H

#include "csvkit/normalize/view.h"

enum { NORM_WALK = 64, NORM_INNER_ENDS = 6 };

struct norm_walked {
    size_t at;       /* of the quote, or the first one of a pair */
    bool pair, ends; /* ends: a field may end after it, or after the pair */
};

struct norm_walk {
    const struct norm_view *view;
    struct norm_walked list[NORM_WALK];
    size_t count, next; /* `next`: where the walk goes on; NORM_NOWHERE: there are no more quotes */
    size_t asked;       /* the number that was asked for last */
    uint64_t number, quotes; /* the block that was looked at last: its number, its quotes */
};

/* Questions must be asked from the left to the right. */
static inline void norm_walk_begin(struct norm_walk *walk, const struct norm_view *view, size_t at)
{
    walk->view = view;
    walk->count = 0;
    walk->next = at;
    walk->asked = 0;
    walk->number = UINT64_MAX;
}

/* As norm_view_single_quote. */
size_t norm_walk_single(struct norm_walk *walk, size_t from);
/* As norm_view_inner_ends for NORM_MODE_INNER (0) and NORM_MODE_PAIRS (1), the first
   NORM_INNER_ENDS of each. */
void norm_walk_inner_ends(struct norm_walk *walk, size_t at, size_t ends[2][NORM_INNER_ENDS],
                          size_t count[2]);

#endif
