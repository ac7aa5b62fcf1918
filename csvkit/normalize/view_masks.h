/*
 * view_masks.h - private to view*.c: where the structural bytes of a view are, by the masks of its
 * places.
 */
#ifndef CSVKIT_NORMALIZE_VIEW_MASKS_H
#define CSVKIT_NORMALIZE_VIEW_MASKS_H

#include "csvkit/normalize/view.h"

#include <string.h>

enum norm_mask { NORM_QUOTES, NORM_ENDS, NORM_BREAKS };

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

/* Can fields be found by masks alone? Unless they end near the end of the view, or with a CR. */
static inline bool norm_is_quick(const struct norm_view *view)
{
    return view->places != NULL && view->dialect.escape == CSVK_NO_BYTE &&
           view->dialect.enclosure != CSVK_NO_BYTE;
}

/* The masks of the block that was looked at last. */
struct norm_cursor {
    uint64_t number, ends, quotes;
};

static inline void norm_look_at_block(const struct norm_view *view, struct norm_cursor *c,
                                      size_t at)
{
    uint64_t place = view->offset + at;
    if (c->number != place / NORM_BLOCK) {
        const struct norm_block *block = norm_block_of(view, place);
        *c = (struct norm_cursor){place / NORM_BLOCK, block->ends, block->quotes};
    }
}

/* After the enclosure that opens at `at`; NORM_NOWHERE: it does not end well before the view does.
 *plain: no pair of quotes is in it. */
static inline size_t norm_quick_enclosure(const struct norm_view *view, struct norm_cursor *c,
                                          size_t at, bool *plain)
{
    *plain = true;
    for (at++; at < view->length;) {
        norm_look_at_block(view, c, at);
        size_t shift = (size_t)((view->offset + at) % NORM_BLOCK);
        uint64_t quotes = c->quotes >> shift;
        if (quotes == 0) {
            at += NORM_BLOCK - shift;
            continue;
        }
        at += (size_t)__builtin_ctzll(quotes) + 1;
        if (!norm_view_is(view, at, view->dialect.enclosure)) {
            return at < view->length ? at : NORM_NOWHERE;
        }
        *plain = false;
        at++;
    }
    return NORM_NOWHERE;
}

/* The end of the open field at `at`, as above. *data: it has quotes. */
static inline size_t norm_quick_open(const struct norm_view *view, struct norm_cursor *c, size_t at,
                                     bool *data)
{
    uint64_t quotes = 0;
    while (at < view->length) {
        norm_look_at_block(view, c, at);
        size_t shift = (size_t)((view->offset + at) % NORM_BLOCK);
        uint64_t ends = c->ends >> shift;
        if (ends != 0) {
            quotes |= c->quotes >> shift & ((ends & -ends) - 1);
            *data = quotes != 0;
            at += (size_t)__builtin_ctzll(ends);
            return at < view->length ? at : NORM_NOWHERE;
        }
        quotes |= c->quotes >> shift;
        at += NORM_BLOCK - shift;
    }
    return NORM_NOWHERE;
}

/* Is there an end of a field at `at`, which is in the view? */
static inline bool norm_quick_ends(const struct norm_view *view, size_t at)
{
    return view->bytes[at] == view->dialect.delimiter || view->bytes[at] == '\n' ||
           norm_view_ends(view, at);
}

/* ---- view.c: records --------------------------------------------------------------------------
 */

/* The field at `at`, whatever is wrong with it, which goes into line->faults. */
size_t norm_view_any_field(const struct norm_view *view, size_t at, struct norm_line *line,
                           struct norm_cell *cell);
/* After a closing enclosure that no end follows: what is wrong, and the rest of the field. */
size_t norm_view_text_after(const struct norm_view *view, size_t after, struct norm_line *line);
/* What is wrong with the open field at `at`, which has quotes in it. */
unsigned norm_view_fault_of_open(const struct norm_view *view, size_t at);
/* As norm_view_record, one field after the other; up to `most` cells are kept. */
struct norm_line norm_view_read_record(const struct norm_view *view, size_t at, size_t most);

/* Room for one cell more. False: no memory. */
bool norm_make_room(const struct norm_view *view, struct norm_line *line, size_t *capacity);
/* The record ends at `at`, before its line break. */
static inline void norm_end_line(const struct norm_view *view, struct norm_line *line, size_t at)
{
    line->content = at;
    line->end = at + norm_view_line_break(view, at);
    line->known = norm_view_break_is_known(view, at);
}

/* ---- view_records.c ---------------------------------------------------------------------------
 */

enum norm_skimmed { NORM_SKIMMED_NOTHING, NORM_SKIMMED, NORM_SKIMMED_FAULT };
/*
 * The fields from `at` on to the end of the record, when all of them are strict ones: *count of
 * them, and the record ends at *end, line break included. NORM_SKIMMED_FAULT: the last one of
 * *count fields has a fault, which the bytes before *end show. NORM_SKIMMED_NOTHING: it has to be
 * read with more care. Only when norm_is_quick.
 */
enum norm_skimmed norm_view_skim(const struct norm_view *view, size_t at, size_t *count,
                                 size_t *end);
/* Strict fields that end with a delimiter, one after the other from from[0] on, up to `most`: where
   the next one begins. Returns how many; there may be more of them. Only when norm_is_quick. */
size_t norm_view_starts(const struct norm_view *view, size_t *from, size_t most);
/* The values of all strict fields from `at` to the end of the record, which are `count`. The end of
   the record; NORM_NOWHERE: they are not so many, or have to be read with more care. Only when
   norm_is_quick. */
size_t norm_view_cells(const struct norm_view *view, size_t at, struct norm_cell *cell,
                       size_t count);

#endif
