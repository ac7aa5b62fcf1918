/*
 * pool.h - a few threads that do jobs of one kind. Results come back in the order of submission.
 *
 * One thread owns the pool and makes all calls. Jobs are structs of the caller's; between submit
 * and take they belong to the pool. Worker i always gets worker[i], so each thread can have scratch
 * memory of its own. With one thread there is no thread at all: submit does the job.
 *
 * An owner that has work of its own between the jobs (reading, writing) would be one thread too
 * many for the processors. So it may be one of the threads: csvk_pool_take then does a job that
 * waits, instead of sleeping. That is for short jobs of about equal length, and `depth` should be
 * twice the number of threads, or the others run out of jobs meanwhile.
 */
#ifndef CSVKIT_EXTRA_POOL_H
#define CSVKIT_EXTRA_POOL_H

#include "csvkit/csvkit.h"

struct csvk_pool;

struct csvk_pool_plan {
    void (*run)(void *worker, void *job); /* in any thread; leaves its result in `job` */
    void *const *worker;                  /* one for each thread; borrowed until csvk_pool_free */
    size_t threads;                       /* 1 and up */
    size_t depth;                         /* most jobs between submit and take, at least 1 */
    bool owner_works;                     /* the last of the threads is the owner's */
};

/* Starts the threads, with all signals blocked. CSVK_ENOMEM, CSVK_EIO when a thread is refused. */
int csvk_pool_new(struct csvk_pool **out, const struct csvk_pool_plan *plan,
                  struct csvk_error *err) CSVK_MUST_USE;
/* Jobs submitted and not yet taken. */
size_t csvk_pool_pending(const struct csvk_pool *pool);
/* Queues `job`. Only while fewer than `depth` are pending. */
void csvk_pool_submit(struct csvk_pool *pool, void *job);
/*
 * Returns the oldest pending job when it is done, NULL when none is pending. Until then it waits,
 * or does other jobs.
 */
void *csvk_pool_take(struct csvk_pool *pool);
/* Waits for the jobs that run, forgets those that wait, and ends the threads. */
void csvk_pool_free(struct csvk_pool *pool);

#endif
