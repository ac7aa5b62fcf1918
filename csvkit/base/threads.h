/*
 * threads.h - private: threads for what the core can do in pieces.
 *
 * They need a library, so they are no part of this one: libcsvkit-extra gives its pool with
 * csvk_give_threads (csvkit/extra/pool.h says what the calls do). Without it there is one thread.
 */
#ifndef CSVKIT_BASE_THREADS_H
#define CSVKIT_BASE_THREADS_H

#include "csvkit/base/for_extra.h"

struct csvk_threads {
    /*
     * A pool of `threads`, 2 and up, of which the caller's is one, for at most `depth` jobs at a
     * time. `run` is called in any of them; each has one of the workers for itself. NULL: there
     * are none to be had.
     */
    void *(*open)(void (*run)(void *worker, void *job), void *const *worker, size_t threads,
                  size_t depth);
    void (*submit)(void *pool, void *job);
    void *(*take)(void *pool); /* the oldest job, when it is done; NULL: there is none */
    void (*free)(void *pool);  /* waits for the jobs that run */
};

/* From now on there are threads. `threads` must live as long as the process. Any thread, at any
   time: whoever has begun keeps what there was. */
CSVK_FOR_EXTRA void csvk_give_threads(const struct csvk_threads *threads);
/* NULL: nobody has given any. */
const struct csvk_threads *csvk_given_threads(void);

#endif
