/*
 * upload_sources.h - what an upload consists of: one file, or the slices of a directory.
 */
#ifndef STORAGE_UPLOAD_SOURCES_H
#define STORAGE_UPLOAD_SOURCES_H

#include "storage/store.h"

#include <sys/stat.h>

struct upload_object {
    struct store_object object;
    char *path;
    char *name; /* of the slice, as it is stored; "" for a whole file */
    char what[160];
    struct stat seen; /* when the upload was planned */
    bool done;
};

struct upload_objects {
    struct upload_object *item;
    size_t count;
    bool sliced;
    size_t left_out; /* entries of the directory that are no files */
    uint64_t bytes;  /* of the sources */
};

/*
 * Lists and stats what `path` is. CSVK_EUSAGE for names that cannot be slices, CSVK_EIO when it
 * cannot be read. With KBC_GZIP the names of plain ones end in .gz.
 */
int objects_collect(struct upload_objects *objects, const char *path, enum kbc_compress compress,
                    struct csvk_error *err) CSVK_MUST_USE;
void objects_release(struct upload_objects *objects);

/* Opens the source, compressed when asked; CSVK_ECHANGED when it is not what was planned. */
int object_open(struct upload_object *object, enum kbc_compress compress,
                const volatile sig_atomic_t *cancel, struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_ECHANGED when the source is not what it was when the upload was planned. */
int object_check(const struct upload_object *object, struct csvk_error *err) CSVK_MUST_USE;
void object_close(struct upload_object *object);
/* Nanoseconds of the last change, for journals. */
uint64_t object_moment(const struct upload_object *object);

#endif
