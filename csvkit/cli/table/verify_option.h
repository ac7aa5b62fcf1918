/* verify_option.h - --verify of validate: two other readers must come to the same result. */
#ifndef CSVKIT_CLI_TABLE_VERIFY_OPTION_H
#define CSVKIT_CLI_TABLE_VERIFY_OPTION_H

#include "csvkit/cli/frame/cli.h"
#include "validator/validator.h"

struct cli_verify {
    const char *path;
    const char *encoding; /* NULL: UTF-8 */
    const struct csvk_validate_options *options;
    const struct csvk_report *report; /* of the first reading */
};
/*
 * Reads the file again with the reference parser, whose report must be equal byte for byte. At the
 * same time libcsv reads the same bytes and must find the same values. CSVK_ECHANGED when they do
 * not agree. A note reports the records that libcsv cannot check.
 */
int cli_verify(struct cli *cli, const struct cli_verify *how, struct csvk_error *err);

#endif
