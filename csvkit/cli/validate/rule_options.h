/* rule_options.h - what is judged, and how severely: profile, levels of rules, limits. */
#ifndef CSVKIT_CLI_VALIDATE_RULE_OPTIONS_H
#define CSVKIT_CLI_VALIDATE_RULE_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "validator/validator.h"

/* Both set what --profile and --rule, or --max-... and --memory, say. The exit status, after a
   message when it is not CLI_GOOD. */
int cli_get_rules(struct cli *cli, struct csvk_validate_options *options);
int cli_get_limits(struct cli *cli, struct csvk_validate_options *options);

#endif
