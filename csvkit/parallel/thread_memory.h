/*
 * thread_memory.h - private: memory of one size for several threads, each of which gets back what
 * it had before.
 *
 * What another processor has written is dear to write over. So a thread takes the part that was
 * given back last of those it had, which it may still have in its cache. Only when there is none,
 * and no part is left that nobody had, it gets one of another thread.
 */
#ifndef CSVKIT_PARALLEL_THREAD_MEMORY_H
#define CSVKIT_PARALLEL_THREAD_MEMORY_H

#include "csvkit/csvkit.h"

struct thread_memory; /* of one thread */

/* For `threads` threads, which have at most `parts` of `size` bytes at a time, all together. NULL:
   no memory. The caller frees it. */
struct thread_memory *thread_memory_new(size_t threads, size_t parts, size_t size);
void thread_memory_free(struct thread_memory *all);
struct thread_memory *thread_memory_of(struct thread_memory *all, size_t thread);

/* All of its bytes are set. By the thread itself. */
unsigned char *thread_memory_take(struct thread_memory *own);
/* `own` is the one that it was taken from. In any thread. */
void thread_memory_give_back(struct thread_memory *own, unsigned char *part);

#endif
