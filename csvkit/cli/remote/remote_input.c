/*
 * remote_input.c - collects what is known about the data before it is sent, from options, manifest
 * and header. Options win over the manifest, the manifest over defaults.
 */
#include "csvkit/cli/remote/remote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int no_memory(struct cli *cli)
{
    return cli_trouble(cli, "out of memory");
}

/* ---- manifest -------------------------------------------------------------------------------- */

static int manifest_path(struct cli *cli, const char *path, struct csvk_buf *out, bool *there)
{
    const char *given = cli_value(cli, "manifest");
    size_t length = path ? strlen(path) : 0;
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    int status = given ? csvk_buf_puts(out, given)
                       : csvk_buf_printf(out, "%.*s.manifest", (int)length, path ? path : "");
    *there = given || (path && access(csvk_buf_text(out), F_OK) == 0);
    return status < 0 ? no_memory(cli) : CLI_GOOD;
}

static int report_errors(struct cli *cli, const char *path, const struct csvk_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *finding = &findings->item[i];
        if (finding->severity == CSVK_ERROR) {
            cli_refuse(cli, "%s: %s: %s", path, finding->path, finding->message);
        }
    }
    return findings->errors > 0 ? CLI_REFUSED : CLI_GOOD;
}

/* The schema of the manifest as a cJSON tree, or NULL. It goes to the platform as it is. */
static cJSON *schema_of(const struct csvk_manifest *manifest)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    cJSON *schema = NULL, *tree = NULL;
    if (csvk_manifest_print(manifest, &text) == CSVK_OK) {
        tree = cJSON_ParseWithLength(csvk_buf_text(&text), text.length);
        schema = cJSON_DetachItemFromObjectCaseSensitive(tree, "schema");
    }
    cJSON_Delete(tree);
    csvk_buf_release(&text);
    if (!cJSON_IsArray(schema) || cJSON_GetArraySize(schema) == 0) {
        cJSON_Delete(schema);
        return NULL;
    }
    return schema;
}

static bool add_pair(cJSON *list, const struct csvk_manifest_pair *pair)
{
    cJSON *item = cJSON_CreateObject();
    bool good = item && cJSON_AddStringToObject(item, "key", pair->key) &&
                cJSON_AddStringToObject(item, "value", pair->value) &&
                cJSON_AddItemToArray(list, item);
    if (!good) {
        cJSON_Delete(item);
    }
    return good;
}

static cJSON *list_for(cJSON *metadata, cJSON *columns, const char *column)
{
    if (!column) {
        return metadata;
    }
    cJSON *list = cJSON_GetObjectItemCaseSensitive(columns, column);
    return list ? list : cJSON_AddArrayToObject(columns, column);
}

static bool add_description(cJSON *metadata, const char *description)
{
    char key[] = "KBC.description";
    char *value = csvk_strdup(description);
    struct csvk_manifest_pair pair = {NULL, key, value};
    bool good = value && add_pair(metadata, &pair);
    csvk_free(value);
    return good;
}

/* The body of the request that sets the metadata of table and columns; NULL: there is none, or
 *failed says that memory ran out. */
static char *metadata_of(const struct csvk_manifest_table *table, bool *failed)
{
    if (table->npairs == 0 && !table->description) {
        return NULL;
    }
    cJSON *body = cJSON_CreateObject();
    cJSON *metadata = cJSON_AddArrayToObject(body, "metadata");
    cJSON *columns = cJSON_AddObjectToObject(body, "columnsMetadata");
    bool good = metadata && columns;
    bool described = false;
    for (size_t i = 0; good && i < table->npairs; i++) {
        const struct csvk_manifest_pair *pair = &table->pairs[i];
        described = described || (!pair->column && strcmp(pair->key, "KBC.description") == 0);
        good = add_pair(list_for(metadata, columns, pair->column), pair);
    }
    if (good && table->description && !described) {
        good = add_description(metadata, table->description);
    }
    char *text = good ? cJSON_PrintUnformatted(body) : NULL;
    cJSON_Delete(body);
    *failed = !text;
    return text;
}

static int take_manifest(struct remote_input *input, struct cli *cli,
                         const struct csvk_manifest *manifest)
{
    bool failed = false;
    csvk_manifest_table_release(&input->manifest);
    if (csvk_manifest_table(manifest, &input->manifest) < 0) {
        return no_memory(cli);
    }
    const struct csvk_manifest_table *table = &input->manifest;
    bool named = table->columns.count > 0;
    input->dialect = table->dialect;
    input->incremental = table->incremental;
    input->header = !named                        ? KBC_HEADER
                    : csvk_manifest_header(table) ? KBC_SKIP_HEADER
                                                  : KBC_HEADLESS;
    input->schema = schema_of(manifest);
    input->metadata = metadata_of(table, &failed);
    if (failed || csvk_strings_copy(&input->columns, &table->columns) < 0 ||
        csvk_strings_copy(&input->primary_key, &table->primary_key) < 0 ||
        csvk_strings_copy(&input->delete_values, &table->delete_values) < 0) {
        return no_memory(cli);
    }
    input->delete_where =
        (struct kbc_delete){table->delete_column, table->delete_operator, &input->delete_values};
    return CLI_GOOD;
}

static int judge_manifest(struct cli *cli, const char *path, const struct csvk_manifest *manifest)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest_judge judge;
    csvk_manifest_judge_init(&judge);
    judge.kind = CSVK_MANIFEST_OUT_TABLE;
    int status = csvk_manifest_check(manifest, &judge, &findings) < 0
                     ? no_memory(cli)
                     : report_errors(cli, path, &findings);
    csvk_findings_release(&findings);
    return status;
}

static int read_manifest(struct remote_input *input, struct cli *cli, const char *path)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    struct csvk_error err = {0};
    int failure = csvk_manifest_read(&manifest, path, &findings, &err);
    int status = report_errors(cli, path, &findings);
    if (failure < 0 && status == CLI_GOOD) {
        status = cli_fail(cli, &err);
    }
    if (status == CLI_GOOD) {
        status = judge_manifest(cli, path, manifest);
    }
    if (status == CLI_GOOD) {
        status = take_manifest(input, cli, manifest);
    }
    csvk_manifest_free(manifest);
    csvk_findings_release(&findings);
    return status;
}

/* ---- options --------------------------------------------------------------------------------- */

static int read_list(struct cli *cli, const char *name, struct csvk_strings *list)
{
    if (!cli_has(cli, name)) {
        return CLI_GOOD;
    }
    csvk_strings_release(list);
    return cli_get_list(cli, name, list);
}

static int read_delete(struct remote_input *input, struct cli *cli)
{
    const char *column = cli_value(cli, "delete-where-column");
    const char *operator= cli_value(cli, "delete-where-operator");
    int status = read_list(cli, "delete-where-values", &input->delete_values);
    if (status == CLI_GOOD && cli_has(cli, "delete-where-values") &&
        input->delete_values.count == 0 && csvk_strings_add(&input->delete_values, "") < 0) {
        return no_memory(cli); /* an empty list means one empty value */
    }
    if (column) {
        input->delete_where.column = column;
        input->delete_where.operator= "eq";
    }
    input->delete_where.values = &input->delete_values;
    if (operator) {
        input->delete_where.operator= operator;
    }
    if (status == CLI_GOOD && input->delete_where.column && input->delete_values.count == 0) {
        return cli_trouble(cli, "--delete-where-column needs --delete-where-values");
    }
    return status;
}

static int read_options(struct remote_input *input, struct cli *cli)
{
    int status = cli_get_dialect(cli, &input->dialect, NULL);
    if (status == CLI_GOOD) {
        status = read_list(cli, "columns", &input->columns);
    }
    if (status == CLI_GOOD) {
        status = read_list(cli, "primary-key", &input->primary_key);
    }
    if (cli_has(cli, "header") && cli_has(cli, "no-header")) {
        return cli_trouble(cli, "--header and --no-header contradict each other");
    }
    bool headless = cli_has(cli, "no-header") ||
                    (input->sliced && !cli_has(cli, "header") && input->header == KBC_HEADER);
    if (headless) {
        input->header = KBC_HEADLESS;
    } else if (cli_has(cli, "header")) {
        input->header = input->columns.count > 0 ? KBC_SKIP_HEADER : KBC_HEADER;
    }
    input->incremental = input->incremental || cli_has(cli, "incremental");
    return status == CLI_GOOD ? read_delete(input, cli) : status;
}

/* Options that the Importer does not have are refused, not ignored. */
static int check_importer(const struct remote_input *input, struct cli *cli)
{
    static const char *const foreign[] = {"state",       "part-size", "compress",
                                          "no-wait",     "timeout",   "add-columns",
                                          "create-only", "file-id",   "primary-key"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (cli_has(cli, foreign[i])) {
            return cli_trouble(cli, "--importer cannot be combined with --%s", foreign[i]);
        }
    }
    if (input->header == KBC_SKIP_HEADER) {
        return cli_trouble(cli, "--importer takes the column names from the header, so no other "
                                "names can be given");
    }
    return input->delete_where.column ? cli_trouble(cli, "--importer cannot delete rows")
                                      : CLI_GOOD;
}

/* Standard input cannot be sent: the length must be known, and a request may have to be repeated.
 */
static bool is_standard_input(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

int remote_input_read(struct remote_input *input, struct cli *cli, const char *path)
{
    struct csvk_buf manifest = CSVK_BUF_INIT;
    struct stat about;
    bool there = false;
    memset(input, 0, sizeof *input);
    if (is_standard_input(path)) {
        return cli_trouble(cli,
                           "standard input cannot be sent: give a file or a directory of slices "
                           "(csvkit slice can make one from standard input)");
    }
    input->path = path;
    input->dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180;
    input->sliced = path && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    int status = manifest_path(cli, path, &manifest, &there);
    if (status == CLI_GOOD && there) {
        status = read_manifest(input, cli, csvk_buf_text(&manifest));
    }
    csvk_buf_release(&manifest);
    if (status == CLI_GOOD) {
        status = read_options(input, cli);
    }
    return status == CLI_GOOD && cli_has(cli, "importer") ? check_importer(input, cli) : status;
}

void remote_input_release(struct remote_input *input)
{
    csvk_strings_release(&input->columns);
    csvk_strings_release(&input->primary_key);
    csvk_strings_release(&input->delete_values);
    csvk_manifest_table_release(&input->manifest);
    cJSON_Delete(input->schema);
    cJSON_free(input->metadata);
}

/* ---- the data -------------------------------------------------------------------------------- */

static int take_names(const struct csvk_dialect *dialect, const struct csvk_batch *batch,
                      struct csvk_strings *names)
{
    const struct csvk_record *record = batch->nreported > 0 ? &batch->records[0] : NULL;
    unsigned char *value = record ? csvk_malloc((size_t)record->length + 1) : NULL;
    if (record && !value) {
        return CSVK_ENOMEM;
    }
    int status = CSVK_OK;
    for (size_t i = 0; record && !record->oversize && i < record->nfields && status == CSVK_OK;
         i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        size_t length = csvk_field_decode(raw, dialect, value);
        status = csvk_strings_addn(names, (const char *)value, length);
    }
    csvk_free(value);
    return status;
}

int remote_header_names(const struct csvk_dialect *dialect, const char *path,
                        struct csvk_strings *names, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_batch batch;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    int status = csvk_source_open(&source, path, err);
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &options, err);
    }
    if (status == CSVK_OK) {
        do {
            status = csvk_reader_next(reader, &batch, err);
        } while (status == CSVK_OK && batch.nreported == 0);
    }
    if (status == CSVK_OK && take_names(dialect, &batch, names) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

int remote_input_header(struct remote_input *input, struct cli *cli)
{
    struct csvk_error err = {0};
    if (!input->path || input->sliced || input->columns.count > 0 || input->header != KBC_HEADER) {
        return CLI_GOOD;
    }
    return remote_header_names(&input->dialect, input->path, &input->columns, &err) < 0
               ? cli_fail(cli, &err)
               : CLI_GOOD;
}
