/* test_base.c - buffers, string lists and dialects: the ground everything stands on. */
#include "csvkit/base/delimiter.h"
#include "csvkit/csvkit.h"
#include "csvkit/json.h"
#include "validator/keys/keys_spill.h"

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
    struct csvk_dialect same = {.delimiter = '"', .enclosure = '"', .escape = CSVK_NO_BYTE};
    struct csvk_dialect good = CSVK_DIALECT_RFC4180;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_dialect_check(&good, &err), CSVK_OK);
    ck_assert_int_eq(csvk_dialect_check(&same, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "enclosure"));
}
END_TEST

static const struct {
    struct csvk_dialect dialect;
    const char *why;
} bad_dialects[] = {
    {{.delimiter = CSVK_NO_BYTE, .enclosure = '"', .escape = CSVK_NO_BYTE},
     "the delimiter must be one byte"},
    {{.delimiter = 256, .enclosure = '"', .escape = CSVK_NO_BYTE},
     "the delimiter must be one byte"},
    {{.delimiter = 0, .enclosure = '"', .escape = CSVK_NO_BYTE}, "the delimiter cannot be NUL"},
    {{.delimiter = '\n', .enclosure = '"', .escape = CSVK_NO_BYTE}, "the delimiter cannot be LF"},
    {{.delimiter = ',', .enclosure = '\r', .escape = CSVK_NO_BYTE}, "the enclosure cannot be CR"},
    {{.delimiter = ',', .enclosure = '"', .escape = 0x80}, "the escape cannot be \\x80"},
    {{.delimiter = ',', .enclosure = ' ', .escape = CSVK_NO_BYTE},
     "a blank cannot be the enclosure"},
    {{.delimiter = ',', .enclosure = '"', .escape = '\t'}, "a blank cannot be the escape"},
    {{.delimiter = ',', .enclosure = '"', .escape = ','},
     "the delimiter and the escape are the same byte"},
    {{.delimiter = ',', .enclosure = '"', .escape = '"'},
     "a doubled enclosure is read without naming it"},
};

START_TEST(dialects_that_cannot_be_are_explained)
{
    for (size_t i = 0; i < sizeof bad_dialects / sizeof bad_dialects[0]; i++) {
        struct csvk_error err = {0};
        ck_assert_int_eq(csvk_dialect_check(&bad_dialects[i].dialect, &err), CSVK_EUSAGE);
        ck_assert_msg(strstr(err.text, bad_dialects[i].why) != NULL, "row %zu: %s", i, err.text);
    }
}
END_TEST

START_TEST(json_writes_numbers_and_far_characters)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &out);
    csvk_json_open(&json, '[');
    csvk_json_int(&json, INT64_MIN);
    csvk_json_uint(&json, UINT64_MAX);
    csvk_json_string(&json, "\xf3\xa0\x80\x81\xe2\x80\xa8\x7f");
    csvk_json_close(&json, ']');
    ck_assert(!json.failed);
    ck_assert_str_eq(csvk_buf_text(&out), "[-9223372036854775808,18446744073709551615,"
                                          "\"\xf3\xa0\x80\x81\\u2028\\u007f\"]");
    csvk_buf_release(&out);
}
END_TEST

START_TEST(sizes_that_cannot_be_are_refused)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&out, "x"), CSVK_OK);
    ck_assert_int_eq(csvk_buf_reserve(&out, SIZE_MAX), CSVK_ENOMEM);
    ck_assert_int_eq(csvk_buf_reserve(&out, SIZE_MAX / 2 + 1), CSVK_ENOMEM);
    ck_assert_ptr_null(csvk_reallocarray(NULL, SIZE_MAX / 2, 3));
    ck_assert_str_eq(csvk_buf_text(&out), "x");
    csvk_buf_release(&out);
}
END_TEST

START_TEST(spilled_keys_come_back_or_say_why)
{
    char back[4];
    struct csvk_spill spill, nowhere;
    struct csvk_error err = {0};
    csvk_spill_init(&nowhere, "/nonexistent");
    ck_assert_int_eq(csvk_spill_write(&nowhere, 0, "abc", 3, &err), CSVK_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "'/nonexistent'"));
    csvk_spill_init(&spill, NULL);
    ck_assert_int_eq(csvk_spill_write(&spill, 5, "abc", 3, &err), CSVK_OK);
    ck_assert_uint_eq(spill.size, 8);
    ck_assert_int_eq(csvk_spill_read(&spill, 4, back, 4, &err), CSVK_OK);
    ck_assert_mem_eq(back, "\0abc", 4);
    ck_assert_int_eq(csvk_spill_read(&spill, 5, back, 4, &err), CSVK_EIO);
    csvk_spill_release(&spill);
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

/* As a person reads them; and what is written is read as the same. */
static const struct {
    const char *text, *bytes;
} written[] = {
    {"tab", "\t"},
    {"space", " "},
    {",", ","},
    {"\\", "\\"},
    {"\\x1f", "\x1f"},
    {"||", "||"},
    {"\\t\\t", "\t\t"},
    {",\\x20", ", "},
    {"|\\\\", "|\\"},
    {"\\x01\\x02", "\1\2"},
    {"\\xc2\\xa7", "\xc2\xa7"},
};

START_TEST(a_delimiter_is_written_as_it_is_read)
{
    const char *bytes = written[_i].bytes;
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180, again = CSVK_DIALECT_RFC4180;
    char text[CSVK_DELIMITER_TEXT];
    dialect.delimiter = (unsigned char)bytes[0];
    dialect.more_length = (unsigned char)(strlen(bytes) - 1);
    memcpy(dialect.more, bytes + 1, dialect.more_length);
    ck_assert_str_eq(csvk_dialect_write_delimiter(&dialect, text), written[_i].text);
    ck_assert_int_eq(csvk_dialect_parse_delimiter(text, &again, NULL), CSVK_OK);
    ck_assert(csvk_delimiter_same(&dialect, &again));
}
END_TEST

START_TEST(a_byte_is_written_as_it_is_read)
{
    char text[CSVK_DELIMITER_TEXT];
    int read = 0;
    ck_assert_str_eq(csvk_dialect_write_byte(CSVK_NO_BYTE, text), "none");
    for (int byte = 1; byte < 0x80; byte++) {
        if (byte != '\n' && byte != '\r') {
            csvk_dialect_write_byte(byte, text);
            ck_assert_int_eq(csvk_dialect_parse_byte(text, "delimiter", true, &read, NULL),
                             CSVK_OK);
            ck_assert_int_eq(read, byte);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tcase = tcase_create("base");
    tcase_add_test(tcase, errors_are_one_printable_line);
    tcase_add_test(tcase, buffer_grows_and_stays_terminated);
    tcase_add_test(tcase, dialect_bytes_are_read_as_users_write_them);
    tcase_add_loop_test(tcase, a_delimiter_is_written_as_it_is_read, 0,
                        sizeof written / sizeof written[0]);
    tcase_add_test(tcase, a_byte_is_written_as_it_is_read);
    tcase_add_test(tcase, dialect_roles_must_differ);
    tcase_add_test(tcase, dialects_that_cannot_be_are_explained);
    tcase_add_test(tcase, json_writes_numbers_and_far_characters);
    tcase_add_test(tcase, sizes_that_cannot_be_are_refused);
    tcase_add_test(tcase, spilled_keys_come_back_or_say_why);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
