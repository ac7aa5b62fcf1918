/* slice_command.h - what the parts of csvkit slice share. */
#ifndef CSVKIT_CLI_SLICE_SLICE_COMMAND_H
#define CSVKIT_CLI_SLICE_SLICE_COMMAND_H

#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/cli/table/table_options.h"
#include "manifest/slice.h"
#include "validator/validator.h"

struct slice_job {
    struct cli *cli;
    const char *output;   /* DIR */
    const char *encoding; /* NULL: UTF-8 */
    struct cli_table table;
    struct csvk_strings inputs; /* files, in order */
    bool header;                /* each input begins with a header */
    uint64_t longest;           /* the longest record allowed, in bytes */
    struct csvk_validate_options rules;
    struct csvk_slice_options how;
    struct csvk_slicer *slicer;
    struct csvk_strings columns; /* of the table: given, or from the first header */
    const char *columns_from;    /* where they come from: a file, or "--columns" */
    struct cli_manifest_plan plan;
    struct csvk_buf manifest;    /* text of the manifest; empty: none is written */
    struct slice_repair *repair; /* of --normalize, or NULL */
    struct csvk_types *types;    /* of --data-type=auto, or NULL */
    bool json, refused;
    int reported;            /* enum cli_exit of a failure that has been reported */
    uint64_t records, bytes; /* that went into slices */
    uint64_t before;         /* bytes of the inputs before the current one */
    struct cli_progress *progress;
};

/* slice_input.c: reads and judges all inputs and feeds the slicer. Returns a status; when an input
   has errors, they are printed and `refused` becomes true. */
int slice_read_inputs(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Bytes of text in all inputs; 0: not known without reading them. */
uint64_t slice_plain_bytes(const struct slice_job *job);
/* The same, found by reading the inputs. */
int slice_count_bytes(struct slice_job *job, uint64_t *bytes, struct csvk_error *err) CSVK_MUST_USE;

/* slice_manifest_early.c: makes and judges the manifest for job->columns. When it has errors, they
   are reported and `refused` becomes true. */
int slice_make_manifest(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Makes and judges it again, with the types that fit all of the data; only if job->types is set. */
int slice_add_types(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* slice_normalize.c: --normalize. slice_repair_read reads the options and makes job->repair. */
struct slice_repair;
struct slice_stream;
int slice_repair_read(struct slice_job *job);
void slice_repair_release(struct slice_repair *repair);
/* *out yields the repaired bytes of `from`, which it takes over. In any case *stream must be
   closed, after *out has been freed. */
int slice_repair_open(struct slice_job *job, struct csvk_source *from, struct csvk_source **out,
                      struct slice_stream **stream, struct csvk_error *err) CSVK_MUST_USE;
/* Waits for the end of the repair, after its output has been read to the end. Returns `status`, or
   the failure of the repair. Without a stream (NULL) it returns `status`. */
int slice_repair_join(struct slice_stream *stream, int status, struct csvk_error *err);
/* The same, and frees the stream. Its output need not have been read to the end. */
int slice_repair_close(struct slice_stream *stream, int status,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Gives rejects and log their names. */
int slice_repair_commit(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Prints how many records were repaired, rejected and dropped; CLI_REFUSED when some were rejected.
 */
int slice_repair_report(const struct slice_job *job);

/* slice_verify.c: reads every slice back and compares it with what was written; CSVK_EIO when they
   differ. */
int slice_verify(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* slice_report.c */
void slice_report(struct slice_job *job);
/* SHA-256 of the slice files. CSVK_ENOMEM; slice_hash_release frees it. */
int slice_hash_init(struct csvk_slice_hash *hash) CSVK_MUST_USE;
void slice_hash_release(struct csvk_slice_hash *hash);

#endif
