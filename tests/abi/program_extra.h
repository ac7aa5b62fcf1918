/* program_extra.h - the part of program.c about the structs of manifests, slices and folders. */
#ifndef TESTS_ABI_PROGRAM_EXTRA_H
#define TESTS_ABI_PROGRAM_EXTRA_H

BEGIN(csvk_manifest_options, csvk_manifest_options_init)
static int use_csvk_manifest_options(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_create(&manifest, it, err);
    csvk_manifest_free(manifest);
    return status;
}

BEGIN(csvk_manifest_file_options, csvk_manifest_file_options_init)
static int use_csvk_manifest_file_options(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_create_file(&manifest, it, err);
    csvk_manifest_free(manifest);
    return status;
}

static struct csvk_manifest *some_manifest(void)
{
    static const char text[] =
        "{\"destination\": \"in.c-a.b\", \"tags\": [\"x\"], \"columns\": []}";
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    MUST(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL) == CSVK_OK);
    csvk_findings_release(&findings);
    return manifest;
}

BEGIN(csvk_manifest_judge, csvk_manifest_judge_init)
static int use_csvk_manifest_judge(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = some_manifest();
    struct csvk_findings findings = {0};
    int status = csvk_manifest_check(manifest, it, &findings);
    err->status = 0; /* there is no text to look at */
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
    return status;
}

static void begin_csvk_manifest_table(void *it)
{
    (void)it; /* it is filled, and needs no beginning */
}

static int use_csvk_manifest_table(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = some_manifest();
    struct csvk_manifest_table *table = it;
    int status = csvk_manifest_table(manifest, table);
    MUST(status == CSVK_OK && table->size == sizeof *table && table->npairs == 0);
    MUST(strcmp(table->destination, "in.c-a.b") == 0 && table->tags.count == 1);
    csvk_manifest_table_release(table);
    MUST(table->destination == NULL && table->size == sizeof *table);
    csvk_manifest_free(manifest);
    (void)err;
    return status;
}

BEGIN(csvk_slice_options, csvk_slice_options_init)
static int use_csvk_slice_options(void *it, struct csvk_error *err)
{
    struct csvk_slice_options *options = it;
    struct csvk_slicer *slicer = NULL;
    options->directory = "slicer";
    int status = csvk_slicer_new(&slicer, options, err);
    csvk_slicer_free(slicer);
    MUST(slice((struct slicing){.how = options}, NULL, NULL) == status);
    return status;
}

static int merge(struct csvk_merge_options *options, struct csvk_merge_totals *totals,
                 struct csvk_error *err)
{
    struct csvk_merge_options own;
    struct csvk_merge_totals sums = {.size = sizeof sums};
    size_t length = 0;
    csvk_merge_options_init(&own);
    options = options != NULL ? options : &own;
    totals = totals != NULL ? totals : &sums;
    options->header = CSVK_MERGE_NONE;
    int status =
        csvk_merge("parts", options, (struct csvk_merge_output){count, &length}, totals, err);
    MUST(status != CSVK_OK || (totals->records == 3 && totals->bytes == length && length > 0));
    return status;
}

static int merge_table(struct csvk_merge_table_options *options,
                       struct csvk_table_definition *table, struct csvk_merge_options *how,
                       struct csvk_error *err)
{
    struct csvk_merge_totals totals = {.size = sizeof totals};
    options->directory = "parts";
    options->output = "merged.csv";
    options->table = table;
    options->how = how;
    table->header_by = CSVK_TOLD_BY_OPTION;
    int status = csvk_merge_table(options, &totals, err);
    MUST(status != CSVK_OK || (totals.slices == 1 && totals.records == 2));
    return status;
}

BEGIN(csvk_merge_options, csvk_merge_options_init)
static int use_csvk_merge_options(void *it, struct csvk_error *err)
{
    struct csvk_merge_table_options options;
    struct csvk_table_definition table;
    csvk_merge_table_options_init(&options);
    csvk_table_definition_init(&table);
    int status = merge(it, NULL, err);
    MUST(merge_table(&options, &table, it, NULL) == status);
    return status;
}

BEGIN_BY_HAND(csvk_merge_totals)
static int use_csvk_merge_totals(void *it, struct csvk_error *err)
{
    return merge(NULL, it, err);
}

BEGIN(csvk_slice_table_options, csvk_slice_table_options_init)
static int use_csvk_slice_table_options(void *it, struct csvk_error *err)
{
    struct csvk_manifest_plan *plan = NULL;
    MUST(csvk_manifest_plan_new(&plan, err) == CSVK_OK && !plan->types_auto);
    plan->options->destination = "in.c-a.b";
    int status = slice((struct slicing){.options = it}, plan, err);
    MUST(status != CSVK_OK || (plan->columns.count == 2 && plan->ntypes == 0));
    csvk_manifest_plan_free(plan);
    return status;
}

BEGIN(csvk_merge_table_options, csvk_merge_table_options_init)
static int use_csvk_merge_table_options(void *it, struct csvk_error *err)
{
    struct csvk_table_definition table;
    struct csvk_merge_options how;
    csvk_table_definition_init(&table);
    csvk_merge_options_init(&how);
    return merge_table(it, &table, &how, err);
}

/* Its functions, and all that borrow one. */
BEGIN(csvk_table_definition, csvk_table_definition_init)
static int use_csvk_table_definition(void *it, struct csvk_error *err)
{
    struct csvk_table_definition *table = it;
    struct csvk_merge_table_options options;
    struct csvk_merge_options how;
    struct csvk_findings findings = {0};
    csvk_merge_table_options_init(&options);
    csvk_merge_options_init(&how);
    int status = csvk_table_definition_find(table, "described", err);
    MUST(slice((struct slicing){.table = table}, NULL, NULL) == status);
    MUST(merge_table(&options, table, &how, NULL) == status);
    if (status == CSVK_OK) {
        MUST(table->manifest != NULL && strcmp(table->manifest, "described.manifest") == 0);
        status = csvk_table_definition_read(table, NULL, &findings, err);
        MUST(status == CSVK_OK && table->columns.count == 2 && table->dialect.delimiter == ';');
        csvk_table_definition_release(table);
        MUST(table->columns.item == NULL && table->manifest == NULL && table->header);
        MUST(table->size == sizeof *table && table->dialect.delimiter == ',');
    } else {
        MUST(csvk_table_definition_read(table, NULL, &findings, NULL) == status);
    }
    csvk_findings_release(&findings);
    return status;
}

BEGIN(csvk_processor_options, csvk_processor_options_init)
static int use_csvk_processor_options(void *it, struct csvk_error *err)
{
    struct csvk_processor_options *options = it;
    options->folder = "processed";
    options->scratch = ".";
    return csvk_processor(options, err);
}

BEGIN(csvk_preflight_options, csvk_preflight_options_init)
static int use_csvk_preflight_options(void *it, struct csvk_error *err)
{
    struct csvk_preflight_report *report = NULL;
    int status = csvk_preflight(&report, "data", it, err);
    MUST(status != CSVK_OK || (report->section != NULL && strcmp(report->folder, "data") == 0));
    csvk_preflight_free(report);
    return status;
}

#endif
