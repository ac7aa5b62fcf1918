/* total_line.h - private: does a line below a table hold its total? */
#ifndef CSVKIT_BASE_TOTAL_LINE_H
#define CSVKIT_BASE_TOTAL_LINE_H

#include "csvkit/csvkit.h"

/*
 * Does the line begin with a word for a sum - "Total", "Summe:", "Celkem" - perhaps enclosed, after
 * blanks, in any case? The width of the record has to say that it is none of the table: any value
 * of a table may be such a word.
 */
bool csvk_is_total_line(struct csvk_bytes line, const struct csvk_dialect *dialect);

#endif
