/* byte_range.h - the option --byte-range: which bytes of an input are meant, and what has none. */
#ifndef CSVKIT_CLI_REMOTE_BYTE_RANGE_H
#define CSVKIT_CLI_REMOTE_BYTE_RANGE_H

#include "csvkit/cli/frame/cli.h"
#include "validator/partial.h"

/* Reads it for an input of `size` bytes: A-B, A-, or I/N. CSVK_EUSAGE: it is none of these. */
int cli_get_byte_range(struct cli *cli, uint64_t size, struct csvk_partial_range *out,
                       struct csvk_error *err) CSVK_MUST_USE;

/* What has no ranges of bytes is refused by its name: --delimiter=auto, and encodings other than
   UTF-8. `with` is the option that wants them. Returns an enum cli_exit, with a message. */
int cli_check_ranges(struct cli *cli, const char *with);

/* As cli_take_files_from; but with --merge the operands are parts, and no part is no table. */
int cli_take_parts_from(struct cli *cli);

#endif
