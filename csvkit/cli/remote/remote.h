/*
 * remote.h - what upload, load, download and job have in common: the connection, the input with its
 * manifest, and a way out when the user stops the work.
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

/* Reads the connection's options and the token; after it signals stop the work in good order. */
int remote_open(struct remote *remote, struct cli *cli, const char *work);
/* Tells a failure and answers the exit status. */
int remote_fail(struct remote *remote, const struct csvk_error *err);
/* Closes; ends the process by the signal that stopped the work, if one did. */
int remote_close(struct remote *remote, int status);
bool remote_wants_json(const struct cli *cli);

/* A file or slice directory, and what its manifest and the options say about it. */
struct remote_input {
    const char *path; /* NULL: only a file id is known */
    bool sliced;
    struct csvk_dialect dialect;
    enum kbc_header header;
    struct csvk_strings columns; /* given by options or manifest, or read from the header */
    struct csvk_strings primary_key;
    bool incremental;
    struct csvk_strings delete_values;
    struct kbc_delete delete_where;
    cJSON *schema;  /* of a native manifest that has types, or NULL */
    char *metadata; /* for kbc_load, or NULL */
    struct csvk_manifest_table manifest;
};
int remote_input_read(struct remote_input *input, struct cli *cli, const char *path);
void remote_input_release(struct remote_input *input);
/* Validates the data as Storage will read it, findings on standard error; CLI_REFUSED when bad. */
int remote_input_check(const struct remote_input *input, struct cli *cli);
/* Takes the columns from the header of the data when nothing else names them. */
int remote_input_header(struct remote_input *input, struct cli *cli);

#endif
