/*
 * test_normalize_window.c - the bytes that normalize looks at: what is kept stays, and what is read
 * is the input, wherever it lies.
 */
#include "csvkit/normalize/normalize_window.h"
#include "csvkit/parse/scan/scan.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

enum { LENGTH = 400000, READ = 1000, HEAD = 5000 };

static unsigned char input[LENGTH];

static struct norm_window window_on_input(void)
{
    struct norm_window w = {.read_size = READ};
    for (size_t i = 0; i < LENGTH; i++) {
        input[i] = (unsigned char)(i * 31 / 7 % 251 + 1);
    }
    ck_assert_int_eq(csvk_source_memory(&w.source, input, LENGTH, NULL), CSVK_OK);
    return w;
}

static void release(struct norm_window *w)
{
    norm_window_release(w);
    csvk_source_free(w->source);
    ck_assert_int_eq(alloc_alive, 0);
}

/* Reads all that is left, in steps of `step` bytes, of which `stays` are never dropped at once. */
static void read_on(struct norm_window *w, size_t step, size_t stays)
{
    while (!w->at_end || w->visible > stays) {
        ck_assert_int_eq(norm_window_fill(w, stays + step, NULL), CSVK_OK);
        const unsigned char *first = norm_window_at(w, w->offset);
        ck_assert_mem_eq(first, input + w->offset, w->visible);
        ck_assert_uint_eq(first[w->visible], 0);
        size_t more = w->visible > stays ? w->visible - stays : 0;
        norm_window_drop(w, more < step ? more : step);
    }
    norm_window_drop(w, w->visible);
    ck_assert_uint_eq(w->offset, LENGTH);
}

static const size_t stays[] = {0, 1, 100, 3000, 70000, 200000};

START_TEST(all_bytes_come_in_their_order)
{
    struct norm_window w = window_on_input();
    read_on(&w, 777, stays[_i]);
    release(&w);
}
END_TEST

START_TEST(what_is_kept_stays_while_all_is_read)
{
    struct norm_window w = window_on_input();
    ck_assert_int_eq(norm_window_fill(&w, HEAD, NULL), CSVK_OK);
    norm_window_keep(&w);
    const unsigned char *head = norm_window_at(&w, 0);
    read_on(&w, 777, stays[_i]);
    ck_assert_mem_eq(head, input, HEAD);
    norm_window_let_go(&w);
    release(&w);
}
END_TEST

/* Before anything moved, and after; twice changes nothing. */
START_TEST(what_was_kept_may_be_let_go_at_any_time)
{
    struct norm_window w = window_on_input();
    ck_assert_int_eq(norm_window_fill(&w, HEAD, NULL), CSVK_OK);
    norm_window_keep(&w);
    if (_i != 0) {
        norm_window_drop(&w, HEAD - 10);
        ck_assert_int_eq(norm_window_fill(&w, 2 * HEAD, NULL), CSVK_OK);
    }
    norm_window_let_go(&w);
    norm_window_let_go(&w);
    ck_assert_int_le(alloc_alive, 3); /* the source and the window: nothing else */
    read_on(&w, 777, 100);
    release(&w);
}
END_TEST

START_TEST(a_window_that_is_released_lets_go)
{
    struct norm_window w = window_on_input();
    ck_assert_int_eq(norm_window_fill(&w, HEAD, NULL), CSVK_OK);
    norm_window_keep(&w);
    norm_window_drop(&w, HEAD - 10);
    ck_assert_int_eq(norm_window_fill(&w, 2 * HEAD, NULL), CSVK_OK);
    release(&w);
}
END_TEST

/* After a move, what is read lies as in the input, counted from a cache line. */
START_TEST(what_is_read_lies_as_in_the_input)
{
    struct norm_window w = window_on_input();
    ck_assert_int_eq(norm_window_fill(&w, READ, NULL), CSVK_OK);
    for (int i = 0; i < 20 && !w.at_end; i++) {
        norm_window_drop(&w, w.visible - 37);
        ck_assert_int_eq(norm_window_fill(&w, READ, NULL), CSVK_OK);
        uintptr_t at = (uintptr_t)norm_window_at(&w, w.offset);
        ck_assert_uint_eq((at - w.offset) % CSVK_CACHE_LINE, 0);
        ck_assert_uint_lt(((const unsigned char *)at)[-1], 0x80);
    }
    release(&w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("normalize_window");
    TCase *tcase = tcase_create("normalize_window");
    int lengths = (int)(sizeof stays / sizeof *stays);
    tcase_add_loop_test(tcase, all_bytes_come_in_their_order, 0, lengths);
    tcase_add_loop_test(tcase, what_is_kept_stays_while_all_is_read, 0, lengths);
    tcase_add_loop_test(tcase, what_was_kept_may_be_let_go_at_any_time, 0, 2);
    tcase_add_test(tcase, a_window_that_is_released_lets_go);
    tcase_add_test(tcase, what_is_read_lies_as_in_the_input);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
