/*
 * weigh.h - private: what the readings of a record cost by the evidence of its table. Nothing is
 * decided here: how much worse all others have to be is for choose.h.
 */
#ifndef CSVKIT_NORMALIZE_WEIGH_H
#define CSVKIT_NORMALIZE_WEIGH_H

#include "csvkit/normalize/readings.h"

/* What is known of the table, and of the place in it. */
struct norm_context {
    size_t width;
    const struct norm_evidence *evidence;
    struct norm_habit habit;
    enum csvk_normalize_ragged ragged;
    bool before_sound;  /* the record before was sound */
    size_t sample_left; /* clean records that begin before it, in the view, were counted */
};

/* Are there enough clean records to know what the columns are like? */
static inline bool norm_is_known(const struct norm_context *context)
{
    return norm_evidence_records(context->evidence) >= NORM_ENOUGH;
}

/* Sets the scores; the best readings come first, as many as a decision names; of those that write
   the same only the cheapest stays. The record begins at `begin`. */
void norm_weigh(const struct norm_view *view, const struct norm_context *context, size_t begin,
                struct norm_readings *readings);
/* What the sound record at `at` costs: one of the sample is judged without itself, for its values
   would all come again, which is rare in a column of different ones. */
int norm_cost_of_record(const struct norm_view *view, const struct norm_context *context,
                        size_t at);
/* Is there a line inside the reading, not its first, that is a sound record by itself, and not
   unlike those of the table? Only with evidence (norm_is_known). */
bool norm_swallows_record(const struct norm_view *view, const struct norm_context *context,
                          size_t begin, size_t end);

#endif
