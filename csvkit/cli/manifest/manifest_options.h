/*
 * manifest_options.h - the options that describe a manifest to be written; manifest create and
 * slice have them.
 */
#ifndef CSVKIT_CLI_MANIFEST_MANIFEST_OPTIONS_H
#define CSVKIT_CLI_MANIFEST_MANIFEST_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "manifest/manifest.h"
#include "manifest/manifest_plan.h"
#include "csvkit/schema/column_evidence.h"

/* --destination --primary-key --incremental --metadata --column-metadata --description
   --delete-where-... --write-always --schema --legacy --data-type */
extern const struct cli_group cli_manifest_contents;

/* Makes a plan and sets what the options say. Returns enum cli_exit; a failure has been reported
   then. The caller frees *out in any case. */
int cli_manifest_plan_read(struct cli *cli, struct csvk_manifest_plan **out);

/* ---- types_evidence.c: types that were found in the data ---- */
struct csvk_json;
struct csvk_types;
/* Appends a line for each column: the type, the counts, and why a narrower type does not fit.
   CSVK_ENOMEM. */
int cli_add_types(struct csvk_buf *out, const struct csvk_strings *columns,
                  const struct csvk_types *types);
/* Appends "; not INTEGER: record 7 has "12a"": the first value that excludes the type, and what it
   would lose. CSVK_ENOMEM. */
int cli_add_type_reason(struct csvk_buf *out, const struct csvk_column_types *column,
                        enum csvk_type type);
/* Writes the keys "types", with one object for each column (those of `key` are not nullable), and
   "short_records". */
void cli_put_types(struct csvk_json *json, const struct csvk_strings *columns,
                   const struct csvk_strings *key, const struct csvk_types *types);

/* ---- manifest_text.c: findings as text ---- */
/*
 * Appends each finding as FILE:LINE:COLUMN: severity[rule]: text, the line of the manifest with a
 * caret, and the remedy. `file` is the manifest's path.
 */
int cli_add_findings(struct csvk_buf *out, const char *file, struct csvk_findings *findings,
                     bool color);

#endif
