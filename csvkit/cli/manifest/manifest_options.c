/* manifest_options.c - see manifest_options.h. */
#include "csvkit/cli/manifest/manifest_options.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option rows[] = {
    {"destination", 0, "TABLE", NULL,
     "The Storage table to load into: stage.c-bucket.table, or a table name alone when the "
     "component has a default bucket.",
     false},
    {"primary-key", 0, "A,B", NULL, "The columns of the primary key.", true},
    {"incremental", 0, NULL, NULL,
     "Add the rows to the table; a row with the primary key of an old row replaces it. Default: "
     "replace all rows of the table.",
     false},
    {"metadata", 0, "KEY=VALUE", NULL, "Metadata of the table.", true},
    {"column-metadata", 0, "COL:KEY=VALUE", NULL, "Metadata of a column.", true},
    {"description", 0, "TEXT", NULL, "The description of the table.", false},
    {"delete-where-column", 0, "COL", NULL,
     "Before the load, delete rows of the table by the value of this column.", false},
    {"delete-where-values", 0, "A,B", NULL, "The values for --delete-where-column.", true},
    {"delete-where-operator", 0, "OP", "eq|ne",
     "Delete the rows whose value is in the list (eq) or is not in it (ne). Default: eq.", false},
    {"write-always", 0, NULL, NULL, "Load the table even when the job fails.", false},
    {"schema", 0, NULL, NULL,
     "Write a native manifest, which has a schema. This is the default when KBC_DATA_TYPE_SUPPORT "
     "is set and is not none.",
     false},
    {"legacy", 0, NULL, NULL, "Write a legacy manifest, which has columns and column_metadata.",
     false},
    {"data-type", 0, "COL=TYPE[:LENGTH]", NULL,
     "The base type of a column: STRING INTEGER NUMERIC FLOAT BOOLEAN DATE TIMESTAMP. With "
     "--data-type=auto, csvkit reads all the data and proposes a type for every column without "
     "one.",
     true},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_manifest_contents = {"Contents of the manifest", rows};

/* ---- lists of texts ---- */

typedef int read_text(struct csvk_manifest_plan *plan, const char *text, struct csvk_error *err);

static int read_each(struct cli *cli, struct csvk_manifest_plan *plan, const char *option,
                     read_text *read)
{
    struct csvk_error err = {0};
    for (size_t i = 0; i < cli_count(cli, option); i++) {
        if (read(plan, cli_nth(cli, option, i), &err) != CSVK_OK) {
            return cli_fail(cli, &err);
        }
    }
    return CLI_GOOD;
}

static int keep_text(struct csvk_manifest_plan *plan, const char *text, struct csvk_error *err)
{
    int status = csvk_strings_add(&plan->column_metadata, text);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* ---- the plan ---- */

static int read_generation(struct cli *cli, struct csvk_manifest_plan *plan)
{
    const char *support = getenv("KBC_DATA_TYPE_SUPPORT");
    bool native = support != NULL && support[0] != '\0' && strcmp(support, "none") != 0;
    if (cli_has(cli, "schema") && cli_has(cli, "legacy")) {
        return cli_trouble(cli, "--schema and --legacy contradict each other");
    }
    plan->generation_given = cli_has(cli, "schema") || cli_has(cli, "legacy");
    native = cli_has(cli, "schema") || (native && !cli_has(cli, "legacy"));
    plan->options->generation = native ? CSVK_GENERATION_NATIVE : CSVK_GENERATION_LEGACY;
    return CLI_GOOD;
}

static int read_deletion(struct cli *cli, struct csvk_manifest_plan *plan)
{
    struct csvk_manifest_options *options = plan->options;
    options->delete_column = cli_value(cli, "delete-where-column");
    options->delete_operator = cli_value(cli, "delete-where-operator");
    int status = cli_get_list(cli, "delete-where-values", &plan->delete_values);
    if (status != CLI_GOOD) {
        return status;
    }
    if (options->delete_column != NULL && plan->delete_values.count == 0) {
        return cli_trouble(cli, "--delete-where-column needs --delete-where-values");
    }
    if (options->delete_column == NULL &&
        (plan->delete_values.count > 0 || options->delete_operator != NULL)) {
        return cli_trouble(cli, "--delete-where-values and --delete-where-operator need "
                                "--delete-where-column");
    }
    return CLI_GOOD;
}

int cli_manifest_plan_read(struct cli *cli, struct csvk_manifest_plan **out)
{
    struct csvk_error err = {0};
    if (csvk_manifest_plan_new(out, &err) != CSVK_OK) {
        return cli_fail(cli, &err);
    }
    struct csvk_manifest_plan *plan = *out;
    struct csvk_manifest_options *options = plan->options;
    options->destination = cli_value(cli, "destination");
    options->description = cli_value(cli, "description");
    options->incremental = cli_has(cli, "incremental");
    options->write_always = cli_has(cli, "write-always");
    int status = read_generation(cli, plan);
    status = status == CLI_GOOD ? read_deletion(cli, plan) : status;
    status = status == CLI_GOOD ? cli_get_list(cli, "primary-key", &plan->primary_key) : status;
    status =
        status == CLI_GOOD ? read_each(cli, plan, "metadata", csvk_manifest_plan_pair) : status;
    status = status == CLI_GOOD ? read_each(cli, plan, "column-metadata", keep_text) : status;
    return status == CLI_GOOD ? read_each(cli, plan, "data-type", csvk_manifest_plan_type) : status;
}
