/*
 * table_options.c - how the user describes a table: by its manifest and by options, which win over
 * the manifest.
 *
 * A manifest that cannot be read is refused with its errors. Other findings about manifests are the
 * business of `csvkit manifest check`.
 */
#include "csvkit/cli/table/table_options.h"

#include "manifest/manifest.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option manifest_rows[] = {
    {"manifest", 0, "FILE", NULL,
     "Take delimiter, enclosure, columns, header and primary key from this manifest. Other options "
     "win over it.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_manifest_options = {"Manifest", manifest_rows};

/* Sets *path to INPUT.manifest if this file exists. Standard input ("-") has no manifest. */
static int find_beside(struct cli *cli, const char *input, char **path)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    size_t length = strlen(input);
    while (length > 1 && input[length - 1] == '/') {
        length--; /* DIR/ means DIR */
    }
    int status = csvk_buf_add(&name, input, length);
    status = status == CSVK_OK ? csvk_buf_puts(&name, ".manifest") : status;
    if (status == CSVK_OK && strcmp(input, "-") != 0 && access(csvk_buf_text(&name), F_OK) == 0) {
        *path = csvk_strdup(csvk_buf_text(&name));
        status = *path != NULL ? CSVK_OK : CSVK_ENOMEM;
    }
    csvk_buf_release(&name);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

static int find_manifest(struct cli *cli, const char *input, char **path)
{
    const char *given = cli_value(cli, "manifest");
    *path = NULL;
    if (given != NULL) {
        *path = csvk_strdup(given);
        return *path != NULL ? CLI_GOOD : cli_trouble(cli, "out of memory");
    }
    return input != NULL ? find_beside(cli, input, path) : CLI_GOOD;
}

static void report_errors(struct cli *cli, const char *path, const struct csvk_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *f = &findings->item[i];
        if (f->severity == CSVK_ERROR) {
            cli_refuse(cli, "%s:%llu:%llu: error[%s]: %s", path, (unsigned long long)f->line,
                       (unsigned long long)f->column, f->rule->id, f->message);
        }
    }
}

static void take_strings(struct csvk_strings *to, struct csvk_strings *from)
{
    *to = *from;
    *from = (struct csvk_strings){0};
}

/*
 * A manifest that a component writes has columns when the data has no header. A manifest that the
 * platform writes for an input lists the columns of files with a header, too.
 */
static bool has_header(const struct csvk_manifest *manifest,
                       const struct csvk_manifest_table *table, const char *input)
{
    struct stat info;
    bool written_for_us = csvk_manifest_guess(manifest, NULL, false) == CSVK_MANIFEST_IN_TABLE;
    bool file = input == NULL || stat(input, &info) != 0 || !S_ISDIR(info.st_mode);
    return written_for_us ? file : csvk_manifest_header(table);
}

/* Fills *out from the manifest; the strings are moved, not copied. */
static int take_manifest(const struct csvk_manifest *manifest, const char *input,
                         struct cli_table *out)
{
    struct csvk_manifest_table table = {0};
    int status = csvk_manifest_table(manifest, &table);
    if (status == CSVK_OK) {
        out->dialect = table.dialect;
        out->header = has_header(manifest, &table, input);
        out->header_stated = table.has_header != CSVK_UNSET || table.columns.count != 0;
        take_strings(&out->columns, &table.columns);
        take_strings(&out->primary_key, &table.primary_key);
    }
    csvk_manifest_table_release(&table);
    return status;
}

static int read_manifest(struct cli *cli, const char *input, struct cli_table *out)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings findings = {0};
    struct csvk_error err = {0};
    int result = CLI_GOOD;
    int status = csvk_manifest_read(&manifest, out->manifest, &findings, &err);
    if (findings.errors > 0) {
        report_errors(cli, out->manifest, &findings);
        result = CLI_REFUSED;
    } else if (status != CSVK_OK) {
        result = cli_fail(cli, &err);
    } else if (take_manifest(manifest, input, out) != CSVK_OK) {
        result = cli_trouble(cli, "out of memory");
    }
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
    return result;
}

/* A list on the command line replaces the list of the manifest. */
static int get_names(struct cli *cli, const char *name, struct csvk_strings *out)
{
    if (cli_has(cli, name)) {
        csvk_strings_release(out);
    }
    return cli_get_list(cli, name, out);
}

int cli_get_table(struct cli *cli, const char *input, struct cli_table *out)
{
    *out = (struct cli_table){.dialect = CSVK_DIALECT_RFC4180, .header = true};
    int status = find_manifest(cli, input, &out->manifest);
    if (status == CLI_GOOD && out->manifest != NULL) {
        status = read_manifest(cli, input, out);
    }
    if (cli_has(cli, "header") || cli_has(cli, "no-header")) {
        out->header = !cli_has(cli, "no-header");
        out->header_stated = true;
    }
    status =
        status == CLI_GOOD ? cli_get_dialect(cli, &out->dialect, &out->delimiter_auto) : status;
    status = status == CLI_GOOD ? get_names(cli, "columns", &out->columns) : status;
    out->header_stated |= cli_has(cli, "columns");
    return status == CLI_GOOD ? get_names(cli, "primary-key", &out->primary_key) : status;
}

void cli_table_release(struct cli_table *table)
{
    csvk_strings_release(&table->columns);
    csvk_strings_release(&table->primary_key);
    csvk_free(table->manifest);
    *table = (struct cli_table){0};
}
