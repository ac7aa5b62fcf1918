/*
 * cmd_merge.c - csvkit merge DIR: joins slices into one file.
 */
#include "csvkit/cli/table/table_options.h"

#include "csvkit/io/deflate/gzip_writer.h"
#include "csvkit/json.h"
#include "manifest/slice.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct merge_job {
    struct cli *cli;
    const char *directory, *output;
    struct csvk_table_definition table;
    struct csvk_merge_options how;
    struct csvk_merge_totals totals;
    struct csvk_sink *sink;
    struct csvk_gzip *gzip; /* NULL: plain */
    struct cli_progress *progress;
    uint64_t written;
};

/* ---- options ---- */

/* Decides where the header of the output comes from. Options win over the manifest. */
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
                           "--header if every slice has a header, or --no-header",
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
        status =
            cli_trouble(cli, "--delimiter=auto: csvkit merge does not find the delimiter; name "
                             "it");
    }
    if (status == CLI_GOOD && cli_has(cli, "encoding")) {
        status = cli_trouble(cli, "--encoding: slices are always UTF-8");
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
        return csvk_fail(err, CSVK_EUSAGE, "--level must be from 1 to 9");
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

/* When the data goes to standard output, nothing else is printed there. */
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
static const struct cli_group *const groups[] = {&own, &cli_dialect_options, &cli_manifest_options,
                                                 &cli_common_options, NULL};

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
        "has the line break of the first record.\n\n"
        "When a slice has an error, the exit status is 1 and no file is written. Memory does "
        "not grow with the size of the input, only with the longest record, which may take a "
        "quarter of the memory of the machine or the container.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
