/* fetch.h - private: fetches the objects of a Storage file into a local file or a directory. */
#ifndef STORAGE_FETCH_H
#define STORAGE_FETCH_H

#include "storage/store.h"

struct fetch {
    struct kbc *kbc;
    struct store *store;
    const struct csvk_strings *keys;    /* in the order of the result */
    const struct csvk_strings *columns; /* for the header */
    bool header;                        /* the objects have no header: write one first */
    bool whole;                         /* the only object is a file of its own, not a slice */
    const char *path;                   /* of the result */
    uint64_t expected;                  /* bytes of the only object, for progress; 0: not known */
    uint64_t stored;                    /* result: bytes fetched */
    uint64_t written;                   /* result: bytes written, before compression */
};

/* Makes one file, gzip when its name ends in .gz; "-" is standard output. It appears when it is
   complete. */
int fetch_join(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;
/* Makes a new directory with the slices as they are, and PATH.manifest with the columns. */
int fetch_keep(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;

#endif
