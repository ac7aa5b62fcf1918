/* validate_help.h - the options of csvkit validate, by group, and examples. */
#ifndef CSVKIT_CLI_VALIDATE_VALIDATE_HELP_H
#define CSVKIT_CLI_VALIDATE_VALIDATE_HELP_H

#include "csvkit/cli/frame/cli.h"

extern const struct cli_group *const cli_validate_groups[]; /* ends with NULL, as the next one */
extern const char *const cli_validate_examples[];

#endif
