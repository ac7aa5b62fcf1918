/*
 * thread_memory.h - private: memory of one size, of which each of several threads has its own.
 *
 * What another processor has written is dear to write over. So a thread takes what it gave away and
 * got back last, which it may still have in its cache, though another thread gives it back.
 */
#ifndef CSVKIT_PARALLEL_THREAD_MEMORY_H
#define CSVKIT_PARALLEL_THREAD_MEMORY_H

#include "csvkit/csvkit.h"

struct thread_memory; /* of one thread */

/* For `threads` threads, each of which takes `each` times `size` bytes at most; item i of the
   answer is that of thread i. NULL: no memory. The caller frees it. */
struct thread_memory *thread_memory_new(size_t threads, size_t each, size_t size);
void thread_memory_free(struct thread_memory *all);
struct thread_memory *thread_memory_of(struct thread_memory *all, size_t thread);

/* All of its bytes were written before. By the thread itself. */
unsigned char *thread_memory_take(struct thread_memory *own);
/* In any thread. */
void thread_memory_give_back(struct thread_memory *own, unsigned char *memory);

#endif
