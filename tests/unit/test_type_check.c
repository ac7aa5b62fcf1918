/* test_type_check.c - values against declared types: what every backend refuses, and nothing else.
 */
#include "csvkit/schema/value_check.h"
#include "manifest/types.h"
#include "manifest/manifest.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

/* Checks a text of as many columns as there are names, "INTEGER" or "NUMERIC(10,2)!" (NOT NULL). */
static struct csvk_type_check *check_text(const char *text, const char *const *names,
                                          size_t columns, const struct csvk_strings *nulls,
                                          size_t window)
{
    struct csvk_declared_type declared[8];
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_type_check *check = NULL;
    const struct csvk_batch *batch;
    for (size_t i = 0; i < columns; i++) {
        char name[32] = "", length[16] = "";
        ck_assert_int_ge(sscanf(names[i], "%31[^(!](%15[0-9,x])", name, length), 1);
        declared[i] = csvk_declared_type_of(name, length);
        declared[i].not_null = strchr(names[i], '!') != NULL;
    }
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = window;
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_type_check_new(&check, declared, columns, nulls, &options.dialect),
                     CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        ck_assert_int_eq(csvk_type_check_feed(check, batch, 0), CSVK_OK);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return check;
}

/* One value and why it is refused; a space in `why` when it passes. */
static const struct {
    const char *type, *text;
    char why; /* F D M N of enum csvk_misfit, or ' ' */
} values[] = {
    /* what any backend takes passes for all */
    {"INTEGER", "0", ' '},
    {"INTEGER", "-12", ' '},
    {"INTEGER", "+5", ' '},
    {"INTEGER", "007", ' '},
    {"INTEGER", "12.5", ' '},
    {"INTEGER", "5.", ' '},
    {"INTEGER", ".5", ' '},
    {"INTEGER", "1e3", ' '},
    {"INTEGER", "1E+3", ' '},
    {"INTEGER", "0x1F", ' '},
    {"INTEGER", "-0XaF", ' '},
    {"INTEGER", " 5 ", ' '},
    {"INTEGER", " ", ' '},
    {"INTEGER", "\"\"", ' '},
    {"INTEGER", "\"7\"", ' '},
    {"INTEGER", "99999999999999999999999999999999999999", ' '},
    {"INTEGER", "000099999999999999999999999999999999999999", ' '},
    {"INTEGER", "-999999999999999999999999999999999999999", 'D'},
    {"INTEGER", "999999999999999999999999999999999999999e1", ' '},
    {"INTEGER", "abc", 'F'},
    {"INTEGER", "-", 'F'},
    {"INTEGER", ".", 'F'},
    {"INTEGER", "e5", 'F'},
    {"INTEGER", "1e", 'F'},
    {"INTEGER", "1e+", 'F'},
    {"INTEGER", "--1", 'F'},
    {"INTEGER", "1.2.3", 'F'},
    {"INTEGER", "\"1,000\"", 'F'},
    {"INTEGER", "1 000", 'F'},
    {"INTEGER", "5 EUR", 'F'},
    {"INTEGER", "0x", 'F'},
    {"INTEGER", "0xg", 'F'},
    {"INTEGER", "nan", 'F'},
    {"INTEGER", "true", 'F'},
    {"INTEGER(1)", "12", ' '}, /* an integer has no length */
    {"NUMERIC", "12.345", ' '},
    {"NUMERIC", "n/a", 'F'},
    {"NUMERIC", "inf", 'F'},
    {"NUMERIC(5,2)", "999.999", ' '},
    {"NUMERIC(5,2)", "1000", 'D'},
    {"NUMERIC(5,2)", "-0999", ' '},
    {"NUMERIC(3)", "1000", 'D'},
    {"NUMERIC(3x)", "1000", ' '},
    {"NUMERIC(2,2)", "1", ' '}, /* no sense in it, so no limit */
    {"number(4,0)", "12345", 'D'},
    {"BIGNUMERIC", "999999999999999999999999999999999999999", ' '},
    {"FLOAT", "1e400", ' '},
    {"FLOAT", "-Infinity", ' '},
    {"FLOAT", "NaN", ' '},
    {"FLOAT64", "infinit", 'F'},
    {"DOUBLE PRECISION", "1,5", ' '}, /* the second field is not of the column */
    {"DOUBLE PRECISION", "\"1,5\"", 'F'},
    {"BOOLEAN", "TRUE", ' '},
    {"BOOLEAN", "t", ' '},
    {"BOOLEAN", "Off", ' '},
    {"BOOLEAN", "0", ' '},
    {"BOOLEAN", "2", 'F'},
    {"BOOL", "maybe", 'F'},
    {"BOOLEAN", "tru", 'F'},
    {"DATE", "2024-02-29", ' '},
    {"DATE", "2024-1-5", ' '},
    {"DATE", "0000-01-01", ' '},
    {"DATE", "31-Dec-2024", ' '},
    {"DATE", "12/31/2024", ' '},
    {"DATE", "20241231", ' '},
    {"DATE", "2024-01-01 99:99", ' '}, /* what becomes of the time is not known */
    {"DATE", "2023-02-29", 'M'},
    {"DATE", "1900-02-29", 'M'},
    {"DATE", "2000-02-29", ' '},
    {"DATE", "2024-13-01", 'M'},
    {"DATE", "2024-00-01", 'M'},
    {"DATE", "2024-01-00", 'M'},
    {"DATE", "2024-04-31", 'M'},
    {"DATE", "2024-04-311", ' '},
    {"DATE", "31.12.2024", 'F'},
    {"DATE", "1.2.24", 'F'},
    {"DATE", "1.2.3", ' '},
    {"DATE", "1704067200.5", ' '},
    {"DATE", "today", 'F'},
    {"DATE", "-", 'F'},
    {"TIMESTAMP", "2024-01-01", ' '},
    {"TIMESTAMP", "2024-01-01 10:00", ' '},
    {"TIMESTAMP", "2024-01-01T10:00:60.5Z", ' '},
    {"TIMESTAMP", "\"Thu, 21 Dec 2000 16:01:07 +0200\"", ' '},
    {"TIMESTAMP", "1704067200", ' '},
    {"TIMESTAMP_NTZ", "2024-01-01 25:00", 'M'},
    {"DATETIME", "2024-01-01 10:60", 'M'},
    {"TIMESTAMP", "2024-01-01 10:00:61", 'M'},
    {"TIMESTAMP", "2024-02-30 10:00:00", 'M'},
    {"TIMESTAMP", "yesterday", 'F'},
    /* types that are not looked at */
    {"STRING", "anything", ' '},
    {"TIME", "anything", ' '},
    {"VARIANT", "anything", ' '},
    {"INTERVAL", "anything", ' '},
    /* NOT NULL */
    {"INTEGER!", ",x", 'N'},
    {"INTEGER!", "\"\"", 'N'},
    {"INTEGER!", "1", ' '},
    {"STRING!", ",x", 'N'},
    {"STRING!", "\"\"", ' '}, /* NULL to one backend, a text to another */
    {"STRING!", " ", ' '},
    {"STRING", ",x", ' '},
};

static char letter_of(const struct csvk_type_check *check)
{
    const struct csvk_column_misfits *misfits = csvk_type_check_column(check, 0);
    ck_assert_uint_eq(misfits->nexamples, misfits->count);
    return misfits->count == 0 ? ' ' : "FDMN"[misfits->example[0].why];
}

START_TEST(each_value_is_refused_when_all_refuse_it)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[128];
        snprintf(text, sizeof text, "%s\n", values[i].text);
        struct csvk_type_check *check = check_text(text, &values[i].type, 1, NULL, 0);
        char why = letter_of(check);
        ck_assert_msg(why == values[i].why, "%s as %s: '%c', expected '%c'", values[i].text,
                      values[i].type, why, values[i].why);
        csvk_type_check_free(check);
    }
}
END_TEST

/* Words of the list are NULL, whatever the type; the empty value only when the list has it. */
START_TEST(words_that_become_null)
{
    static const struct {
        const char *type, *text;
        char why;
    } rows[] = {
        {"INTEGER", "NA", ' '},      {"INTEGER", "na", 'F'},  {"INTEGER!", "NA", 'N'},
        {"INTEGER!", "\"NA\"", ' '}, {"INTEGER!", ",x", 'N'}, {"STRING!", "NA", 'N'},
        {"STRING!", "\"NA\"", ' '},  {"STRING!", ",x", ' '},
    };
    struct csvk_strings nulls = {0};
    ck_assert_int_eq(csvk_strings_add(&nulls, "NA"), CSVK_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s\n", rows[i].text);
        struct csvk_type_check *check = check_text(text, &rows[i].type, 1, &nulls, 0);
        ck_assert_msg(letter_of(check) == rows[i].why, "%s as %s", rows[i].text, rows[i].type);
        csvk_type_check_free(check);
    }
    csvk_strings_release(&nulls);
}
END_TEST

/* All are counted, the first are kept, whatever the windows; short and blank records are left out.
 */
START_TEST(misfits_are_counted_and_the_first_kept)
{
    static const char *const names[] = {"INTEGER", "STRING", "DATE!"};
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&text, "1,a,2024-01-01\nx\n\nx,,\n"), CSVK_OK);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(csvk_buf_puts(&text, "a value that is longer than forty bytes of text,,"
                                              "\"2024-02-\"\"30\",more\n"),
                         CSVK_OK);
    }
    for (size_t window = 1; window < 100; window += 7) {
        struct csvk_type_check *check = check_text(csvk_buf_text(&text), names, 3, NULL, window);
        const struct csvk_column_misfits *first = csvk_type_check_column(check, 0);
        ck_assert_uint_eq(first->count, 101);
        ck_assert_uint_eq(first->nexamples, CSVK_MISFIT_EXAMPLES);
        ck_assert_uint_eq(first->example[0].record, 4);
        ck_assert_uint_eq(first->example[0].kept, 1);
        ck_assert_uint_eq(first->example[1].record, 5);
        ck_assert_uint_eq(first->example[1].length, 47);
        ck_assert_uint_eq(first->example[1].kept, CSVK_TYPE_SAMPLE);
        ck_assert_mem_eq(first->example[1].sample, "a value that", 12);
        ck_assert_uint_eq(csvk_type_check_column(check, 1)->count, 0);
        const struct csvk_column_misfits *last = csvk_type_check_column(check, 2);
        ck_assert_uint_eq(last->count, 1);
        ck_assert_uint_eq(last->example[0].record, 4);
        ck_assert_int_eq(last->example[0].why, CSVK_MISFIT_NULL);
        csvk_type_check_free(check);
    }
    csvk_buf_release(&text);
}
END_TEST

/* Texts that look like values: one of these with some of its bytes changed. */
static size_t random_value(struct support_random *random, char text[64])
{
    static const char *const seeds[] = {
        "12",       "-1.5e3",     "0x1F",       "true",
        "off",      "2024-02-29", "31.12.2024", "nan",
        "-inf",     "5-JAN-2024", "1704067200", "2024-01-01 23:59:60",
        "1/2/2024", " 7 ",        "12345678",   "9999999999999999999999999999999999999999"};
    static const char bytes[] = "0123456789.-+eE:/ TtrueJAN,xZ";
    int length =
        snprintf(text, 64, "%s", seeds[support_below(random, sizeof seeds / sizeof *seeds)]);
    for (size_t n = support_below(random, 4); n > 0; n--) {
        text[support_below(random, (size_t)length)] =
            bytes[support_below(random, sizeof bytes - 1)];
    }
    size_t cut = support_below(random, 8) == 0 ? support_below(random, (size_t)length) : 0;
    text[(size_t)length - cut] = '\0';
    return (size_t)length - cut;
}

/* So load leaves out values that were held against the same type of a manifest. */
START_TEST(the_validator_refuses_what_every_backend_refuses)
{
    static const struct {
        const char *name;
        struct csvk_schema_column column;
    } types[] = {
        {"INTEGER", {.type = CSVK_VALUE_INTEGER}},
        {"NUMBER(38,0)", {.type = CSVK_VALUE_INTEGER}},
        {"NUMERIC", {.type = CSVK_VALUE_NUMERIC}},
        {"NUMERIC(38,9)", {.type = CSVK_VALUE_NUMERIC}},
        {"NUMERIC(10,2)", {.type = CSVK_VALUE_NUMERIC, .precision = 10, .scale = 2}},
        {"FLOAT", {.type = CSVK_VALUE_FLOAT}},
        {"BOOLEAN", {.type = CSVK_VALUE_BOOLEAN}},
        {"DATE", {.type = CSVK_VALUE_DATE}},
        {"TIMESTAMP", {.type = CSVK_VALUE_TIMESTAMP}},
    };
    struct support_random random = {19};
    unsigned refused = 0;
    for (unsigned i = 0; i < 9000; i++) {
        size_t type = support_below(&random, sizeof types / sizeof *types);
        char value[64], text[80];
        size_t length = random_value(&random, value);
        snprintf(text, sizeof text, "\"%s\"\n", value);
        struct csvk_type_check *check = check_text(text, &types[type].name, 1, NULL, 128);
        bool is_refused = csvk_type_check_column(check, 0)->count > 0;
        csvk_type_check_free(check);
        refused += is_refused;
        for (int backend = 0; is_refused && backend < CSVK_BACKENDS; backend++) {
            struct value_check by_schema;
            struct csvk_schema *schema = NULL;
            ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
            struct csvk_schema_column column = types[type].column;
            column.size = sizeof column;
            column.name = "a";
            ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
            ck_assert_int_eq(
                value_check_init(&by_schema, schema, 0, (enum csvk_backend)backend, NULL), CSVK_OK);
            enum value_fault_kind kind =
                value_judge(&by_schema, (const unsigned char *)value, length).kind;
            ck_assert_msg(kind == VALUE_OF_OTHER_TYPE || kind == VALUE_OUT_OF_RANGE,
                          "%s as %s passes on %s", value, types[type].name,
                          csvk_backend_name((enum csvk_backend)backend));
            value_check_release(&by_schema);
            csvk_schema_free(schema);
        }
    }
    ck_assert_uint_gt(refused, 2000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("type_check");
    TCase *tcase = tcase_create("type_check");
    tcase_add_test(tcase, each_value_is_refused_when_all_refuse_it);
    tcase_add_test(tcase, the_validator_refuses_what_every_backend_refuses);
    tcase_add_test(tcase, words_that_become_null);
    tcase_add_test(tcase, misfits_are_counted_and_the_first_kept);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
