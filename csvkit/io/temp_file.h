/* temp_file.h - temporary files beside the file they will become. */
#ifndef CSVKIT_IO_TEMP_FILE_H
#define CSVKIT_IO_TEMP_FILE_H

#include "csvkit/csvkit.h"

#include <sys/types.h>

#define CSVK_TEMP_SLOTS 256 /* temporary files that may be open at a time in one process */

struct csvk_temp_slot;

/* All-zero but for the descriptors (-1) is none. */
struct csvk_temp {
    int directory; /* open, for renameat and fsync */
    int fd;        /* the temporary file, locked while its owner lives */
    char *target;  /* its name to be, without directory */
    struct csvk_temp_slot *slot;
};
#define CSVK_TEMP_NONE                                                                             \
    {                                                                                              \
        -1, -1, NULL, NULL                                                                         \
    }

/*
 * Creates the temporary file for `path`, with the rights that umask leaves of 0666; what dead
 * processes left behind in its directory is removed. CSVK_EIO, CSVK_ENOMEM; CSVK_ELIMIT when
 * CSVK_TEMP_SLOTS are open.
 */
int csvk_temp_create(struct csvk_temp *temp, const char *path,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Gives the file (whose descriptor was closed) its name and makes that durable. */
int csvk_temp_rename(struct csvk_temp *temp, const char *path,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Removes the file unless it was renamed. */
void csvk_temp_drop(struct csvk_temp *temp);
/* Shows `visit` every name in a directory, to remove what dead processes left. Tidying up is a
   courtesy: when the directory cannot be listed, nothing is lost. */
void csvk_temp_tidy(int directory, void (*visit)(void *context, int directory, const char *name),
                    void *context);

#endif
