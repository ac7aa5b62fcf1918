/* manifest_options.c - see manifest_options.h. */
#include "csvkit/cli/manifest/manifest_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

static int no_memory(struct cli *cli)
{
    return cli_trouble(cli, "out of memory");
}

/* ---- pairs ---- */

/* Adds the pair to the plan. The texts belong to the plan then; after a failure they are freed. */
static int add_pair(struct cli *cli, struct cli_manifest_plan *plan, struct csvk_manifest_pair pair)
{
    struct csvk_manifest_pair *pairs =
        csvk_reallocarray(plan->pairs, plan->npairs + 1, sizeof *pairs);
    if (pairs != NULL) {
        plan->pairs = pairs;
    }
    if (pairs == NULL || pair.key == NULL || pair.value == NULL) {
        csvk_free(pair.column);
        csvk_free(pair.key);
        csvk_free(pair.value);
        return no_memory(cli);
    }
    plan->pairs[plan->npairs++] = pair;
    return CLI_GOOD;
}

/* Reads KEY=VALUE from `text`, as metadata of `column` or, when its ptr is NULL, of the table. */
static int read_pair(struct cli *cli, struct cli_manifest_plan *plan, const char *option,
                     struct csvk_bytes column, const char *text)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return cli_trouble(cli, "--%s: expected KEY=VALUE, found \"%s\"", option, text);
    }
    struct csvk_manifest_pair pair = {NULL, NULL, NULL};
    if (column.ptr != NULL) {
        pair.column = csvk_strndup((const char *)column.ptr, column.len);
        if (pair.column == NULL) {
            return no_memory(cli);
        }
    }
    pair.key = csvk_strndup(text, (size_t)(equals - text));
    pair.value = csvk_strdup(equals + 1);
    return add_pair(cli, plan, pair);
}

static int read_metadata(struct cli *cli, struct cli_manifest_plan *plan)
{
    const struct csvk_bytes table = {NULL, 0};
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "metadata") && status == CLI_GOOD; i++) {
        status = read_pair(cli, plan, "metadata", table, cli_nth(cli, "metadata", i));
    }
    return status;
}

/* The colon after the name of the column. A name may hold colons, so the longest known name at the
   beginning of `text` counts; without one, the first colon. */
static const char *find_colon(const struct csvk_strings *columns, const char *text)
{
    const char *best = strchr(text, ':');
    size_t longest = 0;
    for (size_t i = 0; i < columns->count; i++) {
        size_t n = strlen(columns->item[i]);
        if (n >= longest && strncmp(text, columns->item[i], n) == 0 && text[n] == ':') {
            best = text + n;
            longest = n;
        }
    }
    return best;
}

static int read_column_metadata(struct cli *cli, struct cli_manifest_plan *plan)
{
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "column-metadata") && status == CLI_GOOD; i++) {
        const char *text = cli_nth(cli, "column-metadata", i);
        const char *colon = find_colon(&plan->columns, text);
        if (colon == NULL) {
            return cli_trouble(cli, "--column-metadata: expected COL:KEY=VALUE, found \"%s\"",
                               text);
        }
        struct csvk_bytes column = {(const unsigned char *)text, (size_t)(colon - text)};
        status = read_pair(cli, plan, "column-metadata", column, colon + 1);
    }
    return status;
}

/* ---- types ---- */

static const char *own(struct cli_manifest_plan *plan, const char *text, size_t length)
{
    if (csvk_strings_addn(&plan->owned, text, length) != CSVK_OK) {
        return NULL;
    }
    return plan->owned.item[plan->owned.count - 1];
}

int cli_manifest_plan_type(struct cli *cli, struct cli_manifest_plan *plan,
                           const struct csvk_manifest_type *type)
{
    for (size_t i = 0; i < plan->ntypes; i++) {
        if (strcmp(plan->types[i].column, type->column) == 0) {
            return CLI_GOOD;
        }
    }
    struct csvk_manifest_type *types =
        csvk_reallocarray(plan->types, plan->ntypes + 1, sizeof *types);
    if (types == NULL) {
        return no_memory(cli);
    }
    plan->types = types;
    struct csvk_manifest_type copy = *type;
    copy.column = own(plan, type->column, strlen(type->column));
    copy.type = own(plan, type->type, strlen(type->type));
    copy.length = type->length != NULL ? own(plan, type->length, strlen(type->length)) : NULL;
    if (copy.column == NULL || copy.type == NULL || (type->length != NULL && copy.length == NULL)) {
        return no_memory(cli);
    }
    types[plan->ntypes++] = copy;
    plan->options.types = types;
    plan->options.ntypes = plan->ntypes;
    return CLI_GOOD;
}

/* The base type, spelled as manifests need it; NULL: there is no such type. */
static const char *base_type(const char *text, size_t length)
{
    static const char *const names[] = {"BOOLEAN", "DATE",   "FLOAT",    "INTEGER",
                                        "NUMERIC", "STRING", "TIMESTAMP"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && strncasecmp(names[i], text, length) == 0) {
            return names[i];
        }
    }
    return NULL;
}

/* Reads COL=TYPE[:LENGTH]. The name of a column may hold an equals sign, a type cannot. */
static int read_type(struct cli *cli, struct cli_manifest_plan *plan, const char *text)
{
    const char *equals = strrchr(text, '=');
    if (equals == NULL || equals == text) {
        return cli_trouble(cli, "--data-type: expected COL=TYPE[:LENGTH] or auto, found \"%s\"",
                           text);
    }
    const char *colon = strchr(equals, ':');
    size_t n = colon != NULL ? (size_t)(colon - equals) - 1 : strlen(equals + 1);
    const char *column = own(plan, text, (size_t)(equals - text));
    if (column == NULL) {
        return no_memory(cli);
    }
    struct csvk_manifest_type type = {column, base_type(equals + 1, n),
                                      colon != NULL ? colon + 1 : NULL, CSVK_UNSET};
    if (type.type == NULL) {
        return cli_trouble(cli,
                           "--data-type=%s: not a base type; use STRING INTEGER NUMERIC FLOAT "
                           "BOOLEAN DATE or TIMESTAMP",
                           text);
    }
    if (colon != NULL && colon[1] == '\0') {
        return cli_trouble(cli, "--data-type=%s: the length is empty", text);
    }
    return cli_manifest_plan_type(cli, plan, &type);
}

static int read_types(struct cli *cli, struct cli_manifest_plan *plan)
{
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "data-type") && status == CLI_GOOD; i++) {
        const char *text = cli_nth(cli, "data-type", i);
        if (strcmp(text, "auto") == 0) {
            plan->types_auto = true;
        } else {
            status = read_type(cli, plan, text);
        }
    }
    return status;
}

/* ---- the plan ---- */

static int read_generation(struct cli *cli, struct cli_manifest_plan *plan)
{
    const char *support = getenv("KBC_DATA_TYPE_SUPPORT");
    bool native = support != NULL && support[0] != '\0' && strcmp(support, "none") != 0;
    if (cli_has(cli, "schema") && cli_has(cli, "legacy")) {
        return cli_trouble(cli, "--schema and --legacy contradict each other");
    }
    native = cli_has(cli, "schema") || (native && !cli_has(cli, "legacy"));
    plan->options.generation = native ? CSVK_GENERATION_NATIVE : CSVK_GENERATION_LEGACY;
    return CLI_GOOD;
}

static int read_deletion(struct cli *cli, struct cli_manifest_plan *plan)
{
    struct csvk_manifest_options *options = &plan->options;
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

int cli_manifest_plan_read(struct cli *cli, struct cli_manifest_plan *plan)
{
    *plan = (struct cli_manifest_plan){0};
    csvk_manifest_options_init(&plan->options);
    struct csvk_manifest_options *options = &plan->options;
    options->destination = cli_value(cli, "destination");
    options->description = cli_value(cli, "description");
    options->incremental = cli_has(cli, "incremental");
    options->write_always = cli_has(cli, "write-always");
    int status = read_generation(cli, plan);
    status = status == CLI_GOOD ? read_deletion(cli, plan) : status;
    status = status == CLI_GOOD ? cli_get_list(cli, "primary-key", &plan->primary_key) : status;
    status = status == CLI_GOOD ? read_metadata(cli, plan) : status;
    return status == CLI_GOOD ? read_types(cli, plan) : status;
}

int cli_manifest_plan_finish(struct cli *cli, struct cli_manifest_plan *plan)
{
    int status = read_column_metadata(cli, plan);
    plan->options.columns = &plan->columns;
    plan->options.primary_key = &plan->primary_key;
    plan->options.delete_values = &plan->delete_values;
    plan->options.pairs = plan->pairs;
    plan->options.npairs = plan->npairs;
    return status;
}

void cli_manifest_plan_release(struct cli_manifest_plan *plan)
{
    for (size_t i = 0; i < plan->npairs; i++) {
        csvk_free(plan->pairs[i].column);
        csvk_free(plan->pairs[i].key);
        csvk_free(plan->pairs[i].value);
    }
    csvk_free(plan->pairs);
    csvk_free(plan->types);
    csvk_strings_release(&plan->columns);
    csvk_strings_release(&plan->primary_key);
    csvk_strings_release(&plan->delete_values);
    csvk_strings_release(&plan->owned);
    *plan = (struct cli_manifest_plan){0};
}
