/*
 * load_options.h - the options of csvkit load that become parts of its requests: rows to delete by
 * several columns, what becomes NULL, and a source in the project instead of a file.
 */
#ifndef CSVKIT_CLI_REMOTE_LOAD_OPTIONS_H
#define CSVKIT_CLI_REMOTE_LOAD_OPTIONS_H

#include "csvkit/cli/remote/remote.h"

enum { MOST_DELETES = 16 };

struct load_options {
    struct kbc_delete deletes[MOST_DELETES];
    struct csvk_strings values[MOST_DELETES];
    struct csvk_strings nulls;
};

/* Refuses sources that do not go together, and options that a source does not have. */
int load_options_check(struct cli *cli, const char *path);
/* Reads the options into *load, which refers to `options` from then on. The caller releases
   `options` (all-zero before) in any case. */
int load_options_read(struct load_options *options, struct cli *cli, struct kbc_load *load);
void load_options_release(struct load_options *options);

#endif
