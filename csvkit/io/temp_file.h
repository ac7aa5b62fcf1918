/*
 * temp_file.h - temporary files in the directory of the file that they will replace.
 *
 * Different temporary files may be used by different threads at the same time.
 */
#ifndef CSVKIT_IO_TEMP_FILE_H
#define CSVKIT_IO_TEMP_FILE_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

#include <sys/types.h>

#define CSVK_TEMP_SLOTS 256 /* temporary files that may be open at a time in one process */

struct csvk_temp_slot;

/* CSVK_TEMP_NONE is no file: descriptors are -1, everything else is zero. */
struct csvk_temp {
    int directory; /* descriptor of the directory, for renameat and fsync */
    int fd;        /* of the temporary file, which is locked while its owner lives */
    char *target;  /* the name that it will get, without directory; owned */
    struct csvk_temp_slot *slot;
};
#define CSVK_TEMP_NONE                                                                             \
    {                                                                                              \
        -1, -1, NULL, NULL                                                                         \
    }

/*
 * Creates the temporary file for `path`, with the rights that umask leaves of 0666. Temporary files
 * that dead processes have left in the directory are removed. *temp must be CSVK_TEMP_NONE before,
 * and csvk_temp_drop must be called in the end, even after a failure. CSVK_EIO, CSVK_ENOMEM;
 * CSVK_ELIMIT when CSVK_TEMP_SLOTS files are open.
 */
int csvk_temp_create(struct csvk_temp *temp, const char *path,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Gives the file its name and makes the name durable. The caller has closed temp->fd. CSVK_EIO. */
int csvk_temp_rename(struct csvk_temp *temp, const char *path,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Removes the file unless it was renamed, and releases everything. */
void csvk_temp_drop(struct csvk_temp *temp);
/*
 * Calls `visit` for every name in a directory (a descriptor), to remove what dead processes have
 * left. Nothing depends on it, so it is no failure when the directory cannot be listed.
 */
CSVK_FOR_EXTRA void csvk_temp_tidy(int directory,
                                   void (*visit)(void *context, int directory, const char *name),
                                   void *context);
/* The directory of `path` cannot be opened, for the reason `sys` (errno): fails as csvk_fail_sys,
 * and names the command that makes a missing one. */
CSVK_FOR_EXTRA int csvk_fail_directory(struct csvk_error *err, int sys, const char *path,
                                       const char *directory);

#endif
