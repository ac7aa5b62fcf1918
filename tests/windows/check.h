/*
 * check.h - as much of the unit test library "check" as the tests of the core need, without
 * processes of their own and without time limits: there is no such library for Windows in Debian.
 * The first assertion that does not hold ends the program.
 */
#ifndef TESTS_WINDOWS_CHECK_H
#define TESTS_WINDOWS_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct tcase {
    void (*test[200])(int);
    int first[200], end[200], count;
} TCase;
typedef struct suite {
    const char *name;
    TCase *tcase[20];
    int count;
} Suite;
typedef Suite SRunner;
enum { CK_ENV, CK_NOFORK };

#define START_TEST(name)                                                                           \
    static void name(int _i)                                                                       \
    {                                                                                              \
        (void)_i;
#define END_TEST }

static inline Suite *suite_create(const char *name)
{
    Suite *suite = calloc(1, sizeof *suite);
    suite->name = name;
    return suite;
}
static inline TCase *tcase_create(const char *name)
{
    (void)name;
    return calloc(1, sizeof(TCase));
}
static inline void suite_add_tcase(Suite *suite, TCase *tcase)
{
    suite->tcase[suite->count++] = tcase;
}
static inline void tcase_add_loop_test(TCase *tcase, void (*test)(int), int first, int end)
{
    tcase->test[tcase->count] = test;
    tcase->first[tcase->count] = first;
    tcase->end[tcase->count++] = end;
}
#define tcase_add_test(tcase, test)         tcase_add_loop_test(tcase, test, 0, 1)
#define tcase_set_timeout(tcase, seconds)   ((void)(tcase))
#define srunner_create(suite)               (suite)
#define srunner_ntests_failed(runner)       0
#define srunner_free(runner)                free(runner)
#define srunner_set_fork_status(runner, no) ((void)(runner))
static inline void srunner_run_all(SRunner *runner, int how)
{
    int done = 0;
    (void)how;
    for (int c = 0; c < runner->count; c++) {
        for (int t = 0; t < runner->tcase[c]->count; t++) {
            for (int i = runner->tcase[c]->first[t]; i < runner->tcase[c]->end[t]; i++) {
                runner->tcase[c]->test[t](i);
                done++;
            }
        }
    }
    printf("%s: %d checks hold\n", runner->name, done);
}

#define ck_abort_msg(...)                                                                          \
    (printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), printf("\n"), fflush(stdout),     \
     exit(1))
#define ck_assert_msg(holds, ...) ((holds) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#define ck_assert(holds)          ck_assert_msg(holds, "%s", #holds)
#define ck_number_(a, op, b)                                                                       \
    ck_assert_msg((a)op(b), "%s %s %s: %" PRId64 ", %" PRId64, #a, #op, #b, (int64_t)(a),          \
                  (int64_t)(b))
#define ck_assert_int_eq(a, b)    ck_number_(a, ==, b)
#define ck_assert_int_ne(a, b)    ck_number_(a, !=, b)
#define ck_assert_int_gt(a, b)    ck_number_(a, >, b)
#define ck_assert_int_ge(a, b)    ck_number_(a, >=, b)
#define ck_assert_int_lt(a, b)    ck_number_(a, <, b)
#define ck_assert_int_le(a, b)    ck_number_(a, <=, b)
#define ck_assert_uint_eq(a, b)   ck_number_(a, ==, b)
#define ck_assert_uint_ne(a, b)   ck_number_(a, !=, b)
#define ck_assert_uint_gt(a, b)   ck_number_(a, >, b)
#define ck_assert_uint_ge(a, b)   ck_number_(a, >=, b)
#define ck_assert_uint_lt(a, b)   ck_number_(a, <, b)
#define ck_assert_uint_le(a, b)   ck_number_(a, <=, b)
#define ck_assert_ptr_eq(a, b)    ck_assert((a) == (b))
#define ck_assert_ptr_ne(a, b)    ck_assert((a) != (b))
#define ck_assert_ptr_null(a)     ck_assert((a) == NULL)
#define ck_assert_ptr_nonnull(a)  ck_assert((a) != NULL)
#define ck_assert_str_eq(a, b)    ck_assert_msg(strcmp(a, b) == 0, "%s is \"%s\", not %s", #a, a, #b)
#define ck_assert_str_ne(a, b)    ck_assert(strcmp(a, b) != 0)
#define ck_assert_mem_eq(a, b, n) ck_assert(memcmp(a, b, n) == 0)

#endif
