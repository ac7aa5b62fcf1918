/*
 * lazy_loading.h - private: a shared library that is loaded when one of its functions is called for
 * the first time. Linked in the ordinary way every start would pay for it, also of commands that
 * have no use for it. A file includes this, names the library by LAZY_LIBRARY and defines the
 * functions that csvkit calls by their own names; the compiler still checks every call against the
 * library's header. Threads may call at the same time.
 */
#ifndef STORAGE_LAZY_LOADING_H
#define STORAGE_LAZY_LOADING_H

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* Defines find(name): the function of the library, or NULL. */
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

/* Declares `to`, with the function as to.call; to.object is NULL where there is none. dlsym answers
 * an object's address; ISO C wants a detour to make a function's of it. */
#define FORWARD(type, name)                                                                        \
    union {                                                                                        \
        void *object;                                                                              \
        type;                                                                                      \
    } to = {find(name)}

#endif
