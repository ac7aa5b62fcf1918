/* upload_sources.h - private: what an upload consists of, one file or the slices of a directory. */
#ifndef STORAGE_UPLOAD_SOURCES_H
#define STORAGE_UPLOAD_SOURCES_H

#include "storage/stores/store.h"

#include <sys/stat.h>

struct upload_object {
    struct store_object object;
    char *path;
    char *name;       /* under which it is stored */
    char what[160];   /* "upload of orders.csv", for messages */
    struct stat seen; /* when the upload was planned */
    bool done;
};

struct upload_objects {
    struct upload_object *item;
    size_t count;
    bool sliced;
    size_t left_out; /* entries of the directory that are not files */
    uint64_t bytes;  /* of the sources */
};

/*
 * Lists the file or the slices at `path` and remembers their sizes and times. CSVK_EUSAGE for names
 * that cannot be those of slices, CSVK_EIO when something cannot be read. With KBC_GZIP, names of
 * plain files get .gz at the end. The caller releases `objects` in any case.
 */
int objects_collect(struct upload_objects *objects, const char *path, enum kbc_compress compress,
                    struct csvk_error *err) CSVK_MUST_USE;
void objects_release(struct upload_objects *objects);

/* Opens the source, compressed if that is wanted. CSVK_ECHANGED when it has changed since the
   upload was planned. */
int object_open(struct upload_object *object, enum kbc_compress compress,
                const volatile sig_atomic_t *cancel, struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_ECHANGED when the source has changed since the upload was planned. */
int object_check(const struct upload_object *object, struct csvk_error *err) CSVK_MUST_USE;
void object_close(struct upload_object *object);
/* The time of the last change in nanoseconds, for the journal. */
uint64_t object_moment(const struct upload_object *object);

#endif
