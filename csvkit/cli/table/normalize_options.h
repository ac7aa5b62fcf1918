/* normalize_options.h - the options of repairs, shared by normalize and slice --normalize. */
#ifndef CSVKIT_CLI_TABLE_NORMALIZE_OPTIONS_H
#define CSVKIT_CLI_TABLE_NORMALIZE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/normalize.h"

extern const struct cli_group cli_normalize_repairs; /* --ragged and so on */
extern const struct cli_group cli_normalize_style;   /* --line-break --quote --trim --names ... */

/* Applies the options of dialect, repairs and style to *options, which the caller has initialized.
 *sniff_delimiter becomes true for --delimiter=auto. */
int cli_normalize_read(struct cli *cli, struct csvk_normalize_options *options,
                       bool *sniff_delimiter);
/* Reads the byte of option `name`. When the option was not given, *byte is left alone. */
int cli_normalize_byte(struct cli *cli, const char *name, bool none_allowed, int *byte);

#endif
