/*
 * weigh.c - what a reading costs: the bits of its slip, of what it hides, and the excess of each of
 * its cells over what is usual for the column.
 */
#include "csvkit/normalize/weigh.h"

#include <string.h>

enum { NOT_SOUND = 100 * NORM_BIT }; /* records after it, that another reading explains */

/* ---- sound records ----------------------------------------------------------------------------
 */

int norm_cost_of_record(const struct norm_view *view, const struct norm_context *context, size_t at)
{
    return norm_view_row_cost(view, context->evidence, at,
                              at < context->sample_left ? NORM_IN_SAMPLE : NORM_NOT_IN_SAMPLE);
}

bool norm_swallows_record(const struct norm_view *view, const struct norm_context *context,
                          size_t begin, size_t end)
{
    size_t at = norm_view_next_line(view, begin);
    for (unsigned i = 0; i < NORM_LOOK_AHEAD && at < end; i++) {
        struct norm_line line = norm_view_outline(view, at);
        if (norm_is_sound(&line, context->width) && line.end <= end) {
            if (norm_cost_of_record(view, context, at) <=
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
    int as_is = 0;
    if (norm_evidence_number(evidence, k, cell, &as_is)) {
        return as_is; /* there are no quotes in it */
    }
    if (!quotes || cell->enclosed) {
        as_is = norm_view_text_cost(w->view, evidence, k, cell);
    }
    if (!quotes || (cell->enclosed && as_is == 0)) {
        return as_is; /* nothing is cheaper */
    }
    struct norm_cell bare = norm_view_unquoted(w->view, *cell);
    if (!cell->enclosed) {
        return norm_view_cost(w->view, evidence, k, &bare);
    }
    if (bare.len == cell->len || bare.len == 0) {
        return as_is;
    }
    int without = norm_view_cost(w->view, evidence, k, &bare);
    return without < as_is ? without : as_is;
}

static bool is_same(const struct norm_cell *a, const struct norm_cell *b)
{
    return a->ptr == b->ptr && a->len == b->len && a->enclosed == b->enclosed;
}

/* More than `limit` need not be exact. */
static int bits_of_reading(struct weigher *w, const struct norm_reading *reading, int limit)
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
        if (bits > limit) {
            w->last = NULL;
            return bits;
        }
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
        if (a->cell[k].len != b->cell[k].len) {
            return false;
        }
    }
    for (size_t k = 0; k < width; k++) {
        if (a->cell[k].ptr != b->cell[k].ptr &&
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

/* The best one from number `at` on changes places with that. */
static void bring_up_best(struct norm_readings *readings, size_t at)
{
    struct norm_reading *list = readings->list;
    size_t best = at;
    uint64_t least = rank_of(&list[at]);
    for (size_t i = at + 1; i < readings->count; i++) {
        uint64_t rank = rank_of(&list[i]);
        if (rank < least) {
            least = rank;
            best = i;
        }
    }
    if (best != at) {
        struct norm_reading moved = list[at];
        list[at] = list[best];
        list[best] = moved;
    }
}

static bool is_written_by_others(const struct norm_readings *readings, size_t others, size_t at,
                                 size_t width)
{
    for (size_t i = 0; i < others; i++) {
        if (write_the_same(&readings->list[at], &readings->list[i], width)) {
            return true;
        }
    }
    return false;
}

/* All are equally good, and stay in the order in which they were found. */
static void drop_repetitions(struct norm_readings *readings, size_t width)
{
    size_t kept = 0;
    for (size_t i = 0; i < readings->count; i++) {
        if (!is_written_by_others(readings, kept, i, width)) {
            readings->list[kept++] = readings->list[i];
        }
    }
    readings->count = kept;
}

static bool is_named_before(const struct norm_readings *readings, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (norm_reading_named_alike(&readings->list[i], &readings->list[at])) {
            return true;
        }
    }
    return false;
}

/*
 * The best ones come first: NORM_COMPETING that write something else each, and as many more as it
 * takes for so many names. Nobody asks for the order of the others, nor whether they repeat one.
 */
static void bring_up_competing(struct norm_readings *readings, size_t width)
{
    size_t kept = 0, at = 0, names = 0;
    for (; at < readings->count && kept < NORM_COMPETING; at++) {
        bring_up_best(readings, at);
        if (!is_written_by_others(readings, kept, at, width)) {
            readings->list[kept++] = readings->list[at];
        }
    }
    if (kept != at) {
        memmove(readings->list + kept, readings->list + at,
                (readings->count - at) * sizeof *readings->list);
        readings->count -= at - kept;
    }
    for (size_t i = 0; i < readings->count && names < NORM_COMPETING; i++) {
        if (i >= kept) {
            bring_up_best(readings, i);
        }
        names += !is_named_before(readings, i);
    }
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
    bool known = norm_is_known(context);
    struct weigher weigher = {.view = view, .context = context};
    weigher.bits = norm_arena_take(view->arena, context->width * sizeof *weigher.bits);
    if (weigher.bits == NULL) {
        return; /* the arena remembers */
    }
    size_t last = known ? end_of_last(view, context, readings, begin) : 0;
    size_t checked = NORM_NOWHERE;
    bool sound = false;
    struct norm_best gaps = {.count = 0};
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
        r->score = bits_of_reading(&weigher, r, norm_best_limit(&gaps)) + (sound ? 0 : NOT_SOUND);
        /* Each of these has another name. */
        if (r->plain == NULL && readings->wanted == NORM_WANTED_NAMED) {
            norm_best_add(&gaps, r->score);
        }
    }
    if (known) {
        bring_up_competing(readings, context->width);
    } else {
        drop_repetitions(readings, context->width);
    }
}
