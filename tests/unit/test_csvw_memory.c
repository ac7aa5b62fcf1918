/*
 * test_csvw_memory.c - CSVW under an allocator that fails: every allocation of reading metadata,
 * judging a table and its foreign key fails once, in turn. The answer is CSVK_ENOMEM, and nothing
 * is leaked. And what a foreign key takes.
 */
#include "csvkit/schema/read/csvw_metadata.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"
#include "validator/foreign_keys.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <unistd.h>

enum { MANY = 20000 }; /* more allocations than any of these needs */

static char folder[64];

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%.63s/%.30s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_files(void)
{
    const char *room = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/csvw.XXXXXX", room != NULL ? room : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file(
        "m.json",
        "{\"@context\":[\"http://www.w3.org/ns/csvw\",{\"@language\":\"en\",\"@base\":\"./\"}],"
        "\"dc:title\":{\"@value\":\"x\",\"@language\":\"en\"},\"foo\":1,\"tables\":["
        "{\"url\":\"a.csv\",\"dialect\":{\"delimiter\":\",\"},\"tableSchema\":{\"columns\":["
        "{\"name\":\"id\",\"titles\":{\"en\":[\"id\",\"ID\"]},\"datatype\":{\"base\":"
        "\"integer\",\"format\":\"#,##0\",\"minimum\":1}},{\"titles\":\"t\",\"null\":[\"-\"],"
        "\"separator\":\";\",\"default\":\"d\",\"datatype\":{\"base\":\"string\",\"format\":"
        "\"^[a-d]+$\"}}],\"primaryKey\":\"id\"}},"
        "{\"url\":\"b.csv\",\"tableSchema\":\"s.json\"}]}");
    write_file("s.json",
               "{\"columns\":[{\"name\":\"a\",\"titles\":\"a\",\"datatype\":\"decimal\"}],"
               "\"foreignKeys\":[{\"columnReference\":\"a\",\"reference\":{\"resource\":\"a.csv\","
               "\"columnReference\":\"id\"}}]}");
    write_file("a.csv", "id,t\n1,a;b\n2,\n3,-\n3,c\n");
    write_file("b.csv", "a\n1.0\n3\n4\n\"\"\n");
}

static void remove_files(void)
{
    static const char *const names[] = {"m.json", "s.json", "a.csv", "b.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(unlink(path_of(names[i])), 0);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static void options_of(const struct csvw_table *table, struct csvk_validate_options *options)
{
    csvk_validate_options_init(options);
    options->dialect = table->dialect.bytes;
    options->schema = csvk_schema_share(table->schema);
}

static int judge_keys(const struct csvw_metadata *metadata, bool exactly_one, bool null_refers,
                      uint64_t memory, struct csvk_findings *findings)
{
    struct csvk_validate_options a, b;
    options_of(&metadata->table[0], &a);
    options_of(&metadata->table[1], &b);
    const struct csvw_foreign_key *key = &metadata->table[1].foreign_key[0];
    struct foreign_key_check check = {
        .from = {metadata->table[1].path, NULL, NULL, &b, &key->columns},
        .to = {metadata->table[key->table].path, NULL, NULL, &a, &key->referenced},
        .exactly_one = exactly_one,
        .null_refers = null_refers,
        .memory = memory,
    };
    int status = foreign_key_judge(&check, findings, NULL);
    csvk_validate_options_release(&a);
    csvk_validate_options_release(&b);
    return status;
}

static int judge_table(const struct csvw_metadata *metadata, uint64_t *errors)
{
    struct csvk_validate_options options;
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    options_of(&metadata->table[0], &options);
    int status = csvk_source_open(&source, metadata->table[0].path, NULL);
    status = status == CSVK_OK ? csvk_validate_source(&v, source, &options, NULL, NULL) : status;
    status = status == CSVK_OK ? csvk_validator_report(v, &report, NULL) : status;
    *errors = status == CSVK_OK ? report->errors : 0;
    csvk_validator_free(v);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
    return status;
}

/* Everything once; what was found, as one number. */
static int run(uint64_t *found)
{
    struct csvw_metadata metadata;
    struct csvk_findings findings = {0};
    uint64_t errors = 0;
    int status = csvw_metadata_read(&metadata, path_of("m.json"), NULL);
    if (status == CSVK_OK && metadata.count == 2) {
        status = judge_table(&metadata, &errors);
        status = status == CSVK_OK ? judge_keys(&metadata, true, false, 0, &findings) : status;
    }
    *found = metadata.findings.warnings * 100 + errors * 10 + findings.errors;
    csvk_findings_release(&findings);
    csvw_metadata_release(&metadata);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    cJSON_Hooks hooks = {csvk_malloc, csvk_free};
    uint64_t whole, found;
    long n = 0;
    cJSON_InitHooks(&hooks);
    make_files();
    ck_assert_int_eq(run(&whole), CSVK_OK);
    ck_assert_uint_eq(whole, 102); /* foo; nothing; 3 twice, and 4 */
    for (; n < MANY; n++) {
        alloc_alive = 0;
        alloc_countdown = n;
        int status = run(&found);
        ck_assert_msg(alloc_alive == 0, "allocation %ld: %ld blocks leaked", n, alloc_alive);
        if (alloc_countdown >= 0) {
            ck_assert_int_eq(status, CSVK_OK);
            break; /* it needed no more than n */
        }
        ck_assert_msg(status == CSVK_ENOMEM, "allocation %ld: status %d", n, status);
    }
    alloc_countdown = -1;
    ck_assert_int_lt(n, MANY);
    ck_assert_int_gt(n, 100);
    remove_files();
}
END_TEST

START_TEST(a_foreign_key_takes_what_it_is_told_to)
{
    static const struct {
        bool exactly_one, null_refers;
        uint64_t errors;
    } rows[] = {{false, false, 1}, {true, false, 2}, {false, true, 2}, {true, true, 3}};
    struct csvw_metadata metadata;
    make_files();
    ck_assert_int_eq(csvw_metadata_read(&metadata, path_of("m.json"), NULL), CSVK_OK);
    ck_assert_uint_eq(metadata.count, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csvk_findings findings = {0};
        ck_assert_int_eq(
            judge_keys(&metadata, rows[i].exactly_one, rows[i].null_refers, 0, &findings), CSVK_OK);
        ck_assert_uint_eq(findings.errors, rows[i].errors);
        const struct csvk_finding *last = &findings.item[findings.count - 1];
        ck_assert_str_eq(last->rule->id, "foreign-key");
        ck_assert_uint_eq(last->record, rows[i].null_refers ? 5 : 4);
        ck_assert_uint_eq(last->byte, rows[i].null_refers ? 10 : 8);
        ck_assert_uint_eq(last->line, rows[i].null_refers ? 5 : 4);
        csvk_findings_release(&findings);
    }
    struct csvk_findings findings = {0};
    ck_assert_int_eq(judge_keys(&metadata, true, true, 1, &findings), CSVK_ELIMIT);
    csvw_metadata_release(&metadata);
    remove_files();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csvw_memory");
    TCase *tests = tcase_create("csvw");
    tcase_add_test(tests, every_allocation_may_fail);
    tcase_add_test(tests, a_foreign_key_takes_what_it_is_told_to);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
