/*
 * test_cli_memory.c - every allocation of the frame fails once, in turn: the program ends with 0
 * and all of its output, or with 2; nothing is leaked.
 */
#include "csvkit/cli/frame/frame.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 20000 }; /* more allocations than any of these lines needs */

static const char *const lines[][6] = {
    {"csvkit", "--help", NULL},
    {"csvkit", "--version", NULL},
    {"csvkit", "help", "help", NULL},
    {"csvkit", "help", "-q", "--progress=never", NULL},
    {"csvkit", "help", "--qiet", NULL},
    {"csvkit", "merge", "-j", "x", NULL},
    {"csvkit", "hlep", NULL},
    {"csvkit", "internal-man", NULL},
    {"csvkit", "internal-man", "help", NULL},
    {"csvkit", "internal-man", "--list", NULL},
    {"csvkit", "internal-man", "--rules", NULL},
    {"csvkit", "internal-completion", "bash", NULL},
    {"csvkit", "internal-completion", "zsh", NULL},
    {"csvkit", "internal-completion", "fish", NULL},
};

/* Runs one line with both streams in files; answers its exit status and how much it wrote. */
static int run_line(const char *const *line, long countdown, long *written)
{
    char words[6][64];
    char *argv[7] = {NULL};
    int argc = 0;
    for (; line[argc] != NULL; argc++) {
        snprintf(words[argc], sizeof words[argc], "%s", line[argc]);
        argv[argc] = words[argc];
    }
    ck_assert_int_eq(ftruncate(1, 0), 0);
    ck_assert_int_eq(lseek(1, 0, SEEK_SET), 0);
    alloc_alive = 0;
    alloc_countdown = countdown;
    int status = cli_main(argc, argv);
    struct stat out;
    ck_assert_int_eq(fstat(1, &out), 0);
    *written = (long)out.st_size;
    return status;
}

START_TEST(memory_may_end_anywhere)
{
    long full, written, n = 0;
    FILE *out = tmpfile(), *err = tmpfile();
    ck_assert(out != NULL && err != NULL);
    int saved_out = dup(1), saved_err = dup(2);
    dup2(fileno(out), 1);
    dup2(fileno(err), 2);
    int good = run_line(lines[_i], -1, &full);
    int status = good, wrong = 0;
    for (; n < MANY && wrong == 0; n++) {
        status = run_line(lines[_i], n, &written);
        wrong += alloc_alive != 0;
        wrong += status == CLI_GOOD ? written != full : status != CLI_TROUBLE;
        if (alloc_countdown >= 0) {
            break; /* it needed no more than n */
        }
    }
    dup2(saved_out, 1);
    dup2(saved_err, 2);
    close(saved_out);
    close(saved_err);
    fclose(out);
    fclose(err);
    ck_assert_msg(wrong == 0, "allocation %ld of %s %s: status %d, %ld of %ld bytes, %ld alive", n,
                  lines[_i][0], lines[_i][1], status, written, full, alloc_alive);
    ck_assert_int_lt(n, MANY);
    ck_assert_int_eq(status, good);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli memory");
    TCase *tcase = tcase_create("memory");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, memory_may_end_anywhere, 0, (int)(sizeof lines / sizeof lines[0]));
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
