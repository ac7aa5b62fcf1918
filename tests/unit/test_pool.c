/* test_pool.c - jobs finish in any order and come back in the order of submission. */
#include "csvkit/pool.h"
#include "tests/support/support.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum { JOBS = 300, MOST_THREADS = 4 };

struct worker {
    atomic_int busy; /* two jobs at a time with one worker would be a bug */
    atomic_int done;
};

struct job {
    int number;
    int result;
    bool saw_no_signals;
};

static void run(void *worker, void *job)
{
    struct worker *me = worker;
    struct job *work = job;
    ck_assert_int_eq(atomic_fetch_add(&me->busy, 1), 0);
    struct timespec nap = {0, work->number % 7 * 20000L}; /* later jobs overtake */
    nanosleep(&nap, NULL);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    work->saw_no_signals = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGINT) == 1;
    work->result = work->number * 3;
    atomic_fetch_add(&me->done, 1);
    atomic_fetch_sub(&me->busy, 1);
}

static struct csvk_pool *new_pool(struct worker *workers, void **list, size_t threads, size_t depth)
{
    for (size_t i = 0; i < threads; i++) {
        atomic_init(&workers[i].busy, 0);
        atomic_init(&workers[i].done, 0);
        list[i] = &workers[i];
    }
    struct csvk_pool_plan plan = {run, list, threads, depth};
    struct csvk_pool *pool;
    ck_assert_int_eq(csvk_pool_new(&pool, &plan, NULL), CSVK_OK);
    return pool;
}

static void assert_next(struct csvk_pool *pool, int number, size_t threads)
{
    const struct job *job = csvk_pool_take(pool);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(job->number, number);
    ck_assert_int_eq(job->result, 3 * number);
    ck_assert(job->saw_no_signals == (threads > 1));
}

START_TEST(results_come_in_order)
{
    static struct job jobs[JOBS];
    for (size_t threads = 1; threads <= MOST_THREADS; threads++) {
        struct worker workers[MOST_THREADS];
        void *list[MOST_THREADS];
        size_t depth = threads + 2;
        struct csvk_pool *pool = new_pool(workers, list, threads, depth);
        int taken = 0, done = 0;
        for (int i = 0; i < JOBS; i++) {
            if (csvk_pool_pending(pool) == depth) {
                assert_next(pool, taken++, threads);
            }
            jobs[i] = (struct job){.number = i};
            csvk_pool_submit(pool, &jobs[i]);
        }
        while (csvk_pool_pending(pool) > 0) {
            assert_next(pool, taken++, threads);
        }
        ck_assert_int_eq(taken, JOBS);
        ck_assert_ptr_null(csvk_pool_take(pool));
        csvk_pool_free(pool);
        for (size_t i = 0; i < threads; i++) {
            done += atomic_load(&workers[i].done);
        }
        ck_assert_int_eq(done, JOBS);
    }
}
END_TEST

START_TEST(one_thread_runs_at_once)
{
    struct worker workers[1];
    void *list[1];
    struct csvk_pool *pool = new_pool(workers, list, 1, 1);
    struct job job = {.number = 14};
    csvk_pool_submit(pool, &job);
    ck_assert_int_eq(job.result, 42);
    ck_assert_uint_eq(csvk_pool_pending(pool), 1);
    ck_assert_ptr_eq(csvk_pool_take(pool), &job);
    csvk_pool_free(pool);
}
END_TEST

START_TEST(waiting_jobs_are_forgotten)
{
    struct worker workers[2];
    void *list[2];
    static struct job jobs[50];
    struct csvk_pool *pool = new_pool(workers, list, 2, 50);
    for (int i = 0; i < 50; i++) {
        jobs[i] = (struct job){.number = 6};
        csvk_pool_submit(pool, &jobs[i]);
    }
    csvk_pool_free(pool);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(atomic_load(&workers[i].busy), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *tcase = tcase_create("pool");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, results_come_in_order);
    tcase_add_test(tcase, one_thread_runs_at_once);
    tcase_add_test(tcase, waiting_jobs_are_forgotten);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
