/* explain_misfit.h - private: what the bytes of a rejected record show. */
#ifndef CSVKIT_NORMALIZE_EXPLAIN_MISFIT_H
#define CSVKIT_NORMALIZE_EXPLAIN_MISFIT_H

#include "csvkit/normalize/decision.h"

/* The record is rejected: adds to the reason what its bytes show, if they do. */
void norm_explain_misfit(const struct norm_matter *m);

#endif
