/*
 * readings.h - private: the readings of a record with a defect.
 *
 * The idea. A reading is a hypothesis about one slip of the writer: a delimiter lost or doubled, a
 * quote that is data, a quote lost, a line broken, a line cut. All readings of the named slips are
 * enumerated, within bounds; each has the cells that the record had before the slip, as far as they
 * can be known. What they are worth is for weigh.h.
 *
 * A reading with a *hole* cannot be written without inventing something (a value that was glued
 * from two cannot be taken apart). It competes with the others all the same: where it may be what
 * happened, nothing is written.
 */
#ifndef CSVKIT_NORMALIZE_READINGS_H
#define CSVKIT_NORMALIZE_READINGS_H

#include "csvkit/normalize.h"
#include "csvkit/normalize/view.h"

enum {
    NORM_MOST_READINGS = 256, /* for surplus fields; NORM_QUOTE_READINGS for quotes */
    NORM_QUOTE_READINGS = 64,
    NORM_WIDEST = 4096,   /* columns; wider records are read at their end only */
    NORM_LOOK_AHEAD = 64, /* records */
};

/* What a reading supposes. The texts of these are in reading_names.c. */
enum norm_slip {
    NORM_SLIP_AS_WRITTEN,
    NORM_SLIP_INNER_QUOTES,      /* quotes inside enclosures are data */
    NORM_SLIP_INNER_PAIRS,       /* the same, one beside the closing quote */
    NORM_SLIP_BACKSLASH,         /* a backslash escapes the quote */
    NORM_SLIP_BLANKS,            /* blanks around enclosures */
    NORM_SLIP_ALL_QUOTES,        /* all quotes are data */
    NORM_SLIP_OPENING_IS_DATA,   /* the opening quote of a field is data */
    NORM_SLIP_CLOSING_LOST,      /* the closing quote of a field is missing */
    NORM_SLIP_OPENING_LOST,      /* the opening quote of a field is missing */
    NORM_SLIP_QUOTES_BEFORE_END, /* quotes before a delimiter are data */
    NORM_SLIP_INNER_OF_FIELD,    /* inner quotes of one field are data */
    NORM_SLIP_QUOTES_IN_OPEN,    /* quotes in an open field are data */
    NORM_SLIP_DELIMITER_LOST,    /* a delimiter is missing after a field, beside an enclosure */
    NORM_SLIP_TWO_RECORDS,       /* hole: two records are on one line */
    NORM_SLIP_CUT,               /* hole: the line is cut within the last field */
    NORM_SLIP_EMPTY_SURPLUS,     /* empty fields are surplus */
    NORM_SLIP_DELIMITER_AS_DATA, /* hole: a field holds the delimiter and is not enclosed */
    NORM_SLIP_EMPTY_LEFT_OUT,    /* empty fields were left out at the end */
    NORM_SLIP_END_LOST,          /* hole: the last fields are lost */
    NORM_SLIP_FIELDS_LOST,       /* hole: fields are missing before a field */
    NORM_SLIP_GLUED,             /* hole: a delimiter is missing within a field */
    NORM_SLIPS
};

struct norm_reading {
    enum norm_slip slip;
    size_t field, count; /* the field it speaks of (from 1), and how many; 0: none */
    enum csvk_repair repair;
    bool hole;
    const struct norm_cell *cell;  /* `width` of them: the record as it would be written */
    const struct norm_cell *plain; /* as evidence judges them; ptr NULL: nothing is known. NULL: */
    int cells;                     /* these bits are what they cost */
    size_t end;                    /* of the record, in the view */
    int prior, hidden;             /* bits: of the slip itself; of what the cells do not show */
    int score;                     /* by weigh.c */
    size_t order;                  /* in which it was found */
};

/* The best scores of readings that have names of their own: as many as a decision names, in order.
   What is worse than all of them is not named. */
enum { NORM_COMPETING = 4 };
struct norm_best {
    int bits[NORM_COMPETING];
    size_t count;
};
void norm_best_add(struct norm_best *best, int bits);
/* The worst of them; INT32_MAX as long as there are fewer. */
static inline int norm_best_limit(const struct norm_best *best)
{
    return best->count < NORM_COMPETING ? INT32_MAX : best->bits[NORM_COMPETING - 1];
}

/* Which of the readings are kept. Those of quotes are counted all: their number is bounded. */
enum norm_wanted {
    NORM_WANTED_ALL,
    NORM_WANTED_GOING_ON,        /* those after which the table goes on (norm_view_goes_on) */
    NORM_WANTED_LOST_DELIMITERS, /* NORM_SLIP_DELIMITER_LOST */
    NORM_WANTED_NAMED,           /* of a short record: none that NORM_COMPETING others leave behind
                                    without a doubt; nor is it known what such a one costs */
};

struct norm_readings {
    struct norm_arena *arena; /* of the list; NULL: it is released */
    struct norm_reading *list;
    size_t count, capacity;
    bool failed; /* out of memory */
    enum norm_wanted wanted;
    size_t found; /* of quotes; more than those kept, when not all of them are wanted */
};

/*
 * Do the records of this table leave out empty fields at their end? Counted in the sample, over the
 * records that are short and fit their columns from the left.
 */
struct norm_habit {
    uint64_t *fitting; /* by number of fields, below the width */
    uint64_t all;
};
/* It is a habit when there are many of them, and few records that write the last field empty. */
bool norm_is_habit(const struct norm_habit *habit, const struct norm_evidence *evidence,
                   size_t width);

/* All readings that have one kind of edit of quotes; `width` columns, and so many cells of the line
   at least, unless it has fewer. */
void norm_readings_of_quotes(const struct norm_view *view, const struct norm_line *line,
                             size_t width, struct norm_readings *to);
/* Of a record without a fault that has more fields than columns: which of them are surplus? False:
   too many to tell. */
bool norm_readings_of_surplus(const struct norm_view *view, const struct norm_line *line,
                              size_t width, struct norm_readings *to);
/* Of one that has fewer. */
void norm_readings_of_short(const struct norm_view *view, const struct norm_line *line,
                            size_t width, const struct norm_evidence *evidence,
                            const struct norm_habit *habit, struct norm_readings *to);

/* Adds a reading; NULL: there are too many, or no memory. */
struct norm_reading *norm_readings_add(struct norm_readings *to,
                                       const struct norm_reading *reading);
void norm_readings_release(struct norm_readings *readings);

/* "the opening quote of field 2 is data"; `room` bytes. */
void norm_reading_name(const struct norm_reading *reading, char *text, size_t room);
/* Have both the same name? They are readings of one record. */
bool norm_reading_named_alike(const struct norm_reading *a, const struct norm_reading *b);

#endif
