/*
 * table_options.h - how the user describes a table: --manifest and the options of the dialect.
 */
#ifndef CSVKIT_CLI_TABLE_TABLE_OPTIONS_H
#define CSVKIT_CLI_TABLE_TABLE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"

struct cli_table {
    struct csvk_dialect dialect;
    bool delimiter_auto;             /* then dialect.delimiter is not known yet */
    bool header;                     /* the first record holds the column names ... */
    bool header_stated;              /* ... and an option or the manifest says so, or denies it */
    struct csvk_strings columns;     /* empty: the names are in the header */
    struct csvk_strings primary_key; /* of --primary-key, else of the manifest */
    char *manifest;                  /* the manifest that was read, or NULL */
};
extern const struct cli_group cli_manifest_options; /* --manifest */
/*
 * Applies the defaults, then the manifest, then the options. Without --manifest, the manifest is
 * INPUT.manifest, if `input` (a file or a directory of slices) is not NULL and this file exists.
 * Reports what is wrong and returns the exit status; release *out in any case.
 */
int cli_get_table(struct cli *cli, const char *input, struct cli_table *out);
void cli_table_release(struct cli_table *table);

#endif
