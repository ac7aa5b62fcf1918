/* normalize_options.h - the options of repair, shared by the commands that repair on their way. */
#ifndef CSVKIT_CLI_TABLE_NORMALIZE_OPTIONS_H
#define CSVKIT_CLI_TABLE_NORMALIZE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/normalize.h"

extern const struct cli_group cli_normalize_repairs; /* --ragged and so on */
extern const struct cli_group cli_normalize_style;   /* --line-break --quote --trim --names ... */

/* Fills in what the user said about dialect, repairs and style; what was not said stays. */
int cli_normalize_read(struct cli *cli, struct csvk_normalize_options *options,
                       bool *sniff_delimiter);
/* The byte given with option `name`; absent: *byte stays. */
int cli_normalize_byte(struct cli *cli, const char *name, bool none_allowed, int *byte);

#endif
