/* test_pool.c - jobs finish in any order and come back in the order of submission. */
#include "csvkit/extra/pool.h"
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

struct pool_job {
    int number;
    int result;
    bool saw_no_signals;
};

static void run(void *worker, void *job)
{
    struct worker *me = worker;
    struct pool_job *work = job;
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

static struct csvk_pool *new_pool(struct worker *workers, void **list, size_t threads, size_t depth,
                                  bool owner_works)
{
    for (size_t i = 0; i < threads; i++) {
        atomic_init(&workers[i].busy, 0);
        atomic_init(&workers[i].done, 0);
        list[i] = &workers[i];
    }
    struct csvk_pool_plan plan = {run, list, threads, depth, owner_works};
    struct csvk_pool *pool;
    ck_assert_int_eq(csvk_pool_new(&pool, &plan, NULL), CSVK_OK);
    return pool;
}

/* Returns whether the owner's thread did the job: there signals are not blocked. */
static bool assert_next(struct csvk_pool *pool, int number)
{
    const struct pool_job *job = csvk_pool_take(pool);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(job->number, number);
    ck_assert_int_eq(job->result, 3 * number);
    return !job->saw_no_signals;
}

static void assert_order(size_t threads, bool owner_works)
{
    static struct pool_job jobs[JOBS];
    struct worker workers[MOST_THREADS];
    void *list[MOST_THREADS];
    size_t depth = threads + 2;
    struct csvk_pool *pool = new_pool(workers, list, threads, depth, owner_works);
    int taken = 0, done = 0, by_owner = 0;
    for (int i = 0; i < JOBS; i++) {
        if (csvk_pool_pending(pool) == depth) {
            by_owner += assert_next(pool, taken++);
        }
        jobs[i] = (struct pool_job){.number = i};
        csvk_pool_submit(pool, &jobs[i]);
    }
    while (csvk_pool_pending(pool) > 0) {
        by_owner += assert_next(pool, taken++);
    }
    ck_assert_int_eq(taken, JOBS);
    ck_assert_ptr_null(csvk_pool_take(pool));
    csvk_pool_free(pool);
    for (size_t i = 0; i < threads; i++) {
        done += atomic_load(&workers[i].done);
    }
    ck_assert_int_eq(done, JOBS);
    int owners = threads == 1 ? JOBS : owner_works ? atomic_load(&workers[threads - 1].done) : 0;
    ck_assert_int_eq(by_owner, owners);
}

START_TEST(results_come_in_order)
{
    for (size_t threads = 1; threads <= MOST_THREADS; threads++) {
        assert_order(threads, false);
        assert_order(threads, true);
    }
}
END_TEST

/* Job 0 ends only after job 1: with one thread beside the owner, the owner has to do that one. */
static void run_in_need(void *worker, void *job)
{
    static atomic_int done;
    const struct pool_job *work = job;
    (void)worker;
    struct timespec nap = {0, 1000000};
    while (work->number == 0 && atomic_load(&done) == 0) {
        nanosleep(&nap, NULL);
    }
    atomic_fetch_add(&done, 1);
}

START_TEST(an_owner_works_while_it_waits)
{
    void *list[2] = {NULL, NULL};
    struct csvk_pool_plan plan = {run_in_need, list, 2, 2, true};
    struct csvk_pool *pool;
    struct pool_job jobs[2] = {{.number = 0}, {.number = 1}};
    ck_assert_int_eq(csvk_pool_new(&pool, &plan, NULL), CSVK_OK);
    csvk_pool_submit(pool, &jobs[0]);
    csvk_pool_submit(pool, &jobs[1]);
    ck_assert_ptr_eq(csvk_pool_take(pool), &jobs[0]);
    ck_assert_ptr_eq(csvk_pool_take(pool), &jobs[1]);
    csvk_pool_free(pool);
}
END_TEST

START_TEST(one_thread_runs_at_once)
{
    struct worker workers[1];
    void *list[1];
    struct csvk_pool *pool = new_pool(workers, list, 1, 1, false);
    struct pool_job job = {.number = 14};
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
    static struct pool_job jobs[50];
    struct csvk_pool *pool = new_pool(workers, list, 2, 50, false);
    for (int i = 0; i < 50; i++) {
        jobs[i] = (struct pool_job){.number = 6};
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
    tcase_add_test(tcase, an_owner_works_while_it_waits);
    tcase_add_test(tcase, one_thread_runs_at_once);
    tcase_add_test(tcase, waiting_jobs_are_forgotten);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
