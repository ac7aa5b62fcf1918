/* slice_job.h - what the parts of csvk_slice_table share. */
#ifndef MANIFEST_SLICING_SLICE_JOB_H
#define MANIFEST_SLICING_SLICE_JOB_H

#include "manifest/slice_table.h"

struct slice_job {
    struct csvk_slice_table_options options; /* a copy that borrows everything, as the table */
    struct csvk_table_definition table;
    struct csvk_slice_table_result *result;
    struct csvk_strings inputs;         /* files, in order */
    struct csvk_dialect dialect;        /* of the slices */
    struct csvk_validate_options rules; /* owns its columns */
    struct csvk_slice_options how;
    struct csvk_slicer *slicer;
    const char *columns_from;    /* what told result->columns: a file, or "--columns"; or NULL */
    struct slice_repair *repair; /* NULL: the inputs are not repaired */
    bool refused;
    uint64_t before;      /* bytes of the inputs before the current one */
    uint64_t plain_bytes; /* of all inputs; 0: not known without reading them */
};

/* ---- slice.c ---- */
/* What the slicer calls its slice of this number, from 1. */
void slice_name(char name[CSVK_SLICE_NAME_MAX], size_t number, enum csvk_slice_form form);
/* The file `path` becomes the next slice, with the facts of `slice` but its name. Failures as for
   csvk_slicer_feed. */
int slice_adopt(struct csvk_slicer *slicer, const char *path, const struct csvk_slice *slice,
                struct csvk_error *err) CSVK_MUST_USE;

/* ---- slice_table.c ---- */
/* Reads the options and makes *out, which is NULL on failure. slice_job_close in any case: it frees
   the job, and forgets the slices when they were not made. */
int slice_job_open(struct slice_job *job, const struct csvk_slice_table_options *options,
                   struct csvk_slice_table_result **out, struct csvk_error *err) CSVK_MUST_USE;
void slice_job_close(struct slice_job *job, int status);
/* Judges the options by themselves, and settles how the inputs are judged. */
int slice_check_options(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
int slice_read_rules(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* The directory of slices is replaced as a whole, so nothing that is read may lie in it. */
int slice_refuse_own_input(const struct slice_job *job, const char *path,
                           struct csvk_error *err) CSVK_MUST_USE;
/* When the columns are known before anything is read, the manifest is judged at once. */
int slice_take_known_columns(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA when anything was refused, or the columns are not known and must be. */
int slice_conclude(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Finishes the slices, reads them back if that was asked for, and lists them in the result. */
int slice_finish(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Gives the slices and their manifest their names. */
int slice_commit(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Adds a line to result->refusals; the run goes on, and is refused at its end. */
int slice_refuse(struct slice_job *job, struct csvk_error *err, const char *format, ...)
    CSVK_PRINTF(3, 4);
/* Tells the caller how far it is; CSVK_ECANCELED when the caller has had enough. */
int slice_tell_progress(const struct slice_job *job, enum csvk_slice_step step, uint64_t done,
                        uint64_t total, struct csvk_error *err) CSVK_MUST_USE;
bool slice_equal_names(const struct csvk_strings *a, const struct csvk_strings *b);

/* ---- slice_inputs.c ---- */
/* Bytes of text in all inputs; 0: not known without reading them. */
uint64_t slice_plain_bytes(const struct slice_job *job);
/* The same, found by reading the inputs. */
int slice_count_bytes(const struct slice_job *job, uint64_t *bytes,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Reads and judges all inputs and feeds the slicer. When an input has errors, `refused` is true. */
int slice_read_inputs(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Looks for the header of an input. *header is the number of its record, 0: it has not come yet.
 *skip are the first records of the batch that are no data: up to the header. */
int slice_pass_header(struct slice_job *job, const char *path, const struct csvk_batch *batch,
                      uint64_t *header, uint64_t *skip, struct csvk_error *err) CSVK_MUST_USE;
/* Shows a report with errors or warnings to the caller; errors refuse the data. */
int slice_show_report(struct slice_job *job, const struct csvk_report *report,
                      struct csvk_error *err) CSVK_MUST_USE;

/* ---- slice_header.c ---- */
/* Takes the columns from `header`, a record of the batch, or compares them with those taken. */
int slice_look_at_header(struct slice_job *job, const char *path, const struct csvk_batch *batch,
                         const struct csvk_record *header, struct csvk_error *err) CSVK_MUST_USE;

/* For a table in slices of which nobody has said whether they have a header, nor what the columns
   are called: what their first records have in common. In any case a refusal: CSVK_EDATA when
   they are no slices of one table, or one has the names of the first in another order; else
   CSVK_EUSAGE. */
int slice_refuse_doubtful_header(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* With repairs, empty lines before a header become values of a table of one column, and hide it.
   Refuses such an input by its first bytes; `source` was not read yet, and is not read here. */
int slice_refuse_hidden_header(struct slice_job *job, const char *path, struct csvk_source *source,
                               struct csvk_error *err) CSVK_MUST_USE;

/* ---- slice_early_manifest.c ---- */
/* Makes and judges the manifest for result->columns. When it has errors, `refused` is true. */
int slice_make_manifest(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
/* Makes and judges it again, with the types that fit all of the data; only with result->types. */
int slice_add_types(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* ---- slice_repair.c ---- */
struct slice_repair;
struct slice_stream;
/* Makes job->repair when the options ask for it, and opens the files beside the slices. */
int slice_repair_new(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;
void slice_repair_free(struct slice_repair *repair);
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
/* Gives rejects and log their names; does nothing without a repair. */
int slice_repair_commit(struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

/* ---- slice_verify.c ---- */
/* Reads every slice back and compares it with what was written; CSVK_EIO when they differ. */
int slice_verify(const struct slice_job *job, struct csvk_error *err) CSVK_MUST_USE;

#endif
