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

/* ---- slice_table.c ---- */
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
