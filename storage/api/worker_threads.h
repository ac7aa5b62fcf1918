/* worker_threads.h - private: several workers take items from one list; the first failure stops
 * all. */
#ifndef STORAGE_WORKER_THREADS_H
#define STORAGE_WORKER_THREADS_H

#include "storage/api/storage_api.h"

struct work {
    struct kbc *kbc;
    unsigned threads; /* at most; never more than items */
    size_t items;     /* taken in order 0 … items - 1 */
    void *ctx;
    /* Does one item, in the thread of any worker; every worker has a client of its own. */
    int (*run)(void *ctx, struct http_client *client, size_t item, struct csvk_error *err);
};
/* CSVK_OK when all items are done; else the first failure. */
int work_run(const struct work *work, struct csvk_error *err) CSVK_MUST_USE;

#endif
