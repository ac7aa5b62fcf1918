/* slice_dir.h - a directory that appears whole or not at all. */
#ifndef MANIFEST_SLICING_SLICE_DIR_H
#define MANIFEST_SLICING_SLICE_DIR_H

#include "manifest/slice.h"

/* A folder that a part of a table is in has two files beside its slices (slice_parts.c). */
#define SLICE_PART_STATE "judgement.part"
#define SLICE_PART_ABOUT "part.json"

struct slice_dir;

/*
 * Makes the temporary directory for `path` and removes temporary directories for it that dead
 * processes left. `existing` decides about a directory that has this name already. Failures as for
 * csvk_slicer_new.
 */
int slice_dir_new(struct slice_dir **out, const char *path, enum csvk_slice_existing existing,
                  struct csvk_error *err) CSVK_MUST_USE;
/* Path of the temporary directory; owned by `dir`. */
const char *slice_dir_path(const struct slice_dir *dir);
/* Creates a file in the temporary directory; the caller closes *fd. */
int slice_dir_create(const struct slice_dir *dir, const char *name, int *fd,
                     struct csvk_error *err) CSVK_MUST_USE;
/*
 * slice_adopt.c: puts the file `path`, a finished slice of `size` bytes, into the temporary
 * directory: under one more name, or as a copy where that cannot be. CSVK_EIO: it cannot be read or
 * written, or has another size.
 */
int slice_dir_adopt(const struct slice_dir *dir, const char *name, const char *path, uint64_t size,
                    struct csvk_error *err) CSVK_MUST_USE;
/* See csvk_slicer_commit. */
int slice_dir_commit(struct slice_dir *dir, const struct csvk_bytes *manifest,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Removes what was not committed. NULL is fine. */
void slice_dir_free(struct slice_dir *dir);

/* Writes all of `length` bytes, or fails with CSVK_EIO; `what` names the file in the message. */
int slice_write_all(int fd, const void *bytes, size_t length, const char *what,
                    struct csvk_error *err) CSVK_MUST_USE;

#endif
