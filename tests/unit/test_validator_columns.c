/*
 * test_validator_columns.c - columns that are named outside of the data: their names, and the first
 * record of a file against them.
 */
#include "tests/support/judged.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

/* Columns that are named elsewhere: a header in data without one, or with other names. */
START_TEST(a_header_that_is_none_and_one_that_is_skipped)
{
    static const struct {
        const char *text;
        enum csvk_header header;
        unsigned taken_for_data, other_names, wrong_width;
    } rows[] = {
        {"a b,c\n1,2\n", CSVK_NO_HEADER, 1, 0, 0},
        {"A_b,C\n1,2\n", CSVK_NO_HEADER, 1, 0, 0},
        {"\n\na b,c\n1,2\n", CSVK_NO_HEADER, 1, 0, 0},
        {"a b,d\n1,2\n", CSVK_NO_HEADER, 0, 0, 0},
        {"1,2\na b,c\n", CSVK_NO_HEADER, 0, 0, 0},
        {"a b,c,d\n1,2\n", CSVK_NO_HEADER, 0, 0, 1},
        {"a b,c\n1,2\n", CSVK_SKIPPED_HEADER, 0, 0, 0},
        {"A_b,c\n1,2\n", CSVK_SKIPPED_HEADER, 0, 1, 0},
        {"\nx,x\n1,2\n", CSVK_SKIPPED_HEADER, 0, 1, 0},
        {"x,y,z\n1,2\n", CSVK_SKIPPED_HEADER, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.profile = CSVK_PROFILE_KEBOOLA;
        options.header = rows[i].header;
        ck_assert_int_eq(csvk_strings_add(&options.columns, "a b"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.columns, "c"), CSVK_OK);
        struct csvk_validator *v = judge(rows[i].text, strlen(rows[i].text), &options);
        const struct csvk_report *report = report_of(v);
        ck_assert_msg(count_of(report, "manifest-header") == rows[i].taken_for_data, "row %zu", i);
        ck_assert_msg(count_of(report, "manifest-header-skipped") == rows[i].other_names, "row %zu",
                      i);
        ck_assert_msg(count_of(report, "field-count") == rows[i].wrong_width, "row %zu", i);
        /* Names that nobody will use are not judged. */
        ck_assert_msg(count_of(report, "header-duplicate-name") == 0, "row %zu", i);
        ck_assert_msg(strcmp(report->column_names->item[0], "a b") == 0, "row %zu", i);
        csvk_validator_free(v);
        csvk_validate_options_release(&options);
    }
}
END_TEST

/* Names of columns and the first record of a file, by what is known about the names. */
START_TEST(a_first_record_against_what_is_known)
{
    static const struct {
        const char *text;
        enum csvk_header header;
        uint64_t columns_are;
        const char *rule; /* the only one about the header; NULL: none */
    } rows[] = {
        {"c,a b\n1,2\n", CSVK_SKIPPED_HEADER, 0, "header-mismatch"},
        {"x,A_B\n1,2\n", CSVK_SKIPPED_HEADER, 0, "header-mismatch"},
        {"a b,c\n1,2\n", CSVK_NO_HEADER, CSVK_COLUMNS_OF_SLICE, "header-repeated"},
        {"\na b,c\n1,2\n", CSVK_NO_HEADER, CSVK_COLUMNS_OF_SLICE, "header-repeated"},
        {"c,a b\n1,2\n", CSVK_NO_HEADER, CSVK_COLUMNS_OF_SLICE, "header-mismatch"},
        {"c,a b\n1,2\n", CSVK_NO_HEADER, 0, "header-mismatch"},
        {"c,x\n1,2\n", CSVK_NO_HEADER, 0, NULL},
        {"c,x\n1,2\n", CSVK_NO_HEADER, CSVK_COLUMNS_OF_SLICE, NULL},
        {"1,2\na b,c\n", CSVK_NO_HEADER, CSVK_COLUMNS_OF_SLICE, NULL},
    };
    static const char *const rules[] = {"header-mismatch", "manifest-header", "header-repeated",
                                        "manifest-header-skipped"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.header = rows[i].header;
        options.columns_are = rows[i].columns_are;
        ck_assert_int_eq(csvk_strings_add(&options.columns, "a b"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.columns, "c"), CSVK_OK);
        struct csvk_validator *v = judge(rows[i].text, strlen(rows[i].text), &options);
        for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
            bool wanted = rows[i].rule != NULL && strcmp(rows[i].rule, rules[k]) == 0;
            ck_assert_msg(count_of(report_of(v), rules[k]) == wanted, "row %zu: %s", i, rules[k]);
        }
        /* Names that nobody has told are not shown as those of the table. */
        bool told = rows[i].columns_are != CSVK_COLUMNS_OF_SLICE;
        ck_assert_uint_eq(report_of(v)->column_names->count, told ? 2 : 0);
        csvk_validator_free(v);
        csvk_validate_options_release(&options);
    }
}
END_TEST

/* Every slice has a header that is skipped: it has to be that of the first slice, whatever the
   columns, `id` and `n`, are called there. */
START_TEST(a_skipped_header_against_the_first_one)
{
    static const struct {
        const char *first[2], *text, *rule; /* the only one about the header; NULL: none */
    } rows[] = {
        {{"id", "n"}, "id,n\n1,2\n", NULL},
        {{"id", "n"}, "x,y\n1,2\n", "manifest-header"},
        {{"id", "n"}, "n,id\n1,2\n", "header-mismatch"},
        {{"x", "y"}, "x,y\n1,2\n", "manifest-header-skipped"},
        {{"x", "y"}, "X,y\n1,2\n", "manifest-header-skipped"},
        {{"x", "y"}, "y,x\n1,2\n", "header-mismatch"},
        {{"x", "y"}, "1,2\n3,4\n", "manifest-header"},
        {{"x", "y"}, "id,n\n1,2\n", "manifest-header"},
    };
    static const char *const rules[] = {"header-mismatch", "manifest-header",
                                        "manifest-header-skipped"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.header = CSVK_SKIPPED_HEADER;
        ck_assert_int_eq(csvk_strings_add(&options.columns, "id"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.columns, "n"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.first_header, rows[i].first[0]), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.first_header, rows[i].first[1]), CSVK_OK);
        struct csvk_validator *v = judge(rows[i].text, strlen(rows[i].text), &options);
        for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
            bool wanted = rows[i].rule != NULL && strcmp(rows[i].rule, rules[k]) == 0;
            ck_assert_msg(count_of(report_of(v), rules[k]) == wanted, "row %zu: %s", i, rules[k]);
        }
        csvk_validator_free(v);
        csvk_validate_options_release(&options);
    }
}
END_TEST

/* Names that the user gives are judged as those in a header are, and say which name is meant. */
START_TEST(names_that_are_given_are_judged)
{
    static const struct {
        const char *names[2], *rule;
    } rows[] = {
        {{"a b", "c"}, "header-invalid-name"},
        {{"a", "a"}, "header-duplicate-name"},
        {{"a", "A"}, "header-case-clash"},
        {{"a", ""}, "header-empty-name"},
        {{"a", "_timestamp"}, "header-name-refused"},
        {{"a b", "a-b"}, "header-name-refused"},
        {{"a ", "b"}, "header-edge-space"},
        {{"a", "b"}, NULL},
    };
    static const enum csvk_header headers[] = {CSVK_NO_HEADER, CSVK_SKIPPED_HEADER};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.profile = CSVK_PROFILE_KEBOOLA;
        options.header = headers[i % 2];
        options.columns_are = CSVK_COLUMNS_JUDGED;
        ck_assert_int_eq(csvk_strings_add(&options.columns, rows[i / 2].names[0]), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&options.columns, rows[i / 2].names[1]), CSVK_OK);
        struct csvk_validator *v = judge("1,2\n", 4, &options);
        const char *rule = rows[i / 2].rule;
        if (rule == NULL) {
            ck_assert_uint_eq(report_of(v)->errors, 0);
        } else {
            const struct csvk_finding *f = first_of(report_of(v), rule);
            ck_assert_msg(f != NULL && !f->has_byte && f->line == 0, "row %zu: %s", i, rule);
        }
        csvk_validator_free(v);
        options.columns_are = 0;
        v = judge("1,2\n", 4, &options);
        ck_assert_msg(rule == NULL || count_of(report_of(v), rule) == 0, "row %zu", i);
        csvk_validator_free(v);
        csvk_validate_options_release(&options);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_columns");
    TCase *tcase = tcase_create("validator_columns");
    tcase_add_test(tcase, a_header_that_is_none_and_one_that_is_skipped);
    tcase_add_test(tcase, a_first_record_against_what_is_known);
    tcase_add_test(tcase, a_skipped_header_against_the_first_one);
    tcase_add_test(tcase, names_that_are_given_are_judged);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
