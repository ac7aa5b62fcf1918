/*
 * test_simple_memory.c - every allocation of the plain calls (simple.h) fails once, in turn: the
 * answer is CSVK_ENOMEM or right, and nothing is leaked. What they answer otherwise is compared
 * with the command line by tests/library/python.test.sh.
 */
#include "csvkit/simple/simple.h"

#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[32];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-simple-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    FILE *file = fopen("in.csv", "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("id;name\r\n1;\"a \"\"b\"\"; c\"\r\n2;d\r\n\r\n", file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void drop_folder(void)
{
    char command[64];
    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *const settings[] = {"delimiter=;", "encoding=utf-8", NULL};

static int read_rows(void)
{
    struct csvk_rows *rows;
    const struct csvk_bytes *values;
    size_t count, records = 0, fields = 0, bytes = 0;
    int status = csvk_rows_open(&rows, "in.csv", settings, NULL, 0);
    while (status == CSVK_OK) {
        status = csvk_rows_next(rows, &values, &count, NULL, 0);
        records += status == CSVK_OK;
        fields += count;
        for (size_t i = 0; i < count; i++) {
            bytes += values[i].len;
        }
    }
    if (status == CSVK_END) {
        ck_assert_uint_eq(records, 4); /* an empty line is one, without a value */
        ck_assert_uint_eq(fields, 6);
        ck_assert_uint_eq(bytes, strlen("id"
                                        "name"
                                        "1"
                                        "a \"b\"; c"
                                        "2"
                                        "d"));
        ck_assert_int_eq(csvk_rows_next(rows, &values, &count, NULL, 0), CSVK_END);
        status = CSVK_OK;
    }
    csvk_rows_free(rows);
    return status;
}

static int validate(void)
{
    static const char *const more[] = {"delimiter=;", "columns=id,name", "primary-key=id", NULL};
    char *json;
    int status = csvk_validate_path("in.csv", more, &json, NULL, 0);
    ck_assert(status != CSVK_OK || strstr(json, "\"blank-line\"") != NULL);
    ck_assert((json == NULL) == (status != CSVK_OK));
    csvk_free(json);
    return status;
}

static int normalize(void)
{
    static const char *const more[] = {"delimiter=;", "rejects=rejects.csv", "trim", NULL};
    char *json;
    int status = csvk_normalize_path("in.csv", "out.csv", more, &json, NULL, 0);
    ck_assert(status != CSVK_OK || strstr(json, "\"records_out\":3") != NULL);
    ck_assert((json == NULL) == (status != CSVK_OK));
    csvk_free(json);
    return status;
}

/* Runs `job` with its 1st, 2nd, ... allocation refused, until it needs no more of them. */
static void fail_each(int (*job)(void))
{
    int status = CSVK_ENOMEM;
    long n;
    for (n = 0; n < 2000 && status != CSVK_OK; n++) {
        alloc_countdown = n;
        status = job();
        alloc_countdown = -1;
        ck_assert(status == CSVK_OK || status == CSVK_ENOMEM);
        ck_assert_int_eq(alloc_alive, 0);
    }
    ck_assert_int_gt(n, 5);
    ck_assert_int_eq(status, CSVK_OK);
}

START_TEST(every_allocation_may_fail)
{
    fail_each(read_rows);
    fail_each(validate);
    fail_each(normalize);
}
END_TEST

START_TEST(a_text_that_is_too_long_is_cut)
{
    char *json, why[12];
    memset(why, 'x', sizeof why);
    ck_assert_int_eq(csvk_validate_path("no-such-file", NULL, &json, why, sizeof why - 1),
                     CSVK_EIO);
    ck_assert_str_eq(why, "cannot ope");
    ck_assert_int_eq(why[11], 'x');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("simple");
    TCase *tcase = tcase_create("simple");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, make_folder, drop_folder);
    tcase_add_test(tcase, every_allocation_may_fail);
    tcase_add_test(tcase, a_text_that_is_too_long_is_cut);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
