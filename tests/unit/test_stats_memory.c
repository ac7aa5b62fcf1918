/* test_stats_memory.c - each allocation fails once, while values are kept, sketched, merged and
 * told: it is reported, and nothing leaks.
 */
#include "csvkit/stats/stats.h"
#include "csvkit/stats/stats_state.h"

#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <stdio.h>

static const struct csvk_dialect comma = CSVK_DIALECT_RFC4180;

/* Values of all kinds, `count` different ones of each. */
static int add(struct csvk_stats *stats, int from, int count)
{
    static const char *const beginnings[] = {"", "12345678901234567890.", "1e",
                                             "text of some length, longer than what is kept: "};
    int status = CSVK_OK;
    for (int i = from; i < from + count && status == CSVK_OK; i++) {
        for (size_t column = 0; column < 4 && status == CSVK_OK; column++) {
            char text[100];
            size_t length = (size_t)snprintf(text, sizeof text, "%s%d", beginnings[column], i);
            struct csvk_bytes value = {(const unsigned char *)text, length};
            status = csvk_stats_add_value(stats, column, value, (uint64_t)i + 1);
        }
    }
    return status;
}

static int tell(struct csvk_stats *stats)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < 4 && status == CSVK_OK; i++) {
        const struct csvk_column_stats *column;
        status = csvk_stats_column(stats, i, &column);
    }
    return status;
}

/* Writes them, and reads them again. */
static int send_through(struct csvk_stats **stats)
{
    struct csvk_error err = {0};
    struct csvk_buf memory = CSVK_BUF_INIT;
    struct csvk_stats *again = NULL;
    struct partial_io io;
    partial_io_memory(&io, &memory, &err);
    csvk_stats_state(&io, *stats);
    int status = io.status;
    status = status == CSVK_OK ? csvk_stats_new(&again, 4, &comma) : status;
    if (status == CSVK_OK) {
        partial_io_bytes(&io, "memory", (struct csvk_bytes){memory.data, memory.length}, &err);
        csvk_stats_state(&io, again);
        status = io.status;
        partial_io_close(&io);
        csvk_stats_free(*stats);
        *stats = again;
    }
    csvk_buf_release(&memory);
    return status;
}

/* All of it, with `left` and `right` different values in two parts. */
static int work(int left, int right)
{
    struct csvk_stats *a = NULL, *b = NULL;
    int status = csvk_stats_new(&a, 4, &comma);
    status = status == CSVK_OK ? csvk_stats_new(&b, 4, &comma) : status;
    status = status == CSVK_OK ? add(a, 0, left) : status;
    status = status == CSVK_OK ? add(b, left, right) : status;
    status = status == CSVK_OK ? tell(b) : status;
    status = status == CSVK_OK ? send_through(&b) : status;
    status = status == CSVK_OK ? csvk_stats_merge(a, b) : status;
    status = status == CSVK_OK ? tell(a) : status;
    csvk_stats_free(a);
    csvk_stats_free(b);
    return status;
}

START_TEST(memory_may_end_anywhere)
{
    static const int parts[][2] = {{20, 5}, {1000, 100}, {1100, 10}, {10, 1100}, {1100, 1100}};
    int status = CSVK_ENOMEM;
    for (long n = 0; status != CSVK_OK; n++) {
        ck_assert_int_lt(n, 2000);
        alloc_alive = 0;
        alloc_countdown = n;
        status = work(parts[_i][0], parts[_i][1]);
        ck_assert(status == CSVK_OK || status == CSVK_ENOMEM);
        ck_assert_msg(alloc_countdown >= 0 || status == CSVK_ENOMEM, "allocation %ld", n);
        ck_assert_int_eq(alloc_alive, 0);
    }
    alloc_countdown = -1;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats memory");
    TCase *tcase = tcase_create("memory");
    tcase_add_loop_test(tcase, memory_may_end_anywhere, 0, 5);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
