/*
 * header_cause.h - private: why the records of a table agree on another width than its header has,
 * in words, with the option that helps.
 *
 * The idea. Such a table is refused, and what went wrong shows in its first records: lines above
 * the header, comments, another delimiter, characters that only look like enclosures, records that
 * were enclosed as a whole, a name that is missing. An option is named only where following the
 * advice leaves a header that looks like one, and where the user has not given it already.
 */
#ifndef CSVKIT_NORMALIZE_HEADER_CAUSE_H
#define CSVKIT_NORMALIZE_HEADER_CAUSE_H

#include "csvkit/normalize.h"
#include "csvkit/normalize/view.h"

/* What is said where values at the end of most records are left out. */
#define NORM_SHORT_RECORDS                                                                         \
    "values left out at the end of most records, as none is wider (--ragged=pad adds them, empty)"

struct norm_header_matter {
    const struct norm_view *view;
    const struct norm_line *line; /* the header, and the records after it; no blank lines */
    size_t count;
    size_t width, other; /* of the header; of most records */
    enum csvk_normalize_ragged ragged;
    bool ends_early; /* most records are short: values at their end are left out */
};

/* The header begins with a mark of comments, and so does the record. */
bool norm_is_comment_like(const struct norm_line *header, const struct norm_line *line);
/* The last fields of all records of the other width hold nothing but blanks, or nothing at all. */
enum norm_end { NORM_END_DATA, NORM_END_BLANK, NORM_END_EMPTY };
enum norm_end norm_header_ends(const struct norm_header_matter *matter);
/*
 * "; " and the cause, or "". *lines_above: how many lines stand above what looks like the header,
 * when that is the cause; else 0.
 */
void norm_header_cause(const struct norm_header_matter *matter, char *text, size_t room,
                       size_t *lines_above);

#endif
