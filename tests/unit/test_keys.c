/*
 * test_keys.c - the search for repeated keys against a naive one (sort all keys, look at
 * neighbours), with little memory, bad hashes, long keys, joined sets and a full disk.
 */
#include "validator/keys/keys.h"

#include "tests/support/support.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct keys_row {
    struct csvk_bytes key;
    uint64_t record;
};

struct key_table {
    struct keys_row *row;
    size_t count, capacity;
    struct csvk_duplicate_key *expected;
    size_t nexpected;
};

/* For loops: an assertion of check costs a system call even when it holds. */
static void require(bool holds, const char *what)
{
    if (!holds) {
        ck_abort_msg("%s", what);
    }
}

static void table_add(struct key_table *table, const void *key, size_t length)
{
    if (table->count == table->capacity) {
        table->capacity = table->capacity < 64 ? 64 : table->capacity * 2;
        table->row = realloc(table->row, table->capacity * sizeof *table->row);
        ck_assert_ptr_nonnull(table->row);
    }
    unsigned char *copy = malloc(length + 1);
    require(copy != NULL, "no memory");
    if (length > 0) {
        memcpy(copy, key, length);
    }
    table->row[table->count] = (struct keys_row){{copy, length}, table->count + 2};
    table->count++;
}

static void table_release(struct key_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free((void *)(uintptr_t)table->row[i].key.ptr);
    }
    free(table->row);
    free(table->expected);
    memset(table, 0, sizeof *table);
}

static uint64_t offset_of(uint64_t record)
{
    return record * 131;
}

/* Steps of 0, 1 and 40, and a long one. */
static uint64_t drift_of(uint64_t record)
{
    return record / 3 + record / 50 * 40 + record / 9000 * 1000;
}

static int compare_keys(const struct csvk_bytes *a, const struct csvk_bytes *b)
{
    size_t least = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->ptr, b->ptr, least);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare_rows(const void *a, const void *b)
{
    const struct keys_row *x = a, *y = b;
    int order = compare_keys(&x->key, &y->key);
    return order != 0 ? order : (x->record > y->record) - (x->record < y->record);
}

static int compare_records(const void *a, const void *b)
{
    const struct csvk_duplicate_key *x = a, *y = b;
    return (x->record > y->record) - (x->record < y->record);
}

/* The naive answer. */
static void expect_duplicates(struct key_table *table)
{
    struct keys_row *sorted = malloc((table->count + 1) * sizeof *sorted);
    table->expected = malloc((table->count + 1) * sizeof *table->expected);
    ck_assert_ptr_nonnull(sorted);
    ck_assert_ptr_nonnull(table->expected);
    if (table->count > 0) {
        memcpy(sorted, table->row, table->count * sizeof *sorted);
    }
    qsort(sorted, table->count, sizeof *sorted, compare_rows);
    table->nexpected = 0;
    for (size_t i = 1, first = 0; i < table->count; i++) {
        if (compare_keys(&sorted[i].key, &sorted[first].key) != 0) {
            first = i;
            continue;
        }
        table->expected[table->nexpected++] =
            (struct csvk_duplicate_key){sorted[i].record, offset_of(sorted[i].record),
                                        sorted[first].record, drift_of(sorted[i].record), 0};
    }
    qsort(table->expected, table->nexpected, sizeof *table->expected, compare_records);
    free(sorted);
}

struct check {
    const struct key_table *table;
    size_t seen;
};

static int check_duplicate(void *context, const struct csvk_duplicate_key *duplicate)
{
    struct check *check = context;
    require(check->seen < check->table->nexpected, "too many duplicates");
    const struct csvk_duplicate_key *expected = &check->table->expected[check->seen++];
    require(duplicate->record == expected->record, "another record");
    require(duplicate->offset == expected->offset, "another offset");
    require(duplicate->first_record == expected->first_record, "another first record");
    require(duplicate->drift == expected->drift, "another drift");
    return 0;
}

struct keys_way {
    size_t memory;
    uint64_t mask;
    size_t piece; /* 0: one set; else sets of so many rows that are joined */
};

static void add_rows(struct csvk_keys *keys, const struct key_table *table, size_t from, size_t to)
{
    uint64_t base = table->row[from].record - 1;
    for (size_t i = from; i < to; i++) {
        uint64_t record = table->row[i].record - base;
        struct csvk_error err = {0};
        struct csvk_key_place place = {record, offset_of(record + base) - offset_of(base),
                                       drift_of(record + base) - drift_of(base)};
        int status = csvk_keys_add(keys, &table->row[i].key, 1, place, &err);
        require(status == CSVK_OK, err.text);
    }
}

static struct csvk_keys *new_keys(struct keys_way how)
{
    struct csvk_keys *keys = NULL;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_keys_new(&keys, how.memory, NULL, &err), CSVK_OK);
    csvk_keys_weaken_hash(keys, how.mask);
    return keys;
}

static struct csvk_keys_effort run(const struct key_table *table, struct keys_way how)
{
    struct csvk_keys *keys = new_keys(how);
    struct csvk_error err = {0};
    size_t piece = how.piece != 0 ? how.piece : table->count;
    for (size_t i = 0; i < table->count; i += piece) {
        struct csvk_keys *part = new_keys(how);
        add_rows(part, table, i, i + piece < table->count ? i + piece : table->count);
        uint64_t base = table->row[i].record - 1;
        struct csvk_keys_shift shift = {base, offset_of(base), drift_of(base)};
        ck_assert_int_eq(csvk_keys_merge(keys, part, shift, &err), CSVK_OK);
        csvk_keys_free(part);
    }
    struct check check = {table, 0};
    int status = csvk_keys_finish(keys, check_duplicate, &check, &err);
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    ck_assert_uint_eq(check.seen, table->nexpected);
    ck_assert_uint_eq(csvk_keys_duplicates(keys), table->nexpected);
    struct csvk_keys_effort effort = csvk_keys_effort(keys);
    csvk_keys_free(keys);
    return effort;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Keys "prefix-NUMBER": `distinct` different ones in random order. */
static struct key_table random_table(size_t count, size_t distinct, const char *prefix)
{
    struct key_table table = {0};
    uint64_t state = count * 31 + distinct;
    for (size_t i = 0; i < count; i++) {
        char key[64];
        int n =
            snprintf(key, sizeof key, "%s-%u", prefix, (unsigned)(next_random(&state) % distinct));
        table_add(&table, key, (size_t)n);
    }
    expect_duplicates(&table);
    return table;
}

static struct key_table numbered_table(size_t count, size_t length)
{
    struct key_table table = {0};
    unsigned char *key = calloc(1, length);
    ck_assert_ptr_nonnull(key);
    for (size_t i = 0; i < count; i++) {
        memcpy(key + length - sizeof i, &i, sizeof i);
        table_add(&table, key, length);
    }
    free(key);
    expect_duplicates(&table);
    return table;
}

#define MIB   ((size_t)1 << 20)
#define WHOLE UINT64_MAX

START_TEST(small_tables_in_memory)
{
    struct key_table none = {0};
    expect_duplicates(&none);
    ck_assert_uint_eq(run(&none, (struct keys_way){MIB, WHOLE, 0}).spilled, 0);
    table_release(&none);
    static const size_t counts[] = {1, 2, 3, 17, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t distinct = 1; distinct <= counts[i]; distinct += 1 + distinct / 2) {
            struct key_table table = random_table(counts[i], distinct, "k");
            ck_assert_uint_eq(run(&table, (struct keys_way){MIB, WHOLE, 0}).spilled, 0);
            ck_assert_uint_eq(run(&table, (struct keys_way){0, WHOLE, 0}).spilled, 0);
            table_release(&table);
        }
    }
}
END_TEST

START_TEST(spilled_tables)
{
    static const size_t distinct[] = {1, 100, 50000, 10000000, 1000000000};
    for (size_t i = 0; i < 5; i++) {
        struct key_table table = random_table(60000, distinct[i], "some longer text");
        ck_assert_uint_gt(run(&table, (struct keys_way){MIB, WHOLE, 0}).spilled, 0);
        table_release(&table);
    }
}
END_TEST

START_TEST(equal_keys_need_no_splitting)
{
    struct key_table table = random_table(80000, 1, "equal");
    struct csvk_keys_effort effort = run(&table, (struct keys_way){MIB, WHOLE, 0});
    ck_assert_uint_gt(effort.spilled, 0);
    ck_assert_uint_eq(effort.splits, 0);
    table_release(&table);
}
END_TEST

/* All keys in one partition of the first level; the next level has another seed and few bits. */
START_TEST(partitions_that_are_too_big_are_split_again)
{
    struct key_table table = numbered_table(25000, 40);
    ck_assert_uint_gt(run(&table, (struct keys_way){MIB, UINT64_C(0x00ffffffffffffff), 0}).splits,
                      0);
    table_release(&table);
    table = random_table(100000, 60000, "a key that takes some room in the table");
    ck_assert_uint_gt(run(&table, (struct keys_way){MIB, UINT64_C(0x03ffffffffffffff), 0}).splits,
                      0);
    table_release(&table);
}
END_TEST

START_TEST(equal_hashes_of_different_keys)
{
    struct key_table table = numbered_table(4000, 200);
    ck_assert_uint_gt(run(&table, (struct keys_way){MIB, 0, 0}).splits, 0);
    table_release(&table);
    table = random_table(3000, 700, "x");
    run(&table, (struct keys_way){MIB, 0, 0});
    run(&table, (struct keys_way){MIB, UINT64_C(0xff00000000000000), 0});
    table_release(&table);
}
END_TEST

START_TEST(keys_of_every_length)
{
    struct key_table table = {0};
    unsigned char *key = calloc(1, 2100);
    ck_assert_ptr_nonnull(key);
    for (int twice = 0; twice < 2; twice++) {
        for (size_t length = 0; length < 2100; length++) {
            table_add(&table, key, length);
            if (length > 0 && twice == 0) {
                key[length - 1] = 1;
                table_add(&table, key, length);
                key[length - 1] = 0;
            }
        }
    }
    free(key);
    expect_duplicates(&table);
    ck_assert_uint_eq(table.nexpected, 2100);
    run(&table, (struct keys_way){MIB, WHOLE, 0});
    run(&table, (struct keys_way){MIB, WHOLE, 700});
    run(&table, (struct keys_way){4 * MIB, UINT64_C(0xf000000000000000), 0});
    table_release(&table);
}
END_TEST

/* Keys that are larger than the whole memory, alike but for one byte. */
START_TEST(keys_larger_than_memory)
{
    struct key_table table = {0};
    size_t length = 3 * MIB;
    unsigned char *key = malloc(length);
    ck_assert_ptr_nonnull(key);
    memset(key, 'k', length);
    for (size_t i = 0; i < 6; i++) {
        key[length / 2] = (unsigned char)('0' + i % 3);
        table_add(&table, key, length);
        table_add(&table, key, length - 1);
        table_add(&table, "short", 5);
    }
    free(key);
    expect_duplicates(&table);
    ck_assert_uint_eq(table.nexpected, 18 - 7);
    run(&table, (struct keys_way){MIB, WHOLE, 0});
    run(&table, (struct keys_way){MIB, 0, 4});
    table_release(&table);
}
END_TEST

START_TEST(joined_sets_are_one_set)
{
    static const size_t pieces[] = {1, 7, 1000, 20000, 100000};
    for (size_t i = 0; i < 5; i++) {
        struct key_table table = random_table(pieces[i] == 1 ? 300 : 30000, 20000, "joined-keys");
        run(&table, (struct keys_way){MIB, WHOLE, pieces[i] == 7 ? 6000 : pieces[i]});
        table_release(&table);
    }
    struct csvk_keys *small = new_keys((struct keys_way){MIB, WHOLE, 0});
    struct csvk_keys *large = new_keys((struct keys_way){4 * MIB, WHOLE, 0});
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_keys_merge(small, large, (struct csvk_keys_shift){0, 0, 0}, &err),
                     CSVK_EUSAGE);
    csvk_keys_free(small);
    csvk_keys_free(large);
}
END_TEST

/* More repetitions than the sorter can hold, in runs of several generations. */
START_TEST(many_duplicates_come_in_order)
{
    struct key_table table = random_table(120000, 1000, "d");
    run(&table, (struct keys_way){MIB, WHOLE, 0});
    table_release(&table);
}
END_TEST

/* Offsets and records far apart: a new block must begin where 32 bits do not reach. */
START_TEST(places_beyond_32_bits)
{
    struct csvk_keys *keys = new_keys((struct keys_way){MIB, WHOLE, 0});
    struct key_table table = {0};
    struct csvk_duplicate_key expected[20];
    struct csvk_bytes key = {(const unsigned char *)"same", 4};
    for (uint64_t i = 0; i < 21; i++) {
        uint64_t record = 1 + i * UINT64_C(3000000000), offset = i * UINT64_C(9000000000);
        ck_assert_int_eq(
            csvk_keys_add(keys, &key, 1, (struct csvk_key_place){record, offset, 7 * offset}, NULL),
            CSVK_OK);
        if (i > 0) {
            expected[i - 1] = (struct csvk_duplicate_key){record, offset, 1, 7 * offset, 0};
        }
    }
    table.expected = expected;
    table.nexpected = 20;
    struct check check = {&table, 0};
    ck_assert_int_eq(csvk_keys_finish(keys, check_duplicate, &check, NULL), CSVK_OK);
    ck_assert_uint_eq(check.seen, 20);
    csvk_keys_free(keys);
}
END_TEST

static int stop_at_third(void *context, const struct csvk_duplicate_key *duplicate)
{
    size_t *seen = context;
    (void)duplicate;
    return ++*seen == 3 ? 77 : 0;
}

START_TEST(the_caller_may_stop_the_report)
{
    struct key_table table = random_table(100000, 10, "d");
    struct csvk_keys *keys = new_keys((struct keys_way){MIB, WHOLE, 0});
    add_rows(keys, &table, 0, table.count);
    size_t seen = 0;
    ck_assert_int_eq(csvk_keys_finish(keys, stop_at_third, &seen, NULL), 77);
    ck_assert_uint_eq(seen, 3);
    ck_assert_uint_eq(csvk_keys_duplicates(keys), table.nexpected);
    csvk_keys_free(keys);
    table_release(&table);
}
END_TEST

static void add_three(struct csvk_keys *keys, const char *const *value, uint64_t record)
{
    struct csvk_bytes values[3];
    for (size_t i = 0; i < 3; i++) {
        values[i] = (struct csvk_bytes){(const unsigned char *)value[i], strlen(value[i])};
    }
    struct csvk_key_place place = {record, record, 0};
    ck_assert_int_eq(csvk_keys_add(keys, values, 3, place, NULL), CSVK_OK);
}

static int repeats_the_first_half(void *context, const struct csvk_duplicate_key *duplicate)
{
    uint64_t *half = context;
    ck_assert_uint_eq(duplicate->record, duplicate->first_record + *half);
    return 0;
}

/* All triples of values that are easily confused, twice: only the second half repeats. */
START_TEST(joined_columns_are_unambiguous)
{
    static char long_a[300], long_b[300];
    memset(long_a, 'a', 299);
    memset(long_b, 'a', 298);
    const char *const value[] = {"",     "a",    "b", "ab", "ba", "aab", "\x01", "\x01\x01",
                                 long_a, long_b, ",", ",,", "a,", ",a",  ",,,",  "b,,a"};
    const size_t n = sizeof value / sizeof value[0];
    struct csvk_keys *keys = new_keys((struct keys_way){MIB, WHOLE, 0});
    for (uint64_t i = 0; i < 2 * n * n * n; i++) {
        const char *const three[3] = {value[i % n], value[i / n % n], value[i / n / n % n]};
        add_three(keys, three, i + 1);
    }
    uint64_t half = n * n * n;
    ck_assert_int_eq(csvk_keys_finish(keys, repeats_the_first_half, &half, NULL), CSVK_OK);
    ck_assert_uint_eq(csvk_keys_duplicates(keys), half);
    csvk_keys_free(keys);
}
END_TEST

static int note_repeat(void *context, const struct csvk_duplicate_key *duplicate)
{
    uint64_t *first = context;
    first[duplicate->record] = duplicate->first_record;
    return 0;
}

static struct csvk_bytes bytes_of(const char *text)
{
    return (struct csvk_bytes){(const unsigned char *)text, strlen(text)};
}

/* The same key in one piece and as values; values with a separator are no such piece. */
START_TEST(a_key_in_one_piece_is_its_values)
{
    struct csvk_keys *keys = new_keys((struct keys_way){MIB, WHOLE, 0});
    csvk_keys_separate(keys, ';');
    static const char *const pieces[] = {"1;2", "12;", ";12", "1,;2", "a;b"};
    static const char *const values[][2] = {{"1", "2"},  {"12", ""},  {"", "12"},  {"1,", "2"},
                                            {"a;b", ""}, {"", "a;b"}, {"a;", "b"}, {"a;", "b"}};
    uint64_t record = 0, first[14] = {0};
    for (size_t i = 0; i < 5; i++) {
        struct csvk_key_place place = {++record, 0, 0};
        ck_assert_int_eq(csvk_keys_add_joined(keys, bytes_of(pieces[i]), place, NULL), CSVK_OK);
    }
    for (size_t i = 0; i < 8; i++) {
        struct csvk_bytes two[2] = {bytes_of(values[i][0]), bytes_of(values[i][1])};
        struct csvk_key_place place = {++record, 0, 0};
        ck_assert_int_eq(csvk_keys_add(keys, two, 2, place, NULL), CSVK_OK);
    }
    ck_assert_int_eq(csvk_keys_finish(keys, note_repeat, first, NULL), CSVK_OK);
    static const uint64_t want[14] = {0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 12};
    for (size_t i = 0; i < 14; i++) {
        ck_assert_uint_eq(first[i], want[i]);
    }
    csvk_keys_free(keys);
}
END_TEST

/* Hashes of 24 bits: thousands of different keys share one, none of them is reported as repeated.
 */
START_TEST(shared_hashes_are_no_repeated_keys)
{
    struct key_table table = numbered_table(300000, 9);
    run(&table, (struct keys_way){4 * MIB, UINT64_C(0xff0000000000ffff), 0});
    run(&table, (struct keys_way){4 * MIB, UINT64_C(0xff0000000000ffff), 70000});
    table_release(&table);
    table = random_table(200000, 10000000, "r");
    ck_assert_uint_gt(table.nexpected, 1000);
    run(&table, (struct keys_way){MIB, UINT64_C(0xff0000000000ffff), 0});
    table_release(&table);
}
END_TEST

static int fill_until_failure(struct csvk_keys *keys, struct csvk_error *err)
{
    for (uint64_t i = 1; i < 2000000; i++) {
        unsigned char key[16] = {0};
        memcpy(key, &i, sizeof i);
        int status = csvk_keys_add(keys, &(struct csvk_bytes){key, sizeof key}, 1,
                                   (struct csvk_key_place){i, i, 0}, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

START_TEST(a_full_disk_is_reported)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 2 * MIB;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct csvk_keys *keys = new_keys((struct keys_way){MIB, WHOLE, 0});
    struct csvk_error err = {0};
    int status = fill_until_failure(keys, &err);
    csvk_keys_free(keys);
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_int_eq(status, CSVK_EIO);
    ck_assert_int_eq(err.sys, EFBIG);
    ck_assert_ptr_nonnull(strstr(err.text, "temporary file"));
}
END_TEST

START_TEST(a_missing_folder_is_reported)
{
    struct csvk_keys *keys = NULL;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_keys_new(&keys, 1, "/nonexistent/folder", &err), CSVK_OK);
    ck_assert_int_eq(fill_until_failure(keys, &err), CSVK_EIO);
    ck_assert_int_eq(err.sys, ENOENT);
    ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/folder"));
    csvk_keys_free(keys);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys");
    TCase *tcase = tcase_create("keys");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, small_tables_in_memory);
    tcase_add_test(tcase, spilled_tables);
    tcase_add_test(tcase, equal_keys_need_no_splitting);
    tcase_add_test(tcase, partitions_that_are_too_big_are_split_again);
    tcase_add_test(tcase, equal_hashes_of_different_keys);
    tcase_add_test(tcase, keys_of_every_length);
    tcase_add_test(tcase, keys_larger_than_memory);
    tcase_add_test(tcase, joined_sets_are_one_set);
    tcase_add_test(tcase, many_duplicates_come_in_order);
    tcase_add_test(tcase, places_beyond_32_bits);
    tcase_add_test(tcase, the_caller_may_stop_the_report);
    tcase_add_test(tcase, joined_columns_are_unambiguous);
    tcase_add_test(tcase, a_key_in_one_piece_is_its_values);
    tcase_add_test(tcase, shared_hashes_are_no_repeated_keys);
    tcase_add_test(tcase, a_full_disk_is_reported);
    tcase_add_test(tcase, a_missing_folder_is_reported);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
