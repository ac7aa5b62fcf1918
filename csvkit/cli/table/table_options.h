/*
 * table_options.h - how the user describes a table: --manifest and the options of the dialect.
 */
#ifndef CSVKIT_CLI_TABLE_TABLE_OPTIONS_H
#define CSVKIT_CLI_TABLE_TABLE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "manifest/table_definition.h"

extern const struct cli_group cli_manifest_options; /* --manifest */
extern const struct cli_group cli_type_options;     /* --backend */
/*
 * Applies the defaults, then the manifest, then the options. Without --manifest, the manifest is
 * INPUT.manifest, if `input` (a file or a directory of slices) is not NULL and this file exists.
 * Reports what is wrong and returns the exit status; release *out in any case. What the manifest
 * says in vain is a warning on standard error.
 */
int cli_get_table(struct cli *cli, const char *input, struct csvk_table_definition *out);
/* The same for a command that writes a manifest made of this one, and judges that: the warnings are
   added to `vain` and not told. */
int cli_get_table_to_write(struct cli *cli, const char *input, struct csvk_table_definition *out,
                           struct csvk_findings *vain);
/* Sets *out to the enum csvk_backend that --backend names, if it is there. Returns the exit status.
 */
int cli_get_backend(struct cli *cli, uint64_t *out);
/* What --encoding says; NULL: UTF-8, or to be found in the data. */
const char *cli_own_encoding(const struct cli *cli);
/* Takes over columns, types and key from the Table Schema that --schema names, if it is there.
   Returns the exit status. */
int cli_take_schema(struct cli *cli, struct csvk_table_definition *out);
/* Only the options, over what the table has already. Returns the exit status. */
int cli_take_table_options(struct cli *cli, struct csvk_table_definition *out);

#endif
