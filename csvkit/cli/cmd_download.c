/* cmd_download.c - csvkit download: fetches a Storage table or a Storage file. */
#include "csvkit/cli/remote/remote.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FILTERS = 64 };

/* Reads COLUMN=VALUE or COLUMN!=VALUE. `copy` is cut into the texts that *filter points to; it
   still belongs to the caller. */
static int parse_filter(struct cli *cli, char *copy, struct kbc_filter *filter)
{
    char *equals = strchr(copy, '=');
    if (!equals || equals == copy || (equals == copy + 1 && copy[0] == '!')) {
        return cli_trouble(cli, "--where=%s: expected COLUMN=VALUE or COLUMN!=VALUE", copy);
    }
    bool negate = equals[-1] == '!';
    equals[negate ? -1 : 0] = '\0';
    *filter = (struct kbc_filter){copy, negate ? "ne" : "eq", equals + 1};
    return CLI_GOOD;
}

static int read_filters(struct cli *cli, char *copies[], struct kbc_filter *filters, size_t *count)
{
    *count = 0;
    if (cli_count(cli, "where") > MOST_FILTERS) {
        return cli_trouble(cli, "--where can be given at most %d times", MOST_FILTERS);
    }
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "where") && status == CLI_GOOD; i++) {
        copies[i] = csvk_strdup(cli_nth(cli, "where", i));
        if (!copies[i]) {
            return cli_trouble(cli, "out of memory");
        }
        *count = i + 1;
        status = parse_filter(cli, copies[i], &filters[i]);
    }
    return status;
}

static void print_json(struct cli *cli, const struct kbc_download *wanted,
                       const struct kbc_downloaded *done)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "file_id", done->file_id);
    csvk_json_put_string(&json, "job_id", done->job_id[0] ? done->job_id : NULL);
    csvk_json_put_string(&json, "out", wanted->out);
    csvk_json_put_bool(&json, "sliced", done->sliced);
    csvk_json_put_uint(&json, "slices", done->slices);
    csvk_json_put_uint(&json, "stored_bytes", done->stored_bytes);
    csvk_json_put_uint(&json, "bytes", done->bytes);
    csvk_json_put_strings(&json, "columns", &done->columns);
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

static int fetch(struct remote *remote, const struct kbc_download *wanted)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_downloaded done;
    int result = CLI_GOOD;
    if (kbc_download(remote->kbc, wanted, &done, &err) < 0) {
        result = remote_fail(remote, &err);
    } else if (remote_wants_json(cli) && !cli_has(cli, "dry-run")) {
        print_json(cli, wanted, &done);
    } else if (!cli_has(cli, "dry-run")) {
        cli_note(cli, "%s: %llu bytes from %zu object%s of file %s", wanted->out,
                 (unsigned long long)done.bytes, done.slices, cli_plural(done.slices),
                 done.file_id);
    }
    kbc_downloaded_release(&done);
    return result;
}

static int read_wanted(struct cli *cli, struct kbc_download *wanted, struct csvk_strings *columns)
{
    *wanted = (struct kbc_download){
        .file_id = cli_value(cli, "file-id"),
        .table = cli_value(cli, "table"),
        .out = cli_value(cli, "output"),
        .slices = cli_has(cli, "keep-slices") ? KBC_KEEP_SLICES : KBC_JOIN,
        .columns = columns,
        .changed_since = cli_value(cli, "changed-since"),
        .changed_until = cli_value(cli, "changed-until"),
    };
    if ((wanted->file_id != NULL) == (wanted->table != NULL)) {
        return cli_trouble(cli, "give --table=ID or --file-id=ID, and only one of them");
    }
    if (!wanted->out || (cli_has(cli, "keep-slices") && strcmp(wanted->out, "-") == 0)) {
        return cli_trouble(cli,
                           "give -o OUT, the file to write (with --keep-slices, the directory)");
    }
    if (strcmp(wanted->out, "-") == 0 && remote_wants_json(cli)) {
        return cli_trouble(cli, "--format=json: the data goes to standard output already");
    }
    int status = cli_get_list(cli, "columns", columns);
    if (status == CLI_GOOD) {
        status = cli_get_uint(cli, "limit", 1, UINT32_MAX, &wanted->limit);
    }
    return status == CLI_GOOD ? cli_get_uint(cli, "timeout", 1, UINT32_MAX, &wanted->timeout)
                              : status;
}

static int run(struct cli *cli)
{
    struct remote remote = {0};
    struct kbc_download wanted;
    struct csvk_strings columns = {0};
    struct kbc_filter filters[MOST_FILTERS];
    char *copies[MOST_FILTERS] = {0};
    int status = read_wanted(cli, &wanted, &columns);
    if (status == CLI_GOOD) {
        wanted.filters = filters;
        status = read_filters(cli, copies, filters, &wanted.nfilters);
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "download");
    }
    if (status == CLI_GOOD) {
        status = fetch(&remote, &wanted);
    }
    for (size_t i = 0; i < MOST_FILTERS; i++) {
        csvk_free(copies[i]);
    }
    csvk_strings_release(&columns);
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"table", 0, "ID", NULL, "Export this table, for example in.c-main.orders.", false},
    {"file-id", 0, "ID", NULL, "Fetch this file, which is in Storage already.", false},
    {"output", 'o', "OUT", NULL,
     "Where to write; - is standard output. The file is compressed when its name ends in .gz.",
     false},
    {"keep-slices", 0, NULL, NULL,
     "Write a directory OUT with the slices as they are stored, and OUT.manifest.", false},
    {"columns", 0, "A,B,C", NULL, "Export these columns. Default: all.", false},
    {"changed-since", 0, "TIME", NULL,
     "Export only rows that were changed after this time, for example '-2 days'.", false},
    {"changed-until", 0, "TIME", NULL, "Export only rows that were changed before this time.",
     false},
    {"where", 0, "FILTER", NULL,
     "Export only rows that fit the filter: COLUMN=VALUE or COLUMN!=VALUE.", true},
    {"limit", 0, "N", NULL, "Export at most N rows.", false},
    {"timeout", 0, "SECONDS", NULL, "The longest time to wait for the export. Default: no limit.",
     false},
    {"format", 'f', "NAME", "text|json",
     "json prints the result on standard output. Default: text, a note on standard error.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Download", rows};
static const struct cli_group *const groups[] = {&own, &remote_options, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit download --table=in.c-main.orders -o orders.csv",
    "Export a table into one file with a header.",
    "csvkit download --table=in.c-main.orders --where=state=open --limit=9 -o -",
    "Print some rows.",
    "csvkit download --file-id=1234 --keep-slices -o orders",
    "Fetch the slices of a file.",
    NULL,
};

const struct cli_command cli_cmd_download = {
    .name = "download",
    .operands = "",
    .summary = "download a Storage table or file",
    .details =
        "Exports the table, waits for the end of the export, fetches the slices in parallel, "
        "checks the gzip trailer of each slice and joins the slices under one header. The file "
        "gets its name when it is complete.\n\n"
        "Memory does not grow with the size of the data: less than 32 MB with four transfers at a "
        "time. A few slices at a time are kept in temporary files, in $TMPDIR or, if this is not "
        "set, in /var/tmp.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
