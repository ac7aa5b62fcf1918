/*
 * test_manifest_lengths.c - lengths of types: those that a backend refuses, those that PHP reads
 * though they are not written as they should be, and those that are right.
 */
#include "manifest/manifest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is found: . nothing, w a warning, e an error. By whoever does not know the backend (the
   platform's rules alone, and values that are held against portable types), on Snowflake, on
   BigQuery. The lengths are JSON. */
struct length_row {
    const char *base, *length, *verdicts;
};
static const struct length_row rows[] = {
    /* STRING: one number, up to 134,217,728 on Snowflake, to 2^63-1 on BigQuery */
    {"STRING", "\"1\"", "..."},
    {"STRING", "\"255\"", "..."},
    {"STRING", "255", "..."},
    {"STRING", "\"16777216\"", "..."},
    {"STRING", "\"134217728\"", "..."},
    {"STRING", "\"134217729\"", ".e."},
    {"STRING", "\"1000000000\"", ".e."},
    {"STRING", "\"9223372036854775807\"", ".e."},
    {"STRING", "\"9223372036854775808\"", "eee"},
    {"STRING", "\"10000000000000000000\"", "eee"},
    {"STRING", "\"\"", "..."},
    {"STRING", "null", "..."},
    {"STRING", "\"0\"", "eee"},
    {"STRING", "0", "eee"},
    {"STRING", "\"max\"", "eee"},
    {"STRING", "\"-5\"", "eee"},
    {"STRING", "\"10,2\"", "eee"},
    {"STRING", "\"10.5\"", "www"},
    {"STRING", "\" 255\"", "www"},
    {"STRING", "\"+255\"", "www"},
    {"STRING", "\"1e3\"", "www"},
    /* those that have none */
    {"INTEGER", "\"\"", "..."},
    {"INTEGER", "null", "..."},
    {"INTEGER", "\"10\"", "eee"},
    {"INTEGER", "10", "eee"},
    {"INTEGER", "\"38,0\"", "eee"},
    {"INTEGER", "\"x\"", "eee"},
    {"FLOAT", "\"10\"", "eee"},
    {"FLOAT", "\"10,2\"", "eee"},
    {"FLOAT", "\"\"", "..."},
    {"BOOLEAN", "\"1\"", "eee"},
    {"BOOLEAN", "1", "eee"},
    {"BOOLEAN", "\"\"", "..."},
    {"DATE", "\"10\"", "eee"},
    {"DATE", "\"0\"", "eee"},
    {"DATE", "\"\"", "..."},
    /* NUMERIC: digits and decimals; on BigQuery 9 decimals and 29 digits before them */
    {"NUMERIC", "\"\"", "..."},
    {"NUMERIC", "\"1\"", "..."},
    {"NUMERIC", "1", "..."},
    {"NUMERIC", "\"29\"", "..."},
    {"NUMERIC", "\"30\"", "..e"},
    {"NUMERIC", "\"38\"", "..e"},
    {"NUMERIC", "38", "..e"},
    {"NUMERIC", "\"29,0\"", "..."},
    {"NUMERIC", "\"30,0\"", "..e"},
    {"NUMERIC", "\"38,0\"", "..e"},
    {"NUMERIC", "\"37,8\"", "..."},
    {"NUMERIC", "\"38,8\"", "..e"},
    {"NUMERIC", "\"38,9\"", "..."},
    {"NUMERIC", "\"9,9\"", "..."},
    {"NUMERIC", "\"10,10\"", "..e"},
    {"NUMERIC", "\"20,10\"", "..e"},
    {"NUMERIC", "\"38,37\"", "..e"},
    {"NUMERIC", "\"38,38\"", "wwe"},
    {"NUMERIC", "\"8,9\"", "eee"},
    {"NUMERIC", "\"max\"", "eee"},
    {"NUMERIC", "\"0\"", "eee"},
    {"NUMERIC", "\"0,0\"", "eee"},
    {"NUMERIC", "\"39\"", "eee"},
    {"NUMERIC", "\"10,11\"", "eee"},
    {"NUMERIC", "\"10,2,1\"", "eee"},
    {"NUMERIC", "\"010\"", "eee"},
    {"NUMERIC", "\"10,\"", "eee"},
    {"NUMERIC", "\"0x10\"", "eee"},
    {"NUMERIC", "\"10, 2\"", "www"},
    {"NUMERIC", "\" 10\"", "www"},
    {"NUMERIC", "\"10,2 \"", "www"},
    {"NUMERIC", "\"10.5\"", "www"},
    {"NUMERIC", "\"1e1\"", "www"},
    {"NUMERIC", "\"+5\"", "www"},
    {"NUMERIC", "\"10,-2\"", "www"},
    /* TIMESTAMP: digits of a second, on Snowflake alone */
    {"TIMESTAMP", "\"\"", "..."},
    {"TIMESTAMP", "\"0\"", "..e"},
    {"TIMESTAMP", "3", "..e"},
    {"TIMESTAMP", "\"9\"", "..e"},
    {"TIMESTAMP", "\"10\"", "eee"},
    {"TIMESTAMP", "\"-1\"", "eee"},
    {"TIMESTAMP", "\"x\"", "eee"},
    {"TIMESTAMP", "\"6,0\"", "eee"},
    /* a type that is none is told once, without its length */
    {"INTEGR", "\"10\"", "ttt"},
    {"VARCHAR", "\"0\"", "ttt"},
};
static const char letters[] = ".?we"; /* by severity */

enum reader { PLATFORM, PORTABLE, SNOWFLAKE, BIGQUERY };

static struct csvk_manifest *make(const char *blocks, char *text, size_t size)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings none = {0};
    snprintf(text, size, "{\"schema\":[{\"name\":\"a\",\"data_type\":{%s}}]}", blocks);
    ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &none, NULL), CSVK_OK);
    csvk_findings_release(&none);
    return manifest;
}

static void judge_as(const struct csvk_manifest *manifest, enum reader reader,
                     enum csvk_severity most, struct csvk_findings *findings)
{
    struct csvk_manifest_judge judge;
    csvk_manifest_judge_init(&judge);
    int status = reader == PLATFORM
                     ? csvk_manifest_check(manifest, &judge, findings)
                     : csvk_manifest_check_reading(
                           manifest, NULL, (enum csvk_backend)(reader - PORTABLE), most, findings);
    ck_assert_int_eq(status, CSVK_OK);
}

/* What is wrong with the types in `blocks`, for that reader: a letter for the verdict, t when a
   finding is not about a length. */
static char found(const char *blocks, enum reader reader, enum csvk_severity most)
{
    char text[400], letter = '.';
    struct csvk_manifest *manifest = make(blocks, text, sizeof text);
    struct csvk_findings findings = {0};
    judge_as(manifest, reader, most, &findings);
    ck_assert_msg(findings.count < 2, "%s: %zu findings", text, findings.count);
    if (findings.count == 1) {
        ck_assert_str_eq(findings.item[0].rule->id, "manifest-data-type");
        bool length = strstr(findings.item[0].message, "is not a length of") != NULL;
        letter = length ? letters[findings.item[0].severity] : 't';
        ck_assert_msg(!length || findings.item[0].remedy != NULL, "%s", text);
    }
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
    return letter;
}

static void block(char *out, size_t size, const char *which, const char *type, const char *length)
{
    snprintf(out, size, "\"%s\":{\"type\":\"%s\",\"length\":%s}", which, type, length);
}

START_TEST(lengths_are_what_a_backend_takes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char base[200];
        block(base, sizeof base, "base", rows[i].base, rows[i].length);
        for (int r = PLATFORM; r <= BIGQUERY; r++) {
            char got = found(base, (enum reader)r, CSVK_ERROR);
            char want = rows[i].verdicts[r == PLATFORM ? 0 : r - PORTABLE];
            ck_assert_msg(got == want, "%s, reader %d: %c", base, r, got);
            got = found(base, (enum reader)r, CSVK_WARNING);
            ck_assert_msg(r == PLATFORM || got == (want == 'e' ? 'w' : want), "%s: %c", base, got);
        }
    }
}
END_TEST

/* The length of the backend's type counts there; values are held against the base where no backend
   is known. */
START_TEST(the_base_beside_a_backends_type_counts_where_it_is_read)
{
    static const char *const others[] = {"\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"37,8\"}",
                                         "\"bigquery\":{\"type\":\"NUMERIC\",\"length\":\"37,8\"}"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char base[200], both[400];
        block(base, sizeof base, "base", rows[i].base, rows[i].length);
        for (int own = 0; own < 2 && rows[i].verdicts[0] != 't'; own++) {
            snprintf(both, sizeof both, "%s,%s", base, others[own]);
            const char want[] = {'.', rows[i].verdicts[0], own == 0 ? '.' : rows[i].verdicts[1],
                                 own == 1 ? '.' : rows[i].verdicts[2]};
            for (int r = PLATFORM; r <= BIGQUERY; r++) {
                char got = found(both, (enum reader)r, CSVK_ERROR);
                ck_assert_msg(got == want[r], "%s, reader %d: %c", both, r, got);
            }
        }
    }
}
END_TEST

/* Types of a backend's own, with the base beside them. */
START_TEST(a_backends_own_types_have_lengths_of_their_own)
{
    static const struct {
        const char *which, *type, *length;
        char verdict;
    } own[] = {
        {"snowflake", "VARCHAR", "\"134217728\"", '.'},
        {"snowflake", "VARCHAR", "\"0\"", 'e'},
        {"snowflake", "text", "134217729", 'e'},
        {"snowflake", "NUMBER", "\"38,0\"", '.'},
        {"snowflake", "NUMBER", "\"39\"", 'e'},
        {"snowflake", "DECIMAL", "\"10, 2\"", 'w'},
        {"snowflake", "BIGINT", "\"10\"", 'e'},
        {"snowflake", "DOUBLE", "\"10\"", 'e'},
        {"snowflake", "BOOLEAN", "\"1\"", 'e'},
        {"snowflake", "DATE", "\"1\"", 'e'},
        {"snowflake", "TIMESTAMP_NTZ", "\"9\"", '.'},
        {"snowflake", "DATETIME", "\"10\"", 'e'},
        {"snowflake", "VARIANT", "\"10\"", '.'},
        {"bigquery", "STRING", "\"134217729\"", '.'},
        {"bigquery", "INT64", "\"10\"", 'e'},
        {"bigquery", "NUMERIC", "\"38,9\"", '.'},
        {"bigquery", "DECIMAL", "\"38,0\"", 'e'},
        {"bigquery", "FLOAT64", "\"1\"", 'e'},
        {"bigquery", "BOOL", "\"1\"", 'e'},
        {"bigquery", "TIMESTAMP", "\"3\"", 'e'},
        {"bigquery", "BIGNUMERIC", "\"76,38\"", '.'},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char one[200], both[400];
        enum reader mine = own[i].which[0] == 's' ? SNOWFLAKE : BIGQUERY;
        block(one, sizeof one, own[i].which, own[i].type, own[i].length);
        snprintf(both, sizeof both, "\"base\":{\"type\":\"STRING\"},%s", one);
        for (int r = PLATFORM; r <= BIGQUERY; r++) {
            char got = found(both, (enum reader)r, CSVK_ERROR);
            char want = '.';
            if ((enum reader)r == mine) {
                want = own[i].verdict;
            }
            ck_assert_msg(got == want, "%s, reader %d: %c", both, r, got);
        }
    }
}
END_TEST

/* Whether it is told that a column may lose its decimals on Snowflake, to each reader. */
START_TEST(a_bare_numeric_that_must_not_be_null_is_told)
{
    static const struct {
        const char *members;
        bool told[4];
    } columns[] = {
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"NUMERIC\"}}", {1, 1, 1, 0}},
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"NUMERIC\",\"length\":\"\"}}",
         {1, 1, 1, 0}},
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"NUMERIC\",\"length\":\"9,2\"}}",
         {0, 0, 0, 0}},
        {"\"nullable\":true,\"data_type\":{\"base\":{\"type\":\"NUMERIC\"}}", {0, 0, 0, 0}},
        {"\"data_type\":{\"base\":{\"type\":\"NUMERIC\"}}", {0, 0, 0, 0}},
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"INTEGER\"}}", {0, 0, 0, 0}},
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"NUMERIC\"},\"snowflake\":"
         "{\"type\":\"NUMBER\",\"length\":\"9,2\"}}",
         {0, 0, 0, 0}},
        {"\"nullable\":false,\"data_type\":{\"base\":{\"type\":\"NUMERIC\"},\"bigquery\":"
         "{\"type\":\"NUMERIC\"}}",
         {1, 1, 1, 0}},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        for (int r = PLATFORM; r <= BIGQUERY; r++) {
            char text[400];
            struct csvk_manifest *manifest = NULL;
            struct csvk_findings findings = {0};
            snprintf(text, sizeof text, "{\"schema\":[{\"name\":\"a\",%s}]}", columns[i].members);
            ck_assert_int_eq(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL),
                             CSVK_OK);
            judge_as(manifest, (enum reader)r, CSVK_ERROR, &findings);
            ck_assert_msg(findings.count == columns[i].told[r], "%s, reader %d", text, r);
            ck_assert_uint_eq(findings.errors, 0);
            csvk_findings_release(&findings);
            csvk_manifest_free(manifest);
        }
    }
}
END_TEST

START_TEST(a_length_is_told_with_its_backend)
{
    static const char blocks[] = "\"base\":{\"type\":\"NUMERIC\",\"length\":38}";
    char text[400];
    struct csvk_manifest *manifest = make(blocks, text, sizeof text);
    struct csvk_findings findings = {0};
    ck_assert_int_eq(
        csvk_manifest_check_reading(manifest, NULL, CSVK_BACKEND_BIGQUERY, CSVK_ERROR, &findings),
        CSVK_OK);
    ck_assert_str_eq(findings.item[0].message, "\"38\" is not a length of NUMERIC on BigQuery");
    ck_assert_str_eq(findings.item[0].path, "$.schema[0].data_type.base.length");
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("manifest_lengths");
    TCase *t = tcase_create("lengths");
    tcase_add_test(t, lengths_are_what_a_backend_takes);
    tcase_add_test(t, the_base_beside_a_backends_type_counts_where_it_is_read);
    tcase_add_test(t, a_backends_own_types_have_lengths_of_their_own);
    tcase_add_test(t, a_bare_numeric_that_must_not_be_null_is_told);
    tcase_add_test(t, a_length_is_told_with_its_backend);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
