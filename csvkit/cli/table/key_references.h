/* key_references.h - foreign keys of a table that was judged: those of a Table Schema, and how all
   are told. */
#ifndef CSVKIT_CLI_TABLE_KEY_REFERENCES_H
#define CSVKIT_CLI_TABLE_KEY_REFERENCES_H

#include "csvkit/cli/frame/reports.h"
#include "manifest/table_definition.h"
#include "validator/foreign_keys.h"

/* The findings of a table, one list for each of its files; `files` is borrowed. */
struct key_findings {
    const struct csvk_strings *files;
    struct csvk_findings *of;
};
/* One file, or the slices of a folder; the struct is borrowed. CSVK_ENOMEM. */
int cli_key_findings_init(struct key_findings *out, const struct csvk_strings *files,
                          uint64_t limit, struct csvk_error *err) CSVK_MUST_USE;
void cli_key_findings_release(struct key_findings *findings);
/*
 * The files of the table at `path`: itself, or the slices when it is a folder, which sets *sliced.
 * CSVK_EIO, CSVK_EUSAGE: there is no slice; CSVK_ENOMEM.
 */
int cli_key_files(const char *path, struct csvk_strings *files, bool *sliced,
                  struct csvk_error *err) CSVK_MUST_USE;
/*
 * Adds what is wrong with the foreign keys of a table to the reports, each of its files as a
 * subject of its own; nothing when they are good. Returns the exit status.
 */
int cli_key_references_report(struct cli *cli, struct cli_reports *reports,
                              const struct key_findings *findings);
/*
 * Holds the foreign keys of --schema, a Table Schema, against the tables that they refer to.
 * `options` are those that the file `path`, or each slice of the folder, was judged by, with its
 * schema; `encoding`: NULL for UTF-8, or auto. Returns the exit status.
 */
int cli_key_references_judge(struct cli *cli, struct cli_reports *reports, const char *path,
                             const struct csvk_validate_options *options, const char *encoding);

#endif
