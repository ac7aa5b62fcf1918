/*
 * slicer.c - cuts a table into gzip slices with a manifest, in one pass that judges it, too;
 * nothing appears under its name unless the table is valid. slicer FILE DIRECTORY
 */
#include "csvkit/extra/extra.h"
#include "manifest/slice_table.h"

#include <stdio.h>
#include <stdlib.h>

/* An input has errors or warnings: they are in its report. */
static int show(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int status = csvk_report_print(report, "text", CSVK_TEXT_PLAIN, &out, err);
    (void)context;
    fputs(csvk_buf_text(&out), stderr);
    csvk_buf_release(&out);
    return status;
}

/* `table` is what is known before the data is read: nothing but what a manifest beside it says. */
static int slice(const struct csvk_slice_options *how, const struct csvk_strings *inputs,
                 struct csvk_table_definition *table, struct csvk_error *err)
{
    struct csvk_slice_table_options options;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_manifest_plan *manifest = NULL;
    struct csvk_findings findings = {0};
    csvk_slice_table_options_init(&options);
    options.inputs = inputs;
    options.table = table;
    options.how = how;
    options.judged = show;
    int status = csvk_manifest_plan_new(&manifest, err); /* it gets the columns of the header */
    options.manifest = manifest;
    status = status == CSVK_OK ? csvk_table_definition_find(table, inputs->item[0], err) : status;
    if (status == CSVK_OK && table->manifest != NULL) {
        status = csvk_table_definition_read(table, inputs->item[0], &findings, err);
    }
    status = status == CSVK_OK ? csvk_slice_table(&options, &result, err) : status;
    for (size_t i = 0; result != NULL && i < result->refusals.count; i++) {
        fprintf(stderr, "%s\n", result->refusals.item[i]);
    }
    csvk_slice_table_result_free(result);
    csvk_manifest_plan_free(manifest);
    csvk_findings_release(&findings);
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_error err = {.text = "usage: slicer FILE DIRECTORY"};
    struct csvk_slice_options how;
    struct csvk_table_definition table;
    struct csvk_strings inputs = {0};
    int status = CSVK_EUSAGE;
    csvk_use_all();
    csvk_slice_options_init(&how);
    csvk_table_definition_init(&table);
    if (argc == 3) {
        how.directory = argv[2];
        status = csvk_strings_add(&inputs, argv[1]);
        status = status == CSVK_OK ? slice(&how, &inputs, &table, &err)
                                   : csvk_fail(&err, status, "out of memory");
    }
    csvk_table_definition_release(&table);
    csvk_strings_release(&inputs);
    if (status != CSVK_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status == CSVK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
