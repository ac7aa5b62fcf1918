/* test_manifest_json.c - reading manifests: strict JSON, places, caps, numerals, order, redaction.
 */
#include "manifest/manifest_tree.h"

#include <cjson/cJSON.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    size_t length; /* 0: strlen */
    unsigned line, column;
    const char *rule, *words;
} broken[] = {
    {"", 0, 1, 1, "manifest-json", "empty"},
    {" \n\t", 0, 2, 2, "manifest-json", "empty"},
    {"{", 0, 1, 2, "manifest-json", "key in double quotes"},
    {"{\"a\"", 0, 1, 5, "manifest-json", "colon"},
    {"{\"a\":", 0, 1, 6, "manifest-json", "ends too early"},
    {"{\"a\":1", 0, 1, 7, "manifest-json", "ends too early"},
    {"{\"a\":1,}", 0, 1, 8, "manifest-json", "a comma before }"},
    {"{\"a\":[1,]}", 0, 1, 9, "manifest-json", "a comma before ]"},
    {"{\n  \"a\": 1\n  \"b\": 2\n}", 0, 3, 3, "manifest-json", "a comma or }"},
    {"{\r\n\r\"a\" 1}", 0, 3, 5, "manifest-json", "colon"},
    {"{\"a\":01}", 0, 1, 7, "manifest-json", "leading zeros"},
    {"{\"a\":1.}", 0, 1, 8, "manifest-json", "digit"},
    {"{\"a\":-}", 0, 1, 7, "manifest-json", "digit"},
    {"{\"a\":1e}", 0, 1, 8, "manifest-json", "digit"},
    {"{\"a\":+1}", 0, 1, 6, "manifest-json", "a value"},
    {"{\"a\":.5}", 0, 1, 6, "manifest-json", "a value"},
    {"{\"a\":NaN}", 0, 1, 6, "manifest-json", "a value"},
    {"{\"a\":True}", 0, 1, 6, "manifest-json", "a value"},
    {"{\"a\":nul}", 0, 1, 6, "manifest-json", "a value"},
    {"{'a':1}", 0, 1, 2, "manifest-json", "double quotes"},
    {"{\"a\":'x'}", 0, 1, 6, "manifest-json", "double quotes"},
    {"{\"a\":\"x}", 0, 1, 6, "manifest-json", "not closed"},
    {"{\"a\":\"x\ny\"}", 0, 1, 8, "manifest-json", "line break"},
    {"{\"a\":\"x\ty\"}", 0, 1, 8, "manifest-json", "control"},
    {"{\"a\":\"\\x\"}", 0, 1, 7, "manifest-json", "escape"},
    {"{\"a\":\"\\u12g4\"}", 0, 1, 7, "manifest-json", "hexadecimal"},
    {"{\"a\":\"\\u00", 0, 1, 7, "manifest-json", "hexadecimal"},
    {"{\"a\":\"\\u0000\"}", 0, 1, 7, "manifest-json", "NUL"},
    {"{\"a\":\"\\ud800\"}", 0, 1, 7, "manifest-json", "surrogate"},
    {"{\"a\":\"\\udc00\"}", 0, 1, 7, "manifest-json", "surrogate"},
    {"{\"a\":\"\\ud800\\u0041\"}", 0, 1, 7, "manifest-json", "surrogate"},
    {"{\"a\":\"\xff\"}", 0, 1, 7, "manifest-encoding", "UTF-8"},
    {"{\"a\":\"\xc3\"}", 0, 1, 7, "manifest-encoding", "UTF-8"},
    {"{\"a\":\"\xed\xa0\x80\"}", 0, 1, 7, "manifest-encoding", "UTF-8"},
    {"{\"a\":1}\0", 8, 1, 8, "manifest-json", "follows"},
    {"{\"a\":\"x\0y\"}", 11, 1, 8, "manifest-json", "control"},
    {"{} {}", 0, 1, 4, "manifest-json", "follows"},
    {"{\"a\":1} // c", 0, 1, 9, "manifest-json", "follows"},
    {"{\"a\":/**/1}", 0, 1, 6, "manifest-json", "a value"},
    {"[1]", 0, 1, 1, "manifest-not-object", "object"},
    {"\n \"x\"", 0, 2, 2, "manifest-not-object", "object"},
    {"null", 0, 1, 1, "manifest-not-object", "object"},
    {"---\ncolumns: [a]\n", 0, 1, 2, "manifest-json", "digit"},
};

START_TEST(broken_text_is_refused_with_its_place)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings findings = {0};
    struct csvk_error err = {0};
    size_t n = broken[_i].length != 0 ? broken[_i].length : strlen(broken[_i].text);
    ck_assert_int_eq(csvk_manifest_parse(&manifest, broken[_i].text, n, &findings, &err),
                     CSVK_EDATA);
    ck_assert_ptr_null(manifest);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].rule->id, broken[_i].rule);
    ck_assert_msg(strstr(findings.item[0].message, broken[_i].words) != NULL, "%s",
                  findings.item[0].message);
    ck_assert_uint_eq(findings.item[0].line, broken[_i].line);
    ck_assert_uint_eq(findings.item[0].column, broken[_i].column);
    csvk_findings_release(&findings);
}
END_TEST

/* What is printed for `text`; the caller frees it. */
static char *reprint(const char *text, struct csvk_findings *findings)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_print(manifest, &out), CSVK_OK);
    csvk_manifest_free(manifest);
    char *copy = csvk_strdup(csvk_buf_text(&out));
    csvk_buf_release(&out);
    return copy;
}

static const struct {
    const char *text, *printed;
} printed[] = {
    {"{}", "{}\n"},
    {"{\"a\":[],\"b\":{}}", "{\n    \"a\": [],\n    \"b\": {}\n}\n"},
    {"{\"n\":12345678901234567890123}", "{\n    \"n\": 12345678901234567890123\n}\n"},
    {"{\"n\":9007199254740993}", "{\n    \"n\": 9007199254740993\n}\n"},
    {"{\"n\":-0.0}", "{\n    \"n\": -0.0\n}\n"},
    {"{\"n\":1E400}", "{\n    \"n\": 1E400\n}\n"},
    {"{\"n\":[1.10,2]}", "{\n    \"n\": [\n        1.10,\n        2\n    ]\n}\n"},
    {"{\"z\":true,\"a\":null,\"\":false}",
     "{\n    \"z\": true,\n    \"a\": null,\n    \"\": false\n}\n"},
    {"{\"t\":\"\\u00e9\\ud83d\\ude00é/\\/\"}", "{\n    \"t\": \"é😀é//\"\n}\n"},
    {"{\"t\":\"\\n\\t\\\\\\\"\"}", "{\n    \"t\": \"\\n\\t\\\\\\\"\"\n}\n"},
};

/* Why there is a scan in front of cJSON: alone it takes some of these for good. */
START_TEST(cjson_alone_would_accept_some)
{
    size_t accepted = 0, count = sizeof broken / sizeof *broken;
    for (size_t i = 0; i < count; i++) {
        size_t length = broken[i].length != 0 ? broken[i].length : strlen(broken[i].text);
        cJSON *tree = cJSON_ParseWithLength(broken[i].text, length);
        accepted += cJSON_IsObject(tree) != 0;
        cJSON_Delete(tree);
    }
    printf("cJSON %s alone accepts %zu of %zu broken texts\n", cJSON_Version(), accepted, count);
    ck_assert_uint_gt(accepted, 0);
}
END_TEST

START_TEST(text_is_printed_with_all_digits_and_in_order)
{
    struct csvk_findings findings = {0};
    char *once = reprint(printed[_i].text, &findings);
    ck_assert_str_eq(once, printed[_i].printed);
    char *twice = reprint(once, &findings);
    ck_assert_str_eq(once, twice);
    ck_assert_uint_eq(findings.count, 0);
    csvk_free(once);
    csvk_free(twice);
}
END_TEST

START_TEST(a_byte_order_mark_is_a_finding_not_the_end)
{
    struct csvk_findings findings = {0};
    char *text = reprint("\xef\xbb\xbf{\"incremental\":true}", &findings);
    ck_assert_ptr_nonnull(strstr(text, "incremental"));
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-bom");
    csvk_free(text);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(repeated_keys_are_found_at_every_level)
{
    struct csvk_findings findings = {0};
    char *text =
        reprint("{\"a\":1,\n\"b\":{\"c\":1,\"x y\":[],\"c\":2},\n\"a\":{},\"A\":0}", &findings);
    ck_assert_uint_eq(findings.errors, 2);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-duplicate-key");
    ck_assert_str_eq(findings.item[0].path, "$.b.c");
    ck_assert_uint_eq(findings.item[0].line, 2);
    ck_assert_uint_eq(findings.item[0].column, 21);
    ck_assert_str_eq(findings.item[1].path, "$.a");
    ck_assert_uint_eq(findings.item[1].line, 3);
    csvk_free(text);
    csvk_findings_release(&findings);
}
END_TEST

/* {"a":[[[...]]]} with `depth` brackets in all. */
static int parse_nested(size_t depth, struct csvk_findings *findings)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&text, "{\"a\":"), CSVK_OK);
    for (size_t i = 1; i < depth; i++) {
        ck_assert_int_eq(csvk_buf_putc(&text, '['), CSVK_OK);
    }
    for (size_t i = 1; i < depth; i++) {
        ck_assert_int_eq(csvk_buf_putc(&text, ']'), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_putc(&text, '}'), CSVK_OK);
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_parse(&manifest, text.data, text.length, findings, NULL);
    csvk_manifest_free(manifest);
    csvk_buf_release(&text);
    return status;
}

START_TEST(nesting_has_a_limit_that_is_said)
{
    struct csvk_findings findings = {0};
    ck_assert_int_eq(parse_nested(CSVK_MANIFEST_MAX_DEPTH, &findings) <= CSVK_OK, 1);
    csvk_findings_release(&findings);
    ck_assert_int_eq(parse_nested(CSVK_MANIFEST_MAX_DEPTH + 1, &findings), CSVK_EDATA);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-limit");
    csvk_findings_release(&findings);
    ck_assert_int_eq(parse_nested(1000000, &findings), CSVK_EDATA);
    ck_assert_uint_eq(findings.item[0].column, 5 + CSVK_MANIFEST_MAX_DEPTH);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(size_has_a_limit_that_is_said)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    size_t n = CSVK_MANIFEST_MAX_BYTES + 1;
    char *text = csvk_malloc(n);
    memset(text, ' ', n);
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, n, &findings, NULL), CSVK_EDATA);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-limit");
    csvk_findings_release(&findings);
    csvk_free(text);
}
END_TEST

START_TEST(many_keys_cost_no_more_than_their_number)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    ck_assert_int_eq(csvk_buf_puts(&text, "{\"columns\":["), CSVK_OK);
    for (int i = 0; i < 100000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "%s\"c%d\"", i > 0 ? "," : "", i), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_puts(&text, "],\"column_metadata\":{"), CSVK_OK);
    for (int i = 0; i < 100000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&text, "%s\"c%d\":[{\"key\":\"k\",\"value\":\"v\"}]",
                                         i > 0 ? "," : "", i),
                         CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_puts(&text, "}}"), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text.data, text.length, &findings, NULL),
                     CSVK_OK);
    struct csvk_manifest_judge judge;
    csvk_manifest_judge_init(&judge);
    ck_assert_int_eq(csvk_manifest_check(manifest, &judge, &findings), CSVK_OK);
    ck_assert_uint_eq(findings.count, 0);
    struct csvk_manifest *native = NULL;
    ck_assert_int_eq(
        csvk_manifest_convert(&native, manifest, CSVK_GENERATION_NATIVE, NULL, &findings), CSVK_OK);
    ck_assert_uint_eq(findings.count, 0);
    csvk_manifest_free(native);
    csvk_manifest_free(manifest);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(an_empty_list_is_an_empty_manifest)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, " [ ]", 4, &findings, NULL), CSVK_OK);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_uint_eq(findings.warnings, 1);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-not-object");
    ck_assert_uint_eq(findings.item[0].column, 2);
    ck_assert_int_eq(csvk_manifest_print(manifest, &out), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "{}\n");
    csvk_buf_release(&out);
    csvk_manifest_free(manifest);
    csvk_findings_release(&findings);
}
END_TEST

START_TEST(credentials_are_hidden)
{
    static const char text[] =
        "{\"s3\":{\"key\":\"k\",\"credentials\":{\"access_key_id\":\"AK\",\"secret_access_key\":"
        "\"x\",\"session_token\":\"longer\"}},\"abs\":{\"credentials\":{\"sas_connection_string\":"
        "\"sig\",\"expiration\":\"2030\"}}}";
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf out = CSVK_BUF_INIT;
    size_t replaced = 0;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_redact(manifest, &replaced), CSVK_OK);
    ck_assert_uint_eq(replaced, 4);
    ck_assert_int_eq(csvk_manifest_print(manifest, &out), CSVK_OK);
    ck_assert_ptr_null(strstr(csvk_buf_text(&out), "longer"));
    ck_assert_ptr_null(strstr(csvk_buf_text(&out), "sig\""));
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&out), "2030"));
    csvk_buf_release(&out);
    csvk_manifest_free(manifest);
}
END_TEST

START_TEST(credentials_in_unknown_sections_are_hidden)
{
    static const char text[] =
        "{\"gcs\":{\"bucket\":\"shown\",\"credentials\":{\"project\":\"HIDE\",\"deep\":{\"a\":["
        "\"HIDE\"]},\"expiration\":\"2030\"},\"accessToken\":\"HIDE\",\"API-Key\":\"HIDE\"},"
        "\"#password\":42,\"sas\":\"HIDE\",\"table_metadata\":{\"token\":\"metadata\"},"
        "\"column-metadata\":{\"secret\":[{\"key\":\"password\",\"value\":\"shown too\"}]}}";
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf out = CSVK_BUF_INIT;
    size_t replaced = 0;
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_redact(manifest, &replaced), CSVK_OK);
    ck_assert_uint_eq(replaced, 6);
    ck_assert_int_eq(csvk_manifest_print(manifest, &out), CSVK_OK);
    const char *shown = csvk_buf_text(&out);
    ck_assert_ptr_null(strstr(shown, "HIDE"));
    ck_assert_ptr_null(strstr(shown, "42"));
    ck_assert_ptr_nonnull(strstr(shown, "\"shown\""));
    ck_assert_ptr_nonnull(strstr(shown, "2030"));
    ck_assert_ptr_nonnull(strstr(shown, "\"metadata\""));
    ck_assert_ptr_nonnull(strstr(shown, "shown too"));
    csvk_buf_release(&out);
    csvk_manifest_free(manifest);
}
END_TEST

START_TEST(credentials_are_masked_in_text)
{
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"{\"a\":\"b\",\"token\" : \"x\\\"y\",\"c\":1}",
         "{\"a\":\"b\",\"token\" : \"****\",\"c\":1}"},
        {"{\"credentials\":{\"k\":\"abc\",\"l\":[\"d\",5]},\"m\":\"n\"}",
         "{\"credentials\":{\"k\":\"***\",\"l\":[\"*\",*]},\"m\":\"n\"}"},
        {"{\"s\":{\"credentials\":{\"expiration\":\"2030\",\"k\":\"v\"},\"region\":\"r\"}}",
         "{\"s\":{\"credentials\":{\"expiration\":\"2030\",\"k\":\"*\"},\"region\":\"r\"}}"},
        {"{\"password\":12,\n\"tokens\":[\"a\",\"b\"],\"x\":[\"c\"]}",
         "{\"password\":**,\n\"tokens\":[\"*\",\"*\"],\"x\":[\"c\"]}"},
        {"{\"token\":\"cut off", "{\"token\":\"*******"},
        {"{\"token\":\"cut\\", "{\"token\":\"****"},
        {"]}\"token\":\"a\"", "]}\"token\":\"*\""},
        {"\"", "\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = strdup(rows[i].text);
        manifest_mask_text((unsigned char *)text, strlen(text));
        ck_assert_str_eq(text, rows[i].masked);
        free(text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest_json");
    TCase *tcase = tcase_create("manifest_json");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, broken_text_is_refused_with_its_place, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_loop_test(tcase, text_is_printed_with_all_digits_and_in_order, 0,
                        (int)(sizeof printed / sizeof printed[0]));
    tcase_add_test(tcase, a_byte_order_mark_is_a_finding_not_the_end);
    tcase_add_test(tcase, cjson_alone_would_accept_some);
    tcase_add_test(tcase, repeated_keys_are_found_at_every_level);
    tcase_add_test(tcase, nesting_has_a_limit_that_is_said);
    tcase_add_test(tcase, size_has_a_limit_that_is_said);
    tcase_add_test(tcase, many_keys_cost_no_more_than_their_number);
    tcase_add_test(tcase, an_empty_list_is_an_empty_manifest);
    tcase_add_test(tcase, credentials_are_hidden);
    tcase_add_test(tcase, credentials_in_unknown_sections_are_hidden);
    tcase_add_test(tcase, credentials_are_masked_in_text);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
