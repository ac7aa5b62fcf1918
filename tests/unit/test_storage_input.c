/*
 * test_storage_input.c - what is known about data before it is sent: from the manifest, from what
 * is told over it, from the header; and the validation of the data.
 */
#include "storage/storage.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], told[256];
static struct kbc_input input;
static struct csvk_findings findings;
static struct csvk_error err;

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-input-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    put("a.csv", "id,x\n1,2\n");
    err = (struct csvk_error){0};
    told[0] = '\0';
}

static void leave(void)
{
    char command[96];
    kbc_input_release(&input);
    csvk_findings_release(&findings);
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int get(const char *path, const char *manifest)
{
    kbc_input_release(&input);
    csvk_findings_release(&findings);
    return kbc_input_read(&input, path, manifest, &findings, &err);
}

static void settled(enum kbc_header header)
{
    ck_assert_int_eq(kbc_input_settle(&input, &err), CSVK_OK);
    ck_assert_int_eq(input.header, header);
}

START_TEST(without_a_manifest_the_header_names_the_columns)
{
    ck_assert_int_eq(get("a.csv", NULL), CSVK_OK);
    settled(KBC_HEADER);
    ck_assert_int_eq(kbc_input_read_header(&input, &err), CSVK_OK);
    ck_assert_uint_eq(input.table.columns.count, 2);
    ck_assert_str_eq(input.table.columns.item[1], "x");
    ck_assert_int_eq(input.table.columns_by, CSVK_TOLD_BY_HEADER);
    ck_assert(input.schema == NULL && input.metadata == NULL && !input.incremental);
    ck_assert_int_eq(get("-", NULL), CSVK_EUSAGE);
}
END_TEST

START_TEST(the_manifest_says_what_the_data_is)
{
    put("a.csv.manifest", "{\"columns\":[\"p\",\"q\"],\"delimiter\":\";\",\"primary_key\":[\"p\"],"
                          "\"incremental\":true,"
                          "\"delete_where_column\":\"q\",\"delete_where_values\":[\"1\"],"
                          "\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}],"
                          "\"column_metadata\":{\"p\":[{\"key\":\"c\",\"value\":\"d\"}]}}");
    ck_assert_msg(get("a.csv", NULL) == CSVK_OK, "%s", err.text);
    settled(KBC_HEADLESS);
    ck_assert_str_eq(input.table.manifest, "a.csv.manifest");
    ck_assert_int_eq(input.table.dialect.delimiter, ';');
    ck_assert(input.incremental && input.table.columns.count == 2);
    ck_assert_str_eq(input.delete_where.column, "q");
    ck_assert_str_eq(input.delete_where.operator, "eq");
    ck_assert_uint_eq(input.delete_where.values->count, 1);
    ck_assert_str_eq(input.metadata,
                     "{\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}],"
                     "\"columnsMetadata\":{\"p\":[{\"key\":\"c\",\"value\":\"d\"}]}}");
    ck_assert_int_eq(kbc_input_for_importer(&input, &err), CSVK_EUSAGE);
    ck_assert_str_eq(err.text, "--importer cannot delete rows");
}
END_TEST

START_TEST(what_an_option_says_wins)
{
    put("m", "{\"columns\":[\"p\",\"q\"],\"has_header\":true}");
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    settled(KBC_SKIP_HEADER);
    ck_assert_int_eq(kbc_input_for_importer(&input, &err), CSVK_EUSAGE);
    input.table.header = false;
    input.table.header_by = CSVK_TOLD_BY_OPTION;
    settled(KBC_HEADLESS);
    ck_assert_int_eq(kbc_input_for_importer(&input, &err), CSVK_OK);
    input.table.header = true;
    settled(KBC_SKIP_HEADER);
    csvk_strings_release(&input.table.columns);
    settled(KBC_HEADER);
    input.delete_where.column = "p";
    ck_assert_int_eq(kbc_input_settle(&input, &err), CSVK_EUSAGE);
}
END_TEST

START_TEST(slices_have_no_header)
{
    mkdir("s", 0777);
    put("s/p1", "id\n");
    ck_assert_int_eq(get("s", NULL), CSVK_OK);
    settled(KBC_HEADLESS);
    ck_assert(input.sliced);
    ck_assert_int_eq(kbc_input_read_header(&input, &err), CSVK_OK);
    ck_assert_uint_eq(input.table.columns.count, 0);
}
END_TEST

START_TEST(a_manifest_with_errors)
{
    put("a.csv.manifest", "{\"columns\":1,\"x\":2}");
    ck_assert_int_eq(get("a.csv", NULL), CSVK_EDATA);
    ck_assert_uint_ge(findings.errors, 2);
    put("a.csv.manifest", "{");
    ck_assert_int_eq(get("a.csv", NULL), CSVK_EDATA);
    ck_assert_uint_ge(findings.errors, 1);
    ck_assert_int_eq(get("a.csv", "nowhere"), CSVK_EIO);
}
END_TEST

START_TEST(a_native_manifest_has_a_schema)
{
    put("m", "{\"schema\":[{\"name\":\"p\",\"data_type\":{\"base\":{\"type\":\"INTEGER\"}}},"
             "{\"name\":\"q\"}]}");
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    ck_assert_int_eq(cJSON_GetArraySize(input.schema), 2);
    ck_assert_uint_eq(input.table.columns.count, 2);
}
END_TEST

/* ---- the data ---- */

static void refused(void *ctx, const struct csvk_report *report)
{
    (void)ctx;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%s refused\n", report->file);
}

static void failed(void *ctx, const struct csvk_error *error)
{
    (void)ctx;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%.20s\n", error->text);
}

static int check(void)
{
    const struct kbc_input_hooks hooks = {.refused = refused, .failed = failed};
    told[0] = '\0';
    return kbc_input_check(&input, NULL, &hooks, &err);
}

START_TEST(data_is_judged_as_storage_reads_it)
{
    ck_assert_int_eq(get("a.csv", NULL), CSVK_OK);
    settled(KBC_HEADER);
    ck_assert_int_eq(check(), CSVK_OK);
    put("a.csv", "id,x\n1,2,3\n");
    ck_assert_int_eq(check(), CSVK_EDATA);
    ck_assert_str_eq(told, "a.csv refused\n");
    ck_assert_ptr_nonnull(strstr(err.text, "nothing was sent; csvkit normalize may repair"));
    put("a.csv", "\x28\xb5\x2f\xfd zstd");
    ck_assert_int_eq(check(), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(told, "a.csv: "));
    unlink("a.csv");
    ck_assert_int_eq(check(), CSVK_EIO);
    ck_assert_ptr_nonnull(strstr(told, "cannot open a.csv"));
}
END_TEST

START_TEST(all_slices_have_the_width_of_the_first)
{
    mkdir("s", 0777);
    put("s/p1", "1,2\n");
    put("s/p2", "1,2,3\n");
    put("s/p3", "4,5\n");
    put("s/p4", "4\n");
    ck_assert_int_eq(get("s", NULL), CSVK_OK);
    settled(KBC_HEADLESS);
    ck_assert_int_eq(check(), CSVK_EDATA);
    ck_assert_str_eq(told, "s/p2 refused\ns/p4 refused\n");
}
END_TEST

static void note(void *ctx, const char *text)
{
    (void)ctx;
    snprintf(told + strlen(told), sizeof told - strlen(told), "note %s\n", text);
}

/* Checks a file whose manifest names the columns p and q, and says that there is a header. */
static int check_key(const char *text, const char *column)
{
    const struct kbc_input_hooks hooks = {.refused = refused, .failed = failed, .note = note};
    struct csvk_strings key = {0};
    put("a.csv", text);
    put("m", "{\"columns\":[\"p\",\"q\"],\"has_header\":true}");
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    settled(KBC_SKIP_HEADER);
    ck_assert_int_eq(csvk_strings_add(&key, column), CSVK_OK);
    told[0] = '\0';
    int status = kbc_input_check(&input, &key, &hooks, &err);
    csvk_strings_release(&key);
    return status;
}

START_TEST(the_key_goes_by_the_names_that_count)
{
    ck_assert_msg(check_key("x,q\n1,a\n2,a\n", "p") == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(told,
                     "note a.csv: warning: manifest-header-skipped: the header is skipped, and "
                     "the columns are called as the manifest says: missing `p`; surplus "
                     "`x`\n");
    ck_assert(input.counted);
    ck_assert_uint_eq(input.records, 2);
    /* The key of the table is searched for later: what was told is not told again. */
    const struct kbc_input_hooks hooks = {.refused = refused, .failed = failed, .note = note};
    struct csvk_strings key = {0};
    told[0] = '\0';
    ck_assert_int_eq(kbc_input_check(&input, &key, &hooks, &err), CSVK_OK);
    ck_assert_str_eq(told, "");
    ck_assert_int_eq(check_key("x,q\n1,a\n1,b\n", "p"), CSVK_EDATA);
    ck_assert(!input.counted);
    ck_assert_ptr_nonnull(strstr(told, "a.csv refused\n"));
    ck_assert_int_eq(check_key("x,q\n1,a\n,b\n", "p"), CSVK_EDATA);
    ck_assert_int_eq(check_key("x,q\n1,a\n", "x"), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "no column \"x\" of the primary key"));
    ck_assert_int_eq(check_key("q,p\n1,a\n", "p"), CSVK_EDATA);
    ck_assert_str_eq(told, "a.csv refused\n"); /* the names of other columns */
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("storage_input");
    TCase *t = tcase_create("storage_input");
    tcase_add_checked_fixture(t, enter, leave);
    tcase_add_test(t, without_a_manifest_the_header_names_the_columns);
    tcase_add_test(t, the_manifest_says_what_the_data_is);
    tcase_add_test(t, what_an_option_says_wins);
    tcase_add_test(t, slices_have_no_header);
    tcase_add_test(t, a_manifest_with_errors);
    tcase_add_test(t, a_native_manifest_has_a_schema);
    tcase_add_test(t, data_is_judged_as_storage_reads_it);
    tcase_add_test(t, all_slices_have_the_width_of_the_first);
    tcase_add_test(t, the_key_goes_by_the_names_that_count);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
