/* cmd_download.c - csvkit download: fetches a Storage table or a Storage file. */
#include "csvkit/cli/remote/filters.h"
#include "csvkit/cli/remote/remote.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *const headers[] = {
    [KBC_HEADER_OWN] = "own", [KBC_HEADER_MADE] = "made", [KBC_HEADER_NONE] = "none"};

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
    csvk_json_put_string(&json, "header", headers[done->header]);
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
        cli_note(cli, "%s: %llu byte%s from %zu object%s of file %s", wanted->out,
                 (unsigned long long)done.bytes, cli_plural(done.bytes), done.slices,
                 cli_plural(done.slices), done.file_id);
    }
    kbc_downloaded_release(&done);
    return result;
}

static int check_sources(struct cli *cli)
{
    int sources = cli_has(cli, "table") + cli_has(cli, "file-id") + cli_has(cli, "tag");
    return sources == 1 ? CLI_GOOD
                        : cli_trouble(cli, "give --table=ID, --file-id=ID or --tag=TAG, and only "
                                           "one kind of them");
}

/* Options that restrict an export mean nothing for a file that is there already. */
static int check_export_options(struct cli *cli)
{
    static const char *const own_of_tables[] = {"where",         "order-by",      "limit",
                                                "changed-since", "changed-until", "timeout",
                                                "file-type",     "timestamp"};
    for (size_t i = 0; i < sizeof own_of_tables / sizeof *own_of_tables; i++) {
        if (cli_has(cli, own_of_tables[i]) && !cli_has(cli, "table")) {
            return cli_trouble(cli, "--%s restricts the export of a table: it needs --table",
                               own_of_tables[i]);
        }
    }
    return cli_has(cli, "all") && !cli_has(cli, "tag") ? cli_trouble(cli, "--all needs --tag")
                                                       : CLI_GOOD;
}

static int check_output(struct cli *cli)
{
    const char *out = cli_value(cli, "output");
    bool folder = cli_has(cli, "keep-slices") || cli_has(cli, "all");
    if (!out || (folder && strcmp(out, "-") == 0)) {
        return cli_trouble(cli, "give -o OUT, the file to write (with --keep-slices or --all, the "
                                "directory)");
    }
    if (strcmp(out, "-") == 0 && remote_wants_json(cli)) {
        return cli_trouble(cli, "--format=json: the data goes to standard output already");
    }
    return CLI_GOOD;
}

static int read_wanted(struct cli *cli, struct kbc_download *wanted, struct csvk_strings *columns)
{
    const char *type = cli_value(cli, "file-type");
    *wanted = (struct kbc_download){
        .file_id = cli_value(cli, "file-id"),
        .table = cli_value(cli, "table"),
        .out = cli_value(cli, "output"),
        .slices = cli_has(cli, "keep-slices") ? KBC_KEEP_SLICES : KBC_JOIN,
        .columns = columns,
        .changed_since = cli_value(cli, "changed-since"),
        .changed_until = cli_value(cli, "changed-until"),
        .timestamp = cli_has(cli, "timestamp"),
        .file_type = type && strcmp(type, "parquet") == 0 ? KBC_FILE_PARQUET : KBC_FILE_CSV,
    };
    int status = check_sources(cli);
    status = status == CLI_GOOD ? check_export_options(cli) : status;
    status = status == CLI_GOOD ? check_output(cli) : status;
    status = status == CLI_GOOD ? cli_get_list(cli, "columns", columns) : status;
    if (status == CLI_GOOD) {
        status = cli_get_uint(cli, "limit", 1, UINT32_MAX, &wanted->limit);
    }
    return status == CLI_GOOD ? cli_get_uint(cli, "timeout", 1, UINT32_MAX, &wanted->timeout)
                              : status;
}

/* ---- by tag ---------------------------------------------------------------------------------- */

/* ID_NAME, as the platform calls the files that it gives to a component. A name from a server must
   not lead out of the folder, or hide. */
static int path_in(const char *folder, const struct kbc_file *file, struct csvk_buf *path)
{
    int status = csvk_buf_printf(path, "%s/%s_", folder, file->id);
    for (const char *at = file->name; *at && status == CSVK_OK; at++) {
        bool odd = *at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f;
        status = csvk_buf_putc(path, odd ? '_' : (unsigned char)*at);
    }
    return status;
}

static int fetch_one_of(struct remote *remote, const struct kbc_download *wanted,
                        const struct kbc_file *file)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct kbc_download one = *wanted;
    one.file_id = file->id;
    if (cli_has(remote->cli, "all")) {
        if (path_in(wanted->out, file, &path) < 0) {
            return cli_trouble(remote->cli, "out of memory");
        }
        one.out = csvk_buf_text(&path);
    }
    int status = fetch(remote, &one);
    csvk_buf_release(&path);
    return status;
}

static int make_folder(struct cli *cli, const char *path)
{
    struct csvk_error err = {0};
    if (!cli_has(cli, "all") || cli_has(cli, "dry-run") || mkdir(path, 0777) == 0 ||
        errno == EEXIST) {
        return CLI_GOOD;
    }
    csvk_fail_sys(&err, errno, "%s", path);
    return cli_fail(cli, &err);
}

static int fetch_by_tag(struct remote *remote, const struct kbc_download *wanted)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct csvk_strings tags = {0};
    struct kbc_files files = {0};
    struct kbc_file_query query = {.tags = &tags, .limit = cli_has(cli, "all") ? 0 : 1};
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "tag") && status == CLI_GOOD; i++) {
        status = csvk_strings_add(&tags, cli_nth(cli, "tag", i)) < 0
                     ? cli_trouble(cli, "out of memory")
                     : CLI_GOOD;
    }
    if (status == CLI_GOOD && kbc_files_list(remote->kbc, &query, &files, &err) < 0) {
        status = remote_fail(remote, &err);
    }
    if (status == CLI_GOOD && files.count == 0 && !cli_has(cli, "dry-run")) {
        status = cli_refuse(cli, "no file in Storage has %s",
                            tags.count > 1 ? "these tags together" : "this tag");
    }
    status = status == CLI_GOOD ? make_folder(cli, wanted->out) : status;
    for (size_t i = 0; i < files.count && status == CLI_GOOD; i++) {
        status = fetch_one_of(remote, wanted, &files.item[i]);
    }
    kbc_files_release(&files);
    csvk_strings_release(&tags);
    return status;
}

static int run(struct cli *cli)
{
    struct remote remote = {0};
    struct kbc_download wanted;
    struct csvk_strings columns = {0};
    struct filters filters = {0};
    int status = read_wanted(cli, &wanted, &columns);
    if (status == CLI_GOOD) {
        status = filters_read(&filters, cli);
    }
    wanted.filters = filters.filter;
    wanted.nfilters = filters.count;
    wanted.orders = filters.order;
    wanted.norders = filters.norders;
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "download");
    }
    if (status == CLI_GOOD) {
        status = cli_has(cli, "tag") ? fetch_by_tag(&remote, &wanted) : fetch(&remote, &wanted);
    }
    filters_release(&filters);
    csvk_strings_release(&columns);
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"table", 0, "ID", NULL, "Export this table, for example in.c-main.orders.", false},
    {"file-id", 0, "ID", NULL, "Fetch this file, which is in Storage already.", false},
    {"tag", 0, "TAG", NULL,
     "Fetch the newest file that has this tag; given several times, all of them.", true},
    {"all", 0, NULL, NULL,
     "With --tag: fetch every such file, into the directory OUT, as OUT/ID_NAME.", false},
    {"output", 'o', "OUT", NULL,
     "Where to write; - is standard output. The file is compressed when its name ends in .gz.",
     false},
    {"keep-slices", 0, NULL, NULL,
     "Write a directory OUT with the slices as they are stored, and OUT.manifest.", false},
    {"columns", 0, "A,B,C", NULL,
     "Export these columns. Default: all. For a file that is in Storage already: the names of its "
     "columns; data with other columns are refused.",
     false},
    {"changed-since", 0, "TIME", NULL,
     "Export only rows that were changed after this time, for example '-2 days'.", false},
    {"timestamp", 0, NULL, NULL,
     "With --table: one more column, _timestamp, the last: when each row was last changed. "
     "Snowflake has it.",
     false},
    {"changed-until", 0, "TIME", NULL, "Export only rows that were changed before this time.",
     false},
    {"where", 0, "FILTER", NULL,
     "Export only rows that fit the filter, and every other filter: COLUMN=VALUE, COLUMN!=VALUE, "
     "or with > >= < <= for numbers (on Snowflake). 'COLUMN eq A,B' has a list: any of these "
     "values, with ne none of them; gt ge lt le are words, too. COLUMN:TYPE compares as INTEGER, "
     "BIGINT, DECIMAL, DOUBLE or REAL.",
     true},
    {"order-by", 0, "ORDER", NULL,
     "The order of the rows: COLUMN, or 'COLUMN desc'; COLUMN:TYPE as in --where. Given several "
     "times, the first counts most.",
     true},
    {"limit", 0, "N", NULL, "Export at most N rows.", false},
    {"file-type", 0, "TYPE", "csv|parquet",
     "What to export: csv, or parquet, which needs --keep-slices. Default: csv.", false},
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
    "csvkit download --tag=orders -o orders.csv",
    "Fetch the newest file with a tag.",
    NULL,
};

const struct cli_command cli_cmd_download = {
    .name = "download",
    .operands = "",
    .summary = "download a Storage table or file",
    .details =
        "Exports the table, waits for the end of the export, fetches the slices in parallel, "
        "checks each slice and joins the slices under one header. The file gets its name when it "
        "is complete. A slice counts as whole by the length that the object store announces, by "
        "the "
        "gzip trailer, or by the size of the file; when none of these is there, the download "
        "fails. Whether OUT can be written is tried before anything is asked for.\n\n"
        "A sliced file has no header. --columns names its columns; without it the result has no "
        "header, and a note says so.\n\n"
        "Memory does not grow with the size of the data: less than 32 MB with four transfers at a "
        "time. A few slices at a time are kept in temporary files, in $TMPDIR or, if this is not "
        "set, in /var/tmp.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
    .instead = "--table",
};
