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
    bool header;                /* each input begins with one */
    uint64_t longest;           /* record, in bytes */
    struct csvk_validate_options rules;
    struct csvk_slice_options how;
    struct csvk_slicer *slicer;
    struct csvk_strings columns; /* of the table; settled by the first header */
    const char *columns_from;    /* the file that settled them */
    struct cli_manifest_plan plan;
    struct csvk_buf manifest;    /* its text; empty: none wanted */
    struct slice_repair *repair; /* --normalize, or NULL */
    struct csvk_types *types;    /* of the columns, when they are to be found; or NULL */
    bool json, refused;
    int reported;            /* enum cli_exit of trouble that was reported already */
    uint64_t records, bytes; /* that went into slices */
    uint64_t before;         /* bytes of the files read before this one */
    struct cli_progress *progress;
};

/* slice_input.c: reads and judges all inputs and feeds the slicer. A status; findings are printed
   and make `refused` true. */
int slice_read_inputs(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Bytes of text in all inputs; 0: not known without reading them. */
uint64_t slice_plain_bytes(const struct slice_job *job);
/* The same by reading them. */
int slice_count_bytes(struct slice_job *job, uint64_t *bytes, struct csvk_error *err) CSVK_MUST_USE;

/* slice_manifest_early.c: writes and judges the manifest for job->columns; what is wrong with it is
   reported and makes `refused` true. */
int slice_make_manifest(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* The same again with the types that all of the data allows, when job->types is there. */
int slice_add_types(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* slice_normalize.c: --normalize. _read takes the options and makes job->repair. */
struct slice_repair;
struct slice_stream;
int slice_repair_read(struct slice_job *job);
void slice_repair_release(struct slice_repair *repair);
/* *out yields the repaired bytes of `from`, which it takes over; *stream must be closed after *out
   has been freed, whatever was answered. */
int slice_repair_open(struct slice_job *job, struct csvk_source *from, struct csvk_source **out,
                      struct slice_stream **stream, struct csvk_error *err) CSVK_MUST_USE;
/* Waits for the repair of this input, all of which has been read; answers `status`, or what went
   wrong there. No stream: just `status`. */
int slice_repair_join(struct slice_stream *stream, int status, struct csvk_error *err);
/* The same, and drops the stream; what was not read is given up. */
int slice_repair_close(struct slice_stream *stream, int status,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Rejects and log get their names. */
int slice_repair_commit(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* The account of the repairs; CLI_REFUSED when records were rejected. */
int slice_repair_tell(const struct slice_job *job);

/* slice_verify.c: every slice is read back and must hold what went in. CSVK_EIO when not. */
int slice_verify(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* slice_report.c */
void slice_report(struct slice_job *job);
/* SHA-256 over the files; slice_hash_release drops it. */
int slice_hash_init(struct csvk_slice_hash *hash) CSVK_MUST_USE;
void slice_hash_release(struct csvk_slice_hash *hash);

#endif
