/*
 * test_schema_declared.c - what a schema file can declare: a schema gives back what was put into
 * it, from copies of its own.
 */
#include "csvkit/schema/schema.h"
#include "tests/support/support.h"

#include <string.h>

static struct csvk_strings list_of(const char *first, const char *second)
{
    struct csvk_strings list = {0};
    ck_assert_int_eq(csvk_strings_add(&list, first), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&list, second), CSVK_OK);
    return list;
}

START_TEST(a_column_is_copied_whole)
{
    struct csvk_schema *schema = NULL;
    char text[] = "01";
    struct csvk_strings list = list_of("yes", "ano");
    struct csvk_schema_column column = {.size = sizeof column, .name = "a"};
    column.type = CSVK_VALUE_TABLE_LIST;
    column.item_type = CSVK_VALUE_TABLE_DATE;
    column.title = column.description = column.format = column.decimal_char = text;
    column.group_char = column.separator = column.minimum = column.maximum = text;
    column.exclusive_minimum = column.exclusive_maximum = column.pattern = text;
    column.default_value = text;
    column.titles = column.missing = column.true_words = &list;
    column.false_words = column.values = &list;
    column.length_limit = 3;
    ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
    text[0] = 'x';
    csvk_strings_release(&list);
    struct csvk_schema_column got = {.size = sizeof got};
    ck_assert_int_eq(csvk_schema_at(schema, 0, CSVK_BACKEND_PORTABLE, &got, NULL), CSVK_OK);
    const char *const texts[] = {
        got.title,     got.description,  got.format,  got.decimal_char,      got.group_char,
        got.separator, got.minimum,      got.maximum, got.exclusive_minimum, got.exclusive_maximum,
        got.pattern,   got.default_value};
    const struct csvk_strings *const lists[] = {got.titles, got.missing, got.true_words,
                                                got.false_words, got.values};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_str_eq(texts[i], "01");
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        ck_assert_uint_eq(lists[i]->count, 2);
        ck_assert_str_eq(lists[i]->item[1], "ano");
    }
    ck_assert_uint_eq(got.item_type, CSVK_VALUE_TABLE_DATE);
    ck_assert_uint_eq(got.length_limit, 3);
    ck_assert_ptr_null(got.declared);
    csvk_schema_free(schema);
}
END_TEST

START_TEST(a_table_has_keys_and_references)
{
    struct csvk_schema *schema = NULL;
    struct csvk_error err = {0};
    struct csvk_strings two = list_of("a", "b"), none = {0};
    struct csvk_schema_table table = {.size = sizeof table}, got = {.size = sizeof got};
    ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_get_table(schema, &got, NULL), CSVK_OK);
    ck_assert_ptr_null(got.primary_key);
    table.kind = CSVK_SCHEMA_CSVW;
    table.fields_match = CSVK_MATCH_PARTIAL;
    table.primary_key = &two;
    table.missing = &none;
    table.name = "orders";
    for (int i = 0; i < 2; i++) { /* the second time it replaces */
        ck_assert_int_eq(csvk_schema_set_table(schema, &table, NULL), CSVK_OK);
    }
    ck_assert_int_eq(csvk_schema_get_table(schema, &got, NULL), CSVK_OK);
    ck_assert_str_eq(got.primary_key->item[1], "b");
    ck_assert_uint_eq(got.missing->count, 0);
    ck_assert_uint_eq(got.fields_match, CSVK_MATCH_PARTIAL);
    table.fields_match = 9;
    ck_assert_int_eq(csvk_schema_set_table(schema, &table, &err), CSVK_EUSAGE);
    for (size_t i = 0; i < 9; i++) {
        ck_assert_int_eq(csvk_schema_add_unique(schema, &two, NULL), CSVK_OK);
    }
    ck_assert_int_eq(csvk_schema_add_unique(schema, &none, &err), CSVK_EUSAGE);
    ck_assert_uint_eq(csvk_schema_unique_count(schema), 9);
    ck_assert_str_eq(csvk_schema_unique_at(schema, 8)->item[0], "a");
    ck_assert_ptr_null(csvk_schema_unique_at(schema, 9));
    struct csvk_schema_reference reference = {.size = sizeof reference, .resource = "items"};
    reference.columns = &two;
    ck_assert_int_eq(csvk_schema_add_reference(schema, &reference, &err), CSVK_EUSAGE);
    reference.referenced = &two;
    ck_assert_int_eq(csvk_schema_add_reference(schema, &reference, NULL), CSVK_OK);
    csvk_strings_release(&two);
    struct csvk_schema_reference back = {.size = sizeof back};
    ck_assert_uint_eq(csvk_schema_reference_count(schema), 1);
    ck_assert_int_eq(csvk_schema_reference_at(schema, 0, &back, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_reference_at(schema, 1, &back, &err), CSVK_EUSAGE);
    ck_assert_str_eq(back.resource, "items");
    ck_assert_str_eq(back.referenced->item[1], "b");
    ck_assert_ptr_null(back.path);
    csvk_schema_free(schema);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema declared");
    TCase *tc = tcase_create("declared");
    tcase_add_test(tc, a_column_is_copied_whole);
    tcase_add_test(tc, a_table_has_keys_and_references);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
