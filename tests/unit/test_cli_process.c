/*
 * test_cli_process.c - the program and its surroundings: descriptors and signals at the start, the
 * progress line and colours on a pseudo terminal and elsewhere.
 */
#include "csvkit/cli/frame/frame.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the start, each in a process of its own ---- */

static int status_of(void (*child)(void))
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        child();
        _exit(99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static void end_by_sigterm(void)
{
    cli_start();
    raise(SIGTERM);
}

static void end_by_sigint(void)
{
    cli_start();
    raise(SIGINT);
}

static void ignore_sighup(void)
{
    signal(SIGHUP, SIG_IGN);
    cli_start();
    raise(SIGHUP);
    _exit(7);
}

START_TEST(signals_end_us_as_signals)
{
    int status = status_of(end_by_sigterm);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    status = status_of(end_by_sigint);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    status = status_of(ignore_sighup);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
END_TEST

static void write_to_closed_pipe(void)
{
    int ends[2];
    cli_start();
    if (pipe(ends) != 0 || close(ends[0]) != 0) {
        _exit(1);
    }
    _exit(write(ends[1], "x", 1) == -1 && errno == EPIPE ? 7 : 2);
}

static void open_after_closing_all(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        close(fd);
    }
    cli_start();
    char byte;
    bool usable = read(0, &byte, 1) == 0 && write(1, "x", 1) == 1 && write(2, "x", 1) == 1;
    _exit(usable && open("/dev/null", O_RDONLY) > 2 ? 7 : 1);
}

START_TEST(closed_pipes_and_descriptors_are_no_danger)
{
    int status = status_of(write_to_closed_pipe);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    status = status_of(open_after_closing_all);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
END_TEST

static char folder[32];

static void die_while_writing(void)
{
    struct csvk_sink *sink = NULL;
    struct csvk_error err = {0};
    cli_start();
    if (chdir(folder) != 0 || csvk_sink_open(&sink, "out.csv", 0, &err) != CSVK_OK ||
        csvk_sink_write(sink, "a,b\n", 4, &err) != CSVK_OK) {
        _exit(1);
    }
    raise(SIGINT);
}

START_TEST(a_signal_leaves_no_temporary_file)
{
    snprintf(folder, sizeof folder, "/tmp/csvkit-start-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    int status = status_of(die_while_writing);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
}
END_TEST

/* ---- progress; standard error goes where the test looks ---- */

struct screen {
    int reader, saved;
    char text[4096];
};

static void use_as_stderr(struct screen *screen, int writer, int reader)
{
    screen->saved = dup(2);
    screen->reader = reader;
    ck_assert_int_eq(dup2(writer, 2), 2);
    close(writer);
}

static void open_terminal(struct screen *screen, unsigned short columns)
{
    int master, slave;
    struct winsize size = {.ws_row = 25, .ws_col = columns};
    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
    use_as_stderr(screen, slave, master);
}

static void open_log(struct screen *screen)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    use_as_stderr(screen, ends[1], ends[0]);
}

/*
 * All that was shown since the last look. A terminal passes bytes on when it has the time, so a
 * mark is written behind them, and read up to it.
 */
static const char *look(struct screen *screen)
{
    static const char mark = '\x01';
    size_t length = 0;
    ck_assert_int_eq(write(2, &mark, 1), 1);
    do {
        struct pollfd ready = {.fd = screen->reader, .events = POLLIN};
        ck_assert_int_eq(poll(&ready, 1, 10000), 1);
        ssize_t n = read(screen->reader, screen->text + length, sizeof screen->text - length);
        ck_assert_int_gt(n, 0);
        length += (size_t)n;
        ck_assert_uint_lt(length, sizeof screen->text);
    } while (screen->text[length - 1] != mark);
    screen->text[length - 1] = '\0';
    return screen->text;
}

static void expect_beginning(const struct screen *screen, const char *text)
{
    ck_assert_msg(strncmp(screen->text, text, strlen(text)) == 0, "shown: %s", screen->text);
}

static void close_screen(struct screen *screen)
{
    dup2(screen->saved, 2);
    close(screen->saved);
    close(screen->reader);
}

/* The clock of the tests stands still until they move it. */
static uint64_t now;

static uint64_t test_clock(void)
{
    return now;
}

static void wait_ms(uint64_t ms)
{
    now += ms * 1000000;
}

static const struct cli_group *const groups[] = {&cli_common_options, NULL};
static const struct cli_command command = {.name = "try", .groups = groups, .max_operands = -1};

START_TEST(progress_comes_late_and_goes)
{
    struct cli cli = {.command = &command, .clock = test_clock};
    struct screen screen;
    open_terminal(&screen, 80);
    struct cli_progress *progress = cli_progress_start(&cli, "a\033b.csv", 2000);
    wait_ms(499);
    cli_progress_update(progress, 100);
    ck_assert_str_eq(look(&screen), "");
    wait_ms(1);
    cli_progress_update(progress, 1000);
    ck_assert_str_eq(look(&screen),
                     "\r\033[Ka\\x1bb.csv: 1.0 kB of 2.0 kB (50 %), 2.0 kB/s, 1 s left");
    wait_ms(99);
    cli_progress_update(progress, 1500);
    ck_assert_str_eq(look(&screen), "");
    cli_note(&cli, "by the way");
    look(&screen);
    expect_beginning(&screen, "\r\033[Kcsvkit: by the way");
    wait_ms(1);
    cli_progress_parts(progress, 3, 4);
    cli_progress_update(progress, 2000);
    ck_assert_str_eq(look(&screen),
                     "\r\033[Ka\\x1bb.csv: part 3 of 4, 2.0 kB of 2.0 kB (100 %), 3.3 kB/s");
    cli_progress_end(progress);
    ck_assert_str_eq(look(&screen), "\r\033[K");
    close_screen(&screen);
    ck_assert_ptr_null(cli.progress);
    cli_release(&cli);
}
END_TEST

START_TEST(progress_in_a_log_is_a_line_each_second)
{
    static const struct cli_option row = {.name = "progress"};
    struct cli_given given[] = {{&row, "always"}};
    struct cli cli = {.command = &command, .clock = test_clock, .given = given, .ngiven = 1};
    struct screen screen;
    open_log(&screen);
    struct cli_progress *progress = cli_progress_start(&cli, "x", 0);
    wait_ms(500);
    cli_progress_update(progress, 500);
    ck_assert_str_eq(look(&screen), "x: 500 B, 1.0 kB/s\n");
    wait_ms(999);
    cli_progress_update(progress, 600);
    ck_assert_str_eq(look(&screen), "");
    wait_ms(1);
    cli_progress_update(progress, 3000);
    ck_assert_str_eq(look(&screen), "x: 3.0 kB, 2.0 kB/s\n");
    cli_progress_end(progress);
    ck_assert_str_eq(look(&screen), "x: 3.0 kB, 2.0 kB/s\n");
    close_screen(&screen);
}
END_TEST

START_TEST(progress_goes_by_the_monotonic_clock)
{
    struct cli cli = {.command = &command};
    struct timespec t = {.tv_nsec = 520 * 1000000};
    struct screen screen;
    open_terminal(&screen, 80);
    struct cli_progress *progress = cli_progress_start(&cli, "x", 0);
    nanosleep(&t, NULL); /* at least: the line has to be there however late it is */
    cli_progress_update(progress, 1);
    look(&screen);
    expect_beginning(&screen, "\r\033[Kx: 1 B, ");
    cli_progress_end(progress);
    close_screen(&screen);
    cli_release(&cli);
}
END_TEST

START_TEST(progress_fits_the_terminal)
{
    struct cli cli = {.command = &command, .clock = test_clock};
    struct screen screen;
    open_terminal(&screen, 40);
    struct cli_progress *progress =
        cli_progress_start(&cli, "a very long name of a file that does not fit.csv", 0);
    wait_ms(500);
    cli_progress_update(progress, 1000);
    ck_assert_str_eq(look(&screen), "\r\033[Kthat does not fit.csv: 1.0 kB, 2.0 kB/s");
    cli_progress_end(progress);
    close_screen(&screen);
    cli_release(&cli);
}
END_TEST

static void expect_progress(const char *option, void (*open_screen)(struct screen *), bool wanted)
{
    struct cli cli = {0};
    struct screen screen;
    char word[64];
    char *argv[] = {word};
    snprintf(word, sizeof word, "%s", option);
    ck_assert_int_eq(cli_parse(&cli, &command, option[0] != '\0', argv), CLI_GOOD);
    open_screen(&screen);
    struct cli_progress *progress = cli_progress_start(&cli, "x", 0);
    bool got = progress != NULL;
    cli_progress_update(progress, 5);
    cli_progress_end(progress);
    close_screen(&screen);
    cli_release(&cli);
    ck_assert_msg(got == wanted, "progress with '%s': %d", option, got);
}

static void open_wide_terminal(struct screen *screen)
{
    open_terminal(screen, 200);
}

START_TEST(progress_obeys_the_options)
{
    expect_progress("", open_wide_terminal, true);
    expect_progress("", open_log, false);
    expect_progress("-q", open_wide_terminal, false);
    expect_progress("--progress=never", open_wide_terminal, false);
    expect_progress("--progress=auto", open_log, false);
    expect_progress("--progress=always", open_log, true);
}
END_TEST

START_TEST(colours_only_on_terminals)
{
    struct screen screen;
    struct cli cli = {0};
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    open_log(&screen);
    bool in_log = cli_color(&cli, stderr);
    close_screen(&screen);
    open_terminal(&screen, 80);
    bool on_terminal = cli_color(&cli, stderr);
    setenv("NO_COLOR", "", 1);
    bool with_empty = cli_color(&cli, stderr);
    setenv("NO_COLOR", "1", 1);
    bool with_no_color = cli_color(&cli, stderr);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    bool on_dumb = cli_color(&cli, stderr);
    close_screen(&screen);
    ck_assert(!in_log && on_terminal && with_empty && !with_no_color && !on_dumb);
    /* What was typed wins over all of that. */
    const struct cli_option row = {.name = "color"};
    struct cli_given given[] = {{&row, "always"}, {&row, "never"}, {&row, "auto"}};
    cli.given = given;
    setenv("NO_COLOR", "1", 1);
    cli.ngiven = 1;
    ck_assert(cli_color(&cli, stderr));
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    open_terminal(&screen, 80);
    cli.ngiven = 2;
    bool never = !cli_color(&cli, stderr);
    cli.ngiven = 3;
    bool on_auto = cli_color(&cli, stderr);
    close_screen(&screen);
    ck_assert(never && on_auto);
}
END_TEST

START_TEST(cores_are_limited_by_the_control_group)
{
    ck_assert_uint_eq(cli_cores_of_quota("200000 100000\n"), 2);
    ck_assert_uint_eq(cli_cores_of_quota("150000 100000\n"), 2);
    ck_assert_uint_eq(cli_cores_of_quota("1000 100000\n"), 1);
    ck_assert_uint_eq(cli_cores_of_quota("max 100000\n"), 0);
    ck_assert_uint_eq(cli_cores_of_quota("100000 0\n"), 0);
    ck_assert_uint_eq(cli_cores_of_quota("100000"), 0);
    ck_assert_uint_eq(cli_cores_of_quota(""), 0);
    ck_assert_uint_ge(cli_cores(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli process");
    TCase *tcase = tcase_create("process");
    tcase_set_timeout(tcase, 20);
    tcase_add_test(tcase, signals_end_us_as_signals);
    tcase_add_test(tcase, a_signal_leaves_no_temporary_file);
    tcase_add_test(tcase, closed_pipes_and_descriptors_are_no_danger);
    tcase_add_test(tcase, progress_comes_late_and_goes);
    tcase_add_test(tcase, progress_in_a_log_is_a_line_each_second);
    tcase_add_test(tcase, progress_goes_by_the_monotonic_clock);
    tcase_add_test(tcase, progress_fits_the_terminal);
    tcase_add_test(tcase, progress_obeys_the_options);
    tcase_add_test(tcase, colours_only_on_terminals);
    tcase_add_test(tcase, cores_are_limited_by_the_control_group);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
