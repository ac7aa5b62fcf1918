/* cmd_load.c - csvkit load TABLE [PATH]: a file becomes rows of a Storage table. */
#include "csvkit/cli/remote/remote.h"

#include <string.h>
#include <unistd.h>

/* ---- the result ------------------------------------------------------------------------------ */

static void put_error(struct csvk_json *json, const struct kbc_job *job)
{
    csvk_json_key(json, "error");
    if (job->state != KBC_JOB_ERROR) {
        csvk_json_null(json);
        return;
    }
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "code", job->error_code);
    csvk_json_put_string(json, "message", job->error_message);
    csvk_json_put_string(json, "exceptionId", job->exception_id);
    csvk_json_put_strings(json, "missing_columns", &job->missing_columns);
    csvk_json_put_strings(json, "expected_columns", &job->expected_columns);
    csvk_json_close(json, '}');
}

static const char *state_name(const struct kbc_loaded *done)
{
    if (!done->finished) {
        return "running";
    }
    return done->job.state == KBC_JOB_SUCCESS ? "success" : "error";
}

static void print_json(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "table", load->table);
    csvk_json_put_string(&json, "file_id", load->file_id);
    csvk_json_put_string(&json, "job_id", done->job.id);
    csvk_json_put_string(&json, "status", state_name(done));
    csvk_json_put_bool(&json, "table_created", done->table_created);
    csvk_json_put_bool(&json, "bucket_created", done->bucket_created);
    csvk_json_put_bool(&json, "found_again", done->found_again);
    csvk_json_put_uint(&json, "imported_rows", done->imported_rows);
    csvk_json_put_uint(&json, "total_rows", done->total_rows);
    csvk_json_put_uint(&json, "deleted_rows", done->deleted_rows);
    csvk_json_put_strings(&json, "imported_columns", &done->imported_columns);
    csvk_json_put_strings(&json, "warnings", &done->job.warnings);
    put_error(&json, &done->job);
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

static void print_text(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status;
    if (done->finished) {
        status = csvk_buf_printf(&text, "%s: %llu rows imported, %llu rows in the table (job %s)\n",
                                 load->table, (unsigned long long)done->imported_rows,
                                 (unsigned long long)done->total_rows, done->job.id);
    } else {
        status = csvk_buf_printf(&text, "%s: job %s is running\n", load->table, done->job.id);
    }
    cli_out_result(cli, &text, status);
}

static void tell_list(struct cli *cli, const char *what, const struct csvk_strings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        cli_trouble(cli, "%s: %s", what, list->item[i]);
    }
}

static void report(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                   int status)
{
    if (cli_has(cli, "dry-run")) {
        return;
    }
    if (remote_wants_json(cli)) {
        if (status == CSVK_OK || done->job.id[0]) {
            print_json(cli, load, done);
        }
    } else if (status == CSVK_OK) {
        print_text(cli, load, done);
    }
    for (size_t i = 0; i < done->job.warnings.count; i++) {
        cli_note(cli, "warning: %s", done->job.warnings.item[i]);
    }
    if (done->job.state == KBC_JOB_ERROR) {
        tell_list(cli, "missing column", &done->job.missing_columns);
        tell_list(cli, "expected column", &done->job.expected_columns);
    }
}

/* ---- the work -------------------------------------------------------------------------------- */

/* The tags of the manifest and the one by which the platform's own clients mark such files. */
static int tags_of(const struct remote_input *input, bool exists, struct csvk_strings *tags)
{
    int status = csvk_strings_copy(tags, &input->manifest.tags);
    return status == CSVK_OK ? csvk_strings_add(tags, exists ? "table-import" : "file-import")
                             : status;
}

static int upload_first(struct remote *remote, const struct remote_input *input, bool exists,
                        struct kbc_uploaded *done)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct csvk_strings tags = {0};
    struct kbc_upload upload = {
        .path = input->path,
        .compress = cli_has(cli, "compress") ? KBC_GZIP : KBC_AS_IT_IS,
        .state = cli_value(cli, "state"),
        .tags = &tags,
    };
    int status = cli_get_size(cli, "part-size", &upload.part_size);
    if (status == CLI_GOOD && tags_of(input, exists, &tags) < 0) {
        status = cli_trouble(cli, "out of memory");
    }
    if (status == CLI_GOOD && kbc_upload(remote->kbc, &upload, done, &err) < 0) {
        status = remote_fail(remote, &err);
    }
    csvk_strings_release(&tags);
    cli_progress_end(remote->progress);
    remote->progress = NULL;
    return status;
}

/* How to go on after a failure, so that no row is loaded twice. */
static void tell_how_to_go_on(struct cli *cli, const struct kbc_load *load,
                              const struct kbc_loaded *done)
{
    if (done->unknown && load->state) {
        cli_note(cli, "run again with the same --state: it finds out whether the import arrived "
                      "before it sends another");
    } else if (done->unknown) {
        cli_note(cli,
                 "look whether the rows are in %s before you load again (csvkit load %s "
                 "--file-id=%s); with --state, csvkit finds out by itself",
                 load->table, load->table, load->file_id);
    } else if (!done->job.id[0] && !cli_has(cli, "file-id")) {
        cli_note(cli, "the file stays in Storage: --file-id=%s", load->file_id);
    }
}

static int import(struct remote *remote, const struct kbc_load *load)
{
    struct csvk_error err = {0};
    struct kbc_loaded done;
    int status = kbc_load(remote->kbc, load, &done, &err);
    int result = status < 0 ? remote_fail(remote, &err) : CLI_GOOD;
    report(remote->cli, load, &done, status);
    if (status < 0 && load->file_id) {
        tell_how_to_go_on(remote->cli, load, &done);
    }
    kbc_loaded_release(&done);
    return result;
}

/* The Importer's one request: no job, no journal, the table has to exist. */
static int import_directly(struct remote *remote, const struct remote_input *input)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_directed done;
    bool headless = input->header == KBC_HEADLESS;
    struct kbc_direct direct = {
        .path = input->path,
        .table = cli_operand(cli, 0),
        .columns = headless ? &input->columns : NULL,
        .dialect = input->dialect,
        .incremental = input->incremental,
    };
    if (kbc_import_direct(remote->kbc, &direct, &done, &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(cli, "dry-run")) {
        struct kbc_load load = {.table = direct.table};
        struct kbc_loaded shown = {.finished = true,
                                   .job = {.state = KBC_JOB_SUCCESS},
                                   .total_rows = done.total_rows,
                                   .imported_columns = done.imported_columns};
        struct csvk_buf text = CSVK_BUF_INIT;
        if (remote_wants_json(cli)) {
            print_json(cli, &load, &shown);
        } else if (csvk_buf_printf(&text, "%s: %llu rows in the table\n", direct.table,
                                   (unsigned long long)done.total_rows) == CSVK_OK) {
            cli_out_buf(cli, &text);
        }
        csvk_buf_release(&text);
    }
    kbc_directed_release(&done);
    return CLI_GOOD;
}

static int check_and_load(struct remote *remote, const struct remote_input *input,
                          struct kbc_load *load)
{
    struct csvk_error err = {0};
    struct kbc_uploaded uploaded = {0};
    if (!input->path) {
        return import(remote, load);
    }
    if (cli_has(remote->cli, "importer")) {
        return import_directly(remote, input);
    }
    const char *state = cli_value(remote->cli, "state");
    bool first = !state || access(state, F_OK) != 0; /* else the table may be there by our doing */
    bool exists = true;
    if (first && !cli_has(remote->cli, "dry-run") &&
        kbc_load_check(remote->kbc, load, &exists, &err) < 0) {
        return remote_fail(remote, &err);
    }
    int status = upload_first(remote, input, exists, &uploaded);
    load->file_id = uploaded.id;
    return status == CLI_GOOD ? import(remote, load) : status;
}

static int read_load(struct cli *cli, const struct remote_input *input, struct kbc_load *load)
{
    *load = (struct kbc_load){
        .table = cli_operand(cli, 0),
        .file_id = cli_value(cli, "file-id"),
        .header = input->header,
        .columns = &input->columns,
        .primary_key = &input->primary_key,
        .schema = input->schema,
        .dialect = input->dialect,
        .sliced = input->sliced,
        .incremental = input->incremental,
        .create_only = cli_has(cli, "create-only"),
        .no_wait = cli_has(cli, "no-wait"),
        .add = cli_has(cli, "add-columns") ? KBC_ADD_COLUMNS : KBC_ADD_NOTHING,
        .delete_where = input->delete_where,
        .metadata = input->metadata,
        .state = cli_value(cli, "state"),
        .journal = input->path ? KBC_JOURNAL_OF_UPLOAD : KBC_JOURNAL_OF_LOAD,
    };
    return cli_get_uint(cli, "timeout", 1, UINT32_MAX, &load->timeout);
}

static int run_load(struct cli *cli, struct remote_input *input)
{
    struct remote remote = {0};
    struct kbc_load load;
    int status = CLI_GOOD;
    if (input->path && !cli_has(cli, "no-check")) {
        status = remote_input_check(input, cli);
    }
    if (status == CLI_GOOD) {
        status = remote_input_header(input, cli);
    }
    if (status == CLI_GOOD) {
        status = read_load(cli, input, &load);
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "load");
    }
    if (status == CLI_GOOD) {
        status = check_and_load(&remote, input, &load);
    }
    return remote_close(&remote, status);
}

static int run(struct cli *cli)
{
    struct remote_input input;
    const char *path = cli_noperands(cli) > 1 ? cli_operand(cli, 1) : NULL;
    if ((path != NULL) == cli_has(cli, "file-id")) {
        return cli_trouble(cli, "give PATH to upload a file first, or --file-id=ID of an uploaded "
                                "one, not both");
    }
    int status = remote_input_read(&input, cli, path);
    if (status == CLI_GOOD) {
        status = run_load(cli, &input);
    }
    remote_input_release(&input);
    return status;
}

static const struct cli_option rows[] = {
    {"file-id", 0, "ID", NULL, "Loads a file that is in Storage already.", false},
    {"incremental", 0, NULL, NULL,
     "Adds to the rows of the table, or replaces those with an equal primary key. Default: the new "
     "rows take the place of all.",
     false},
    {"primary-key", 0, "A,B", NULL, "Primary key of a new table.", false},
    {"delete-where-column", 0, "NAME", NULL, "Deletes rows by this column before the load.", false},
    {"delete-where-values", 0, "A,B", NULL, "The values of the rows to delete.", false},
    {"delete-where-operator", 0, "OP", "eq|ne", "eq: rows with these values; ne: all others.",
     false},
    {"add-columns", 0, NULL, NULL, "Adds columns that the table lacks. Default: refuse them.",
     false},
    {"create-only", 0, NULL, NULL, "Refuses when the table exists.", false},
    {"no-wait", 0, NULL, NULL, "Does not wait for the job; csvkit job ID tells how it ended.",
     false},
    {"timeout", 0, "SECONDS", NULL,
     "Longest wait for the job, which goes on at the server. "
     "Default: no limit.",
     false},
    {"compress", 0, NULL, NULL,
     "Compresses what is not gzip yet before it is sent, in temporary space as upload does.",
     false},
    {"check", 0, NULL, NULL, "Validates the data before anything is sent. This is the default.",
     false},
    {"no-check", 0, NULL, NULL, "Sends the data as it is.", false},
    {"manifest", 0, "FILE", NULL, "The manifest of the data. Default: PATH.manifest, if there.",
     false},
    {"state", 0, "FILE", NULL,
     "Journal: a second run with the same FILE goes on with the upload, and finds its import again "
     "instead of beginning another. When the first run ended before the answer to its import, the "
     "second one looks for the job until the request is three minutes old.",
     false},
    {"importer", 0, NULL, NULL,
     "One request to the Importer service, for small files; the table must exist.", false},
    {"part-size", 0, "SIZE", NULL, "Larger files go in parts of this size. Default: 64MiB.", false},
    {"format", 'f', "NAME", "text|json", "Form of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Load", rows};
static const struct cli_group *const groups[] = {&own, &remote_options, &cli_dialect_options,
                                                 &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit load in.c-main.orders orders.csv --primary-key=id",
    "uploads a file; makes bucket and table when they are missing",
    "csvkit load in.c-main.orders --file-id=1234 --incremental",
    "adds an uploaded file to a table",
    "csvkit load in.c-main.orders out/tables/orders --format=json",
    "loads a slice directory by its manifest",
    NULL,
};

const struct cli_command cli_cmd_load = {
    .name = "load",
    .operands = "TABLE [PATH]",
    .summary = "load a file into a Storage table, and wait for the job",
    .details =
        "Uploads PATH first (tagged file-import or table-import, as the platform's own clients "
        "do), or "
        "takes the file given by --file-id. Makes bucket and table when "
        "they are missing; a manifest with types makes a typed table. Columns, primary key and "
        "existence are compared before anything is uploaded.\n\nAn import takes effect once: when "
        "the answer to the request is lost, csvkit looks for the job and never sends the request "
        "again.\n\nThe exit status is 1 when the data or the import was refused, 2 for trouble "
        "with network, server or token.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 2,
    .run = run,
};
