/* test_base.c - buffers, string lists and dialects: the ground everything stands on. */
#include "csvkit/csvkit.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

START_TEST(buffer_grows_and_stays_terminated)
{
    struct csvk_buf buf = CSVK_BUF_INIT;
    ck_assert_str_eq(csvk_buf_text(&buf), "");
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&buf, "%d,", i), CSVK_OK);
    }
    ck_assert_uint_eq(buf.length, strlen(csvk_buf_text(&buf)));
    ck_assert_int_eq(strncmp(csvk_buf_text(&buf), "0,1,2,", 6), 0);
    csvk_buf_clear(&buf);
    ck_assert_str_eq(csvk_buf_text(&buf), "");
    csvk_buf_release(&buf);
}
END_TEST

static int parse(const char *text, bool none_allowed)
{
    int byte = -2;
    struct csvk_error err = {0};
    int status = csvk_dialect_parse_byte(text, "delimiter", none_allowed, &byte, &err);
    return status == CSVK_OK ? byte : status - 100;
}

START_TEST(dialect_bytes_are_read_as_users_write_them)
{
    ck_assert_int_eq(parse(",", false), ',');
    ck_assert_int_eq(parse("tab", false), '\t');
    ck_assert_int_eq(parse("\\t", false), '\t');
    ck_assert_int_eq(parse("\\x1f", false), 0x1f);
    ck_assert_int_eq(parse("none", true), CSVK_NO_BYTE);
    ck_assert_int_eq(parse("none", false), CSVK_EUSAGE - 100);
    ck_assert_int_eq(parse("ab", false), CSVK_EUSAGE - 100);
    ck_assert_int_eq(parse("\n", false), CSVK_EUSAGE - 100);
    ck_assert_int_eq(parse("\\xe9", false), CSVK_EUSAGE - 100);
}
END_TEST

START_TEST(dialect_roles_must_differ)
{
    struct csvk_dialect same = {'"', '"', CSVK_NO_BYTE};
    struct csvk_dialect good = CSVK_DIALECT_RFC4180;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_dialect_check(&good, &err), CSVK_OK);
    ck_assert_int_eq(csvk_dialect_check(&same, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "enclosure"));
}
END_TEST

START_TEST(errors_are_one_printable_line)
{
    struct csvk_error err = {0};
    char many[3000];
    ck_assert_int_eq(csvk_fail(&err, CSVK_EDATA, "%s: bad", "a\n\033[1m\x7f\xc3\xa4"), CSVK_EDATA);
    ck_assert_str_eq(err.text, "a\\n\\x1b[1m\\x7f\xc3\xa4: bad");
    ck_assert_int_eq(csvk_fail_sys(&err, ENOENT, "cannot open %s", "x"), CSVK_EIO);
    ck_assert_str_eq(err.text, "cannot open x: No such file or directory");
    ck_assert_int_eq(err.sys, ENOENT);
    ck_assert_int_eq(csvk_fail_sys(NULL, ENOMEM, "x"), CSVK_ENOMEM);
    memset(many, '\033', sizeof many);
    many[sizeof many - 1] = '\0';
    ck_assert_int_eq(csvk_fail(&err, CSVK_EIO, "%s", many), CSVK_EIO);
    ck_assert_uint_lt(strlen(err.text), sizeof err.text);
    ck_assert_uint_eq(strlen(err.text) % 4, 0); /* no half escape */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tcase = tcase_create("base");
    tcase_add_test(tcase, errors_are_one_printable_line);
    tcase_add_test(tcase, buffer_grows_and_stays_terminated);
    tcase_add_test(tcase, dialect_bytes_are_read_as_users_write_them);
    tcase_add_test(tcase, dialect_roles_must_differ);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
