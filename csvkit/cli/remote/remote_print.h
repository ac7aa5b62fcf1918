/* remote_print.h - results of the commands that talk to Storage, as text and as JSON. */
#ifndef CSVKIT_CLI_REMOTE_REMOTE_PRINT_H
#define CSVKIT_CLI_REMOTE_REMOTE_PRINT_H

#include "csvkit/cli/remote/remote.h"

/* Prints "label  text" with the control characters of the text escaped; nothing for an empty text.
   What a server sent must not reach the terminal as it is. */
void remote_print(struct cli *cli, const char *label, const char *text);
/* The same for a list: "label  a, b, c". */
void remote_print_list(struct cli *cli, const char *label, const struct csvk_strings *list);
void remote_print_number(struct cli *cli, const char *label, uint64_t number);
/* The key with the text, or null when the text is empty. */
void remote_put(struct csvk_json *json, const char *key, const char *text);

/* Makes one call after another for the operands: `act` is called with each, until one fails. */
int remote_each_operand(struct cli *cli, const char *work,
                        int (*act)(struct remote *remote, const char *operand));

#endif
