/* quote_walk.c - see quote_walk.h. */
#include "csvkit/normalize/quote_walk.h"

#include <string.h>

/* The first quote from walk->next on, by the masks of the block that was looked at last. */
static inline size_t next_quote(struct norm_walk *walk)
{
    const struct norm_view *view = walk->view;
    uint64_t place = view->offset + walk->next;
    if (view->places == NULL || walk->next >= view->length) {
        return norm_view_quote(view, walk->next);
    }
    if (walk->number != place / NORM_BLOCK) {
        walk->number = place / NORM_BLOCK;
        walk->quotes = norm_block_of(view, place)->quotes;
    }
    uint64_t bits = walk->quotes >> place % NORM_BLOCK;
    size_t at = walk->next + (bits != 0 ? (size_t)__builtin_ctzll(bits) : 0);
    return bits != 0 && at < view->length ? at : norm_view_quote(view, walk->next);
}

/* Walks on by one. False: there is no other quote, or no room. */
static bool step(struct norm_walk *walk)
{
    const struct norm_view *view = walk->view;
    if (walk->next == NORM_NOWHERE || walk->count == NORM_WALK) {
        return false;
    }
    size_t at = next_quote(walk);
    walk->next = NORM_NOWHERE;
    if (at == NORM_NOWHERE) {
        return false;
    }
    bool pair = norm_view_is(view, at + 1, view->dialect.enclosure);
    size_t after = walk->next = at + 1 + pair;
    walk->list[walk->count++] = (struct norm_walked){at, pair, norm_view_ends_quickly(view, after)};
    return true;
}

/* Forgets what lies before `from`, but for the last one. */
static void forget(struct norm_walk *walk, size_t from)
{
    size_t gone = 0;
    while (gone + 1 < walk->count && walk->list[gone + 1].at < from) {
        gone++;
    }
    walk->count -= gone;
    walk->asked -= walk->asked < gone ? walk->asked : gone;
    memmove(walk->list, walk->list + gone, walk->count * sizeof *walk->list);
}

/* The number of the first one from `from` on, which may not have been walked to yet. False: `from`
   is between the quotes of a pair. */
static bool find(struct norm_walk *walk, size_t from, size_t *number)
{
    if (walk->count > NORM_WALK / 2) {
        forget(walk, from);
    }
    size_t i = walk->asked;
    while (i > 0 && walk->list[i - 1].at >= from) {
        i--;
    }
    while (i < walk->count ? walk->list[i].at < from : step(walk)) {
        i += i < walk->count && walk->list[i].at < from;
    }
    walk->asked = i;
    *number = i;
    return i == 0 || !walk->list[i - 1].pair || walk->list[i - 1].at + 1 < from;
}

/* The one with this number. NULL: there is none. *known: unless that is for want of room. */
static const struct norm_walked *walked(struct norm_walk *walk, size_t number, bool *known)
{
    if (number < walk->count || step(walk)) {
        return &walk->list[number];
    }
    *known = walk->next == NORM_NOWHERE;
    return NULL;
}

size_t norm_walk_single(struct norm_walk *walk, size_t from)
{
    size_t i = 0;
    bool known = find(walk, from, &i);
    const struct norm_walked *w = known ? walked(walk, i, &known) : NULL;
    while (w != NULL && w->pair) {
        w = walked(walk, ++i, &known);
    }
    return !known ? norm_view_single_quote(walk->view, from) : w != NULL ? w->at : NORM_NOWHERE;
}

void norm_walk_inner_ends(struct norm_walk *walk, size_t at, size_t ends[2][NORM_INNER_ENDS],
                          size_t count[2])
{
    size_t i = 0;
    bool known = find(walk, at + 1, &i);
    count[0] = count[1] = 0;
    while (known && count[0] < NORM_INNER_ENDS) {
        const struct norm_walked *w = walked(walk, i++, &known);
        if (w == NULL) {
            break;
        }
        if (w->ends && !w->pair) {
            ends[0][count[0]++] = w->at + 1;
        }
        if (w->ends && count[1] < NORM_INNER_ENDS) {
            ends[1][count[1]++] = w->at + 1 + w->pair;
        }
    }
    if (!known) {
        static const enum norm_mode modes[] = {NORM_MODE_INNER, NORM_MODE_PAIRS};
        for (size_t m = 0; m < 2; m++) {
            count[m] = norm_view_inner_ends(walk->view, at, modes[m], NORM_INNER_ENDS, ends[m]);
        }
    }
}
