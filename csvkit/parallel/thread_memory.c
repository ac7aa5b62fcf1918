/*
 * thread_memory.c - see thread_memory.h.
 *
 * One piece of memory is divided by place: first among the threads, then each thread's into as many
 * parts as it may take. Those at the lowest places are taken first, and what nobody takes is never
 * touched.
 */
#include "csvkit/parallel/thread_memory.h"

#include "csvkit/base/large_pages.h"

#include <pthread.h>

struct thread_memory {
    size_t threads;
    unsigned char *memory; /* of all threads, in the first of them */
    pthread_mutex_t lock;
    unsigned char **idle;
    size_t nidle;
};

static bool divide(struct thread_memory *own, unsigned char *bytes, size_t each, size_t size)
{
    own->idle = csvk_calloc(each, sizeof *own->idle);
    for (size_t i = each; i > 0 && own->idle != NULL; i--) {
        own->idle[own->nidle++] = bytes + (i - 1) * size;
    }
    return own->idle != NULL;
}

/* Memory for all threads, that of each one beginning with a large page. */
static unsigned char *allocate(struct thread_memory *all, size_t threads, size_t share)
{
    size_t size = threads * share + CSVK_LARGE_PAGE;
    all->memory = csvk_calloc(1, size);
    if (all->memory == NULL) {
        return NULL;
    }
    csvk_use_large_pages(all->memory, size);
    return csvk_large_page_in(all->memory);
}

static size_t share_for(size_t bytes)
{
    return (bytes + CSVK_LARGE_PAGE - 1) / CSVK_LARGE_PAGE * CSVK_LARGE_PAGE;
}

struct thread_memory *thread_memory_new(size_t threads, size_t each, size_t size)
{
    struct thread_memory *all = csvk_calloc(threads, sizeof *all);
    if (all == NULL) {
        return NULL;
    }
    size_t share = share_for(each * size);
    unsigned char *bytes = allocate(all, threads, share);
    bool made = bytes != NULL;
    all->threads = threads;
    for (size_t i = 0; i < threads; i++) {
        pthread_mutex_init(&all[i].lock, NULL);
        made = made && divide(&all[i], bytes + i * share, each, size);
    }
    if (!made) {
        thread_memory_free(all);
        return NULL;
    }
    return all;
}

void thread_memory_free(struct thread_memory *all)
{
    if (all == NULL) {
        return;
    }
    for (size_t i = 0; i < all->threads; i++) {
        pthread_mutex_destroy(&all[i].lock);
        csvk_free(all[i].idle);
    }
    csvk_free(all->memory);
    csvk_free(all);
}

struct thread_memory *thread_memory_of(struct thread_memory *all, size_t thread)
{
    return &all[thread];
}

unsigned char *thread_memory_take(struct thread_memory *own)
{
    pthread_mutex_lock(&own->lock);
    unsigned char *memory = own->idle[--own->nidle];
    pthread_mutex_unlock(&own->lock);
    return memory;
}

void thread_memory_give_back(struct thread_memory *own, unsigned char *memory)
{
    pthread_mutex_lock(&own->lock);
    own->idle[own->nidle++] = memory;
    pthread_mutex_unlock(&own->lock);
}
