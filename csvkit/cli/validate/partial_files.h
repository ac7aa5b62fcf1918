/*
 * partial_files.h - csvkit validate in parts: --byte-range with --partial makes one, --merge joins
 * all of them.
 */
#ifndef CSVKIT_CLI_VALIDATE_PARTIAL_FILES_H
#define CSVKIT_CLI_VALIDATE_PARTIAL_FILES_H

#include "csvkit/cli/frame/cli.h"
#include "validator/validator.h"

extern const struct cli_group cli_partial_options; /* --byte-range --partial --merge */

/* Is the run one of these? */
bool cli_makes_part(const struct cli *cli);
bool cli_joins_parts(const struct cli *cli);
/* What does not go with them is refused by its name. Returns an enum cli_exit, with a message. */
int cli_check_parts(struct cli *cli);
/* The same for what does not go with objects, in parts or whole; after cli_take_parts_from. */
int cli_check_objects(struct cli *cli);
/* The same for what only the description of the table shows. */
int cli_check_part_options(struct cli *cli, const struct csvk_validate_options *options);
/* Makes the part of the file `path`. Returns an enum cli_exit, with a message. */
int cli_make_part(struct cli *cli, const char *path, const struct csvk_validate_options *options);
/*
 * Joins the parts that the operands name. The caller frees *out; *name, for reports, is the
 * caller's, too (csvk_free).
 */
int cli_join_parts(struct cli *cli, const struct csvk_validate_options *options,
                   struct csvk_validator **out, char **name, struct csvk_error *err);

#endif
