/* test_manifest_check.c - judging manifests: one row for every message, and manifests that are
 * fine. */
#include "manifest/manifest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define OUT      CSVK_MANIFEST_OUT_TABLE
#define IN       CSVK_MANIFEST_IN_TABLE
#define FILE_OUT CSVK_MANIFEST_OUT_FILE
#define FILE_IN  CSVK_MANIFEST_IN_FILE
#define ERROR    CSVK_ERROR
#define WARNING  CSVK_WARNING

static struct csvk_manifest *parse(const char *text)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings findings = {0};
    ck_assert_msg(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL) == CSVK_OK,
                  "%s", text);
    ck_assert_uint_eq(findings.count, 0);
    return manifest;
}

static void check(const char *text, const struct csvk_manifest_judge *judge,
                  struct csvk_findings *findings)
{
    struct csvk_manifest *manifest = parse(text);
    ck_assert_int_eq(csvk_manifest_check(manifest, judge, findings), CSVK_OK);
    csvk_manifest_free(manifest);
}

static const char *const good[] = {
    "{}",
    "{\"destination\":\"in.c-main.orders\",\"columns\":[\"id\",\"name\"],\"primary_key\":[\"id\"],"
    "\"incremental\":true,\"delimiter\":\",\",\"enclosure\":\"\\\"\",\"metadata\":[{\"key\":\"k\","
    "\"value\":\"v\"}],\"column_metadata\":{\"id\":[{\"key\":\"KBC.datatype.basetype\",\"value\":"
    "\"INTEGER\"}]},\"delete_where_column\":\"id\",\"delete_where_values\":[\"1\"],"
    "\"delete_where_operator\":\"eq\",\"write_always\":false}",
    "{\"manifest_type\":\"output\",\"destination\":\"in.c-main.orders\",\"has_header\":false,"
    "\"description\":\"d\",\"table_metadata\":{\"k\":\"v\"},\"schema\":[{\"name\":\"id\","
    "\"data_type\":{\"base\":{\"type\":\"INTEGER\",\"length\":\"38\",\"default\":\"0\"},"
    "\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"38,0\"}},\"nullable\":false,\"primary_key\":"
    "true,\"distribution_key\":false,\"description\":\"d\",\"metadata\":{\"k\":\"v\"}}]}",
    "{\"columns\":[],\"schema\":[{\"name\":\"a\"}],\"metadata\":[],\"column_metadata\":{}}",
    "{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"NUMERIC\",\"length\":38,"
    "\"default\":false}}}],\"table_metadata\":[]}",
    "{\"delimiter\":\"\\t\",\"enclosure\":\"\"}",
    "{\"delimiter\":\"\\\\t\"}",
    "{\"destination\":\"orders\",\"tags\":[\"a\"],\"distribution_key\":[],\"deduplication_"
    "strategy\":"
    "\"insert\",\"unload_strategy\":\"direct-grant\"}",
    "{\"destination\":null,\"delete_where_operator\":null}",
    "{\"incremental\":true,\"delete_where\":[{\"changed_since\":\"-7 days\",\"where_filters\":["
    "{\"column\":\"a\",\"operator\":\"ne\",\"values_from_set\":[\"1\"]},{\"column\":\"a\","
    "\"values_from_workspace\":{\"workspace_id\":\"1\",\"table\":\"t\",\"column\":\"c\"}},"
    "{\"column\":\"a\",\"values_from_storage\":{\"bucket_id\":\"in.c-a\",\"table\":\"t\"}}]}]}",
};

START_TEST(good_manifests_have_no_findings)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    check(good[_i], &judge, &findings);
    ck_assert_msg(findings.count == 0, "%s: %s", good[_i],
                  findings.count > 0 ? findings.item[0].message : "");
}
END_TEST

struct one {
    const char *text;
    const char *rule; /* without "manifest-" */
    const char *message;
    const char *path;
    enum csvk_severity severity;
    enum csvk_manifest_kind kind; /* 0: out table */
    const char *remedy;           /* part of it, or NULL: not asked */
};

static const struct one bad[] = {
    /* the conflicts, in the platform's words */
    {"{\"schema\":[{\"name\":\"a\"}],\"columns\":[\"a\"]}", "conflict",
     "Only one of \"schema\" or \"columns\" can be defined.", "$", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\"}],\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}]}", "conflict",
     "Only one of \"schema\" or \"metadata\" can be defined.", "$", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\"}],\"column_metadata\":{\"a\":[{\"key\":\"k\",\"value\":\"v\"}]}"
     "}",
     "conflict", "Only one of \"schema\" or \"column_metadata\" can be defined.", "$", ERROR, 0,
     NULL},
    {"{\"description\":\"d\",\"table_metadata\":{\"KBC.description\":\"e\"}}", "conflict",
     "Only one of \"description\" or \"table_metadata.KBC.description\" can be defined.", "$",
     ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"description\":\"d\",\"metadata\":{\"KBC.description\":\"e\"}}]"
     "}",
     "conflict", "Only one of \"description\" or \"metadata.KBC.description\" can be defined.",
     "$.schema[0]", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"primary_key\":true}],\"primary_key\":[\"a\"]}", "conflict",
     "Only one of \"primary_key\" or \"schema[].primary_key\" can be defined.", "$", ERROR, 0,
     NULL},
    {"{\"schema\":[{\"name\":\"a\"}],\"distribution_key\":[\"a\"]}", "conflict",
     "Only one of \"distribution_key\" or \"schema[].distribution_key\" can be defined.", "$",
     ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where_column\":\"a\",\"delete_where_values\":[\"1\"],"
     "\"delete_where\":[{\"changed_since\":\"x\"}]}",
     "conflict", "Only one of \"delete_where_column\" or \"delete_where\" can be defined.", "$",
     ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where_column\":\"a\"}", "delete-where",
     "When \"delete_where_column\" option is set, then the \"delete_where_values\" is required.",
     "$.delete_where_values", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where_column\":\"a\",\"delete_where_values\":[]}",
     "delete-where",
     "When \"delete_where_column\" option is set, then the \"delete_where_values\" is required.",
     "$.delete_where_values", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\","
     "\"values_from_set\":[\"1\"],\"values_from_workspace\":{\"table\":\"t\"}}]}]}",
     "delete-where",
     "Only one of \"values_from_set\", \"values_from_workspace\", or \"values_from_storage\" can "
     "be "
     "defined.",
     "$.delete_where[0].where_filters[0]", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\"}]}]}",
     "delete-where",
     "One of \"values_from_set\", \"values_from_workspace\", or \"values_from_storage\" must be "
     "defined.",
     "$.delete_where[0].where_filters[0]", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{}]}", "delete-where",
     "At least one of \"changed_since\", \"changed_until\", or \"where_filters\" must be defined.",
     "$.delete_where[0]", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"STRING\"},\"redshift\":"
     "{\"type\":\"VARCHAR\"}}}]}",
     "data-type", "The \"redshift\" data type is not supported.", "$.schema[0].data_type.redshift",
     ERROR, 0, "snowflake"},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"length\":\"1\"}}}]}", "data-type",
     "The \"type\" is required for the \"base\" data type.", "$.schema[0].data_type.base", ERROR, 0,
     NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"STRING\"},\"bigquery\":{}}}]"
     "}",
     "data-type", "The \"type\" is required for the \"bigquery\" data type.",
     "$.schema[0].data_type.bigquery", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"snowflake\":{\"type\":\"NUMBER\"}}}]}",
     "data-type", "The \"base\" data type is required.", "$.schema[0].data_type", ERROR, 0, "base"},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"VARCHAR\"}}}]}", "data-type",
     "\"VARCHAR\" is not a base type", "$.schema[0].data_type.base.type", ERROR, 0, "STRING"},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"string\"}}}]}", "data-type",
     "\"string\" is not a base type", "$.schema[0].data_type.base.type", WARNING, 0, "capital"},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":\"STRING\"}}]}", "type",
     "\"base\" must be an object, found a string", "$.schema[0].data_type.base", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":\"STRING\"}]}", "type",
     "\"data_type\" must be an object, found a string", "$.schema[0].data_type", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"STRING\",\"size\":1}}}]}",
     "unknown-key", "Unrecognized option \"size\"", "$.schema[0].data_type.base.size", ERROR, 0,
     NULL},
    {"{\"schema\":[{\"name\":\"a\",\"nullable\":\"yes\"}]}", "type",
     "\"nullable\" must be true or false, found a string", "$.schema[0].nullable", ERROR, 0, NULL},
    {"{\"schema\":[{\"data_type\":{\"base\":{\"type\":\"STRING\"}}}]}", "required",
     "needs a \"name\"", "$.schema[0]", ERROR, 0, NULL},
    {"{\"schema\":[\"a\"]}", "type", "must be an object, found a string", "$.schema[0]", ERROR, 0,
     NULL},
    {"{\"schema\":[{\"name\":\"a\",\"type\":\"STRING\"}]}", "unknown-key",
     "Unrecognized option \"type\"", "$.schema[0].type", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\",\"metadata\":{\"k\":[1]}}]}", "column-metadata",
     "must be a string, found a list", "$.schema[0].metadata.k", ERROR, 0, NULL},
    /* unknown keys and what was meant */
    {"{\"primaryKey\":[\"a\"]}", "unknown-key", "Unrecognized option \"primaryKey\"",
     "$.primaryKey", ERROR, 0, "\"primary_key\""},
    {"{\"columns_from\":\"header\"}", "unknown-key", "\"columns_from\"", "$.columns_from", ERROR, 0,
     "\"columns\""},
    {"{\"without_headers\":true}", "unknown-key", "\"without_headers\"", "$.without_headers", ERROR,
     0, "\"columns\""},
    {"{\"escaped_by\":\"\\\\\"}", "unknown-key", "\"escaped_by\"", "$.escaped_by", ERROR, 0,
     "no escape"},
    {"{\"delimeter\":\";\"}", "unknown-key", "\"delimeter\"", "$.delimeter", ERROR, 0,
     "\"delimiter\""},
    {"{\"hasHeader\":true}", "unknown-key", "\"hasHeader\"", "$.hasHeader", ERROR, 0,
     "\"has_header\""},
    {"{\"column\":[\"a\"]}", "unknown-key", "\"column\"", "$.column", ERROR, 0, "\"columns\""},
    {"{\"Incremental\":true}", "unknown-key", "\"Incremental\"", "$.Incremental", ERROR, 0,
     "\"incremental\""},
    {"{\"source\":\"a.csv\"}", "unknown-key", "\"source\"", "$.source", ERROR, 0, "mapping"},
    {"{\"is_permanent\":true}", "unknown-key", "\"is_permanent\"", "$.is_permanent", ERROR, 0,
     "files"},
    {"{\"uri\":\"https://x\"}", "unknown-key", "\"uri\"", "$.uri", ERROR, OUT, "input manifest"},
    {"{\"a b\":1}", "unknown-key", "\"a b\"", "$[\"a b\"]", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"changed_since\":\"x\",\"since\":\"y\"}]}",
     "unknown-key", "\"since\"", "$.delete_where[0].since", ERROR, 0, NULL},
    /* types */
    {"{\"destination\":1}", "type", "\"destination\" must be a string or null, found a number",
     "$.destination", ERROR, 0, NULL},
    {"{\"columns\":\"a,b\"}", "type", "\"columns\" must be a list of strings, found a string",
     "$.columns", ERROR, 0, NULL},
    {"{\"primary_key\":\"id\"}", "type", "\"primary_key\" must be a list of strings",
     "$.primary_key", ERROR, 0, NULL},
    {"{\"incremental\":1}", "type", "\"incremental\" must be true or false, found a number",
     "$.incremental", ERROR, 0, NULL},
    {"{\"write_always\":\"true\"}", "type", "\"write_always\"", "$.write_always", ERROR, 0, NULL},
    {"{\"has_header\":\"yes\"}", "type", "\"has_header\"", "$.has_header", ERROR, 0, NULL},
    {"{\"delimiter\":9}", "type", "\"delimiter\"", "$.delimiter", ERROR, 0, NULL},
    {"{\"enclosure\":null}", "type", "\"enclosure\"", "$.enclosure", ERROR, 0, NULL},
    {"{\"tags\":\"a\"}", "type", "\"tags\"", "$.tags", ERROR, 0, NULL},
    {"{\"metadata\":{\"k\":\"v\"}}", "type", "\"metadata\" must be a list of objects", "$.metadata",
     ERROR, 0, NULL},
    {"{\"column_metadata\":[1]}", "type", "\"column_metadata\" must be an object",
     "$.column_metadata", ERROR, 0, NULL},
    {"{\"table_metadata\":\"x\"}", "type", "\"table_metadata\"", "$.table_metadata", ERROR, 0,
     NULL},
    {"{\"description\":[]}", "type", "\"description\"", "$.description", ERROR, 0, NULL},
    /* values */
    {"{\"deduplication_strategy\":\"replace\"}", "value", "allowed: insert, upsert",
     "$.deduplication_strategy", ERROR, 0, NULL},
    {"{\"unload_strategy\":\"x\"}", "value", "allowed: direct-grant", "$.unload_strategy", ERROR, 0,
     NULL},
    {"{\"manifest_type\":\"in\"}", "value", "\"in\"", "$.manifest_type", WARNING, 0, NULL},
    /* deletion */
    {"{\"incremental\":true,\"delete_where_column\":\"a\",\"delete_where_values\":[\"1\"],"
     "\"delete_where_operator\":\"gt\"}",
     "delete-where", "must be \"eq\" or \"ne\"", "$.delete_where_operator", ERROR, 0, NULL},
    {"{\"delete_where_values\":[\"1\"]}", "delete-where", "does nothing", "$", WARNING, 0, NULL},
    {"{\"incremental\":true,\"columns\":[\"A\"],\"delete_where_column\":\"a\","
     "\"delete_where_values\":[\"1\"]}",
     "delete-where", "\"A\" differs in letter case", "$.delete_where_column", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\",\"operator\":"
     "\"lt\",\"values_from_set\":[\"1\"]}]}]}",
     "delete-where", "\"eq\" or \"ne\"", "$.delete_where[0].where_filters[0].operator", ERROR, 0,
     NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"values_from_set\":[\"1\"]}]}]"
     "}",
     "required", "\"column\" is required", "$.delete_where[0].where_filters[0]", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\","
     "\"values_from_storage\":{\"table\":\"t\"}}]}]}",
     "required", "\"bucket_id\" is required",
     "$.delete_where[0].where_filters[0].values_from_storage", ERROR, 0, NULL},
    {"{\"incremental\":true,\"delete_where\":[{\"where_filters\":[{\"column\":\"a\","
     "\"values_from_workspace\":{\"workspace_id\":\"1\"}}]}]}",
     "required", "\"table\" is required",
     "$.delete_where[0].where_filters[0].values_from_workspace", ERROR, 0, NULL},
    /* names of columns */
    {"{\"columns\":[\"_timestamp\"]}", "system-column",
     "System columns \"_timestamp\" cannot be imported to the table.", "$.columns[0]", ERROR, 0,
     NULL},
    {"{\"columns\":[\"a\",\"_TimeStamp\"]}", "system-column",
     "System columns \"_TimeStamp\" cannot be imported to the table.", "$.columns[1]", ERROR, 0,
     NULL},
    {"{\"schema\":[{\"name\":\"_timestamp\"}]}", "system-column", "System columns",
     "$.schema[0].name", ERROR, 0, NULL},
    {"{\"column_metadata\":{\"_timestamp\":[]}}", "system-column", "System columns",
     "$.column_metadata._timestamp", ERROR, 0, NULL},
    {"{\"primary_key\":[\"_timestamp\"]}", "system-column", "System columns", "$.primary_key[0]",
     ERROR, 0, NULL},
    {"{\"columns\":[\"a b\"]}", "column-name", "the column \"a b\" will be called \"a_b\"",
     "$.columns[0]", WARNING, 0, NULL},
    {"{\"columns\":[\"oid\"]}", "column-name", "\"oid_\"", "$.columns[0]", WARNING, 0, NULL},
    {"{\"columns\":[\"日本\"]}", "column-name", "nothing of the column name", "$.columns[0]", ERROR,
     0, NULL},
    {"{\"columns\":[\"\"]}", "column-name", "an empty column name", "$.columns[0]", ERROR, 0, NULL},
    {"{\"columns\":[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}",
     "column-name", "has 65 characters, 64 are allowed", "$.columns[0]", ERROR, 0, NULL},
    {"{\"columns\":[\"a\",\"b\",\"a\"]}", "column-collision",
     "the name \"a\" is given to columns 1 (line 1, column 13) and 3", "$.columns[2]", ERROR, 0,
     NULL},
    {"{\"columns\":[\"Id\",\"id\"]}", "column-collision", "differ only in letter case",
     "$.columns[1]", ERROR, 0, NULL},
    {"{\"schema\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "column-collision", "columns 1",
     "$.schema[1].name", ERROR, 0, NULL},
    {"{\"column_metadata\":{\"x\":[{\"key\":\"k\",\"value\":\"v\"}]},\"columns\":[\"a\"]}",
     "column-metadata", "metadata is for \"x\", which is not a column", "$.column_metadata.x",
     WARNING, 0, NULL},
    {"{\"column_metadata\":{\"a\":{\"k\":\"v\"}}}", "column-metadata", "must be a list",
     "$.column_metadata.a", ERROR, 0, NULL},
    {"{\"metadata\":[{\"key\":\"k\",\"value\":\"v\",\"provider\":\"p\"}]}", "unknown-key",
     "\"provider\"", "$.metadata[0].provider", ERROR, 0, NULL},
    /* keys */
    {"{\"columns\":[\"id\"],\"primary_key\":[\"key\"]}", "primary-key",
     "the primary key names \"key\", which is not a column", "$.primary_key[0]", ERROR, 0, NULL},
    {"{\"columns\":[\"Id\"],\"primary_key\":[\"id\"]}", "primary-key",
     "\"Id\" differs in letter case", "$.primary_key[0]", ERROR, 0, NULL},
    {"{\"columns\":[\"id\"],\"primary_key\":[\"id\",\"\"]}", "primary-key", "empty name",
     "$.primary_key[1]", WARNING, 0, NULL},
    {"{\"columns\":[\"id\"],\"primary_key\":[\" id\"]}", "primary-key", "blanks around it",
     "$.primary_key[0]", WARNING, 0, NULL},
    {"{\"columns\":[\"id\"],\"primary_key\":[\"id\",\"id\"]}", "primary-key", "more than once",
     "$.primary_key[1]", WARNING, 0, NULL},
    {"{\"columns\":[\"id\"],\"distribution_key\":[\"x\"]}", "primary-key",
     "the distribution key names \"x\"", "$.distribution_key[0]", ERROR, 0, NULL},
    /* dialect */
    {"{\"delimiter\":\"\"}", "dialect", "must not be empty", "$.delimiter", ERROR, 0, NULL},
    {"{\"delimiter\":\"||\"}", "dialect", "one character", "$.delimiter", ERROR, 0, NULL},
    {"{\"delimiter\":\"§\"}", "dialect", "one character", "$.delimiter", ERROR, 0, NULL},
    {"{\"delimiter\":\"\\n\"}", "dialect", "line break", "$.delimiter", ERROR, 0, NULL},
    {"{\"enclosure\":\"\\\"\\\"\"}", "dialect", "one character", "$.enclosure", ERROR, 0, NULL},
    {"{\"enclosure\":\",\"}", "dialect", "delimiter and enclosure are both \",\"", "$", ERROR, 0,
     NULL},
    /* destination and load */
    {"{\"destination\":\"in.c-m\"}", "destination", "is not a valid table ID.", "$.destination",
     ERROR, 0, "table id"},
    {"{\"destination\":\"in.c-m.a.b\"}", "destination", "is not a valid table ID.", "$.destination",
     ERROR, 0, NULL},
    {"{\"destination\":\"in.main.a\"}", "destination", "begins with c-", "$.destination", WARNING,
     0, NULL},
    {"{\"destination\":\"foo.c-main.a\"}", "destination", "in, out or sys", "$.destination", ERROR,
     0, NULL},
    {"{\"destination\":\"in.c-main.a b\"}", "destination", "name of a table", "$.destination",
     ERROR, 0, NULL},
    {"{\"incremental\":true}", "incremental", "without a primary key", "$", WARNING, 0, NULL},
    {"{\"delete_where_column\":\"a\",\"delete_where_values\":[\"1\"]}", "incremental",
     "delete_where without incremental", "$", WARNING, 0, NULL},
    /* input manifests and staging */
    {"{\"id\":1}", "type", "\"id\" must be a string", "$.id", ERROR, IN, NULL},
    {"{\"destination\":\"in.c-a.b\"}", "unknown-key", "\"destination\"", "$.destination", ERROR, IN,
     NULL},
    {"{\"s3\":{\"isSliced\":true,\"region\":\"r\",\"bucket\":\"b\",\"key\":\"k\",\"credentials\":"
     "{\"access_key_id\":\"a\",\"secret_access_key\":\"s\",\"session_token\":\"t\"}}}",
     "staging", "does not end with \"manifest\"", "$.s3.isSliced", ERROR, IN, NULL},
    {"{\"s3\":{\"is_sliced\":false,\"region\":\"r\",\"bucket\":\"b\",\"key\":\"k\",\"credentials\":"
     "{\"access_key_id\":\"a\",\"secret_access_key\":\"s\",\"session_token\":\"t\"}}}",
     "staging", "writes \"isSliced\", not \"is_sliced\"", "$.s3.isSliced", ERROR, IN, NULL},
    {"{\"s3\":{\"isSliced\":false,\"region\":\"r\",\"bucket\":\"\",\"key\":\"k\",\"credentials\":"
     "{\"access_key_id\":\"a\",\"secret_access_key\":\"s\",\"session_token\":\"t\"}}}",
     "staging", "\"bucket\" must be a string", "$.s3.bucket", ERROR, IN, NULL},
    {"{\"abs\":{\"is_sliced\":true,\"region\":\"r\",\"container\":\"c\",\"name\":\"x.manifest\","
     "\"credentials\":{}}}",
     "staging", "\"sas_connection_string\"", "$.abs.credentials.sas_connection_string", ERROR, IN,
     NULL},
    {"{\"abs\":{\"is_sliced\":\"no\",\"region\":\"r\",\"container\":\"c\",\"name\":\"x\","
     "\"credentials\":{\"sas_connection_string\":\"s\"}}}",
     "staging", "must be true or false", "$.abs.is_sliced", ERROR, FILE_IN, NULL},
    /* manifests of files */
    {"{\"is_public\":\"no\"}", "type", "\"is_public\"", "$.is_public", ERROR, FILE_OUT, NULL},
    {"{\"isPermanent\":true}", "unknown-key", "\"isPermanent\"", "$.isPermanent", ERROR, FILE_OUT,
     "\"is_permanent\""},
    {"{\"id\":1}", "unknown-key", "\"id\"", "$.id", ERROR, FILE_OUT, NULL},
    {"{\"columns\":[\"a\"]}", "unknown-key", "\"columns\"", "$.columns", ERROR, FILE_OUT, NULL},
    {"{\"name\":1}", "type", "\"name\"", "$.name", ERROR, FILE_IN, NULL},
};

START_TEST(bad_manifests_have_exactly_this_finding)
{
    const struct one *row = &bad[_i];
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = row->kind != CSVK_MANIFEST_AUTO ? row->kind : OUT;
    check(row->text, &judge, &findings);
    ck_assert_msg(findings.count == 1, "%s: %zu findings, last: %s", row->text, findings.count,
                  findings.count > 0 ? findings.item[findings.count - 1].message : "");
    const struct csvk_finding *finding = &findings.item[0];
    ck_assert_str_eq(finding->rule->id + strlen("manifest-"), row->rule);
    ck_assert_msg(strstr(finding->message, row->message) != NULL, "%s", finding->message);
    ck_assert_str_eq(finding->path, row->path);
    ck_assert_int_eq(finding->severity, row->severity);
    if (row->remedy != NULL) {
        ck_assert_msg(finding->remedy != NULL && strstr(finding->remedy, row->remedy) != NULL, "%s",
                      finding->remedy);
    }
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(findings_are_counted_beyond_the_limit)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {.limit = 2};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    check("{\"a1\":1,\"a2\":1,\"a3\":1,\"a4\":1,\"columns\":[\"a b\"]}", &judge, &findings);
    ck_assert_uint_eq(findings.count, 2);
    ck_assert_uint_eq(findings.errors, 4);
    ck_assert_uint_eq(findings.warnings, 1);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(places_are_lines_and_columns_of_keys)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    check("{\n  \"columns\": [\n    \"a\",\n    \"a b\"\n  ],\n  \"pk\": 1\n}", &judge, &findings);
    ck_assert_uint_eq(findings.count, 2);
    ck_assert_uint_eq(findings.item[0].line, 6);
    ck_assert_uint_eq(findings.item[0].column, 3);
    ck_assert_uint_eq(findings.item[1].line, 4);
    ck_assert_uint_eq(findings.item[1].column, 5);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(collisions_after_cleaning_name_both_places)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    check("{\"columns\":[\"a b\",\n\"a-b\"]}", &judge, &findings);
    ck_assert_uint_eq(findings.errors, 1);
    const struct csvk_finding *last = &findings.item[findings.count - 1];
    ck_assert_str_eq(last->message,
                     "column 1 \"a b\" (line 1, column 13) and column 2 \"a-b\" will "
                     "both be called \"a_b\"");
    ck_assert_uint_eq(last->line, 2);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(projects_with_data_types_want_a_schema)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    judge.support = csvk_type_support_parse("hints");
    check("{\"columns\":[\"a\"]}", &judge, &findings);
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].message, "Configuration schema is missing.");
    csvk_findings_release(&findings);
    judge.support = csvk_type_support_parse("authoritative");
    check("{\"schema\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\",\"data_type\":{\"base\":"
          "{\"type\":\"DATE\"}}}]}",
          &judge, &findings);
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].message, "Missing data type for columns: a, b");
    csvk_findings_release(&findings);
    judge.support = csvk_type_support_parse("none");
    check("{\"columns\":[\"a\"]}", &judge, &findings);
    ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(mappings_have_a_source_and_whole_destinations)
{
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    judge.kind = OUT;
    judge.mapping = true;
    judge.name = "a.csv";
    check("{\"source\":\"a.csv\",\"destination\":\"in.c-m.a\"}", &judge, &findings);
    ck_assert_uint_eq(findings.count, 0);
    check("{\"destination\":\"a\"}", &judge, &findings);
    ck_assert_uint_eq(findings.errors, 2);
    ck_assert_str_eq(findings.item[1].message,
                     "Failed to resolve destination for output table \"a.csv\".");
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(kinds_are_guessed_from_folder_and_keys)
{
    struct csvk_manifest *plain = parse("{\"columns\":[\"a\"]}"), *in = parse("{\"uri\":\"x\"}");
    ck_assert_int_eq(csvk_manifest_guess(plain, NULL, false), OUT);
    ck_assert_int_eq(csvk_manifest_guess(in, NULL, false), IN);
    ck_assert_int_eq(csvk_manifest_guess(in, "/data/out/tables/a.csv.manifest", false), OUT);
    /* the processor before may have written a manifest in in/tables */
    ck_assert_int_eq(csvk_manifest_guess(plain, "in/tables/a.csv.manifest", false), OUT);
    ck_assert_int_eq(csvk_manifest_guess(in, "in/tables/a.csv.manifest", false), IN);
    ck_assert_int_eq(csvk_manifest_guess(in, "out/tables/in/tables/a.csv.manifest", false), IN);
    ck_assert_int_eq(csvk_manifest_guess(plain, "/x/main/tables/a.manifest", false), OUT);
    ck_assert_int_eq(csvk_manifest_guess(plain, "/data/in/files/a.manifest", true), FILE_OUT);
    ck_assert_int_eq(csvk_manifest_guess(in, "/data/in/files/a.manifest", true), FILE_IN);
    ck_assert_int_eq(csvk_manifest_guess(in, "/data/out/files/a.manifest", true), FILE_OUT);
    ck_assert_int_eq(csvk_manifest_guess(plain, "a.manifest", true), FILE_OUT);
    csvk_manifest_free(plain);
    csvk_manifest_free(in);
}
END_TEST

START_TEST(names_of_a_header_are_judged_alike)
{
    struct csvk_strings names = {0};
    struct csvk_findings findings = {0};
    ck_assert_int_eq(csvk_strings_add(&names, "ok"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&names, "OK"), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_check_names(&names, "header", &findings), CSVK_OK);
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].path, "header[1]");
    csvk_findings_release(&findings);
    csvk_strings_release(&names);
}
END_TEST

START_TEST(every_rule_is_described)
{
    size_t n = 0;
    for (; n < csvk_manifest_rules.count; n++) {
        const struct csvk_rule *rule = &csvk_manifest_rules.rule[n];
        ck_assert_int_eq(strncmp(rule->id, "manifest-", 9), 0);
        ck_assert(rule->summary[0] != '\0' && rule->why[0] != '\0' && rule->remedy[0] != '\0');
    }
    ck_assert_uint_ge(n, 29);
}
END_TEST

START_TEST(both_generations_read_alike)
{
    struct csvk_manifest *legacy = parse(good[1]), *native = parse(good[2]);
    struct csvk_manifest_table a = {0}, b = {0};
    ck_assert_int_eq(csvk_manifest_table(legacy, &a), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_table(native, &b), CSVK_OK);
    ck_assert_int_eq(a.generation, CSVK_GENERATION_LEGACY);
    ck_assert_int_eq(b.generation, CSVK_GENERATION_NATIVE);
    ck_assert_str_eq(a.destination, b.destination);
    ck_assert_uint_eq(a.columns.count, 2);
    ck_assert_uint_eq(b.columns.count, 1);
    ck_assert_str_eq(a.primary_key.item[0], b.primary_key.item[0]);
    ck_assert(a.incremental && !b.incremental);
    ck_assert_str_eq(a.delete_operator, "eq");
    ck_assert_str_eq(a.delete_values.item[0], "1");
    ck_assert_ptr_null(b.delete_column);
    ck_assert_uint_eq(a.npairs, 2);
    ck_assert_str_eq(a.pairs[1].column, "id");
    ck_assert_uint_eq(b.npairs, 3); /* k of the table, description and k of the column */
    ck_assert_str_eq(b.description, "d");
    ck_assert(!csvk_manifest_header(&a) && !csvk_manifest_header(&b));
    csvk_manifest_table_release(&a);
    csvk_manifest_table_release(&b);
    csvk_manifest_free(legacy);
    csvk_manifest_free(native);
}
END_TEST

START_TEST(tables_have_defaults_and_dialects)
{
    struct csvk_manifest_table table = {0};
    ck_assert_int_eq(csvk_manifest_table(NULL, &table), CSVK_OK);
    ck_assert_int_eq(table.dialect.delimiter, ',');
    ck_assert(csvk_manifest_header(&table));
    struct csvk_manifest *manifest =
        parse("{\"delimiter\":\"\\\\t\",\"enclosure\":\"\",\"columns\":[\"a\"],\"has_header\":true,"
              "\"primary_key\":[\" a \",\"\",\"a\"]}");
    ck_assert_int_eq(csvk_manifest_table(manifest, &table), CSVK_OK);
    ck_assert_int_eq(table.dialect.delimiter, '\t');
    ck_assert_int_eq(table.dialect.enclosure, CSVK_NO_BYTE);
    ck_assert(csvk_manifest_header(&table));
    ck_assert_uint_eq(table.primary_key.count, 1);
    ck_assert_str_eq(table.primary_key.item[0], "a");
    csvk_manifest_table_release(&table);
    csvk_manifest_free(manifest);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest_check");
    TCase *tcase = tcase_create("manifest_check");
    tcase_add_loop_test(tcase, good_manifests_have_no_findings, 0,
                        (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(tcase, bad_manifests_have_exactly_this_finding, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tcase, findings_are_counted_beyond_the_limit);
    tcase_add_test(tcase, places_are_lines_and_columns_of_keys);
    tcase_add_test(tcase, collisions_after_cleaning_name_both_places);
    tcase_add_test(tcase, projects_with_data_types_want_a_schema);
    tcase_add_test(tcase, mappings_have_a_source_and_whole_destinations);
    tcase_add_test(tcase, kinds_are_guessed_from_folder_and_keys);
    tcase_add_test(tcase, names_of_a_header_are_judged_alike);
    tcase_add_test(tcase, every_rule_is_described);
    tcase_add_test(tcase, both_generations_read_alike);
    tcase_add_test(tcase, tables_have_defaults_and_dialects);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
