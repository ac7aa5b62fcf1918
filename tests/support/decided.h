/*
 * decided.h - a table that says what its columns are like, a record in question after it, and what
 * the engine of repairs decides.
 */
#ifndef TESTS_SUPPORT_DECIDED_H
#define TESTS_SUPPORT_DECIDED_H

#include "csvkit/normalize/decide.h"
#include "csvkit/normalize/decide_doubt.h"
#include "csvkit/normalize/sample.h"
#include "tests/support/support.h"

/* Tables; decided.c has their records. */
enum example {
    EXAMPLE,
    PHONES,
    HABIT,
    NO_HABIT,
    TUBES,
    TWO_CLEAN,
    SEVEN_CLEAN,
    EIGHT_CLEAN,
    SAYINGS,
    ENCLOSED_LAST,
    ALIKE,
    NOTES,
    BROKEN_NOTES,
    LAST_NOTES,
    LAST_BROKEN,
    WIDE,
    BOTH_ENCLOSED,
    MIXED_LAST,
    ESCAPES,
    SPARSE,
    VERY_WIDE,
    PROSE,
    LAST_PROSE,
    FIRST_NOTES,
    ONE_COLUMN,
    TWO_NOTES,
    PROSE_WIDE,
    HABIT_WIDE,
    FEW_SHORT,
    SOME_EMPTY,
    SPARSE_FOUR,
    LAST_ENCLOSED,
    LAST_MIXED,
    EMPTY_ENCLOSED,
    QUOTED,
    COMMA_LAST,
    ONE_BROKEN,
    TWO_BROKEN,
    PAIRS,
    MOSTLY_EMPTY,
    PROSE_AND_EMPTY,
    NAMES,
    HABIT_ENCLOSED,
    TWO_SAYINGS,
    PATHS,
    FEW_NAMES,
    WIDEST,
    FEW_QUOTED,
};

enum manner {
    USUAL,
    BY_REJECT = 1,     /* --ragged=reject */
    AFTER_UNSOUND = 2, /* the record before was not sound */
    NOT_AT_END = 4,    /* more follows after the view */
    WITH_ESCAPE = 8,   /* a backslash is the escape */
    NO_ENCLOSURE = 16,
    AS_HABIT = 32,      /* the decision names the habit */
    WITH_COMMENTS = 64, /* lines that begin with # are none */
    AS_LITERAL = 128,   /* what is written is the grammar's own reading: class L0, not L2 */
    TWO_BYTES = 256,    /* the delimiter is two commas, in the table and in the text */
};
/* Of each kind of record the table has the first n only: for what a number of records decides. */
#define FIRST(n) ((unsigned)(n) << 9)

/* A record in question, and what shall become of it. */
struct decision_case {
    const char *about;
    enum example table;
    unsigned manner;
    const char *text;
    enum norm_action action;
    enum csvk_repair repair;
    const char *want; /* cells, <enclosed> and open, between bars; or how the reason begins */
    const char *rest; /* what is left of the text; NULL: nothing */
};

/* A table, its evidence, and the record that stands after it. */
struct scene {
    struct csvk_buf bytes;
    struct norm_arena arena;
    struct norm_view view;
    struct norm_sample sample;
    struct norm_context context;
    struct norm_decision decision;
    size_t at; /* of the record, in the view */
};

/* Appends the table, with its header. */
void example_put(enum example table, struct csvk_buf *to);
/* Decides about the record; its place in the view is kept in the scene. */
void scene_decide(struct scene *scene, const struct decision_case *c);
/* What does not hold of the decision, told on standard error; NULL: all is as it should be. */
const char *scene_fault(const struct scene *scene, const struct decision_case *c);
void scene_release(struct scene *scene);

#endif
