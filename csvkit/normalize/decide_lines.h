/* decide_lines.h - private: one record on several lines. */
#ifndef CSVKIT_NORMALIZE_DECIDE_LINES_H
#define CSVKIT_NORMALIZE_DECIDE_LINES_H

#include "csvkit/normalize/decision.h"

/* Has the line one field in a table of more, without a fault, and is it not blank? */
bool norm_is_lone(const struct norm_line *line, size_t width);
/* Such a line, and the record after it. */
void norm_decide_lone(const struct norm_matter *m);
/* Are the short lines from the record on one record? True: the decision is made. */
bool norm_decide_join(const struct norm_matter *m);

enum norm_lone { NORM_LONE_APART, NORM_LONE_UNCLEAR, NORM_LONE_JOINED };
/* `a` before `b`, one of them whole, the other a line of one field: are they one record? What
   competes is put down. *joined: its cells, unless they cannot be put together. */
enum norm_lone norm_judge_lone(const struct norm_matter *m, const struct norm_line *a,
                               const struct norm_line *b, const struct norm_cell **joined);

#endif
