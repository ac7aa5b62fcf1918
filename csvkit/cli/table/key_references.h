/* key_references.h - foreign keys of a table that was judged: those of a Table Schema, and how all
   are told. */
#ifndef CSVKIT_CLI_TABLE_KEY_REFERENCES_H
#define CSVKIT_CLI_TABLE_KEY_REFERENCES_H

#include "csvkit/cli/frame/reports.h"
#include "manifest/table_definition.h"

/*
 * Adds what is wrong with the foreign keys of the table in the file `path` to the reports, as a
 * subject of its own; nothing when they are good. Returns the exit status.
 */
int cli_key_references_report(struct cli *cli, struct cli_reports *reports, const char *path,
                              const struct csvk_findings *findings);
/*
 * Holds the foreign keys of --schema, a Table Schema, against the tables that they refer to.
 * `options` are those that the file was judged by, with its schema; `encoding`: NULL for UTF-8, or
 * auto. Returns the exit status.
 */
int cli_key_references_judge(struct cli *cli, struct cli_reports *reports, const char *path,
                             const struct csvk_validate_options *options, const char *encoding);

#endif
