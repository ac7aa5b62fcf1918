/*
 * test_manifest_platform.c - values that are not what the documentation shows: what the platform's
 * classes take all the same, and what they refuse. tests/manifest/random_manifests.py holds the two
 * together on random manifests; here is one row for every kind of difference that it has found.
 */
#include "manifest/manifest.h"
#include "tests/support/support.h"

#include <check.h>
#include <string.h>

#define FILE_OUT CSVK_MANIFEST_OUT_FILE
#define ERROR    CSVK_ERROR
#define WARNING  CSVK_WARNING

static void check(const char *text, enum csvk_manifest_kind kind, struct csvk_findings *findings)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = kind;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_check(manifest, &how, findings), CSVK_OK);
    csvk_manifest_free(manifest);
}

static const char *const taken[] = {
    "{\"description\":\"d\",\"table_metadata\":{\"KBC.description\":null}}",
    "{\"columns\":null,\"primary_key\":null,\"distribution_key\":null,\"metadata\":null,\"column_"
    "metadata\":null,\"table_metadata\":null,\"schema\":null,\"tags\":null,\"description\":null,"
    "\"delete_where\":null,\"delete_where_column\":null,\"delete_where_values\":null,\"manifest_"
    "type\":null}",
    "{\"columns\":{},\"primary_key\":{},\"distribution_key\":{},\"metadata\":{},\"column_"
    "metadata\":[],\"schema\":{},\"tags\":{},\"delete_where\":{},\"delete_where_values\":{}}",
    "{\"columns\":[1,0],\"primary_key\":[1],\"tags\":[5],\"description\":7,\"metadata\":[{\"key\":"
    "5,\"value\":null}],\"column_metadata\":{\"1\":null,\"0\":[]}}",
    "{\"incremental\":true,\"delete_where_column\":\"a\",\"delete_where_values\":[1,2.5,null,true]"
    "}",
    "{\"schema\":[{\"name\":7,\"description\":null,\"metadata\":null}],\"description\":null,"
    "\"table_metadata\":{\"KBC.description\":\"d\"}}",
    "{\"incremental\":true,\"delete_where\":[{\"changed_since\":\"x\",\"changed_until\":null,"
    "\"where_filters\":null}]}",
    "{\"schema\":[],\"columns\":[\"a\"]}",
};

START_TEST(what_the_platform_takes_is_no_finding)
{
    struct csvk_findings findings = {0};
    check(taken[_i], CSVK_MANIFEST_OUT_TABLE, &findings);
    ck_assert_msg(findings.count == 0, "%s: %s", taken[_i],
                  findings.count > 0 ? findings.item[0].message : "");
}
END_TEST

static const struct {
    const char *text;
    const char *rule; /* without "manifest-" */
    const char *message, *path;
    enum csvk_severity severity;
    enum csvk_manifest_kind kind; /* 0: out table */
    const char *remedy;           /* part of it, or NULL: not asked */
} rows[] = {
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"STRING\"},\"snowflake\":{"
     "\"type\":\"NUMBER\",\"size\":1}}}]}",
     "unknown-key", "\"size\" has no effect", "$.schema[0].data_type.snowflake.size", WARNING, 0,
     NULL},
    {"{\"description\":\"\",\"table_metadata\":{\"KBC.description\":\"\"}}", "conflict",
     "\"description\" or \"table_metadata.KBC.description\"", "$", ERROR, 0, NULL},
    {"{\"primary-key\":[\"a\"]}", "unknown-key", "\"primary-key\" is read as \"primary_key\"",
     "$[\"primary-key\"]", WARNING, 0, NULL},
    {"{\"primary-key\":[\"a\"],\"primary_key\":[\"b\"]}", "unknown-key",
     "Unrecognized option \"primary-key\"", "$[\"primary-key\"]", ERROR, 0, "\"primary_key\""},
    {"{\"delete-where_values\":[]}", "unknown-key", "Unrecognized option",
     "$[\"delete-where_values\"]", ERROR, 0, NULL},
    {"{\"columns\":[\"a\",{}]}", "type",
     "must be a string, a number, true or false, found an object", "$.columns[1]", ERROR, 0, NULL},
    {"{\"columns\":true}", "type", "\"columns\" must be a list of strings, found true", "$.columns",
     ERROR, 0, NULL},
    {"{\"columns\":{\"a\":\"b\"}}", "type", "found an object", "$.columns", ERROR, 0, NULL},
    {"{\"distribution_key\":[1]}", "type", "must be a string, found a number",
     "$.distribution_key[0]", ERROR, 0, NULL},
    {"{\"incremental\":null}", "type", "found null, which the platform reads as true",
     "$.incremental", ERROR, 0, "leave the key out"},
    {"{\"schema\":[{\"name\":\"a\",\"nullable\":null}]}", "type", "reads as true",
     "$.schema[0].nullable", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":1.5}]}", "type", "\"name\" must be a string, found a number",
     "$.schema[0].name", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":false}]}", "type", "\"name\" must be a string", "$.schema[0].name",
     ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":[]}]}", "type", "must be an object, found a list",
     "$.schema[0].data_type", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":null}]}", "type", "must be an object, found null",
     "$.schema[0].data_type", ERROR, 0, NULL},
    {"{\"deduplication_strategy\":null}", "type", "must be a string, found null",
     "$.deduplication_strategy", ERROR, 0, NULL},
    {"{\"manifest_type\":[]}", "type", "\"manifest_type\"", "$.manifest_type", ERROR, 0, NULL},
    {"{\"schema\":{\"a\":{\"name\":\"a\"}}}", "type", "\"schema\" must be a list", "$.schema",
     ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":{\"a\":\"b\"}}", "type", "\"delete_where\"",
     "$.delete_where", ERROR, 0, NULL},
    {"{\"manifest_type\":true}", "value", "new manifests of tables say", "$.manifest_type", WARNING,
     0, NULL},
    {"{\"tags\":[\"a\",\"\"]}", "value", "empty tag", "$.tags[1]", ERROR, 0, NULL},
    {"{\"tags\":[null]}", "value", "empty tag", "$.tags[0]", ERROR, 0, NULL},
    {"{\"tags\":[\"\"]}", "value", "empty tag", "$.tags[0]", WARNING, FILE_OUT, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"changed_since\":\"0\"}]}", "delete-where",
     "At least one of", "$.delete_where[0]", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\",\"values_from_"
     "workspace\":{\"workspace_id\":1,\"table\":\"t\"}}]}]}",
     "type", "\"workspace_id\" must be a string or null",
     "$.delete_where[0].where_filters[0].values_from_workspace.workspace_id", ERROR, 0, NULL},
    {"{\"columns\":[\"a\",null]}", "column-name", "an empty column name", "$.columns[1]", ERROR, 0,
     NULL},
    {"{\"columns\":[1.5]}", "column-name", "the column \"1.5\" will be called \"1_5\"",
     "$.columns[0]", WARNING, 0, NULL},
    {"{\"columns\":[7,\"7\"]}", "column-collision", "the name \"7\" is given to columns 1",
     "$.columns[1]", ERROR, 0, NULL},
    {"{\"metadata\":[{\"key\":\"k\"}]}", "column-metadata",
     "\"k\" has no \"value\": it is stored as an empty text", "$.metadata[0]", WARNING, 0, NULL},
    {"{\"metadata\":[{\"value\":\"v\"}]}", "column-metadata", "needs a \"key\"", "$.metadata[0]",
     ERROR, 0, NULL},
    {"{\"metadata\":[{\"key\":null,\"value\":\"v\"}]}", "column-metadata", "needs a \"key\"",
     "$.metadata[0]", ERROR, 0, NULL},
    {"{\"metadata\":[{\"key\":\"k\",\"value\":[]}]}", "type", "\"value\" must be",
     "$.metadata[0].value", ERROR, 0, NULL},
    {"{\"column_metadata\":{\"a\":\"\"}}", "column-metadata", "must be a list",
     "$.column_metadata.a", ERROR, 0, NULL},
    {"{\"column_metadata\":{\"0\":[],\"1\":[{\"key\":\"k\",\"value\":\"v\"}]}}", "column-metadata",
     "called 0, 1, ...", "$.column_metadata", ERROR, 0, NULL},
    {"{\"columns\":[\"1\"],\"primary_key\":[2]}", "primary-key", "the primary key names \"2\"",
     "$.primary_key[0]", ERROR, 0, NULL},
    {"{\"distribution_key\":[\"\"]}", "primary-key", "must not be empty", "$.distribution_key[0]",
     ERROR, 0, NULL},
    {"{\"distribution_key\":[\" \"]}", "primary-key", "must not be empty", "$.distribution_key[0]",
     ERROR, 0, NULL},
    {"{\"tags\":[[]]}", "type", "must be a string", "$.tags[0]", ERROR, FILE_OUT, NULL},
};

START_TEST(every_row_is_exactly_one_finding)
{
    struct csvk_findings findings = {0};
    check(rows[_i].text, rows[_i].kind != 0 ? rows[_i].kind : CSVK_MANIFEST_OUT_TABLE, &findings);
    ck_assert_msg(findings.count == 1, "%s: %zu findings, last: %s", rows[_i].text, findings.count,
                  findings.count > 0 ? findings.item[findings.count - 1].message : "");
    const struct csvk_finding *finding = &findings.item[0];
    ck_assert_str_eq(finding->rule->id + strlen("manifest-"), rows[_i].rule);
    ck_assert_msg(strstr(finding->message, rows[_i].message) != NULL, "%s", finding->message);
    ck_assert_str_eq(finding->path, rows[_i].path);
    ck_assert_int_eq(finding->severity, rows[_i].severity);
    if (rows[_i].remedy != NULL) {
        ck_assert_msg(finding->remedy != NULL && strstr(finding->remedy, rows[_i].remedy) != NULL,
                      "%s", finding->remedy);
    }
    csvk_findings_release(&findings);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest_platform");
    TCase *tcase = tcase_create("manifest_platform");
    tcase_add_loop_test(tcase, what_the_platform_takes_is_no_finding, 0,
                        (int)(sizeof taken / sizeof taken[0]));
    tcase_add_loop_test(tcase, every_row_is_exactly_one_finding, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
