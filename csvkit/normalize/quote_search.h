/*
 * quote_search.h - private to readings_of_quotes.c: where an edit is tried in a record, and how the
 * reading that it makes is put together.
 *
 * An edit asks first whether the fields after it give the width (norm_search_tail or _after), then
 * whether anybody wants the reading (norm_search_wants), and only then decodes values and adds it.
 */
#ifndef CSVKIT_NORMALIZE_QUOTE_SEARCH_H
#define CSVKIT_NORMALIZE_QUOTE_SEARCH_H

#include "csvkit/normalize/line_marks.h"
#include "csvkit/normalize/quote_walk.h"
#include "csvkit/normalize/readings.h"

struct norm_search {
    const struct norm_view *view;
    const struct norm_line *line;
    size_t width;
    int quote;
    struct norm_readings *to;
    struct norm_cell *cell; /* width + 2 of them: the head, then what is tried */
    size_t nhead, at;       /* `at`: where the field after the head begins */
    size_t rest, nrest; /* fields from `rest` on, read in `rest_mode`, go into the cells from number
                           `nrest` on; NORM_NOWHERE: there are none */
    enum norm_mode rest_mode;
    size_t strict; /* from the second field of the rest on all are strict ones, and begin there;
                      NORM_NOWHERE: that is not known */
    struct norm_line_marks first; /* of the first line */
    struct norm_line_marks marks; /* of that of the first field that has a fault ... */
    struct norm_line_marks next;  /* ... and of the one after it */
    size_t far, far_from; /* no value that begins before the line break at `far_from` may reach
                             further than `far`, for its line breaks; once `is_far_known` */
    bool is_far_known;
    struct norm_walk walk; /* over the quotes of the record */
    /* So many fields at the begin of the record have no fault, so that their values are those of
       the line; where they begin, and the next one. In NORM_MODE_PAIRS they may end elsewhere when
       `has_inner_pair`. */
    size_t nclean, *from; /* width + 1 of them */
    bool has_inner_pair;
    size_t single_from, single; /* the first quote from the one on that is in no pair is the other;
                                   see norm_search_single */
    size_t backslash; /* the first quote behind a backslash when `has_backslash`; else how far
                         none was found */
    bool has_backslash;
};

/* Has [s->at, to) more line breaks than a value that lost a quote may have? */
bool norm_search_has_many_breaks(struct norm_search *s, size_t to);
/* The first quote from s->at on that is in no pair, as norm_walk_single. */
size_t norm_search_single(struct norm_search *s);
/* Passes the fields at the begin of the record that have no fault, but for the last one. */
void norm_search_pass_clean(struct norm_search *s);
/* Has every strict tail that begins at `at` a fault? False where that is not known. */
static inline bool norm_search_is_before_bad(const struct norm_search *s, size_t at)
{
    return (at >= s->marks.from && at < s->marks.bad) || (at >= s->next.from && at < s->next.bad);
}
/*
 * The fields from `at` to the end of the record, when there are `count` before them. The end of the
 * record; NORM_NOWHERE: a fault, or another number of fields than columns. They are put into cells
 * when the reading is added.
 */
size_t norm_search_tail(struct norm_search *s, size_t at, enum norm_mode mode, size_t count);
/* The tail after a field that ends at `at`. */
size_t norm_search_after(struct norm_search *s, size_t at, size_t count);
/* A copy of s->cell. NULL: no memory. */
struct norm_cell *norm_search_keep(struct norm_search *s);
/* Counts a reading that is another one once more. */
static inline void norm_search_count(struct norm_search *s)
{
    s->to->found += s->to->found < NORM_QUOTE_READINGS;
}
/* Counts a reading of the slip that ends there, unless there are too many. Is it to be added? */
bool norm_search_wants(struct norm_search *s, enum norm_slip slip, size_t end);
/* Adds the reading, which is wanted: its first cells are in s->cell, the others are the rest. */
struct norm_reading *norm_search_add(struct norm_search *s, struct norm_reading reading,
                                     size_t end);
/* Both. NULL: it is not wanted, or no memory. */
struct norm_reading *norm_search_propose(struct norm_search *s, struct norm_reading reading,
                                         size_t end);
/* The same where evidence shall not see the quotes that the edit made data in cell `k`. */
void norm_search_propose_unquoted(struct norm_search *s, struct norm_reading reading, size_t end,
                                  size_t k);

#endif
