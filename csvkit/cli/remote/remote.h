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

/* A file or a directory of slices, and what its manifest and the options say about it. */
struct remote_input {
    const char *path; /* NULL: the file is in Storage already (--file-id) */
    bool sliced;
    struct csvk_dialect dialect;
    enum kbc_header header;
    struct csvk_strings columns; /* from the options, the manifest or the header */
    struct csvk_strings primary_key;
    bool incremental;
    struct csvk_strings delete_values;
    struct kbc_delete delete_where;
    cJSON *schema;  /* of a native manifest that has types, or NULL */
    char *metadata; /* for kbc_load, or NULL */
    struct csvk_manifest_table manifest;
    bool counted;     /* the check has counted the records */
    uint64_t records; /* of the data, without headers */
};
int remote_input_read(struct remote_input *input, struct cli *cli, const char *path);
void remote_input_release(struct remote_input *input);
/* Validates the data as Storage will read it. With `key`, which may be empty, the header is
   compared with the columns, too, and the key must be there, filled and unique; NULL: neither. When
   there are errors, prints them on standard error and returns CLI_REFUSED. */
int remote_input_check(struct remote_input *input, struct cli *cli, const struct csvk_strings *key);
/* Adds the names in the first record of a file. */
int remote_header_names(const struct csvk_dialect *dialect, const char *path,
                        struct csvk_strings *names, struct csvk_error *err);
/* Reads the columns from the header of the data, if nothing else names them. */
int remote_input_header(struct remote_input *input, struct cli *cli);

#endif
