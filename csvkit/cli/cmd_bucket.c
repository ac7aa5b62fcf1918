/* cmd_bucket.c - csvkit bucket show, create and drop. */
#include "csvkit/cli/remote/remote_print.h"

/* ---- bucket show ----------------------------------------------------------------------------- */

static void print_bucket(struct cli *cli, const struct kbc_bucket *bucket)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    if (!remote_wants_json(cli)) {
        remote_print(cli, "bucket", bucket->id);
        remote_print(cli, "description", bucket->description);
        remote_print(cli, "backend", bucket->backend);
        remote_print(cli, "created", bucket->created);
        for (size_t i = 0; i < bucket->tables.count; i++) {
            remote_print(cli, "table", bucket->tables.item[i]);
        }
        return;
    }
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    remote_put(&json, "bucket", bucket->id);
    remote_put(&json, "description", bucket->description);
    remote_put(&json, "backend", bucket->backend);
    remote_put(&json, "created", bucket->created);
    csvk_json_put_strings(&json, "tables", &bucket->tables);
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

static int show(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    struct kbc_bucket bucket = {0};
    int result = CLI_GOOD;
    if (kbc_bucket_get(remote->kbc, id, &bucket, &err) < 0) {
        result = remote_fail(remote, &err);
    } else if (!cli_has(remote->cli, "dry-run")) {
        print_bucket(remote->cli, &bucket);
    }
    kbc_bucket_release(&bucket);
    return result;
}

static int run_show(struct cli *cli)
{
    return remote_each_operand(cli, "bucket", show);
}

static const struct cli_option show_rows[] = {
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group show_own = {"Bucket", show_rows};
static const struct cli_group *const show_groups[] = {&show_own, &remote_options,
                                                      &cli_common_options, NULL};
static const char *const show_examples[] = {
    "csvkit bucket show in.c-main",
    "The tables of a bucket.",
    NULL,
};

const struct cli_command cli_cmd_bucket_show = {
    .name = "bucket show",
    .operands = "BUCKET...",
    .summary = "show a Storage bucket and its tables",
    .details =
        "Shows the backend of each bucket and the ids of its tables; json is one object on a "
        "line for each bucket.",
    .groups = show_groups,
    .examples = show_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_show,
};

/* ---- bucket create --------------------------------------------------------------------------- */

static int create(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    if (kbc_bucket_create(remote->kbc, id, cli_value(remote->cli, "description"), &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(remote->cli, "dry-run")) {
        cli_note(remote->cli, "%s is created", id);
    }
    return CLI_GOOD;
}

static int run_create(struct cli *cli)
{
    return remote_each_operand(cli, "bucket", create);
}

static const struct cli_option create_rows[] = {
    {"description", 0, "TEXT", NULL, "What the bucket is for.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group create_own = {"Bucket", create_rows};
static const struct cli_group *const create_groups[] = {&create_own, &remote_options,
                                                        &cli_common_options, NULL};
static const char *const create_examples[] = {
    "csvkit bucket create in.c-main --description='orders of the shop'",
    "Make an empty bucket.",
    NULL,
};

const struct cli_command cli_cmd_bucket_create = {
    .name = "bucket create",
    .operands = "BUCKET",
    .summary = "make an empty Storage bucket",
    .details = "Makes a bucket such as in.c-main. A bucket that exists is refused with exit status "
               "1. csvkit load makes missing buckets by itself.",
    .groups = create_groups,
    .examples = create_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_create,
};

/* ---- bucket drop ----------------------------------------------------------------------------- */

static int drop(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    if (kbc_bucket_drop(remote->kbc, id, cli_has(remote->cli, "force"), &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(remote->cli, "dry-run")) {
        cli_note(remote->cli, "%s is dropped", id);
    }
    return CLI_GOOD;
}

static int run_drop(struct cli *cli)
{
    return remote_each_operand(cli, "bucket", drop);
}

static const struct cli_option drop_rows[] = {
    {"force", 0, NULL, NULL, "Drop the tables in it as well. Default: refuse a bucket with tables.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group drop_own = {"Bucket", drop_rows};
static const struct cli_group *const drop_groups[] = {&drop_own, &remote_options,
                                                      &cli_common_options, NULL};
static const char *const drop_examples[] = {
    "csvkit bucket drop in.c-main --dry-run",
    "Print the request that would drop the bucket.",
    NULL,
};

const struct cli_command cli_cmd_bucket_drop = {
    .name = "bucket drop",
    .operands = "BUCKET...",
    .summary = "drop Storage buckets",
    .details = "Drops each bucket at once, without asking. A bucket with tables in it is refused "
               "with exit status 1, unless --force is given.",
    .groups = drop_groups,
    .examples = drop_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_drop,
};
