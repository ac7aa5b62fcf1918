/* decide_doubt.h - private: a sound record that may not be one. */
#ifndef CSVKIT_NORMALIZE_DECIDE_DOUBT_H
#define CSVKIT_NORMALIZE_DECIDE_DOUBT_H

#include "csvkit/normalize/decision.h"
#include "csvkit/normalize/weigh.h"

/*
 * A value of it runs over lines of which one looks like a record, or the line after it may belong
 * to it. Mostly NORM_KEEP, and then `end` is where it ends.
 */
void norm_doubt(const struct norm_view *view, const struct norm_line *line,
                const struct norm_context *context, struct norm_decision *decision);
/* Is the line at `at`, after a sound record, one that may belong to it? Without evidence, quickly.
 */
bool norm_line_is_doubtful(const struct norm_view *view, size_t at, size_t width);

#endif
