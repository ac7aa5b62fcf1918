/*
 * readings_of_width.c - the readings of a record without a fault of its enclosures whose number of
 * fields is not that of the columns.
 *
 * Too many fields: empty ones are surplus, any of them; or a value holds the delimiter. Too few:
 * empty ones were left out at the end; or something is lost, anywhere. What is lost cannot be
 * written, so these are holes: they keep a record from being filled up at its end when its values
 * fit better one column further on.
 */
#include "csvkit/normalize/readings.h"

#include "csvkit/base/hash.h"

#include <string.h>

enum {
    MOST_FREE = 3,
    MOST_SETS = 4000,
    HOLE = 2 * NORM_BIT, /* the prior of something lost */
};

static bool is_empty_open(const struct norm_cell *cell)
{
    return cell->len == 0 && !cell->enclosed;
}

/* ---- too many fields --------------------------------------------------------------------------
 */

struct surplus {
    const struct norm_view *view;
    const struct norm_line *line;
    size_t width, gone; /* columns; how many fields are surplus */
    size_t *empty, nempty;
    size_t set[MOST_FREE]; /* indexes into `empty` */
    uint64_t seen[NORM_MOST_READINGS];
    struct norm_readings *to;
};

static uint64_t hash_of_row(const struct norm_cell *cell, size_t count)
{
    uint64_t hash = 0;
    for (size_t k = 0; k < count; k++) {
        hash = csvk_hash(cell[k].ptr, cell[k].len, hash + 2 + cell[k].enclosed);
    }
    return hash;
}

/* The record without the `s->gone` fields of the list, unless another list gave the same. False:
   there are too many. */
static bool propose_without(struct surplus *s, const size_t *gone)
{
    struct norm_cell *cell = norm_arena_take(s->view->arena, s->width * sizeof *cell);
    if (cell == NULL) {
        s->to->failed = true;
        return false;
    }
    size_t count = 0, next = 0;
    for (size_t k = 0; k < s->line->ncells; k++) {
        if (next < s->gone && gone[next] == k) {
            next++;
        } else {
            cell[count++] = s->line->cell[k];
        }
    }
    uint64_t hash = hash_of_row(cell, s->width);
    bool at_end = gone[0] == s->width;
    enum csvk_repair repair = at_end && s->gone == 1 ? CSVK_REPAIR_TRAILING : CSVK_REPAIR_SURPLUS;
    for (size_t i = 0; i < s->to->count; i++) {
        if (s->seen[i] ==
            hash) { /* the same row; a trailing delimiter is the plainer word for it */
            s->to->list[i].repair = repair;
            s->to->list[i].field = gone[0] + 1;
            return true;
        }
    }
    if (s->to->count == NORM_MOST_READINGS) {
        return false;
    }
    s->seen[s->to->count] = hash;
    struct norm_reading reading = {NORM_SLIP_EMPTY_SURPLUS, .field = gone[0] + 1, .count = s->gone,
                                   .repair = repair,        .cell = cell,         .plain = cell,
                                   .end = s->line->end};
    return norm_readings_add(s->to, &reading) != NULL;
}

/* How many sets of k there are among n; more than MOST_SETS need no exact number. */
static uint64_t count_sets(uint64_t n, uint64_t k)
{
    uint64_t ways = 1;
    for (uint64_t i = 0; i < k && ways <= MOST_SETS; i++) {
        ways = n > 2 * MOST_SETS ? MOST_SETS + 1 : ways * (n - i) / (i + 1);
    }
    return ways;
}

/* Every choice of up to three empty fields. */
static bool propose_sets(struct surplus *s)
{
    size_t n = s->nempty, m = s->gone, set[MOST_FREE];
    if (n < m) {
        return true;
    }
    if (count_sets(n, m) > MOST_SETS) {
        return false;
    }
    for (size_t i = 0; i < m; i++) {
        s->set[i] = i;
    }
    for (;;) {
        for (size_t i = 0; i < m; i++) {
            set[i] = s->empty[s->set[i]];
        }
        if (!propose_without(s, set)) {
            return false;
        }
        size_t i = m;
        while (i > 0 && s->set[i - 1] == n - m + i - 1) {
            i--;
        }
        if (i == 0) {
            return true;
        }
        s->set[i - 1]++;
        for (; i < m; i++) {
            s->set[i] = s->set[i - 1] + 1;
        }
    }
}

/* Of more only those that stand side by side. */
static bool propose_runs(struct surplus *s)
{
    size_t *gone = norm_arena_take(s->view->arena, s->gone * sizeof *gone);
    if (gone == NULL) {
        s->to->failed = true;
        return false;
    }
    for (size_t i = 0; i + s->gone <= s->nempty; i++) {
        if (s->empty[i + s->gone - 1] - s->empty[i] + 1 != s->gone) {
            continue;
        }
        memcpy(gone, s->empty + i, s->gone * sizeof *gone);
        if (!propose_without(s, gone)) {
            return false;
        }
    }
    return true;
}

/* A value that holds `gone` delimiters and is not enclosed: never written, but it may be so. */
static void propose_joined(struct surplus *s)
{
    const struct norm_cell *from = s->line->cell;
    for (size_t k = 0; k < s->width && !s->to->failed; k++) {
        bool open = true;
        for (size_t i = k; i <= k + s->gone; i++) {
            open = open && !from[i].enclosed;
        }
        struct norm_cell *plain =
            open ? norm_arena_take(s->view->arena, s->width * sizeof *plain) : NULL;
        if (plain == NULL) {
            continue;
        }
        memcpy(plain, from, k * sizeof *plain);
        const struct norm_cell *last = &from[k + s->gone];
        plain[k] =
            (struct norm_cell){from[k].ptr, (size_t)(last->ptr + last->len - from[k].ptr), true};
        memcpy(plain + k + 1, last + 1, (s->width - k - 1) * sizeof *plain);
        struct norm_reading reading = {NORM_SLIP_DELIMITER_AS_DATA,
                                       .field = k + 1,
                                       .repair = CSVK_REPAIR_SURPLUS,
                                       .hole = true,
                                       .cell = plain,
                                       .plain = plain,
                                       .end = s->line->end,
                                       .prior = 3 * NORM_BIT};
        norm_readings_add(s->to, &reading);
    }
}

bool norm_readings_of_surplus(const struct norm_view *view, const struct norm_line *line,
                              size_t width, struct norm_readings *to)
{
    struct surplus s = {.view = view, .line = line, .width = width, .to = to};
    s.gone = line->ncells - width;
    s.empty = norm_arena_take(view->arena, line->ncells * sizeof *s.empty);
    if (s.empty == NULL) {
        to->failed = true;
        return false;
    }
    for (size_t k = 0; k < line->ncells; k++) {
        if (is_empty_open(&line->cell[k]) && (width <= NORM_WIDEST || k >= width)) {
            s.empty[s.nempty++] = k;
        }
    }
    if (!(s.gone > MOST_FREE ? propose_runs(&s) : propose_sets(&s))) {
        return false;
    }
    /* Where no reading can be written, the record is rejected whatever else competes. */
    if (to->count != 0 && width <= NORM_WIDEST && view->dialect.escape == CSVK_NO_BYTE) {
        propose_joined(&s);
    }
    return true;
}

/* ---- too few fields ---------------------------------------------------------------------------
 */

struct gaps {
    const struct norm_view *view;
    const struct norm_line *line;
    size_t width, missing;
    const struct norm_evidence *evidence;
    const struct norm_habit *habit;
    int habit_bits; /* what a hole costs more where leaving out is a habit */
    struct norm_cell *padded;
    int *in_place, *later; /* see sum_costs */
    struct norm_readings *to;
};

bool norm_is_habit(const struct norm_habit *habit, const struct norm_evidence *evidence,
                   size_t width)
{
    return habit->all >= NORM_ENOUGH &&
           habit->all >= 4 * norm_evidence_column(evidence, width - 1).empty;
}

/* -log2 of the probability that field k, which is not there, was something else than empty. */
static int bits_of_lost(const struct gaps *g, size_t k)
{
    uint64_t left_out = 0;
    for (size_t w = 1; w <= k; w++) {
        left_out += g->habit->fitting[w];
    }
    if (left_out >= NORM_ENOUGH && left_out >= 4 * norm_evidence_column(g->evidence, k).empty) {
        return norm_log2(left_out + 1) + 4 * NORM_BIT;
    }
    return norm_evidence_filled(g->evidence, k);
}

/* The cheapest of the fields from `from` on not to be empty. */
static int least_lost(const struct gaps *g, size_t from)
{
    int least = INT32_MAX;
    for (size_t k = from; k < g->width; k++) {
        int bits = bits_of_lost(g, k);
        least = bits < least ? bits : least;
    }
    return least;
}

/*
 * What the record's cells cost in their columns, and `missing` columns later: the sum over the
 * first i cells is in_place[i], that over the cells from number i on is later[i], which is known
 * from `first` on (find_first).
 */
static bool sum_costs(struct gaps *g)
{
    size_t n = g->line->ncells;
    g->in_place = norm_arena_take(g->view->arena, (n + 1) * sizeof *g->in_place);
    g->later = norm_arena_take(g->view->arena, (n + 1) * sizeof *g->later);
    if (g->in_place == NULL || g->later == NULL) {
        g->to->failed = true;
        return false;
    }
    g->in_place[0] = g->later[n] = 0;
    for (size_t i = 0; i < n; i++) {
        g->in_place[i + 1] =
            g->in_place[i] + norm_view_cost(g->view, g->evidence, i, &g->line->cell[i]);
    }
    return true;
}

/* `cells`: what they cost; those that are not there cost nothing. */
static void propose_gap(struct gaps *g, enum norm_slip slip, size_t field, int cells, int hidden)
{
    bool filled = slip == NORM_SLIP_EMPTY_LEFT_OUT;
    struct norm_reading reading = {slip,
                                   .field = field,
                                   .count = g->missing,
                                   .repair = CSVK_REPAIR_PAD,
                                   .hole = !filled,
                                   .cell = g->padded,
                                   .cells = cells,
                                   .end = g->line->end,
                                   .prior = filled ? 0 : HOLE,
                                   .hidden = hidden};
    norm_readings_add(g->to, &reading);
}

/* A value that was glued from two looks odd as a whole; the last one also hides what followed it.
 */
static int hidden_of_glued(const struct gaps *g, size_t i)
{
    if (i + 1 != g->line->ncells || g->in_place[i + 1] - g->in_place[i] > NORM_BIT) {
        return g->habit_bits;
    }
    return least_lost(g, i + 1);
}

static bool may_be_glued(const struct gaps *g, size_t i)
{
    const struct norm_cell *cell = &g->line->cell[i];
    int quote = g->view->dialect.enclosure;
    return !cell->enclosed ||
           (quote != CSVK_NO_BYTE && memchr(cell->ptr, quote, cell->len) != NULL);
}

static int bits_of_fields_lost(const struct gaps *g, size_t i)
{
    return g->in_place[i] + g->later[i];
}

static int bits_of_glued(const struct gaps *g, size_t i)
{
    return g->in_place[i] + g->later[i + 1];
}

/*
 * The first field that is worth a reading. From the end of the record on, for the further to the
 * left the gap is, the more cells are judged in later columns: once these alone cost more than as
 * many readings as are named, no reading further to the left is named. `lost`: what END_LOST hides.
 */
static size_t find_first(struct gaps *g, int lost)
{
    size_t i = g->line->ncells;
    struct norm_best best = {.count = 0};
    norm_best_add(&best, g->in_place[i]);
    norm_best_add(&best, g->in_place[i] + HOLE + lost);
    bool all = g->to->wanted != NORM_WANTED_NAMED;
    while (i > 0 && (all || g->later[i] + HOLE <= norm_best_limit(&best))) {
        i--;
        g->later[i] = g->later[i + 1] +
                      norm_view_cost(g->view, g->evidence, i + g->missing, &g->line->cell[i]);
        norm_best_add(&best, bits_of_fields_lost(g, i) + HOLE + g->habit_bits);
        if (may_be_glued(g, i)) {
            norm_best_add(&best, bits_of_glued(g, i) + HOLE + hidden_of_glued(g, i));
        }
    }
    return i;
}

static bool pad(struct gaps *g)
{
    size_t n = g->line->ncells;
    g->padded = norm_arena_take(g->view->arena, g->width * sizeof *g->padded);
    if (g->padded == NULL) {
        g->to->failed = true;
        return false;
    }
    memcpy(g->padded, g->line->cell, n * sizeof *g->padded);
    for (size_t k = n; k < g->width; k++) {
        g->padded[k] = (struct norm_cell){(const unsigned char *)"", 0, false};
    }
    return true;
}

void norm_readings_of_short(const struct norm_view *view, const struct norm_line *line,
                            size_t width, const struct norm_evidence *evidence,
                            const struct norm_habit *habit, struct norm_readings *to)
{
    struct gaps g = {view, line, width, width - line->ncells, evidence, habit, .to = to};
    size_t n = line->ncells;
    if (norm_is_habit(habit, evidence, width)) {
        g.habit_bits = norm_log2(habit->all + 1) + 2 * NORM_BIT;
    }
    if (!pad(&g) || !sum_costs(&g)) {
        return;
    }
    int lost = least_lost(&g, n);
    lost = lost > g.habit_bits ? lost : g.habit_bits;
    propose_gap(&g, NORM_SLIP_EMPTY_LEFT_OUT, n + 1, g.in_place[n], 0);
    propose_gap(&g, NORM_SLIP_END_LOST, n + 1, g.in_place[n], lost);
    for (size_t i = width <= NORM_WIDEST ? find_first(&g, lost) : n; i < n && !to->failed; i++) {
        propose_gap(&g, NORM_SLIP_FIELDS_LOST, i + 1, bits_of_fields_lost(&g, i), g.habit_bits);
        if (may_be_glued(&g, i)) {
            propose_gap(&g, NORM_SLIP_GLUED, i + 1, bits_of_glued(&g, i), hidden_of_glued(&g, i));
        }
    }
}
