/*
 * cmd_merge.c - csvkit merge DIR: slices back into one file.
 */
#include "csvkit/cli/table/table_options.h"

#include "csvkit/io/deflate/gzip.h"
#include "csvkit/json.h"
#include "manifest/slice.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct merge_job {
    struct cli *cli;
    const char *directory, *output;
    struct cli_table table;
    struct csvk_merge_options how;
    struct csvk_merge_totals totals;
    struct csvk_sink *sink;
    struct csvk_gzip *gzip; /* NULL: plain */
    struct cli_progress *progress;
    uint64_t written;
};

/* ---- options ---- */

/* Which names, and where are they? The manifest says it, options say it louder. */
static int read_header(struct merge_job *job)
{
    struct cli *cli = job->cli;
    bool named = job->table.columns.count != 0;
    job->how.columns = named ? &job->table.columns : NULL;
    if (cli_has(cli, "no-header")) {
        job->how.header = CSVK_MERGE_NONE;
    } else if (cli_has(cli, "header") || (job->table.manifest != NULL && job->table.header)) {
        job->how.header = CSVK_MERGE_SLICES;
    } else if (named) {
        job->how.header = CSVK_MERGE_COLUMNS;
    } else if (access(job->directory, F_OK) != 0) {
        return cli_trouble(cli, "cannot open %s: %s", job->directory, strerror(errno));
    } else {
        return cli_trouble(cli,
                           "%s: there is no manifest with the columns; give --columns=A,B, or "
                           "--header when every slice has one, or --no-header",
                           job->directory);
    }
    return CLI_GOOD;
}

static int read_options(struct merge_job *job)
{
    struct cli *cli = job->cli;
    const char *eol = cli_value(cli, "line-break"), *quote = cli_value(cli, "quote");
    job->directory = cli_operand(cli, 0);
    job->output = cli_has(cli, "output") ? cli_value(cli, "output") : "-";
    csvk_merge_options_init(&job->how);
    job->how.quote =
        quote != NULL && quote[0] == 'a' ? CSVK_NORMALIZE_QUOTE_ALL : CSVK_NORMALIZE_QUOTE_KEEP;
    job->how.max_record = cli_longest_record();
    job->how.eol = eol != NULL && eol[0] == 'l' ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    int status = cli_get_table(cli, job->directory, &job->table);
    if (status == CLI_GOOD && job->table.delimiter_auto) {
        status = cli_trouble(cli, "--delimiter=auto: merge must be told the delimiter");
    }
    if (status == CLI_GOOD && cli_has(cli, "encoding")) {
        status = cli_trouble(cli, "--encoding: slices are UTF-8");
    }
    job->how.dialect = job->table.dialect;
    return status == CLI_GOOD ? read_header(job) : status;
}

/* ---- writing ---- */

static int to_sink(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct merge_job *job = context;
    return csvk_sink_write(job->sink, bytes, length, err);
}

static int to_output(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct merge_job *job = context;
    job->written += length;
    cli_progress_update(job->progress, job->written);
    return job->gzip != NULL ? csvk_gzip_write(job->gzip, bytes, length, err)
                             : csvk_sink_write(job->sink, bytes, length, err);
}

static int open_output(struct merge_job *job, struct csvk_error *err)
{
    size_t length = strlen(job->output);
    uint64_t level = 4;
    int status = csvk_sink_open(&job->sink, job->output, 0, err);
    if (status != CSVK_OK || length < 3 || strcmp(job->output + length - 3, ".gz") != 0) {
        return status;
    }
    if (cli_get_uint(job->cli, "level", 1, 9, &level) != CLI_GOOD) {
        return csvk_fail(err, CSVK_EUSAGE, "--level is 1 to 9");
    }
    struct csvk_gzip_options how = {(int)level, cli_threads(job->cli), 0};
    struct csvk_gzip_output output = {to_sink, job};
    return csvk_gzip_new(&job->gzip, &how, output, err);
}

static int merge(struct merge_job *job, struct csvk_error *err)
{
    struct csvk_merge_output output = {to_output, job};
    int status = open_output(job, err);
    if (status == CSVK_OK) {
        job->progress = cli_progress_start(job->cli, "merge", 0);
        status = csvk_merge(job->directory, &job->how, output, &job->totals, err);
        cli_progress_end(job->progress);
    }
    if (status == CSVK_OK && job->gzip != NULL) {
        status = csvk_gzip_finish(job->gzip, NULL, err);
    }
    return status == CSVK_OK ? csvk_sink_commit(job->sink, err) : status;
}

/* ---- the result ---- */

static int put_json(const struct merge_job *job, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "output", job->output);
    csvk_json_put_uint(&json, "slices", job->totals.slices);
    csvk_json_put_uint(&json, "records", job->totals.records);
    csvk_json_put_uint(&json, "bytes", job->totals.bytes);
    csvk_json_put_strings(&json, "columns", &job->table.columns);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static int put_text(const struct merge_job *job, struct csvk_buf *out)
{
    int status = csvk_buf_add_escaped(out, job->output, strlen(job->output));
    return status == CSVK_OK
               ? csvk_buf_printf(out, ": %" PRIu64 " record%s from %" PRIu64 " slice%s\n",
                                 job->totals.records, cli_plural(job->totals.records),
                                 job->totals.slices, cli_plural(job->totals.slices))
               : status;
}

/* Standard output belongs to the data when it goes there. */
static void report(struct merge_job *job)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    const char *format = cli_value(job->cli, "format");
    if (strcmp(job->output, "-") == 0) {
        return;
    }
    bool json = format != NULL && format[0] == 'j';
    int made = json ? put_json(job, &out) : put_text(job, &out);
    cli_out_result(job->cli, &out, made);
}

static int run(struct cli *cli)
{
    struct merge_job job = {.cli = cli};
    struct csvk_error err = {0};
    int status = read_options(&job);
    if (status == CLI_GOOD) {
        if (merge(&job, &err) == CSVK_OK) {
            report(&job);
        } else {
            status = cli_fail(cli, &err);
        }
    }
    csvk_gzip_free(job.gzip);
    csvk_sink_free(job.sink);
    cli_table_release(&job.table);
    return status;
}

/* ---- the row ---- */

static const struct cli_option rows[] = {
    {"output", 'o', "FILE", NULL,
     "Where to write; a name that ends in .gz is compressed. Default: standard output.", false},
    {"line-break", 0, "NAME", "crlf|lf",
     "Line break of the header when no record shows one. Default: crlf.", false},
    {"quote", 0, "HOW", "needed|all",
     "Which names of the header to enclose, when it is written from the manifest or --columns. "
     "Default: needed.",
     false},
    {"level", 0, "N", NULL, "Compression from 1 (fast) to 9 (small). Default: 4.", false},
    {"format", 'f', "NAME", "text|json", "Form of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Merging", rows};
static const struct cli_group *const groups[] = {&own, &cli_dialect_options, &cli_manifest_options,
                                                 &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit merge orders -o orders.csv",
    "joins the slices, with the header that orders.manifest says",
    "csvkit merge --no-header orders | wc -l",
    "the data alone",
    NULL,
};

const struct cli_command cli_cmd_merge = {
    .name = "merge",
    .operands = "DIR",
    .summary = "join the slices of a directory to one CSV file",
    .details = "The inverse of slice: writes the header that DIR.manifest says and the records of "
               "all slices in the order of their names, plain or gzip. Slices are checked on the "
               "way: damage, enclosures, and the number of fields of every record.\n\nThe records "
               "come back byte for byte, and so does the header when it had no more enclosures "
               "than its names need, or with --quote=all one in which every name was enclosed: a "
               "manifest keeps the names, not how they were written. The header ends as the first "
               "record does.\n\nThe exit "
               "status is 1 and there is no FILE when a slice is bad. Memory does not grow with "
               "the input, but with the longest record, which may take a quarter of it.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
