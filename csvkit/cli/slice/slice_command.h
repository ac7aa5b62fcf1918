/* slice_command.h - what the parts of csvkit slice share. */
#ifndef CSVKIT_CLI_SLICE_SLICE_COMMAND_H
#define CSVKIT_CLI_SLICE_SLICE_COMMAND_H

#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/cli/table/table_options.h"
#include "manifest/slice_table.h"

struct slice_command {
    struct cli *cli;
    const char *output; /* DIR */
    bool json;
    struct csvk_strings inputs;
    struct csvk_table_definition table;
    struct csvk_slice_options how;
    struct csvk_validate_options rules;
    struct csvk_normalize_options normalize; /* of --normalize */
    struct csvk_manifest_plan *plan;
    struct csvk_slice_table_options options; /* borrows all of these */
    struct csvk_slice_table_result *result;  /* NULL: there is none */
    struct csvk_findings vain;               /* what the manifest of the input says in vain */
    struct cli_progress *progress;
    enum csvk_slice_step step; /* that `progress` is of */
};

/* Sets in job->options: the progress is shown, and the report of each input that has errors. */
void slice_show(struct slice_command *job);
/* Prints what was found beside the reports: types, findings about the new manifest, what that of
   the input says in vain and the new one does not say, refusals. */
void slice_report_doubts(struct slice_command *job);
/* Prints the result and the account of repairs. CLI_REFUSED when records were rejected. */
int slice_report(struct slice_command *job);
/* The parts of these that csvkit processor prints as well: the text of a result, which may run out
   of memory; findings about the manifest and refusals; the report of an input that has errors. */
int slice_put_text(const char *directory, const struct csvk_slice_table_result *result,
                   struct csvk_buf *out) CSVK_MUST_USE;
void slice_print_doubts(struct cli *cli, const char *directory,
                        const struct csvk_slice_table_result *result, bool only_errors);
int slice_print_report(struct cli *cli, const struct csvk_report *report, const char *format,
                       struct csvk_error *err);
/* SHA-256 of the slice files. CSVK_ENOMEM; slice_hash_release frees it. */
int slice_hash_init(struct csvk_slice_hash *hash) CSVK_MUST_USE;
void slice_hash_release(struct csvk_slice_hash *hash);

#endif
