/*
 * table_options.h - a table as the user describes it: the dialect options and --manifest together.
 */
#ifndef CSVKIT_CLI_TABLE_TABLE_OPTIONS_H
#define CSVKIT_CLI_TABLE_TABLE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"

struct cli_table {
    struct csvk_dialect dialect;
    bool delimiter_auto;             /* then dialect.delimiter is not known yet */
    bool header;                     /* the first record holds the names */
    struct csvk_strings columns;     /* empty: they are in the header */
    struct csvk_strings primary_key; /* --primary-key, else the manifest's */
    char *manifest;                  /* the manifest that was read, or NULL */
};
extern const struct cli_group cli_manifest_options; /* --manifest */
/*
 * Defaults, then the manifest, then the options. With an `input` (file or directory of slices) its
 * INPUT.manifest is used by itself; NULL: only --manifest counts. Speaks and answers the exit
 * status; release *out either way.
 */
int cli_get_table(struct cli *cli, const char *input, struct cli_table *out);
void cli_table_release(struct cli_table *table);

#endif
