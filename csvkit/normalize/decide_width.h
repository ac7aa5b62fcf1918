/* decide_width.h - private: a record without a fault that has too many or too few fields. */
#ifndef CSVKIT_NORMALIZE_DECIDE_WIDTH_H
#define CSVKIT_NORMALIZE_DECIDE_WIDTH_H

#include "csvkit/normalize/decision.h"

void norm_decide_surplus(const struct norm_matter *m);
void norm_decide_short(const struct norm_matter *m);

#endif
