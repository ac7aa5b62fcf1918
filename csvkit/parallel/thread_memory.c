/*
 * thread_memory.c - see thread_memory.h.
 *
 * All parts lie together, in as few large pages as can be. Those that nobody had yet come first
 * from the lowest place on, so what is never needed is never touched.
 *
 * Invariant: a part is beyond `fresh`, or taken, or in the `idle` of one thread.
 */
#include "csvkit/parallel/thread_memory.h"

#include "csvkit/base/large_pages.h"

#include <pthread.h>
#include <string.h>

struct memory_of_all {
    pthread_mutex_t lock;
    struct csvk_large memory;
    unsigned char *fresh, *end; /* parts that nobody had yet */
    size_t size;
    struct thread_memory *first; /* of `threads` */
    size_t threads;
};

struct thread_memory {
    struct memory_of_all *all;
    unsigned char **idle; /* what this thread had last of all; room for all parts */
    size_t nidle;
};

static bool make_parts(struct memory_of_all *all, size_t parts, size_t size)
{
    if (!csvk_large_take(&all->memory, parts * size)) {
        return false;
    }
    all->fresh = all->memory.bytes;
    all->end = all->fresh + parts * size;
    all->size = size;
    return true;
}

struct thread_memory *thread_memory_new(size_t threads, size_t parts, size_t size)
{
    struct thread_memory *first = csvk_calloc(threads, sizeof *first);
    struct memory_of_all *all = csvk_calloc(1, sizeof *all);
    if (first == NULL || all == NULL) {
        csvk_free(first);
        csvk_free(all);
        return NULL;
    }
    pthread_mutex_init(&all->lock, NULL);
    all->first = first;
    all->threads = threads;
    bool made = make_parts(all, parts, size);
    for (size_t i = 0; i < threads; i++) {
        first[i].all = all;
        first[i].idle = csvk_calloc(parts, sizeof *first[i].idle);
        made = made && first[i].idle != NULL;
    }
    if (!made) {
        thread_memory_free(first);
        return NULL;
    }
    return first;
}

void thread_memory_free(struct thread_memory *first)
{
    if (first == NULL) {
        return;
    }
    struct memory_of_all *all = first->all;
    for (size_t i = 0; i < all->threads; i++) {
        csvk_free(first[i].idle);
    }
    pthread_mutex_destroy(&all->lock);
    csvk_large_release(&all->memory);
    csvk_free(all);
    csvk_free(first);
}

struct thread_memory *thread_memory_of(struct thread_memory *first, size_t thread)
{
    return &first[thread];
}

/* One that another thread had. There is one: no more are taken than there are parts. */
static unsigned char *take_from_others(struct thread_memory *first)
{
    while (first->nidle == 0) {
        first++;
    }
    return first->idle[--first->nidle];
}

unsigned char *thread_memory_take(struct thread_memory *own)
{
    struct memory_of_all *all = own->all;
    unsigned char *part, *fresh = NULL;
    pthread_mutex_lock(&all->lock);
    if (own->nidle != 0) {
        part = own->idle[--own->nidle];
    } else if (all->fresh < all->end) {
        part = fresh = all->fresh;
        all->fresh += all->size;
    } else {
        part = take_from_others(all->first);
    }
    pthread_mutex_unlock(&all->lock);
    if (fresh != NULL) {
        memset(fresh, 0, all->size);
    }
    return part;
}

void thread_memory_give_back(struct thread_memory *own, unsigned char *part)
{
    pthread_mutex_lock(&own->all->lock);
    own->idle[own->nidle++] = part;
    pthread_mutex_unlock(&own->all->lock);
}
