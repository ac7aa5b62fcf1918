/* other_format.h - files that are plainly something else than text. */
#ifndef CSVKIT_CLI_TABLE_OTHER_FORMAT_H
#define CSVKIT_CLI_TABLE_OTHER_FORMAT_H

#include "csvkit/csvkit.h"

/*
 * CSVK_EDATA with one line that names the format, when the first bytes are those of an archive, a
 * workbook, a picture and the like; a thousand findings about it would help nobody. The source has
 * not been read yet, and can be read as if nothing had been looked at.
 */
int cli_check_other_format(struct csvk_source *source, struct csvk_error *err) CSVK_MUST_USE;

#endif
