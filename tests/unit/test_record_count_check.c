/*
 * test_record_count_check.c - normalize --verify is told lies: a table, rejects or numbers that are
 * not those that were meant. Each has to be found, and the truth has to pass.
 */
#include "csvkit/verify/read_back_check.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct claim {
    const char *input, *meant, *written; /* the table as it was meant, and as it is */
    const char *reject;
    uint64_t in, out, rejected, dropped;
    const char *words; /* of the failure; NULL: all is well */
};

#define INPUT "a,b\r\n1,2\r\n3\r\n"
#define TABLE "a,b\r\n1,2\r\n"

static const struct claim claims[] = {
    {INPUT, TABLE, TABLE, "3\r\n", 3, 2, 1, 0, NULL},
    {INPUT, TABLE, "\xef\xbb\xbf" TABLE, "3\r\n", 3, 2, 1, 0, NULL},
    {"a,b\r\n1,2\r\n3\rx", TABLE, TABLE, "3\rx", 3, 2, 1, 0, NULL}, /* the CR may be data */
    {INPUT "\r\n", TABLE, TABLE, "3\r\n", 4, 2, 1, 1, NULL},
    {INPUT, TABLE, "a,b\r\n1,3\r\n", "3\r\n", 3, 2, 1, 0, "(or values differ)"},
    {INPUT, TABLE, "a,b\r\n1,\r\n", "3\r\n", 3, 2, 1, 0, "(or values differ)"},
    {INPUT, TABLE, "a,b\r\n", "3\r\n", 3, 2, 1, 0, "reads 1 record and 2 fields back, 2 and 4"},
    {INPUT, TABLE, TABLE, "3\r\n", 3, 1, 2, 0, "2 records in the output, 1 was meant"},
    {INPUT, TABLE, TABLE, "3\r\n", 3, 2, 0, 1, "1 record in the rejects, 0 were meant"},
    {INPUT, TABLE, TABLE, "3\r\n4\r\n", 3, 2, 1, 0, "reject 1 is not one record"},
    {INPUT, TABLE, TABLE, "3\r\n", 4, 2, 1, 1, "3 records in the input, 4 were meant"},
    {INPUT, TABLE, TABLE, "3\r\n", 3, 2, 1, 1, "against output, rejects and dropped ones, 4 were"},
};

static struct csvk_record_count_check *new_check(void)
{
    struct csvk_normalize_options options;
    struct csvk_record_count_check *check;
    csvk_normalize_options_init(&options);
    ck_assert_int_eq(csvk_record_count_check_new(&check, &options, NULL), CSVK_OK);
    return check;
}

/* What normalize says of the values that it means to write. */
static struct csvk_normalize_values values_of(const char *table)
{
    static const struct csvk_dialect rfc = CSVK_DIALECT_RFC4180;
    struct csvk_libcsv *reader;
    ck_assert_int_eq(csvk_libcsv_new(&reader, &rfc, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_libcsv_push(reader, table, strlen(table), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_libcsv_end(reader, NULL), CSVK_OK);
    const struct csvk_digest *digest = csvk_libcsv_digest(reader);
    struct csvk_normalize_values values = {digest->records, digest->fields, digest->hash};
    csvk_libcsv_free(reader);
    return values;
}

START_TEST(claims_are_judged)
{
    const struct claim *a = &claims[_i];
    struct csvk_record_count_check *check = new_check();
    struct csvk_error err = {0};
    struct csvk_normalize_result result = {.size = sizeof result,
                                           .records_in = a->in,
                                           .records_out = a->out,
                                           .records_rejected = a->rejected,
                                           .records_dropped = a->dropped,
                                           .values = values_of(a->meant)};
    struct csvk_bytes reject = {(const unsigned char *)a->reject, strlen(a->reject)};
    ck_assert_int_eq(csvk_record_count_check_input(check, a->input, strlen(a->input), &err),
                     CSVK_OK);
    for (const char *at = a->written; *at != '\0'; at++) {
        ck_assert_int_eq(csvk_record_count_check_table(check, at, 1, &err), CSVK_OK);
    }
    ck_assert_int_eq(csvk_record_count_check_reject(check, reject, CSVK_REJECT_RECORD, &err),
                     CSVK_OK);
    int status = csvk_record_count_check_judge(check, &result, &err);
    ck_assert_msg(status == (a->words == NULL ? CSVK_OK : CSVK_EIO), "%s", err.text);
    ck_assert_msg(a->words == NULL || strstr(err.text, a->words) != NULL, "%s", err.text);
    ck_assert(result.counted.done == (a->words == NULL));
    csvk_record_count_check_free(check);
}
END_TEST

/* ---- the index of the rejects ---- */

static struct csvk_sink *sink_of(const char *path, const char *text)
{
    struct csvk_sink *sink;
    ck_assert_int_eq(csvk_sink_open(&sink, path, 0, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_sink_write(sink, text, strlen(text), NULL), CSVK_OK);
    return sink;
}

START_TEST(an_index_covers_its_rejects)
{
#define ENTRY(length) "{\"length\":" length ",\"repair\":\"r11\"}\n"
    static const struct {
        const char *rejects, *index;
        bool good;
    } row[] = {
        {"", "", true},
        {"1\n22\n", ENTRY("2") ENTRY("3"), true},
        {"1\n22\n", ENTRY("2"), false},
        {"1\n22\n", ENTRY("2") ENTRY("4"), false},
        {"1\n", ENTRY("2") ENTRY("2"), false},
        {"1\n", "{\"length\":2}\n", false},
        {"1\n", ENTRY("-2"), false},
        {"1\n", "nothing\n", false},
    };
#undef ENTRY
    char rejects_path[] = "/tmp/csvkit-rejects-XXXXXX", index_path[] = "/tmp/csvkit-index-XXXXXX";
    close(mkstemp(rejects_path));
    close(mkstemp(index_path));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct csvk_record_count_check *check = new_check();
        struct csvk_sink *rejects = sink_of(rejects_path, row[i].rejects);
        struct csvk_sink *index = sink_of(index_path, row[i].index);
        struct csvk_error err = {0};
        int status = csvk_verify_rejects(check, rejects, index, &err);
        ck_assert_msg(status == (row[i].good ? CSVK_OK : CSVK_EIO), "row %zu: %s", i, err.text);
        csvk_sink_free(rejects);
        csvk_sink_free(index);
        csvk_record_count_check_free(check);
    }
    unlink(rejects_path);
    unlink(index_path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record count check");
    TCase *tcase = tcase_create("record count check");
    tcase_add_loop_test(tcase, claims_are_judged, 0, sizeof claims / sizeof *claims);
    tcase_add_test(tcase, an_index_covers_its_rejects);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
