/*
 * test_validator_rules.c - for every rule a file that breaks it and one that does not, with the
 * place; levels of the profiles; limits; what is kept of a flood.
 */
#include "tests/support/judged.h"
#include "tests/support/rule_samples.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <string.h>

START_TEST(rules_find_what_they_should)
{
    const struct sample *s = &samples[_i];
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_validate_set_rule(&options, s->rule, CSVK_ERROR, &err), CSVK_OK);
    struct csvk_validator *v = judge(s->bytes, s->length, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_msg(
        count_of(report, s->rule) == s->count, "%s: found %llu times, expected %llu in %s", s->rule,
        (unsigned long long)count_of(report, s->rule), (unsigned long long)s->count, s->bytes);
    if (s->byte >= 0) {
        const struct csvk_finding *f = first_of(report, s->rule);
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(f->byte, (uint64_t)s->byte);
        ck_assert_int_eq(f->severity, CSVK_ERROR);
        ck_assert_uint_ge(f->line, 1);
    }
    csvk_validator_free(v);
}
END_TEST

/* Rules that need options have tests of their own below. */
START_TEST(every_rule_has_a_positive_and_a_negative_sample)
{
    static const char elsewhere[] = " compressed-input-damaged duplicate-key empty-key "
                                    "duplicate-key-suspected "
                                    "header-mismatch manifest-header manifest-header-skipped "
                                    "header-repeated "
                                    "foreign-key "
                                    "field-too-long record-too-long "
                                    "too-many-fields too-many-records "
                                    /* test_schema.c */
                                    "type-mismatch value-missing value-too-long "
                                    "value-out-of-range value-precision value-ambiguous "
                                    "value-not-portable "
                                    /* tests/schema/table_rows.py, table_schema.test.sh */
                                    "value-too-short value-not-in-list value-pattern not-unique ";
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        const char *id = csvk_rule_at(i)->id;
        bool found = false, absent = false;
        for (size_t k = 0; k < sizeof(samples) / sizeof(samples[0]); k++) {
            bool same = strcmp(samples[k].rule, id) == 0;
            found |= same && samples[k].count != 0;
            absent |= same && samples[k].count == 0;
        }
        ck_assert_msg((found && absent) || strstr(elsewhere, id) != NULL, "no samples for %s", id);
    }
}
END_TEST

START_TEST(rows_are_whole)
{
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        const struct csvk_rule *rule = csvk_rule_at(i);
        ck_assert_ptr_eq(csvk_rule_find(rule->id), rule);
        ck_assert_uint_eq(strlen(rule->levels), CSVK_PROFILES);
        ck_assert_uint_eq(strspn(rule->levels, "EWI-"), CSVK_PROFILES);
        ck_assert(rule->message[0] != '\0' && rule->summary[0] != '\0' && rule->why[0] != '\0' &&
                  rule->remedy[0] != '\0');
        const char *open = strchr(rule->message, '{');
        ck_assert(open == NULL || strchr(open, '}') != NULL);
    }
    ck_assert_ptr_null(csvk_rule_find("no-such-rule"));
    ck_assert_ptr_null(csvk_rule_at(csvk_rule_count()));
    ck_assert_uint_le(csvk_rule_count(), CSVK_RULES_MAX);
}
END_TEST

START_TEST(messages_carry_their_facts)
{
    static const char bytes[] = "a,b\r\n1,2,3\r\n";
    struct csvk_validate_options options;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_finding *f = first_of(report_of(v), "field-count");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(csvk_finding_message(f, &text), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&text), "3 fields, expected 2");
    ck_assert_uint_eq(f->excerpt_length, 5);
    ck_assert_uint_eq(f->excerpt_place, 4);
    csvk_buf_release(&text);
    csvk_validator_free(v);
}
END_TEST

START_TEST(a_width_error_names_the_quoting_error_it_follows)
{
    static const char bytes[] = "a,b\r\n1,\"x\"y,\"z\",4\r\n1\r\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_finding *f = first_of(report_of(v), "field-count");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(f->nextras, 3);
    ck_assert_str_eq(f->extra[2].key, "follows");
    ck_assert_str_eq(f->extra[2].text, "text-after-closing-quote");
    csvk_validator_free(v);
}
END_TEST

START_TEST(profiles_judge_differently)
{
    static const char bytes[] = "\xEF\xBB\xBF"
                                "a\n1\n";
    static const bool valid[CSVK_PROFILES] = {false, true, true, true, true};
    for (int i = 0; i < CSVK_PROFILES; i++) {
        struct csvk_validate_options options;
        csvk_validate_options_init(&options);
        options.profile = (enum csvk_profile)i;
        struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
        ck_assert_int_eq(report_of(v)->valid, valid[i]);
        csvk_validator_free(v);
    }
    struct csvk_validate_options headless;
    csvk_validate_options_init(&headless);
    headless.profile = CSVK_PROFILE_KEBOOLA;
    headless.header = CSVK_NO_HEADER;
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &headless);
    ck_assert(!report_of(v)->valid);
    csvk_validator_free(v);
}
END_TEST

START_TEST(limits_are_findings)
{
    static const char bytes[] = "a,b\r\n12345,x\r\n1,\"\"\"234\"\r\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.max_field = 4;
    options.max_record = 10;
    options.max_fields = 1;
    options.max_records = 2;
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_eq(count_of(report, "field-too-long"), 1);
    ck_assert_uint_eq(first_of(report, "field-too-long")->byte, 5);
    ck_assert_uint_eq(count_of(report, "record-too-long"), 1);
    ck_assert_uint_eq(count_of(report, "too-many-fields"), 1);
    ck_assert_uint_eq(count_of(report, "too-many-records"), 1);
    csvk_validator_free(v);
    options.max_field = 5;
    options.max_record = 11;
    options.max_fields = 2;
    options.max_records = 3;
    v = judge(bytes, sizeof(bytes) - 1, &options);
    ck_assert(report_of(v)->valid);
    csvk_validator_free(v);
}
END_TEST

/* The keboola limit is watched without fields: a field one byte over it, and one exactly at it. */
START_TEST(large_fields_are_measured)
{
    for (size_t over = 0; over < 2; over++) {
        struct csvk_buf file = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        size_t size = 16777216 + over;
        csvk_validate_options_init(&options);
        options.profile = CSVK_PROFILE_KEBOOLA;
        ck_assert_int_eq(csvk_buf_puts(&file, "id,b\n1,\""), CSVK_OK);
        ck_assert_int_eq(csvk_buf_reserve(&file, size + 8), CSVK_OK);
        memset(file.data + file.length, 'x', size);
        file.length += size;
        ck_assert_int_eq(csvk_buf_puts(&file, "\"\n2,b\n"), CSVK_OK);
        struct csvk_validator *v = judge((const char *)file.data, file.length, &options);
        const struct csvk_report *report = report_of(v);
        ck_assert_uint_eq(count_of(report, "field-too-long"), over);
        ck_assert_uint_eq(report->errors, over);
        if (over == 1) {
            const struct csvk_finding *f = first_of(report, "field-too-long");
            ck_assert_uint_eq(f->byte, 7);
            ck_assert_uint_eq(f->record, 2);
            ck_assert_uint_eq(f->field, 2);
        }
        csvk_validator_free(v);
        csvk_buf_release(&file);
    }
}
END_TEST

START_TEST(expected_columns_are_compared)
{
    static const char good[] = "a,b\r\n1,2\r\n", bad[] = "b,c\r\n1,2\r\n";
    struct csvk_validate_options options;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_strings_add(&options.columns, "a"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&options.columns, "b"), CSVK_OK);
    struct csvk_validator *v = judge(good, sizeof(good) - 1, &options);
    ck_assert(report_of(v)->valid);
    csvk_validator_free(v);
    v = judge(bad, sizeof(bad) - 1, &options);
    const struct csvk_finding *f = first_of(report_of(v), "header-mismatch");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(csvk_finding_message(f, &text), CSVK_OK);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&text), "missing `a`; surplus `c`"));
    csvk_buf_release(&text);
    csvk_validator_free(v);
    v = judge("", 0, &options);
    ck_assert_uint_eq(count_of(report_of(v), "empty-file"), 0);
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

/* Keys that look alike, one of them twice; only where the rule is on. */
START_TEST(keys_that_look_alike_are_told)
{
    static const char bytes[] = "id,n\nA1,x\na1 ,x\n\"A1\",x\nb,x\n";
    struct csvk_validate_options options;
    struct csvk_buf text = CSVK_BUF_INIT;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "id"), CSVK_OK);
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_eq(count_of(report, "duplicate-key"), 1);
    ck_assert_uint_eq(count_of(report, "duplicate-key-suspected"), 1);
    const struct csvk_finding *f = first_of(report, "duplicate-key-suspected");
    ck_assert(f->record == 3 && f->line == 3 && f->severity == CSVK_WARNING);
    ck_assert_int_eq(csvk_finding_message(f, &text), CSVK_OK);
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&text), "than that of record 2, but"));
    csvk_buf_release(&text);
    csvk_validator_free(v);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "duplicate-key-suspected", CSVK_OFF, NULL),
                     CSVK_OK);
    v = judge(bytes, sizeof(bytes) - 1, &options);
    ck_assert_uint_eq(count_of(report_of(v), "duplicate-key"), 1);
    ck_assert_uint_eq(count_of(report_of(v), "duplicate-key-suspected"), 0);
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

START_TEST(keys_must_be_filled_and_unique)
{
    static const char bytes[] = "id,b\n1,x\n\"2\",\"y\ny\"\n1,z\n,w\n\"2\",v\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "id"), CSVK_OK);
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_eq(count_of(report, "duplicate-key"), 2);
    ck_assert_uint_eq(count_of(report, "empty-key"), 1);
    const struct csvk_finding *f = first_of(report, "duplicate-key");
    ck_assert_uint_eq(f->record, 4);
    ck_assert_uint_eq(f->line, 5);
    ck_assert_uint_eq(f->byte, 19);
    ck_assert_uint_eq(f->extra[0].number, 2);
    csvk_validator_free(v);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "b"), CSVK_OK);
    v = judge(bytes, sizeof(bytes) - 1, &options);
    ck_assert_uint_eq(count_of(report_of(v), "duplicate-key"), 0);
    csvk_validator_free(v);
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "nowhere"), CSVK_OK);
    v = judge(bytes, sizeof(bytes) - 1, &options);
    ck_assert_uint_eq(count_of(report_of(v), "header-mismatch"), 1);
    csvk_validator_free(v);
    csvk_validate_options_release(&options);
}
END_TEST

START_TEST(a_sep_line_is_obeyed_when_asked_for)
{
    static const char bytes[] = "sep=;\r\nid;b;c\r\n1;2;3\r\n4;5\r\n";
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.sep = CSVK_SEP_LOOK;
    struct csvk_validator *v = judge(bytes, sizeof(bytes) - 1, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_int_eq(report->dialect.delimiter, ';');
    ck_assert_uint_eq(report->column_names->count, 3);
    ck_assert_str_eq(report->column_names->item[0], "id");
    ck_assert_uint_eq(count_of(report, "sep-directive"), 1);
    ck_assert_uint_eq(count_of(report, "field-count"), 1);
    ck_assert_uint_eq(first_of(report, "field-count")->record, 4);
    ck_assert_uint_eq(report->errors, 1);
    csvk_validator_free(v);
    options.sep = CSVK_SEP_DATA;
    v = judge(bytes, sizeof(bytes) - 1, &options);
    ck_assert_int_eq(report_of(v)->dialect.delimiter, ',');
    ck_assert_uint_eq(report_of(v)->totals->width, 1);
    csvk_validator_free(v);
}
END_TEST

START_TEST(floods_are_counted_and_do_not_hide_others)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.max_findings = 10;
    ck_assert_int_eq(csvk_buf_puts(&file, "a,b\r\n"), CSVK_OK);
    for (int i = 0; i < 5000; i++) {
        ck_assert_int_eq(csvk_buf_puts(&file, "1,2,3\r\nx\"y,2\r\n"), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_puts(&file, "1,\"2\r\n"), CSVK_OK);
    struct csvk_validator *v = judge((const char *)file.data, file.length, &options);
    const struct csvk_report *report = report_of(v);
    ck_assert_uint_eq(report->nfindings, 10);
    ck_assert_uint_eq(count_of(report, "field-count"), 5000);
    ck_assert_uint_eq(count_of(report, "quote-in-unquoted-field"), 5000);
    ck_assert_ptr_nonnull(first_of(report, "unclosed-quote"));
    ck_assert_uint_eq(report->errors, 10001);
    ck_assert_uint_eq(report->findings_dropped, 10001 + report->warnings - 10);
    csvk_validator_free(v);
    options.max_findings = 0;
    v = judge((const char *)file.data, file.length, &options);
    ck_assert_uint_eq(report_of(v)->findings_dropped, 0);
    csvk_validator_free(v);
    csvk_buf_release(&file);
}
END_TEST

START_TEST(options_are_checked)
{
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    struct csvk_validator *v = NULL;
    enum csvk_profile profile;
    enum csvk_severity severity;
    csvk_validate_options_init(&options);
    ck_assert_int_eq(csvk_validate_set_rule(&options, "none", CSVK_OFF, &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_profile_parse("rfc", &profile, &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_severity_parse("fatal", &severity, &err), CSVK_EUSAGE);
    options.dialect.enclosure = ',';
    ck_assert_int_eq(csvk_validator_new(&v, &options, &err), CSVK_EUSAGE);
    csvk_validate_options_init(&options);
    options.header = CSVK_NO_HEADER;
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "id"), CSVK_OK);
    ck_assert_int_eq(csvk_validator_new(&v, &options, &err), CSVK_EUSAGE);
    csvk_validate_options_release(&options);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validator_rules");
    TCase *tcase = tcase_create("validator_rules");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, rules_find_what_they_should, 0,
                        (int)(sizeof(samples) / sizeof(samples[0])));
    tcase_add_test(tcase, every_rule_has_a_positive_and_a_negative_sample);
    tcase_add_test(tcase, rows_are_whole);
    tcase_add_test(tcase, messages_carry_their_facts);
    tcase_add_test(tcase, a_width_error_names_the_quoting_error_it_follows);
    tcase_add_test(tcase, profiles_judge_differently);
    tcase_add_test(tcase, limits_are_findings);
    tcase_add_test(tcase, large_fields_are_measured);
    tcase_add_test(tcase, expected_columns_are_compared);
    tcase_add_test(tcase, keys_must_be_filled_and_unique);
    tcase_add_test(tcase, keys_that_look_alike_are_told);
    tcase_add_test(tcase, a_sep_line_is_obeyed_when_asked_for);
    tcase_add_test(tcase, floods_are_counted_and_do_not_hide_others);
    tcase_add_test(tcase, options_are_checked);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
