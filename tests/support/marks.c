/*
 * marks.c - where a test was when it crashed. The check library writes a place to a file for every
 * assertion that holds; beside a million of them in a loop, all else is little. Unit tests are
 * linked with --wrap=_mark_point, so that the place is only remembered here, and said when a signal
 * ends the process. Sanitizers have handlers of their own, and stacks to show: theirs stay.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

void __wrap__mark_point(const char *file, int line);

static _Atomic(const char *) last_file;
static atomic_int last_line;

void __wrap__mark_point(const char *file, int line)
{
    atomic_store_explicit(&last_file, file, memory_order_relaxed);
    atomic_store_explicit(&last_line, line, memory_order_relaxed);
}

static void say_where(int signal_number)
{
    char text[512];
    const char *file = atomic_load(&last_file);
    int n = snprintf(text, sizeof text, "signal %d behind the assertion in %s:%d\n", signal_number,
                     file != NULL ? file : "(none yet)", atomic_load(&last_line));
    size_t length = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    if (write(STDERR_FILENO, text, length) < 0) {
        _exit(127);
    }
    raise(signal_number); /* the handler is gone by now */
}

__attribute__((constructor)) static void begin(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction now;
        struct sigaction ours = {.sa_handler = say_where, .sa_flags = (int)SA_RESETHAND};
        if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
            sigaction(fatal[i], &ours, NULL);
        }
    }
}
