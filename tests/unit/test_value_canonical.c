/*
 * test_value_canonical.c - the default form of values: which declared form reads which text, what
 * is written, what stays, and what is refused because it reads in two ways; and columns whose form
 * cannot be rewritten at all.
 */
#include "csvkit/schema/value_canonical.h"
#include "tests/support/support.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define STAYS       NULL /* it is canonical */
#define MISSING     "\1" /* it is no value, and stays */
#define REFUSED     "\2" /* no value of the column */

enum form {
    SPACES,   /* 1 000,50 */
    POINTS,   /* 1.000,50 */
    COMMAS,   /* 1,000.50 */
    INTEGERS, /* 1.000 */
    DRESSED,  /* CZK 1 000,50; -5 % */
    MARKED,   /* $5.50 */
    CZECH,    /* 31.12.2024 */
    SWAPPED,  /* 2024-31-12 */
    NAMED,    /* 31 Dec 2024 */
    NUMBERED, /* the day of a year: 2024/366 */
    TWELVE,   /* 02:30 PM */
    MOMENT,   /* 31.12.2024 14:30:05.5 +0200 */
    CZECHS,   /* ano, ne */
    CROSSED,  /* false for true */
    DIGITS,   /* 0 for true, 1 for false */
    LISTED,   /* 1,5 and 1 000 alone, up to 500 */
    PLAIN,    /* the default form */
    FORMS
};
static const struct csvk_schema_column forms[FORMS] = {
    [SPACES] = {.type = CSVK_VALUE_TABLE_NUMBER, .decimal_char = ",", .group_char = " "},
    [POINTS] = {.type = CSVK_VALUE_TABLE_NUMBER, .decimal_char = ",", .group_char = "."},
    [COMMAS] = {.type = CSVK_VALUE_TABLE_NUMBER, .group_char = ","},
    [INTEGERS] = {.type = CSVK_VALUE_TABLE_INTEGER, .decimal_char = ",", .group_char = "."},
    [DRESSED] = {.type = CSVK_VALUE_TABLE_NUMBER,
                 .decimal_char = ",",
                 .group_char = " ",
                 .not_bare = 1},
    [MARKED] = {.type = CSVK_VALUE_TABLE_NUMBER, .not_bare = 1},
    [CZECH] = {.type = CSVK_VALUE_TABLE_DATE, .format = "%d.%m.%Y"},
    [SWAPPED] = {.type = CSVK_VALUE_TABLE_DATE, .format = "%Y-%d-%m"},
    [NAMED] = {.type = CSVK_VALUE_TABLE_DATE, .format = "%d %b %Y"},
    [NUMBERED] = {.type = CSVK_VALUE_TABLE_DATE, .format = "%Y/%j"},
    [TWELVE] = {.type = CSVK_VALUE_TABLE_TIME, .format = "%I:%M %p"},
    [MOMENT] = {.type = CSVK_VALUE_TABLE_DATETIME, .format = "%d.%m.%Y %H:%M:%S.%f %z"},
    [CZECHS] = {.type = CSVK_VALUE_TABLE_BOOLEAN},
    [CROSSED] = {.type = CSVK_VALUE_TABLE_BOOLEAN},
    [DIGITS] = {.type = CSVK_VALUE_TABLE_BOOLEAN},
    [LISTED] = {.type = CSVK_VALUE_TABLE_NUMBER,
                .decimal_char = ",",
                .group_char = " ",
                .maximum = "1 000"},
    [PLAIN] = {.type = CSVK_VALUE_TABLE_NUMBER},
};
static const char *const words[FORMS][2] = {
    [CZECHS] = {"ano", "ne"}, [CROSSED] = {"false", "true"}, [DIGITS] = {"0", "1"}};

static const struct {
    enum form form;
    const char *value, *canonical;
} rows[] = {
    /* numbers: digits stay the digits that they are */
    {SPACES, "1 000,50", "1000.50"},
    {SPACES, "-1 234 567", "-1234567"},
    {SPACES, "+1 000", "+1000"},
    {SPACES, "1,", "1."},
    {SPACES, ",5", ".5"},
    {SPACES, "1 000,5e3", "1000.5e3"},
    {SPACES, "0000,10", "0000.10"},
    {SPACES, "12345678901234567890123456789,123456789012345678901234567890",
     "12345678901234567890123456789.123456789012345678901234567890"},
    {SPACES, "7", STAYS},
    {SPACES, "1000.50", STAYS},
    {SPACES, "NaN", STAYS},
    {SPACES, "-INF", STAYS},
    {SPACES, "", MISSING},
    {SPACES, "-", MISSING},
    {SPACES, "--", REFUSED},
    {SPACES, "1001", MISSING},
    {SPACES, "1 001", REFUSED}, /* it would be missing */
    {SPACES,
     "1\xc2\xa0"
     "000",
     REFUSED},
    {SPACES, "1  000", REFUSED},
    {SPACES, "1 000.50", REFUSED},
    {SPACES, "1,000,50", REFUSED},
    {SPACES, "1,000 5", REFUSED},
    {SPACES, " 1", REFUSED},
    /* groups */
    {SPACES, "12 34 567", "1234567"},
    {SPACES, "1 12 34 567", "11234567"},
    {SPACES, "123 45 678", REFUSED},
    {SPACES, "12 345 67", REFUSED},
    {SPACES, "12 345 67 890", REFUSED},
    {SPACES, "1 00", REFUSED},
    {SPACES, "1 0000", REFUSED},
    {SPACES, "1000 000", REFUSED},
    {SPACES, "1 2 345", REFUSED},
    {SPACES, "1 2345 678", REFUSED},
    /* the same text in two forms */
    {POINTS, "1.000,50", "1000.50"},
    {POINTS, "1.234", "1234"},
    {POINTS, "1,5", "1.5"},
    {POINTS, "1.5", STAYS},
    {POINTS, "1234.567", STAYS},
    {POINTS, "1,234", REFUSED},
    {POINTS, "1234,567", "1234.567"},
    {COMMAS, "1,234", "1234"},
    {COMMAS, "1,234.567", "1234.567"},
    {COMMAS, "1,5", REFUSED},
    {INTEGERS, "1.234", "1234"},
    {INTEGERS, "1.5", REFUSED},
    {INTEGERS, "12", STAYS},
    /* other characters around a number */
    {DRESSED, "CZK 1 000,50", "1000.50"},
    {DRESSED, "-5 %", "-5"},
    {DRESSED, "1,5", "1.5"},
    {DRESSED, "5", STAYS},
    {DRESSED, "NaN", STAYS},
    {DRESSED, "-INF", STAYS},
    {DRESSED, "-$5", REFUSED},
    {DRESSED, "- 5", REFUSED},
    {DRESSED, "(5)", REFUSED},
    {DRESSED, "5-", REFUSED},
    {DRESSED,
     "\xe2\x88\x92"
     "5",
     REFUSED},
    {DRESSED, "Kc,500", REFUSED},
    {DRESSED, "5 CZK 7", REFUSED},
    {DRESSED, "CZK", REFUSED},
    {MARKED, "$5.50", "5.50"},
    {MARKED, ".5", STAYS},
    {MARKED, "Rs.500", REFUSED},
    /* days and times */
    {CZECH, "31.12.2024", "2024-12-31"},
    {CZECH, "1.2.0003", "0003-02-01"},
    {CZECH, "29.02.2024", "2024-02-29"},
    {CZECH, "29.02.2023", REFUSED},
    {CZECH, "31.12.24", REFUSED},
    {CZECH, "2024-12-31", STAYS},
    {CZECH, "2024-02-30", REFUSED},
    {SWAPPED, "2024-31-12", "2024-12-31"},
    {SWAPPED, "2024-05-05", STAYS},
    {SWAPPED, "2024-01-02", REFUSED},
    {SWAPPED, "2024-12-31", STAYS},
    {NAMED, "1 dec 2024", "2024-12-01"},
    {NUMBERED, "2024/366", "2024-12-31"},
    {NUMBERED, "2023/366", REFUSED},
    {TWELVE, "02:30 PM", "14:30:00"},
    {TWELVE, "12:00 am", "00:00:00"},
    {TWELVE, "14:30 PM", REFUSED},
    {TWELVE, "14:30:00", STAYS},
    {MOMENT, "31.12.2024 14:30:05.500 +0200", "2024-12-31T14:30:05.5+02:00"},
    {MOMENT, "31.12.2024 14:30:05.0 Z", "2024-12-31T14:30:05Z"},
    {MOMENT, "31.12.2024 14:30:05.0 +1500", REFUSED}, /* no zone of XML Schema */
    {MOMENT, "2024-12-31T14:30:05", STAYS},
    /* booleans */
    {CZECHS, "ano", "true"},
    {CZECHS, "ne", "false"},
    {CZECHS, "Ano", REFUSED},
    {CZECHS, "TRUE", STAYS},
    {CZECHS, "1", STAYS},
    {CROSSED, "false", REFUSED},
    {CROSSED, "true", REFUSED},
    {CROSSED, "1", STAYS},
    {DIGITS, "0", "true"},
    {DIGITS, "1", "false"},
    {DIGITS, "true", STAYS},
    /* limits hold in both forms */
    {LISTED, "1 000", "1000"},
    {LISTED, "1 000,1", REFUSED},
    {LISTED, "1000.1", REFUSED},
    {LISTED, "999,9", "999.9"},
    /* no form of its own */
    {PLAIN, "1.50", STAYS},
    {PLAIN, "1,5", REFUSED},
    {PLAIN, "-", MISSING},
};

static struct csvk_strings list_of(const char *first, const char *second)
{
    struct csvk_strings list = {0};
    ck_assert_int_eq(csvk_strings_add(&list, first), CSVK_OK);
    if (second != NULL) {
        ck_assert_int_eq(csvk_strings_add(&list, second), CSVK_OK);
    }
    return list;
}

static struct csvk_schema *schema_of(const struct csvk_schema_column *declared, const char *yes,
                                     const char *no)
{
    struct csvk_schema *schema = NULL;
    struct csvk_schema_column column = *declared;
    struct csvk_strings missing = list_of("", "-"), trues = {0}, falses = {0};
    struct csvk_schema_table table = {.size = sizeof table, .kind = CSVK_SCHEMA_TABLE};
    if (yes != NULL) {
        trues = list_of(yes, NULL);
        falses = list_of(no, NULL);
        column.true_words = &trues;
        column.false_words = &falses;
    }
    ck_assert_int_eq(csvk_strings_add(&missing, "1001"), CSVK_OK);
    column.size = sizeof column;
    column.name = "c";
    table.missing = &missing;
    ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_set_table(schema, &table, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
    csvk_strings_release(&missing);
    csvk_strings_release(&trues);
    csvk_strings_release(&falses);
    return schema;
}

static const char *write_canonical(const struct value_canonical *canonical, const char *value,
                                   struct csvk_buf *out)
{
    struct value_fault fault;
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_buf_puts(out, "x"), CSVK_OK); /* what is there already stays */
    switch (value_canonical_write(canonical, (const unsigned char *)value, strlen(value), out,
                                  &fault)) {
    case VALUE_CANONICAL_REWRITTEN: return csvk_buf_text(out) + 1;
    case VALUE_CANONICAL_SAME: ck_assert_uint_eq(out->length, 1); return STAYS;
    case VALUE_CANONICAL_MISSING: return MISSING;
    case VALUE_CANONICAL_UNFIT:
        ck_assert_int_ne(fault.kind, VALUE_GOOD);
        ck_assert_uint_eq(out->length, 1);
        return REFUSED;
    default: ck_abort_msg("out of memory");
    }
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

START_TEST(a_value_has_one_canonical_text)
{
    struct csvk_schema *schema = schema_of(&forms[_i], words[_i][0], words[_i][1]);
    struct value_canonical canonical;
    struct csvk_buf out = CSVK_BUF_INIT, again = CSVK_BUF_INIT;
    size_t seen = 0;
    ck_assert_int_eq(value_canonical_init(&canonical, schema, 0, NULL), CSVK_OK);
    csvk_schema_free(schema); /* all of it was copied */
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].form != (enum form)_i) {
            continue;
        }
        const char *found = write_canonical(&canonical, rows[i].value, &out);
        ck_assert_msg(is_same(found, rows[i].canonical), "%d: `%s` gives `%s`", _i, rows[i].value,
                      found != NULL ? found : "the same");
        if (found != NULL && found[0] > '\2') {
            ck_assert_msg(write_canonical(&canonical, found, &again) == STAYS,
                          "`%s` is written again", found);
        }
        seen++;
    }
    ck_assert_uint_ge(seen, 1);
    csvk_buf_release(&out);
    csvk_buf_release(&again);
    value_canonical_release(&canonical);
}
END_TEST

/* The list of values is declared in the column's own form. */
START_TEST(a_list_holds_in_both_forms)
{
    struct csvk_strings list = list_of("1 000", "1,5");
    struct csvk_schema_column column = forms[SPACES];
    struct value_canonical canonical;
    struct csvk_buf out = CSVK_BUF_INIT;
    column.values = &list;
    struct csvk_schema *schema = schema_of(&column, NULL, NULL);
    ck_assert_int_eq(value_canonical_init(&canonical, schema, 0, NULL), CSVK_OK);
    ck_assert_str_eq(write_canonical(&canonical, "1 000,0", &out), "1000.0");
    ck_assert_ptr_eq(write_canonical(&canonical, "1.5", &out), STAYS);
    ck_assert_str_eq(write_canonical(&canonical, "2,5", &out), REFUSED);
    ck_assert_str_eq(write_canonical(&canonical, "2.5", &out), REFUSED);
    value_canonical_release(&canonical);
    csvk_schema_free(schema);
    csvk_strings_release(&list);
    csvk_buf_release(&out);
}
END_TEST

/* A text that stands for no value is not to be written. */
START_TEST(no_value_becomes_a_missing_one)
{
    struct csvk_strings missing = list_of("", "1000");
    struct csvk_schema_column column = forms[SPACES];
    struct value_canonical canonical;
    struct csvk_buf out = CSVK_BUF_INIT;
    column.missing = &missing;
    struct csvk_schema *schema = schema_of(&column, NULL, NULL);
    ck_assert_int_eq(value_canonical_init(&canonical, schema, 0, NULL), CSVK_OK);
    ck_assert_str_eq(write_canonical(&canonical, "1000", &out), MISSING);
    ck_assert_str_eq(write_canonical(&canonical, "1 000", &out), REFUSED);
    ck_assert_str_eq(write_canonical(&canonical, "1 001", &out), "1001");
    ck_assert_str_eq(write_canonical(&canonical, "-", &out), REFUSED);
    value_canonical_release(&canonical);
    csvk_schema_free(schema);
    csvk_strings_release(&missing);
    csvk_buf_release(&out);
}
END_TEST

static const struct {
    enum csvk_value_type type;
    const char *format, *why; /* NULL: it can be rewritten */
} formats[] = {
    {CSVK_VALUE_TABLE_DATE, "%d.%m.%y", "century"},
    {CSVK_VALUE_TABLE_DATE, "%d.%m.", "needs a year"},
    {CSVK_VALUE_TABLE_DATE, "%m/%Y", "needs a year"},
    {CSVK_VALUE_TABLE_DATE, "%d.%m.%Y %H:%M", "more than"},
    {CSVK_VALUE_TABLE_DATE, "%F %z", "more than"},
    {CSVK_VALUE_TABLE_DATE, "%a %d.%m.%Y", "contradict"},
    {CSVK_VALUE_TABLE_DATE, "%A %d.%m.%Y", "contradict"},
    {CSVK_VALUE_TABLE_DATE, "%Y-%j %d", "twice"},
    {CSVK_VALUE_TABLE_DATE, "%%%F", NULL},
    {CSVK_VALUE_TABLE_DATE, "%e %B %Y", NULL},
    {CSVK_VALUE_TABLE_DATE, "%e. %h %Y", NULL},
    {CSVK_VALUE_TABLE_TIME, "%H", "hour and a minute"},
    {CSVK_VALUE_TABLE_TIME, "%I:%M", "each other"},
    {CSVK_VALUE_TABLE_TIME, "%H:%M %p", "each other"},
    {CSVK_VALUE_TABLE_TIME, "%d %H:%M", "more than"},
    {CSVK_VALUE_TABLE_TIME, "%R %z", "more than"},
    {CSVK_VALUE_TABLE_TIME, "%H:%R", "twice"},
    {CSVK_VALUE_TABLE_TIME, "%T.%f", NULL},
    {CSVK_VALUE_TABLE_DATETIME, "%F", "and a minute"},
    {CSVK_VALUE_TABLE_DATETIME, "%T", "needs a year"},
    {CSVK_VALUE_TABLE_DATETIME, "%F %T.%f%z", NULL},
};

START_TEST(a_format_has_to_say_all_and_no_more)
{
    struct csvk_schema_column column = {.type = formats[_i].type, .format = formats[_i].format};
    struct csvk_schema *schema = schema_of(&column, NULL, NULL);
    struct value_canonical canonical;
    struct csvk_error err = {0};
    int status = value_canonical_init(&canonical, schema, 0, &err);
    ck_assert_int_eq(status, formats[_i].why != NULL ? CSVK_EUSAGE : CSVK_OK);
    if (formats[_i].why != NULL) {
        ck_assert_msg(strstr(err.text, formats[_i].why) != NULL, "%s: %s", formats[_i].format,
                      err.text);
    }
    value_canonical_release(&canonical);
    csvk_schema_free(schema);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value canonical");
    TCase *tc = tcase_create("canonical");
    tcase_add_loop_test(tc, a_value_has_one_canonical_text, 0, FORMS);
    tcase_add_test(tc, a_list_holds_in_both_forms);
    tcase_add_test(tc, no_value_becomes_a_missing_one);
    tcase_add_loop_test(tc, a_format_has_to_say_all_and_no_more, 0, (int)COUNT(formats));
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
