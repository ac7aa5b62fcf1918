/* processor_parts.h - what the parts of csvk_processor share. All functions that answer int fill
   p->err on failure. */
#ifndef MANIFEST_PROCESSOR_PROCESSOR_PARTS_H
#define MANIFEST_PROCESSOR_PROCESSOR_PARTS_H

#include "manifest/processor.h"

#include <cjson/cJSON.h>

struct processor {
    const struct csvk_processor_options *options;
    const char *folder;
    cJSON *config;
    const cJSON *parameters; /* in config; NULL: there are none */
    char *scratch;           /* a temporary folder, removed at the end */
    char *stage; /* the same in out/, from where a finished table is moved to its place */
    struct csvk_error *err;
};

/* What to do with one table; borrowed from the parameters. NULL: they say nothing. */
struct processor_plan {
    const cJSON *normalize, *columns, *slice;
    const cJSON *manifest, *defaults, *metadata, *column_metadata;
};

/* Fails because of the parameters or the data. */
#define PROCESSOR_REFUSE(p, ...) csvk_fail((p)->err, CSVK_EDATA, __VA_ARGS__)
int processor_no_memory(const struct processor *p);
/* Says something that is no failure: csvk_processor_options.noted. */
void processor_note(const struct processor *p, const char *format, ...) CSVK_PRINTF(2, 3);

/* ---- processor_params.c ---- */
/* Reads config.json and judges the parameters. */
int processor_read(struct processor *p);
struct processor_plan processor_plan(const struct processor *p, const char *table);
bool processor_on(const cJSON *step); /* true or an object */

/* ---- processor_steps.c: a step as the options of a call ---- */
struct processor_normalize {
    struct csvk_normalize_options options;
    struct csvk_normalize_files files;
    bool widen; /* "ragged": "widen" */
};
struct processor_slice {
    struct csvk_slice_options how;
    bool any_size, keep_empty, verify;
    uint64_t min_table_size, min_slice_size; /* bytes of text; 0: any */
};
/* Sets what the step says over what is there. CSVK_EDATA with a text that begins "parameters:". */
int processor_read_normalize(const struct processor *p, const cJSON *step,
                             struct processor_normalize *out);
int processor_read_slice(const struct processor *p, const cJSON *step, struct processor_slice *out);

/* Where the names of the columns come from. */
enum processor_names {
    PROCESSOR_NAMES_KEEP,   /* the manifest, or else the header, as ever */
    PROCESSOR_NAMES_HEADER, /* the header, which moves into the manifest */
    PROCESSOR_NAMES_AUTO,   /* there is no header: col_1, col_2, ... */
    PROCESSOR_NAMES_GIVEN,  /* a list */
};
struct processor_columns {
    enum processor_names names;
    struct csvk_strings given, select;  /* owned; select empty: all columns */
    const char *row_number, *file_name; /* names of columns to add, borrowed; NULL: none */
};
/* The caller releases *out, also after a failure. */
int processor_read_columns(const struct processor *p, const cJSON *step,
                           struct processor_columns *out);
void processor_columns_release(struct processor_columns *columns);

/* ---- processor_copy.c ---- */
/* FOLDER/a/b; NULL: out of memory. */
char *processor_path(const char *folder, const char *a, const char *b);
int processor_folder(const struct processor *p,
                     const char *path); /* makes it when it is not there */
/* Removes a file, or a folder with all that is in it. A missing one is no failure. */
void processor_remove(const char *path);
/* Copies a file or a folder with its contents, byte for byte. Links are refused. */
int processor_copy(const struct processor *p, const char *from, const char *to);
/* The names in a folder, in byte order. A folder that does not exist has none. */
int processor_names(const struct processor *p, const char *path, struct csvk_strings *names);
/* The file or folder `from` gets the name `to`, in the place of what has it. */
int processor_move(const struct processor *p, const char *from, const char *to);

/* ---- processor_files.c ---- */
int processor_judge_files(const struct processor *p, const cJSON *files); /* the parameter */
int processor_files(const struct processor *p); /* in/files to out/files */

/* ---- processor_unzip.c: CSVK_EDATA for an archive that cannot be unpacked ---- */
bool processor_is_zip(struct csvk_bytes start); /* by its first bytes */
/* All entries go to the folder `to`. After a failure some of them are there. */
int processor_unzip(const struct processor *p, const char *from, const char *to);
/* A zlib stream (RFC 1950) to the file `to`, which appears whole or not at all. */
int processor_unpack_zlib(const struct processor *p, const char *from, const char *to);

/* ---- a table ---- */
struct processor_table {
    const struct processor *p;
    const char *name;
    struct processor_plan plan;
    struct processor_columns columns;
    char *in, *in_manifest;            /* paths; in_manifest need not exist */
    char *out;                         /* out/tables/NAME */
    cJSON *manifest;                   /* of the result; NULL: no manifest is needed */
    struct csvk_table_definition told; /* of the input, by its manifest and the parameters */
    bool folder;
    bool header; /* each file of the input begins with names */
    bool widen;  /* records get empty fields up to `width`, that of the widest one */
    uint64_t width;
    struct csvk_strings names; /* of the columns of the input; empty: not known yet */
    size_t *pick;              /* npick places in `names`, in the order of the output */
    size_t npick;
};

/* ---- processor_manifest.c ---- */
/* Makes t->manifest and t->told from the manifest of the input and the parameters. */
int processor_make_manifest(struct processor_table *t);
/* The manifest says that there is a header. */
bool processor_header_stated(const struct processor_table *t);
/* The data is made: the manifest gets its dialect, its columns and its metadata. */
int processor_finish_manifest(struct processor_table *t);
/* An empty manifest, where there is none. */
int processor_need_manifest(struct processor_table *t);
/* Writes t->manifest, if there is one. */
int processor_write_manifest(const struct processor_table *t, const char *path);
/* Sets a key of the manifest. Takes over `value`. False: out of memory. */
bool processor_put(struct processor_table *t, const char *key, cJSON *value);

/* ---- processor_tree.c: the parts of a manifest that name columns ---- */
/* A manifest that the platform wrote for an input, as one that it accepts for an output; `folder`:
   of slices. NULL: out of memory. */
cJSON *processor_out_of_in(const cJSON *in, bool folder);
/* Sets the columns of the manifest; what it says about other columns goes. */
int processor_put_columns(struct processor_table *t, const struct csvk_strings *columns);
int processor_put_metadata(struct processor_table *t);

/* ---- processor_reshape.c ---- */
/* The records have to be read one by one: columns are chosen, added or renamed, a header moves. */
bool processor_reshapes(const struct processor_table *t);
/* Writes the file `from` to `to` with the columns of the result; `input` is its path in the input,
   for messages and for the column with its name. Sets t->names when they are not known yet. */
int processor_reshape(struct processor_table *t, const char *from, const char *to,
                      const char *input);
/* The names are known: finds those of the result. Once for a table; later calls do nothing. */
int processor_pick_columns(struct processor_table *t);
/* Sets t->names to col_1 ... by the first record of `path`, if there is one. */
int processor_name_columns(struct processor_table *t, const char *path);
/* Appends the names of the columns of the result. */
int processor_result_columns(const struct processor_table *t, struct csvk_strings *columns);
/* Of the data after "normalize". */
int processor_dialect(const struct processor_table *t, struct csvk_dialect *dialect);

/* ---- processor_data.c: the files of a table through "normalize" and "columns" ---- */
/* Writes the data of the table, a file or a folder, to `to`. */
int processor_make_data(struct processor_table *t, const char *to);
/* For data that is sliced where it is: says what is left out, refuses links, and slices of which
   nothing names the columns. */
int processor_check_parts(const struct processor_table *t);
/* The data is changed by a step before "slice". */
bool processor_changes_data(const struct processor_table *t);

/* ---- processor_words.c: texts that name options of csvkit normalize ---- */
/* Appends the text with keys of the step in their place; CSVK_ENOMEM. */
int processor_name_keys(struct csvk_buf *out, const char *text);
void processor_reword(struct csvk_error *err);

/* What the JSON value of a key of the step "normalize" is; none: there is no such key. */
enum step_value { STEP_VALUE_NONE, STEP_VALUE_FLAG, STEP_VALUE_NUMBER, STEP_VALUE_TEXT };
enum step_value processor_step_value(const char *key); /* processor_steps.c */

/* ---- processor_slicing.c: the step "slice" ---- */
/* Slices `from` into the folder `to`, with its manifest beside it. */
int processor_slice_table(struct processor_table *t, const char *from, const char *to);
/* The step is on and the table, `from`, is large enough for it. */
int processor_slices(const struct processor_table *t, const char *from, bool *slices);

/* ---- processor_table.c ---- */
int processor_tables(const struct processor *p); /* in/tables to out/tables */

#endif
