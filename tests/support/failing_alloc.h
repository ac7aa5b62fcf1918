/*
 * failing_alloc.h - the library's allocator for a test program that wants every allocation to fail
 * once, in turn. Include it in exactly one file of the program: it takes the place of alloc.c.
 */
#ifndef TESTS_SUPPORT_FAILING_ALLOC_H
#define TESTS_SUPPORT_FAILING_ALLOC_H

#include "csvkit/csvkit.h"

#include <stdlib.h>
#include <string.h>

/* Atomic: some commands have threads. */
static _Atomic long alloc_countdown = -1; /* allocations until one fails; negative: none fails */
static _Atomic long alloc_alive;          /* blocks that were not freed yet */

static bool alloc_fails_now(void)
{
    return alloc_countdown >= 0 && alloc_countdown-- == 0;
}

void *csvk_malloc(size_t size)
{
    void *block = alloc_fails_now() ? NULL : malloc(size != 0 ? size : 1);
    alloc_alive += block != NULL;
    return block;
}

void *csvk_calloc(size_t count, size_t size)
{
    void *block = alloc_fails_now() ? NULL : calloc(count, size);
    alloc_alive += block != NULL;
    return block;
}

void *csvk_realloc(void *old, size_t size)
{
    void *block = alloc_fails_now() ? NULL : realloc(old, size != 0 ? size : 1);
    alloc_alive += block != NULL && old == NULL;
    return block;
}

void *csvk_reallocarray(void *old, size_t count, size_t size)
{
    return csvk_realloc(old, count * size);
}

char *csvk_strndup(const char *text, size_t length)
{
    char *copy = csvk_malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *csvk_strdup(const char *text)
{
    return csvk_strndup(text, strlen(text));
}

void csvk_free(void *block)
{
    alloc_alive -= block != NULL;
    free(block);
}

#endif
