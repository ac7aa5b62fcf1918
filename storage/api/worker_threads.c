/*
 * worker_threads.c - a few threads that share a list of items.
 *
 * Only the first failure is reported. The other workers are stopped because of it, and their
 * "stopped" would not help the user.
 */
#include "storage/api/worker_threads.h"

#include <string.h>

enum { MOST_THREADS = 64 };

struct crew {
    const struct work *work;
    pthread_mutex_t lock;
    size_t next;
    int status;
    struct csvk_error err;
    volatile sig_atomic_t stop;
};

static bool take(struct crew *crew, size_t *item)
{
    pthread_mutex_lock(&crew->lock);
    bool more = !crew->stop && crew->next < crew->work->items;
    *item = crew->next;
    crew->next += more;
    pthread_mutex_unlock(&crew->lock);
    return more;
}

static void report(struct crew *crew, int status, const struct csvk_error *err)
{
    pthread_mutex_lock(&crew->lock);
    if (crew->status == CSVK_OK) {
        crew->status = status;
        crew->err = *err;
    }
    crew->stop = 1;
    pthread_mutex_unlock(&crew->lock);
}

static void *run_worker(void *argument)
{
    struct crew *crew = argument;
    struct csvk_error err = {0};
    struct http_client *client = NULL;
    int status = kbc_worker_client(crew->work->kbc, &client, &err);
    if (status == CSVK_OK) {
        http_client_watch(client, &crew->stop);
    }
    size_t item;
    while (status == CSVK_OK && take(crew, &item)) {
        status = crew->work->run(crew->work->ctx, client, item, &err);
    }
    if (status < 0) {
        report(crew, status, &err);
    }
    http_client_free(client);
    return NULL;
}

int work_run(const struct work *work, struct csvk_error *err)
{
    struct crew crew = {.work = work, .status = CSVK_OK};
    pthread_t threads[MOST_THREADS];
    size_t wanted = work->threads < MOST_THREADS ? work->threads : MOST_THREADS;
    size_t started = 0;
    wanted = wanted < work->items ? wanted : work->items;
    pthread_mutex_init(&crew.lock, NULL);
    while (started + 1 < wanted &&
           pthread_create(&threads[started], NULL, run_worker, &crew) == 0) {
        started++;
    }
    run_worker(&crew); /* this thread works, too, so the work is done even without others */
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&crew.lock);
    if (crew.status < 0 && err) {
        *err = crew.err;
    }
    return crew.status;
}
