/* test_typed_value.c - a type that holds a value is one as which nobody has anything to say about
 * the value; and the values that every type is known by.
 */
#include "csvkit/schema/typed_value.h"
#include "csvkit/schema/value_check.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

/* As a type is declared when it is inferred. */
static const struct {
    enum csvk_type type;
    enum csvk_value_type value_type;
} declared[] = {
    {CSVK_TYPE_BOOLEAN, CSVK_VALUE_BOOLEAN}, {CSVK_TYPE_INTEGER, CSVK_VALUE_INTEGER},
    {CSVK_TYPE_NUMERIC, CSVK_VALUE_NUMERIC}, {CSVK_TYPE_FLOAT, CSVK_VALUE_FLOAT},
    {CSVK_TYPE_DATE, CSVK_VALUE_DATE},       {CSVK_TYPE_TIMESTAMP, CSVK_VALUE_TIMESTAMP},
};

static struct typed_value read_text(const char *text)
{
    struct typed_value value;
    csvk_typed_value_read((struct csvk_bytes){(const unsigned char *)text, strlen(text)}, &value);
    return value;
}

static void judge(const char *text)
{
    struct typed_value value = read_text(text);
    for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++) {
        /* NUMERIC of any scale: 38 digits may stand on either side of the point */
        uint64_t scale = declared[i].type == CSVK_TYPE_NUMERIC ? value.fraction_digits : 0;
        struct csvk_schema_column column = {.size = sizeof column,
                                            .name = "x",
                                            .type = declared[i].value_type,
                                            .precision = scale != 0 ? 38 : 0,
                                            .scale = scale};
        if (declared[i].type == CSVK_TYPE_NUMERIC && scale == 0) {
            column.precision = 38;
        }
        struct value_check check;
        struct csvk_schema *schema;
        if ((value.types & 1u << declared[i].type) == 0) {
            continue;
        }
        ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
        ck_assert_int_eq(value_check_init(&check, schema, 0, CSVK_BACKEND_PORTABLE, NULL), CSVK_OK);
        struct value_fault fault = value_judge(&check, (const unsigned char *)text, strlen(text));
        value_check_release(&check);
        csvk_schema_free(schema);
        ck_assert_msg(fault.kind == VALUE_GOOD, "%s as %s: %s", text,
                      csvk_type_name(declared[i].type), fault.why != NULL ? fault.why : "-");
    }
}

START_TEST(nothing_is_said_about_a_value_that_a_type_holds)
{
    static const char *const pieces[] = {"0",    "1",
                                         "9",    "12",
                                         "007",  "-",
                                         "+",    ".",
                                         "e",    "E",
                                         "2024", "-01",
                                         "-02",  "-29",
                                         "-31",  "T",
                                         " ",    "10",
                                         ":",    "59",
                                         "60",   "Z",
                                         "true", "FALSE",
                                         "no",   "123456789012345",
                                         "000",  "x",
                                         "\t"};
    struct support_random random = {(uint64_t)_i + 1};
    size_t held = 0;
    for (int round = 0; round < 50000; round++) {
        char text[120] = "";
        size_t count = 1 + support_below(&random, 7);
        for (size_t i = 0, at = 0; i < count; i++) {
            const char *piece = pieces[support_below(&random, sizeof pieces / sizeof pieces[0])];
            at += (size_t)snprintf(text + at, sizeof text - at, "%s", piece);
        }
        held += read_text(text).types != 0;
        judge(text);
    }
    ck_assert_uint_gt(held, 1000); /* the values are not all text */
}
END_TEST

START_TEST(days_and_moments)
{
    for (int round = 0; round < 20000; round++) {
        char text[60];
        struct support_random random = {(uint64_t)round * 7 + 3};
        int length =
            snprintf(text, sizeof text, "%04d-%02d-%02d", (int)support_below(&random, 2400),
                     (int)support_below(&random, 14), (int)support_below(&random, 33));
        if (round % 3 != 0) {
            snprintf(text + length, sizeof text - (size_t)length, "%c%02d:%02d%s",
                     round % 2 == 0 ? 'T' : ' ', (int)support_below(&random, 25),
                     (int)support_below(&random, 61),
                     (const char *[]){"", ":00", ":59.1", ":10.123456", ":10.1234567", ":60", "Z",
                                      "+01:00"}[support_below(&random, 8)]);
        }
        judge(text);
    }
}
END_TEST

START_TEST(forms)
{
    ck_assert_uint_eq(read_text("true").forms, CSVK_FORM_SMALL_WORD);
    ck_assert_uint_eq(read_text("False").forms, CSVK_FORM_TITLE_WORD);
    ck_assert_uint_eq(read_text("TRUE").forms, CSVK_FORM_CAPITAL_WORD);
    ck_assert_uint_eq(read_text("tRUE").forms, CSVK_FORM_MIXED_WORD);
    ck_assert_uint_eq(read_text("2024-01-01 10:00").forms,
                      CSVK_FORM_TIME_BLANK | CSVK_FORM_MINUTES);
    ck_assert_uint_eq(read_text("2024-01-01T10:00:07").forms, CSVK_FORM_TIME_T | CSVK_FORM_SECONDS);
    ck_assert_uint_eq(read_text("2024-01-01T10:00:07.5").forms,
                      CSVK_FORM_TIME_T | CSVK_FORM_FRACTION);
    ck_assert_uint_eq(read_text("1e5").forms, CSVK_FORM_EXPONENT);
    ck_assert_uint_eq(read_text("-12.50").mantissa, 1250);
    ck_assert(read_text("-12.50").negative && read_text("-12.50").number);
    ck_assert_int_eq(read_text("1e-12").exponent, -12);
    ck_assert(!read_text("2024-01-01").number && !read_text("007").number);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("typed_value");
    TCase *tcase = tcase_create("typed_value");
    tcase_add_loop_test(tcase, nothing_is_said_about_a_value_that_a_type_holds, 0, 4);
    tcase_add_test(tcase, days_and_moments);
    tcase_add_test(tcase, forms);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
