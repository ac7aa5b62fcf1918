/*
 * remote.h - what upload, load, download and job have in common: the connection, the input with its
 * manifest, and a clean end when a signal stops the work.
 */
#ifndef CSVKIT_CLI_REMOTE_REMOTE_H
#define CSVKIT_CLI_REMOTE_REMOTE_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/json.h"
#include "manifest/manifest.h"
#include "storage/storage.h"

extern const struct cli_group remote_options;

struct remote {
    struct cli *cli;
    struct kbc *kbc;
    struct cli_progress *progress;
    const char *work; /* for the progress line */
};

/* Reads the options of the connection and the token. From here on, a signal stops the work after
   cleaning up. */
int remote_open(struct remote *remote, struct cli *cli, const char *work);
/* Reports a failure and returns the exit status. */
int remote_fail(struct remote *remote, const struct csvk_error *err);
/* Closes the connection. If a signal stopped the work, ends the process by this signal; otherwise
   returns `status`. */
int remote_close(struct remote *remote, int status);
bool remote_wants_json(const struct cli *cli);
/* Adds the command that loads the uploaded file of `load` into its table, with the options of this
   run, unless any job has loaded it. */
int remote_load_command(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                        struct csvk_buf *text);

/* What the manifest and the options say about the data at `path` (NULL: a file in Storage). Reports
   what is wrong and returns the exit status; kbc_input_release in any case. */
int remote_input_read(struct kbc_input *input, struct cli *cli, const char *path);
/* Validates the data as Storage will read it; `key` as in kbc_input_check. When there are errors,
   prints them on standard error and returns CLI_REFUSED. */
int remote_input_check(struct kbc_input *input, struct cli *cli, const struct csvk_strings *key);
/* Compares the values with the types of the table; `nulls` as in kbc_load. */
int remote_input_check_values(const struct kbc_input *input, struct cli *cli,
                              const struct kbc_target *target);

#endif
