/*
 * value_pattern.c - see value_pattern.h: the deterministic automaton, made as it is needed.
 *
 * A state is the set of the steps at which a value can be, followed through splits. Bytes that no
 * step tells apart are one class. A transition that was never taken is UNKNOWN; from DEAD nothing
 * fits any more.
 *
 * Invariant: after a flush, states are numbered anew; what is kept over it is the set of steps, not
 * the number.
 */
#include "csvkit/schema/pattern_private.h"

#include "csvkit/schema/value_pattern.h"

#include <string.h>

#define STATES_MOST 1000
#define BUCKETS     2048
#define UNKNOWN     0u
#define DEAD        1u /* the number of a state without steps */

struct dfa_state {
    uint32_t begin, count; /* its steps in `steps` */
    uint32_t hash, chain;
    bool matches;     /* here already: something was found */
    bool matches_end; /* when the value ends here */
};

struct value_pattern {
    struct pattern_program program;
    bool anywhere;
    unsigned char class_of[256];
    size_t nclasses;
    struct dfa_state *state; /* from 1 on */
    size_t nstates;
    uint32_t *next; /* nclasses for each state */
    uint32_t *steps;
    size_t nsteps, steps_capacity;
    uint32_t bucket[BUCKETS];
    uint32_t start; /* UNKNOWN: to be made */
    /* At work: the set that grows, and which steps are in it. */
    uint32_t *set, *stack;
    unsigned char *in_set;
    size_t count;
    bool failed;
};

/* ---- sets of steps --------------------------------------------------------------------------- */

/* Adds a step and all that is reached without a byte. */
static void add(struct value_pattern *v, uint32_t first, bool at_begin, bool at_end)
{
    size_t depth = 0;
    v->stack[depth++] = first;
    while (depth != 0) {
        uint32_t index = v->stack[--depth];
        const struct step *step = &v->program.item[index];
        if (v->in_set[index] != 0) {
            continue;
        }
        v->in_set[index] = 1;
        v->set[v->count++] = index;
        if (step->kind == STEP_SPLIT) {
            v->stack[depth++] = step->other;
        }
        if (step->kind == STEP_SPLIT || (step->kind == STEP_BEGIN && at_begin) ||
            (step->kind == STEP_END && at_end)) {
            v->stack[depth++] = step->next;
        }
    }
}

static void clear_set(struct value_pattern *v)
{
    for (size_t i = 0; i < v->count; i++) {
        v->in_set[v->set[i]] = 0;
    }
    v->count = 0;
}

/* Keeps the steps that say what comes next. The order of the set is that of its making, which is
   the same for the same way; the same set in another order is another state, and no harm. */
static void keep_core(struct value_pattern *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->count; i++) {
        unsigned char kind = v->program.item[v->set[i]].kind;
        if (kind == STEP_BYTES || kind == STEP_END || kind == STEP_MATCH) {
            v->set[kept++] = v->set[i];
        } else {
            v->in_set[v->set[i]] = 0;
        }
    }
    v->count = kept;
}

/* ---- states ---------------------------------------------------------------------------------- */

static void flush(struct value_pattern *v)
{
    memset(v->bucket, 0, sizeof v->bucket);
    v->nstates = 2; /* UNKNOWN and DEAD */
    v->nsteps = 0;
    v->start = UNKNOWN;
    for (size_t c = 0; c < v->nclasses; c++) {
        v->next[DEAD * v->nclasses + c] = DEAD;
    }
}

static uint32_t hash_of(const uint32_t *set, size_t count)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ set[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

static uint32_t find_state(const struct value_pattern *v, uint32_t hash)
{
    for (uint32_t s = v->bucket[hash % BUCKETS]; s != 0; s = v->state[s].chain) {
        const struct dfa_state *state = &v->state[s];
        if (state->hash == hash && state->count == v->count &&
            memcmp(v->steps + state->begin, v->set, v->count * sizeof *v->set) == 0) {
            return s;
        }
    }
    return 0;
}

static bool keep_steps(struct value_pattern *v)
{
    if (v->nsteps + v->count > v->steps_capacity) {
        size_t capacity = v->steps_capacity * 2 + v->count + 64;
        uint32_t *more = csvk_reallocarray(v->steps, capacity, sizeof *more);
        if (more == NULL) {
            return false;
        }
        v->steps = more;
        v->steps_capacity = capacity;
    }
    memcpy(v->steps + v->nsteps, v->set, v->count * sizeof *v->set);
    v->nsteps += v->count;
    return true;
}

static bool set_matches(const struct value_pattern *v)
{
    for (size_t i = 0; i < v->count; i++) {
        if (v->program.item[v->set[i]].kind == STEP_MATCH) {
            return true;
        }
    }
    return false;
}

/* The same steps, when the value ends. */
static bool set_matches_end(struct value_pattern *v)
{
    size_t count = v->count;
    for (size_t i = 0; i < count; i++) {
        if (v->program.item[v->set[i]].kind == STEP_END) {
            add(v, v->program.item[v->set[i]].next, false, true);
        }
    }
    bool matches = set_matches(v);
    while (v->count > count) {
        v->in_set[v->set[--v->count]] = 0;
    }
    return matches;
}

/* The state of the set at work, which is empty afterwards. */
static uint32_t take_state(struct value_pattern *v)
{
    keep_core(v);
    uint32_t hash = hash_of(v->set, v->count);
    uint32_t found = v->count == 0 ? DEAD : find_state(v, hash);
    if (found == 0) {
        if (v->nstates == STATES_MOST) {
            flush(v);
        }
        found = (uint32_t)v->nstates++;
        size_t begin = v->nsteps;
        v->failed |= !keep_steps(v);
        v->state[found] = (struct dfa_state){.begin = (uint32_t)begin,
                                             .count = v->failed ? 0 : (uint32_t)v->count,
                                             .hash = hash,
                                             .chain = v->bucket[hash % BUCKETS],
                                             .matches = set_matches(v),
                                             .matches_end = set_matches_end(v)};
        v->bucket[hash % BUCKETS] = found;
        memset(v->next + (size_t)found * v->nclasses, 0, v->nclasses * sizeof *v->next);
    }
    clear_set(v);
    return found;
}

static uint32_t start_state(struct value_pattern *v)
{
    if (v->start == UNKNOWN) {
        add(v, v->program.start, true, false);
        uint32_t start = take_state(v);
        v->start = start;
    }
    return v->start;
}

/* A transition that was never taken. */
static uint32_t make_next(struct value_pattern *v, uint32_t from, unsigned char byte)
{
    struct dfa_state state = v->state[from];
    size_t states = v->nstates;
    for (uint32_t i = 0; i < state.count; i++) {
        const struct step *step = &v->program.item[v->steps[state.begin + i]];
        if (step->kind == STEP_BYTES && byte >= step->least && byte <= step->most) {
            add(v, step->next, false, false);
        }
    }
    uint32_t to = take_state(v);
    if (v->nstates >= states) { /* no flush: `from` is still the same state */
        v->next[(size_t)from * v->nclasses + v->class_of[byte]] = to;
    }
    return to;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Bytes are of one class when every step takes all of them, or none. */
static void find_classes(struct value_pattern *v)
{
    bool begins[257] = {false};
    for (size_t i = 0; i < v->program.count; i++) {
        const struct step *step = &v->program.item[i];
        if (step->kind == STEP_BYTES && step->least <= step->most) {
            begins[step->least] = begins[step->most + 1] = true;
        }
    }
    unsigned class = 0;
    for (size_t byte = 0; byte < 256; byte++) {
        class += byte != 0 && begins[byte];
        v->class_of[byte] = (unsigned char)class;
    }
    v->nclasses = class + 1;
}

static bool make_room(struct value_pattern *v)
{
    size_t steps = v->program.count;
    v->state = csvk_calloc(STATES_MOST, sizeof *v->state);
    v->next = csvk_calloc(STATES_MOST * v->nclasses, sizeof *v->next);
    v->set = csvk_calloc(steps, sizeof *v->set);
    v->stack = csvk_calloc(steps * 2 + 2, sizeof *v->stack);
    v->in_set = csvk_calloc(steps, 1);
    return v->state != NULL && v->next != NULL && v->set != NULL && v->stack != NULL &&
           v->in_set != NULL;
}

int value_pattern_new(struct value_pattern **out, const char *pattern,
                      enum csvk_pattern_flavour flavour, struct csvk_error *err)
{
    struct pattern_tree tree;
    struct value_pattern *v = *out = csvk_calloc(1, sizeof *v);
    if (v == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a pattern");
    }
    v->anywhere = flavour == CSVK_PATTERN_ECMASCRIPT;
    int status = pattern_parse(&tree, pattern, flavour, err);
    status = status == CSVK_OK ? pattern_compile(&v->program, &tree, v->anywhere, err) : status;
    pattern_tree_release(&tree);
    if (status == CSVK_OK) {
        find_classes(v);
        if (make_room(v)) {
            flush(v);
        } else {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory for a pattern");
        }
    }
    if (status != CSVK_OK) {
        value_pattern_free(v);
        *out = NULL;
    }
    return status;
}

void value_pattern_free(struct value_pattern *v)
{
    if (v == NULL) {
        return;
    }
    csvk_free(v->program.item);
    csvk_free(v->state);
    csvk_free(v->next);
    csvk_free(v->steps);
    csvk_free(v->set);
    csvk_free(v->stack);
    csvk_free(v->in_set);
    csvk_free(v);
}

bool value_pattern_takes(struct value_pattern *v, const unsigned char *value, size_t length,
                         size_t *at)
{
    uint32_t state = start_state(v);
    for (size_t i = 0; i < length; i++) {
        if (state == DEAD || (v->anywhere && v->state[state].matches)) {
            *at = i - (i != 0);
            return state != DEAD;
        }
        uint32_t next = v->next[(size_t)state * v->nclasses + v->class_of[value[i]]];
        state = next != UNKNOWN ? next : make_next(v, state, value[i]);
    }
    *at = length;
    if (state == DEAD) {
        *at = length - (length != 0);
        return false;
    }
    return v->state[state].matches_end;
}

bool value_pattern_failed(const struct value_pattern *v)
{
    return v->failed;
}
