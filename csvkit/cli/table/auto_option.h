/* auto_option.h - --delimiter=auto and --encoding=auto: finds out both before a source is read.
 */
#ifndef CSVKIT_CLI_TABLE_AUTO_OPTION_H
#define CSVKIT_CLI_TABLE_AUTO_OPTION_H

#include "csvkit/cli/frame/cli.h"

/*
 * When one of the two options is "auto", sniffs the beginning of `source`, of which nothing may
 * have been read. --delimiter=auto sets the delimiter of *dialect, and its enclosure and escape
 * unless an option names them. --encoding=auto sets *encoding (a static text; NULL: UTF-8), which
 * the caller hands to the source. A note reports what was found. CSVK_EDATA, with the evidence,
 * when the dialect or the encoding is not clear.
 */
int cli_resolve_auto(struct cli *cli, struct csvk_source *source, struct csvk_dialect *dialect,
                     const char **encoding, struct csvk_error *err);

#endif
