/*
 * stats_in_parts.h - csvkit stats in parts: --byte-range with --partial makes one, --merge joins
 * all of them to the answer of one run, byte for byte.
 */
#ifndef CSVKIT_CLI_STATS_STATS_IN_PARTS_H
#define CSVKIT_CLI_STATS_STATS_IN_PARTS_H

#include "csvkit/cli/stats/table_stats.h"

extern const struct cli_group cli_stats_part_options; /* --byte-range --partial --merge */

/* Is the run one of these? */
bool cli_stats_makes_part(const struct cli *cli);
bool cli_stats_joins_parts(const struct cli *cli);
/* What does not go with them is refused by its name. Returns an enum cli_exit, with a message. */
int cli_stats_check_parts(struct cli *cli);
/* Makes the part of the operand. Returns an enum cli_exit, with a message. */
int cli_stats_make_part(struct cli *cli);
/* As cli_stats_of_table, of the table that the operands are parts of. *name is what it is called;
   the caller frees it. */
int cli_stats_join_parts(struct cli *cli, struct table_stats *out, char **name);

#endif
