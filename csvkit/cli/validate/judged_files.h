/*
 * judged_files.h - many files that are judged at the same time, each by one thread, and are
 * concluded in the order in which they were given.
 */
#ifndef CSVKIT_CLI_VALIDATE_JUDGED_FILES_H
#define CSVKIT_CLI_VALIDATE_JUDGED_FILES_H

#include "csvkit/cli/frame/cli.h"
#include "validator/validator.h"

struct judged_files;

struct judged_file {
    char *path;
    struct csvk_validator *validator; /* NULL unless `status` is CSVK_OK */
    int status;
    struct csvk_error err;
};

/* Called in the thread that owns the files, for one after the other. */
typedef void judged_file_conclude(void *context, struct judged_file *file);

/* No thread is started before there is a file. The caller frees the result; NULL: out of memory. */
struct judged_files *judged_files_new(struct cli *cli, judged_file_conclude *conclude,
                                      void *context);
/*
 * Has the file judged beside others; it is in `encoding` (NULL: UTF-8). What is given is copied.
 * False: it has to be judged alone, after
 * judged_files_settle, because it is long enough for all threads, has something to say before its
 * report, is to be read twice, or needs memory that all files would have to share.
 */
bool judged_files_add(struct judged_files *files, const char *path,
                      const struct csvk_validate_options *options, const char *encoding);
/* Concludes all files. To be called before anything else gets into the reports. */
void judged_files_settle(struct judged_files *files);
/* NULL is allowed. Files that are not concluded are forgotten. */
void judged_files_free(struct judged_files *files);

#endif
