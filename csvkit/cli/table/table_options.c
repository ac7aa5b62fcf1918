/*
 * table_options.c - how the user describes a table: by its manifest and by options, which win over
 * the manifest.
 *
 * A manifest that cannot be read is refused with its errors. What it says in vain, such as a key
 * that nobody knows, is a warning. Other findings about manifests are the business of
 * `csvkit manifest check`.
 */
#include "csvkit/cli/table/table_options.h"

#include "csvkit/cli/frame/reports.h"
#include "csvkit/schema/read/table_schema_file.h"

#include <string.h>
#include <strings.h>

static const struct cli_option manifest_rows[] = {
    {"manifest", 0, "FILE", NULL,
     "Take delimiter, enclosure, columns, header and primary key from this manifest. Other options "
     "win over it. Where it declares types of columns, every value is held against its type.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_manifest_options = {"Manifest", manifest_rows};

static const struct cli_option type_rows[] = {
    {"backend", 0, "NAME", "portable|snowflake|bigquery",
     "The database that is to take the values of typed columns. portable: a value is good when "
     "all of them take it and store the same. Default: portable.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_type_options = {"Types", type_rows};

static int find_manifest(struct cli *cli, const char *input, struct csvk_table_definition *out)
{
    const char *given = cli_value(cli, "manifest");
    struct csvk_error err = {0};
    if (given != NULL) {
        out->manifest = csvk_strdup(given);
        return out->manifest != NULL ? CLI_GOOD : cli_trouble(cli, "out of memory");
    }
    bool found = input == NULL || csvk_table_definition_find(out, input, &err) == CSVK_OK;
    return found ? CLI_GOOD : cli_fail(cli, &err);
}

/* Warnings are left in `findings`. */
static int read_manifest(struct cli *cli, const char *input, struct csvk_table_definition *out,
                         struct csvk_findings *findings)
{
    struct csvk_error err = {0};
    int status = csvk_table_definition_read(out, input, findings, &err);
    if (findings->errors > 0) {
        cli_print_errors(cli, out->manifest, findings);
        return CLI_REFUSED;
    }
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

/* A list on the command line replaces the list of the manifest. */
static int get_names(struct cli *cli, const char *name, struct csvk_strings *out,
                     enum csvk_told_by *by)
{
    if (cli_has(cli, name)) {
        csvk_strings_release(out);
        *by = CSVK_TOLD_BY_OPTION;
    }
    return cli_get_list(cli, name, out);
}

int cli_get_backend(struct cli *cli, uint64_t *out)
{
    struct csvk_error err = {0};
    const char *name = cli_value(cli, "backend");
    enum csvk_backend backend = CSVK_BACKEND_PORTABLE;
    if (name != NULL && csvk_backend_parse(name, &backend, &err) != CSVK_OK) {
        return cli_trouble(cli, "--backend: %s", err.text);
    }
    *out = name != NULL ? backend : *out;
    return CLI_GOOD;
}

/* What two options say about one thing; NULL: nothing. */
static const char *conflict_of_schema(const struct cli *cli)
{
    return cli_has(cli, "columns")   ? "--schema and --columns both name the columns"
           : cli_has(cli, "backend") ? "--backend is for the types of a manifest, not for --schema"
                                     : NULL;
}

int cli_take_schema(struct cli *cli, struct csvk_table_definition *out)
{
    struct csvk_error err = {0};
    struct table_schema_file file;
    const char *path = cli_value(cli, "schema");
    if (path == NULL) {
        return CLI_GOOD;
    }
    if (conflict_of_schema(cli) != NULL) {
        return cli_trouble(cli, "%s", conflict_of_schema(cli));
    }
    int status = table_schema_file_read(&file, path,
                                        cli_noperands(cli) == 1 ? cli_operand(cli, 0) : NULL, &err);
    if (status == CSVK_OK) {
        csvk_schema_free(out->schema);
        out->schema = csvk_schema_share(file.schema);
        csvk_strings_release(&out->columns);
        bool in_order = file.fields_match == CSVK_MATCH_EXACT;
        status = in_order ? csvk_strings_copy(&out->columns, &file.names) : status;
        out->columns_by = CSVK_TOLD_BY_OPTION;
        out->header_stated = true;
        out->header_skipped = false;
    }
    if (status == CSVK_OK && file.primary_key.count != 0 && !cli_has(cli, "primary-key")) {
        csvk_strings_release(&out->primary_key);
        status = csvk_strings_copy(&out->primary_key, &file.primary_key);
        out->key_by = CSVK_TOLD_BY_OPTION;
    }
    table_schema_file_release(&file);
    if (status == CSVK_ENOMEM) {
        csvk_fail(&err, status, "out of memory");
    }
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(cli, "%s", err.text);
}

int cli_take_table_options(struct cli *cli, struct csvk_table_definition *out)
{
    bool said = cli_has(cli, "header") || cli_has(cli, "no-header");
    if (said) {
        out->header = !cli_has(cli, "no-header");
        out->header_by = CSVK_TOLD_BY_OPTION;
    }
    int status = cli_get_dialect(cli, &out->dialect, &out->delimiter_auto);
    status =
        status == CLI_GOOD ? get_names(cli, "columns", &out->columns, &out->columns_by) : status;
    bool elsewhere = out->columns.count != 0 && out->columns_by != CSVK_TOLD_BY_OPTION;
    out->header_stated |= said || cli_has(cli, "columns");
    out->header_skipped = out->header && elsewhere && (said || out->header_skipped);
    status = status == CLI_GOOD ? cli_get_backend(cli, &out->backend) : status;
    return status == CLI_GOOD ? get_names(cli, "primary-key", &out->primary_key, &out->key_by)
                              : status;
}

const char *cli_own_encoding(const struct cli *cli)
{
    const char *encoding = cli_value(cli, "encoding");
    bool plain =
        encoding == NULL || strcasecmp(encoding, "utf-8") == 0 || strcmp(encoding, "auto") == 0;
    return plain ? NULL : encoding;
}

int cli_get_table_to_write(struct cli *cli, const char *input, struct csvk_table_definition *out,
                           struct csvk_findings *vain)
{
    csvk_table_definition_init(out);
    int status = find_manifest(cli, input, out);
    status = status == CLI_GOOD ? cli_get_backend(cli, &out->backend) : status;
    if (status == CLI_GOOD && out->manifest != NULL) {
        status = read_manifest(cli, input, out, vain);
    }
    return status == CLI_GOOD ? cli_take_table_options(cli, out) : status;
}

int cli_get_table(struct cli *cli, const char *input, struct csvk_table_definition *out)
{
    struct csvk_findings vain = {0};
    int status = cli_get_table_to_write(cli, input, out, &vain);
    if (status == CLI_GOOD && vain.count != 0) {
        cli_print_warnings(cli, out->manifest, &vain);
    }
    csvk_findings_release(&vain);
    return status;
}
