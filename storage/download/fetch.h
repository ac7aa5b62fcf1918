/* fetch.h - private: fetches the objects of a Storage file into a local file or a directory. */
#ifndef STORAGE_FETCH_H
#define STORAGE_FETCH_H

#include "storage/stores/store.h"

/* How the objects are packed: as text, or as Parquet, which is kept as it is. */
enum fetch_kind { FETCH_CSV, FETCH_PARQUET };

/* Reads a result instead of giving it its name. */
typedef int fetch_read_fn(void *ctx, struct csvk_source *source, struct csvk_error *err);

struct fetch {
    struct kbc *kbc;
    struct store *store;
    const struct csvk_strings *keys;    /* in the order of the result */
    const struct csvk_strings *columns; /* for the header; empty: not known */
    enum fetch_kind kind;
    bool header;         /* the objects have no header: write one first */
    bool whole;          /* the only object is a file of its own, not a slice */
    const char *path;    /* of the result */
    fetch_read_fn *read; /* NULL: the result gets its name */
    void *ctx;           /* of `read` */
    bool has_size;       /* the size of the file is known: */
    uint64_t size;       /* stored bytes of all objects */
    uint64_t unproved;   /* result: objects of which neither the store said how long
                            they are, nor a trailer in the data */
    uint64_t stored;     /* result: bytes fetched */
    uint64_t written;    /* result: bytes written, before compression */
};

/* Finds out, before anything is asked for, whether the result can be written: CSVK_EIO when it
   cannot. Leaves nothing behind. */
int fetch_try_path(const char *path, bool folder, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Both functions fail with KBC_EREMOTE unless every object is proved to be whole: by the length
 * that the store announced, by a trailer in the data, or by the size of the file; and with
 * CSVK_EDATA when an object has not as many fields as there are columns.
 */
/* Makes one file, gzip when its name ends in .gz; "-" is standard output. It appears when it is
   complete. */
int fetch_join(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;
/* Makes a new directory with the slices as they are, and PATH.manifest with the columns. */
int fetch_keep(struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;

/* Private to fetch.c and fetch_keep.c: KBC_EREMOTE unless all objects together are proved whole.
 */
int fetch_check_sizes(const struct fetch *fetch, struct csvk_error *err) CSVK_MUST_USE;

#endif
