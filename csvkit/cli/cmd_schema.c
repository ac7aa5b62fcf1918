/* cmd_schema.c - csvkit schema convert, check and diff. */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/schema/schema_diff.h"
#include "csvkit/cli/schema/schema_options.h"
#include "csvkit/cli/stats/table_stats.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/json.h"
#include "csvkit/schema/write/schema_family.h"

#include <inttypes.h>
#include <string.h>

static bool wants_json(const struct cli *cli)
{
    const char *format = cli_value(cli, "format");
    return format != NULL && strcmp(format, "json") == 0;
}

/* ---- convert --------------------------------------------------------------------------------- */

static int run_convert(struct cli *cli)
{
    struct schema_input input;
    struct schema_writing how = {.header = true};
    int status = cli_get_schema_kind(cli, &how.to);
    if (status != CLI_GOOD) {
        return status;
    }
    status = cli_read_schema(cli, cli_operand(cli, 0), &input);
    if (status == CLI_GOOD) {
        how.schema = input.schema;
        how.dialect = &input.dialect;
        how.url = input.url;
        how.header = input.header;
        status = cli_write_schema(cli, &how);
    }
    cli_release_schema(&input);
    return status;
}

static const struct cli_group *const convert_groups[] = {&cli_schema_output_options,
                                                         &cli_common_options, NULL};
static const char *const convert_examples[] = {
    "csvkit schema convert orders.csv.manifest --to=table-schema",
    "Print the columns of a native manifest as a Table Schema.",
    "csvkit schema convert orders.schema.json --to=native -o orders.csv.manifest",
    "Write a native manifest with the types of a Table Schema.",
    NULL,
};
const struct cli_command cli_cmd_schema_convert = {
    .name = "schema convert",
    .operands = "SCHEMA",
    .summary = "write a schema as one of another kind",
    .details =
        "Reads SCHEMA, a native manifest, a Table Schema or CSVW metadata, and writes it as "
        "another kind. What has no counterpart there is told on standard error, a line for each; "
        "a column whose type has none becomes text.",
    .groups = convert_groups,
    .examples = convert_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_convert,
};

/* ---- check ----------------------------------------------------------------------------------- */

static int print_check(struct cli *cli, const char *file, const struct schema_input *input,
                       int status)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    size_t columns = status == CLI_GOOD ? csvk_schema_count(input->schema) : 0;
    int made;
    if (wants_json(cli)) {
        struct csvk_json json;
        csvk_json_init(&json, &out);
        csvk_json_open(&json, '{');
        csvk_json_put_string(&json, "file", file);
        csvk_json_put_string(&json, "kind",
                             input->kind_known ? schema_kind_name(input->kind) : NULL);
        csvk_json_put_bool(&json, "valid", status == CLI_GOOD);
        csvk_json_put_uint(&json, "columns", columns);
        csvk_json_close(&json, '}');
        made = json.failed ? CSVK_ENOMEM : csvk_buf_putc(&out, '\n');
    } else {
        made = csvk_buf_add_escaped(&out, file, strlen(file));
        made =
            made != CSVK_OK ? made
            : status == CLI_GOOD
                ? csvk_buf_printf(&out, ": good (%s, %zu column%s)\n",
                                  schema_kind_name(input->kind), columns, cli_plural(columns))
                : csvk_buf_puts(&out, status == CLI_REFUSED ? ": not good\n" : ": not checked\n");
    }
    cli_out_result(cli, &out, made);
    return status;
}

/* A type whose values cannot be judged, or a limit that makes no sense for it. */
static int check_columns(struct cli *cli, const char *file, const struct schema_input *input)
{
    int result = CLI_GOOD;
    for (size_t i = 0; i < csvk_schema_count(input->schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        struct csvk_error err = {0};
        if (csvk_schema_at(input->schema, i, CSVK_BACKEND_PORTABLE, &column, &err) != CSVK_OK) {
            return cli_fail(cli, &err);
        }
        if (csvk_schema_check_column(input->schema, i, &err) != CSVK_OK) {
            result = cli_refuse(cli, "%s: column %s: %s", file, column.name, err.text);
        } else if (column.type == CSVK_VALUE_ANY && column.declared != NULL &&
                   input->kind == CSVK_SCHEMA_NATIVE) {
            result = cli_refuse(cli, "%s: column %s: values cannot be judged as %s", file,
                                column.name, column.declared);
        }
    }
    return result;
}

static int run_check(struct cli *cli)
{
    int worst = CLI_GOOD;
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        struct schema_input input;
        const char *file = cli_operand(cli, i);
        int status = cli_check_schema(cli, file, &input);
        status = status == CLI_GOOD ? check_columns(cli, file, &input) : status;
        print_check(cli, file, &input, status);
        cli_release_schema(&input);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static const struct cli_option format_rows[] = {
    {"format", 'f', "FORMAT", "text|json",
     "The output format: text for people, or one JSON object on a line. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group format_options = {"Output", format_rows};
static const struct cli_group *const check_groups[] = {&format_options, &cli_common_options, NULL};
static const char *const check_examples[] = {
    "csvkit schema check orders.schema.json",
    "Say whether orders.schema.json is a schema that csvkit can hold values against.",
    NULL,
};
const struct cli_command cli_cmd_schema_check = {
    .name = "schema check",
    .operands = "SCHEMA...",
    .summary = "check a schema itself",
    .details = "Reads each SCHEMA as validate does, and says what is wrong with it. The exit "
               "status is 1 when one is wrong or has a type whose values cannot be judged, 2 when "
               "one cannot be read or asks for something that is not supported. csvkit manifest "
               "check looks at all of a manifest.",
    .groups = check_groups,
    .examples = check_examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_check,
};

/* ---- diff: the two sides --------------------------------------------------------------------- */

static int take_schema(struct cli *cli, const char *path, struct side *side)
{
    struct schema_input input;
    int status = cli_read_schema(cli, path, &input);
    struct csvk_schema_table table = {.size = sizeof table};
    if (status == CLI_GOOD && csvk_schema_get_table(input.schema, &table, NULL) != CSVK_OK) {
        status = cli_trouble(cli, "out of memory");
    }
    for (size_t i = 0; status == CLI_GOOD && i < csvk_schema_count(input.schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        struct side_column *added = NULL;
        if (csvk_schema_at(input.schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK) {
            added = side_add(side, schema_column_title(&column),
                             column.declared != NULL
                                 ? column.declared
                                 : csvk_value_type_name((enum csvk_value_type)column.type));
        }
        if (added == NULL) {
            status = cli_trouble(cli, "out of memory");
            break;
        }
        added->family = schema_type_of(&column);
        added->filled = column.required != 0 || (table.primary_key != NULL &&
                                                 csvk_strings_has(table.primary_key, column.name));
    }
    cli_release_schema(&input);
    return status;
}

static int take_table(struct cli *cli, const char *path, struct side *side)
{
    struct table_stats table;
    int status = cli_stats_of_table(cli, path, &table);
    side->is_table = true;
    if (status == CLI_REFUSED && table.stats != NULL) {
        status = cli_refuse(cli, "%s: not compared, as not all of it could be read", path);
    }
    for (size_t i = 0; status == CLI_GOOD && i < table.names.count; i++) {
        const struct csvk_column_stats *column;
        struct side_column *added = NULL;
        if (csvk_stats_column(table.stats, i, &column) == CSVK_OK) {
            enum csvk_type type = csvk_types_propose(column->types);
            added = side_add(side, table.names.item[i], csvk_type_name(type));
        }
        if (added == NULL) {
            status = cli_trouble(cli, "out of memory");
            break;
        }
        added->family = (int)csvk_types_propose(column->types);
        added->filled = column->empty == 0;
        added->evidence = *column->types;
    }
    cli_stats_release(&table);
    return status;
}

static int take_side(struct cli *cli, const char *path, struct side *side)
{
    bool schema;
    int status = cli_is_schema(cli, path, &schema);
    if (status != CLI_GOOD) {
        return status;
    }
    return schema ? take_schema(cli, path, side) : take_table(cli, path, side);
}

/* ---- diff: the answer ------------------------------------------------------------------------ */

static int add_difference(struct csvk_buf *out, const struct difference *d)
{
    if (d->kind == DIFFERENCE_ORDER) {
        return csvk_buf_puts(out, "~ the columns are in another order\n");
    }
    int status = csvk_buf_puts(out, d->kind == DIFFERENCE_REMOVED ? "- "
                                    : d->kind == DIFFERENCE_ADDED ? "+ "
                                                                  : "~ ");
    status = status == CSVK_OK ? csvk_buf_add_escaped(out, d->column, strlen(d->column)) : status;
    if (status != CSVK_OK) {
        return status;
    }
    switch (d->kind) {
    case DIFFERENCE_REMOVED: return csvk_buf_printf(out, ": %s\n", d->a);
    case DIFFERENCE_ADDED: return csvk_buf_printf(out, ": %s\n", d->b);
    case DIFFERENCE_TYPE:
    case DIFFERENCE_EMPTY:
    case DIFFERENCE_ORDER: break;
    }
    status = csvk_buf_printf(out, ": %s -> %s", d->a, d->b);
    if (status == CSVK_OK && d->misfits != 0) {
        status = csvk_buf_printf(out, " (%" PRIu64 " value%s not fit)", d->misfits,
                                 d->misfits == 1 ? " does" : "s do");
    }
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

static void put_difference(struct csvk_json *json, const struct difference *d)
{
    static const char *const kinds[] = {"removed", "added", "order", "type", "empty"};
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "kind", kinds[d->kind]);
    csvk_json_put_string(json, "column", d->column);
    csvk_json_put_string(json, "a", d->a);
    csvk_json_put_string(json, "b", d->b);
    if (d->misfits != 0) {
        csvk_json_put_uint(json, "misfits", d->misfits);
    }
    csvk_json_close(json, '}');
}

static int add_json(struct csvk_buf *out, const char *a, const char *b,
                    const struct differences *differences)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "a", a);
    csvk_json_put_string(&json, "b", b);
    csvk_json_put_bool(&json, "same", differences->count == 0);
    csvk_json_key(&json, "differences");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < differences->count; i++) {
        put_difference(&json, &differences->item[i]);
    }
    csvk_json_close(&json, ']');
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static int print_differences(struct cli *cli, const struct differences *differences)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int made = CSVK_OK;
    if (wants_json(cli)) {
        made = add_json(&out, cli_operand(cli, 0), cli_operand(cli, 1), differences);
    }
    for (size_t i = 0; !wants_json(cli) && i < differences->count && made == CSVK_OK; i++) {
        made = add_difference(&out, &differences->item[i]);
    }
    cli_out_result(cli, &out, made);
    return differences->count == 0 ? CLI_GOOD : CLI_REFUSED;
}

static int run_diff(struct cli *cli)
{
    struct side a = {0}, b = {0};
    struct differences differences = {NULL, 0};
    int status = take_side(cli, cli_operand(cli, 0), &a);
    status = status == CLI_GOOD ? take_side(cli, cli_operand(cli, 1), &b) : status;
    if (status == CLI_GOOD) {
        status = sides_compare(&a, &b, &differences) == CSVK_OK
                     ? print_differences(cli, &differences)
                     : cli_trouble(cli, "out of memory");
    }
    differences_release(&differences);
    side_release(&a);
    side_release(&b);
    return status;
}

static const struct cli_group *const diff_groups[] = {&format_options,     &cli_dialect_options,
                                                      &cli_blanks_options, &cli_manifest_options,
                                                      &cli_common_options, NULL};
static const char *const diff_examples[] = {
    "csvkit schema diff orders-october.csv orders-november.csv",
    "Say which columns came, went or changed their type since last month.",
    "csvkit schema diff orders.csv orders.csv.manifest",
    "Say what in the table is not as its manifest declares.",
    NULL,
};
const struct cli_command cli_cmd_schema_diff = {
    .name = "schema diff",
    .operands = "A B",
    .summary = "show what is different in two tables, or a table and a schema",
    .details =
        "A and B are tables or schemas (files of JSON). Columns are compared by their names: which "
        "ones only one side has, their order, their types, and whether values are missing. Two "
        "tables have the same type in a column when the same one would be proposed for it. A table "
        "and a schema differ only where a value does not fit: csvkit validate --schema shows each "
        "of them.\n\n"
        "- is only in A, + only in B, ~ is in both. The exit status is 1 when there is a "
        "difference.",
    .groups = diff_groups,
    .examples = diff_examples,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_diff,
};
