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

static char folder[64], told[512];
static struct kbc_input input;
static enum csvk_type_support support;
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
    support = CSVK_SUPPORT_UNKNOWN;
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
    return kbc_input_read(&input, path, manifest, support, &findings, &err);
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

START_TEST(what_types_are_for_depends_on_the_project)
{
    put("m", "{\"description\":\"d\",\"schema\":[{\"name\":\"p\",\"description\":\"e\","
             "\"data_type\":{\"base\":{\"type\":\"INTEGER\"}},\"nullable\":false},"
             "{\"name\":\"q\"}]}");
    support = CSVK_SUPPORT_HINTS;
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    ck_assert_ptr_null(input.schema);
    ck_assert_uint_eq(input.table.columns.count, 2);
    ck_assert_str_eq(input.metadata,
                     "{\"metadata\":[{\"key\":\"KBC.description\",\"value\":\"d\"}],"
                     "\"columnsMetadata\":{\"p\":["
                     "{\"key\":\"KBC.datatype.basetype\",\"value\":\"INTEGER\"},"
                     "{\"key\":\"KBC.datatype.nullable\",\"value\":\"0\"},"
                     "{\"key\":\"KBC.description\",\"value\":\"e\"}]}}");
    support = CSVK_SUPPORT_NONE;
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    ck_assert_ptr_null(input.schema);
    ck_assert_ptr_null(strstr(input.metadata, "datatype"));
    support = CSVK_SUPPORT_AUTHORITATIVE; /* which asks for a type of every column */
    ck_assert_int_eq(get("a.csv", "m"), CSVK_EDATA);
    ck_assert_uint_eq(findings.errors, 1);
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
    put("a.csv", "%PDF-1.4\n"); /* normalize refuses it, too */
    ck_assert_int_eq(check(), CSVK_EDATA);
    ck_assert_str_eq(err.text, "nothing was sent; --no-check sends it unchanged");
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

/* A file with one value for the column p, of a manifest in which that is NUMERIC(5,2). */
static int check_typed(const char *value, const struct csvk_strings *nulls)
{
    char text[64];
    const struct kbc_input_hooks hooks = {.refused = refused, .failed = failed, .note = note};
    snprintf(text, sizeof text, "1,%s\n", value);
    put("a.csv", text);
    put("m", "{\"schema\":[{\"name\":\"q\"},{\"name\":\"p\",\"data_type\":{\"base\":{\"type\":"
             "\"NUMERIC\",\"length\":\"5,2\"}},\"nullable\":false}]}");
    ck_assert_int_eq(get("a.csv", "m"), CSVK_OK);
    settled(KBC_HEADLESS);
    input.nulls = nulls;
    told[0] = '\0';
    return kbc_input_check(&input, NULL, &hooks, &err);
}

static void tell_misfit(void *ctx, const char *text)
{
    (void)ctx;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%s\n", text);
}

/* Of the second column, when the table has this type for it. */
static int check_target(const char *name, const char *length, bool not_null)
{
    struct csvk_declared_type types[2] = {{.type = CSVK_TYPE_STRING},
                                          csvk_declared_type_of(name, length)};
    const struct kbc_input_hooks hooks = {.misfit = tell_misfit};
    struct kbc_target target = {.exists = true, .types = types, .ntypes = 2};
    types[1].not_null = not_null;
    return kbc_input_check_values(&input, &target, &hooks, &err);
}

START_TEST(values_are_held_against_a_type_once)
{
    ck_assert_int_eq(check_typed("x", NULL), CSVK_EDATA);
    ck_assert_int_eq(check_typed("", NULL), CSVK_EDATA);
    ck_assert_int_eq(check_typed("123.5", NULL), CSVK_OK);
    ck_assert_int_eq(check_target("NUMERIC", "4,2", false), CSVK_EDATA);
    ck_assert_str_eq(
        told, "a.csv: record 1, field 2 (p): \"123.5\" has more than 2 digits before the point\n");
    ck_assert_int_eq(check_target("DATE", NULL, false), CSVK_OK); /* seconds, perhaps */
    ck_assert_int_eq(check_target("BOOLEAN", NULL, false), CSVK_EDATA);
    unlink("a.csv"); /* it is not read where nothing is left to be found */
    ck_assert_int_eq(check_target("NUMERIC", "5,2", true), CSVK_OK);
    ck_assert_int_eq(check_target("NUMBER", "38,9", false), CSVK_OK);
    ck_assert_int_eq(check_target("VARCHAR", NULL, true), CSVK_OK);
    ck_assert_int_eq(check_target("NUMERIC", "4,2", false), CSVK_EIO);
    struct csvk_declared_type filled[2] = {{.type = CSVK_TYPE_STRING, .not_null = true},
                                           {.type = CSVK_TYPE_STRING}};
    const struct kbc_target target = {.exists = true, .types = filled, .ntypes = 2};
    const struct kbc_input_hooks hooks = {.misfit = tell_misfit};
    ck_assert_int_eq(kbc_input_check_values(&input, &target, &hooks, &err), CSVK_EIO);
    ck_assert_int_eq(check_target("INTEGER", NULL, false), CSVK_EIO);
    ck_assert_int_eq(check_target("FLOAT", NULL, false), CSVK_EIO);
}
END_TEST

START_TEST(values_that_become_null_are_no_fault)
{
    struct csvk_strings nulls = {0};
    ck_assert_int_eq(csvk_strings_add(&nulls, ""), CSVK_OK);
    ck_assert_int_eq(check_typed("x", &nulls), CSVK_EDATA);
    csvk_strings_release(&nulls);
    ck_assert_int_eq(csvk_strings_add(&nulls, "x"), CSVK_OK);
    ck_assert_int_eq(check_typed("x", &nulls), CSVK_OK);
    ck_assert_int_eq(check_target("NUMERIC", "5,2", false), CSVK_OK);
    ck_assert_int_eq(check_target("NUMERIC", "5,2", true), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(told, "becomes NULL, but the column is NOT NULL"));
    ck_assert_int_eq(check_typed("y", &nulls), CSVK_OK);
    ck_assert_int_eq(check_target("NUMERIC", "5,2", false), CSVK_EDATA);
    ck_assert_ptr_nonnull(strstr(told, "\"y\" is no NUMERIC"));
    csvk_strings_release(&nulls);
    ck_assert_int_eq(check_typed("x", &nulls), CSVK_OK); /* none: an empty list */
    ck_assert_int_eq(check_target("NUMERIC", "5,2", false), CSVK_EDATA);
}
END_TEST

START_TEST(types_that_are_hints_refuse_nothing)
{
    support = CSVK_SUPPORT_HINTS;
    ck_assert_int_eq(check_typed("x", NULL), CSVK_OK);
    ck_assert_str_eq(told, "note a.csv: warning: 1 value does not fit the types of the manifest; "
                           "the project takes types as hints, so the columns are text\n");
    ck_assert_int_eq(check_target("NUMERIC", "5,2", false), CSVK_EDATA); /* but the table does */
    ck_assert_int_eq(check_typed("1.999", NULL), CSVK_OK);
    ck_assert_str_eq(told, ""); /* this would be a warning anyway */
    support = CSVK_SUPPORT_NONE;
    ck_assert_int_eq(check_typed("x", NULL), CSVK_OK);
    ck_assert_str_eq(told, "");
    ck_assert_int_eq(check_target("NUMERIC", "5,2", false), CSVK_EDATA);
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
    tcase_add_test(t, what_types_are_for_depends_on_the_project);
    tcase_add_test(t, data_is_judged_as_storage_reads_it);
    tcase_add_test(t, all_slices_have_the_width_of_the_first);
    tcase_add_test(t, the_key_goes_by_the_names_that_count);
    tcase_add_test(t, values_are_held_against_a_type_once);
    tcase_add_test(t, values_that_become_null_are_no_fault);
    tcase_add_test(t, types_that_are_hints_refuse_nothing);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
