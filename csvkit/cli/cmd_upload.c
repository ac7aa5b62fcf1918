/* cmd_upload.c - csvkit upload PATH: a file or slice directory becomes a Storage file. */
#include "csvkit/cli/remote/remote.h"

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

static int send_directly(struct remote *remote, const struct remote_input *input,
                         const struct csvk_strings *tags)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_directed done = {0};
    struct kbc_direct direct = {
        .path = input->path,
        .name = cli_value(cli, "name"),
        .tags = tags,
        .dialect = input->dialect,
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
    struct remote_input input;
    struct csvk_strings tags = {0};
    uint64_t part_size = 0;
    const char *path = cli_operand(cli, 0);
    int status = remote_input_read(&input, cli, path);
    if (status == CLI_GOOD) {
        status = read_tags(cli, &tags);
    }
    if (status == CLI_GOOD) {
        status = cli_get_size(cli, "part-size", &part_size);
    }
    if (status == CLI_GOOD && !cli_has(cli, "no-check")) {
        status = remote_input_check(&input, cli);
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "upload");
    }
    if (status == CLI_GOOD) {
        status = cli_has(cli, "importer") ? send_directly(&remote, &input, &tags)
                                          : send_whole(&remote, path, &tags, part_size);
    }
    csvk_strings_release(&tags);
    remote_input_release(&input);
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"name", 0, "NAME", NULL, "Name of the Storage file. Default: the name of PATH.", false},
    {"tag", 0, "TAG", NULL, "A tag of the Storage file.", true},
    {"permanent", 0, NULL, NULL, "The file stays; others are removed after 15 days.", false},
    {"compress", 0, NULL, NULL,
     "Compresses what is not gzip yet. Needs temporary space ($TMPDIR, else /var/tmp) for one file "
     "or, with slices, for as many as go at a time.",
     false},
    {"check", 0, NULL, NULL, "Validates the data before anything is sent. This is the default.",
     false},
    {"no-check", 0, NULL, NULL, "Sends any file as it is.", false},
    {"manifest", 0, "FILE", NULL, "The manifest of the data. Default: PATH.manifest, if there.",
     false},
    {"state", 0, "FILE", NULL,
     "Journal of what is done: a second run with the same FILE goes on from there. It holds the "
     "file's credentials of some hours and is for you alone.",
     false},
    {"part-size", 0, "SIZE", NULL, "Larger files go in parts of this size. Default: 64MiB.", false},
    {"importer", 0, NULL, NULL,
     "One request to the Importer service, for small files: no slices, no parts, no resuming.",
     false},
    {"format", 'f', "NAME", "text|json", "Form of the result. Default: text, the file id.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Upload", rows};
static const struct cli_group *const groups[] = {&own, &remote_options, &cli_dialect_options,
                                                 &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit upload orders.csv --compress --tag=orders",
    "checks a file, compresses and uploads it, prints the file id",
    "csvkit upload out/tables/orders --state=orders.state",
    "uploads a slice directory; run again after a failure, it goes on",
    "csvkit upload --dry-run orders.csv",
    "shows the requests, sends nothing",
    NULL,
};

const struct cli_command cli_cmd_upload = {
    .name = "upload",
    .operands = "PATH",
    .summary = "upload a file or a slice directory to Storage",
    .details =
        "PATH is a CSV file, plain or gzip, or a directory of slices. The data is validated first, "
        "by the profile keboola and the dialect of the manifest or the options. Slices go in "
        "parallel, the slice manifest goes last: a sliced file that is not complete cannot be "
        "imported. A file that changes while it is read is an error.\n\nMemory does not grow with "
        "the data: less than 32 MB with four transfers at a time.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
