/*
 * test_table_definition.c - what several say about one table, who has the last word, and the rules
 * that follow for its data.
 */
#include "manifest/table_definition.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct csvk_table_definition table;
static struct csvk_findings findings;
static struct csvk_validate_options rules;
static char folder[] = "/tmp/csvkit-definition-XXXXXX";

static void enter(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    csvk_table_definition_init(&table);
    csvk_validate_options_init(&rules);
    findings = (struct csvk_findings){0};
}

static void leave(void)
{
    char command[96];
    csvk_table_definition_release(&table);
    csvk_validate_options_release(&rules);
    csvk_findings_release(&findings);
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static struct csvk_manifest *parse(const char *text)
{
    struct csvk_manifest *manifest = NULL;
    if (text != NULL) {
        ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL),
                         CSVK_OK);
    }
    return manifest;
}

static void take(const char *manifest, const char *mapping)
{
    struct csvk_manifest *a = parse(manifest), *b = parse(mapping);
    ck_assert_int_eq(csvk_table_definition_take(&table, a, b, NULL, &findings, NULL), CSVK_OK);
    csvk_manifest_free(a);
    csvk_manifest_free(b);
}

START_TEST(nobody_says_anything)
{
    take(NULL, NULL);
    ck_assert(table.header && table.header_by == CSVK_TOLD_BY_DEFAULT && !table.header_stated);
    ck_assert(table.columns.count == 0 && table.destination == NULL && table.ntypes == 0);
    ck_assert(table.incremental == CSVK_UNSET && table.nmetadata == 0);
}
END_TEST

START_TEST(a_manifest_says_all)
{
    take("{\"columns\":[\"id\",\"n\"],\"has_header\":true,\"primary_key\":[\"id\"],\"delimiter\":"
         "\";\",\"destination\":\"in.c-m.t\",\"incremental\":true,\"metadata\":[{\"key\":\"k\","
         "\"value\":\"v\"}],\"column_metadata\":{\"n\":[{\"key\":\"KBC.datatype.basetype\","
         "\"value\":\"NUMERIC\"},{\"key\":\"KBC.datatype.length\",\"value\":\"38,9\"},{\"key\":"
         "\"KBC.datatype.nullable\",\"value\":\"0\"},{\"key\":\"x\",\"value\":\"y\"}]}}",
         NULL);
    ck_assert(table.header && table.header_skipped && table.header_stated);
    ck_assert_int_eq(table.header_by, CSVK_TOLD_BY_MANIFEST);
    ck_assert_int_eq(table.columns_by, CSVK_TOLD_BY_MANIFEST);
    ck_assert_int_eq(table.key_by, CSVK_TOLD_BY_MANIFEST);
    ck_assert_int_eq(table.dialect.delimiter, ';');
    ck_assert_str_eq(table.destination, "in.c-m.t");
    ck_assert_int_eq(table.destination_by, CSVK_TOLD_BY_MANIFEST);
    ck_assert(table.incremental == CSVK_YES && table.incremental_by == CSVK_TOLD_BY_MANIFEST);
    ck_assert_uint_eq(table.nmetadata, 5);
    ck_assert_int_eq(table.metadata_by, CSVK_TOLD_BY_MANIFEST);
    ck_assert_uint_eq(table.ntypes, 1);
    ck_assert_str_eq(table.types[0].column, "n");
    ck_assert_str_eq(table.types[0].type, "NUMERIC");
    ck_assert_str_eq(table.types[0].length, "38,9");
    ck_assert_int_eq(table.types[0].nullable, CSVK_NO);
    ck_assert_int_eq(table.types[0].by, CSVK_TOLD_BY_MANIFEST);
}
END_TEST

START_TEST(a_native_manifest_has_types)
{
    take(
        "{\"schema\":[{\"name\":\"id\",\"primary_key\":true,\"nullable\":false,\"data_type\":{"
        "\"base\":{\"type\":\"INTEGER\"}}},{\"name\":\"n\"},{\"name\":\"m\",\"data_type\":{\"base\""
        ":{\"type\":\"STRING\",\"length\":\"9\"}}}]}",
        "{\"source\":\"x\",\"schema\":[{\"name\":\"m\",\"data_type\":{\"base\":{\"type\":\"DATE\"}}"
        "}]}");
    ck_assert(table.columns.count == 3 && table.primary_key.count == 1 && table.ntypes == 2);
    ck_assert_str_eq(table.types[0].column, "id");
    ck_assert(table.types[0].length == NULL && table.types[0].nullable == CSVK_NO);
    ck_assert_int_eq(table.types[0].by, CSVK_TOLD_BY_MANIFEST);
    ck_assert_str_eq(table.types[1].type, "DATE");
    ck_assert_int_eq(table.types[1].by, CSVK_TOLD_BY_MAPPING);
}
END_TEST

/* The mapping wins key by key, but not with what counts as nothing. */
START_TEST(a_mapping_wins)
{
    take("{\"columns\":[\"a\"],\"primary_key\":[\"a\"],\"destination\":\"x\",\"delimiter\":\";\","
         "\"incremental\":true}",
         "{\"source\":\"x\",\"columns\":[\"b\",\"c\"],\"has_header\":true,\"destination\":"
         "\"in.c-m.t\",\"delimiter\":\",\",\"incremental\":false,\"primary_key\":[]}");
    ck_assert(table.columns.count == 2 && table.columns_by == CSVK_TOLD_BY_MAPPING);
    ck_assert(table.header && table.header_skipped && table.header_by == CSVK_TOLD_BY_MAPPING);
    ck_assert_str_eq(table.destination, "in.c-m.t");
    ck_assert_int_eq(table.destination_by, CSVK_TOLD_BY_MAPPING);
    ck_assert_int_eq(table.dialect.delimiter, ';');
    ck_assert(table.incremental == CSVK_YES && table.incremental_by == CSVK_TOLD_BY_MANIFEST);
    ck_assert(table.primary_key.count == 1 && table.key_by == CSVK_TOLD_BY_MANIFEST);
    take("{\"columns\":[\"a\"]}", NULL); /* a later word takes the place of an earlier one */
    ck_assert(table.columns.count == 1 && table.destination == NULL && table.nmetadata == 0);
    ck_assert(!table.header && table.header_by == CSVK_TOLD_BY_MANIFEST && !table.header_skipped);
}
END_TEST

static const char *first_names(void)
{
    static char text[64];
    text[0] = '\0';
    for (size_t i = 0; i < table.first_names.count; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s;", table.first_names.item[i]);
    }
    return text;
}

static void look(const char *data)
{
    put("slice", data);
    ck_assert_int_eq(csvk_table_definition_look(&table, "slice", NULL), CSVK_OK);
}

START_TEST(the_first_slice_is_looked_at)
{
    ck_assert_int_eq(csvk_table_definition_look(&table, NULL, NULL), CSVK_OK);
    ck_assert(!table.header);
    look("id,n\n1,a\n");
    ck_assert_str_eq(first_names(), "id;n;");
    ck_assert(!table.header); /* a guess is not more than a guess */
    look("Ann,Bob\nCyd,Dan\n");
    ck_assert_str_eq(first_names(), "");
    look("id\n1\n2\n");
    ck_assert_str_eq(first_names(), ""); /* one value proves nothing */
    look("");
    ck_assert_str_eq(first_names(), "");
    ck_assert_int_eq(csvk_table_definition_look(&table, "nowhere", NULL), CSVK_OK);
    table.dialect.delimiter = ';'; /* another table than the one that is described */
    look("id,n\n1,a\n");
    ck_assert_str_eq(first_names(), "");
}
END_TEST

START_TEST(who_has_spoken_is_not_doubted)
{
    table.header = false;
    table.header_by = CSVK_TOLD_BY_OPTION;
    table.header_stated = true;
    look("id,n\n1,a\n");
    ck_assert_str_eq(first_names(), "");
    table.header = true;
    look("Ann\nCyd\n");
    ck_assert_str_eq(first_names(), "Ann;");
    take("{\"columns\":[\"id\",\"n\"]}", NULL);
    look("id,n\n1,a\n");
    ck_assert_str_eq(first_names(), "");
    take("{\"columns\":[\"id\",\"n\"],\"has_header\":true}", NULL);
    look("ID,n\n1,a\n");
    ck_assert_str_eq(first_names(), "ID;n;");
}
END_TEST

static void next(void)
{
    ck_assert_int_eq(csvk_table_definition_rules(&table, &rules, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_table_definition_next(&table, &rules, NULL), CSVK_OK);
}

START_TEST(rules_for_the_files_after_the_first)
{
    ck_assert_int_eq(csvk_strings_add(&table.columns, "a"), CSVK_OK);
    table.columns_by = CSVK_TOLD_BY_OPTION;
    ck_assert_int_eq(csvk_table_definition_rules(&table, &rules, NULL), CSVK_OK);
    ck_assert_uint_eq(rules.columns_are, CSVK_COLUMNS_JUDGED);
    ck_assert_int_eq(csvk_table_definition_next(&table, &rules, NULL), CSVK_OK);
    ck_assert_uint_eq(rules.columns_are, 0); /* told once */
    take("{\"columns\":[\"id\",\"n\"],\"has_header\":true}", NULL);
    look("ID,n\n1,a\n");
    next();
    ck_assert_str_eq(rules.first_header.item[0], "ID");
    ck_assert(rules.header == CSVK_SKIPPED_HEADER && rules.columns.count == 2);
    look("1,a\n");
    next();
    ck_assert_str_eq(rules.first_header.item[0], "1");
    take(NULL, NULL);
    look("id,n\n1,a\n");
    next();
    ck_assert_uint_eq(rules.columns_are, CSVK_COLUMNS_OF_SLICE);
    ck_assert_uint_eq(rules.first_header.count, 0);
    ck_assert(rules.header == CSVK_NO_HEADER && rules.columns.count == 2);
    table.header = true;
    table.header_by = CSVK_TOLD_BY_OPTION;
    next();
    ck_assert_uint_eq(rules.columns_are, 0);
    ck_assert(rules.header == CSVK_HEADER && rules.columns.count == 2);
}
END_TEST

/* A program of the first headers has no room for what came later, and nothing is lost for it. */
START_TEST(a_short_struct)
{
    struct csvk_manifest *manifest = parse("{\"destination\":\"x\",\"columns\":[\"a\"]}");
    csvk_table_definition_init_sized(&table, offsetof(struct csvk_table_definition, destination));
    table.destination = (char *)1;
    ck_assert_int_eq(csvk_table_definition_take(&table, manifest, NULL, NULL, &findings, NULL),
                     CSVK_OK);
    ck_assert(table.destination == (char *)1 && table.columns.count == 1);
    csvk_manifest_free(manifest);
    csvk_table_definition_release(&table);
    csvk_table_definition_init(&table);
}
END_TEST

START_TEST(what_a_manifest_says_in_vain_is_a_warning)
{
    static const char text[] =
        "{\"has_header\":true,\"incremental\":true,\"colums\":[],\"schema\":[{\"name\":\"a\","
        "\"data_type\":{\"base\":{\"type\":\"TIMESTAMP\",\"length\":\"3\"}}},"
        "{\"data_type\":{\"base\":{\"type\":\"DATE\"}}}]}";
    static const char *const places[] = {"$.colums", "$.schema[0].data_type.base.length",
                                         "$.schema[1]"};
    put("t.csv.manifest", text);
    ck_assert_int_eq(csvk_table_definition_find(&table, "t.csv", NULL), CSVK_OK);
    for (size_t i = 0; i < 2; i++) { /* the length is none on BigQuery */
        table.backend = i == 0 ? CSVK_BACKEND_SNOWFLAKE : CSVK_BACKEND_BIGQUERY;
        ck_assert_int_eq(csvk_table_definition_read(&table, "t.csv", &findings, NULL), CSVK_OK);
        ck_assert_uint_eq(findings.count,
                          i + 2); /* that it appends without a key is another matter */
        ck_assert_uint_eq(findings.errors, 0);
        ck_assert_uint_eq(findings.warnings, i + 2);
        for (size_t k = 0; k < findings.count; k++) {
            ck_assert_str_eq(findings.item[k].path, places[i == 0 && k == 1 ? 2 : k]);
        }
        csvk_findings_release(&findings);
    }
    ck_assert_str_eq(table.columns.item[0], "a");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table_definition");
    TCase *tcase = tcase_create("table_definition");
    tcase_add_checked_fixture(tcase, enter, leave);
    tcase_add_test(tcase, nobody_says_anything);
    tcase_add_test(tcase, a_manifest_says_all);
    tcase_add_test(tcase, a_native_manifest_has_types);
    tcase_add_test(tcase, a_mapping_wins);
    tcase_add_test(tcase, the_first_slice_is_looked_at);
    tcase_add_test(tcase, who_has_spoken_is_not_doubted);
    tcase_add_test(tcase, rules_for_the_files_after_the_first);
    tcase_add_test(tcase, a_short_struct);
    tcase_add_test(tcase, what_a_manifest_says_in_vain_is_a_warning);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
