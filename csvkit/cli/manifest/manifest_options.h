/*
 * manifest_options.h - the options by which commands describe a manifest they write: manifest
 * create, slice, and whoever else makes one.
 *
 * Use: read (options that need no columns), settle plan.columns, finish (options that speak of
 * columns), then csvk_manifest_create(&plan.options). Release in any case.
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
    bool types_auto;           /* --data-type=auto: look at the data */
};
/* All return enum cli_exit and have spoken when it is not CLI_GOOD. */
int cli_manifest_plan_read(struct cli *cli, struct cli_manifest_plan *plan);
int cli_manifest_plan_finish(struct cli *cli, struct cli_manifest_plan *plan);
/* A type for a column unless one was given with --data-type. Texts are copied. */
int cli_manifest_plan_type(struct cli *cli, struct cli_manifest_plan *plan,
                           const struct csvk_manifest_type *type);
void cli_manifest_plan_release(struct cli_manifest_plan *plan);

/* ---- types_evidence.c: types that were found in the data ---- */
struct csvk_json;
struct csvk_types;
/* A type for every column of plan->columns that has none yet. */
int cli_manifest_plan_types(struct cli *cli, struct cli_manifest_plan *plan,
                            const struct csvk_types *types);
/* A line for each column: the type, what was seen, why no narrower one. CSVK_ENOMEM. */
int cli_add_types(struct csvk_buf *out, const struct csvk_strings *columns,
                  const struct csvk_types *types);
/* The key "types" with one object for each column. */
void cli_put_types(struct csvk_json *json, const struct csvk_strings *columns,
                   const struct csvk_types *types);

/* ---- manifest_text.c: findings for people ---- */
/*
 * Appends each finding as FILE:LINE:COLUMN: severity[rule]: text, the line of the manifest with a
 * caret, and the remedy. `file` is the manifest's path.
 */
int cli_add_findings(struct csvk_buf *out, const char *file,
                     const struct csvk_manifest_findings *findings, bool color);

#endif
