/* cmd_table.c - csvkit table show, create and drop: the tables that imports go to. */
#include "csvkit/cli/remote/remote_print.h"

#include <string.h>

/* ---- table show ------------------------------------------------------------------------------ */

static void print_table_json(struct cli *cli, const struct kbc_table *table)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_json json;
    csvk_json_init(&json, &text);
    csvk_json_open(&json, '{');
    remote_put(&json, "table", table->id);
    csvk_json_put_strings(&json, "columns", &table->columns);
    csvk_json_put_strings(&json, "primary_key", &table->primary_key);
    csvk_json_put_bool(&json, "typed", table->typed);
    csvk_json_put_strings(&json, "types", &table->types);
    csvk_json_put_bool(&json, "alias", table->alias);
    csvk_json_put_uint(&json, "rows", table->rows);
    csvk_json_put_uint(&json, "bytes", table->bytes);
    remote_put(&json, "backend", table->backend);
    remote_put(&json, "created", table->created);
    remote_put(&json, "last_import", table->last_import);
    csvk_json_close(&json, '}');
    cli_out_result(cli, &text, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&text, '\n'));
}

static void print_table(struct cli *cli, const struct kbc_table *table)
{
    remote_print(cli, "table", table->id);
    remote_print_list(cli, "columns", &table->columns);
    remote_print_list(cli, "types", &table->types);
    remote_print_list(cli, "primary key", &table->primary_key);
    remote_print_number(cli, "rows", table->rows);
    remote_print_number(cli, "bytes", table->bytes);
    remote_print(cli, "backend", table->backend);
    remote_print(cli, "created", table->created);
    remote_print(cli, "last import", table->last_import);
    remote_print(cli, "alias", table->alias ? "yes: no import goes to it" : "");
}

static int show(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    struct kbc_table table = {0};
    int result = CLI_GOOD;
    if (kbc_table_get(remote->kbc, id, &table, &err) < 0) {
        result = remote_fail(remote, &err);
    } else if (!cli_has(remote->cli, "dry-run")) {
        remote_wants_json(remote->cli) ? print_table_json(remote->cli, &table)
                                       : print_table(remote->cli, &table);
    }
    kbc_table_release(&table);
    return result;
}

static int run_show(struct cli *cli)
{
    return remote_each_operand(cli, "table", show);
}

static const struct cli_option show_rows[] = {
    {"format", 'f', "NAME", "text|json", "The format of the result. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group show_own = {"Table", show_rows};
static const struct cli_group *const show_groups[] = {&show_own, &remote_options,
                                                      &cli_common_options, NULL};
static const char *const show_examples[] = {
    "csvkit table show in.c-main.orders",
    "Columns, key and rows of a table.",
    NULL,
};

const struct cli_command cli_cmd_table_show = {
    .name = "table show",
    .operands = "TABLE...",
    .summary = "show the columns, the key and the size of a Storage table",
    .details = "Shows what an import has to fit: the columns, their types when the table has them, "
               "and the primary key. json is one object on a line for each table.",
    .groups = show_groups,
    .examples = show_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_show,
};

/* ---- table create ---------------------------------------------------------------------------- */

/* COLUMN=TYPE, in any order; a column without one is text. */
static int read_types(struct cli *cli, const struct csvk_strings *columns,
                      struct csvk_strings *types)
{
    if (!cli_has(cli, "data-type")) {
        return CLI_GOOD;
    }
    for (size_t i = 0; i < columns->count; i++) {
        const char *type = "STRING";
        size_t length = strlen(columns->item[i]);
        for (size_t j = 0; j < cli_count(cli, "data-type"); j++) {
            const char *text = cli_nth(cli, "data-type", j);
            bool about = strncmp(text, columns->item[i], length) == 0 && text[length] == '=';
            type = about ? text + length + 1 : type;
        }
        if (csvk_strings_add(types, type) < 0) {
            return cli_trouble(cli, "out of memory");
        }
    }
    return CLI_GOOD;
}

static int check_types(struct cli *cli, const struct csvk_strings *columns)
{
    for (size_t j = 0; j < cli_count(cli, "data-type"); j++) {
        const char *text = cli_nth(cli, "data-type", j);
        bool known = false;
        for (size_t i = 0; i < columns->count; i++) {
            size_t length = strlen(columns->item[i]);
            known = known || (strncmp(text, columns->item[i], length) == 0 && text[length] == '=');
        }
        if (!known) {
            return cli_trouble(cli, "--data-type=%s: expected COLUMN=TYPE for one of --columns",
                               text);
        }
    }
    return CLI_GOOD;
}

static int create(struct remote *remote, const struct kbc_new_table *wanted)
{
    struct csvk_error err = {0};
    bool bucket_created = false;
    if (kbc_table_create(remote->kbc, wanted, &bucket_created, &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(remote->cli, "dry-run")) {
        cli_note(remote->cli, "%s is created%s", wanted->id,
                 bucket_created ? ", and its bucket" : "");
    }
    return CLI_GOOD;
}

static int run_create(struct cli *cli)
{
    struct remote remote = {0};
    struct csvk_strings columns = {0}, key = {0}, types = {0};
    struct kbc_new_table wanted = {cli_operand(cli, 0), &columns, &key, &types};
    int status = cli_get_list(cli, "columns", &columns);
    if (status == CLI_GOOD && columns.count == 0) {
        status = cli_trouble(cli, "give --columns=A,B,C, the names of the columns");
    }
    status = status == CLI_GOOD ? cli_get_list(cli, "primary-key", &key) : status;
    status = status == CLI_GOOD ? check_types(cli, &columns) : status;
    status = status == CLI_GOOD ? read_types(cli, &columns, &types) : status;
    status = status == CLI_GOOD ? remote_open(&remote, cli, "table") : status;
    status = status == CLI_GOOD ? create(&remote, &wanted) : status;
    csvk_strings_release(&columns);
    csvk_strings_release(&key);
    csvk_strings_release(&types);
    return remote_close(&remote, status);
}

static const struct cli_option create_rows[] = {
    {"columns", 0, "A,B,C", NULL, "The names of the columns.", false},
    {"primary-key", 0, "A,B", NULL, "The columns of the primary key. Default: none.", false},
    {"data-type", 0, "COLUMN=TYPE", NULL,
     "The base type of a column: STRING, INTEGER, NUMERIC, FLOAT, BOOLEAN, DATE or TIMESTAMP. When "
     "one column has a type, the table is typed and the others are STRING. Default: all are text.",
     true},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group create_own = {"Table", create_rows};
static const struct cli_group *const create_groups[] = {&create_own, &remote_options,
                                                        &cli_common_options, NULL};
static const char *const create_examples[] = {
    "csvkit table create in.c-main.orders --columns=id,name --primary-key=id",
    "Make an empty table; its bucket is made when it does not exist.",
    NULL,
};

const struct cli_command cli_cmd_table_create = {
    .name = "table create",
    .operands = "TABLE",
    .summary = "make an empty Storage table",
    .details = "Makes an empty table, and its bucket when that does not exist. A table that exists "
               "is refused with exit status 1. csvkit load makes missing tables by itself.",
    .groups = create_groups,
    .examples = create_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_create,
};

/* ---- table drop ------------------------------------------------------------------------------ */

static int drop(struct remote *remote, const char *id)
{
    struct csvk_error err = {0};
    if (kbc_table_drop(remote->kbc, id, &err) < 0) {
        return remote_fail(remote, &err);
    }
    if (!cli_has(remote->cli, "dry-run")) {
        cli_note(remote->cli, "%s is dropped", id);
    }
    return CLI_GOOD;
}

static int run_drop(struct cli *cli)
{
    return remote_each_operand(cli, "table", drop);
}

static const struct cli_group *const drop_groups[] = {&remote_options, &cli_common_options, NULL};
static const char *const drop_examples[] = {
    "csvkit table drop in.c-main.orders --dry-run",
    "Print the request that would drop the table.",
    NULL,
};

const struct cli_command cli_cmd_table_drop = {
    .name = "table drop",
    .operands = "TABLE...",
    .summary = "drop Storage tables with all their rows",
    .details = "Drops each table at once, without asking.",
    .groups = drop_groups,
    .examples = drop_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_drop,
};
