/*
 * decide_private.h - private to decide*.c: one record in question, and how a decision is put down.
 */
#ifndef CSVKIT_NORMALIZE_DECIDE_PRIVATE_H
#define CSVKIT_NORMALIZE_DECIDE_PRIVATE_H

#include "csvkit/normalize/decide.h"

struct norm_matter {
    const struct norm_view *view;
    const struct norm_line *line;
    const struct norm_context *context;
    struct norm_decision *decision;
};

/* ---- decide.c: putting it down ---- */
/* At first the record is kept. */
void norm_begin_decision(const struct norm_matter *m);
void norm_put_reject(const struct norm_matter *m, size_t end, enum csvk_repair repair,
                     const char *format, ...) CSVK_PRINTF(4, 5);
void norm_put_cells(const struct norm_matter *m, const struct norm_cell *cell, size_t end,
                    enum csvk_repair repair);
void norm_put_keep(const struct norm_matter *m);
/* The reading becomes the record. */
void norm_put_reading(const struct norm_matter *m, const struct norm_reading *best);
/* One that competes; NORM_COMPETING are kept. */
void norm_put_competitor(const struct norm_matter *m, const char *reading, int bits);
static inline double norm_in_bits(int parts)
{
    return (double)parts / NORM_BIT;
}
/* Are there enough clean records to know what the columns are like? */
bool norm_is_known(const struct norm_context *context);
/*
 * The reading to take, or NULL with `why`. One that is the only one that fits needs no margin, only
 * values that may stand in their columns. `without_evidence`: the only one may be taken where too
 * little is known of the columns.
 */
const struct norm_reading *norm_choose(const struct norm_matter *m, struct norm_readings *readings,
                                       bool without_evidence, char *why, size_t room);

/* ---- explain_misfit.c ---- */
/* The record is rejected: adds to the reason what its bytes show, if they do. */
void norm_explain_misfit(const struct norm_matter *m);

/* ---- decide_quotes.c, decide_width.c, decide_lines.c ---- */
void norm_decide_quotes(const struct norm_matter *m);
void norm_decide_surplus(const struct norm_matter *m);
void norm_decide_short(const struct norm_matter *m);
/* A line of one field, and the record after it. */
void norm_decide_lone(const struct norm_matter *m);
/* Are the short lines from the record on one record? True: the decision is made. */
bool norm_decide_join(const struct norm_matter *m);
bool norm_is_lone(const struct norm_line *line, size_t width);

#endif
