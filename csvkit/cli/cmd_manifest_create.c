/*
 * cmd_manifest_create.c - csvkit manifest create PATH: writes PATH.manifest for a data file or a
 * directory of slices. The manifest is judged before it is written, alone and against the data, so
 * that this command never writes a manifest that the platform would refuse.
 */
#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/json.h"
#include "csvkit/io/file_kind.h"
#include "manifest/types.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct create {
    struct cli *cli;
    char *path; /* without slashes at its end */
    bool sliced;
    struct csvk_manifest_plan *plan;
    struct csvk_manifest *manifest;
    struct csvk_findings findings;
    struct csvk_types *types; /* found in the data, or NULL */
};

static int no_memory(struct create *create)
{
    return cli_trouble(create->cli, "out of memory");
}

/* ---- the files of the data ---- */

/* The data file itself, or all slices. */
static int list_files(struct create *create, struct csvk_strings *files)
{
    struct csvk_error err = {.status = CSVK_ENOMEM};
    int status = create->sliced ? csvk_list_slices(create->path, files, &err)
                                : csvk_strings_add(files, create->path);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(create->cli, &err);
}

static int look_at_path(struct create *create)
{
    struct stat info;
    const char *operand = cli_operand(create->cli, 0);
    size_t length = strlen(operand);
    while (length > 1 && operand[length - 1] == '/') {
        length--;
    }
    create->path = csvk_strndup(operand, length);
    if (create->path == NULL) {
        return no_memory(create);
    }
    if (stat(create->path, &info) != 0) {
        return cli_trouble(create->cli, "%s: %s", create->path, strerror(errno));
    }
    create->sliced = S_ISDIR(info.st_mode);
    return CLI_GOOD;
}

/* Text that looks like another kind of file may be a table all the same. */
static void note_kind(struct create *create, const char *path)
{
    struct csvk_file_kind kind = {.class = CSVK_FILE_TABLE};
    struct csvk_source *source = NULL;
    if (csvk_source_open(&source, path, NULL) == CSVK_OK &&
        csvk_source_kind(source, &kind, NULL) == CSVK_OK && kind.class == CSVK_FILE_OTHER_TEXT) {
        cli_note(create->cli, "%s: the file looks like %s. %s", path, kind.name, kind.remedy);
    }
    csvk_source_free(source);
}

/* Takes the columns from --columns, or from the first record. In the second case the manifest gets
   has_header. */
static int find_columns(struct create *create)
{
    struct cli *cli = create->cli;
    struct csvk_manifest_plan *plan = create->plan;
    struct csvk_strings files = {NULL, 0, 0};
    struct csvk_error err = {0};
    int status = cli_get_list(cli, "columns", &plan->columns);
    if (cli_has(cli, "has-header")) {
        plan->options->has_header = CSVK_YES;
    }
    if (status != CLI_GOOD || plan->columns.count > 0) {
        return status;
    }
    if (create->sliced && !cli_has(cli, "has-header")) {
        return cli_trouble(
            cli,
            "%s: slices have no header; name the columns with --columns, or give --has-header if "
            "every slice has a header",
            create->path);
    }
    status = list_files(create, &files);
    if (status == CLI_GOOD && files.count == 0) {
        status = cli_trouble(cli, "%s: there is no slice to take a header from; use --columns",
                             create->path);
    } else if (status == CLI_GOOD) {
        note_kind(create, files.item[0]);
        int got = csvk_manifest_header_names(files.item[0], &plan->options->dialect, &plan->columns,
                                             &err);
        status = got == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
    }
    plan->options->has_header = CSVK_YES;
    csvk_strings_release(&files);
    return status;
}

/* ---- data types from the data ---- */

static int feed_file(struct create *create, struct csvk_types *types, const char *path,
                     struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    bool awaits_header = create->plan->options->has_header == CSVK_YES;
    uint64_t header = 0; /* the number of its record */
    csvk_options_init(&options);
    options.dialect = create->plan->options->dialect;
    options.detail = CSVK_FIELDS;
    int status = csvk_open_table(&source, path, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct cli_progress *progress =
        cli_progress_start(create->cli, "types", csvk_source_file_size(source));
    status = csvk_reader_new(&reader, source, &options, err);
    status = status == CSVK_OK ? cli_use_threads(create->cli, reader, err) : status;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, err);
        for (size_t i = 0; status == CSVK_OK && awaits_header && i < batch->nreported; i++) {
            header = batch->records[i].number;
            awaits_header = batch->records[i].blank;
        }
        if (status == CSVK_OK && csvk_types_feed(types, batch, header) != CSVK_OK) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        cli_progress_update(progress, csvk_source_consumed(source));
    }
    cli_progress_end(progress);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status == CSVK_END ? CSVK_OK : status;
}

static int propose_types(struct create *create)
{
    struct csvk_strings files = {NULL, 0, 0};
    struct csvk_error err = {0};
    int status = list_files(create, &files);
    const struct csvk_strings *columns = &create->plan->columns;
    if (status == CLI_GOOD && (csvk_types_new(&create->types, columns->count,
                                              &create->plan->options->dialect) != CSVK_OK ||
                               csvk_types_name(create->types, columns) != CSVK_OK)) {
        status = no_memory(create);
    }
    for (size_t i = 0; i < files.count && status == CLI_GOOD; i++) {
        status = feed_file(create, create->types, files.item[i], &err) == CSVK_OK
                     ? CLI_GOOD
                     : cli_fail(create->cli, &err);
    }
    csvk_strings_release(&files);
    if (status == CLI_GOOD &&
        csvk_manifest_plan_types(create->plan, create->types, &err) != CSVK_OK) {
        status = cli_fail(create->cli, &err);
    }
    return status;
}

/* ---- judging and writing ---- */

static bool wants_json(const struct create *create)
{
    const char *format = cli_value(create->cli, "format");
    return format != NULL && strcmp(format, "json") == 0;
}

/* Prints findings and types on standard error. */
static int report_findings(struct create *create)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    bool quiet = cli_has(create->cli, "quiet");
    bool good = cli_add_findings(&out, create->path, &create->findings,
                                 cli_color(create->cli, stderr)) == CSVK_OK;
    if (good && (!quiet || create->findings.errors > 0)) {
        fputs(csvk_buf_text(&out), stderr);
    }
    csvk_buf_clear(&out);
    if (good && !quiet && create->types != NULL && !wants_json(create)) {
        good = cli_add_types(&out, &create->plan->columns, create->types) == CSVK_OK;
        fputs(good ? csvk_buf_text(&out) : "", stderr);
    }
    csvk_buf_release(&out);
    return good ? CLI_GOOD : no_memory(create);
}

static int judge(struct create *create)
{
    const char *slash = strrchr(create->path, '/');
    struct csvk_error err = {.status = CSVK_ENOMEM};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.name = slash != NULL ? slash + 1 : create->path;
    int status = csvk_manifest_check(create->manifest, &how, &create->findings);
    if (status == CSVK_OK) {
        status = csvk_manifest_check_data(create->manifest, create->path,
                                          CSVK_MANIFEST_FIRST_RECORDS, &create->findings, &err);
    }
    if (status != CSVK_OK) {
        return cli_fail(create->cli, &err);
    }
    status = report_findings(create);
    if (status == CLI_GOOD && create->findings.errors > 0) {
        status = cli_refuse(create->cli, "%s: no manifest written", create->path);
    }
    return status;
}

/* Prints the result as JSON. Without --format=json nothing is printed: the manifest is the result.
 */
static int put_json(struct create *create, const char *manifest)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "manifest", manifest);
    csvk_json_put_strings(&json, "columns", &create->plan->columns);
    if (create->types != NULL) {
        cli_put_types(&json, &create->plan->columns, &create->plan->primary_key, create->types);
    }
    csvk_json_close(&json, '}');
    int status = json.failed ? CSVK_ENOMEM : csvk_buf_putc(&out, '\n');
    if (status == CSVK_OK) {
        cli_out_buf(create->cli, &out);
    }
    csvk_buf_release(&out);
    return status;
}

static int write_manifest(struct create *create)
{
    const char *output = cli_value(create->cli, "output");
    struct csvk_buf path = CSVK_BUF_INIT;
    struct csvk_error err = {.status = CSVK_ENOMEM};
    int status = output != NULL ? csvk_buf_puts(&path, output)
                                : csvk_buf_printf(&path, "%s.manifest", create->path);
    if (status == CSVK_OK && strcmp(csvk_buf_text(&path), "-") != 0) {
        status = csvk_manifest_write(create->manifest, csvk_buf_text(&path), &err);
    } else if (status == CSVK_OK) {
        csvk_buf_clear(&path);
        status = csvk_manifest_print(create->manifest, &path);
        cli_out_buf(create->cli, &path);
    }
    if (status == CSVK_OK && wants_json(create)) {
        status = put_json(create, csvk_buf_text(&path));
    }
    csvk_buf_release(&path);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(create->cli, &err);
}

/* ---- tables ---- */

static int make_table(struct create *create)
{
    struct csvk_error err = {0};
    struct csvk_manifest_plan *plan = create->plan;
    int status = find_columns(create);
    if (status == CLI_GOOD && plan->types_auto) {
        status = propose_types(create);
    }
    if (status == CLI_GOOD && csvk_manifest_plan_finish(plan, &err) != CSVK_OK) {
        status = cli_fail(create->cli, &err);
    }
    if (status == CLI_GOOD &&
        csvk_manifest_create(&create->manifest, plan->options, &err) != CSVK_OK) {
        status = cli_fail(create->cli, &err);
    }
    return status;
}

static int create_table(struct create *create)
{
    struct cli *cli = create->cli;
    int status = cli_manifest_plan_read(cli, &create->plan);
    status =
        status == CLI_GOOD ? cli_get_dialect(cli, &create->plan->options->dialect, NULL) : status;
    status = status == CLI_GOOD ? make_table(create) : status;
    status = status == CLI_GOOD ? judge(create) : status;
    return status == CLI_GOOD ? write_manifest(create) : status;
}

/* ---- files ---- */

static enum csvk_tristate yes_if(const struct cli *cli, const char *name)
{
    return cli_has(cli, name) ? CSVK_YES : CSVK_UNSET;
}

static int create_for_file(struct create *create)
{
    struct cli *cli = create->cli;
    struct csvk_manifest_file_options options;
    struct csvk_strings tags = {NULL, 0, 0};
    struct csvk_error err = {0};
    csvk_manifest_file_options_init(&options);
    options.tags = &tags;
    options.is_permanent = yes_if(cli, "permanent");
    options.is_public = yes_if(cli, "public");
    options.notify = yes_if(cli, "notify");
    int status = cli_get_list(cli, "tag", &tags);
    if (status == CLI_GOOD &&
        csvk_manifest_create_file(&create->manifest, &options, &err) != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    csvk_strings_release(&tags);
    return status == CLI_GOOD ? write_manifest(create) : status;
}

static int refuse_mixture(struct cli *cli)
{
    const char *output = cli_value(cli, "output"), *format = cli_value(cli, "format");
    if (output != NULL && strcmp(output, "-") == 0 && format != NULL && format[0] == 'j') {
        return cli_trouble(cli, "--format=json: the manifest goes to standard output already");
    }
    static const char *const of_files[] = {"tag", "permanent", "public", "notify"};
    for (size_t i = 0; i < sizeof of_files / sizeof of_files[0]; i++) {
        if (cli_has(cli, of_files[i]) && !cli_has(cli, "files")) {
            return cli_trouble(cli, "--%s is for manifests of files only: add --files",
                               of_files[i]);
        }
    }
    for (size_t i = 0; cli_has(cli, "files") && cli_manifest_contents.rows[i].name != NULL; i++) {
        if (cli_has(cli, cli_manifest_contents.rows[i].name)) {
            return cli_trouble(cli, "--%s is for manifests of tables, not of files",
                               cli_manifest_contents.rows[i].name);
        }
    }
    return CLI_GOOD;
}

static int run_create(struct cli *cli)
{
    struct create create = {.cli = cli};
    int status = refuse_mixture(cli);
    status = status == CLI_GOOD ? look_at_path(&create) : status;
    if (status == CLI_GOOD) {
        status = cli_has(cli, "files") ? create_for_file(&create) : create_table(&create);
    }
    csvk_manifest_plan_free(create.plan);
    csvk_manifest_free(create.manifest);
    csvk_findings_release(&create.findings);
    csvk_types_free(create.types);
    csvk_free(create.path);
    return status;
}

/* ---- rows ---- */

static const struct cli_option data_rows[] = {
    {"delimiter", 'd', "C", NULL,
     "The byte between fields: one byte, or comma, semicolon, tab, pipe, space, \\t, \\x1f. "
     "Default: a comma.",
     false},
    {"enclosure", 'e', "C", NULL,
     "The byte around fields: one byte, or none. Default: the double quote.", false},
    {"columns", 0, "A,B,C", NULL,
     "The column names. Put a name that has a comma in double quotes: 'id,\"a,b\"'. Default: the "
     "header.",
     false},
    {"has-header", 0, NULL, NULL,
     "The first record (of every slice) is a header, which is not loaded. Without --columns this "
     "is the default for a file.",
     false},
    {"output", 'o', "FILE", NULL, "Where to write the manifest. Default: PATH.manifest.", false},
    {"format", 'f', "NAME", "text|json",
     "The format of the result. json has the columns. With --data-type=auto it also has the types, "
     "the counts, and the first value that excludes each narrower type. Default: text.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option file_rows[] = {
    {"files", 0, NULL, NULL, "Write the manifest of a file in out/files, not of a table.", false},
    {"tag", 0, "T", NULL, "A tag of the file in Storage.", true},
    {"permanent", 0, NULL, NULL, "Keep the file. Default: Storage deletes it after 15 days.",
     false},
    {"public", 0, NULL, NULL, "Make the file public.", false},
    {"notify", 0, NULL, NULL, "Notify the administrators of the project.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group data_options = {"The data", data_rows};
static const struct cli_group file_options = {"Manifests of files", file_rows};
static const struct cli_group *const groups[] = {&data_options,       &cli_manifest_contents,
                                                 &file_options,       &cli_thread_options,
                                                 &cli_common_options, NULL};
static const char *const examples[] = {
    "csvkit manifest create orders.csv --destination=in.c-main.orders",
    "Write orders.csv.manifest with the columns of the header.",
    "csvkit manifest create slices --columns=id,n --schema --data-type=auto",
    "Write a native manifest for a directory of slices, with types that fit all the data.", NULL};

const struct cli_command cli_cmd_manifest_create = {
    .name = "manifest create",
    .operands = "PATH",
    .summary = "write the manifest of a file or a directory of slices",
    .details =
        "Writes PATH.manifest beside the data. The columns come from --columns or, without this "
        "option, from the header. When they come from the header, the manifest gets has_header, so "
        "that the header is not loaded as a row.\n\n"
        "The manifest is checked before it is written, alone and against the first record of every "
        "file. When the platform would refuse it, the exit status is 1 and nothing is written.\n\n"
        "With --data-type=auto all of the data is read. The proposed types are printed on standard "
        "error, each with the reason why a narrower type does not fit; with --format=json they are "
        "printed on standard output. A type is proposed only if every value can be read back from "
        "it "
        "unchanged.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_create,
};
