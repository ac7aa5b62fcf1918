/* test_manifest_types.c - proposing data types: every kind of value, evidence, merging, splitting.
 */
#include "manifest/types.h"
#include "manifest/manifest.h"

#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

/* Folds a whole text of one or more columns, in windows of `window` bytes. */
static struct csvk_types *fold(const char *text, size_t columns, size_t window)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_types *types = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = window;
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_types_new(&types, columns, &options.dialect), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        ck_assert_int_eq(csvk_types_feed(types, batch, 0), CSVK_OK);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return types;
}

static const struct {
    const char *text; /* one column */
    enum csvk_type type;
    const char *length;
} columns[] = {
    {"1\n2\n", CSVK_TYPE_INTEGER, ""},
    {"0\n-5\n", CSVK_TYPE_INTEGER, ""},
    {"-0\n", CSVK_TYPE_STRING, ""},
    {"007\n", CSVK_TYPE_STRING, ""},
    {"+1\n", CSVK_TYPE_STRING, ""},
    {" 1\n", CSVK_TYPE_STRING, ""},
    {"1 \n", CSVK_TYPE_STRING, ""},
    {"999999999999999999\n", CSVK_TYPE_INTEGER, ""},
    {"1000000000000000000\n", CSVK_TYPE_NUMERIC, ""},
    {"99999999999999999999999999999999999999\n", CSVK_TYPE_NUMERIC, "38,0"},
    {"999999999999999999999999999999999999999\n", CSVK_TYPE_STRING, ""},
    {"1\n1.5\n", CSVK_TYPE_NUMERIC, ""},
    {"0.123456789\n", CSVK_TYPE_NUMERIC, ""},
    {"0.1234567891\n", CSVK_TYPE_NUMERIC, "38,10"},
    {"123456789012345678901234567890\n0.1234567890\n", CSVK_TYPE_STRING, ""},
    {"123456789012345678901234567\n0.1234567890\n", CSVK_TYPE_NUMERIC, "38,10"},
    {"1.\n", CSVK_TYPE_STRING, ""},
    {".5\n", CSVK_TYPE_STRING, ""},
    {"1,5\n", CSVK_TYPE_INTEGER, ""}, /* two fields: the second is not looked at */
    {"\"1,5\"\n", CSVK_TYPE_STRING, ""},
    {"1e5\n", CSVK_TYPE_FLOAT, ""},
    {"1.5E-10\n2\n", CSVK_TYPE_FLOAT, ""},
    {"1e400\n", CSVK_TYPE_STRING, ""},
    {"1e\n", CSVK_TYPE_STRING, ""},
    {"1e5x\n", CSVK_TYPE_STRING, ""},
    {"1.2345678901234567e5\n", CSVK_TYPE_STRING, ""},
    {"NaN\n", CSVK_TYPE_STRING, ""},
    {"true\nFalse\nTRUE\n", CSVK_TYPE_BOOLEAN, ""},
    {"true\n1\n", CSVK_TYPE_STRING, ""},
    {"yes\n", CSVK_TYPE_STRING, ""},
    {"2024-02-29\n", CSVK_TYPE_DATE, ""},
    {"2023-02-29\n", CSVK_TYPE_STRING, ""},
    {"1900-02-29\n", CSVK_TYPE_STRING, ""},
    {"2000-02-29\n", CSVK_TYPE_DATE, ""},
    {"2024-13-01\n", CSVK_TYPE_STRING, ""},
    {"2024-00-01\n", CSVK_TYPE_STRING, ""},
    {"2024-01-32\n", CSVK_TYPE_STRING, ""},
    {"2024-1-1\n", CSVK_TYPE_STRING, ""},
    {"0000-01-01\n", CSVK_TYPE_STRING, ""},
    {"01/02/2024\n", CSVK_TYPE_STRING, ""},
    /* one backend does not promise to take a day as a moment */
    {"2024-01-01\n2024-01-01 10:00:00\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:00:00\n2024-01-01T10:00\n", CSVK_TYPE_TIMESTAMP, ""},
    {"2024-01-01T10:00\n", CSVK_TYPE_TIMESTAMP, ""},
    {"2024-01-01T10:00:00.123456\n", CSVK_TYPE_TIMESTAMP, ""},
    {"2024-01-01T10:00:00.1234567\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01T10:00:00Z\n", CSVK_TYPE_STRING, ""}, /* kept by one, dropped by another */
    {"2024-01-01 24:00:00\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:60:00\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:00:60\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:00:00+01:00\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:00:\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01 10:00:00.\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01x10:00\n", CSVK_TYPE_STRING, ""},
    {"2024-01-01\n5\n", CSVK_TYPE_STRING, ""},
    {"\"1\"\n\"\"\n", CSVK_TYPE_INTEGER, ""},
    {"\"\"\n", CSVK_TYPE_STRING, ""},
    {"", CSVK_TYPE_STRING, ""},
    {"\"a\"\"b\"\n", CSVK_TYPE_STRING, ""},
    {"-\n", CSVK_TYPE_STRING, ""},
    {"1-2\n", CSVK_TYPE_STRING, ""},
};

START_TEST(the_narrowest_type_that_holds_all_is_proposed)
{
    struct csvk_types *types = fold(columns[_i].text, 1, 0);
    const struct csvk_column_types *column = csvk_types_column(types, 0);
    ck_assert_msg(csvk_types_propose(column) == columns[_i].type, "%s: %s", columns[_i].text,
                  csvk_type_name(csvk_types_propose(column)));
    char length[CSVK_TYPE_LENGTH_SIZE];
    csvk_types_length(column, length);
    ck_assert_str_eq(length, columns[_i].length);
    csvk_types_free(types);
}
END_TEST

START_TEST(evidence_names_the_first_value_that_excluded)
{
    struct csvk_types *types = fold("1,a\n,\"\"\n3\n\n4.5,b\nx,c\ny,d\n", 2, 0);
    const struct csvk_column_types *column = csvk_types_column(types, 0);
    ck_assert_uint_eq(column->values, 4);
    ck_assert_uint_eq(column->empty, 1);
    ck_assert_uint_eq(column->first_empty, 2);
    ck_assert_uint_eq(column->longest, 3);
    ck_assert_uint_eq(column->excluded[CSVK_TYPE_INTEGER].record, 5);
    ck_assert_mem_eq(column->excluded[CSVK_TYPE_INTEGER].sample, "4.5", 3);
    ck_assert_uint_eq(column->excluded[CSVK_TYPE_NUMERIC].record, 6);
    ck_assert_uint_eq(column->excluded[CSVK_TYPE_BOOLEAN].record, 1);
    column = csvk_types_column(types, 1);
    ck_assert_uint_eq(column->values, 4);
    ck_assert_uint_eq(column->empty, 1); /* enclosed; one that is missing is none */
    ck_assert_uint_eq(csvk_types_short_records(types).count, 1);
    ck_assert_uint_eq(csvk_types_short_records(types).first, 3);
    csvk_types_free(types);
}
END_TEST

static void assert_same(const struct csvk_types *a, const struct csvk_types *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct csvk_column_types *x = csvk_types_column(a, i), *y = csvk_types_column(b, i);
        ck_assert_uint_eq(x->values, y->values);
        ck_assert_uint_eq(x->empty, y->empty);
        ck_assert_uint_eq(x->longest, y->longest);
        ck_assert_uint_eq(x->integer_digits, y->integer_digits);
        ck_assert_uint_eq(x->fraction_digits, y->fraction_digits);
        for (int type = 0; type < CSVK_TYPE_STRING; type++) {
            ck_assert_uint_eq(x->excluded[type].record, y->excluded[type].record);
            ck_assert_mem_eq(x->excluded[type].sample, y->excluded[type].sample, CSVK_TYPE_SAMPLE);
        }
    }
}

static const char table[] = "1,2024-01-01,true\n2,2024-01-02 10:00,\n\"3\",x,false\n4.25,,maybe\n"
                            ",2024-05-05,\"a\"\"b\"\n123456,\"\n\",1\n";

START_TEST(every_window_gives_the_same)
{
    struct csvk_types *whole = fold(table, 3, 0);
    for (size_t window = 1; window < sizeof table; window++) {
        struct csvk_types *types = fold(table, 3, window);
        assert_same(whole, types, 3);
        csvk_types_free(types);
    }
    csvk_types_free(whole);
}
END_TEST

/* Feeds the records up to `border` to one fold, the others to another, and merges. */
static struct csvk_types *fold_in_two(uint64_t border)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_types *left = NULL, *right = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = 1;
    ck_assert_int_eq(csvk_source_memory(&source, table, strlen(table), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_types_new(&left, 3, &options.dialect), CSVK_OK);
    ck_assert_int_eq(csvk_types_new(&right, 3, &options.dialect), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        bool early = batch->first_record + batch->nrecords <= border + 1;
        ck_assert_int_eq(csvk_types_feed(early ? left : right, batch, 0), CSVK_OK);
    }
    csvk_types_merge(left, right);
    csvk_types_free(right);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return left;
}

START_TEST(merging_two_parts_gives_the_whole)
{
    struct csvk_types *whole = fold(table, 3, 0);
    for (uint64_t border = 0; border <= 6; border++) {
        struct csvk_types *types = fold_in_two(border);
        assert_same(whole, types, 3);
        csvk_types_free(types);
    }
    csvk_types_free(whole);
}
END_TEST

/* The columns `a` and `b`; every record from `border` on goes to another set, which is merged. */
static struct csvk_types *fold_with_names(const char *text, uint64_t border)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_types *types[2] = {NULL, NULL};
    struct csvk_strings names = {NULL, 0, 0};
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = 1;
    ck_assert_int_eq(csvk_strings_add(&names, "a"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&names, "b \"c\""), CSVK_OK);
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(csvk_types_new(&types[i], 2, &options.dialect), CSVK_OK);
        ck_assert_int_eq(csvk_types_name(types[i], &names), CSVK_OK);
    }
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        ck_assert_int_eq(csvk_types_feed(types[batch->first_record >= border], batch, 1), CSVK_OK);
    }
    csvk_types_merge(types[0], types[1]);
    csvk_types_free(types[1]);
    csvk_strings_release(&names);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return types[0];
}

START_TEST(a_header_that_comes_again_is_counted_apart)
{
    static const char text[] = "a,\"b \"\"c\"\"\"\n1,2\na,\"b \"\"c\"\"\"\na,x\n\xEF\xBB\xBF\"a\","
                               "\"b \"\"c\"\"\"\n3,4\na,\"b \"\"c\"\"\",5\n";
    for (uint64_t border = 2; border <= 8; border++) {
        struct csvk_types *types = fold_with_names(text, border);
        struct csvk_repeated_headers again = csvk_types_repeated_headers(types);
        ck_assert_uint_eq(again.count, 2);
        ck_assert_uint_eq(again.first, 3);
        for (size_t i = 0; i < 2; i++) {
            const struct csvk_column_types *column = csvk_types_column(types, i);
            ck_assert_uint_eq(column->values, 4);
            ck_assert_uint_eq(column->header_again, 3);
            ck_assert_int_eq(csvk_types_propose(column), CSVK_TYPE_STRING);
        }
        csvk_types_free(types);
    }
    struct csvk_types *types = fold_with_names("a,b\n1,2\na,\"b \"\"c\"\"\"\n3,4\n", 9);
    const struct csvk_column_types *column = csvk_types_column(types, 0);
    ck_assert_int_eq(csvk_types_propose(column), CSVK_TYPE_STRING);
    ck_assert_int_eq(csvk_types_propose_for_others(column), CSVK_TYPE_INTEGER);
    csvk_types_free(types);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest_types");
    TCase *tcase = tcase_create("manifest_types");
    tcase_add_loop_test(tcase, the_narrowest_type_that_holds_all_is_proposed, 0,
                        (int)(sizeof columns / sizeof columns[0]));
    tcase_add_test(tcase, evidence_names_the_first_value_that_excluded);
    tcase_add_test(tcase, every_window_gives_the_same);
    tcase_add_test(tcase, merging_two_parts_gives_the_whole);
    tcase_add_test(tcase, a_header_that_comes_again_is_counted_apart);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
