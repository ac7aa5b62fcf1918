/* fetch.h - inside storage/: objects of a file into one local file, or into a directory. */
#ifndef STORAGE_FETCH_H
#define STORAGE_FETCH_H

#include "storage/store.h"

struct fetch {
    struct kbc *kbc;
    struct store *store;
    const struct csvk_strings *keys;    /* in the order of the result */
    const struct csvk_strings *columns; /* for the header */
    bool header;                        /* the objects have none: write one first */
    bool whole;                         /* one object that is a file of its own */
    const char *path;
    uint64_t expected; /* bytes of a file of one object, 0: not known */
    uint64_t stored;   /* out: bytes fetched */
    uint64_t written;  /* out: bytes of the result before compression */
};

/* One file, gzip when its name ends in .gz; "-" is standard output. */
int fetch_join(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;
/* A new directory with the slices as they are, and PATH.manifest with the columns. */
int fetch_keep(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;

#endif
