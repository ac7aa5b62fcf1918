/*
 * test_slice_table.c - a table becomes slices in one call, and slices one file: what comes of it is
 * in the result, and nothing is left when it is refused or stopped. Also the value that describes
 * the table, and the plan of its manifest.
 */
#include "manifest/slice_table.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct csvk_strings inputs;
static struct csvk_table_definition table;
static struct csvk_slice_options how;
static struct csvk_manifest_plan *plan;
static struct csvk_slice_table_options options;
static struct csvk_slice_table_result *result;
static struct csvk_error err;
static int shown, steps[2], stop_at;

static int show(void *context, const struct csvk_report *report, struct csvk_error *error)
{
    (void)context;
    (void)error;
    ck_assert_uint_ne(report->errors + report->warnings, 0);
    shown += !report->valid;
    return CSVK_OK;
}

static int progress(void *context, enum csvk_slice_step step, uint64_t done, uint64_t total)
{
    (void)context;
    ck_assert(total == 0 || done <= total);
    steps[step]++;
    return stop_at == (int)step ? -1 : 0;
}

static void enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-table-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    inputs = (struct csvk_strings){0};
    csvk_table_definition_init(&table);
    csvk_slice_options_init(&how);
    ck_assert_int_eq(csvk_manifest_plan_new(&plan, &err), CSVK_OK);
    csvk_slice_table_options_init(&options);
    how.directory = "out";
    options.inputs = &inputs;
    options.table = &table;
    options.how = &how;
    options.manifest = plan;
    options.progress = progress;
    options.judged = show;
    err = (struct csvk_error){0};
    shown = steps[0] = steps[1] = 0;
    stop_at = -1;
}

static void leave(void)
{
    char command[96];
    csvk_slice_table_result_free(result);
    result = NULL;
    csvk_manifest_plan_free(plan);
    csvk_table_definition_release(&table);
    csvk_strings_release(&inputs);
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void input(const char *path, const char *text)
{
    put(path, text);
    ck_assert_int_eq(csvk_strings_add(&inputs, path), CSVK_OK);
}

static void add(struct csvk_strings *list, const char *text)
{
    ck_assert_int_eq(csvk_strings_add(list, text), CSVK_OK);
}

static int slice(void)
{
    csvk_slice_table_result_free(result);
    return csvk_slice_table(&options, &result, &err);
}

static const char *read_text(const char *path)
{
    static char text[512];
    size_t length = 0;
    unsigned char *bytes = support_read_file(path, &length);
    ck_assert_msg(bytes != NULL && length < sizeof text, "%s", path);
    memcpy(text, bytes, length);
    text[length] = '\0';
    free(bytes);
    return text;
}

/* How many files and folders there are beside the inputs. */
static size_t others(void)
{
    size_t count = 0;
    DIR *dir = opendir(".");
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return count - inputs.count;
}

/* ---- slices ---- */

START_TEST(several_files_become_one_table)
{
    how.form = CSVK_SLICE_PLAIN;
    options.verify = true;
    plan->options->destination = "in.c-main.t";
    add(&table.primary_key, "id");
    input("a.csv", "id,x\n1,\"a,b\"\n2,b");
    input("b.csv", "id,x\n3,c\n");
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    ck_assert_uint_eq(result->nslices, 1);
    ck_assert_uint_eq(result->records, 3);
    ck_assert_uint_eq(result->slice[0].records, 3);
    ck_assert_uint_eq(result->bytes, strlen("1,\"a,b\"\n2,b\n3,c\n"));
    ck_assert_uint_eq(result->columns.count, 2);
    ck_assert_uint_eq(result->refusals.count, 0);
    ck_assert(result->repairs == NULL && result->types == NULL);
    ck_assert_str_eq(read_text("out/part-00001.csv"), "1,\"a,b\"\n2,b\n3,c\n");
    ck_assert_str_eq(read_text("out.manifest"), csvk_buf_text(&result->manifest));
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&result->manifest), "\"in.c-main.t\""));
    ck_assert_int_gt(steps[CSVK_SLICE_STEP_SLICE], 0);
    ck_assert_int_eq(steps[CSVK_SLICE_STEP_VERIFY], 1);
}
END_TEST

START_TEST(a_folder_stands_for_its_slices)
{
    put("part-2", "3,4\n");
    put("part-1", "1,2\n");
    add(&inputs, ".");
    table.header = false;
    table.columns_by = CSVK_TOLD_BY_OPTION;
    add(&table.columns, "a");
    add(&table.columns, "b");
    how.form = CSVK_SLICE_PLAIN;
    how.cut = CSVK_SLICE_BY_COUNT;
    how.count = 2;
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    ck_assert_uint_eq(result->nslices, 2);
    ck_assert_str_eq(read_text("out/part-00002.csv"), "3,4\n");
}
END_TEST

/* Nobody says whether slices have a header: none of them becomes data, and none is lost. */
START_TEST(slices_of_which_nothing_is_known)
{
    static const struct {
        const char *second;
        bool manifest;
        int status;
        const char *text; /* in err */
    } rows[] = {
        {"id,n\n2,b\n", true, CSVK_EUSAGE, "s/2: header-repeated: it begins with the names"},
        {"n,id\nb,2\n", true, CSVK_EDATA, "out was not written"},
        {"x,y\n1,2\n", true, CSVK_EDATA, "not the slices of one table: s/2 begins"},
        {"2,b\n", true, CSVK_EUSAGE, "s: there is no manifest with the columns; give --columns"},
        {"2,b\n", false, CSVK_EUSAGE, "header, or --no-header if none has one"},
        {"\"2\n", false, CSVK_EUSAGE, "header, or --no-header if none has one"},
    };
    ck_assert_int_eq(mkdir("s", 0700), 0);
    add(&inputs, "s");
    put("s/1", "id,n\n1,a\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put("s/2", rows[i].second);
        options.manifest = rows[i].manifest ? plan : NULL;
        ck_assert_int_eq(slice(), rows[i].status);
        ck_assert_msg(strstr(err.text, rows[i].text) != NULL, "row %zu: %s", i, err.text);
        ck_assert_uint_eq(result->refusals.count, i == 1); /* header-mismatch */
        ck_assert_int_eq(access("out", F_OK), -1);
    }
    table.header_by = CSVK_TOLD_BY_OPTION; /* --header */
    put("s/2", "id,n\n2,b\n");
    options.manifest = plan;
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    ck_assert_uint_eq(result->records, 2);
}
END_TEST

START_TEST(all_that_is_wrong_is_told_and_nothing_written)
{
    plan->options->destination = "in.c-main.t";
    input("a.csv", "id,x\n1,2,3\n");
    input("b.csv", "id,y\n3,4\n");
    input("c.csv", "id,x\n\"1\n");
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_str_eq(err.text, "out was not written");
    ck_assert_int_eq(shown, 2);
    ck_assert_uint_eq(result->refusals.count, 1);
    ck_assert_str_eq(
        result->refusals.item[0],
        "b.csv:1: header-mismatch: the header differs: column 2 is y, but x in a.csv:1");
    ck_assert_uint_eq(result->nslices, 0);
    ck_assert_uint_eq(result->manifest.length, 0);
    ck_assert_uint_eq(others(), 0);
}
END_TEST

START_TEST(a_manifest_with_errors_is_refused)
{
    plan->options->destination = "main.t";
    input("a.csv", "id,ID\n1,2\n");
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_uint_gt(result->findings.errors, 0);
    ck_assert_ptr_eq(result->findings.item[0].file, NULL);
    ck_assert_uint_eq(others(), 0);
}
END_TEST

START_TEST(the_key_must_be_among_the_columns)
{
    table.key_by = CSVK_TOLD_BY_OPTION;
    add(&table.primary_key, "ID");
    input("a.csv", "id\n1\n");
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_uint_eq(result->refusals.count, 1);
    ck_assert_str_eq(result->refusals.item[0],
                     "--primary-key: the primary key names ID, which is not a column of a.csv (a "
                     "column differs in letter case only)");
}
END_TEST

START_TEST(a_header_is_not_taken_for_data_unless_someone_says_so)
{
    table.header = false;
    table.header_by = table.columns_by = CSVK_TOLD_BY_MANIFEST;
    table.manifest = csvk_strdup("a.csv.manifest");
    add(&table.columns, "id");
    options.manifest = NULL;
    input("a.csv", "id\n1\n");
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_int_eq(shown, 1);
    table.header_by = CSVK_TOLD_BY_OPTION;
    ck_assert_int_eq(slice(), CSVK_OK);
    ck_assert_uint_eq(result->records, 2);
    ck_assert_int_eq(access("out.manifest", F_OK), -1);
}
END_TEST

START_TEST(no_header_means_no_columns_for_a_manifest)
{
    input("a.csv", "");
    struct csvk_validate_options rules;
    ck_assert_int_eq(csvk_slice_rules(&rules, &err), CSVK_OK);
    ck_assert_int_eq(csvk_validate_set_rule(&rules, "empty-file", CSVK_OFF, &err), CSVK_OK);
    options.rules = &rules;
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_uint_eq(result->refusals.count, 1);
    ck_assert_str_eq(result->refusals.item[0],
                     "a.csv: there is no header to take the columns from; give --columns=A,B");
    csvk_validate_options_release(&rules);
    ck_assert_uint_eq(others(), 0);
}
END_TEST

START_TEST(a_table_is_repaired_while_it_is_sliced)
{
    struct csvk_normalize_options repair;
    csvk_normalize_options_init(&repair);
    repair.line_break = CSVK_EOL_LF;
    options.normalize = &repair;
    options.rejects = "rejects";
    options.log = "log";
    how.form = CSVK_SLICE_PLAIN;
    table.dialect.delimiter = ';';
    input("a.csv", "\xef\xbb\xbfid;x\r\n1;a\r\n2;b\r\n3;\xff\r\n");
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    ck_assert_ptr_nonnull(result->repairs);
    ck_assert_uint_eq(result->repairs->records_rejected, 1);
    ck_assert_uint_eq(result->repairs->repairs[CSVK_REPAIR_BOM], 1);
    ck_assert_str_eq(read_text("out/part-00001.csv"), "1,a\n2,b\n");
    ck_assert_str_eq(read_text("rejects"), "3;\xff\r\n");
    ck_assert_int_eq(access("rejects.jsonl", F_OK), 0);
    ck_assert_int_eq(access("log", F_OK), 0);
    csvk_normalize_options_release(&repair);
}
END_TEST

START_TEST(without_a_place_for_rejects_a_reject_ends_the_run)
{
    struct csvk_normalize_options repair;
    csvk_normalize_options_init(&repair);
    options.normalize = &repair;
    options.log = "log";
    input("a.csv", "id,x\n1,a\n2,\xff\n");
    ck_assert_int_eq(slice(), CSVK_EDATA);
    ck_assert_uint_eq(others(), 0);
    csvk_normalize_options_release(&repair);
}
END_TEST

START_TEST(types_are_found_in_the_data)
{
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "auto", &err), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "x=string", &err), CSVK_OK);
    input("a.csv", "id,x\n1,2\n");
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    ck_assert_ptr_nonnull(result->types);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&result->manifest), "\"INTEGER\""));
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&result->manifest), "\"STRING\""));
}
END_TEST

START_TEST(the_caller_may_stop)
{
    for (stop_at = CSVK_SLICE_STEP_SLICE; stop_at <= CSVK_SLICE_STEP_VERIFY; stop_at++) {
        csvk_strings_release(&inputs);
        csvk_manifest_plan_free(plan);
        ck_assert_int_eq(csvk_manifest_plan_new(&plan, &err), CSVK_OK);
        options.manifest = plan;
        input("a.csv", "id,x\n1,2\n");
        options.verify = true;
        ck_assert_int_eq(slice(), CSVK_ECANCELED);
        ck_assert_int_eq(steps[stop_at], 1);
        ck_assert_uint_eq(others(), 0);
    }
}
END_TEST

static void expect_usage(const char *text)
{
    ck_assert_int_eq(slice(), CSVK_EUSAGE);
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
    ck_assert_uint_eq(others(), 0);
}

START_TEST(options_that_contradict_each_other)
{
    input("a.csv", "id\n1\n");
    how.slice_size = 1000;
    expect_usage("--slice-size: slices of 10 MB to 100 MB load best");
    options.any_size = true;
    table.delimiter_auto = true;
    expect_usage("--delimiter=auto");
    table.delimiter_auto = false;
    table.dialect.escape = '\\';
    expect_usage("--escape: a manifest cannot name");
    table.dialect.escape = CSVK_NO_BYTE;
    table.dialect.skip_blanks = true;
    expect_usage("--skip-blanks: works with --normalize only");
    table.dialect.skip_blanks = false;
    table.header = false;
    expect_usage("a manifest for data without a header needs --columns");
    add(&plan->column_metadata, "no colon");
    table.header = true;
    expect_usage("--column-metadata: expected COL:KEY=VALUE, found \"no colon\"");
}
END_TEST

START_TEST(structs_that_nobody_has_begun)
{
    size_t *const sizes[] = {&options.size, &table.size, &how.size};
    input("a.csv", "id\n1\n");
    for (size_t i = 0; i < 3; i++) {
        size_t size = *sizes[i];
        *sizes[i] = 0;
        ck_assert_int_eq(slice(), CSVK_EUSAGE);
        ck_assert_ptr_null(result);
        *sizes[i] = size;
    }
    struct csvk_validate_options rules = {.size = 0};
    struct csvk_normalize_options repair = {.size = 0};
    options.rules = &rules;
    expect_usage("struct csvk_validate_options has the size 0");
    options.normalize = &repair;
    expect_usage("struct csvk_normalize_options has the size 0");
    ck_assert_int_eq(csvk_slice_rules_sized(&rules, sizeof rules.size, &err), CSVK_EUSAGE);
    struct csvk_table_definition empty = {.size = 0};
    ck_assert_int_eq(csvk_table_definition_find(&empty, "a.csv", &err), CSVK_EUSAGE);
    csvk_table_definition_release(&empty);
    ck_assert(empty.size == 0 && !empty.header);
}
END_TEST

/* ---- one file again ---- */

static struct csvk_merge_options join;
static struct csvk_merge_table_options merging;
static struct csvk_merge_totals totals = {.size = sizeof totals};

static int count_bytes(void *context, uint64_t written)
{
    uint64_t *most = context;
    *most = written;
    return stop_at == 0 ? -1 : 0;
}

static void slices_of(const char *text)
{
    input("a.csv", text);
    ck_assert_msg(slice() == CSVK_OK, "%s", err.text);
    csvk_merge_options_init(&join);
    join.eol = CSVK_EOL_LF;
    csvk_merge_table_options_init(&merging);
    merging.directory = "out";
    merging.table = &table;
    merging.how = &join;
    merging.output = "joined";
}

static int count_warnings(void *context, const struct csvk_report *report, struct csvk_error *e)
{
    (void)e;
    *(uint64_t *)context += report->warnings;
    return CSVK_OK;
}

START_TEST(slices_become_one_file)
{
    uint64_t written = 0;
    struct csvk_findings findings = {0};
    slices_of("id,x\n1,a\n2,b\n");
    merging.progress = count_bytes;
    merging.context = &written;
    ck_assert_int_eq(csvk_table_definition_find(&table, "out", &err), CSVK_OK);
    ck_assert_int_eq(csvk_table_definition_read(&table, "out", &findings, &err), CSVK_OK);
    ck_assert_msg(csvk_merge_table(&merging, &totals, &err) == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(read_text("joined"), "id,x\n1,a\n2,b\n");
    ck_assert_uint_eq(totals.records, 2);
    ck_assert_uint_eq(written, 13);
    table.header_by = CSVK_TOLD_BY_OPTION;
    merging.output = "joined.gz";
    ck_assert_msg(csvk_merge_table(&merging, &totals, &err) == CSVK_OK, "%s", err.text);
    ck_assert_int_eq(memcmp(read_text("joined.gz"), "\x1f\x8b", 2), 0);
    table.header = table.header_skipped = true;
    merging.output = "joined";
    merging.judged = count_warnings;
    merging.context = &written;
    written = 0;
    merging.progress = NULL;
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_OK);
    ck_assert_str_eq(read_text("joined"), "id,x\n2,b\n");
    ck_assert_uint_eq(written, 1); /* the header that is skipped, 1,a, has other names */
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(merging_is_refused_or_stopped)
{
    slices_of("id,x\n1,a\n");
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "out: there is no manifest with the columns"));
    merging.directory = "nowhere";
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "cannot open nowhere: No such file or directory");
    merging.directory = "out";
    add(&table.columns, "id");
    add(&table.columns, "x");
    table.encoding = "utf-8";
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_EUSAGE);
    table.encoding = NULL;
    table.delimiter_auto = true;
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_EUSAGE);
    table.delimiter_auto = false;
    stop_at = 0;
    merging.progress = count_bytes;
    merging.context = &totals.bytes;
    ck_assert_int_eq(csvk_merge_table(&merging, &totals, &err), CSVK_ECANCELED);
    ck_assert_int_eq(access("joined", F_OK), -1);
}
END_TEST

/* ---- what describes a table ---- */

START_TEST(a_manifest_has_its_say)
{
    struct csvk_findings findings = {0};
    ck_assert_int_eq(csvk_table_definition_find(&table, "t.csv", &err), CSVK_OK);
    ck_assert_ptr_null(table.manifest);
    put("t.csv.manifest", "{\"delimiter\":\";\",\"columns\":[\"a\"],\"primary_key\":[\"a\"]}");
    ck_assert_int_eq(csvk_table_definition_find(&table, "-", &err), CSVK_OK);
    ck_assert_ptr_null(table.manifest);
    ck_assert_int_eq(csvk_table_definition_find(&table, "t.csv/", &err), CSVK_OK);
    ck_assert_str_eq(table.manifest, "t.csv.manifest");
    ck_assert_int_eq(csvk_table_definition_read(&table, "t.csv", &findings, &err), CSVK_OK);
    ck_assert_int_eq(table.dialect.delimiter, ';');
    ck_assert(!table.header && table.header_by == CSVK_TOLD_BY_MANIFEST);
    ck_assert(table.columns_by == CSVK_TOLD_BY_MANIFEST && table.key_by == CSVK_TOLD_BY_MANIFEST);
    ck_assert_uint_eq(table.columns.count, 1);
    put("t.csv.manifest", "{\"columns\":");
    ck_assert_int_eq(csvk_table_definition_read(&table, "t.csv", &findings, &err), CSVK_EDATA);
    ck_assert_uint_gt(findings.errors, 0);
    ck_assert_uint_eq(table.columns.count, 1);
    csvk_findings_release(&findings);
    unlink("t.csv.manifest");
}
END_TEST

/* Of a file a manifest of the platform's names the columns beside the header; slices have none. */
START_TEST(a_manifest_of_an_input)
{
    struct csvk_findings findings = {0};
    table.manifest = csvk_strdup("m");
    put("m", "{\"id\":\"in.c-main.t\",\"uri\":\"u\",\"name\":\"t\",\"columns\":[\"a\"]}");
    ck_assert_int_eq(csvk_table_definition_read(&table, "t.csv", &findings, &err), CSVK_OK);
    ck_assert(table.header);
    ck_assert_int_eq(csvk_table_definition_read(&table, ".", &findings, &err), CSVK_OK);
    ck_assert(!table.header);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(a_plan_reads_its_texts)
{
    add(&plan->columns, "a:b");
    add(&plan->column_metadata, "a:b:k=v=w");
    ck_assert_int_eq(csvk_manifest_plan_pair(plan, "x=y", &err), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_plan_pair(plan, "=y", &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "--metadata: expected KEY=VALUE, found \"=y\"");
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "a=b=numeric:3,1", &err), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "a=b=date", &err), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "a=text", &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_manifest_plan_type(plan, "a=date:", &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "--data-type=a=date:: the length is empty");
    ck_assert_int_eq(csvk_manifest_plan_finish(plan, &err), CSVK_OK);
    ck_assert_uint_eq(plan->options->npairs, 2);
    ck_assert_ptr_null(plan->options->pairs[0].column);
    ck_assert_str_eq(plan->options->pairs[1].column, "a:b");
    ck_assert_str_eq(plan->options->pairs[1].key, "k");
    ck_assert_str_eq(plan->options->pairs[1].value, "v=w");
    ck_assert_uint_eq(plan->options->ntypes, 1);
    ck_assert_str_eq(plan->options->types[0].column, "a=b");
    ck_assert_str_eq(plan->options->types[0].type, "NUMERIC");
    ck_assert_str_eq(plan->options->types[0].length, "3,1");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("slice_table");
    TCase *t = tcase_create("slice_table");
    tcase_add_checked_fixture(t, enter, leave);
    tcase_add_test(t, several_files_become_one_table);
    tcase_add_test(t, a_folder_stands_for_its_slices);
    tcase_add_test(t, slices_of_which_nothing_is_known);
    tcase_add_test(t, all_that_is_wrong_is_told_and_nothing_written);
    tcase_add_test(t, a_manifest_with_errors_is_refused);
    tcase_add_test(t, the_key_must_be_among_the_columns);
    tcase_add_test(t, a_header_is_not_taken_for_data_unless_someone_says_so);
    tcase_add_test(t, no_header_means_no_columns_for_a_manifest);
    tcase_add_test(t, a_table_is_repaired_while_it_is_sliced);
    tcase_add_test(t, without_a_place_for_rejects_a_reject_ends_the_run);
    tcase_add_test(t, types_are_found_in_the_data);
    tcase_add_test(t, the_caller_may_stop);
    tcase_add_test(t, options_that_contradict_each_other);
    tcase_add_test(t, structs_that_nobody_has_begun);
    tcase_add_test(t, slices_become_one_file);
    tcase_add_test(t, merging_is_refused_or_stopped);
    tcase_add_test(t, a_manifest_has_its_say);
    tcase_add_test(t, a_manifest_of_an_input);
    tcase_add_test(t, a_plan_reads_its_texts);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
