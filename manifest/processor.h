/*
 * processor.h - a component's data folder: each table of in/tables is written to out/tables as the
 * parameters in config.json say (normalized, with other columns, sliced, with a new manifest), and
 * in/files is copied to out/files.
 *
 * The idea. The parameters are read and judged before anything is written: a step of a table
 * becomes the options of csvk_normalize_files or csvk_slice_table. The names of its keys are those
 * of the options of csvkit normalize and csvkit slice, with _ in place of -, and so are its values.
 * A table is made beside out/tables, judged with its manifest, and gets its place when it is good:
 * of a table that is refused there is nothing, and what was there before stays.
 *
 * One call by one thread at a time; calls for different folders may run at the same time.
 */
#ifndef MANIFEST_PROCESSOR_H
#define MANIFEST_PROCESSOR_H

#include "manifest/slice_table.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_processor_options {
    size_t size;        /* set by csvk_processor_options_init */
    const char *folder; /* with config.json, in and out */
    const char
        *scratch;   /* a folder for temporary files; a folder of our own in it goes at the end */
    size_t threads; /* that compress, and that normalize; 0 is 1 */
    uint64_t max_record;            /* of slicing, as in csvk_slice_table_options */
    enum csvk_type_support support; /* of the project, for judging manifests */
    /* What the caller may want to see. Each may be NULL; all are called in the caller's thread.
       `sliced`: a table was sliced into `directory`, or refused. Everything is borrowed for the
       call; findings about the manifest have the table's name. */
    void (*sliced)(void *context, const char *directory,
                   const struct csvk_slice_table_result *result);
    /* As in csvk_slice_table_options. */
    int (*judged)(void *context, const struct csvk_report *report, struct csvk_error *err);
    void *context; /* of all three */
    /* Something of the input has no place in the output, or none that the platform looks at; `text`
       says what, in one line, and is borrowed for the call. Or NULL. */
    void (*noted)(void *context, const char *text);
};
CSVK_API void csvk_processor_options_init_sized(struct csvk_processor_options *options,
                                                size_t size);
static inline void csvk_processor_options_init(struct csvk_processor_options *options)
{
    csvk_processor_options_init_sized(options, sizeof *options);
}
/*
 * Processes the folder. CSVK_EDATA: config.json, its parameters or the data were refused, and the
 * text says why; what is wrong with the parameters is found before anything is written, but for
 * what only the data or a manifest shows to be wrong. After a failure the tables and files before
 * the one that failed are in their places. CSVK_EIO, CSVK_ENOMEM and the failures of
 * csvk_normalize_files and csvk_slice_table.
 */
CSVK_API int csvk_processor(const struct csvk_processor_options *options,
                            struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
