/*
 * weigh.c - what a reading costs: the bits of its slip, of what it hides, and the excess of each of
 * its cells over what is usual for the column.
 */
#include "csvkit/normalize/decide.h"

#include <stdlib.h>
#include <string.h>

enum { NOT_SOUND = 100 * NORM_BIT }; /* records after it, that another reading explains */

/* ---- sound records ----------------------------------------------------------------------------
 */

bool norm_next_is_sound(const struct norm_view *view, const struct norm_context *context, size_t at)
{
    return norm_view_goes_on(view, at, context->width);
}

bool norm_swallows_record(const struct norm_view *view, const struct norm_context *context,
                          size_t begin, size_t end)
{
    size_t at = norm_view_next_line(view, begin);
    for (unsigned i = 0; i < NORM_LOOK_AHEAD && at < end; i++) {
        struct norm_line line = norm_view_outline(view, at);
        if (norm_is_sound(&line, context->width) && line.end <= end) {
            bool known = norm_evidence_records(context->evidence) >= NORM_ENOUGH;
            if (!known || norm_view_row_cost(view, context->evidence, at) <=
                              2 * norm_evidence_typical(context->evidence)) {
                return true;
            }
        }
        at = norm_view_next_line(view, at);
    }
    return false;
}

/* Are there only sound records from `at` to `to`? */
static bool all_sound(const struct norm_view *view, const struct norm_context *context, size_t at,
                      size_t to)
{
    for (unsigned i = 0; at < to; i++) {
        struct norm_line line = norm_view_outline(view, at);
        bool faults = (line.faults & ~(unsigned)NORM_FAULT_QUOTE_IN_OPEN) != 0;
        if (i == NORM_LOOK_AHEAD || !line.known || line.ncells != context->width || faults) {
            return false;
        }
        at = line.end;
    }
    return at == to;
}

/* ---- one reading ------------------------------------------------------------------------------
 */

/* Readings one after the other share most of their cells, and so what these cost. */
struct weigher {
    const struct norm_view *view;
    const struct norm_context *context;
    const struct norm_cell *last; /* the cells that were judged last; NULL: none */
    bool last_quotes;             /* quotes were judged apart */
    int *bits;                    /* of each of them */
};

/* Quotes that an edit made data are no evidence: an open value is judged without them, an enclosed
   one with or without, whichever is cheaper. */
static int bits_of_cell(const struct weigher *w, const struct norm_cell *cell, size_t k,
                        bool quotes)
{
    const struct norm_evidence *evidence = w->context->evidence;
    int as_is = norm_view_cost(w->view, evidence, k, cell);
    if (!quotes) {
        return as_is;
    }
    struct norm_cell bare = norm_view_unquoted(w->view, *cell);
    if (bare.len == cell->len || (bare.len == 0 && cell->enclosed)) {
        return as_is;
    }
    int without = norm_view_cost(w->view, evidence, k, &bare);
    return !cell->enclosed || without < as_is ? without : as_is;
}

static bool is_same(const struct norm_cell *a, const struct norm_cell *b)
{
    return a->ptr == b->ptr && a->len == b->len && a->enclosed == b->enclosed;
}

static int bits_of_reading(struct weigher *w, const struct norm_reading *reading)
{
    int bits = reading->prior + reading->hidden + reading->cells;
    if (reading->plain == NULL) {
        return bits;
    }
    bool quotes = reading->repair == CSVK_REPAIR_ENCLOSE ||
                  reading->repair == CSVK_REPAIR_INNER_QUOTES ||
                  reading->repair == CSVK_REPAIR_UNCLOSED;
    const struct norm_cell *last = quotes == w->last_quotes ? w->last : NULL;
    for (size_t k = 0; k < w->context->width; k++) {
        const struct norm_cell *cell = &reading->plain[k];
        if (last == NULL || !is_same(cell, &last[k])) {
            w->bits[k] = cell->ptr != NULL ? bits_of_cell(w, cell, k, quotes) : 0;
        }
        bits += w->bits[k];
    }
    w->last = reading->plain;
    w->last_quotes = quotes;
    return bits;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static bool write_the_same(const struct norm_reading *a, const struct norm_reading *b, size_t width)
{
    if (a->end != b->end || a->hole != b->hole) {
        return false;
    }
    if (a->hole) {
        return a->slip == b->slip && a->field == b->field;
    }
    for (size_t k = 0; k < width; k++) {
        if (a->cell[k].len != b->cell[k].len ||
            memcmp(a->cell[k].ptr, b->cell[k].ptr, a->cell[k].len) != 0) {
            return false;
        }
    }
    return true;
}

/* Best first; of equal ones the one that was found first: slips are enumerated in a fixed order. */
static uint64_t rank_of(const struct norm_reading *reading)
{
    uint64_t score = (uint64_t)((int64_t)reading->score - INT32_MIN);
    return score << 32 | (uint32_t)reading->order;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void sort_ranks(uint64_t *rank, size_t count)
{
    enum { FEW = 48 };
    if (count > FEW) {
        qsort(rank, count, sizeof *rank, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint64_t moved = rank[i];
        size_t to = i;
        for (; to > 0 && rank[to - 1] > moved; to--) {
            rank[to] = rank[to - 1];
        }
        rank[to] = moved;
    }
}

/* False: no memory. The order of a reading is its place in the list. */
static bool sort(const struct norm_view *view, struct norm_readings *readings)
{
    size_t count = readings->count;
    uint64_t *rank = norm_arena_take(view->arena, count * sizeof *rank);
    struct norm_reading *sorted = norm_arena_take(view->arena, count * sizeof *sorted);
    if (rank == NULL || sorted == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        rank[i] = rank_of(&readings->list[i]);
    }
    sort_ranks(rank, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = readings->list[(uint32_t)rank[i]];
    }
    memcpy(readings->list, sorted, count * sizeof *sorted);
    return true;
}

/* Among the first `wanted` that stay. */
static void drop_repetitions(struct norm_readings *readings, size_t width, size_t wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < readings->count; i++) {
        bool again = false;
        for (size_t j = 0; kept < wanted && j < kept && !again; j++) {
            again = write_the_same(&readings->list[i], &readings->list[j], width);
        }
        if (!again && kept != i) {
            readings->list[kept] = readings->list[i];
        }
        kept += !again;
    }
    readings->count = kept;
}

/* The last byte that a reading explains. One that takes a record into a value explains nothing: it
   must not ask of the others that what follows them is sound. */
static size_t end_of_last(const struct norm_view *view, const struct norm_context *context,
                          const struct norm_readings *readings, size_t begin)
{
    size_t last = 0, swallowing = NORM_NOWHERE;
    for (size_t i = 0; i < readings->count; i++) {
        const struct norm_reading *r = &readings->list[i];
        if (r->end <= last || r->end >= swallowing) {
            continue;
        }
        if (norm_swallows_record(view, context, begin, r->end)) {
            swallowing = r->end;
        } else {
            last = r->end;
        }
    }
    return last;
}

/*
 * A reading that ends before the last one does costs more where what follows it, up to there, is
 * not sound: the longer one explains that as well.
 */
void norm_weigh(const struct norm_view *view, const struct norm_context *context, size_t begin,
                struct norm_readings *readings)
{
    bool known = norm_evidence_records(context->evidence) >= NORM_ENOUGH;
    struct weigher weigher = {.view = view, .context = context};
    weigher.bits = norm_arena_take(view->arena, context->width * sizeof *weigher.bits);
    if (weigher.bits == NULL) {
        return; /* the arena remembers */
    }
    size_t last = known ? end_of_last(view, context, readings, begin) : 0;
    size_t checked = NORM_NOWHERE;
    bool sound = false;
    for (size_t i = 0; i < readings->count; i++) {
        struct norm_reading *r = &readings->list[i];
        r->order = i;
        r->score = 0;
        if (!known) {
            continue;
        }
        if (r->end != checked) {
            checked = r->end;
            sound = r->end >= last || all_sound(view, context, r->end, last);
        }
        r->score = bits_of_reading(&weigher, r) + (sound ? 0 : NOT_SOUND);
    }
    if (readings->count != 0 && sort(view, readings)) {
        /* Where the evidence is known nobody asks how many there are beyond those that are named.
         */
        drop_repetitions(readings, context->width, known ? NORM_COMPETING : SIZE_MAX);
    }
}
