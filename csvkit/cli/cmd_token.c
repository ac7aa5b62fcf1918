/* cmd_token.c - csvkit token: what the token may do, and where it belongs to. */
#include "csvkit/cli/remote/remote_print.h"

static void put_buckets(struct csvk_json *json, const struct kbc_token *token)
{
    csvk_json_key(json, "buckets");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < token->bucket_ids.count; i++) {
        csvk_json_put_string(json, token->bucket_ids.item[i], token->bucket_rights.item[i]);
    }
    csvk_json_close(json, '}');
}

static void print_json(struct cli *cli, const struct kbc_token *token)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    remote_put(&json, "token_id", token->id);
    remote_put(&json, "description", token->description);
    csvk_json_put_bool(&json, "master", token->master);
    csvk_json_put_bool(&json, "can_manage_buckets", token->buckets);
    csvk_json_put_bool(&json, "can_read_all_files", token->files);
    remote_put(&json, "created", token->created);
    remote_put(&json, "expires", token->expires);
    remote_put(&json, "project_id", token->project_id);
    remote_put(&json, "project", token->project);
    remote_put(&json, "stack", token->stack);
    remote_put(&json, "region", token->region);
    remote_put(&json, "backend", token->backend);
    remote_put(&json, "provider", token->provider);
    put_buckets(&json, token);
    csvk_json_put_strings(&json, "features", &token->features);
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

static void print_text(struct cli *cli, const struct kbc_token *token)
{
    remote_print(cli, "token", token->id);
    remote_print(cli, "description", token->description);
    remote_print(cli, "master token", token->master ? "yes" : "no");
    remote_print(cli, "makes buckets", token->buckets ? "yes" : "no");
    remote_print(cli, "reads all files", token->files ? "yes" : "no");
    remote_print(cli, "expires", token->expires[0] ? token->expires : "never");
    remote_print(cli, "project", token->project);
    remote_print(cli, "project id", token->project_id);
    remote_print(cli, "stack", token->stack);
    remote_print(cli, "region", token->region);
    remote_print(cli, "backend", token->backend);
    remote_print(cli, "files stored by", token->provider);
    for (size_t i = 0; i < token->bucket_ids.count; i++) {
        struct csvk_buf text = CSVK_BUF_INIT;
        if (csvk_buf_printf(&text, "%s: %s", token->bucket_ids.item[i],
                            token->bucket_rights.item[i]) == CSVK_OK) {
            remote_print(cli, "bucket", csvk_buf_text(&text));
        }
        csvk_buf_release(&text);
    }
}

static int run(struct cli *cli)
{
    struct remote remote = {0};
    struct csvk_error err = {0};
    struct kbc_token token = {0};
    int status = remote_open(&remote, cli, "token");
    if (status == CLI_GOOD && kbc_token_get(remote.kbc, &token, &err) < 0) {
        status = remote_fail(&remote, &err);
    } else if (status == CLI_GOOD && !cli_has(cli, "dry-run")) {
        remote_wants_json(cli) ? print_json(cli, &token) : print_text(cli, &token);
    }
    kbc_token_release(&token);
    return remote_close(&remote, status);
}

static const struct cli_option rows[] = {
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Token", rows};
static const struct cli_group *const groups[] = {&own, &remote_options, &cli_common_options, NULL};
static const char *const examples[] = {
    "csvkit token",
    "Check the token before a long upload.",
    "csvkit token --format=json | jq -r .backend",
    "The backend of the project.",
    NULL,
};

const struct cli_command cli_cmd_token = {
    .name = "token",
    .operands = "",
    .summary = "show what the token may do, and its project, backend and stack",
    .details = "Asks Storage about the token. The token itself is never printed. A token that the "
               "stack does not know ends with exit status 2; tokens are valid on one stack only.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
