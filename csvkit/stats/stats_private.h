/* stats_private.h - private: what statistics are made of. */
#ifndef CSVKIT_STATS_STATS_PRIVATE_H
#define CSVKIT_STATS_STATS_PRIVATE_H

#include "csvkit/stats/column_state.h"
#include "csvkit/stats/stats.h"

struct column {
    struct tally values;
    struct column_state state;
    uint64_t enclosed_empty;
};
struct csvk_stats {
    struct column *column;
    size_t count;
    struct csvk_dialect dialect;
    struct csvk_buf room; /* for a decoded value */
    struct csvk_stats_records records;
    struct csvk_column_stats answer;
    struct csvk_column_types answer_types;
};

#endif
