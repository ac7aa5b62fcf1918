/* cmd_load.c - csvkit load TABLE [PATH]: loads a file or slices into a Storage table. */
#include "csvkit/cli/remote/converted_input.h"
#include "csvkit/cli/remote/load_options.h"
#include "csvkit/cli/table/table_options.h"

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
        return done->unknown ? "unknown" : "running";
    }
    return done->job.state == KBC_JOB_SUCCESS ? "success" : "error";
}

/* `records`: how many were read here; NULL: they were not counted. */
static void print_json(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                       const uint64_t *records)
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
    csvk_json_key(&json, "records");
    if (records) {
        csvk_json_uint(&json, *records);
    } else {
        csvk_json_null(&json);
    }
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
        status = csvk_buf_printf(
            &text, "%s: %llu row%s imported, %llu row%s in the table (job %s)\n", load->table,
            (unsigned long long)done->imported_rows, cli_plural(done->imported_rows),
            (unsigned long long)done->total_rows, cli_plural(done->total_rows), done->job.id);
    } else {
        status = csvk_buf_printf(&text, "%s: job %s is running\n", load->table, done->job.id);
    }
    cli_out_result(cli, &text, status);
}

static void report_list(struct cli *cli, const char *what, const struct csvk_strings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        cli_trouble(cli, "%s: %s", what, list->item[i]);
    }
}

static void report(struct cli *cli, const struct kbc_load *load, const struct kbc_loaded *done,
                   const uint64_t *records, int status)
{
    if (remote_wants_json(cli)) {
        if (status == CSVK_OK || done->job.id[0] || done->unknown) {
            print_json(cli, load, done, records);
        }
    } else if (status == CSVK_OK || (done->finished && done->job.state == KBC_JOB_SUCCESS)) {
        print_text(cli, load, done);
    }
    for (size_t i = 0; i < done->job.warnings.count; i++) {
        cli_note(cli, "warning: %s", done->job.warnings.item[i]);
    }
    if (done->job.state == KBC_JOB_ERROR) {
        report_list(cli, "missing column", &done->job.missing_columns);
        report_list(cli, "expected column", &done->job.expected_columns);
    }
}

/* ---- the work -------------------------------------------------------------------------------- */

/* The tags of the manifest and of the options, and the tag that the platform's own clients give to
   such files. */
static int tags_of(struct cli *cli, const struct kbc_input *input, bool exists,
                   struct csvk_strings *tags)
{
    int status = csvk_strings_copy(tags, &input->manifest.tags);
    for (size_t i = 0; i < cli_count(cli, "tag") && status == CSVK_OK; i++) {
        status = csvk_strings_add(tags, cli_nth(cli, "tag", i));
    }
    return status == CSVK_OK ? csvk_strings_add(tags, exists ? "table-import" : "file-import")
                             : status;
}

static int upload_first(struct remote *remote, const struct kbc_input *input, bool exists,
                        struct kbc_uploaded *done)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct csvk_strings tags = {0};
    struct kbc_upload upload = {
        .path = input->path,
        .permanent = cli_has(cli, "permanent"),
        .compress = cli_has(cli, "compress") ? KBC_GZIP : KBC_AS_IT_IS,
        .state = cli_value(cli, "state"),
        .to_load = true,
        .tags = &tags,
    };
    int status = cli_get_size(cli, "part-size", &upload.part_size);
    if (status == CLI_GOOD && tags_of(cli, input, exists, &tags) < 0) {
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

/* Says how to continue after a failure without loading rows twice. Once a job is known, its message
   has said that. */
static void report_next_step(struct cli *cli, const struct kbc_load *load,
                             const struct kbc_loaded *done, int status)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    bool refused = status == CSVK_EUSAGE || status == CSVK_EDATA;
    if (done->job.id[0] || done->finished || (refused && cli_has(cli, "file-id"))) {
        return;
    }
    if (load->state) {
        cli_note(cli, done->unknown
                          ? "run again with the same --state: csvkit finds out whether the import "
                            "arrived before it sends another request"
                          : "run again with the same --state to go on");
    } else if (remote_load_command(cli, load, done, &text) == CSVK_OK) {
        cli_note(cli,
                 done->unknown ? "this finds out whether the import arrived, and loads the file "
                                 "only if it did not: %s"
                               : "nothing was loaded, the file stays in Storage: %s",
                 csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
}

/* Compares what was read here with what the server imported. */
static void compare_counts(struct cli *cli, const struct kbc_input *input,
                           const struct kbc_load *load, const struct kbc_loaded *done)
{
    if (!done->finished || done->job.state != KBC_JOB_SUCCESS) {
        return;
    }
    unsigned long long imported = done->counted ? done->imported_rows : input->records;
    unsigned long long records = input->records, rows = done->total_rows;
    if (input->counted && imported != records) {
        cli_note(cli, "warning: the data has %llu record%s, but the server imported %llu row%s",
                 records, cli_plural(records), imported, cli_plural(imported));
    }
    bool missing = (done->counted || input->counted) && !load->incremental && rows < imported;
    if (missing && done->has_key) {
        cli_note(cli, "warning: rows merged by key: %llu; %llu row%s imported, %llu in the table",
                 imported - rows, imported, cli_plural(imported), rows);
    } else if (missing) {
        cli_note(cli, "warning: the data has %llu record%s, but the table has %llu row%s", imported,
                 cli_plural(imported), rows, cli_plural(rows));
    }
}

static int import(struct remote *remote, const struct kbc_input *input, const struct kbc_load *load)
{
    struct csvk_error err = {0};
    struct kbc_loaded done;
    int status = kbc_load(remote->kbc, load, &done, &err);
    int result = status < 0 ? remote_fail(remote, &err) : CLI_GOOD;
    if (!cli_has(remote->cli, "dry-run")) { /* which has no result */
        report(remote->cli, load, &done, input->counted ? &input->records : NULL, status);
        compare_counts(remote->cli, input, load, &done);
    }
    if (status < 0 && load->file_id) {
        report_next_step(remote->cli, load, &done, status);
    }
    kbc_loaded_release(&done);
    return result;
}

/* One request to the Importer: there is no job and no journal, and the table must exist. */
static int import_directly(struct remote *remote, const struct kbc_input *input)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_directed done;
    bool headless = input->header == KBC_HEADLESS;
    struct kbc_direct direct = {
        .path = input->path,
        .table = cli_operand(cli, 0),
        .columns = headless ? &input->table.columns : NULL,
        .dialect = input->table.dialect,
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
            print_json(cli, &load, &shown, input->counted ? &input->records : NULL);
        } else if (csvk_buf_printf(&text, "%s: %llu row%s in the table\n", direct.table,
                                   (unsigned long long)done.total_rows,
                                   cli_plural(done.total_rows)) == CSVK_OK) {
            cli_out_buf(cli, &text);
        }
        csvk_buf_release(&text);
    }
    kbc_directed_release(&done);
    return CLI_GOOD;
}

/* Of a table that was asked for: when it has a key that was not given, or types, the data is read
   once more for each of them. */
static int check_for_target(struct remote *remote, struct kbc_input *input,
                            const struct kbc_target *target)
{
    struct cli *cli = remote->cli;
    int result = CLI_GOOD;
    if (cli_has(cli, "no-check")) {
        return CLI_GOOD;
    }
    if (target->primary_key.count > 0 && input->table.primary_key.count == 0) {
        result = remote_input_check(input, cli, &target->primary_key);
    }
    return result == CLI_GOOD ? remote_input_check_values(input, cli, target) : result;
}

/* Asks for the table before anything is uploaded, unless an earlier run may have made it. A dry run
   asks nobody. */
static int check_first(struct remote *remote, struct kbc_input *input, const struct kbc_load *load,
                       bool *exists)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_target target = {.exists = true};
    const char *state = cli_value(cli, "state");
    int status = CSVK_OK;
    if (cli_has(cli, "dry-run")) {
        status = kbc_target_of_schema(load, &target);
    } else if (!cli_has(cli, "importer") && (!state || access(state, F_OK) != 0)) {
        status = kbc_load_check(remote->kbc, load, &target, &err);
    }
    *exists = target.exists;
    int result = status < 0 ? remote_fail(remote, &err) : check_for_target(remote, input, &target);
    kbc_target_release(&target);
    return result;
}

static int check_and_load(struct remote *remote, struct kbc_input *input, struct kbc_load *load)
{
    struct kbc_uploaded uploaded = {0};
    bool exists = true;
    if (!input->path) {
        return import(remote, input, load);
    }
    int status = check_first(remote, input, load, &exists);
    if (status == CLI_GOOD && cli_has(remote->cli, "importer")) {
        return import_directly(remote, input);
    }
    if (status == CLI_GOOD) {
        status = upload_first(remote, input, exists, &uploaded);
    }
    load->file_id = uploaded.id;
    return status == CLI_GOOD ? import(remote, input, load) : status;
}

/* NULL: the option does not say. */
static const char *named_backend(const struct kbc_input *input)
{
    enum csvk_backend backend = (enum csvk_backend)input->table.backend;
    return backend != CSVK_BACKEND_PORTABLE ? csvk_backend_name(backend) : NULL;
}

static int read_load(struct cli *cli, const struct kbc_input *input, struct kbc_load *load)
{
    *load = (struct kbc_load){
        .table = cli_operand(cli, 0),
        .file_id = cli_value(cli, "file-id"),
        .header = input->header,
        .columns = &input->table.columns,
        .primary_key = &input->table.primary_key,
        .schema = input->schema,
        .backend = named_backend(input),
        .dialect = input->table.dialect,
        .sliced = input->sliced,
        .incremental = input->incremental,
        .timestamp = input->timestamp,
        .create_only = cli_has(cli, "create-only"),
        .once = cli_has(cli, "once"),
        .no_wait = cli_has(cli, "no-wait"),
        .add = cli_has(cli, "add-columns") ? KBC_ADD_COLUMNS : KBC_ADD_NOTHING,
        .delete_where = input->delete_where,
        .delete_list = input->delete_list,
        .metadata = input->metadata,
        .state = cli_value(cli, "state"),
        .journal = input->path ? KBC_JOURNAL_OF_UPLOAD : KBC_JOURNAL_OF_LOAD,
    };
    return cli_get_uint(cli, "timeout", 1, UINT32_MAX, &load->timeout);
}

static int run_load(struct cli *cli, struct kbc_input *input)
{
    struct remote remote = {0};
    struct csvk_error err = {0};
    struct kbc_load load;
    struct load_options options = {0};
    struct converted_input converted = {0};
    int status = converted_input_make(&converted, cli, input);
    if (status == CLI_GOOD) {
        status = read_load(cli, input, &load);
    }
    if (status == CLI_GOOD) {
        status = load_options_read(&options, cli, &load);
    }
    if (status == CLI_GOOD && input->path && !cli_has(cli, "no-check")) {
        input->nulls = load.nulls;
        status = remote_input_check(input, cli, &input->table.primary_key);
    }
    if (status == CLI_GOOD && kbc_input_read_header(input, &err) != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "load");
    }
    if (status == CLI_GOOD) {
        status = check_and_load(&remote, input, &load);
    }
    load_options_release(&options);
    converted_input_release(&converted);
    return remote_close(&remote, status);
}

static int run(struct cli *cli)
{
    struct kbc_input input;
    const char *path = cli_noperands(cli) > 1 ? cli_operand(cli, 1) : NULL;
    if (load_options_check(cli, path) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    int status = remote_input_read(&input, cli, path);
    if (status == CLI_GOOD) {
        status = run_load(cli, &input);
    }
    kbc_input_release(&input);
    return status;
}

static const struct cli_option rows[] = {
    {"file-id", 0, "ID", NULL, "Load this file, which is in Storage already.", false},
    {"once", 0, NULL, NULL,
     "With --file-id: first look in the list of jobs whether the file was loaded into the table, "
     "and do not load it again. When there is no such job, wait three minutes for one that may "
     "still arrive. A journal (--state) knows more and needs no such wait.",
     false},
    {"incremental", 0, NULL, NULL,
     "Add the rows to the table; a row with the primary key of an old row replaces it. Default: "
     "replace all rows of the table.",
     false},
    {"primary-key", 0, "A,B", NULL, "The primary key of a new table.", false},
    {"delete-where-column", 0, "NAME", NULL,
     "Before the load, delete rows of the table by the value of this column. Given several times, "
     "with values for each: rows that fit all of them.",
     true},
    {"delete-where-values", 0, "A,B", NULL, "The values for --delete-where-column.", true},
    {"delete-where-operator", 0, "OP", "eq|ne",
     "Delete the rows whose value is in the list (eq) or is not in it (ne). Default: eq.", true},
    {"treat-null-as", 0, "VALUE", NULL,
     "Which value becomes NULL in a table with types: this one, or none. A value none is written "
     "'\"none\"'. Default: the empty value.",
     false},
    {"from-snapshot", 0, "ID", NULL, "Make TABLE from a snapshot; it must not exist.", false},
    {"from-workspace", 0, "ID", NULL, "Load an object of a workspace.", false},
    {"workspace-object", 0, "NAME", NULL, "The table or file in the workspace.", false},
    {"deduplication", 0, "HOW", "insert|upsert",
     "With --from-workspace: whether a row with the primary key of an old row replaces it (upsert) "
     "or is added (insert). Default: upsert.",
     false},
    {"timestamp-from-data", 0, NULL, NULL,
     "The column _timestamp of the data says when each row was last changed, instead of the time "
     "of "
     "the load; the table does not get it as a column. download --timestamp writes it. Snowflake "
     "only.",
     false},
    {"tag", 0, "TAG", NULL, "A tag of the uploaded file, besides those of the manifest.", true},
    {"permanent", 0, NULL, NULL,
     "Keep the uploaded file. Default: Storage deletes it after 15 days.", false},
    {"add-columns", 0, NULL, NULL,
     "Add columns that the table does not have. Default: refuse such data.", false},
    {"create-only", 0, NULL, NULL, "Refuse the load when the table exists.", false},
    {"no-wait", 0, NULL, NULL,
     "Do not wait for the end of the job; csvkit job ID shows how it ended.", false},
    {"timeout", 0, "SECONDS", NULL,
     "The longest time to wait for the job. The job goes on at the server then. Default: no limit, "
     "but a server that does not answer is asked for an hour only.",
     false},
    {"compress", 0, NULL, NULL,
     "Compress files that are not gzip yet before they are sent. Needs temporary space, as in "
     "upload.",
     false},
    {"check", 0, NULL, NULL,
     "Validate the data before anything is sent, compare the header with the columns of the "
     "manifest or --columns, search for empty and repeated primary keys, and look for values that "
     "the types of the table, or of the native manifest that makes it, cannot take: only those "
     "that "
     "every backend refuses. This is the default. It reads the data once, once more when only the "
     "table knows the key, and once more for types that only the table knows; keys that do not fit "
     "into memory go to temporary files.",
     false},
    {"no-check", 0, NULL, NULL, "Send the data without validating it.", false},
    {"manifest", 0, "FILE", NULL, "The manifest of the data. Default: PATH.manifest, if it exists.",
     false},
    {"state", 0, "FILE", NULL,
     "A journal: a second run with the same FILE continues the upload and finds the import of the "
     "first run instead of starting another. When the first run ended before the answer to its "
     "import request, the second run looks for the job until the request is three minutes old. A "
     "journal belongs to one PATH with its options; when the data has changed, an import that is "
     "still open is waited for first.",
     false},
    {"importer", 0, NULL, NULL,
     "Send one request to the Importer service. For small files; the table must exist.", false},
    {"part-size", 0, "SIZE", NULL, "Send larger files in parts of this size. Default: 64MiB.",
     false},
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Load", rows};
static const struct cli_group *const groups[] = {
    &own, &remote_options, &cli_dialect_options, &cli_type_options, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit load in.c-main.orders orders.csv --primary-key=id",
    "Upload a file and load it; bucket and table are made when they do not exist.",
    "csvkit load in.c-main.orders --file-id=1234 --incremental",
    "Add the rows of an uploaded file to a table.",
    "csvkit load in.c-main.orders out/tables/orders --format=json",
    "Load a directory of slices, as its manifest says.",
    NULL,
};

const struct cli_command cli_cmd_load = {
    .name = "load",
    .operands = "TABLE [PATH]",
    .summary = "load a file or slices into a Storage table",
    .details =
        "Uploads PATH, a file or a directory of slices, or takes the file of --file-id, and "
        "imports it into TABLE. An uploaded file gets the tag file-import or table-import, as the "
        "platform's own clients do it. Bucket and table are made when they do not exist; a "
        "manifest with types makes a typed table, unless KBC_DATA_TYPE_SUPPORT is hints or none. "
        "The columns and the primary key are compared "
        "with those of the table before anything is uploaded.\n\n"
        "With --encoding, or --delimiter=auto, a converted copy is loaded, as in upload.\n\n"
        "An import takes effect only once: when the answer to the request is lost, csvkit looks "
        "for the job. It sends the request again only when three minutes have shown that there is "
        "none. Once the job is known, csvkit keeps asking for it through an outage of up to an "
        "hour; "
        "when its end cannot be learned, the message names the job and the status in JSON is "
        "unknown.\n\n"
        "The exit status is 1 when the data or the import was refused, 2 for trouble with the "
        "network, the server or the token.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 2,
    .run = run,
};
