/* test_names.c - the cleaner of column names: the service's own vectors, then the edges. */
#include "csvkit/names.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *clean;
} vectors[] = {
    {"with spaces", "with_spaces"},
    {"ščřščž", "scrscz"},
    {"_with_underscore", "with_underscore"},
    {"_~dlažební  %_kostky_~", "dlazebni__kostky"},
    {"test-vn-đá cuội", "test_vn_da_cuoi"},
    {"jp日本語", "jp"},
    {"emoji 😀 name", "emoji_name"},
    {"language-id", "language_id"},
    {"__test__", "test"},
    {"test!!!x", "test_x"},
    {"123number", "123number"},
    {"CamelCase", "CamelCase"},
    {"_", ""},
    {"", ""},
    {"OID", "OID_"},
    /* further edges */
    {"a__b", "a__b"},
    {"a_-_b", "a___b"},
    {"日本語", ""},
    {"Straße", "Strasse"},
    {"ŁÓDŹ", "LODZ"},
    {"Ærø", "AEro"},
    {"Þór", "THor"},
    {"ǽ", "ae"},
    {"a\xcc\x81"
     "b",
     "ab"}, /* a, combining acute, b */
    {"\xcc\x81", ""},
    {"5 \xe2\x84\xaa", "5_K"}, /* kelvin sign */
    {"a\xc3\x97"
     "b",
     "a_b"}, /* multiplication sign is no letter */
    {"a\xff\xfe"
     "b",
     "a_b"},                  /* not UTF-8 */
    {"a\xc3", "a"},           /* cut short */
    {"\xef\xbb\xbfid", "id"}, /* byte order mark */
    {"xMin", "xMin_"},
    {"_ctid_", "ctid_"},
    {"tableoid", "tableoid_"},
    {"oid2", "oid2"},
    {"Ⱥⱥ", "Aa"},
    {"ệ Ỵ", "e_Y"},
};

START_TEST(names_are_cleaned_as_the_service_does)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_name_sanitize(vectors[_i].name, strlen(vectors[_i].name), &out), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), vectors[_i].clean);
    csvk_buf_release(&out);
}
END_TEST

START_TEST(cleaning_twice_changes_nothing)
{
    struct csvk_buf once = CSVK_BUF_INIT, twice = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_name_sanitize(vectors[_i].name, strlen(vectors[_i].name), &once),
                     CSVK_OK);
    ck_assert_int_eq(csvk_name_sanitize(csvk_buf_text(&once), once.length, &twice), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&once), csvk_buf_text(&twice));
    csvk_buf_release(&once);
    csvk_buf_release(&twice);
}
END_TEST

START_TEST(cleaning_appends_and_sees_nul)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&out, "kept_"), CSVK_OK);
    ck_assert_int_eq(csvk_name_sanitize("_a\0b", 4, &out), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "kept_a_b");
    csvk_buf_release(&out);
}
END_TEST

START_TEST(every_code_point_gives_word_characters)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    for (uint32_t code = 0x80; code < 0x3000; code++) {
        char utf8[3] = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)),
                        (char)(0x80 | (code & 0x3f))};
        char two[2] = {(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))};
        csvk_buf_clear(&out);
        int status =
            code < 0x800 ? csvk_name_sanitize(two, 2, &out) : csvk_name_sanitize(utf8, 3, &out);
        ck_assert_int_eq(status, CSVK_OK);
        ck_assert_uint_le(out.length, 2);
        for (size_t i = 0; i < out.length; i++) {
            ck_assert((out.data[i] >= 'a' && out.data[i] <= 'z') ||
                      (out.data[i] >= 'A' && out.data[i] <= 'Z'));
        }
    }
    csvk_buf_release(&out);
}
END_TEST

START_TEST(reserved_names_are_known_in_any_case)
{
    ck_assert(csvk_name_is_reserved("_timestamp", 10));
    ck_assert(csvk_name_is_reserved("_TimeStamp", 10));
    ck_assert(!csvk_name_is_reserved("timestamp", 9));
    ck_assert(csvk_name_is_system("CTID", 4));
    ck_assert(!csvk_name_is_system("ctid_", 5));
    ck_assert(csvk_name_same_folded("Id", "iD"));
    ck_assert(!csvk_name_same_folded("Id", "Idx"));
    ck_assert(!csvk_name_same_folded("Idx", "Id"));
    ck_assert(csvk_name_same_folded("", ""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *tcase = tcase_create("names");
    int n = (int)(sizeof vectors / sizeof vectors[0]);
    tcase_add_loop_test(tcase, names_are_cleaned_as_the_service_does, 0, n);
    tcase_add_loop_test(tcase, cleaning_twice_changes_nothing, 0, n);
    tcase_add_test(tcase, cleaning_appends_and_sees_nul);
    tcase_add_test(tcase, every_code_point_gives_word_characters);
    tcase_add_test(tcase, reserved_names_are_known_in_any_case);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
