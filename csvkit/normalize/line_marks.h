/*
 * line_marks.h - private to quote_search.c: what the masks of a line tell about all readings of it.
 *
 * The idea. Most faults are seen in one byte. A *bad quote* has neither a quote nor an end of a
 * field on either side. Within an enclosure it would close that, and text follows it; in an open
 * field it is a fault; and no field begins with it. So no strict reading of fields passes it:
 * whatever edit ends before the last bad quote of its line, the fields after the edit have a fault.
 */
#ifndef CSVKIT_NORMALIZE_LINE_MARKS_H
#define CSVKIT_NORMALIZE_LINE_MARKS_H

#include "csvkit/normalize/view.h"

struct norm_line_marks {
    size_t end;    /* of the line, before its line break; the end of the view when there is none */
    size_t fields; /* that it has when all of them are open; 0: not known */
    /* Every strict reading of fields that begins in [from, bad) has a fault. Nowhere: both are 0.
     */
    size_t from, bad;
};

/* Of the physical line in which `at` is, from there on. */
struct norm_line_marks norm_line_marks_of(const struct norm_view *view, size_t at);

#endif
