/* delimiter_auto.h - --delimiter=auto and --encoding=auto: what a command does before it reads a
 * source. */
#ifndef CSVKIT_CLI_TABLE_DELIMITER_AUTO_H
#define CSVKIT_CLI_TABLE_DELIMITER_AUTO_H

#include "csvkit/cli/frame/cli.h"

/*
 * When one of the two options is "auto", sniffs the beginning of `source` (nothing of it may have
 * been read), and replaces what was left to us: delimiter, enclosure and escape in *dialect, unless
 * an option names them, and *encoding (static, NULL: UTF-8). What was taken is reported in a note.
 * The caller hands the encoding to the source. CSVK_EDATA with the evidence when it is not clear.
 */
int cli_settle_auto(struct cli *cli, struct csvk_source *source, struct csvk_dialect *dialect,
                    const char **encoding, struct csvk_error *err);

#endif
