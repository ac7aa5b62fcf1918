/* test_manifest_lengths.c - lengths of base types: those that both backends refuse, those that PHP
 * reads though they are not written as they should be, and those that are right. */
#include "manifest/manifest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct length_row {
    const char *base, *length;
    enum csvk_severity severity; /* CSVK_OFF: nothing is found */
};
static const struct length_row rows[] = {
    {"NUMERIC", "38,0", CSVK_OFF},      {"NUMERIC", "1", CSVK_OFF},
    {"NUMERIC", "38,38", CSVK_OFF},     {"NUMERIC", "", CSVK_OFF},
    {"STRING", "1", CSVK_OFF},          {"STRING", "9223372036854775807", CSVK_OFF},
    {"TIMESTAMP", "0", CSVK_OFF},       {"TIMESTAMP", "9", CSVK_OFF},
    {"INTEGER", "", CSVK_OFF},          {"NUMERIC", "max", CSVK_ERROR},
    {"NUMERIC", "0", CSVK_ERROR},       {"NUMERIC", "39", CSVK_ERROR},
    {"NUMERIC", "10,11", CSVK_ERROR},   {"NUMERIC", "10,2,1", CSVK_ERROR},
    {"NUMERIC", "010", CSVK_ERROR},     {"NUMERIC", "10,", CSVK_ERROR},
    {"NUMERIC", "0x10", CSVK_ERROR},    {"INTEGER", "10", CSVK_ERROR},
    {"FLOAT", "10", CSVK_ERROR},        {"BOOLEAN", "1", CSVK_ERROR},
    {"DATE", "10", CSVK_ERROR},         {"TIMESTAMP", "10", CSVK_ERROR},
    {"TIMESTAMP", "x", CSVK_ERROR},     {"STRING", "0", CSVK_ERROR},
    {"STRING", "max", CSVK_ERROR},      {"STRING", "-5", CSVK_ERROR},
    {"NUMERIC", "10, 2", CSVK_WARNING}, {"NUMERIC", " 10", CSVK_WARNING},
    {"NUMERIC", "10,2 ", CSVK_WARNING}, {"NUMERIC", "10.5", CSVK_WARNING},
    {"NUMERIC", "1e1", CSVK_WARNING},   {"NUMERIC", "+5", CSVK_WARNING},
    {"NUMERIC", "10,-2", CSVK_WARNING}, {"STRING", "10.5", CSVK_WARNING},
    {"STRING", " 255", CSVK_WARNING},
};

static void check_length(const struct length_row *row, const char *beside, enum csvk_severity want)
{
    char text[400], message[100];
    struct csvk_manifest *manifest = NULL;
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    snprintf(text, sizeof text,
             "{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"%s\",\"length\":"
             "\"%s\"}%s}}]}",
             row->base, row->length, beside);
    snprintf(message, sizeof message, "\"%s\" is not a length of %s", row->length, row->base);
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_check(manifest, &judge, &findings), CSVK_OK);
    ck_assert_msg(findings.count == (want != CSVK_OFF), "%s: %zu findings", text, findings.count);
    if (want != CSVK_OFF) {
        ck_assert_str_eq(findings.item[0].rule->id, "manifest-data-type");
        ck_assert_str_eq(findings.item[0].message, message);
        ck_assert_int_eq(findings.item[0].severity, want);
    }
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
}

START_TEST(lengths_are_what_a_backend_takes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_length(&rows[i], "", rows[i].severity);
    }
}
END_TEST

/* The length of the backend's type counts then. */
START_TEST(the_base_beside_a_backends_type_is_left_alone)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_length(&rows[i], ",\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"38,0\"}",
                     CSVK_OFF);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("manifest_lengths");
    TCase *t = tcase_create("lengths");
    tcase_add_test(t, lengths_are_what_a_backend_takes);
    tcase_add_test(t, the_base_beside_a_backends_type_is_left_alone);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
