/*
 * decision.h - private: what becomes of a record in question, and how that is put down. A decision
 * is a value: nothing is written here, nothing is counted, and the same record with the same
 * evidence gives the same decision wherever its bytes come from.
 *
 * The layers, from the ground up. No file includes or calls one of a later line, nor calls any that
 * is not in the list, so each can be asked alone; tests/house/layers.py reads it.
 *
 *   arena.c bits.c value_form.c
 *   evidence_costs.c                    what a value costs in a column
 *   evidence.c                          what the columns are like
 *   view*.c places.c                    the grammar over the bytes
 *   reading*.c quote_*.c line_marks.c   enumerate: what the record may be
 *   weigh.c                             weigh: what each reading costs by the evidence
 *   decision.c                          the decision as a value
 *   choose.c                            the best reading, when every other one is clearly worse
 *   decide_lines.c                      one record on several lines
 *   decide_width.c                      too many fields, or too few
 *   decide_quotes.c                     a fault of the enclosures
 *   explain_misfit.c                    what the bytes of a rejected record show
 *   decide.c                            a record with a defect: which of these is asked
 *   decide_doubt.c                      a sound record that may not be one
 *
 * repair_record.c has all of it done, and carries decisions out; normalize_account.c gives account
 * of them.
 */
#ifndef CSVKIT_NORMALIZE_DECISION_H
#define CSVKIT_NORMALIZE_DECISION_H

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

/* One record in question. */
struct norm_matter {
    const struct norm_view *view;
    const struct norm_line *line;
    const struct norm_context *context; /* weigh.h */
    struct norm_decision *decision;
};

/* At first the record is kept. */
void norm_begin_decision(const struct norm_matter *m);
void norm_put_keep(const struct norm_matter *m);
void norm_put_reject(const struct norm_matter *m, size_t end, enum csvk_repair repair,
                     const char *format, ...) CSVK_PRINTF(4, 5);
void norm_put_cells(const struct norm_matter *m, const struct norm_cell *cell, size_t end,
                    enum csvk_repair repair);
/* Several lines become the record; `said` is what was supposed. */
void norm_put_joined(const struct norm_matter *m, const struct norm_cell *cell, size_t end,
                     size_t parts, const char *said);
/* One that competes; NORM_COMPETING are kept. */
void norm_put_competitor(const struct norm_matter *m, const char *reading, int bits);

#endif
