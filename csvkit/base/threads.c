/* threads.c - see threads.h. */
#include "csvkit/base/threads.h"

#include <stdatomic.h>

/* Atomic, because threads may look meanwhile. */
static _Atomic(const struct csvk_threads *) given;

void csvk_give_threads(const struct csvk_threads *threads)
{
    atomic_store(&given, threads);
}

const struct csvk_threads *csvk_given_threads(void)
{
    return atomic_load(&given);
}
