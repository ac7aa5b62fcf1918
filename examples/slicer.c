/*
 * slicer.c - cuts a table into gzip slices with a manifest. The table is judged in the same pass,
 * and nothing appears under its name unless it is valid. slicer FILE DIRECTORY
 */
#include "csvkit/extra/extra.h"
#include "manifest/slice.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>

static void want_records(struct csvk_options *options, void *context)
{
    (void)context;
    options->detail = CSVK_RECORDS; /* the slicer needs to know where each record ends */
}

static int feed(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    return csvk_slicer_feed(context, batch, batch->first_record == 1, err); /* skips the header */
}

static int commit(struct csvk_slicer *slicer, const struct csvk_strings *columns,
                  struct csvk_error *err)
{
    struct csvk_manifest_options options;
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_manifest_options_init(&options);
    options.columns = columns;
    int status = csvk_slice_manifest(&manifest, NULL, &options, err);
    status = status == CSVK_OK ? csvk_manifest_print(manifest, &text) : status;
    struct csvk_bytes view = {text.data, text.length};
    status = status == CSVK_OK ? csvk_slicer_commit(slicer, &view, err) : status;
    csvk_manifest_free(manifest);
    csvk_buf_release(&text);
    return status;
}

static int slice(struct csvk_source *source, struct csvk_slicer *slicer, struct csvk_error *err)
{
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = want_records, .tap = feed, .context = slicer};
    struct csvk_validator *validator = NULL;
    struct csvk_validate_options judging;
    const struct csvk_report *report = NULL;
    csvk_validate_options_init(&judging);
    int status = csvk_validate_source(&validator, source, &judging, &hooks, err);
    status = status == CSVK_OK ? csvk_validator_report(validator, &report, err) : status;
    if (status == CSVK_OK && !report->valid) {
        status = csvk_fail(err, CSVK_EDATA, "%s is not valid", csvk_source_name(source));
    }
    status = status == CSVK_OK ? csvk_slicer_finish(slicer, err) : status;
    status = status == CSVK_OK ? commit(slicer, report->column_names, err) : status;
    csvk_validator_free(validator);
    csvk_validate_options_release(&judging);
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_error err = {.text = "out of memory"};
    struct csvk_source *source = NULL;
    struct csvk_slicer *slicer = NULL;
    struct csvk_slice_options options;
    csvk_use_all();
    csvk_slice_options_init(&options);
    options.directory = argv[argc - 1];
    int status = argc == 3 ? csvk_source_open(&source, argv[1], &err)
                           : csvk_fail(&err, CSVK_EUSAGE, "usage: slicer FILE DIRECTORY");
    status = status == CSVK_OK ? csvk_slicer_new(&slicer, &options, &err) : status;
    status = status == CSVK_OK ? slice(source, slicer, &err) : status;
    csvk_slicer_free(slicer); /* without a commit, what was written is removed */
    csvk_source_free(source);
    if (status != CSVK_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status == CSVK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
