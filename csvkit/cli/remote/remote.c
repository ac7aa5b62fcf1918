/*
 * remote.c - the connection of the commands that talk to Storage.
 *
 * A signal sets a flag, which every transfer looks at. The transfers remove stored parts and
 * temporary files and report what is left, and then the signal ends the process as usual. A second
 * signal ends the process without waiting for this.
 */
#include "csvkit/cli/remote/remote.h"
#include "storage/http/secret.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option rows[] = {
    {"url", 0, "ADDRESS", NULL,
     "The address of the Storage API, for example https://connection.keboola.com. Default: "
     "$KBC_URL.",
     false},
    {"token-file", 0, "FILE", NULL,
     "The file with the Storage token; - is standard input. Default: the token in $KBC_TOKEN. "
     "There is no option for the token itself, because other users can see the options of a "
     "program.",
     false},
    {"branch", 0, "ID", NULL,
     "The development branch. Default: $KBC_BRANCHID, else the default branch.", false},
    {"run-id", 0, "ID", NULL, "The run id for the jobs. Default: $KBC_RUNID.", false},
    {"ca-file", 0, "FILE", NULL,
     "A file with certificates (PEM) of a private authority. No other authority is trusted then.",
     false},
    {"parallel", 0, "N", NULL, "The number of transfers at a time. Default: 4.", false},
    {"retries", 0, "N", NULL,
     "How often to repeat a request after a temporary failure; the pauses grow. A request that "
     "could take effect twice is repeated only after csvkit has found that it took none. Default: "
     "5.",
     false},
    {"max-wait", 0, "SECONDS", NULL,
     "How long a request may wait altogether when the server says when to come back, as it does "
     "during maintenance. Default: 1200, which is 20 minutes.",
     false},
    {"stall-timeout", 0, "SECONDS", NULL,
     "Give up a transfer when no byte moves for this time. There is no limit for the whole "
     "transfer. Default: 60.",
     false},
    {"dry-run", 0, NULL, NULL,
     "Send nothing; print the requests that would be sent, without secrets.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group remote_options = {"Connection", rows};

static volatile sig_atomic_t stopped_by;

static void on_signal(int number)
{
    if (stopped_by) {
        csvk_sink_emergency_cleanup();
        signal(number, SIG_DFL);
        raise(number);
    }
    stopped_by = number;
}

static void watch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {0}, old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            action.sa_handler = on_signal;
            sigemptyset(&action.sa_mask);
            sigaction(numbers[i], &action, NULL);
        }
    }
}

/* ---- observer -------------------------------------------------------------------------------- */

static void note(void *ctx, const char *text)
{
    const struct remote *remote = ctx;
    cli_note(remote->cli, "%s", text);
}

static void show_request(void *ctx, const char *text)
{
    const struct remote *remote = ctx;
    cli_out(remote->cli, text, strlen(text));
    cli_out(remote->cli, "\n", 1);
}

static void progress(void *ctx, uint64_t done, uint64_t total)
{
    struct remote *remote = ctx;
    if (!remote->progress) {
        remote->progress = cli_progress_start(remote->cli, remote->work, total);
    }
    cli_progress_update(remote->progress, done);
}

static void parts(void *ctx, uint64_t done, uint64_t total)
{
    const struct remote *remote = ctx;
    if (remote->progress) {
        cli_progress_parts(remote->progress, done, total);
    }
}

static void waiting(void *ctx, const char *text)
{
    const struct remote *remote = ctx;
    cli_progress_say(remote->cli, text);
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *value_or_env(const struct cli *cli, const char *name, const char *variable)
{
    const char *value = cli_value(cli, name);
    const char *env = value ? value : getenv(variable);
    return env && *env ? env : NULL;
}

static int read_numbers(struct cli *cli, struct kbc_options *options, unsigned *max_wait)
{
    uint64_t parallel = 4, retries = 5, stall = 60, wait = 20 * 60;
    int status = cli_get_uint(cli, "parallel", 1, 64, &parallel);
    if (status == CLI_GOOD) {
        status = cli_get_uint(cli, "retries", 0, 20, &retries);
    }
    if (status == CLI_GOOD) {
        status = cli_get_uint(cli, "stall-timeout", 1, 86400, &stall);
    }
    if (status == CLI_GOOD) {
        status = cli_get_uint(cli, "max-wait", 0, 86400, &wait);
    }
    *max_wait = (unsigned)wait;
    options->max_wait = max_wait;
    options->parallel = (unsigned)parallel;
    options->tries = (unsigned)retries + 1;
    options->stall_seconds = (unsigned)stall;
    return status;
}

static int read_token(struct remote *remote, char **token)
{
    struct csvk_error err = {0};
    bool exposed = false;
    const char *path = cli_value(remote->cli, "token-file");
    int status = secret_read(path, "KBC_TOKEN", token, &exposed, &err);
    if (status < 0 && cli_has(remote->cli, "dry-run")) {
        return CLI_GOOD; /* nothing is sent, so no token is needed */
    }
    if (status < 0) {
        return cli_fail(remote->cli, &err);
    }
    if (exposed) {
        cli_note(remote->cli, "%s: others may read this token file; chmod 600 protects it", path);
    }
    return CLI_GOOD;
}

int remote_open(struct remote *remote, struct cli *cli, const char *work)
{
    struct csvk_error err = {0};
    unsigned max_wait;
    char *token = NULL;
    *remote = (struct remote){.cli = cli, .work = work};
    struct kbc_options options = {
        .url = value_or_env(cli, "url", "KBC_URL"),
        .branch = value_or_env(cli, "branch", "KBC_BRANCHID"),
        .run_id = value_or_env(cli, "run-id", "KBC_RUNID"),
        .ca_file = cli_value(cli, "ca-file"),
        .mode = cli_has(cli, "dry-run") ? KBC_DRY_RUN : KBC_SEND,
        .cancel = &stopped_by,
        .observer = {remote, note, show_request, progress, parts, waiting},
    };
    secret_harden();
    int status = read_numbers(cli, &options, &max_wait);
    if (status == CLI_GOOD) {
        status = read_token(remote, &token);
    }
    options.token = token;
    if (status == CLI_GOOD && kbc_open(&remote->kbc, &options, &err) < 0) {
        status = cli_fail(cli, &err);
    }
    secret_free(token);
    if (status == CLI_GOOD) {
        watch_signals();
    }
    return status;
}

int remote_fail(struct remote *remote, const struct csvk_error *err)
{
    cli_progress_end(remote->progress);
    remote->progress = NULL;
    return cli_fail(remote->cli, err);
}

int remote_close(struct remote *remote, int status)
{
    cli_progress_end(remote->progress);
    kbc_close(remote->kbc);
    if (stopped_by) {
        fflush(stdout);
        csvk_sink_emergency_cleanup();
        signal(stopped_by, SIG_DFL);
        raise(stopped_by);
    }
    return status;
}

bool remote_wants_json(const struct cli *cli)
{
    const char *format = cli_value(cli, "format");
    return format && strcmp(format, "json") == 0;
}
