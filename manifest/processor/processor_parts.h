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
    struct csvk_error *err;
};

/* What to do with one table; borrowed from the parameters. NULL: they say nothing. */
struct processor_plan {
    const cJSON *normalize, *slice, *manifest;
};

/* Fails because of the parameters or the data. */
#define PROCESSOR_REFUSE(p, ...) csvk_fail((p)->err, CSVK_EDATA, __VA_ARGS__)
int processor_no_memory(const struct processor *p);

/* ---- processor_params.c ---- */
/* Reads config.json and judges the parameters. */
int processor_read(struct processor *p);
struct processor_plan processor_plan(const struct processor *p, const char *table);
bool processor_on(const cJSON *step); /* true or an object */

/* ---- processor_steps.c: a step as the options of a call ---- */
struct processor_normalize {
    struct csvk_normalize_options options;
    struct csvk_normalize_files files;
};
struct processor_slice {
    struct csvk_slice_options how;
    bool any_size, keep_empty, verify;
};
/* Sets what the step says over what is there. CSVK_EDATA with a text that begins "parameters:". */
int processor_read_normalize(const struct processor *p, const cJSON *step,
                             struct processor_normalize *out);
int processor_read_slice(const struct processor *p, const cJSON *step, struct processor_slice *out);

/* ---- processor_copy.c ---- */
/* FOLDER/a/b; NULL: out of memory. */
char *processor_path(const char *folder, const char *a, const char *b);
int processor_folder(const struct processor *p,
                     const char *path); /* makes it when it is not there */
/* Removes a file, or a folder with the files in it. Needs no memory. A missing file is no failure.
 */
void processor_remove(const char *path);
/* Copies a file or a folder with its contents, byte for byte. Links are refused. */
int processor_copy(const struct processor *p, const char *from, const char *to);
/* The names in a folder, in byte order. A folder that does not exist has none. */
int processor_names(const struct processor *p, const char *path, struct csvk_strings *names);
int processor_files(const struct processor *p); /* in/files to out/files */

/* ---- processor_manifest.c ---- */
struct processor_table {
    const struct processor *p;
    const char *name;
    struct processor_plan plan;
    char *in, *in_manifest; /* paths; in_manifest need not exist */
    char *out;              /* out/tables/NAME */
    cJSON *manifest;        /* of the result; NULL: no manifest is needed */
    struct csvk_manifest_table
        by_manifest; /* the table, as the manifest of the input describes it */
    bool folder;
};
/* Makes t->manifest and t->by_manifest from the manifest of the input and the parameters. */
int processor_make_manifest(struct processor_table *t);
/* An empty manifest, where there is none. */
int processor_need_manifest(struct processor_table *t);
/* Writes t->manifest, if there is one. */
int processor_write_manifest(const struct processor_table *t, const char *path);

/* ---- processor_table.c ---- */
int processor_tables(const struct processor *p); /* in/tables to out/tables */

#endif
