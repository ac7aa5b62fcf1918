/*
 * decide.h - private: what becomes of a record with a defect. A decision is a value: nothing is
 * written here, nothing is counted, and the same record with the same evidence gives the same
 * decision wherever its bytes come from.
 *
 * The order: enumerate the readings (readings_of_*.c), weigh them by the evidence (weigh.c), and
 * take the best one only when every other one is clearly worse. Otherwise the record goes to the
 * rejects, with the readings that compete.
 */
#ifndef CSVKIT_NORMALIZE_DECIDE_H
#define CSVKIT_NORMALIZE_DECIDE_H

#include "csvkit/normalize/readings.h"
#include "csvkit/normalize/repair_table.h"

enum norm_action {
    NORM_WRITE,  /* the cells are the record */
    NORM_REJECT, /* the bytes up to `end` */
    NORM_KEEP,   /* the record is as it is written: nothing is doubtful */
    NORM_NO_MEMORY,
};

enum { NORM_TEXT = 256 };

/* A reading and what it costs, for the log. */
struct norm_competitor {
    char reading[96];
    int bits; /* parts of a bit, see bits.h */
};

struct norm_decision {
    enum norm_action action;
    size_t end;                   /* in the view: where to read on */
    const struct norm_cell *cell; /* `width` of them; in the arena */
    enum csvk_repair repair;
    enum norm_class class;
    size_t parts;             /* records that the reference parser sees in it */
    bool habit;               /* one of many alike: the writer leaves out empty fields */
    char evidence[NORM_TEXT]; /* what was supposed; or why it was rejected */
    struct norm_competitor competing[NORM_COMPETING];
    size_t ncompeting;
};

/* What is known of the table. */
struct norm_context {
    size_t width;
    const struct norm_evidence *evidence;
    struct norm_habit habit;
    enum csvk_normalize_ragged ragged;
    bool before_sound;  /* the record before was sound */
    size_t sample_left; /* clean records that begin before it, in the view, were counted */
};

/* The record at `line`, which has a fault or another width. The arena of the view is cleared by the
   caller when the decision was carried out. */
void norm_decide(const struct norm_view *view, const struct norm_line *line,
                 const struct norm_context *context, struct norm_decision *decision);
/*
 * A sound record that may not be one: a value of it runs over lines of which one looks like a
 * record, or the line after it may belong to it. Mostly NORM_KEEP, and then `end` is where it ends.
 */
void norm_doubt(const struct norm_view *view, const struct norm_line *line,
                const struct norm_context *context, struct norm_decision *decision);

/* Is the line at `at`, after a sound record, one that may belong to it? Without evidence, quickly.
 */
bool norm_line_is_doubtful(const struct norm_view *view, size_t at, size_t width);

/* ---- weigh.c ---- */

/* Sets the scores; the best readings come first, as many as a decision names; of those that write
   the same only the cheapest stays. The record begins at `begin`. */
void norm_weigh(const struct norm_view *view, const struct norm_context *context, size_t begin,
                struct norm_readings *readings);
/* What the sound record at `at` costs: one of the sample is judged without itself, for its values
   would all come again, which is rare in a column of different ones. */
int norm_cost_of_record(const struct norm_view *view, const struct norm_context *context,
                        size_t at);
/* Is the record at `at` sound, or do the data end there? Quotes in open fields do not matter. */
bool norm_next_is_sound(const struct norm_view *view, const struct norm_context *context,
                        size_t at);
/* Is there a line inside the reading, not its first, that is a sound record by itself? */
bool norm_swallows_record(const struct norm_view *view, const struct norm_context *context,
                          size_t begin, size_t end);
/* Width and faults only. */
static inline bool norm_is_sound(const struct norm_line *line, size_t width)
{
    return line->known && line->faults == 0 && line->ncells == width;
}

#endif
