/*
 * progress.c - one line on standard error with bytes, rate and remaining time.
 *
 * The line appears when the work has taken half a second, and is drawn at most ten times a second.
 * Other updates only read the clock. On a terminal the line is overwritten in place. When standard
 * error is a file or a pipe, --progress=always writes a new line every second and one at the end.
 * Code that writes to standard error hides the line first; the next update draws it again.
 */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/json.h"

#include <string.h>
#include <time.h>

#define NS_PER_SECOND UINT64_C(1000000000)
enum { APPEARS_AFTER_MS = 500, REDRAW_MS = 100, LOG_MS = 1000, NS_PER_MS = 1000000 };

struct cli_progress {
    struct cli *cli;
    char *what;
    uint64_t total, done;
    uint64_t parts_total, parts_done;
    uint64_t started, due; /* nanoseconds of the monotonic clock */
    bool terminal;
};

volatile sig_atomic_t cli_progress_visible = 0;

static uint64_t now_ns(const struct cli *cli)
{
    struct timespec t;
    if (cli->clock != NULL) {
        return cli->clock();
    }
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

static bool is_wanted(const struct cli *cli)
{
    const char *when = cli_value(cli, "progress");
    if (when != NULL && strcmp(when, "always") == 0) {
        return true;
    }
    if (cli_has(cli, "quiet") || (when != NULL && strcmp(when, "never") == 0)) {
        return false;
    }
    return cli_is_terminal(stderr);
}

static char *printable(const char *what)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    char *copy = NULL;
    if (csvk_buf_add_escaped(&text, what, strlen(what)) == CSVK_OK) {
        copy = csvk_strdup(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    return copy;
}

struct cli_progress *cli_progress_start(struct cli *cli, const char *what, uint64_t total_bytes)
{
    if (!is_wanted(cli) || cli->progress != NULL) {
        return NULL;
    }
    struct cli_progress *progress = csvk_calloc(1, sizeof *progress);
    if (progress == NULL) {
        return NULL; /* the work can go on without progress */
    }
    progress->cli = cli;
    progress->what = printable(what);
    progress->total = total_bytes;
    progress->terminal = cli_is_terminal(stderr);
    progress->started = now_ns(cli);
    progress->due = progress->started + UINT64_C(1) * APPEARS_AFTER_MS * NS_PER_MS;
    cli->progress = progress;
    return progress;
}

static int add_duration(struct csvk_buf *line, uint64_t seconds)
{
    if (seconds < 60) {
        return csvk_buf_printf(line, "%llu s", (unsigned long long)seconds);
    }
    if (seconds < 3600) {
        return csvk_buf_printf(line, "%llu min %llu s", (unsigned long long)(seconds / 60),
                               (unsigned long long)(seconds % 60));
    }
    return csvk_buf_printf(line, "%llu h %llu min", (unsigned long long)(seconds / 3600),
                           (unsigned long long)(seconds / 60 % 60));
}

static int add_total(struct csvk_buf *line, const struct cli_progress *p)
{
    int status = csvk_buf_puts(line, " of ");
    status = status == CSVK_OK ? cli_add_size(line, p->total) : status;
    if (status == CSVK_OK) {
        double percent = 100.0 * (double)p->done / (double)p->total;
        status = csvk_buf_printf(line, " (%d %%)", percent > 100.0 ? 100 : (int)percent);
    }
    return status;
}

static int add_rate(struct csvk_buf *line, const struct cli_progress *p, uint64_t now)
{
    double seconds = (double)(now - p->started) / (double)NS_PER_SECOND;
    double rate = seconds > 0 ? (double)p->done / seconds : 0;
    int status = csvk_buf_puts(line, ", ");
    status = status == CSVK_OK ? cli_add_size(line, (uint64_t)rate) : status;
    status = status == CSVK_OK ? csvk_buf_puts(line, "/s") : status;
    if (status == CSVK_OK && rate >= 1 && p->total > p->done) {
        status = csvk_buf_puts(line, ", ");
        uint64_t left = (uint64_t)((double)(p->total - p->done) / rate + 0.5);
        status = status == CSVK_OK ? add_duration(line, left) : status;
        status = status == CSVK_OK ? csvk_buf_puts(line, " left") : status;
    }
    return status;
}

static int compose(struct csvk_buf *line, const struct cli_progress *p, uint64_t now)
{
    int status = csvk_buf_printf(line, "%s: ", p->what != NULL ? p->what : "");
    if (status == CSVK_OK && p->parts_total > 0) {
        status = csvk_buf_printf(line, "part %llu of %llu, ", (unsigned long long)p->parts_done,
                                 (unsigned long long)p->parts_total);
    }
    status = status == CSVK_OK ? cli_add_size(line, p->done) : status;
    if (status == CSVK_OK && p->total > 0) {
        status = add_total(line, p);
    }
    return status == CSVK_OK ? add_rate(line, p, now) : status;
}

/* A line that is too long loses its beginning: the numbers matter more than the name. */
static const char *fit(const char *line, size_t width)
{
    size_t columns = cli_columns_of(line, strlen(line));
    while (columns > width) {
        line++;
        while (((unsigned char)*line & 0xc0) == 0x80) {
            line++;
        }
        columns--;
    }
    return line;
}

static void draw(struct cli_progress *progress, uint64_t now)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    if (compose(&line, progress, now) == CSVK_OK) {
        if (progress->terminal) {
            cli_progress_visible = 1;
            fprintf(stderr, "\r\033[K%s",
                    fit(csvk_buf_text(&line), cli_terminal_width(stderr) - 1));
        } else {
            fprintf(stderr, "%s\n", csvk_buf_text(&line));
        }
        fflush(stderr);
    }
    csvk_buf_release(&line);
    uint64_t pause = progress->terminal ? REDRAW_MS : LOG_MS;
    progress->due = now + pause * NS_PER_MS;
}

void cli_progress_update(struct cli_progress *progress, uint64_t done_bytes)
{
    if (progress == NULL) {
        return;
    }
    progress->done = done_bytes;
    uint64_t now = now_ns(progress->cli);
    if (now >= progress->due) {
        draw(progress, now);
    }
}

void cli_progress_parts(struct cli_progress *progress, uint64_t done, uint64_t total)
{
    if (progress != NULL) {
        progress->parts_done = done;
        progress->parts_total = total;
    }
}

void cli_progress_say(struct cli *cli, const char *text)
{
    bool shown = is_wanted(cli) && cli_is_terminal(stderr);
    char *line = shown && text[0] != '\0' ? printable(text) : NULL;
    if (shown && text[0] == '\0') {
        cli_progress_hide(cli);
    } else if (line != NULL) {
        cli_progress_visible = 1;
        fprintf(stderr, "\r\033[K%s", fit(line, cli_terminal_width(stderr) - 1));
        fflush(stderr);
    }
    csvk_free(line);
}

void cli_progress_hide(struct cli *cli)
{
    (void)cli;
    if (cli_progress_visible) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        cli_progress_visible = 0;
    }
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress == NULL) {
        return;
    }
    cli_progress_hide(progress->cli);
    if (!progress->terminal) {
        draw(progress, now_ns(progress->cli));
    }
    progress->cli->progress = NULL;
    csvk_free(progress->what);
    csvk_free(progress);
}
