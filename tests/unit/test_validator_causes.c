/*
 * test_validator_causes.c - what many records show together: one finding for what has one cause.
 */
#include "tests/support/cause_cases.h"
#include "tests/support/judged.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

/* ---- one cause, one finding ------------------------------------------------------------------ */

static void list_shown(const struct csvk_report *report, struct csvk_buf *out)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (strncmp(f->rule->id, "eol-", 4) != 0 && strcmp(f->rule->id, "final-eol-missing") != 0) {
            ck_assert_int_eq(csvk_buf_printf(out, out->length != 0 ? " %s@%u" : "%s@%u",
                                             f->rule->id, (unsigned)f->record),
                             CSVK_OK);
        }
    }
}

START_TEST(what_has_one_cause_is_told_once)
{
    const struct cause_case *c = &cause_cases[_i];
    struct csvk_validate_options options;
    struct csvk_buf shown = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(c->table, strlen(c->table), &options);
    const struct csvk_report *report = report_of(v);
    list_shown(report, &shown);
    ck_assert_str_eq(csvk_buf_text(&shown), c->shown != NULL ? c->shown : csvk_buf_text(&shown));
    ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_PLAIN, &text, NULL), CSVK_OK);
    for (size_t i = 0; i < 4 && c->texts[i] != NULL; i++) {
        ck_assert_msg(strstr(csvk_buf_text(&text), c->texts[i]) != NULL, "no '%s' in\n%s",
                      c->texts[i], csvk_buf_text(&text));
    }
    ck_assert_msg(c->not_there == NULL || strstr(csvk_buf_text(&text), c->not_there) == NULL,
                  "'%s' in\n%s", c->not_there, csvk_buf_text(&text));
    csvk_validator_free(v);
    csvk_buf_release(&shown);
    csvk_buf_release(&text);
}
END_TEST

/* Counts are the same, and nothing stands for others, when all findings are asked for. */
START_TEST(nothing_is_folded_when_all_is_asked_for)
{
    const struct cause_case *c = &cause_cases[_i];
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    struct csvk_validator *few = judge(c->table, strlen(c->table), &options);
    options.max_findings = 0;
    struct csvk_validator *all = judge(c->table, strlen(c->table), &options);
    const struct csvk_report *want = report_of(few), *have = report_of(all);
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        ck_assert_msg(want->counts[i] == have->counts[i], "%s", csvk_rule_at(i)->id);
    }
    ck_assert_uint_eq(have->findings_dropped, 0);
    csvk_validator_free(few);
    csvk_validator_free(all);
}
END_TEST

/* The last line of the sample is not whole: that is no fault of the other delimiter. */
START_TEST(a_long_file_is_judged_by_its_beginning)
{
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (int i = 0; i < 9000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&table, "%d\t%d\n", i, i * 7), CSVK_OK);
    }
    struct csvk_validator *v = judge((const char *)table.data, table.length, &options);
    const struct csvk_finding *f = first_of(report_of(v), "delimiter-suspected");
    ck_assert_ptr_nonnull(f);
    ck_assert_str_eq(csvk_finding_remedy(f), "Give the delimiter with --delimiter='tab'.");
    csvk_validator_free(v);
    csvk_buf_release(&table);
}
END_TEST

/* A record of another width, far behind the sample: quotes may be enclosures after all. */
START_TEST(quotes_are_data_where_all_records_fit)
{
    for (int fits = 0; fits < 2; fits++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        ck_assert_int_eq(csvk_buf_puts(&table, "a,b\n1,the \"x\" y\n2,\"X\" is\n3,6\" x\n"),
                         CSVK_OK);
        for (int i = 0; i < 9000; i++) {
            ck_assert_int_eq(csvk_buf_puts(&table, "100,7000\n"), CSVK_OK);
        }
        ck_assert_int_eq(csvk_buf_puts(&table, fits != 0 ? "3,4\n" : "3\n"), CSVK_OK);
        struct csvk_validator *v = judge((const char *)table.data, table.length, &options);
        ck_assert_uint_eq(count_of(report_of(v), "quote-style-suspected"), (unsigned)fits);
        csvk_validator_free(v);
        csvk_buf_release(&table);
    }
}
END_TEST

START_TEST(utf16_without_a_mark_is_told_once)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE"};
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (size_t big = 0; big < 2; big++) {
        struct csvk_buf table = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
        for (size_t i = 0; i < 3000; i++) {
            const char *line = "id,name\n";
            for (size_t k = 0; line[k] != '\0'; k++) {
                ck_assert_int_eq(csvk_buf_putc(&table, (unsigned char)(big ? 0 : line[k])),
                                 CSVK_OK);
                ck_assert_int_eq(csvk_buf_putc(&table, (unsigned char)(big ? line[k] : 0)),
                                 CSVK_OK);
            }
        }
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_report *report = report_of(v);
        ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_PLAIN, &text, NULL), CSVK_OK);
        ck_assert_ptr_nonnull(strstr(csvk_buf_text(&text), names[big]));
        ck_assert(!report->valid);
        ck_assert_uint_eq(report->errors, 1);
        ck_assert_uint_eq(report->warnings, 1);
        ck_assert_uint_eq(report->infos, 0);
        ck_assert_uint_eq(report->nfindings, 2);
        ck_assert_uint_eq(report->totals->records, 0);
        csvk_validator_free(v);
        csvk_buf_release(&table);
        csvk_buf_release(&text);
    }
}
END_TEST

/* How many findings are told of a table of `count` records like that, with one of another kind. */
static uint64_t told_of(const char *line, size_t count, const char *other, uint64_t most)
{
    struct csvk_validate_options options;
    struct csvk_buf table = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    options.max_findings = most;
    ck_assert_int_eq(csvk_buf_puts(&table, "a,b\n"), CSVK_OK);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_puts(&table, i == 5 ? other : line), CSVK_OK);
    }
    struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
    const struct csvk_report *report = report_of(v);
    uint64_t told = 0;
    for (size_t i = 0; i < report->nfindings; i++) {
        told += report->findings[i]->severity != CSVK_INFO;
    }
    ck_assert_uint_ge(report->errors + report->warnings, count);
    csvk_validator_free(v);
    csvk_buf_release(&table);
    return told;
}

/* Two characters are enough, when every second byte is NUL; one is not. */
START_TEST(short_text_in_utf16_is_known)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *name; /* NULL: not known */
    } texts[] = {{"1\0,\0", 4, "UTF-16LE"},
                 {"\0001\0,", 4, "UTF-16BE"},
                 {"1,\0", 3, NULL},
                 {"1\0", 2, NULL},
                 {"1\0,\0a,", 6, NULL}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        struct csvk_validator *v = judge(texts[i].bytes, texts[i].length, &options);
        const struct csvk_finding *f = first_of(report_of(v), "encoding-suspected");
        ck_assert_msg((f != NULL) == (texts[i].name != NULL), "%zu", i);
        ck_assert(f == NULL || strstr(csvk_finding_remedy(f), texts[i].name) != NULL);
        csvk_validator_free(v);
    }
}
END_TEST

START_TEST(a_byte_in_more_places_than_are_told_is_told_once)
{
    ck_assert_uint_eq(told_of("1,x\x02\n", 101, "1,x\x02\n", 100), 1);
    ck_assert_uint_eq(told_of("1,x\x02\n", 100, "1,x\x02\n", 100), 100);
    ck_assert_uint_eq(told_of("1,x\x02\n", 101, "1,x\x03\n", 100), 100);
    ck_assert_uint_eq(told_of("1,x\x02\n", 101, "1,x\x02\n", 0), 101);
    ck_assert_uint_eq(told_of("1,x\x02\n", 50, "1,x\x02\n", 9), 9);
    ck_assert_uint_eq(told_of("1,x\ry\n", 101, "1,x\ry\n", 100), 1);
}
END_TEST

/* A header of `count` names, one for each of the texts in turn. */
static const struct csvk_report *judge_names(const char *const *names, size_t count,
                                             struct csvk_validator **v)
{
    struct csvk_validate_options options;
    struct csvk_buf table = CSVK_BUF_INIT;
    size_t n = 0;
    while (names[n] != NULL) {
        n++;
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_puts(&table, names[i % n]), CSVK_OK);
        ck_assert_int_eq(csvk_buf_puts(&table, i + 1 < count ? "," : "\n"), CSVK_OK);
    }
    csvk_validate_options_init(&options);
    *v = judge(csvk_buf_text(&table), table.length, &options);
    csvk_buf_release(&table);
    return report_of(*v);
}

START_TEST(names_with_the_same_defect_are_told_once)
{
    static const struct {
        const char *names[3];
        size_t count;
        uint64_t found;
        const char *rule, *message;
    } cases[] = {
        {{"v", NULL},
         3000,
         1,
         "header-duplicate-name",
         "columns 2-3000 repeat the name of column 1"},
        {{"v", NULL}, 11, 1, "header-duplicate-name", "columns 2-11 repeat the name of column 1"},
        {{"v", NULL}, 10, 9, "header-duplicate-name", NULL},
        {{"v", "w", NULL},
         3000,
         2,
         "header-duplicate-name",
         "1499 columns from 3 to 2999 repeat the name of column 1"},
        {{"", NULL}, 3000, 1, "header-empty-name", "columns 1-3000 have no name"},
        {{"", NULL}, 9, 9, "header-empty-name", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csvk_validator *v = NULL;
        const struct csvk_report *report = judge_names(cases[i].names, cases[i].count, &v);
        const struct csvk_finding *f = first_of(report, cases[i].rule);
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(report->warnings, cases[i].found);
        if (cases[i].message != NULL) {
            ck_assert_str_eq(f->message, cases[i].message);
            ck_assert_str_eq(csvk_finding_remedy(f), f->rule->remedy);
        } else {
            ck_assert_ptr_null(f->message);
        }
        csvk_validator_free(v);
    }
}
END_TEST

START_TEST(who_says_the_delimiter_is_not_doubted)
{
    static const char table[] = "a;b\n1;2\n3;4\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (uint64_t stated = 0; stated < 2; stated++) {
        options.delimiter_stated = stated;
        struct csvk_validator *v = judge(table, strlen(table), &options);
        const struct csvk_finding *f = first_of(report_of(v), "delimiter-suspected");
        ck_assert((f != NULL) == (stated == 0));
        csvk_validator_free(v);
    }
}
END_TEST

START_TEST(who_says_the_enclosure_is_not_doubted)
{
    static const char table[] = "a,b\n1,the \"x\" y\n2,\"X\" is\n3,6\" x\n6,7\n6,8\n7,6\n7,8\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (unsigned said = 0; said < 3; said++) {
        options.enclosure_stated = said == 1;
        options.dialect.escape = said == 2 ? '\\' : CSVK_NO_BYTE;
        struct csvk_validator *v = judge(table, strlen(table), &options);
        const struct csvk_finding *f = first_of(report_of(v), "quote-style-suspected");
        ck_assert((f != NULL) == (said == 0));
        csvk_validator_free(v);
    }
}
END_TEST

/* An option is named where the whole sample reads well with it, and nothing good changes. */
static const struct advised {
    const char *rule, *table;
    bool named;
} advised[] = {
    {"quote-style-suspected", "a,b\n'x','1, 2'\n", true},
    {"quote-style-suspected", "a,b\n'O''Neil','1, 2'\n", true},
    {"quote-style-suspected", "a,b\nO'Hara,1\nx,'1, 2'\n", false}, /* an apostrophe is data */
    {"quote-style-suspected", "a,b\n'x' y,1\nx,'1, 2'\n", false},  /* text after it */
    {"quote-style-suspected", "a,b\n'x' y',1\nx,'1, 2'\n", false},
    {"quote-style-suspected", "a,b\n\"x\",1\nx,'1, 2'\n", false}, /* " would be data */
    {"quote-style-suspected", "a,b\nx,1,2\nx,'1, 2'\n", false},   /* another width */
    {"quote-style-suspected", "a,b\n`x`,`1, 2`\n", true},
    {"quote-style-suspected", "a,b\nx`y,1\n`x`,`1, 2`\n", false},
    {"field-count", "a,b\nO'Hara,1\nx,'1, 2'\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\n", true},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\"\",2\n", true},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",C:\\x\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",\"C:\\\"\n", false},
    {"backslash-escaped-quote", "a,b\n\"C:\\\",2\n\"say \\\"hi\\\" now\",1\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\n1,2,3\n", false},
    {"backslash-escaped-quote", "a,b\n\"say \\\"hi\\\" now\",2\\", false},
};

START_TEST(an_option_is_named_where_it_helps)
{
    const struct advised *c = &advised[_i];
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(c->table, strlen(c->table), &options);
    const struct csvk_finding *f = first_of(report_of(v), c->rule);
    ck_assert_ptr_nonnull(f);
    const char *remedy = csvk_finding_remedy(f);
    ck_assert_msg((strstr(remedy, "--e") != NULL) == c->named, "%s", remedy);
    csvk_validator_free(v);
}
END_TEST

/* The records outvote the header, but not what somebody has said about the width. */
START_TEST(a_width_that_is_known_is_not_outvoted)
{
    static const char table[] = "id,b,c\n" TEN_OF("1,2\n") "1,2,3\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (int known = 0; known < 3; known++) {
        options.width = known == 1 ? 3 : 0;
        options.header = known == 2 ? CSVK_NO_HEADER : CSVK_HEADER;
        struct csvk_validator *v = judge(table, strlen(table) - 6, &options);
        const struct csvk_report *report = report_of(v);
        ck_assert((first_of(report, "header-width") != NULL) == (known == 0));
        ck_assert_uint_eq(report->totals->width, known == 0 ? 2 : 3);
        csvk_validator_free(v);
    }
}
END_TEST

/* A title and `count` records of a table, of which some lack the last field, or have one more. */
START_TEST(a_line_above_records_of_two_widths_is_a_title)
{
    static const struct {
        const char *first, *one, *other;
        int count;
        bool told;
    } tables[] = {
        {"Colours of x\n", "1,2,3\n", "1,2,3,4\n", 10, true},
        {"Colours of x\n", "1,2,3\n", "1,2,3,4\n", 9, false}, /* may be anything */
        {"Colours of x\n", "1,2,3\n", "1,2,3,4,5\n", 10, false},
        {"words\n", "one, two\n", "one, two, three\n", 10, false}, /* a column of texts */
        {"Colours of x\n", "1,2,3\n", "1,2,3\n", 9, true},
        {"Colours, of x\n", "1,2,3,4\n", "1,2,3,4,5\n", 10, false}, /* it may have names */
        {"Colours\nof x\n", "1,2,3\n", "1,2,3,4\n", 10, false},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct csvk_buf table = CSVK_BUF_INIT;
        ck_assert_int_eq(csvk_buf_puts(&table, tables[i].first), CSVK_OK);
        for (int n = 0; n < tables[i].count; n++) {
            const char *record = n % 3 == 1 ? tables[i].other : tables[i].one;
            ck_assert_int_eq(csvk_buf_puts(&table, record), CSVK_OK);
        }
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.delimiter_stated = 1;
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        ck_assert_msg((count_of(report_of(v), "preamble-suspected") == 1) == tables[i].told, "%zu",
                      i);
        csvk_validator_free(v);
        csvk_buf_release(&table);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_causes");
    TCase *tcase = tcase_create("validator_causes");
    tcase_set_timeout(tcase, 60);
    int cases = (int)(sizeof(cause_cases) / sizeof(cause_cases[0]));
    tcase_add_loop_test(tcase, what_has_one_cause_is_told_once, 0, cases);
    tcase_add_loop_test(tcase, nothing_is_folded_when_all_is_asked_for, 0, cases);
    tcase_add_test(tcase, a_long_file_is_judged_by_its_beginning);
    tcase_add_test(tcase, quotes_are_data_where_all_records_fit);
    tcase_add_test(tcase, a_line_above_records_of_two_widths_is_a_title);
    tcase_add_test(tcase, utf16_without_a_mark_is_told_once);
    tcase_add_test(tcase, short_text_in_utf16_is_known);
    tcase_add_test(tcase, a_byte_in_more_places_than_are_told_is_told_once);
    tcase_add_test(tcase, names_with_the_same_defect_are_told_once);
    tcase_add_test(tcase, who_says_the_delimiter_is_not_doubted);
    tcase_add_test(tcase, who_says_the_enclosure_is_not_doubted);
    tcase_add_test(tcase, a_width_that_is_known_is_not_outvoted);
    tcase_add_loop_test(tcase, an_option_is_named_where_it_helps, 0,
                        sizeof advised / sizeof advised[0]);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
