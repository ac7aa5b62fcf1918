/*
 * test_key_fields.c - the fields of a key out of a record: cut in order where nothing was found,
 * as the reference parser says elsewhere; both must agree. And the line of a repeated key, which is
 * counted from the bytes of records that were not reported one by one.
 */
#include "tests/support/support.h"
#include "validator/key_fields.h"
#include "validator/key_lines.h"
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

START_TEST(fields_in_order_are_those_of_the_reference_parser)
{
    struct support_random random = {11};
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    unsigned char room[2 * CSVK_RECORD_SLACK + 256] = {0};
    size_t compared = 0, short_ones = 0;
    for (int i = 0; i < 40000; i++) {
        struct csvk_bytes record = {room + CSVK_RECORD_SLACK, 0};
        record.len = noise(&random, room + CSVK_RECORD_SLACK);
        struct key_columns reference = {0}, fast = {0};
        size_t count = 1 + support_below(&random, 3);
        ck_assert_int_eq(key_columns_init(&reference, count), CSVK_OK);
        ck_assert_int_eq(key_columns_init(&fast, count), CSVK_OK);
        for (size_t j = 0; j < count; j++) {
            reference.column[j] = fast.column[j] = support_below(&random, 6);
        }
        key_columns_sort(&reference);
        key_columns_sort(&fast);
        bool found_reference, found_fast;
        ck_assert_int_eq(
            key_columns_find(&reference, record, &dialect, KEY_BY_REFERENCE, &found_reference),
            CSVK_OK);
        struct csvk_record_read read;
        ck_assert_int_eq(csvk_record_fields_read(reference.reference, record, &read), CSVK_OK);
        if (read.sound) {
            ck_assert_int_eq(key_columns_find(&fast, record, &dialect, KEY_IN_ORDER, &found_fast),
                             CSVK_OK);
            ck_assert_int_eq(found_reference, found_fast);
            for (size_t j = 0; found_reference && j < count; j++) {
                ck_assert_uint_eq(reference.field[j].begin, fast.field[j].begin);
                ck_assert_uint_eq(reference.field[j].end, fast.field[j].end);
                ck_assert_uint_eq(reference.field[j].flags, fast.field[j].flags);
            }
            compared += found_reference;
            short_ones += !found_reference;
        }
        key_columns_release(&reference);
        key_columns_release(&fast);
    }
    ck_assert_uint_gt(compared, 2000);
    ck_assert_uint_gt(short_ones, 2000);
}
END_TEST

/* What a piece has to be: from the first value to the last, when they are filled and plain. */
static struct csvk_bytes expected_piece(const struct key_columns *k, struct csvk_bytes record)
{
    for (size_t i = 0; i < k->count; i++) {
        if (k->field[i].flags != 0 || k->field[i].begin == k->field[i].end) {
            return (struct csvk_bytes){record.ptr, 0};
        }
    }
    size_t begin = k->field[0].begin, end = k->field[k->count - 1].end;
    return (struct csvk_bytes){record.ptr + begin, end - begin};
}

/* Fields of every length, one of them enclosed or empty now and then. */
static size_t plain_record(struct support_random *random, unsigned char *out)
{
    size_t length = 0;
    for (size_t n = 1 + support_below(random, 8); n > 0; n--) {
        size_t size = support_below(random, support_below(random, 4) == 0 ? 45 : 9);
        memset(out + length, 'v', size);
        length += size;
        if (support_below(random, 12) == 0) {
            memcpy(out + length - size, "\"q\"", 3);
            length += 3 - size;
        }
        out[length] = ',';
        length += n > 1;
    }
    return length;
}

START_TEST(a_piece_is_the_values_in_a_row)
{
    struct support_random random = {12};
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    size_t pieces = 0, others = 0;
    for (int i = 0; i < 30000; i++) {
        unsigned char room[2 * CSVK_RECORD_SLACK + 512] = {0};
        struct csvk_bytes record = {room + CSVK_RECORD_SLACK, 0};
        record.len = plain_record(&random, room + CSVK_RECORD_SLACK);
        struct key_columns k = {0};
        bool found;
        size_t count = 1 + support_below(&random, 3), first = support_below(&random, 6);
        ck_assert_int_eq(key_columns_init(&k, count), CSVK_OK);
        for (size_t j = 0; j < count; j++) {
            k.column[j] = first + j;
        }
        key_columns_sort(&k);
        ck_assert(k.in_row);
        ck_assert_int_eq(key_columns_find(&k, record, &dialect, KEY_BY_REFERENCE, &found), CSVK_OK);
        struct csvk_bytes piece = key_columns_piece(&k, record, &dialect);
        if (piece.len != 0) {
            struct csvk_bytes want = expected_piece(&k, record);
            ck_assert(found);
            ck_assert_ptr_eq(piece.ptr, want.ptr);
            ck_assert_uint_eq(piece.len, want.len);
            pieces++;
        } else if (memchr(record.ptr, '"', record.len) == NULL) {
            ck_assert(!found || expected_piece(&k, record).len == 0);
            others++;
        }
        key_columns_release(&k);
    }
    ck_assert_uint_gt(pieces, 5000);
    ck_assert_uint_gt(others, 2000);
}
END_TEST

START_TEST(columns_out_of_order_are_not_in_a_row)
{
    static const size_t columns[][3] = {{1, 0, 2}, {0, 2, 3}, {1, 1, 2}, {2, 1, 0}};
    for (size_t i = 0; i < 4; i++) {
        struct key_columns k = {0};
        ck_assert_int_eq(key_columns_init(&k, 3), CSVK_OK);
        memcpy(k.column, columns[i], sizeof columns[i]);
        key_columns_sort(&k);
        ck_assert(!k.in_row);
        key_columns_release(&k);
    }
}
END_TEST

static uint64_t lines_one_by_one(struct csvk_bytes bytes)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        lines += bytes.ptr[i] == '\n' || (bytes.ptr[i] == '\r' && bytes.ptr[i + 1] != '\n');
    }
    return lines;
}

/* Every length around the size of a step; bytes behind the end must not count. */
START_TEST(lines_are_counted)
{
    enum { LENGTH = 9000 };
    key_lines_fn *count[] = {key_lines_counter(CSVK_SIMD_AUTO),
                             key_lines_counter(CSVK_SIMD_SCALAR)};
    struct support_random random = {13};
    unsigned char *room = malloc(LENGTH + CSVK_RECORD_SLACK);
    ck_assert_ptr_nonnull(room);
    for (int kind = 0; kind < 3; kind++) {
        const char *const bytes = kind == 0 ? "\n\n\n\n" : kind == 1 ? "ab\nc" : "a\r\n\r";
        for (size_t i = 0; i < LENGTH + CSVK_RECORD_SLACK; i++) {
            room[i] = (unsigned char)bytes[support_below(&random, 4)];
        }
        for (size_t length = 0; length < LENGTH; length += length < 400 ? 1 : 1 + length / 7) {
            struct csvk_bytes some = {room + support_below(&random, LENGTH - length), length};
            for (size_t i = 0; i < 2; i++) {
                ck_assert_uint_eq(count[i](some, KEY_CRS), lines_one_by_one(some));
                if (kind != 2) {
                    ck_assert_uint_eq(count[i](some, KEY_NO_CR), lines_one_by_one(some));
                }
            }
        }
    }
    free(room);
}
END_TEST

/* Line, place and first record of every repeated key, as text. */
static void duplicates(const char *text, bool every_record_reported, struct csvk_buf *out)
{
    struct csvk_validate_options options;
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    const struct csvk_report *report = NULL;
    csvk_validate_options_init(&options);
    options.max_field = every_record_reported ? 1000 : 0; /* a small limit: fields are asked for */
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
    struct csvk_buf counted = CSVK_BUF_INIT, builder = CSVK_BUF_INIT;
    duplicates(table, false, &counted);
    duplicates(table, true, &builder);
    ck_assert_str_eq(csvk_buf_text(&counted), csvk_buf_text(&builder));
    ck_assert_str_eq(csvk_buf_text(&counted), want);
    csvk_buf_release(&counted);
    csvk_buf_release(&builder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key_fields");
    TCase *tcase = tcase_create("key_fields");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, fields_in_order_are_those_of_the_reference_parser);
    tcase_add_test(tcase, a_piece_is_the_values_in_a_row);
    tcase_add_test(tcase, columns_out_of_order_are_not_in_a_row);
    tcase_add_test(tcase, lines_are_counted);
    tcase_add_test(tcase, repeated_keys_know_their_line);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
