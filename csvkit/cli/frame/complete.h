/* complete.h - between the files that write completion scripts. */
#ifndef CSVKIT_CLI_FRAME_COMPLETE_H
#define CSVKIT_CLI_FRAME_COMPLETE_H

#include "csvkit/cli/frame/frame.h"

/* Is cli_commands[i] the first whose name begins with its first word? */
bool cli_first_of_family(size_t i);
void cli_put_first_word(struct cli_page *page, const struct cli_command *command);
const char *cli_second_word(const struct cli_command *command); /* NULL: there is none */
bool cli_wants_file(const struct cli_option *option);
void cli_put_choices(struct cli_page *page, const char *choices); /* with blanks between */
/* The first sentence of a help text for use between single quotes; bytes of `special` get a \ */
void cli_put_sentence(struct cli_page *page, const char *help, const char *special);

#endif
