/*
 * test_piece_limits.c - what is kept in memory of one record has a bound, in a piece that a thread
 * examines ahead as in the reader's window. A record beyond it is streamed either way, and the rest
 * of the input is examined ahead again.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/parallel/parallel_reader.h"
#include "csvkit/parse/reader_private.h"
#include "tests/support/support.h"

#include <string.h>

/* The record lies in the second piece, and many follow. */
enum { RECORDS_BEFORE_IT = 40000, RECORDS_AFTER_IT = 200000, PIECE = 200000 };

static void repeat(struct csvk_buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
    }
}

struct seen {
    uint64_t streamed; /* batches that are pieces of a record which is not kept */
    uint64_t ahead;    /* bytes that were examined ahead */
    uint64_t records;
};

static struct seen read_all(const struct csvk_buf *file, const struct csvk_options *options,
                            size_t threads)
{
    const struct csvk_parallel how = {threads, PIECE};
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    struct seen seen = {0, 0, 0};
    ck_assert_int_eq(csvk_source_memory(&source, file->data, file->length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, options, NULL), CSVK_OK);
    if (threads != 0) {
        ck_assert_int_eq(csvk_reader_parallel(reader, &how, NULL), CSVK_OK);
    }
    int status;
    while ((status = csvk_reader_next(reader, &batch, NULL)) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            seen.streamed += batch->records[i].oversize;
        }
        bool is_piece = batch->bytes != NULL && batch->bytes != window_begin(reader);
        seen.ahead += is_piece ? batch->size : 0;
        seen.records += batch->nrecords;
    }
    ck_assert_int_eq(status, CSVK_END);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return seen;
}

/* A record with a defect, so that no shortcut for clean records takes it. */
static const struct {
    const char *part; /* again and again between the defect and the rest of the record */
    size_t times;
    uint64_t max_record; /* 0: as is usual */
    bool is_too_much;
} records[] = {
    {"long ", 100, 200, true},  {"long ", 30, 200, false}, {"\x01.", 20000, 0, true}, /* facts */
    {"\x01.", 10000, 0, false}, {",", 140000, 0, true},                               /* fields */
    {",", 120000, 0, false},
};

START_TEST(no_piece_holds_more_of_a_record_than_the_window)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_options options;
    csvk_options_init(&options);
    options.window = 1000;
    options.max_record = records[_i].max_record;
    repeat(&file, "1,2,3\n", RECORDS_BEFORE_IT);
    repeat(&file, "a\"", 1);
    repeat(&file, records[_i].part, records[_i].times);
    repeat(&file, ",2,3\n", 1);
    repeat(&file, "1,2,3\n", RECORDS_AFTER_IT);
    struct seen alone = read_all(&file, &options, 0);
    struct seen pieces = read_all(&file, &options, 2);
    ck_assert_int_eq(alone.streamed != 0, records[_i].is_too_much);
    ck_assert_int_eq(pieces.streamed != 0, records[_i].is_too_much);
    ck_assert_uint_eq(alone.records, RECORDS_BEFORE_IT + 1 + RECORDS_AFTER_IT);
    ck_assert_uint_eq(pieces.records, alone.records);
    ck_assert_uint_eq(alone.ahead, 0);
    ck_assert_uint_gt(pieces.ahead, file.length / 4);
    csvk_buf_release(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("piece_limits");
    TCase *tcase = tcase_create("piece_limits");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, no_piece_holds_more_of_a_record_than_the_window, 0,
                        sizeof records / sizeof records[0]);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
