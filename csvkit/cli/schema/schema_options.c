/* schema_options.c - see schema_options.h. */
#include "csvkit/cli/schema/schema_options.h"

#include "csvkit/cli/frame/reports.h"
#include "csvkit/schema/read/csvw_metadata.h"
#include "csvkit/schema/read/table_schema_file.h"
#include "manifest/manifest_tree.h"
#include "manifest/table_definition.h"

#include <string.h>

static const struct cli_option output_rows[] = {
    {"to", 0, "KIND", "table-schema|native|csvw",
     "The kind of schema: a Table Schema of Frictionless Data (version 2), a manifest with native "
     "data types, or metadata of W3C CSV on the Web. Default: table-schema.",
     false},
    {"output", 'o', "FILE", NULL, "Where to write the schema. Default: standard output.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_schema_output_options = {"The schema", output_rows};

int cli_get_schema_kind(struct cli *cli, enum csvk_schema_kind *kind)
{
    const char *to = cli_value(cli, "to");
    *kind = CSVK_SCHEMA_TABLE;
    for (int k = CSVK_SCHEMA_NATIVE; to != NULL && k <= CSVK_SCHEMA_CSVW; k++) {
        *kind = strcmp(to, schema_kind_name((enum csvk_schema_kind)k)) == 0
                    ? (enum csvk_schema_kind)k
                    : *kind;
    }
    return CLI_GOOD;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_file(const char *path, const struct csvk_buf *text, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    int status = csvk_sink_open(&sink, path, 0, err);
    status = status == CSVK_OK ? csvk_sink_write(sink, text->data, text->length, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_sink_free(sink);
    return status;
}

int cli_write_schema(struct cli *cli, const struct schema_writing *how)
{
    const char *output = cli_value(cli, "output");
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_strings losses = {0};
    struct csvk_error err = {0};
    int status = schema_write(how, &text, &losses);
    if (status != CSVK_OK) {
        csvk_fail(&err, status, "out of memory");
    } else if (output != NULL && strcmp(output, "-") != 0) {
        status = write_file(output, &text, &err);
    } else {
        cli_out_buf(cli, &text);
    }
    for (size_t i = 0; i < losses.count && status == CSVK_OK; i++) {
        cli_note(cli, "%s", losses.item[i]);
    }
    csvk_strings_release(&losses);
    csvk_buf_release(&text);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool begins_an_object(struct csvk_bytes start)
{
    size_t at = 0;
    while (at < start.len && start.ptr[at] != 0 && strchr(" \t\r\n", start.ptr[at]) != NULL) {
        at++;
    }
    return at < start.len && start.ptr[at] == '{';
}

int cli_is_schema(struct cli *cli, const char *path, bool *is)
{
    struct csvk_source *source = NULL;
    struct csvk_bytes start = {NULL, 0};
    struct csvk_error err = {0};
    *is = false;
    if (strcmp(path, "-") == 0) {
        return CLI_GOOD;
    }
    int status = csvk_source_open(&source, path, &err);
    status = status == CSVK_OK ? csvk_source_peek(source, 4096, &start, &err) : status;
    *is = status == CSVK_OK && begins_an_object(start);
    csvk_source_free(source);
    /* whoever reads it as a table says why it cannot be read */
    return status == CSVK_ENOMEM ? cli_fail(cli, &err) : CLI_GOOD;
}

/* By the members that only one of them has. */
static enum csvk_schema_kind kind_of(const struct csvk_manifest *json)
{
    return tree_get(json->root, "@context") != NULL ? CSVK_SCHEMA_CSVW
           : tree_get(json->root, "fields") != NULL || tree_get(json->root, "resources") != NULL
               ? CSVK_SCHEMA_TABLE
               : CSVK_SCHEMA_NATIVE;
}

enum csvk_schema_kind cli_schema_kind(const char *path)
{
    struct csvk_manifest *json = NULL;
    struct csvk_findings findings = {0};
    bool read = csvk_manifest_read(&json, path, &findings, NULL) == CSVK_OK && findings.errors == 0;
    enum csvk_schema_kind kind = read ? kind_of(json) : CSVK_SCHEMA_TABLE;
    csvk_findings_release(&findings);
    csvk_manifest_free(json);
    return kind;
}

/* Columns of a manifest that declares no types are text. */
static int add_texts(struct csvk_schema *schema, const struct csvk_strings *columns,
                     struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < columns->count && status == CSVK_OK; i++) {
        struct csvk_schema_column column = {
            .size = sizeof column, .name = columns->item[i], .type = CSVK_VALUE_STRING};
        status = csvk_schema_add(schema, &column, err);
    }
    return status;
}

static int take_native(struct schema_input *out, const struct csvk_manifest *manifest,
                       struct csvk_error *err)
{
    struct csvk_table_definition table;
    struct csvk_findings findings = {0};
    csvk_table_definition_init(&table);
    int status = csvk_table_definition_take(&table, manifest, NULL, NULL, &findings, err);
    if (status == CSVK_OK && table.schema != NULL) {
        out->schema = csvk_schema_share(table.schema);
    } else if (status == CSVK_OK) {
        status = csvk_schema_new(&out->schema, err);
        status = status == CSVK_OK ? add_texts(out->schema, &table.columns, err) : status;
    }
    out->dialect = table.dialect;
    out->header = table.header;
    struct csvk_schema_table about = {
        .size = sizeof about, .kind = CSVK_SCHEMA_NATIVE, .primary_key = &table.primary_key};
    status = status == CSVK_OK ? csvk_schema_set_table(out->schema, &about, err) : status;
    csvk_findings_release(&findings);
    csvk_table_definition_release(&table);
    return status;
}

static int take_table_schema(struct schema_input *out, const char *path, struct csvk_error *err)
{
    struct table_schema_file file;
    struct csvk_schema_table about = {.size = sizeof about};
    int status = table_schema_file_read(&file, path, NULL, err);
    status = status == CSVK_OK ? csvk_schema_get_table(file.schema, &about, err) : status;
    about.kind = CSVK_SCHEMA_TABLE;
    about.primary_key = &file.primary_key;
    status = status == CSVK_OK ? csvk_schema_set_table(file.schema, &about, err) : status;
    out->schema = status == CSVK_OK ? csvk_schema_share(file.schema) : NULL;
    table_schema_file_release(&file);
    return status;
}

/* Of the one table that is described. Findings are told. */
static int take_csvw(struct cli *cli, struct schema_input *out, const char *path, int *result,
                     struct csvk_error *err)
{
    struct csvw_metadata metadata;
    int status = csvw_metadata_read(&metadata, path, err);
    if (status == CSVK_OK && metadata.findings.count != 0) {
        cli_print_findings(cli, path, &metadata.findings, false);
    }
    if (status == CSVK_OK && metadata.findings.errors != 0) {
        *result = metadata.unsupported ? CLI_TROUBLE : CLI_REFUSED;
    } else if (status == CSVK_OK && (metadata.count != 1 || metadata.table[0].schema == NULL)) {
        status =
            csvk_fail(err, CSVK_EUSAGE, "%s: metadata of one table with columns is needed", path);
    } else if (status == CSVK_OK) {
        const struct csvw_table *table = &metadata.table[0];
        struct csvk_schema_table about = {.size = sizeof about};
        status = csvk_schema_get_table(table->schema, &about, err);
        about.kind = CSVK_SCHEMA_CSVW;
        about.primary_key = &table->primary_key;
        status = status == CSVK_OK ? csvk_schema_set_table(table->schema, &about, err) : status;
        out->schema = status == CSVK_OK ? csvk_schema_share(table->schema) : NULL;
        out->dialect = table->dialect.bytes;
        out->header = table->dialect.header;
        out->url = csvk_strdup(table->url != NULL ? table->url : "");
        status = out->url == NULL ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : status;
    }
    csvw_metadata_release(&metadata);
    return status;
}

/* What a native manifest says in vain; of a schema that is asked about, it is what it is wrong
   with. */
static int tell_vain(struct cli *cli, const char *path, const struct csvk_manifest *manifest,
                     bool strict, int *result)
{
    struct csvk_findings findings = {0};
    int status = csvk_manifest_check_reading(manifest, path, CSVK_BACKEND_PORTABLE,
                                             strict ? CSVK_ERROR : CSVK_WARNING, &findings);
    *result = findings.errors != 0 ? CLI_REFUSED : *result;
    if (status == CSVK_OK && findings.count != 0) {
        cli_print_warnings(cli, path, &findings);
    }
    csvk_findings_release(&findings);
    return status;
}

/* A text that is no schema, perhaps since it is a table. */
static int refuse_text(struct cli *cli, const char *path, struct csvk_findings *findings)
{
    bool json = true;
    int status = cli_is_schema(cli, path, &json);
    if (status == CLI_GOOD && !json && strcmp(path, "-") != 0) {
        return cli_refuse(
            cli,
            "%s: no schema, as it is no JSON; csvkit schema infer makes a schema of a "
            "table",
            path);
    }
    cli_print_errors(cli, path, findings);
    return CLI_REFUSED;
}

static int read_schema(struct cli *cli, const char *path, struct schema_input *out, bool strict)
{
    static const struct csvk_dialect comma = CSVK_DIALECT_RFC4180;
    struct csvk_manifest *json = NULL;
    struct csvk_findings findings = {0};
    struct csvk_error err = {0};
    *out = (struct schema_input){.dialect = comma, .header = true};
    int result = CLI_GOOD, status = csvk_manifest_read(&json, path, &findings, &err);
    if (findings.errors != 0) {
        result = refuse_text(cli, path, &findings);
    } else if (status == CSVK_OK) {
        out->kind = kind_of(json);
        out->kind_known = true;
        status =
            out->kind == CSVK_SCHEMA_NATIVE ? tell_vain(cli, path, json, strict, &result) : status;
        status = status != CSVK_OK                 ? csvk_fail(&err, status, "out of memory")
                 : out->kind == CSVK_SCHEMA_NATIVE ? take_native(out, json, &err)
                 : out->kind == CSVK_SCHEMA_TABLE  ? take_table_schema(out, path, &err)
                                                   : take_csvw(cli, out, path, &result, &err);
    }
    if (result == CLI_GOOD && status == CSVK_OK && csvk_schema_count(out->schema) == 0) {
        status = csvk_fail(&err, CSVK_EDATA, "%s: no columns are declared", path);
    }
    csvk_findings_release(&findings);
    csvk_manifest_free(json);
    return result == CLI_GOOD && status != CSVK_OK ? cli_fail(cli, &err) : result;
}

int cli_read_schema(struct cli *cli, const char *path, struct schema_input *out)
{
    return read_schema(cli, path, out, false);
}

int cli_check_schema(struct cli *cli, const char *path, struct schema_input *out)
{
    return read_schema(cli, path, out, true);
}

void cli_release_schema(struct schema_input *input)
{
    csvk_schema_free(input->schema);
    csvk_free(input->url);
    input->schema = NULL;
    input->url = NULL;
}
