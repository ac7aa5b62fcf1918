/*
 * slice_table.h - a table becomes slices with a manifest, in one call: the inputs are read, judged
 * and perhaps repaired, cut and compressed, read back, and get their names when all of it is good.
 *
 * The idea. Everything happens in one pass over the data. A defect may be at the very end, so
 * slices are made before the verdict is known, and dropped when the data is refused. After the
 * first input with an error the others are only judged, so that one run tells all that is wrong.
 * The manifest is made and judged as soon as the columns are known, and again when types were found
 * in the data.
 *
 * Invariant: nothing has its final name before all that was asked for has been found good.
 *
 * Rules. One call by one thread at a time; calls for different directories may run at the same
 * time. Everything in the options is borrowed for the call. `err` may be NULL.
 */
#ifndef MANIFEST_SLICE_TABLE_H
#define MANIFEST_SLICE_TABLE_H

#include "csvkit/normalize.h"
#include "manifest/manifest_plan.h"
#include "manifest/slice.h"
#include "manifest/table_definition.h"
#include "manifest/types.h"
#include "validator/validator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum csvk_slice_step {
    CSVK_SLICE_STEP_SLICE,  /* done and total: bytes of the inputs; total 0: not known */
    CSVK_SLICE_STEP_VERIFY, /* done and total: slices */
};

struct csvk_slice_table_options {
    size_t size; /* set by csvk_slice_table_options_init */
    /* Files in their order, "-" for standard input; a folder stands for the slices in it, which
       have no header unless `table` says who has said so. */
    const struct csvk_strings *inputs;
    const struct csvk_table_definition *table; /* of the inputs; the manifest was read already */
    const struct csvk_slice_options *how;      /* `total` is found out; a hash is called as usual */
    bool any_size; /* false: cut by size, files are from 10 MB to 100 MB, else CSVK_EUSAGE */
    /* How to judge the inputs: profile, severities, max_findings; the rest follows from `table`.
       NULL: csvk_slice_rules. */
    const struct csvk_validate_options *rules;
    uint64_t max_record; /* bytes of the longest record; 0: as long as 32-bit offsets allow */
    /* How to repair the inputs: all but dialect, encoding, header and columns, which follow from
       `table`; the slices have the dialect `to`. NULL: the slices are the inputs, byte for byte. */
    const struct csvk_normalize_options *normalize;
    const char *rejects, *log; /* files, written as csvk_normalize says; NULL: none */
    /* What the manifest says beside the columns and the key; changed by the call, which calls
       csvk_manifest_plan_finish. NULL: no manifest is written. */
    struct csvk_manifest_plan *manifest;
    enum csvk_type_support support; /* of the project, for judging the manifest */
    bool verify; /* read every slice back, with csvkit and with libcsv, before it gets its name */
    /* What the caller may want to see. Each may be NULL; all are called in the caller's thread.
       `progress`: below 0 stops the run: CSVK_ECANCELED, and nothing is left. */
    int (*progress)(void *context, enum csvk_slice_step step, uint64_t done, uint64_t total);
    /* An input has errors or warnings; the report is borrowed for the call, so that many of them
       take no more memory than one. Any answer but CSVK_OK, which fills `err`, ends the run with
       it. */
    int (*judged)(void *context, const struct csvk_report *report, struct csvk_error *err);
    void *context; /* of all */
    /* Opens an input, of which nothing may be read, in the place of csvk_source_open; the source is
       freed by whoever called. It is called once for each reading. Of a source whose length is
       known slices of even size can be made. Or NULL. */
    int (*open)(void *context, const char *input, struct csvk_source **out, struct csvk_error *err);
};
/* All off; `inputs`, `table` and `how` must be set. */
CSVK_API void csvk_slice_table_options_init_sized(struct csvk_slice_table_options *options,
                                                  size_t size);
static inline void csvk_slice_table_options_init(struct csvk_slice_table_options *options)
{
    csvk_slice_table_options_init_sized(options, sizeof *options);
}
/*
 * Sets how inputs are judged by default: profile keboola, but a column name that needs cleaning is
 * a warning, because the platform cleans it. CSVK_OK. csvk_validate_options_release frees it.
 */
CSVK_API int csvk_slice_rules_sized(struct csvk_validate_options *rules, size_t size,
                                    struct csvk_error *err) CSVK_MUST_USE;
CSVK_MUST_USE static inline int csvk_slice_rules(struct csvk_validate_options *rules,
                                                 struct csvk_error *err)
{
    return csvk_slice_rules_sized(rules, sizeof *rules, err);
}

/* The library's. The account of all inputs. */
struct csvk_slice_repairs {
    uint64_t records_in, records_out, records_rejected, records_dropped;
    uint64_t repairs[CSVK_REPAIRS_MOST]; /* by enum csvk_repair: how many records or places */
};

/* The library's. What came of it; it owns what it points to. */
struct csvk_slice_table_result {
    bool sliced;              /* the slices and the manifest are in their places */
    struct csvk_slice *slice; /* nslices of them, in order */
    size_t nslices;
    uint64_t records, bytes, file_bytes; /* sums over the slices */
    struct csvk_strings columns;         /* of the table; empty: not known */
    struct csvk_buf manifest;            /* its text; empty: none was written */
    struct csvk_findings findings;       /* about the manifest; rules csvk_manifest_rules */
    struct csvk_strings refusals;        /* what else is wrong, a line each, that names the place */
    struct csvk_types *types;            /* that were found in the data, or NULL */
    struct csvk_slice_repairs *repairs;  /* NULL: the inputs were not repaired */
};
CSVK_API void csvk_slice_table_result_free(struct csvk_slice_table_result *result); /* or NULL */

/*
 * Slices the table. The caller frees *out in any case. After a failure it holds what was found
 * until then, but no slices, and there are no files of this call. It is NULL when there was no
 * memory for it, and when `options` were not begun as they should.
 *
 * CSVK_OK: the slices and the manifest are in their places. Records that have no sure repair are no
 * failure when `rejects` takes them. CSVK_EDATA: the data or the manifest was refused, for the
 * reasons in the reports that `judged` has seen, in `findings` and in `refusals`; or a source
 * cannot be read as data, and the text of `err` says why. CSVK_EUSAGE: options that contradict each
 * other or the data; the text names them as options of csvkit slice. CSVK_ECANCELED; else the
 * failures of reading, of csvk_normalize and of csvk_slicer_commit.
 */
CSVK_API int csvk_slice_table(const struct csvk_slice_table_options *options,
                              struct csvk_slice_table_result **out,
                              struct csvk_error *err) CSVK_MUST_USE;

/* ---- slices into one file -------------------------------------------------------------------- */

struct csvk_merge_table_options {
    size_t size;                               /* set by csvk_merge_table_options_init */
    const char *directory;                     /* of the slices */
    const struct csvk_table_definition *table; /* of the slices; the manifest was read already */
    /* quote, eol and max_record; the rest follows from `table`. */
    const struct csvk_merge_options *how;
    const char *output; /* the file, compressed when its name ends in .gz; "-": standard output */
    int level;          /* of compression, 1..9. Default 4 */
    size_t threads;     /* that compress, the caller's included; 0 is 1 */
    /* Sees how many bytes of text were written; below 0 stops: CSVK_ECANCELED. Or NULL. */
    int (*progress)(void *context, uint64_t written);
    void *context; /* of `progress` and `judged` */
    /* Sees the report on the first record of each slice whose header is skipped, because a manifest
       names the columns, when there is something to say; a failure ends the merge. Or NULL. */
    int (*judged)(void *context, const struct csvk_report *report, struct csvk_error *err);
};
CSVK_API void csvk_merge_table_options_init_sized(struct csvk_merge_table_options *options,
                                                  size_t size);
static inline void csvk_merge_table_options_init(struct csvk_merge_table_options *options)
{
    csvk_merge_table_options_init_sized(options, sizeof *options);
}
/*
 * Merges the slices into one file, which appears when all of them were found good. Its header: none
 * when an option says that there is no header; that of the slices when an option or the manifest
 * says that they have one, unless a manifest calls the columns otherwise; else the columns of
 * `table`. CSVK_EUSAGE when nothing says which, and
 * for an encoding (slices are UTF-8) or a delimiter that is not known; the texts name options of
 * csvkit merge. Else as csvk_merge and the sinks.
 */
CSVK_API int csvk_merge_table(const struct csvk_merge_table_options *options,
                              struct csvk_merge_totals *totals,
                              struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
