/*
 * test_manifest_fields.c - every field of every kind of manifest: accepted as the platform writes
 * or reads it, and reported at its place when it has another type.
 */
#include "manifest/manifest.h"
#include "tests/support/support.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#define LEGACY                                                                                     \
    "{\"destination\":\"in.c-main.orders\",\"columns\":[\"id\",\"name\"],\"primary_key\":[\"id\"]" \
    ","                                                                                            \
    "\"incremental\":true,\"deduplication_strategy\":\"upsert\",\"unload_strategy\":"              \
    "\"direct-grant\",\"delimiter\":\";\",\"enclosure\":\"'\",\"has_header\":false,"               \
    "\"delete_where_column\":\"id\",\"delete_where_values\":[\"1\"],\"delete_where_operator\":"    \
    "\"ne\",\"distribution_key\":[\"id\"],\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}],"         \
    "\"column_metadata\":{\"id\":[{\"key\":\"k\",\"value\":\"v\"}]},\"write_always\":true,"        \
    "\"tags\":[\"a\"],\"description\":\"d\"}"
#define NATIVE                                                                                     \
    "{\"manifest_type\":\"output\",\"destination\":\"in.c-main.orders\",\"incremental\":true,"     \
    "\"has_header\":true,\"description\":\"d\",\"table_metadata\":{\"k\":\"v\"},\"schema\":[{"     \
    "\"name\":\"id\",\"data_type\":{\"base\":{\"type\":\"INTEGER\",\"length\":\"38\",\"default\":" \
    "\"0\"},\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"38,0\",\"default\":\"0\"},"            \
    "\"bigquery\":{\"type\":\"INT64\"}},\"nullable\":false,\"primary_key\":true,"                  \
    "\"distribution_key\":true,\"description\":\"d\",\"metadata\":{\"k\":\"v\"}}],"                \
    "\"delete_where\":[{\"changed_since\":\"-7 days\",\"changed_until\":\"-1 day\","               \
    "\"where_filters\":[{\"column\":\"id\",\"operator\":\"eq\",\"values_from_set\":[\"1\"]},"      \
    "{\"column\":\"id\",\"values_from_workspace\":{\"workspace_id\":\"1\",\"table\":\"t\","        \
    "\"column\":\"c\"}},{\"column\":\"id\",\"values_from_storage\":{\"bucket_id\":\"in.c-a\","     \
    "\"table\":\"t\",\"column\":\"c\"}}]}]}"
#define INPUT                                                                                      \
    "{\"id\":\"in.c-main.t\",\"uri\":\"https://storage.example/"                                   \
    "t\",\"name\":\"t\",\"primary_key\":"                                                          \
    "[\"id\"],\"distribution_key\":[],\"created\":\"2026-01-01T00:00:00+0100\","                   \
    "\"last_change_date\":\"2026-01-01T00:00:00+0100\",\"last_import_date\":null,\"columns\":["    \
    "\"id\"],\"metadata\":[{\"id\":\"1\",\"key\":\"k\",\"value\":\"v\",\"provider\":\"p\","        \
    "\"timestamp\":\"2026-01-01T00:00:00+0100\"}],\"column_metadata\":{\"id\":[{\"id\":\"1\","     \
    "\"key\":\"k\",\"value\":\"v\",\"provider\":\"p\",\"timestamp\":\"t\"}]},\"description\":"     \
    "\"d\",\"schema\":[{\"name\":\"id\",\"data_type\":{\"base\":{\"type\":\"INTEGER\"},"           \
    "\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"38,0\",\"default\":\"0\"}},\"nullable\":"     \
    "false,\"primary_key\":true,\"description\":\"d\"}],\"indexed_columns\":[\"id\"],"             \
    "\"rows_count\":9007199254740993,\"data_size_bytes\":1,\"is_alias\":false,\"attributes\":[],"  \
    "\"s3\":{\"isSliced\":true,\"region\":\"r\",\"bucket\":\"b\",\"key\":\"exp-2/x.manifest\","    \
    "\"credentials\":{\"access_key_id\":\"a\",\"secret_access_key\":\"s\",\"session_token\":"      \
    "\"t\"}}}"
#define INPUT_ABS                                                                                  \
    "{\"abs\":{\"is_sliced\":true,\"region\":\"r\",\"container\":\"c\",\"name\":\"x.manifest\","   \
    "\"credentials\":{\"sas_connection_string\":\"s\",\"expiration\":\"2026-01-01T00:00:00\"}}}"
#define FILE_INPUT                                                                                 \
    "{\"id\":75807542,\"name\":\"f.csv\",\"created\":\"2026-01-01T00:00:00+0100\",\"is_public\":"  \
    "false,\"is_encrypted\":true,\"is_sliced\":false,\"tags\":[\"a\"],\"max_age_days\":15,"        \
    "\"size_bytes\":563416}"
#define FILE_OUTPUT                                                                                \
    "{\"tags\":[\"a\"],\"is_public\":false,\"is_permanent\":true,\"is_encrypted\":true,"           \
    "\"notify\":false}"

static const struct {
    const char *text;
    enum csvk_manifest_kind kind;
    const char *fields; /* that must have their type, each with what it is replaced by */
} whole[] = {
    {LEGACY, CSVK_MANIFEST_OUT_TABLE,
     "destination=1 columns=1 columns[0]={} primary_key=1 incremental=1 deduplication_strategy=1 "
     "unload_strategy=1 delimiter=1 enclosure=1 has_header=1 delete_where_column=1 "
     "delete_where_values=1 delete_where_values[0]={} delete_where_operator=1 distribution_key=1 "
     "metadata=1 metadata[0]=1 metadata[0].key={} metadata[0].value={} column_metadata=1 "
     "column_metadata.id=1 column_metadata.id[0]=1 write_always=1 tags=1 description={}"},
    {NATIVE, CSVK_MANIFEST_OUT_TABLE,
     "manifest_type={} has_header=1 table_metadata=1 table_metadata.k={} schema=1 schema[0]=1 "
     "schema[0].name={} schema[0].data_type=1 schema[0].data_type.base=1 "
     "schema[0].data_type.base.type=1 schema[0].data_type.base.length={} "
     "schema[0].data_type.base.default={} schema[0].data_type.snowflake=1 "
     "schema[0].data_type.snowflake.length={} schema[0].data_type.snowflake.default={} "
     "schema[0].data_type.bigquery=1 schema[0].data_type.bigquery.type=1 schema[0].nullable=1 "
     "schema[0].primary_key=1 schema[0].distribution_key=1 schema[0].description={} "
     "schema[0].metadata=1 schema[0].metadata.k={} delete_where=1 delete_where[0]=1 "
     "delete_where[0].changed_since=1 delete_where[0].changed_until=1 "
     "delete_where[0].where_filters=1 delete_where[0].where_filters[0]=1 "
     "delete_where[0].where_filters[0].column=1 delete_where[0].where_filters[0].operator=1 "
     "delete_where[0].where_filters[0].values_from_set=1 "
     "delete_where[0].where_filters[1].values_from_workspace=1 "
     "delete_where[0].where_filters[1].values_from_workspace.workspace_id=1 "
     "delete_where[0].where_filters[1].values_from_workspace.table=1 "
     "delete_where[0].where_filters[1].values_from_workspace.column=1 "
     "delete_where[0].where_filters[2].values_from_storage=1 "
     "delete_where[0].where_filters[2].values_from_storage.bucket_id=1 "
     "delete_where[0].where_filters[2].values_from_storage.table=1 "
     "delete_where[0].where_filters[2].values_from_storage.column=1"},
    {INPUT, CSVK_MANIFEST_IN_TABLE,
     "id=1 uri=1 name=1 primary_key=1 distribution_key=1 created=1 last_change_date=1 "
     "last_import_date=1 columns=1 metadata=1 metadata[0].key=1 column_metadata=1 description=1 "
     "schema=1 schema[0].name=1 s3=1 s3.isSliced=1 s3.region=1 s3.bucket=1 s3.key=1 "
     "s3.credentials=1 s3.credentials.access_key_id=1 s3.credentials.secret_access_key=1 "
     "s3.credentials.session_token=1"},
    {INPUT_ABS, CSVK_MANIFEST_IN_TABLE,
     "abs=1 abs.is_sliced=1 abs.region=1 abs.container=1 abs.name=1 abs.credentials=1 "
     "abs.credentials.sas_connection_string=1"},
    {FILE_INPUT, CSVK_MANIFEST_IN_FILE,
     "name=1 created=1 is_public=1 is_encrypted=1 is_sliced=1 tags=1"},
    {FILE_OUTPUT, CSVK_MANIFEST_OUT_FILE,
     "tags=1 tags[0]={} is_public=1 is_permanent=1 is_encrypted=1 notify=1"},
};

static void judge(const char *text, enum csvk_manifest_kind kind, struct csvk_findings *findings)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = kind;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_check(manifest, &how, findings), CSVK_OK);
    csvk_manifest_free(manifest);
}

START_TEST(every_field_is_accepted)
{
    struct csvk_findings findings = {0};
    judge(whole[_i].text, whole[_i].kind, &findings);
    ck_assert_msg(findings.errors == 0, "%s", findings.count > 0 ? findings.item[0].message : "");
    csvk_findings_release(&findings);
}
END_TEST

/* The item that `path` ("a[0].b") names; must be there. */
static cJSON *item_at(cJSON *root, const char *path)
{
    cJSON *item = root;
    while (*path != '\0') {
        char name[64] = "";
        size_t n = strcspn(path, ".[");
        ck_assert_uint_lt(n, sizeof name);
        memcpy(name, path, n);
        item = n > 0 ? cJSON_GetObjectItemCaseSensitive(item, name) : item;
        path += n;
        while (item != NULL && *path == '[') {
            item = cJSON_GetArrayItem(item, (int)strtol(path + 1, NULL, 10));
            path = strchr(path, ']') + 1;
        }
        ck_assert_msg(item != NULL, "no item at %s", path);
        path += *path == '.';
    }
    return item;
}

/* Puts `value` in the place of `item`, whose name stays. */
static void put(cJSON *item, const char *value)
{
    cJSON *wrong = cJSON_Parse(value);
    cJSON_Delete(item->child);
    item->child = wrong->child;
    item->type = wrong->type;
    item->valueint = wrong->valueint;
    item->valuedouble = wrong->valuedouble;
    wrong->child = NULL;
    cJSON_Delete(wrong);
}

static void spoil(const char *text, enum csvk_manifest_kind kind, const char *path,
                  const char *value)
{
    struct csvk_findings findings = {0};
    cJSON *root = cJSON_Parse(text);
    put(item_at(root, path), value);
    char *spoiled = cJSON_PrintUnformatted(root);
    judge(spoiled, kind, &findings);
    bool reported = false;
    for (size_t i = 0; i < findings.count; i++) {
        const struct csvk_finding *finding = &findings.item[i];
        reported =
            reported || (finding->severity == CSVK_ERROR && strncmp(finding->path, "$.", 2) == 0 &&
                         strcmp(finding->path + 2, path) == 0);
    }
    ck_assert_msg(reported, "%s = %s: not reported at its place, but %zu findings, the first at %s",
                  path, value, findings.count, findings.count > 0 ? findings.item[0].path : "-");
    free(spoiled);
    cJSON_Delete(root);
    csvk_findings_release(&findings);
}

START_TEST(every_field_is_reported_when_it_has_another_type)
{
    char *fields = strdup(whole[_i].fields), *rest = NULL;
    for (char *field = strtok_r(fields, " ", &rest); field != NULL;
         field = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(field, '=');
        *equals = '\0';
        spoil(whole[_i].text, whole[_i].kind, field, equals + 1);
    }
    free(fields);
}
END_TEST

int main(void)
{
    enum { WHOLE = sizeof whole / sizeof whole[0] };
    Suite *suite = suite_create("manifest_fields");
    TCase *tcase = tcase_create("manifest_fields");
    tcase_add_loop_test(tcase, every_field_is_accepted, 0, WHOLE);
    tcase_add_loop_test(tcase, every_field_is_reported_when_it_has_another_type, 0, WHOLE);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
