/* cmd_files.c - csvkit files list, show and delete: the files that are in Storage. */
#include "csvkit/cli/remote/remote_print.h"

/* ---- printing -------------------------------------------------------------------------------- */

static void put_file(struct csvk_json *json, const struct kbc_file *file)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "file_id", file->id);
    remote_put(json, "name", file->name);
    remote_put(json, "created", file->created);
    csvk_json_key(json, "bytes");
    if (file->has_bytes) {
        csvk_json_uint(json, file->bytes);
    } else {
        csvk_json_null(json);
    }
    csvk_json_put_bool(json, "sliced", file->sliced);
    csvk_json_put_bool(json, "encrypted", file->encrypted);
    csvk_json_put_bool(json, "permanent", file->permanent);
    remote_put(json, "file_type", file->file_type);
    remote_put(json, "provider", file->provider);
    remote_put(json, "region", file->region);
    csvk_json_put_strings(json, "tags", &file->tags);
    csvk_json_close(json, '}');
}

static void print_files_json(struct cli *cli, const struct kbc_files *files)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    csvk_json_put_uint(&json, "count", files->count);
    csvk_json_key(&json, "files");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < files->count; i++) {
        put_file(&json, &files->item[i]);
    }
    csvk_json_close(&json, ']');
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

/* One line for a file: id, time, bytes, name, tags, with TABs between. */
static void print_line(struct cli *cli, const struct kbc_file *file)
{
    struct csvk_buf raw = CSVK_BUF_INIT, line = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&line, "%s\t%s\t%llu\t", file->id, file->created[0] ? file->created : "-",
                        (unsigned long long)file->bytes);
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&raw, "%s%s", file->name, file->sliced ? " (sliced)" : "");
    }
    for (size_t i = 0; i < file->tags.count && status == CSVK_OK; i++) {
        status = csvk_buf_printf(&raw, "%s%s", i ? ", " : "  tags: ", file->tags.item[i]);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_add_escaped(&line, csvk_buf_text(&raw), raw.length);
    }
    csvk_buf_release(&raw);
    cli_out_result(cli, &line, status == CSVK_OK ? csvk_buf_putc(&line, '\n') : status);
}

static void print_file(struct cli *cli, const struct kbc_file *file)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    if (remote_wants_json(cli)) {
        csvk_json_init(&json, &text);
        put_file(&json, file);
        cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
        return;
    }
    remote_print(cli, "file", file->id);
    remote_print(cli, "name", file->name);
    remote_print(cli, "created", file->created);
    if (file->has_bytes) {
        remote_print_number(cli, "bytes", file->bytes);
    }
    remote_print(cli, "sliced", file->sliced ? "yes" : "no");
    remote_print(cli, "kept", file->permanent ? "for good" : "for a limited time");
    remote_print(cli, "type", file->file_type);
    remote_print(cli, "stored by", file->provider);
    remote_print_list(cli, "tags", &file->tags);
}

/* ---- files list ------------------------------------------------------------------------------ */

static int list(struct remote *remote, const struct kbc_file_query *query)
{
    struct cli *cli = remote->cli;
    struct csvk_error err = {0};
    struct kbc_files files = {0};
    int result = CLI_GOOD;
    if (kbc_files_list(remote->kbc, query, &files, &err) < 0) {
        result = remote_fail(remote, &err);
    } else if (!cli_has(cli, "dry-run") && remote_wants_json(cli)) {
        print_files_json(cli, &files);
    } else {
        for (size_t i = 0; i < files.count; i++) {
            print_line(cli, &files.item[i]);
        }
    }
    kbc_files_release(&files);
    return result;
}

static int run_list(struct cli *cli)
{
    struct remote remote = {0};
    struct csvk_strings tags = {0};
    struct kbc_file_query query = {.tags = &tags, .query = cli_value(cli, "query"), .limit = 100};
    int status = cli_get_uint(cli, "limit", 0, UINT32_MAX, &query.limit);
    for (size_t i = 0; i < cli_count(cli, "tag") && status == CLI_GOOD; i++) {
        if (csvk_strings_add(&tags, cli_nth(cli, "tag", i)) < 0) {
            status = cli_trouble(cli, "out of memory");
        }
    }
    if (status == CLI_GOOD) {
        status = remote_open(&remote, cli, "files");
    }
    if (status == CLI_GOOD) {
        status = list(&remote, &query);
    }
    csvk_strings_release(&tags);
    return remote_close(&remote, status);
}

static const struct cli_option list_rows[] = {
    {"tag", 0, "TAG", NULL, "Files that have this tag; given several times, all of them.", true},
    {"query", 0, "TEXT", NULL,
     "Files that the search of the platform finds, in its query language, for example "
     "'name:orders*'.",
     false},
    {"limit", 0, "N", NULL, "At most N files; 0: all. Default: 100.", false},
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text, one line each.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group list_own = {"Files", list_rows};
static const struct cli_group *const list_groups[] = {&list_own, &remote_options,
                                                      &cli_common_options, NULL};
static const char *const list_examples[] = {
    "csvkit files list --tag=orders --limit=5",
    "The five newest files with a tag.",
    "csvkit files list --query='name:orders*' --format=json",
    "Files by their name, as JSON.",
    NULL,
};

const struct cli_command cli_cmd_files_list = {
    .name = "files list",
    .operands = "",
    .summary = "list the files in Storage, by tag or by a query",
    .details = "Lists files, the newest first: id, time, bytes, name and tags. New files appear in "
               "the list of the platform with a delay of up to a second.",
    .groups = list_groups,
    .examples = list_examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_list,
};

/* ---- files show ------------------------------------------------------------------------------ */

static int show(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    struct kbc_file file = {0};
    int result = CLI_GOOD;
    if (kbc_file_get(remote->kbc, id, &file, &err) < 0) {
        result = remote_fail(remote, &err);
    } else if (!cli_has(remote->cli, "dry-run")) {
        print_file(remote->cli, &file);
    }
    kbc_file_release(&file);
    return result;
}

static int run_show(struct cli *cli)
{
    return remote_each_operand(cli, "files", show);
}

static const struct cli_option show_rows[] = {
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group show_own = {"Files", show_rows};
static const struct cli_group *const show_groups[] = {&show_own, &remote_options,
                                                      &cli_common_options, NULL};
static const char *const show_examples[] = {
    "csvkit files show 1234",
    "Name, size and tags of a file.",
    NULL,
};

const struct cli_command cli_cmd_files_show = {
    .name = "files show",
    .operands = "ID...",
    .summary = "show what Storage knows about a file",
    .details = "Shows name, size, tags and form of each file; json is one object on a line for "
               "each. The credentials of the file are never shown.",
    .groups = show_groups,
    .examples = show_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_show,
};

/* ---- files tag ------------------------------------------------------------------------------- */

typedef int change_fn(struct kbc *kbc, const char *id, const char *tag, struct csvk_error *err);

static int change_tags(struct remote *remote, const char *id, const char *option, change_fn *change)
{
    struct csvk_error err = {0};
    int status = CSVK_OK;
    for (size_t i = 0; i < cli_count(remote->cli, option) && status == CSVK_OK; i++) {
        status = change(remote->kbc, id, cli_nth(remote->cli, option, i), &err);
    }
    return status < 0 ? remote_fail(remote, &err) : CLI_GOOD;
}

static int tag(struct remote *remote, const char *id)
{
    int status = change_tags(remote, id, "remove", kbc_file_remove_tag);
    return status == CLI_GOOD ? change_tags(remote, id, "add", kbc_file_add_tag) : status;
}

static int run_tag(struct cli *cli)
{
    const char *const names[] = {"add", "remove"};
    size_t given = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k < cli_count(cli, names[i]); k++, given++) {
            if (cli_nth(cli, names[i], k)[0] == '\0') {
                return cli_trouble(cli, "--%s: a tag is not empty", names[i]);
            }
        }
    }
    return given > 0 ? remote_each_operand(cli, "files", tag)
                     : cli_trouble(cli, "give --add=TAG or --remove=TAG");
}

static const struct cli_option tag_rows[] = {
    {"add", 0, "TAG", NULL, "Add this tag.", true},
    {"remove", 0, "TAG", NULL, "Remove this tag, before others are added.", true},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group tag_own = {"Files", tag_rows};
static const struct cli_group *const tag_groups[] = {&tag_own, &remote_options, &cli_common_options,
                                                     NULL};
static const char *const tag_examples[] = {
    "csvkit files tag 1234 --add=done --remove=new",
    "Exchange a tag of a file for another.",
    NULL,
};

const struct cli_command cli_cmd_files_tag = {
    .name = "files tag",
    .operands = "ID...",
    .summary = "add tags to files in Storage, or remove them",
    .details = "Changes the tags of each file. A tag that is there already is not added twice, and "
               "one that is not there need not be removed.",
    .groups = tag_groups,
    .examples = tag_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_tag,
};

/* ---- files delete ---------------------------------------------------------------------------- */

static int delete (struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    if (kbc_file_delete(remote->kbc, id, &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(remote->cli, "dry-run")) {
        cli_note(remote->cli, "file %s is deleted", id);
    }
    return CLI_GOOD;
}

static int run_delete(struct cli *cli)
{
    return remote_each_operand(cli, "files", delete);
}

static const struct cli_group *const delete_groups[] = {&remote_options, &cli_common_options, NULL};
static const char *const delete_examples[] = {
    "csvkit files delete 1234 --dry-run",
    "Print the request that would delete the file.",
    NULL,
};

const struct cli_command cli_cmd_files_delete = {
    .name = "files delete",
    .operands = "ID...",
    .summary = "delete files from Storage",
    .details = "Deletes each file at once, without asking. Tables that were loaded from it stay as "
               "they are.",
    .groups = delete_groups,
    .examples = delete_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_delete,
};
