/*
 * pool.c - a ring of jobs between one owner and a few threads.
 *
 * Every job has a number, counted from 0. Three numbers divide the ring: jobs below `taken` are
 * gone, jobs below `started` are done or running, jobs below `submitted` wait. Order comes from the
 * numbers alone: threads finish in any order and set their slot's `is_done`.
 *
 * Invariant: taken <= started <= submitted <= taken + depth. The three numbers and the slots are
 * guarded by `lock`. Without threads nothing is locked, and started == submitted. An owner that
 * works takes its jobs from the same ring as the threads do, so nothing else changes.
 */
#include "csvkit/extra/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

struct pool_slot {
    void *job;
    bool is_done;
};

struct thread {
    struct csvk_pool *pool;
    void *worker;
    pthread_t id;
};

struct csvk_pool {
    struct csvk_pool_plan plan;
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job was submitted, or the pool ends */
    pthread_cond_t done; /* a job is done */
    bool is_ending;
    size_t taken, started, submitted;
    struct pool_slot *slot;
    struct thread *thread;
    size_t nthreads; /* how many run; without the owner */
};

/* The slot of a job's number. `depth` slots are enough, since no more jobs are pending. */
static struct pool_slot *slot_of(const struct csvk_pool *pool, size_t number)
{
    return &pool->slot[number % pool->plan.depth];
}

/* Waits for a job; NULL when the pool ends. Called and left with the lock held. */
static struct pool_slot *next_slot(struct csvk_pool *pool)
{
    while (pool->started == pool->submitted && !pool->is_ending) {
        pthread_cond_wait(&pool->work, &pool->lock);
    }
    return pool->is_ending ? NULL : slot_of(pool, pool->started++);
}

/* Runs a job. Called and left with the lock held, which is not held while the job runs. */
static void run_slot(struct csvk_pool *pool, struct pool_slot *slot, void *worker)
{
    void *job = slot->job;
    pthread_mutex_unlock(&pool->lock);
    pool->plan.run(worker, job);
    pthread_mutex_lock(&pool->lock);
    slot->is_done = true;
}

static void *thread_main(void *argument)
{
    const struct thread *thread = argument;
    struct csvk_pool *pool = thread->pool;
    pthread_mutex_lock(&pool->lock);
    for (struct pool_slot *slot = next_slot(pool); slot != NULL; slot = next_slot(pool)) {
        run_slot(pool, slot, thread->worker);
        pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals are the owner's business: the threads inherit a mask that blocks them all. */
static int start_threads(struct csvk_pool *pool, struct csvk_error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    size_t wanted = pool->plan.threads - (pool->plan.owner_works ? 1 : 0);
    int sys = 0;
    while (pool->nthreads < wanted && sys == 0) {
        struct thread *thread = &pool->thread[pool->nthreads];
        *thread = (struct thread){.pool = pool, .worker = pool->plan.worker[pool->nthreads]};
        sys = pthread_create(&thread->id, NULL, thread_main, thread);
        pool->nthreads += sys == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return sys == 0 ? CSVK_OK : csvk_fail_sys(err, sys, "cannot start a thread");
}

int csvk_pool_new(struct csvk_pool **out, const struct csvk_pool_plan *plan, struct csvk_error *err)
{
    *out = NULL;
    struct csvk_pool *pool = csvk_calloc(1, sizeof *pool);
    if (pool == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    pool->plan = *plan;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->slot = csvk_calloc(plan->depth, sizeof *pool->slot);
    pool->thread = csvk_calloc(plan->threads, sizeof *pool->thread);
    int status = pool->slot == NULL || pool->thread == NULL
                     ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                     : CSVK_OK;
    if (status == CSVK_OK && plan->threads > 1) {
        status = start_threads(pool, err);
    }
    if (status != CSVK_OK) {
        csvk_pool_free(pool);
        return status;
    }
    *out = pool;
    return CSVK_OK;
}

size_t csvk_pool_pending(const struct csvk_pool *pool)
{
    return pool->submitted - pool->taken; /* both change in the owner's thread only */
}

void csvk_pool_submit(struct csvk_pool *pool, void *job)
{
    assert(csvk_pool_pending(pool) < pool->plan.depth);
    struct pool_slot *slot = slot_of(pool, pool->submitted);
    if (pool->nthreads == 0) {
        pool->plan.run(pool->plan.worker[0], job);
        *slot = (struct pool_slot){job, true};
        pool->started = ++pool->submitted;
        return;
    }
    pthread_mutex_lock(&pool->lock);
    *slot = (struct pool_slot){job, false};
    pool->submitted++;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}

/*
 * The oldest job is not done yet: waits for a change, or does a job that waits when the owner may.
 * Called and left with the lock held.
 */
static void pass_time(struct csvk_pool *pool)
{
    if (pool->plan.owner_works && pool->started < pool->submitted) {
        run_slot(pool, slot_of(pool, pool->started++), pool->plan.worker[pool->nthreads]);
    } else {
        pthread_cond_wait(&pool->done, &pool->lock);
    }
}

void *csvk_pool_take(struct csvk_pool *pool)
{
    if (csvk_pool_pending(pool) == 0) {
        return NULL;
    }
    const struct pool_slot *slot = slot_of(pool, pool->taken);
    pthread_mutex_lock(&pool->lock);
    while (!slot->is_done) {
        pass_time(pool);
    }
    pool->taken++;
    pthread_mutex_unlock(&pool->lock);
    return slot->job;
}

/* Jobs that wait are not started any more; the ones that run are waited for. */
static void end_threads(struct csvk_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->nthreads; i++) {
        pthread_join(pool->thread[i].id, NULL);
    }
}

void csvk_pool_free(struct csvk_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    end_threads(pool);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    csvk_free(pool->slot);
    csvk_free(pool->thread);
    csvk_free(pool);
}
