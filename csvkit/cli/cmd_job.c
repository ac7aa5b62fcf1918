/* cmd_job.c - csvkit job ID: shows the state of a Storage job, or waits for its end. */
#include "csvkit/cli/remote/remote.h"

#include <string.h>

static void print_text(struct cli *cli, const struct kbc_job *job)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "job %s: %s", job->id, job->status ? job->status : "?");
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&text, ", %s%s%s", job->operation ? job->operation : "?",
                                 job->table ? ", " : "", job->table ? job->table : "");
    }
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(job->raw, "results");
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(results, "importedRowsCount");
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(results, "totalRowsCount");
    if (status == CSVK_OK && cJSON_IsNumber(rows) && cJSON_IsNumber(total)) {
        status = csvk_buf_printf(&text, ", %.0f rows imported, %.0f rows in the table",
                                 rows->valuedouble, total->valuedouble);
    }
    status = status == CSVK_OK ? csvk_buf_putc(&text, '\n') : status;
    cli_out_result(cli, &text, status);
}

static void print_json(struct cli *cli, const struct kbc_job *job)
{
    char *text = cJSON_PrintUnformatted(job->raw);
    if (text) {
        cli_out(cli, text, strlen(text));
        cli_out(cli, "\n", 1);
    } else {
        cli_trouble(cli, "out of memory");
    }
    cJSON_free(text);
}

static void report_failure(struct cli *cli, const struct kbc_job *job)
{
    cli_trouble(cli, "job %s failed: %s (%s%s%s)", job->id,
                job->error_message ? job->error_message : "no message",
                job->error_code ? job->error_code : "no code",
                job->exception_id ? ", exceptionId " : "",
                job->exception_id ? job->exception_id : "");
    for (size_t i = 0; i < job->missing_columns.count; i++) {
        cli_trouble(cli, "missing column: %s", job->missing_columns.item[i]);
    }
}

static int show(struct remote *remote, const char *id)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_job job = {0};
    uint64_t timeout = 0;
    if (cli_get_uint(cli, "timeout", 1, UINT32_MAX, &timeout) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    int status = cli_has(cli, "wait") ? kbc_job_wait(remote->kbc, id, timeout, &job, &err)
                                      : kbc_job_get(remote->kbc, id, &job, &err);
    int result = status < 0 ? remote_fail(remote, &err) : CLI_GOOD;
    if (status < 0 && cli_has(cli, "wait")) {
        cli_note(cli, "its end is not known; ask again: csvkit job %s --wait", id);
    }
    if (status >= 0 && !cli_has(cli, "dry-run")) {
        remote_wants_json(cli) ? print_json(cli, &job) : print_text(cli, &job);
    }
    if (status >= 0 && job.state == KBC_JOB_ERROR) {
        report_failure(cli, &job);
        result = CLI_REFUSED;
    }
    kbc_job_release(&job);
    return result;
}

static int run(struct cli *cli)
{
    struct remote remote;
    int status = remote_open(&remote, cli, "job");
    if (status == CLI_GOOD) {
        status = show(&remote, cli_operand(cli, 0));
    }
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"wait", 0, NULL, NULL, "Wait until the job has ended.", false},
    {"timeout", 0, "SECONDS", NULL,
     "The longest time to wait. Default: no limit, but a server that does not answer is asked for "
     "an hour only.",
     false},
    {"format", 'f', "NAME", "text|json",
     "The format of the result. json is the job as the server sends it. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Job", rows};
static const struct cli_group *const groups[] = {&own, &remote_options, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit job 22070846 --wait",
    "Wait for an import and show how it ended.",
    NULL,
};

const struct cli_command cli_cmd_job = {
    .name = "job",
    .operands = "ID",
    .summary = "show a Storage job, or wait for its end",
    .details =
        "Shows the status of the job, its operation and, after an import, the number of rows. "
        "The exit status is 1 when the job failed, 0 when it has succeeded or has not ended "
        "yet.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
