/*
 * slice_in_parts.h - csvkit slice in parts: --byte-range makes one, --merge joins all of them.
 */
#ifndef CSVKIT_CLI_SLICE_SLICE_IN_PARTS_H
#define CSVKIT_CLI_SLICE_SLICE_IN_PARTS_H

#include "csvkit/cli/slice/slice_command.h"

extern const struct cli_group slice_part_options; /* --byte-range --merge */

/* Is the run one of these? */
bool slice_makes_part(const struct cli *cli);
bool slice_joins_parts(const struct cli *cli);
/* What does not go with them is refused by its name. Returns an enum cli_exit, with a message. */
int slice_check_parts(struct cli *cli);
/* What the input of the parts is called that the operands name. The caller frees *name. Returns an
   enum cli_exit, with a message. */
int slice_parts_input(struct cli *cli, char **name);
/* Makes the part, or joins the parts; all options were read. `input` is that of slice_parts_input.
   What csvk_slice_table returns. */
int slice_make_part(struct slice_command *job, struct csvk_error *err);
int slice_join_parts(struct slice_command *job, const char *input, struct csvk_error *err);

#endif
