/* cmd_upload.c - csvkit upload PATH: uploads a file or a directory of slices as a Storage file. */
#include "csvkit/cli/remote/converted_input.h"
#include "csvkit/cli/table/table_options.h"

#include <string.h>

static int read_tags(struct cli *cli, struct csvk_strings *tags)
{
    for (size_t i = 0; i < cli_count(cli, "tag"); i++) {
        if (csvk_strings_add(tags, cli_nth(cli, "tag", i)) < 0) {
            return cli_trouble(cli, "out of memory");
        }
    }
    return CLI_GOOD;
}

static void print_result(struct cli *cli, const struct kbc_uploaded *done)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    int status = CSVK_OK;
    if (remote_wants_json(cli)) {
        csvk_json_init(&json, &text);
        csvk_json_open(&json, '{');
        csvk_json_put_string(&json, "file_id", done->id);
        csvk_json_put_bool(&json, "sliced", done->sliced);
        csvk_json_put_uint(&json, "objects", done->objects);
        csvk_json_put_uint(&json, "bytes", done->bytes);
        csvk_json_put_bool(&json, "resumed", done->resumed);
        csvk_json_close(&json, '}');
        status = json.failed ? CSVK_ENOMEM : CSVK_OK;
    } else {
        status = csvk_buf_puts(&text, done->id);
    }
    status = status == CSVK_OK ? csvk_buf_putc(&text, '\n') : status;
    cli_out_result(cli, &text, status);
}

static int send_whole(struct remote *remote, const char *path, const struct csvk_strings *tags,
                      uint64_t part_size)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_uploaded done;
    struct kbc_upload upload = {
        .path = path,
        .name = cli_value(cli, "name"),
        .tags = tags,
        .permanent = cli_has(cli, "permanent"),
        .compress = cli_has(cli, "compress") ? KBC_GZIP : KBC_AS_IT_IS,
        .state = cli_value(cli, "state"),
        .part_size = part_size,
    };
    if (kbc_upload(remote->kbc, &upload, &done, &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(cli, "dry-run")) {
        print_result(cli, &done);
    }
    return CLI_GOOD;
}

static int send_directly(struct remote *remote, const struct kbc_input *input,
                         const struct csvk_strings *tags)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_directed done = {0};
    struct kbc_direct direct = {
        .path = input->path,
        .name = cli_value(cli, "name"),
        .tags = tags,
        .dialect = input->table.dialect,
        .permanent = cli_has(cli, "permanent"),
    };
    if (kbc_import_direct(remote->kbc, &direct, &done, &err) < 0) {
        return remote_fail(remote, &err);
    }
    struct kbc_uploaded shown = {.objects = 1, .bytes = done.bytes};
    memcpy(shown.id, done.file_id, sizeof shown.id);
    if (!cli_has(cli, "dry-run")) {
        print_result(cli, &shown);
    }
    kbc_directed_release(&done);
    return CLI_GOOD;
}

static int run(struct cli *cli)
{
    struct remote remote = {0};
    struct kbc_input input;
    struct csvk_strings tags = {0};
    struct converted_input converted = {0};
    uint64_t part_size = 0;
    int status = remote_input_read(&input, cli, cli_operand(cli, 0));
    if (status == CLI_GOOD) {
        status = converted_input_make(&converted, cli, &input);
    }
    if (status == CLI_GOOD) {
        status = read_tags(cli, &tags);
    }
    if (status == CLI_GOOD) {
        status = cli_get_size(cli, "part-size", &part_size);
    }
    if (status == CLI_GOOD && !cli_has(cli, "no-check")) {
        status = remote_input_check(&input, cli, NULL);
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "upload");
    }
    if (status == CLI_GOOD) {
        status = cli_has(cli, "importer") ? send_directly(&remote, &input, &tags)
                                          : send_whole(&remote, input.path, &tags, part_size);
    }
    csvk_strings_release(&tags);
    converted_input_release(&converted);
    kbc_input_release(&input);
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"name", 0, "NAME", NULL, "The name of the Storage file. Default: the name of PATH.", false},
    {"tag", 0, "TAG", NULL, "A tag of the Storage file.", true},
    {"permanent", 0, NULL, NULL, "Keep the file. Default: Storage deletes it after 15 days.",
     false},
    {"compress", 0, NULL, NULL,
     "Compress files that are not gzip yet. Needs temporary space, in $TMPDIR or /var/tmp, for one "
     "file or, with slices, for as many slices as are sent at a time.",
     false},
    {"check", 0, NULL, NULL, "Validate the data before anything is sent. This is the default.",
     false},
    {"no-check", 0, NULL, NULL, "Send any file without validating it.", false},
    {"manifest", 0, "FILE", NULL, "The manifest of the data. Default: PATH.manifest, if it exists.",
     false},
    {"state", 0, "FILE", NULL,
     "A journal of what is done: a second run with the same FILE continues there, and begins anew "
     "when Storage has removed the uploaded file meanwhile. FILE holds "
     "credentials of the Storage file, which are valid for some hours; keep it private.",
     false},
    {"part-size", 0, "SIZE", NULL, "Send larger files in parts of this size. Default: 64MiB.",
     false},
    {"importer", 0, NULL, NULL,
     "Send one request to the Importer service. For small files: no slices, no parts, no "
     "continuation after a failure.",
     false},
    {"format", 'f', "NAME", "text|json",
     "The format of the result. Default: text, which is the id of the Storage file.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Upload", rows};
static const struct cli_group *const groups[] = {
    &own, &remote_options, &cli_dialect_options, &cli_type_options, &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit upload orders.csv --compress --tag=orders",
    "Validate a file, compress and upload it, and print the id of the Storage file.",
    "csvkit upload out/tables/orders --state=orders.state",
    "Upload a directory of slices; after a failure, the same command continues the upload.",
    "csvkit upload --dry-run orders.csv",
    "Print the requests without sending them.",
    NULL,
};

const struct cli_command cli_cmd_upload = {
    .name = "upload",
    .operands = "PATH",
    .summary = "upload a file or a directory of slices to Storage",
    .details =
        "PATH is a CSV file, plain text or gzip, or a directory of slices. The data is validated "
        "first, with the profile keboola and with the dialect of the manifest or of the options. "
        "Slices are sent in parallel. The slice manifest is sent last, so a sliced file that is "
        "not complete cannot be imported. It is an error when a file changes while it is read.\n\n"
        "With --encoding, or --delimiter=auto, a converted copy is sent: UTF-8, commas, double "
        "quotes. It lies in $TMPDIR or /var/tmp meanwhile. Data that need another repair are "
        "refused; csvkit normalize makes it.\n\n"
        "Memory does not grow with the size of the data: less than 32 MB with four transfers at a "
        "time.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
