/*
 * csvw_option.h - --schema=FILE when FILE is metadata of W3C CSVW, and --schema=auto, which looks
 * for such metadata beside each input.
 */
#ifndef CSVKIT_CLI_TABLE_CSVW_OPTION_H
#define CSVKIT_CLI_TABLE_CSVW_OPTION_H

#include "csvkit/cli/frame/reports.h"
#include "manifest/table_definition.h"

struct cli_csvw;
/*
 * *out is NULL when --schema does not ask for CSVW. Metadata that is named is read, and what is
 * wrong with it goes into the reports. Returns the exit status; when it is not CLI_GOOD, nothing
 * can be judged by it. cli_csvw_close ends *out in any case.
 */
int cli_csvw_open(struct cli *cli, struct cli_reports *reports, struct cli_csvw **out);
void cli_csvw_close(struct cli_csvw *csvw); /* NULL is fine */
/* True when --schema names CSVW metadata, or is auto. */
bool cli_csvw_is_asked(const struct cli *cli);
/* The files that the metadata names; 0 for --schema=auto, and for NULL. */
size_t cli_csvw_count(const struct cli_csvw *csvw);
const char *cli_csvw_path(const struct cli_csvw *csvw, size_t index);
/*
 * Replaces *table by what the metadata says about the file `path` and what the options say, which
 * wins; the texts in it are borrowed until the next call. NULL: leaves it alone. Returns the exit
 * status.
 */
int cli_csvw_take(struct cli_csvw *csvw, const char *path, struct csvk_table_definition *table);

/*
 * Holds the foreign keys of the table in the file `path`, which was taken last, against the tables
 * that they refer to, and adds what is wrong to the reports. `options` are those that the file was
 * judged by. Returns the exit status.
 */
int cli_csvw_foreign_keys(struct cli_csvw *csvw, const char *path,
                          const struct csvk_validate_options *options, const char *encoding);

#endif
