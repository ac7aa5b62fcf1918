/* complete.h - what the files that write completion scripts share. */
#ifndef CSVKIT_CLI_FRAME_COMPLETE_H
#define CSVKIT_CLI_FRAME_COMPLETE_H

#include "csvkit/cli/frame/frame.h"

/* True when no earlier command in cli_commands has the same first word as cli_commands[i]. */
bool cli_first_of_family(size_t i);
void cli_put_first_word(struct cli_page *page, const struct cli_command *command);
const char *cli_second_word(const struct cli_command *command); /* NULL: there is none */
bool cli_wants_file(const struct cli_option *option);           /* its value is a path */
bool cli_wants_level(const struct cli_option *option);          /* its value is ID=SEVERITY */
bool cli_wants_rule(const struct cli_command *command);         /* its operand is a rule */
/* The ids of the command's rules, separated by blanks. For an operand the names of repairs follow
   them. */
void cli_put_rules(struct cli_page *page, const struct cli_command *command);
void cli_put_choices(struct cli_page *page, const char *choices); /* separated by blanks */
/* The first sentence of a help text, to stand in single quotes. Bytes that are in `special` get a
   backslash. */
void cli_put_sentence(struct cli_page *page, const char *help, const char *special);

#endif
