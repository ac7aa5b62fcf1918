/* use_threads.c - the pool of threads, for the core (csvkit/base/threads.h). */
#include "csvkit/base/threads.h"
#include "csvkit/extra/extra.h"
#include "csvkit/extra/pool.h"

static void *open_pool(void (*run)(void *worker, void *job), void *const *worker, size_t threads,
                       size_t depth)
{
    struct csvk_pool *pool = NULL;
    struct csvk_pool_plan plan = {
        .run = run, .worker = worker, .threads = threads, .depth = depth, .owner_works = true};
    return csvk_pool_new(&pool, &plan, NULL) == CSVK_OK ? pool : NULL;
}

static void submit(void *pool, void *job)
{
    csvk_pool_submit(pool, job);
}

static void *take(void *pool)
{
    return csvk_pool_take(pool);
}

static void free_pool(void *pool)
{
    csvk_pool_free(pool);
}

void csvk_use_threads(void)
{
    static const struct csvk_threads threads = {open_pool, submit, take, free_pool};
    csvk_give_threads(&threads);
}
