/*
 * test_parallel_memory.c - every allocation fails once while several threads examine a file: either
 * the reader says so, or it reads what it always reads, since it can do without the threads.
 * Nothing is lost.
 */
#include "csvkit/parallel/parallel_reader.h"
#include "tests/support/failing_alloc.h"

#include <check.h>
#include <stdio.h>

enum { RECORDS = 2000, MANY = 5000 };

static char text[RECORDS * 16];

static void make_text(void)
{
    size_t at = 0;
    for (int i = 0; i < RECORDS; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               i % 50 == 49 ? "%d,\"x\"y\n" : "%d,x,y\n", i);
    }
}

/* Reads all; *records: how many there were. */
static int read_all(enum csvk_detail detail, size_t threads, uint64_t *records, uint64_t *facts)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    struct csvk_parallel how = {threads, 700};
    csvk_options_init(&options);
    options.detail = detail;
    options.window = 500;
    *records = *facts = 0;
    int status = csvk_source_memory(&source, text, strlen(text), NULL);
    status = status == CSVK_OK ? csvk_reader_new(&reader, source, &options, NULL) : status;
    status = status == CSVK_OK ? csvk_reader_parallel(reader, &how, NULL) : status;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, NULL);
        *records += status == CSVK_OK ? batch->nrecords : 0;
        *facts += status == CSVK_OK ? batch->nfacts : 0;
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

START_TEST(without_memory_the_reader_says_so_or_reads_alone)
{
    enum csvk_detail detail = _i % 2 == 0 ? CSVK_COUNTS : CSVK_FIELDS;
    size_t threads = (size_t)_i / 2 + 1;
    uint64_t records, facts, all_facts;
    long n = 0, refused = 0, left = -1;
    make_text();
    alloc_countdown = -1;
    ck_assert_int_eq(read_all(detail, threads, &records, &all_facts), CSVK_END);
    for (; left < 0 && n < MANY; n++) {
        alloc_countdown = n;
        int status = read_all(detail, threads, &records, &facts);
        left = alloc_countdown;
        ck_assert_int_eq(alloc_alive, 0);
        ck_assert(status == CSVK_END || status == CSVK_ENOMEM);
        ck_assert(status != CSVK_END || (records == RECORDS && facts == all_facts));
        refused += status == CSVK_ENOMEM;
    }
    alloc_countdown = -1;
    ck_assert_int_lt(n, MANY);        /* every allocation had its turn */
    ck_assert_int_gt(refused, 3);     /* source, reader, window */
    ck_assert_int_lt(refused, n - 5); /* the pool, the chunks */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel_memory");
    TCase *tcase = tcase_create("parallel_memory");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, without_memory_the_reader_says_so_or_reads_alone, 0, 4);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
