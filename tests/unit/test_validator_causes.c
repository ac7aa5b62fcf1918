/*
 * test_validator_causes.c - what many records show together: records that are clean and should not
 * be there, and one finding for what has one cause.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

static struct csvk_validator *judge(const char *bytes, size_t length,
                                    const struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    ck_assert_int_eq(csvk_source_memory(&source, bytes, length, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, options, NULL, &err) == CSVK_OK, "%s", err.text);
    csvk_source_free(source);
    return v;
}

static const struct csvk_report *report_of(struct csvk_validator *v)
{
    struct csvk_error err = {0};
    const struct csvk_report *report = NULL;
    ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
    return report;
}

static const struct csvk_finding *first_of(const struct csvk_report *report, const char *rule)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        if (strcmp(report->findings[i]->rule->id, rule) == 0) {
            return report->findings[i];
        }
    }
    return NULL;
}

/* A table of `records` records, with `line` as the record of each of the given numbers. */
static void make_table(struct csvk_buf *table, uint64_t records, const char *line,
                       const uint64_t *at)
{
    csvk_buf_clear(table);
    for (uint64_t i = 1; i <= records; i++) {
        bool special = i == *at;
        at += special;
        ck_assert_int_eq(csvk_buf_puts(table, special  ? line
                                              : i == 1 ? "id,b\n"
                                                       : "7,8\n"),
                         CSVK_OK);
    }
}

/* Only the beginning of a file is searched, but all of it once a record was found there; empty
   records at the end are found however far it is. */
START_TEST(clean_records_are_searched_for)
{
    static const struct {
        const char *rule, *line;
        uint64_t at[3];
        uint64_t count;
    } cases[] = {
        {"header-repeated", "id,b\n", {50, 1000000, 0}, 2},
        {"header-repeated", "id,b\n", {49152, 0, 0}, 1},
        {"header-repeated", "id,b\n", {49154, 0, 0}, 0},
        {"empty-record", ",\n", {50, 1000000, 0}, 2},
        {"empty-record", ",\n", {12288, 0, 0}, 1},
        {"empty-record", ",\n", {12289, 0, 0}, 0},
        {"empty-record", ",\n", {999999, 1000000, 0}, 2},
    };
    struct csvk_buf table = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_table(&table, 1000000, cases[i].line, cases[i].at);
        struct csvk_validator *v = judge(csvk_buf_text(&table), table.length, &options);
        const struct csvk_finding *f = first_of(report_of(v), cases[i].rule);
        ck_assert_msg((f != NULL) == (cases[i].count != 0), "case %zu", i);
        if (f != NULL) {
            ck_assert_uint_eq(f->record, cases[i].at[0]);
            ck_assert_uint_eq(f->line, cases[i].at[0]);
            ck_assert_uint_eq(f->extra[0].number, cases[i].count);
        }
        csvk_validator_free(v);
    }
    csvk_buf_release(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_causes");
    TCase *tcase = tcase_create("validator_causes");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, clean_records_are_searched_for);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
