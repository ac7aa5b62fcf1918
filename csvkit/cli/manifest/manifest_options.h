/*
 * manifest_options.h - the options that describe a manifest to be written; manifest create and
 * slice have them.
 *
 * Use: cli_manifest_plan_read (options that do not name columns), then set plan.columns, then
 * cli_manifest_plan_finish (options that name columns), then csvk_manifest_create(&plan.options).
 * cli_manifest_plan_release in any case.
 */
#ifndef CSVKIT_CLI_MANIFEST_MANIFEST_OPTIONS_H
#define CSVKIT_CLI_MANIFEST_MANIFEST_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "manifest/manifest.h"

/* --destination --primary-key --incremental --metadata --column-metadata --description
   --delete-where-... --write-always --schema --legacy --data-type */
extern const struct cli_group cli_manifest_contents;

struct cli_manifest_plan {
    struct csvk_manifest_options options; /* borrows from the plan */
    struct csvk_strings columns, primary_key, delete_values;
    struct csvk_manifest_pair *pairs;
    struct csvk_manifest_type *types;
    size_t npairs, ntypes;
    struct csvk_strings owned; /* texts that the types borrow */
    bool types_auto;           /* --data-type=auto: find the types in the data */
};
/* All return enum cli_exit; a failure has been reported then. */
int cli_manifest_plan_read(struct cli *cli, struct cli_manifest_plan *plan);
int cli_manifest_plan_finish(struct cli *cli, struct cli_manifest_plan *plan);
/* Sets the type of a column, unless --data-type names one. The texts are copied. */
int cli_manifest_plan_type(struct cli *cli, struct cli_manifest_plan *plan,
                           const struct csvk_manifest_type *type);
void cli_manifest_plan_release(struct cli_manifest_plan *plan);

/* ---- types_evidence.c: types that were found in the data ---- */
struct csvk_json;
struct csvk_types;
/* Sets the proposed type for every column of plan->columns that has no type yet. */
int cli_manifest_plan_types(struct cli *cli, struct cli_manifest_plan *plan,
                            const struct csvk_types *types);
/* Appends a line for each column: the type, the counts, and why a narrower type does not fit.
   CSVK_ENOMEM. */
int cli_add_types(struct csvk_buf *out, const struct csvk_strings *columns,
                  const struct csvk_types *types);
/* Writes the key "types" with one object for each column. */
void cli_put_types(struct csvk_json *json, const struct csvk_strings *columns,
                   const struct csvk_types *types);

/* ---- manifest_text.c: findings as text ---- */
/* Gives findings about the manifest itself an excerpt of its line. CSVK_ENOMEM. When the manifest
   cannot be read again (standard input), there are none. */
int cli_quote_findings(const char *file, struct csvk_findings *findings) CSVK_MUST_USE;
/*
 * Appends each finding as FILE:LINE:COLUMN: severity[rule]: text, the line of the manifest with a
 * caret, and the remedy. `file` is the manifest's path.
 */
int cli_add_findings(struct csvk_buf *out, const char *file, struct csvk_findings *findings,
                     bool color);

#endif
