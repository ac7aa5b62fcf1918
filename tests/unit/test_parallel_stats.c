/*
 * test_parallel_stats.c - statistics that several threads count are those of one, to the last byte,
 * whatever the number of threads, the size of the batches (from one record) and the defects of the
 * file; and when there is something to do, more than one of them counts.
 *
 * CSVK_PARALLEL is the number of random files (make check-parallel).
 */
#include "csvkit/parallel/stats_crew.h"
#include "tests/support/random_tables.h"
#include "tests/support/told_stats.h"

#include <stdlib.h>
#include <string.h>

enum { LOOPS = 8, RANDOM_FILES = 160 };

static const struct csvk_dialect comma = CSVK_DIALECT_RFC4180;

static size_t random_files(void)
{
    const char *given = getenv("CSVK_PARALLEL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_FILES) / LOOPS;
}

struct counting {
    size_t columns, threads, window;
    uint64_t alone, skip;
    struct csvk_stats_before before;
};

/* Adds the file in batches of the window. */
static void add_file(struct csvk_stats_crew *crew, struct csvk_bytes file,
                     const struct counting *how)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.detail = CSVK_FIELDS;
    options.window = how->window;
    ck_assert_int_eq(csvk_source_memory(&source, file.ptr, file.len, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        ck_assert_int_eq(csvk_stats_crew_add(crew, batch, how->skip, how->before), CSVK_OK);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
}

/* Counts the file, finishes, counts it again with other numbers, and tells all of it. */
static void count(struct csvk_bytes file, const struct counting *how, struct csvk_buf *out)
{
    struct counting again = *how;
    struct csvk_stats *stats = NULL;
    struct csvk_stats_crew *crew = NULL;
    ck_assert_int_eq(csvk_stats_new(&stats, how->columns, &comma), CSVK_OK);
    ck_assert_int_eq(csvk_stats_crew_new(&crew, stats, &comma, how->threads, how->alone), CSVK_OK);
    add_file(crew, file, how);
    ck_assert_int_eq(csvk_stats_crew_finish(crew), CSVK_OK);
    again.before.records += 100000;
    again.before.bytes += 1000000;
    add_file(crew, file, &again);
    ck_assert_int_eq(csvk_stats_crew_finish(crew), CSVK_OK);
    support_tell_stats(out, stats);
    csvk_stats_crew_free(crew);
    csvk_stats_free(stats);
}

static void assert_counted_alike(struct csvk_bytes file, const struct counting *how)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    struct counting alone = *how;
    alone.threads = 1;
    alone.window = 0;
    count(file, &alone, &want);
    count(file, how, &have);
    ck_assert_msg(want.length == have.length &&
                      strcmp(csvk_buf_text(&want), csvk_buf_text(&have)) == 0,
                  "%zu threads, window %zu\nwant: %s\nhave: %s", how->threads, how->window,
                  csvk_buf_text(&want), csvk_buf_text(&have));
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

START_TEST(random_files_are_counted_alike)
{
    struct support_random random = {(uint64_t)_i + 500};
    struct csvk_buf file = CSVK_BUF_INIT;
    for (size_t i = 0; i < random_files(); i++) {
        struct counting how = {.columns = 1 + support_below(&random, 4),
                               .threads = 2 + support_below(&random, 7),
                               .window = 1 + support_below(&random, 300),
                               .alone = support_below(&random, 3) * 100,
                               .skip = support_below(&random, 2),
                               .before = {support_below(&random, 3), support_below(&random, 3)}};
        support_random_table(&random, &file);
        assert_counted_alike((struct csvk_bytes){file.data, file.length}, &how);
    }
    csvk_buf_release(&file);
}
END_TEST

/* More values than are kept, so that statistics with all values and with sketches are merged. */
START_TEST(many_values_are_counted_alike)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    for (int i = 0; i < 6000; i++) {
        ck_assert_int_eq(csvk_buf_printf(&file, "%d,%d.5,%s%d\n", i, i % (900 + 200 * _i),
                                         i % 7 == 0 ? "x" : "", i * 7919 % 5003),
                         CSVK_OK);
    }
    struct counting how = {
        .columns = 3, .threads = 2 + (size_t)_i, .window = 2000 + 3000 * (size_t)_i};
    assert_counted_alike((struct csvk_bytes){file.data, file.length}, &how);
    csvk_buf_release(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel_stats");
    TCase *tcase = tcase_create("parallel_stats");
    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, random_files_are_counted_alike, 0, LOOPS);
    tcase_add_loop_test(tcase, many_values_are_counted_alike, 0, 3);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
