/* cmd_schema_infer.c - csvkit schema infer FILE: a schema from all values of a table. */
#include "csvkit/cli/frame/cli.h"
#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/schema/inference.h"
#include "csvkit/cli/schema/schema_options.h"
#include "csvkit/cli/stats/stats_report.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/json.h"

#include <inttypes.h>
#include <string.h>

struct infer {
    struct cli *cli;
    const char *file; /* the first one */
    enum csvk_schema_kind kind;
    uint64_t max_misfits;
    struct table_stats table;
    struct csvk_schema *schema;
    struct csvk_buf label; /* of the table, in messages */
};

enum { HARDLY_ANY = 10 }; /* fewer than one value of so many is */

/* ---- evidence -------------------------------------------------------------------------------- */

/* The narrower type that most values fit, though not all; `type` itself when no value fits one. */
static enum csvk_type next_narrower(const struct csvk_column_stats *column, enum csvk_type type)
{
    enum csvk_type narrower = type;
    uint64_t fewest = column->values;
    for (int t = 0; t < (int)type && t < CSVK_TYPE_STRING; t++) {
        uint64_t misfits = column->types->misfits[t];
        if (misfits < fewest && misfits != 0) {
            narrower = (enum csvk_type)t;
            fewest = misfits;
        }
    }
    return narrower;
}

/* Why the type was not proposed: the first value that is not of it, and how many are not, or are
   where these are the exception. Where hardly any value is, one that is not shows nothing. */
static int add_narrower(struct csvk_buf *out, const struct csvk_column_stats *column,
                        enum csvk_type type)
{
    uint64_t misfits = column->types->misfits[type], fit = column->values - misfits;
    bool shows = fit >= column->values / HARDLY_ANY;
    int status = shows ? cli_add_type_reason(out, column->types, type) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    if (fit >= misfits) {
        return csvk_buf_printf(out, "; %" PRIu64 " of %" PRIu64 " values", misfits, column->values);
    }
    return csvk_buf_printf(out, "; only %" PRIu64 " of %" PRIu64 " values %s %s", fit,
                           column->values, fit == 1 ? "is" : "are", csvk_type_name(type));
}

static int add_evidence(struct csvk_buf *out, const char *name,
                        const struct csvk_column_stats *column, const struct inference *found)
{
    int status = csvk_buf_add_escaped(out, name, strlen(name));
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out,
                                 ": %s (%" PRIu64 " value%s, %s%" PRIu64 " different, %" PRIu64
                                 " empty; confidence: %s",
                                 csvk_type_name(found->type), column->values,
                                 cli_plural(column->values), column->distinct_exact ? "" : "about ",
                                 column->distinct, column->empty, found->confidence);
    }
    if (status == CSVK_OK && found->misfits != 0) {
        status = csvk_buf_printf(out, "; %" PRIu64 " value%s not fit", found->misfits,
                                 found->misfits == 1 ? " does" : "s do");
    }
    if (status == CSVK_OK && found->unwritten != NULL) {
        status = csvk_buf_printf(out, "; %s", found->unwritten);
    }
    enum csvk_type narrower = next_narrower(column, found->type);
    if (status == CSVK_OK && narrower != found->type) {
        status = add_narrower(out, column, narrower);
    }
    return status == CSVK_OK ? csvk_buf_puts(out, ")\n") : status;
}

static void put_evidence(struct csvk_json *json, const char *name,
                         const struct csvk_column_stats *column, const struct inference *found)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "column", name);
    csvk_json_put_string(json, "type", csvk_type_name(found->type));
    csvk_json_put_string(json, "confidence", found->confidence);
    csvk_json_put_uint(json, "values", column->values);
    csvk_json_put_uint(json, "empty", column->empty);
    csvk_json_put_uint(json, "distinct", column->distinct);
    csvk_json_put_bool(json, "distinct_exact", column->distinct_exact);
    csvk_json_put_uint(json, "misfits", found->misfits);
    csvk_json_put_string(json, "not_written", found->unwritten);
    csvk_json_key(json, "narrower");
    csvk_json_open(json, '[');
    for (int type = 0; type < CSVK_TYPE_STRING && column->values != 0; type++) {
        const struct csvk_type_exclusion *first = &column->types->excluded[type];
        if (first->record == 0 || type >= (int)found->type) {
            continue;
        }
        csvk_json_open(json, '{');
        csvk_json_put_string(json, "type", csvk_type_name((enum csvk_type)type));
        csvk_json_put_uint(json, "misfits", column->types->misfits[type]);
        csvk_json_put_uint(json, "record", first->record);
        csvk_json_key(json, "value");
        csvk_json_bytes(json, first->sample,
                        first->length < CSVK_TYPE_SAMPLE ? first->length : CSVK_TYPE_SAMPLE);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
}

/* Text on standard error; with --format=json, JSON on standard output. */
static int tell_evidence(struct infer *infer)
{
    const char *format = cli_value(infer->cli, "format");
    bool as_json = format != NULL && strcmp(format, "json") == 0;
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_json json;
    int status = CSVK_OK;
    csvk_json_init(&json, &out);
    if (as_json) {
        csvk_json_open(&json, '{');
        csvk_json_put_string(&json, "file", infer->file);
        cli_stats_put_files(&json, &infer->table);
        csvk_json_put_string(&json, "schema", cli_value(infer->cli, "output"));
        csvk_json_key(&json, "columns");
        csvk_json_open(&json, '[');
    }
    for (size_t i = 0; i < infer->table.names.count && status == CSVK_OK; i++) {
        const struct csvk_column_stats *column;
        status = csvk_stats_column(infer->table.stats, i, &column);
        if (status != CSVK_OK) {
            break;
        }
        struct inference found = infer_column(column, infer->kind, infer->max_misfits);
        if (as_json) {
            put_evidence(&json, infer->table.names.item[i], column, &found);
        } else {
            status = add_evidence(&out, infer->table.names.item[i], column, &found);
        }
    }
    if (as_json) {
        csvk_json_close(&json, ']');
        csvk_json_close(&json, '}');
        status = json.failed ? CSVK_ENOMEM : status;
        status = status == CSVK_OK ? csvk_buf_putc(&out, '\n') : status;
        cli_out_result(infer->cli, &out, status);
        return CLI_GOOD;
    }
    if (status == CSVK_OK && !cli_has(infer->cli, "quiet")) {
        fputs(csvk_buf_text(&out), stderr);
    }
    csvk_buf_release(&out);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(infer->cli, "out of memory");
}

/* ---- the command ----------------------------------------------------------------------------- */

static int read_options(struct infer *infer)
{
    const char *output = cli_value(infer->cli, "output"), *format = cli_value(infer->cli, "format");
    bool as_json = format != NULL && strcmp(format, "json") == 0;
    if (as_json && (output == NULL || strcmp(output, "-") == 0)) {
        return cli_trouble(infer->cli, "--format=json: the schema goes to standard output already; "
                                       "give --output=FILE");
    }
    int status = cli_get_schema_kind(infer->cli, &infer->kind);
    return status == CLI_GOOD
               ? cli_get_uint(infer->cli, "max-misfits", 0, UINT64_MAX, &infer->max_misfits)
               : status;
}

/* Metadata stands beside its data; so does what is named in it. */
static const char *beside(const char *file)
{
    const char *slash = strrchr(file, '/');
    return strcmp(file, "-") == 0 ? NULL : slash != NULL ? slash + 1 : file;
}

static int infer_one(struct infer *infer)
{
    struct csvk_error err = {0};
    int result = cli_stats_of_parts(infer->cli, cli_operands(infer->cli), cli_noperands(infer->cli),
                                    &infer->table);
    if (result == CLI_TROUBLE || infer->table.stats == NULL) {
        return result;
    }
    if (cli_stats_label(&infer->table, &infer->label) != CSVK_OK) {
        return cli_trouble(infer->cli, "out of memory");
    }
    const char *label = csvk_buf_text(&infer->label);
    if (result == CLI_REFUSED) { /* a schema of a part of the data would look like one of all */
        return cli_refuse(infer->cli, "%s: no schema, as not all of it could be read", label);
    }
    if (infer->table.cut_name != 0) {
        return cli_refuse(infer->cli,
                          "%s: no schema: the name of column %zu has a NUL byte, which no schema "
                          "can have",
                          label, infer->table.cut_name);
    }
    int status = infer_schema(&infer->schema, &infer->table, infer->kind, infer->max_misfits,
                              cli_has(infer->cli, "required"), &err);
    if (status != CSVK_OK) {
        return cli_fail(infer->cli, &err);
    }
    struct schema_writing how = {.schema = infer->schema,
                                 .to = infer->kind,
                                 .url = beside(infer->file),
                                 .dialect = &infer->table.dialect,
                                 .header = infer->table.header};
    result = cli_write_schema(infer->cli, &how);
    return result == CLI_GOOD ? tell_evidence(infer) : result;
}

static int run(struct cli *cli)
{
    struct infer infer = {.cli = cli, .file = cli_operand(cli, 0), .label = CSVK_BUF_INIT};
    int status = read_options(&infer);
    status = status == CLI_GOOD ? cli_check_credentials(cli, false) : status;
    status = status == CLI_GOOD ? infer_one(&infer) : status;
    csvk_schema_free(infer.schema);
    csvk_buf_release(&infer.label);
    cli_stats_release(&infer.table);
    return status;
}

static const struct cli_option rows[] = {
    {"max-misfits", 0, "N", NULL,
     "Propose a type that up to N values of a column do not fit; how many they are is told. "
     "Default: 0.",
     false},
    {"required", 0, NULL, NULL,
     "Declare columns without an empty value as required. Default: every column may be empty.",
     false},
    {"format", 'f', "NAME", "text|json",
     "The evidence: text on standard error, or JSON on standard output, which needs --output. "
     "Default: text.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Inference", rows};
static const struct cli_group *const groups[] = {&cli_schema_output_options,
                                                 &own,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_manifest_options,
                                                 &cli_object_options,
                                                 &cli_thread_options,
                                                 &cli_common_options,
                                                 NULL};
static const char *const examples[] = {
    "csvkit schema infer orders.csv -o orders.schema.json",
    "Write a Table Schema that all values of orders.csv fit; show why each type was chosen.",
    "csvkit schema infer --to=native orders.csv",
    "Print a native manifest with types.",
    "csvkit schema infer orders-*.csv -o orders.schema.json",
    "Write one schema that the values of all months fit.",
    NULL,
};

const struct cli_command cli_cmd_schema_infer = {
    .name = "schema infer",
    .operands = "FILE...",
    .summary = "make a schema that all values of a table fit",
    .details =
        "Reads all of FILE and writes a schema: a Table Schema, a native manifest or CSVW. A "
        "column gets the narrowest type that holds all of its values unchanged: leading zeros, "
        "days like 01/02/2024 and whatever else a type would lose or could mean twice make it "
        "text, and so does a way of writing that the schema cannot describe. A table is never at "
        "fault under the schema that was made of it. Several FILEs are one table, each with a "
        "header of the same names, or none: the schema is that of one file with all of their "
        "records, which are numbered through.\n\n"
        "Standard error shows the evidence for each column: how many values there are, why a "
        "narrower type was not chosen, what it would lose, how many values do not fit it, and a "
        "confidence, which says how much was seen: none (no value), low (fewer than ten, or all "
        "alike), medium (fewer than 1,000 with fewer than 100 different ones), high.\n\n"
        "No schema is written, and the exit status is 1, when not all of the data can be read.",
    .groups = groups,
    .examples = examples,
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
