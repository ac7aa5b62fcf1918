/* decide_quotes.h - private: a record with a fault of its enclosures. */
#ifndef CSVKIT_NORMALIZE_DECIDE_QUOTES_H
#define CSVKIT_NORMALIZE_DECIDE_QUOTES_H

#include "csvkit/normalize/decision.h"

void norm_decide_quotes(const struct norm_matter *m);

#endif
