/*
 * cmd_merge.c - csvkit merge DIR: joins slices into one file.
 */
#include "csvkit/cli/slice/slice_command.h"
#include "csvkit/cli/table/table_options.h"

#include "csvkit/json.h"
#include "manifest/slice_table.h"

#include <inttypes.h>
#include <string.h>

struct merge_job {
    struct cli *cli;
    struct csvk_table_definition table;
    struct csvk_merge_options how;
    struct csvk_merge_table_options options; /* borrows both */
    struct csvk_merge_totals totals;
    struct cli_progress *progress;
};

static int show_progress(void *context, uint64_t written)
{
    const struct merge_job *job = context;
    cli_progress_update(job->progress, written);
    return 0;
}

/* Standard output is for the data or the result. */
static int show_judged(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    const struct merge_job *job = context;
    return slice_print_report(job->cli, report, "text", err);
}

static int read_options(struct merge_job *job)
{
    struct cli *cli = job->cli;
    const char *eol = cli_value(cli, "line-break"), *quote = cli_value(cli, "quote");
    uint64_t level = 4;
    csvk_merge_options_init(&job->how);
    csvk_merge_table_options_init(&job->options);
    job->how.quote =
        quote != NULL && quote[0] == 'a' ? CSVK_NORMALIZE_QUOTE_ALL : CSVK_NORMALIZE_QUOTE_KEEP;
    job->how.max_record = cli_longest_record();
    job->how.eol = eol != NULL && eol[0] == 'l' ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    job->options.directory = cli_operand(cli, 0);
    job->options.output = cli_has(cli, "output") ? cli_value(cli, "output") : "-";
    job->options.table = &job->table;
    job->options.how = &job->how;
    job->options.threads = cli_threads(cli);
    job->options.progress = show_progress;
    job->options.judged = show_judged;
    job->options.context = job;
    int status = cli_get_table(cli, job->options.directory, &job->table);
    job->table.encoding = cli_value(cli, "encoding");
    status = status == CLI_GOOD ? cli_get_uint(cli, "level", 1, 9, &level) : status;
    job->options.level = (int)level;
    return status;
}

/* ---- the result ---- */

static int put_json(const struct merge_job *job, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "output", job->options.output);
    csvk_json_put_uint(&json, "slices", job->totals.slices);
    csvk_json_put_uint(&json, "records", job->totals.records);
    csvk_json_put_uint(&json, "bytes", job->totals.bytes);
    csvk_json_put_strings(&json, "columns", &job->table.columns);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static int put_text(const struct merge_job *job, struct csvk_buf *out)
{
    int status = csvk_buf_add_escaped(out, job->options.output, strlen(job->options.output));
    return status == CSVK_OK
               ? csvk_buf_printf(out, ": %" PRIu64 " record%s from %" PRIu64 " slice%s\n",
                                 job->totals.records, cli_plural(job->totals.records),
                                 job->totals.slices, cli_plural(job->totals.slices))
               : status;
}

/* When the data goes to standard output, nothing else is printed there. */
static void report(struct merge_job *job)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    const char *format = cli_value(job->cli, "format");
    if (strcmp(job->options.output, "-") == 0) {
        return;
    }
    bool json = format != NULL && format[0] == 'j';
    int made = json ? put_json(job, &out) : put_text(job, &out);
    cli_out_result(job->cli, &out, made);
}

static int merge(struct merge_job *job)
{
    struct csvk_error err = {0};
    job->progress = cli_progress_start(job->cli, "merge", 0);
    int status = csvk_merge_table(&job->options, &job->totals, &err);
    cli_progress_end(job->progress);
    if (status != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    report(job);
    return CLI_GOOD;
}

static int run(struct cli *cli)
{
    struct merge_job job = {.cli = cli, .totals = {.size = sizeof job.totals}};
    int status = read_options(&job);
    status = status == CLI_GOOD ? merge(&job) : status;
    csvk_table_definition_release(&job.table);
    return status;
}

/* ---- the row ---- */

static const struct cli_option rows[] = {
    {"output", 'o', "FILE", NULL,
     "Where to write. The file is compressed when its name ends in .gz. Default: standard output.",
     false},
    {"line-break", 0, "NAME", "crlf|lf",
     "The line break of the header when the slices have no line break to copy. Default: crlf.",
     false},
    {"quote", 0, "HOW", "needed|all",
     "Which names to enclose in a header that comes from the manifest or from --columns. Default: "
     "needed.",
     false},
    {"level", 0, "N", NULL, "Compression, from 1 (fast) to 9 (small). Default: 4.", false},
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Merging", rows};
static const struct cli_group *const groups[] = {
    &own, &cli_dialect_options, &cli_manifest_options, &cli_thread_options, &cli_common_options,
    NULL};

static const char *const examples[] = {
    "csvkit merge orders -o orders.csv",
    "Join the slices, with the columns of orders.manifest as the header.",
    "csvkit merge --no-header orders | wc -l",
    "Count the lines of the data, without a header.",
    NULL,
};

const struct cli_command cli_cmd_merge = {
    .name = "merge",
    .operands = "DIR",
    .summary = "join the slices of a directory into one CSV file",
    .details =
        "The reverse of slice: writes a header with the columns of DIR.manifest, and then the "
        "records of all slices in the order of their names. Slices are plain text or compressed "
        "(gzip, zstd, xz, bzip2). "
        "Every slice is checked for damage, for enclosures that are not closed, and for the "
        "number of fields of each record.\n\n"
        "The records are those of the slices, byte for byte. The header may differ from that "
        "of the table that was sliced: a manifest has the names, but not their enclosures. "
        "csvkit encloses the names that need it, or with --quote=all every name. The header "
        "has the line break of the first record. A slice that begins with the names is refused, "
        "because its header would become a record; --no-header with --columns says that it is "
        "one. When the manifest says that every slice has a header, and calls the columns "
        "otherwise, its names are written, and a warning says so.\n\n"
        "When a slice has an error, the exit status is 1 and no file is written. Memory does "
        "not grow with the size of the input, only with the longest record, which may take a "
        "quarter of the memory of the machine or the container.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
