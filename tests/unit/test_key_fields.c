/*
 * test_key_fields.c - the fields of a key out of a record: cut in order where nothing was found,
 * as the law says elsewhere; both must agree. And the line of a repeated key, which is counted from
 * the bytes of records that were not told one by one.
 */
#include "tests/support/support.h"
#include "validator/key_fields.h"
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>

static size_t noise(struct support_random *random, unsigned char *out)
{
    static const char *const pieces[] = {"a",      "bc",         ",",           ",",          ",",
                                         "\"\"",   "\"x\"",      "\"x,\"\"y\"", "\"",         " ",
                                         "\"\n\"", "\"a\r\nb\"", "\"\r\"",      "caf\xc3\xa9"};
    size_t length = 0;
    for (size_t n = 1 + support_below(random, 9); n > 0; n--) {
        const char *piece = pieces[support_below(random, 14)];
        memcpy(out + length, piece, strlen(piece));
        length += strlen(piece);
    }
    return length;
}

START_TEST(fields_in_order_are_those_of_the_law)
{
    struct support_random random = {11};
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    unsigned char room[2 * CSVK_SCAN_SLACK + 256] = {0};
    size_t compared = 0, short_ones = 0;
    for (int i = 0; i < 40000; i++) {
        struct csvk_bytes record = {room + CSVK_SCAN_SLACK, 0};
        record.len = noise(&random, room + CSVK_SCAN_SLACK);
        struct key_columns law = {0}, fast = {0};
        size_t count = 1 + support_below(&random, 3);
        ck_assert_int_eq(key_columns_init(&law, count), CSVK_OK);
        ck_assert_int_eq(key_columns_init(&fast, count), CSVK_OK);
        for (size_t j = 0; j < count; j++) {
            law.column[j] = fast.column[j] = support_below(&random, 6);
        }
        key_columns_sort(&law);
        key_columns_sort(&fast);
        bool found_law, found_fast;
        ck_assert_int_eq(key_columns_find(&law, record, &dialect, KEY_BY_LAW, &found_law), CSVK_OK);
        if (law.scan.told.nrecords == 1 && law.scan.told.records[0].nfacts == 0) {
            ck_assert_int_eq(key_columns_find(&fast, record, &dialect, KEY_IN_ORDER, &found_fast),
                             CSVK_OK);
            ck_assert_int_eq(found_law, found_fast);
            for (size_t j = 0; found_law && j < count; j++) {
                ck_assert_uint_eq(law.field[j].begin, fast.field[j].begin);
                ck_assert_uint_eq(law.field[j].end, fast.field[j].end);
                ck_assert_uint_eq(law.field[j].flags, fast.field[j].flags);
            }
            compared += found_law;
            short_ones += !found_law;
        }
        key_columns_release(&law);
        key_columns_release(&fast);
    }
    ck_assert_uint_gt(compared, 2000);
    ck_assert_uint_gt(short_ones, 2000);
}
END_TEST

/* Line, place and first record of every repeated key, as text. */
static void duplicates(const char *text, bool every_record_told, struct csvk_buf *out)
{
    struct csvk_validate_options options;
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    const struct csvk_report *report = NULL;
    csvk_validate_options_init(&options);
    options.max_field = every_record_told ? 1000 : 0; /* a small limit: fields are asked for */
    ck_assert_int_eq(csvk_strings_add(&options.primary_key, "id"), CSVK_OK);
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_validate_source(&validator, source, &options, NULL, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_validator_report(validator, &report, NULL), CSVK_OK);
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        if (strcmp(f->rule->id, "duplicate-key") == 0 || strcmp(f->rule->id, "empty-key") == 0) {
            ck_assert_int_eq(csvk_buf_printf(out, "%s record %d line %d byte %d\n", f->rule->id,
                                             (int)f->record, (int)f->line, (int)f->byte),
                             CSVK_OK);
        }
    }
    csvk_validator_free(validator);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
}

START_TEST(repeated_keys_know_their_line)
{
    static const char *const table = "id,b\n"
                                     "1,\"two\nlines\"\n"
                                     "2,\"a\r\nb\rc\"\n"
                                     "1,x\n"
                                     "\"2\",y\r\r\n"
                                     "\n"
                                     "3,z\"z\n"
                                     ",\"\n\n\"\n"
                                     "\"\",1\n"
                                     "3,1\n";
    static const char *const want = "duplicate-key record 4 line 7 byte 30\n"
                                    "duplicate-key record 5 line 8 byte 34\n"
                                    "empty-key record 8 line 12 byte 49\n"
                                    "duplicate-key record 9 line 15 byte 55\n"
                                    "empty-key record 9 line 15 byte 55\n"
                                    "duplicate-key record 10 line 16 byte 60\n";
    struct csvk_buf counted = CSVK_BUF_INIT, told = CSVK_BUF_INIT;
    duplicates(table, false, &counted);
    duplicates(table, true, &told);
    ck_assert_str_eq(csvk_buf_text(&counted), csvk_buf_text(&told));
    ck_assert_str_eq(csvk_buf_text(&counted), want);
    csvk_buf_release(&counted);
    csvk_buf_release(&told);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key_fields");
    TCase *tcase = tcase_create("key_fields");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, fields_in_order_are_those_of_the_law);
    tcase_add_test(tcase, repeated_keys_know_their_line);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
