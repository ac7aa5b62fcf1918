/*
 * process_start.c - prepares the process before a command runs, and cleans up when a signal ends
 * it.
 *
 * Descriptors 0-2 are open from here on. If the caller had closed one of them, a data file could
 * get its number and become "standard output". SIGPIPE and SIGXFSZ are ignored: a closed pipe or a
 * full quota is then a failed write, which the code handles. SIGINT, SIGTERM and SIGHUP remove the
 * temporary files and then end the process as usual, so that the caller sees which signal it was.
 */
#include "csvkit/cli/frame/frame.h"

#include "csvkit/extra/extra.h"
#include "manifest/slice.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void ensure_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            continue;
        }
        if (open("/dev/null", fd == 0 ? O_RDONLY : O_RDWR) != fd) {
            _exit(CLI_TROUBLE); /* there is no descriptor for a message */
        }
    }
}

static void clear_terminal_line(void)
{
    static const char clear[] = "\r\033[K";
    ssize_t written = write(2, clear, sizeof clear - 1);
    (void)written;
}

static void on_signal(int number)
{
    if (cli_progress_visible) {
        clear_terminal_line();
    }
    csvk_sink_emergency_cleanup();
    csvk_slice_emergency_cleanup();
    raise(number); /* SA_RESETHAND has restored the default; it acts when this handler returns */
}

static void catch_signal(int number)
{
    struct sigaction action = {0}, old;
    if (sigaction(number, NULL, &old) != 0 || old.sa_handler == SIG_IGN) {
        return; /* the caller ignores it (nohup, background jobs of a shell): so do we */
    }
    action.sa_handler = on_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void cli_start(void)
{
    csvk_use_all();
    ensure_standard_descriptors();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    catch_signal(SIGHUP);
}
