/*
 * lazy_loading.h - private: loads a shared library when one of its functions is called for the
 * first time.
 *
 * A library that is linked in the ordinary way costs time at every start, even of commands that do
 * not use it. Instead, a file includes this header, names the library with LAZY_LIBRARY and defines
 * the functions that csvkit calls under their own names, each of which forwards its call. The
 * compiler still checks every call against the header of the library. Several threads may call at
 * the same time.
 */
#ifndef CSVKIT_EXTRA_LAZY_LOADING_H
#define CSVKIT_EXTRA_LAZY_LOADING_H

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* Defines find(name), which answers the function of the library or NULL. */
#define LAZY_LIBRARY(file)                                                                         \
    static void *library;                                                                          \
    static pthread_once_t once = PTHREAD_ONCE_INIT;                                                \
    static void load(void)                                                                         \
    {                                                                                              \
        library = dlopen(file, RTLD_NOW | RTLD_LOCAL);                                             \
    }                                                                                              \
    static void *find(const char *name)                                                            \
    {                                                                                              \
        pthread_once(&once, load);                                                                 \
        return library != NULL ? dlsym(library, name) : NULL;                                      \
    }                                                                                              \
    struct lazy_library_needs_a_semicolon

/* Declares `to`, with the function as to.call; to.object is NULL when there is no such function.
 * dlsym answers the address of an object, and ISO C has no cast from that to the address of a
 * function: therefore the union. */
#define FORWARD(type, name)                                                                        \
    union {                                                                                        \
        void *object;                                                                              \
        type;                                                                                      \
    } to = {find(name)}

#endif
