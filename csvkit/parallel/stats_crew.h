/*
 * stats_crew.h - statistics of a table whose records are counted by several threads.
 *
 * The idea. One thread reads, since only the reader knows the numbers of the records. Each batch is
 * copied, and a thread of a pool adds the copy to statistics of its own; at the end all of them are
 * merged. What statistics say is a function of the set of records and their numbers (stats.h), so
 * it does not show which thread has counted which of them, nor how many threads there were.
 *
 * One object by one thread at a time. Memory: the statistics once more for each thread that has
 * counted something, and copies of two batches for each thread.
 */
#ifndef CSVKIT_PARALLEL_STATS_CREW_H
#define CSVKIT_PARALLEL_STATS_CREW_H

#include "csvkit/stats/stats.h"

/* So many bytes are counted by the caller's thread before any other is started: most files are
   short. */
#define CSVK_STATS_ALONE ((uint64_t)1024 * 1024)

struct csvk_stats_crew;
/*
 * Adds to `stats`, which is borrowed, and nobody else may use until csvk_stats_crew_finish;
 * `dialect` (copied) is that of the batches. `threads`, 1 and up, has the caller's among them: with
 * 1 there is no other, and no copy. When threads cannot be started, the caller's does it all.
 * csvk_stats_crew_free frees *out, which is NULL on failure. CSVK_ENOMEM.
 */
int csvk_stats_crew_new(struct csvk_stats_crew **out, struct csvk_stats *stats,
                        const struct csvk_dialect *dialect, size_t threads,
                        uint64_t alone) CSVK_MUST_USE;
/* As csvk_stats_add, now or before csvk_stats_crew_finish returns. CSVK_ENOMEM, perhaps of a batch
   that was added before: then all can only be freed. */
int csvk_stats_crew_add(struct csvk_stats_crew *crew, const struct csvk_batch *batch, uint64_t skip,
                        struct csvk_stats_before before) CSVK_MUST_USE;
/* All that was added is in the statistics then. More may be added afterwards. CSVK_ENOMEM. */
int csvk_stats_crew_finish(struct csvk_stats_crew *crew) CSVK_MUST_USE;
/* Ends the threads; what is not finished is lost. NULL is fine. */
void csvk_stats_crew_free(struct csvk_stats_crew *crew);

#endif
