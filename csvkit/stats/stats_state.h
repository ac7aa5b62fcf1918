/*
 * stats_state.h - statistics through a partial_io (csvkit/io/partial_io.h): written to a file, and
 * read again.
 *
 * What is read is held against the bounds that statistics have, so bytes that make no sense are
 * damage (io->status), whatever they are. Numbers of records count from the begin of the part.
 */
#ifndef CSVKIT_STATS_STATS_STATE_H
#define CSVKIT_STATS_STATS_STATE_H

#include "csvkit/io/partial_io.h"
#include "csvkit/stats/stats.h"

/* When it is read, `stats` is new, with the columns that were written. After a failure it can only
   be freed. */
void csvk_stats_state(struct partial_io *io, struct csvk_stats *stats);
/* There are so many records before those that were added. */
void csvk_stats_shift(struct csvk_stats *stats, uint64_t records);

#endif
