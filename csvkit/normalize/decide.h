/* decide.h - private: what becomes of a record with a defect. decision.h has the idea. */
#ifndef CSVKIT_NORMALIZE_DECIDE_H
#define CSVKIT_NORMALIZE_DECIDE_H

#include "csvkit/normalize/decision.h"
#include "csvkit/normalize/weigh.h"

/* The record at `line`, which has a fault or another width. The arena of the view is cleared by the
   caller when the decision was carried out. */
void norm_decide(const struct norm_view *view, const struct norm_line *line,
                 const struct norm_context *context, struct norm_decision *decision);

#endif
