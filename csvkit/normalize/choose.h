/*
 * choose.h - private: from readings to a decision. The best one by weigh.h is taken only when every
 * other one is clearly worse; otherwise the record goes to the rejects, with those that compete.
 *
 * Every refusal here and in decide_*.c stands for a way in which a row was once moved, cut or
 * filled by luck; none may go without a test that misses it.
 */
#ifndef CSVKIT_NORMALIZE_CHOOSE_H
#define CSVKIT_NORMALIZE_CHOOSE_H

#include "csvkit/normalize/decision.h"

/*
 * The reading to take, or NULL with `why`. One that is the only one that fits needs no margin, only
 * values that may stand in their columns. `without_evidence`: the only one may be taken where too
 * little is known of the columns.
 */
const struct norm_reading *norm_choose(const struct norm_matter *m, struct norm_readings *readings,
                                       bool without_evidence, char *why, size_t room);
/* The reading becomes the record. */
void norm_put_reading(const struct norm_matter *m, const struct norm_reading *best);

#endif
