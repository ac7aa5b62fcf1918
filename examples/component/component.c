/*
 * component.c - a whole component of the Keboola platform in C: it writes a table, cuts it into
 * gzip slices with a manifest, and judges the data folder as the platform will. component DATADIR
 * ROWS
 */
#include "csvkit/extra/extra.h"
#include "csvkit/writer.h"
#include "manifest/slice_table.h"
#include "preflight/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int put(struct csvk_writer *to, const char *text, struct csvk_error *err)
{
    return csvk_writer_field(to, text, strlen(text), err);
}

static int write_record(struct csvk_writer *to, const char *const *text, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < 3 && status == CSVK_OK; i++) {
        status = put(to, text[i], err);
    }
    return status == CSVK_OK ? csvk_writer_end_record(to, err) : status;
}

/* The file has its name when it is complete, and not before. */
static int write_table(const char *path, long rows, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    struct csvk_writer *to = NULL;
    struct csvk_writer_options how;
    char id[24], square[48], text[80];
    const char *const names[] = {"id", "square", "text"}, *const record[] = {id, square, text};
    csvk_writer_options_init(&how);
    int status = csvk_sink_open(&sink, path, 0, err);
    status =
        status == CSVK_OK ? csvk_writer_new(&to, csvk_output_to_sink(sink), &how, err) : status;
    status = status == CSVK_OK ? write_record(to, names, err) : status;
    for (long n = 0; n < rows && status == CSVK_OK; n++) {
        snprintf(id, sizeof id, "%ld", n);
        snprintf(square, sizeof square, "%lld", (long long)n * n);
        snprintf(text, sizeof text, "the square of \"%ld\",\nwritten out", n);
        status = write_record(to, record, err);
    }
    status = status == CSVK_OK ? csvk_writer_flush(to, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_writer_free(to);
    csvk_sink_free(sink);
    return status;
}

static int slice(const char *file, const char *folder, struct csvk_error *err)
{
    struct csvk_slice_table_options options;
    struct csvk_slice_options how;
    struct csvk_table_definition table;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_strings inputs = {0};
    csvk_slice_table_options_init(&options);
    csvk_slice_options_init(&how);
    csvk_table_definition_init(&table);
    how.directory = folder;
    options.inputs = &inputs;
    options.table = &table;
    options.how = &how;
    int status = csvk_manifest_plan_new(&options.manifest, err); /* columns: from the header */
    if (status == CSVK_OK && (csvk_strings_add(&inputs, file) != CSVK_OK ||
                              csvk_strings_add(&table.primary_key, "id") != CSVK_OK ||
                              csvk_strings_add(&options.manifest->primary_key, "id") != CSVK_OK)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK) {
        options.manifest->options->destination = "in.c-example.squares";
        status = csvk_slice_table(&options, &result, err);
    }
    csvk_slice_table_result_free(result);
    csvk_manifest_plan_free(options.manifest);
    csvk_table_definition_release(&table);
    csvk_strings_release(&inputs);
    return status;
}

/* CSVK_EDATA: the platform would refuse the folder; why is on standard error. */
static int judge(const char *folder, struct csvk_error *err)
{
    static const struct csvk_rule_set *const sets[] = {&csvk_preflight_rules, &csvk_manifest_rules,
                                                       &csvk_validator_rules, NULL};
    struct csvk_preflight_options options;
    struct csvk_preflight_report *report = NULL;
    struct csvk_report_options how;
    struct csvk_subject subject;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_preflight_options_init(&options);
    csvk_report_options_init(&how, sets);
    int status = csvk_preflight(&report, folder, &options, err);
    if (status == CSVK_OK) {
        csvk_preflight_subject(report, &subject);
        status = csvk_report_write(&subject, "text", &how, &text, err);
        fputs(csvk_buf_text(&text), stderr);
    }
    if (status == CSVK_OK && !report->valid) {
        status = csvk_fail(err, CSVK_EDATA, "the platform would refuse the data");
    }
    csvk_buf_release(&text);
    csvk_preflight_free(report);
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_error err = {.text = "usage: component DATADIR ROWS"};
    char file[4096], folder[4096];
    int status = CSVK_EUSAGE;
    csvk_use_all();
    if (argc == 3) {
        snprintf(file, sizeof file, "%s/squares.csv", argv[1]); /* not in out/tables */
        snprintf(folder, sizeof folder, "%s/out/tables/squares", argv[1]);
        status = write_table(file, strtol(argv[2], NULL, 10), &err);
        status = status == CSVK_OK ? slice(file, folder, &err) : status;
        unlink(file);
        status = status == CSVK_OK ? judge(argv[1], &err) : status;
    }
    if (status != CSVK_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status == CSVK_OK ? 0 : status == CSVK_EDATA ? 1 : 2;
}
