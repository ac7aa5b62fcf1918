/* told_stats.h - everything that statistics say, as text: equal texts mean equal statistics. */
#ifndef TESTS_SUPPORT_TOLD_STATS_H
#define TESTS_SUPPORT_TOLD_STATS_H

#include "csvkit/stats/stats.h"
#include "tests/support/support.h"

/* Appends it. */
void support_tell_stats(struct csvk_buf *out, struct csvk_stats *stats);

#endif
