/*
 * column_state.h - private: what is known about the values of one column, with their counts; and
 * the shape of a value.
 *
 * The idea. All of it is a function of a value and how often it occurs. So as long as a column's
 * values are all kept with their counts, nothing of it need be worked out for each record, but for
 * the first record of each value (state_note); state_count does the rest once for each value, when
 * somebody asks. A column whose values are too many calls both for each record.
 */
#ifndef CSVKIT_STATS_COLUMN_STATE_H
#define CSVKIT_STATS_COLUMN_STATE_H

#include "csvkit/stats/number_sum.h"
#include "csvkit/stats/tally.h"

#define SHAPE_MOST 40 /* bytes of a value that its shape shows, and of a shape */

struct byte_bound { /* the least or the greatest value by bytes */
    bool any, cut;  /* cut: the value goes on */
    uint64_t key;   /* its first 8 bytes as one number, which orders as they do; zeros after it */
    uint32_t kept;
    unsigned char text[TALLY_TEXT];
};
struct column_state {
    struct csvk_column_types types;           /* but for `values` and `misfits`: state_types */
    uint64_t by_types[1 << CSVK_TYPE_STRING]; /* values, by the set of types that hold them */
    struct number_sum sum;
    struct number_bound number_least, number_greatest;
    struct byte_bound least, greatest;
    struct byte_bound moment_least, moment_greatest; /* a blank in the place of the T */
    uint64_t moments;
    uint64_t shortest, longest, points; /* in code points */
    struct tally shapes;
    /* Where the last shape of each length is in `shapes`: the next one of its length is most often
       the same. Only a hint, until the shapes are sketched. */
    uint32_t last_shape[SHAPE_MOST + 1];
};
/* One value, as the state wants it. */
struct column_value {
    struct csvk_bytes text;  /* all of it, or its first TALLY_TEXT bytes */
    uint64_t length, points; /* of all of it; points 0: not counted yet, and `text` is all of it */
    uint64_t score, count;   /* the lowest score of its occurrences, and how many they are */
};

/* Code points, as the bytes that begin one. */
uint64_t count_points(const unsigned char *bytes, size_t length);
/* Writes the shape of a value, of which `text` has all or the first bytes; returns its length. */
size_t shape_of(struct csvk_bytes text, bool goes_on, unsigned char shape[SHAPE_MOST]);
/* The evidence with all counts. */
struct csvk_column_types state_types(const struct column_state *state);
/* Adds the value as often as it says. CSVK_ENOMEM. */
int state_count(struct column_state *state, const struct column_value *value,
                const struct typed_value *typed) CSVK_MUST_USE;
/* CSVK_ENOMEM. The tallies of shapes have the same sizes. */
int state_merge(struct column_state *left, struct column_state *right) CSVK_MUST_USE;
void state_release(struct column_state *state);

#endif
