/*
 * test_schema_quick.c - values that are judged in blocks, by every set of instructions, give the
 * report that they give one by one; random tables, cut in random ways.
 */
#include "tests/support/support.h"
#include "validator/schema_state.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* ---- fields of one record -------------------------------------------------------------------- */

static void put_random_record(struct support_random *random, struct csvk_buf *out)
{
    static const char *const values[] = {
        "",
        "1",
        "12",
        "123",
        "x",
        "\"\"",
        "\"a,b\"",
        "\"\"\"\"",
        "\",\"\"\"",
        "1x",
        "-1",
        "1.5",
        "12345678901234567",
        "123456789012345678",
        "1234567890123456789",
        "longer text",
        "\"0123456789 0123456789 0123456789 0123456789 ,, 0123456\""};
    size_t fields = 1 + support_below(random, 80);
    bool plain = support_below(random, 2) == 0;
    for (size_t i = 0; i < fields; i++) {
        const char *value =
            values[plain ? 1 + support_below(random, 3) : support_below(random, COUNT(values))];
        ck_assert_int_eq(csvk_buf_printf(out, "%s%s", i == 0 ? "" : ",", value), CSVK_OK);
    }
}

/* Slowly: byte by byte. */
static size_t expect_fields(const char *text, size_t length, size_t *ends, bool *digits)
{
    size_t count = 0, begin = 0;
    bool inside = false, all = true;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && (inside || text[i] != ',')) {
            inside = text[i] == '"' ? !inside : inside;
            all = all && text[i] >= '0' && text[i] <= '9';
            continue;
        }
        ends[count] = i;
        digits[count++] = all && i - begin >= 1 && i - begin <= DIGITS_MOST;
        begin = i + 1;
        all = true;
    }
    return count;
}

START_TEST(fields_are_found_as_byte_by_byte)
{
    static const enum csvk_simd levels[] = {CSVK_SIMD_SCALAR, CSVK_SIMD_SSE2, CSVK_SIMD_AUTO};
    const struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    struct support_random random = {5};
    for (int round = 0; round < 4000; round++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        size_t ends[81], begin = support_below(&random, 70);
        bool digits[81];
        for (size_t i = 0; i < begin; i++) {
            ck_assert_int_eq(csvk_buf_puts(&text, "\""), CSVK_OK);
        }
        put_random_record(&random, &text);
        size_t end = text.length;
        for (int i = 0; i < 80; i++) { /* what stands around is not looked at */
            ck_assert_int_eq(csvk_buf_puts(&text, i % 2 == 0 ? "," : "\""), CSVK_OK);
        }
        size_t count = expect_fields(csvk_buf_text(&text) + begin, end - begin, ends, digits);
        for (size_t level = 0; level < COUNT(levels); level++) {
            const struct schema_scan *scan = schema_scan_at(levels[level]);
            uint64_t found_ends[100], found_digits[2], found_longer[2];
            struct scan_fields found = {found_ends, found_digits, found_longer};
            ck_assert_uint_lt(SCAN_WORDS(end - begin), COUNT(found_ends));
            ck_assert_uint_eq(schema_scan_at(levels[level])
                                  ->find_fields(text.data, begin, end, &dialect, &found, count),
                              count);
            for (size_t i = 0; i < count; i++) {
                size_t length = ends[i] - (i == 0 ? 0 : ends[i - 1] + 1);
                struct csvk_field at = scan->find_field(&found, begin, i);
                ck_assert_uint_eq(at.begin, ends[i] + begin - length);
                ck_assert_uint_eq(at.end, ends[i] + begin);
                ck_assert_int_eq((found_digits[i / 64] >> (i % 64)) & 1, digits[i]);
                ck_assert_int_eq((found_longer[i / 64] >> (i % 64)) & 1, length > 2);
            }
        }
        csvk_buf_release(&text);
    }
}
END_TEST

/* ---- whole tables ---------------------------------------------------------------------------- */

static const enum csvk_value_type types[] = {
    CSVK_VALUE_INTEGER,      CSVK_VALUE_INTEGER, CSVK_VALUE_NUMERIC,     CSVK_VALUE_STRING,
    CSVK_VALUE_TABLE_STRING, CSVK_VALUE_DATE,    CSVK_VALUE_TABLE_NUMBER};

static struct csvk_schema *random_schema(struct support_random *random, size_t columns, bool digits)
{
    struct csvk_schema *schema = NULL;
    ck_assert_int_eq(csvk_schema_new(&schema, NULL), CSVK_OK);
    for (size_t i = 0; i < columns; i++) {
        struct csvk_schema_column column = {.size = sizeof column, .name = "c"};
        column.type = types[digits ? 0 : support_below(random, COUNT(types))];
        column.required = support_below(random, 4) == 0;
        ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
    }
    return schema;
}

static void random_table(struct support_random *random, size_t columns, bool digits,
                         struct csvk_buf *out)
{
    static const char *const values[] = {"",
                                         "\"\"",
                                         "x",
                                         "1.5",
                                         "-7",
                                         "\"7\"",
                                         "\"a,\"\"b\"",
                                         "2024-01-01",
                                         "1234567890123456789",
                                         "12345678901234567890",
                                         "a\"b",
                                         "\"x\ny\"",
                                         "text that is longer",
                                         "+1",
                                         " 1"};
    const char *eol = support_below(random, 3) == 0   ? "\r\n"
                      : support_below(random, 6) == 0 ? "\r"
                                                      : "\n";
    size_t records = support_below(random, 60);
    for (size_t r = 0; r <= records; r++) {
        bool clean = r == 0 || support_below(random, 4) != 0;
        for (size_t i = 0; i < columns; i++) {
            bool number = clean || (digits && support_below(random, 30) != 0);
            int status = number ? csvk_buf_printf(out, "%s%u", i == 0 ? "" : ",",
                                                  (unsigned)support_below(random, 1u << (i % 31)))
                                : csvk_buf_printf(out, "%s%s", i == 0 ? "" : ",",
                                                  values[support_below(random, COUNT(values))]);
            ck_assert_int_eq(status, CSVK_OK);
        }
        bool torn = support_below(random, 20) == 0 && r != 0;
        ck_assert_int_eq(csvk_buf_printf(out, "%s%s", torn ? ",more" : "", eol), CSVK_OK);
        if (support_below(random, 20) == 0) {
            ck_assert_int_eq(csvk_buf_puts(out, eol), CSVK_OK);
        }
    }
}

static void judge(const struct csvk_buf *table, const struct csvk_validate_options *options,
                  size_t window, int level, struct csvk_buf *report)
{
    struct csvk_error err = {0};
    struct csvk_validator *v = NULL;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    const struct csvk_batch *batch;
    const struct csvk_report *made = NULL;
    int status;
    ck_assert_int_eq(csvk_source_memory(&source, table->data, table->length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_validator_new(&v, options, &err), CSVK_OK);
    v->schema->quick = v->schema->quick && level >= 0;
    v->schema->scan = schema_scan_at(level >= 0 ? (enum csvk_simd)level : CSVK_SIMD_AUTO);
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    ck_assert_int_eq(how.detail, level >= 0 ? CSVK_RECORDS : CSVK_FIELDS);
    how.window = window;
    ck_assert_int_eq(csvk_reader_new(&reader, source, &how, &err), CSVK_OK);
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        ck_assert_int_eq(csvk_validator_feed(v, batch, &err), CSVK_OK);
    }
    ck_assert_int_eq(status, CSVK_END);
    ck_assert_int_eq(
        csvk_validator_finish(v, csvk_reader_totals(reader), csvk_source_damage(source), &err),
        CSVK_OK);
    ck_assert_int_eq(csvk_validator_report(v, &made, &err), CSVK_OK);
    csvk_buf_clear(report);
    ck_assert_int_eq(csvk_report_print(made, "json", CSVK_TEXT_PLAIN, report, NULL), CSVK_OK);
    csvk_reader_free(reader);
    csvk_source_free(source);
    csvk_validator_free(v);
}

START_TEST(reports_are_those_of_the_slow_way)
{
    static const int levels[] = {CSVK_SIMD_SCALAR, CSVK_SIMD_SSE2, CSVK_SIMD_AUTO};
    struct support_random random = {(uint64_t)_i + 1};
    for (int round = 0; round < 60; round++) {
        struct csvk_buf table = CSVK_BUF_INIT, slow = CSVK_BUF_INIT, quick = CSVK_BUF_INIT;
        struct csvk_validate_options options;
        bool digits = support_below(&random, 2) == 0;
        size_t columns = 1 + support_below(&random, support_below(&random, 4) == 0 ? 70 : 9);
        csvk_validate_options_init(&options);
        options.schema = random_schema(&random, columns - (columns > 2 && !digits), digits);
        options.header = support_below(&random, 2) == 0 ? CSVK_HEADER : CSVK_NO_HEADER;
        options.max_findings = support_below(&random, 2) == 0 ? 0 : 5;
        random_table(&random, columns, digits, &table);
        size_t window = support_below(&random, 3) == 0 ? 1 + support_below(&random, 300) : 0;
        judge(&table, &options, window, -1, &slow);
        for (size_t i = 0; i < COUNT(levels); i++) {
            judge(&table, &options, window, levels[i], &quick);
            ck_assert_msg(strcmp(csvk_buf_text(&quick), csvk_buf_text(&slow)) == 0,
                          "%s\n--- slow:\n%s\n--- quick:\n%s", csvk_buf_text(&table),
                          csvk_buf_text(&slow), csvk_buf_text(&quick));
        }
        csvk_buf_release(&table);
        csvk_buf_release(&slow);
        csvk_buf_release(&quick);
        csvk_validate_options_release(&options);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_quick");
    TCase *tc = tcase_create("quick");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, fields_are_found_as_byte_by_byte);
    tcase_add_loop_test(tc, reports_are_those_of_the_slow_way, 0, 8);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
