/*
 * test_manifest_memory.c - every allocation fails once, in turn, cJSON's among them: each function
 * answers CSVK_ENOMEM or does all of its work, and nothing is leaked.
 */
#include "manifest/manifest.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <cjson/cJSON.h>

enum { MANY = 20000 }; /* more allocations than any of these needs */

static const char legacy[] =
    "{\"destination\":\"in.c-m.t\",\"columns\":[\"a\",\"b c\",\"B-c\"],\"primary_key\":[\" a "
    "\",\"x\"],"
    "\"n\":1.50,\"metadata\":[{\"key\":\"k\",\"value\":\"v\"},{\"key\":\"KBC.description\","
    "\"value\":"
    "\"d\"}],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\",\"value\":\"STRING\"},"
    "{\"key\":\"KBC.datatype.nullable\",\"value\":\"1\"},{\"key\":\"z\",\"value\":1}]},\"x y\":{},"
    "\"delete_where_column\":\"a\",\"delete_where_values\":[\"1\"],\"tags\":[\"t\"]}";
static const char native[] =
    "{\"schema\":[{\"name\":\"a\",\"primary_key\":true,\"description\":\"d\",\"data_type\":{"
    "\"base\":{"
    "\"type\":\"STRING\"},\"redshift\":{}},\"metadata\":{\"k\":\"v\"}}],\"table_metadata\":{\"k\":"
    "\"v\"},\"description\":\"d\",\"s3\":{\"credentials\":{\"a\":\"b\"}}}";

/* One run of everything with `text`; answers the first status that is not CSVK_OK. */
static int run(const char *text, enum csvk_generation to)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL, *converted = NULL, *merged = NULL;
    struct csvk_manifest_table table = {0};
    struct csvk_manifest_judge judge;
    struct csvk_buf out = CSVK_BUF_INIT;
    size_t replaced = 0;
    csvk_manifest_judge_init(&judge);
    judge.kind = CSVK_MANIFEST_OUT_TABLE;
    judge.name = "t.csv";
    judge.support = CSVK_SUPPORT_AUTHORITATIVE;
    int status = csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL);
    status = status == CSVK_OK ? csvk_manifest_check(manifest, &judge, &findings) : status;
    status = status == CSVK_OK ? csvk_manifest_table(manifest, &table) : status;
    status = status == CSVK_OK ? csvk_manifest_convert(&converted, manifest, to, NULL, &findings)
                               : status;
    status =
        status == CSVK_OK ? csvk_manifest_merge(&merged, manifest, converted, &findings) : status;
    status = status == CSVK_OK ? csvk_manifest_redact(manifest, &replaced) : status;
    status = status == CSVK_OK ? csvk_manifest_print(merged, &out) : status;
    csvk_buf_release(&out);
    csvk_manifest_table_release(&table);
    csvk_manifest_free(manifest);
    csvk_manifest_free(converted);
    csvk_manifest_free(merged);
    csvk_findings_release(&findings);
    return status;
}

static int run_create(enum csvk_generation generation)
{
    char *names[] = {(char[]){"a"}, (char[]){"b"}};
    struct csvk_strings columns = {names, 2, 2}, key = {names, 1, 1};
    struct csvk_manifest_pair pairs[] = {{NULL, names[0], names[1]},
                                         {names[0], names[0], names[1]}};
    struct csvk_manifest_type type = {"a", "STRING", "5", CSVK_YES};
    struct csvk_manifest_options options;
    struct csvk_manifest *manifest = NULL;
    csvk_manifest_options_init(&options);
    options.generation = generation;
    options.columns = &columns;
    options.primary_key = &key;
    options.description = "d";
    options.destination = "in.c-m.t";
    options.pairs = pairs;
    options.npairs = 2;
    options.types = &type;
    options.ntypes = 1;
    options.incremental = true;
    int status = csvk_manifest_create(&manifest, &options, NULL);
    csvk_manifest_free(manifest);
    return status;
}

static int run_destination(void)
{
    struct csvk_destination got;
    int status = csvk_destination_resolve("a.csv", "t", NULL, "in.c-x", &got);
    csvk_destination_release(&got);
    if (status == CSVK_OK) {
        status = csvk_destination_resolve("a.b.csv", NULL, NULL, "in.c-x", &got);
        csvk_destination_release(&got);
    }
    return status;
}

static int run_case(int i)
{
    switch (i) {
    case 0: return run(legacy, CSVK_GENERATION_NATIVE);
    case 1: return run(native, CSVK_GENERATION_LEGACY);
    case 2: return run_create(CSVK_GENERATION_LEGACY);
    case 3: return run_create(CSVK_GENERATION_NATIVE);
    default: return run_destination();
    }
}

START_TEST(memory_may_end_anywhere)
{
    cJSON_Hooks hooks = {csvk_malloc, csvk_free};
    cJSON_InitHooks(&hooks);
    long n = 0;
    for (; n < MANY; n++) {
        alloc_alive = 0;
        alloc_countdown = n;
        int status = run_case(_i);
        ck_assert_msg(alloc_alive == 0, "allocation %ld: %ld blocks leaked", n, alloc_alive);
        if (alloc_countdown >= 0) {
            ck_assert_int_eq(status, CSVK_OK);
            break; /* it needed no more than n */
        }
        ck_assert_msg(status == CSVK_ENOMEM, "allocation %ld: status %d", n, status);
    }
    ck_assert_int_lt(n, MANY);
    ck_assert_int_gt(n, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest memory");
    TCase *tcase = tcase_create("memory");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, memory_may_end_anywhere, 0, 5);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
