/* test_stats.c - statistics of columns: any division of the records gives the same, to the last
 * byte; what is exact and when it stops; sums and means; shapes.
 */
#include "csvkit/stats/column_state.h"
#include "csvkit/stats/stats.h"
#include "csvkit/stats/stats_state.h"

#include "tests/support/told_stats.h"

#include <stdio.h>
#include <string.h>

static const struct csvk_dialect comma = CSVK_DIALECT_RFC4180;

static struct csvk_bytes bytes_of(const char *text)
{
    return (struct csvk_bytes){(const unsigned char *)text, strlen(text)};
}

static struct csvk_stats *new_stats(size_t columns)
{
    struct csvk_stats *stats;
    ck_assert_int_eq(csvk_stats_new(&stats, columns, &comma), CSVK_OK);
    return stats;
}

static const struct csvk_column_stats *column_of(struct csvk_stats *stats, size_t column)
{
    const struct csvk_column_stats *out;
    ck_assert_int_eq(csvk_stats_column(stats, column, &out), CSVK_OK);
    return out;
}

/* ---- merging ---- */

enum { COLUMNS = 7, PARTS = 9 };

/* The value of a record in a column; a function of both. */
static void make_value(uint64_t seed, uint64_t record, size_t column, char *text, size_t size)
{
    struct support_random r = {seed * 1000003 + record * COLUMNS + column + 1};
    unsigned a = (unsigned)support_below(&r, 1000000), b = (unsigned)support_below(&r, 1000);
    switch (column) {
    case 0: snprintf(text, size, "%u", a); break; /* many */
    case 1: snprintf(text, size, "%s", b < 300 ? "often" : b < 310 ? "" : "x"); break;
    case 2: snprintf(text, size, "%u.%02u", a, b % 100); break;
    case 3: snprintf(text, size, b < 200 ? "heavy" : "v%u", a); break;
    case 4: snprintf(text, size, "2024-01-%02u%c10:%02u", b % 40, b % 3 ? 'T' : ' ', a % 70); break;
    case 5:
        snprintf(text, size, "%.*s", (int)(b % 60),
                 "0123456789-abcdefghij\xC4\x8D-0123456789-ABCDEFGHIJ-0123456789-0123456789");
        break;
    default: snprintf(text, size, b < 500 ? "%u" : "%ue-%u", b, b % 300); break;
    }
}

static void add_made(struct csvk_stats *stats, uint64_t seed, uint64_t record)
{
    char text[100];
    for (size_t i = 0; i < COLUMNS; i++) {
        make_value(seed, record, i, text, sizeof text);
        ck_assert_int_eq(csvk_stats_add_value(stats, i, bytes_of(text), record), CSVK_OK);
    }
}

/* Through the bytes of a file, with numbers of records that count from another one. */
static struct csvk_stats *write_and_read(struct csvk_stats *stats)
{
    struct csvk_error err = {0};
    struct csvk_buf memory = CSVK_BUF_INIT;
    struct csvk_stats *again = new_stats(csvk_stats_columns(stats));
    struct partial_io io;
    csvk_stats_shift(stats, 1000);
    partial_io_memory(&io, &memory, &err);
    csvk_stats_state(&io, stats);
    ck_assert_int_eq(io.status, CSVK_OK);
    partial_io_bytes(&io, "memory", (struct csvk_bytes){memory.data, memory.length}, &err);
    csvk_stats_state(&io, again);
    ck_assert_int_eq(io.status, CSVK_OK);
    ck_assert_uint_eq(io.left, 0);
    partial_io_close(&io);
    csvk_stats_shift(again, (uint64_t)-1000);
    csvk_buf_release(&memory);
    csvk_stats_free(stats);
    return again;
}

/* Records are dealt to the parts at random, and the parts are merged in a random order, in twos. */
static struct csvk_stats *in_parts(uint64_t seed, uint64_t records, struct support_random *state)
{
    struct csvk_stats *part[PARTS];
    size_t left = 1 + support_below(state, PARTS);
    for (size_t i = 0; i < left; i++) {
        part[i] = new_stats(COLUMNS);
    }
    uint64_t run = 0, to = 0;
    for (uint64_t record = 1; record <= records; record++) {
        if (run == 0) {
            to = support_below(state, left);
            run = 1 + support_below(state, support_below(state, 2) == 0 ? 3 : records);
        }
        run--;
        add_made(part[to], seed, record);
    }
    while (left > 1) {
        size_t a = support_below(state, left), b = support_below(state, left);
        if (support_below(state, 3) == 0) {
            part[a] = write_and_read(part[a]);
        }
        if (a != b) {
            ck_assert_int_eq(csvk_stats_merge(part[a], part[b]), CSVK_OK);
            csvk_stats_free(part[b]);
            part[b] = part[--left];
        }
    }
    return write_and_read(part[0]);
}

START_TEST(any_division_gives_the_same)
{
    static const uint64_t sizes[] = {0, 1, 2, 50, 129, 1023, 1025, 1100, 2000, 6000};
    uint64_t seed = (uint64_t)_i, records = sizes[_i % 10];
    struct support_random state = {seed + 77};
    struct csvk_stats *whole = new_stats(COLUMNS);
    for (uint64_t record = 1; record <= records; record++) {
        add_made(whole, seed, record);
    }
    struct csvk_buf expected = CSVK_BUF_INIT;
    support_tell_stats(&expected, whole);
    for (int round = 0; round < 5; round++) {
        struct csvk_stats *parts = in_parts(seed, records, &state);
        struct csvk_buf got = CSVK_BUF_INIT;
        support_tell_stats(&got, parts);
        ck_assert_str_eq(csvk_buf_text(&got), csvk_buf_text(&expected));
        csvk_buf_release(&got);
        csvk_stats_free(parts);
    }
    csvk_buf_clear(&expected); /* asking changes nothing */
    struct csvk_buf again = CSVK_BUF_INIT;
    support_tell_stats(&expected, whole);
    support_tell_stats(&again, whole);
    ck_assert_str_eq(csvk_buf_text(&again), csvk_buf_text(&expected));
    csvk_buf_release(&again);
    csvk_buf_release(&expected);
    csvk_stats_free(whole);
}
END_TEST

/* Reads bytes that are no statistics, or not all of them. */
static int read_damaged(const unsigned char *bytes, size_t length, bool *whole)
{
    struct csvk_error err = {0};
    struct csvk_stats *stats = new_stats(COLUMNS);
    struct csvk_buf told = CSVK_BUF_INIT;
    struct partial_io io;
    partial_io_bytes(&io, "memory", (struct csvk_bytes){bytes, length}, &err);
    csvk_stats_state(&io, stats);
    *whole = io.status == CSVK_OK && io.left == 0;
    int status = io.status;
    if (*whole) { /* it may say anything, but it can be asked, and more can be added */
        support_tell_stats(&told, stats);
        add_made(stats, 3, 1);
    }
    partial_io_close(&io);
    csvk_buf_release(&told);
    csvk_stats_free(stats);
    return status;
}

START_TEST(damaged_statistics_are_refused)
{
    static const uint64_t sizes[] = {3, 1100};
    struct csvk_error err = {0};
    struct support_random random = {5};
    struct csvk_buf memory = CSVK_BUF_INIT;
    struct csvk_stats *stats = new_stats(COLUMNS);
    struct partial_io io;
    bool whole;
    for (uint64_t record = 1; record <= sizes[_i]; record++) {
        add_made(stats, 3, record);
    }
    partial_io_memory(&io, &memory, &err);
    csvk_stats_state(&io, stats);
    csvk_stats_free(stats);
    size_t step = memory.length / 500 + 1; /* some hundred bytes of many */
    for (size_t i = support_below(&random, step); i < memory.length; i += step) {
        unsigned char byte = memory.data[i];
        ck_assert_int_eq(read_damaged(memory.data, i, &whole), CSVK_EIO);
        memory.data[i] = (unsigned char)(byte ^ (1u << support_below(&random, 8)));
        int status = read_damaged(memory.data, memory.length, &whole);
        ck_assert(status == CSVK_OK || status == CSVK_EIO || status == CSVK_ENOMEM);
        memory.data[i] = byte;
    }
    ck_assert_int_eq(read_damaged(memory.data, memory.length, &whole), CSVK_OK);
    ck_assert(whole);
    csvk_buf_release(&memory);
}
END_TEST

START_TEST(different_widths_are_not_merged)
{
    struct csvk_stats *a = new_stats(1), *b = new_stats(2);
    const struct csvk_column_stats *out;
    ck_assert_int_eq(csvk_stats_merge(a, b), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_stats_column(a, 1, &out), CSVK_EUSAGE);
    ck_assert_ptr_null(out);
    csvk_stats_free(a);
    csvk_stats_free(b);
    csvk_stats_free(NULL);
}
END_TEST

/* ---- exact, and no longer ---- */

static void add_counting(struct csvk_stats *stats, uint64_t from, uint64_t to)
{
    char text[32];
    for (uint64_t i = from; i <= to; i++) {
        snprintf(text, sizeof text, "%d", (int)i);
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of(text), i), CSVK_OK);
    }
}

START_TEST(the_last_exact_number_is_1024)
{
    struct csvk_stats *stats = new_stats(1);
    add_counting(stats, 1, 1024);
    add_counting(stats, 1, 1024);
    const struct csvk_column_stats *column = column_of(stats, 0);
    ck_assert(column->distinct_exact && column->top_exact);
    ck_assert_uint_eq(column->distinct, 1024);
    ck_assert_uint_eq(column->top[0].count, 2);
    add_counting(stats, 1025, 1025);
    column = column_of(stats, 0);
    ck_assert(!column->distinct_exact && !column->top_exact);
    ck_assert_uint_gt(column->distinct, 950);
    ck_assert_uint_lt(column->distinct, 1100);
    ck_assert_uint_eq(column->values, 2049);
    ck_assert_str_eq(column->number_greatest, "1025");
    csvk_stats_free(stats);
}
END_TEST

START_TEST(estimates_are_near)
{
    struct csvk_stats *stats = new_stats(1);
    uint64_t most = 0;
    for (int step = 0; step < 6; step++) {
        uint64_t next = most == 0 ? 3000 : most * 2;
        add_counting(stats, most + 1, next);
        most = next;
        const struct csvk_column_stats *column = column_of(stats, 0);
        ck_assert_uint_gt(column->distinct, most - most / 20);
        ck_assert_uint_lt(column->distinct, most + most / 20);
        ck_assert_uint_eq(column->ntop, 0); /* each occurs once: none of them is frequent */
    }
    csvk_stats_free(stats);
}
END_TEST

START_TEST(what_is_frequent_is_found_among_many)
{
    struct csvk_stats *stats = new_stats(1);
    char text[32];
    for (uint64_t i = 1; i <= 50000; i++) {
        snprintf(text, sizeof text,
                 i % 50 == 0    ? "frequent"
                 : i % 100 == 1 ? "less"
                                : "v%d",
                 (int)i);
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of(text), i), CSVK_OK);
    }
    const struct csvk_column_stats *column = column_of(stats, 0);
    ck_assert_uint_eq(column->ntop, 2);
    ck_assert_mem_eq(column->top[0].text, "frequent", 8);
    ck_assert_uint_ge(column->top[0].count, 1000);
    ck_assert_uint_lt(column->top[0].count, 1100);
    ck_assert_mem_eq(column->top[1].text, "less", 4);
    ck_assert_uint_ge(column->top[1].count, 500);
    csvk_stats_free(stats);
}
END_TEST

/* ---- sums ---- */

static const struct {
    const char *values[6];
    const char *mean, *least, *greatest;
} means[] = {
    {{"1", "2"}, "1.5", "1", "2"},
    {{"0.1", "0.2", "0.3"}, "0.2", "0.1", "0.3"},
    {{"1", "1", "2"}, "1.33333333333333", "1", "2"},
    {{"2", "2", "1"}, "1.66666666666667", "1", "2"},
    {{"-1", "1"}, "0", "-1", "1"},
    {{"0"}, "0", "0", "0"},
    {{"-0.5", "-0.25"}, "-0.375", "-0.5", "-0.25"},
    {{"999999999999999999", "999999999999999999"},
     "1000000000000000000",
     "999999999999999999",
     "999999999999999999"},
    {{"99999999999999999999999999999999999999", "1"},
     "5e37",
     "1",
     "99999999999999999999999999999999999999"},
    {{"1e299", "-1e299", "3"}, "1", "-1e299", "1e299"},
    {{"1e-299"}, "1e-299", "1e-299", "1e-299"},
    {{"1e-299", "1e299"}, "5e298", "1e-299", "1e299"},
    {{"0.00000012"}, "0.00000012", "0.00000012", "0.00000012"},
    {{"0.000000012"}, "1.2e-8", "0.000000012", "0.000000012"},
    {{"1.0", "1", "1.00"}, "1", "1", "1"},
    {{"1.5", "1.25", "1.125"}, "1.29166666666667", "1.125", "1.5"},
    {{"10", "9.999999999999999999"}, "10", "9.999999999999999999", "10"},
    {{"123456789012345678.9", "-123456789012345678.8"},
     "0.05",
     "-123456789012345678.8",
     "123456789012345678.9"},
    {{"-12345678901234567890", "-5"}, "-6172839450617280000", "-12345678901234567890", "-5"},
    /* numbers with more and less decimals, and longer ones, beside the least and the greatest */
    {{"1", "100.5", "500"}, "200.5", "1", "500"},
    {{"-1.5", "3", "-10"}, "-2.83333333333333", "-10", "3"},
    {{"-1", "1", "18446744073709551616"}, "6148914691236520000", "-1", "18446744073709551616"},
    {{"-1e5", "1", "-9"}, "-33336", "-1e5", "1"},
    {{"-0.0", "5.5", "0.0"}, "1.83333333333333", "0.0", "5.5"},
    {{"-5.5", "-0.0", "0.0"}, "-1.83333333333333", "-5.5", "0.0"},
    {{"9999999999999995", "9999999999999996", "x"}, "1e16", "9999999999999995", "9999999999999996"},
};

START_TEST(sums_are_exact)
{
    struct csvk_stats *stats = new_stats(1);
    for (size_t i = 0; i < 6 && means[_i].values[i] != NULL; i++) {
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of(means[_i].values[i]), i + 1),
                         CSVK_OK);
    }
    const struct csvk_column_stats *column = column_of(stats, 0);
    if (strcmp(means[_i].mean, "1e16") == 0) { /* 15 digits, rounded up to one more */
        ck_assert_str_eq(column->mean, "10000000000000000");
    } else if (strcmp(means[_i].mean, "5e37") == 0) {
        ck_assert_str_eq(column->mean, "5e37");
    } else {
        ck_assert_str_eq(column->mean, means[_i].mean);
    }
    ck_assert_str_eq(column->number_least, means[_i].least);
    ck_assert_str_eq(column->number_greatest, means[_i].greatest);
    csvk_stats_free(stats);
}
END_TEST

START_TEST(a_sum_that_ends_in_64_zeros)
{
    struct csvk_stats *stats = new_stats(1);
    for (uint64_t record = 1; record <= 32; record++) { /* 2^59, 32 times */
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of("-576460752303423488"), record),
                         CSVK_OK);
    }
    ck_assert_str_eq(column_of(stats, 0)->mean, "-576460752303423000");
    csvk_stats_free(stats);
}
END_TEST

/* ---- shapes and lengths ---- */

START_TEST(shapes)
{
    static const struct {
        const char *value, *shape;
        unsigned points;
    } rows[] = {
        {"a", "a", 1},
        {"AZaz09", "AAaa99", 6},
        {"@[`{/:", "@[`{/:", 6},
        {"12345678", "99999999", 8},
        {"ABC-1234-xyz 9", "AAA-9999-aaa 9", 14},
        {"P\xC5\x99\xC3\xADklad", "A??aaaa", 7},
        {"1234567\xC4\x8D"
         "89",
         "9999999?99", 10},
        {"\xF0\x9F\x98\x80", "?", 1},
        {"0123456789012345678901234567890123456789", "9999999999999999999999999999999999999999",
         40},
        {"01234567890123456789012345678901234567890",
         "9999999999999999999999999999999999999\xE2\x80\xA6", 41},
        {"\x01\x7F", "\x01\x7F", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char shape[SHAPE_MOST + 1];
        struct csvk_bytes value = bytes_of(rows[i].value);
        size_t length = shape_of(value, value.len > SHAPE_MOST, shape);
        shape[length] = '\0';
        ck_assert_str_eq((char *)shape, rows[i].shape);
        ck_assert_uint_eq(count_points(value.ptr, value.len), rows[i].points);
    }
}
END_TEST

/* Of too many values each is counted as it comes: code points, and whole shapes. */
START_TEST(lengths_of_many_values)
{
    struct csvk_stats *stats = new_stats(1);
    char text[100];
    for (int i = 1000; i < 5000; i++) {
        const char *tail = i == 4000 ? " 56789012345678901234567890123456789\xC4\x8D"
                                     : "\xC4\x8D-xyz\xC4\x8D\xF0\x9F\x98\x80";
        snprintf(text, sizeof text, "%d%s", i, i == 4500 ? "" : tail);
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of(text), (uint64_t)i), CSVK_OK);
    }
    const struct csvk_column_stats *column = column_of(stats, 0);
    ck_assert(!column->distinct_exact);
    ck_assert_uint_eq(column->shortest, 4);
    ck_assert_uint_eq(column->longest, 41);
    ck_assert_uint_eq(column->points, 3998 * 11 + 4 + 41);
    csvk_stats_free(stats);
}
END_TEST

/* A shape that comes again and again is counted when the shapes are too many, too. */
START_TEST(a_shape_among_many)
{
    static const char signs[] = "!#$%&()*+,-./:;<";
    struct csvk_stats *stats = new_stats(1);
    char text[100];
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "%05u%c%c", i, i % 2 ? '_' : signs[i / 2 % 16],
                 i % 2 ? '_' : signs[i / 32 % 16]);
        ck_assert_int_eq(csvk_stats_add_value(stats, 0, bytes_of(text), i + 1), CSVK_OK);
    }
    const struct csvk_column_stats *column = column_of(stats, 0);
    ck_assert(!column->shapes_exact);
    ck_assert_uint_eq(column->nshapes, 1);
    ck_assert_mem_eq(column->shape[0].text, "99999__", 7);
    ck_assert_uint_ge(column->shape[0].count, 10000);
    ck_assert_uint_lt(column->shape[0].count, 10200);
    csvk_stats_free(stats);
}
END_TEST

/* ---- records ---- */

START_TEST(what_is_in_no_count)
{
    static const char text[] = "a,b\n1,2\n\n3\n\"\",\"x\"\n4,5,6\n\"a\"b,7\n";
    struct csvk_options options;
    struct csvk_source *source;
    struct csvk_reader *reader;
    const struct csvk_batch *batch;
    struct csvk_stats *stats = new_stats(2);
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        struct csvk_stats_before before = {100, 0};
        ck_assert_int_eq(csvk_stats_add(stats, batch, 1, before), CSVK_OK);
    }
    const struct csvk_stats_records *records = csvk_stats_records(stats);
    ck_assert_uint_eq(records->records, 3);
    ck_assert_uint_eq(records->other_width, 2);
    ck_assert_uint_eq(records->first_of_width, 104);
    ck_assert_uint_eq(records->broken, 1);
    ck_assert_uint_eq(records->first_broken, 107);
    ck_assert_uint_eq(records->blank, 1);
    const struct csvk_column_stats *column = column_of(stats, 0);
    ck_assert_uint_eq(column->values, 1);
    ck_assert_uint_eq(column->empty, 1);
    ck_assert_uint_eq(column->enclosed_empty, 1);
    ck_assert_uint_eq(column->types->first_empty, 105);
    ck_assert_uint_eq(column_of(stats, 1)->values, 3);
    ck_assert_uint_eq(column_of(stats, 1)->shortest, 1);
    ck_assert_uint_eq(column_of(stats, 1)->longest, 1);
    csvk_stats_shift(stats, 1000);
    ck_assert_uint_eq(records->first_of_width, 1104);
    ck_assert_uint_eq(records->first_broken, 1107);
    ck_assert_uint_eq(records->first_oversize, 0);
    column = column_of(stats, 0);
    ck_assert_uint_eq(column->types->first_empty, 1105);
    ck_assert_uint_eq(column->types->excluded[CSVK_TYPE_BOOLEAN].record, 1102);
    ck_assert_uint_eq(column->types->header_again, 0);
    csvk_reader_free(reader);
    csvk_source_free(source);
    csvk_stats_free(stats);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats");
    TCase *tc = tcase_create("stats");
    tcase_add_loop_test(tc, any_division_gives_the_same, 0, 20);
    tcase_add_loop_test(tc, damaged_statistics_are_refused, 0, 2);
    tcase_add_test(tc, different_widths_are_not_merged);
    tcase_add_test(tc, the_last_exact_number_is_1024);
    tcase_add_test(tc, estimates_are_near);
    tcase_add_test(tc, what_is_frequent_is_found_among_many);
    tcase_add_loop_test(tc, sums_are_exact, 0, (int)(sizeof means / sizeof means[0]));
    tcase_add_test(tc, a_sum_that_ends_in_64_zeros);
    tcase_add_test(tc, shapes);
    tcase_add_test(tc, lengths_of_many_values);
    tcase_add_test(tc, a_shape_among_many);
    tcase_add_test(tc, what_is_in_no_count);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
