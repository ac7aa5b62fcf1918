/* verify_option.h - --verify of validate: two more readers have to come to the same result. */
#ifndef CSVKIT_CLI_TABLE_VERIFY_OPTION_H
#define CSVKIT_CLI_TABLE_VERIFY_OPTION_H

#include "csvkit/cli/frame/cli.h"
#include "validator/validator.h"

struct cli_verify {
    const char *path;
    const char *encoding; /* NULL: UTF-8 */
    const struct csvk_validate_options *options;
    const struct csvk_report *report; /* what the first reading came to */
};
/*
 * Reads the file again, with the reference parser, whose report must be the same in every byte, and
 * in step with it with libcsv, which must find the same values. CSVK_ECHANGED when they do not
 * agree. Tells in a note what libcsv cannot judge.
 */
int cli_verify(struct cli *cli, const struct cli_verify *how, struct csvk_error *err);

#endif
