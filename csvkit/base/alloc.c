/*
 * alloc.c - the library's only way to the heap, so that tests can make every one of these functions
 * fail. Sizes of 0 are taken for 1: NULL always means that memory has failed.
 */
#include "csvkit/csvkit.h"

#include <stdlib.h>
#include <string.h>

void *csvk_malloc(size_t size)
{
    return malloc(size != 0 ? size : 1);
}

void *csvk_calloc(size_t count, size_t size)
{
    return calloc(count != 0 ? count : 1, size != 0 ? size : 1);
}

void *csvk_realloc(void *old, size_t size)
{
    return realloc(old, size != 0 ? size : 1);
}

void *csvk_reallocarray(void *old, size_t count, size_t size)
{
    /* A product that overflows would ask for too little memory and succeed. */
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    return csvk_realloc(old, total);
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
    free(block);
}
