/*
 * storage_input.c - collects what is known about the data before it is sent, from its manifest and
 * its header. input_check.c judges the data.
 */
#include "storage/storage_input.h"
#include "csvkit/io/file_kind.h"

#include <string.h>
#include <sys/stat.h>

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* ---- manifest -------------------------------------------------------------------------------- */

/* A list of the manifest as a cJSON tree, or NULL: it is not there, or empty. */
static cJSON *list_of(const struct csvk_manifest *manifest, const char *key)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    cJSON *list = NULL, *tree = NULL;
    if (csvk_manifest_print(manifest, &text) == CSVK_OK) {
        tree = cJSON_ParseWithLength(csvk_buf_text(&text), text.length);
        list = cJSON_DetachItemFromObjectCaseSensitive(tree, key);
    }
    cJSON_Delete(tree);
    csvk_buf_release(&text);
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0) {
        cJSON_Delete(list);
        return NULL;
    }
    return list;
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

static int take_manifest(struct kbc_input *input, const struct csvk_manifest *manifest,
                         struct csvk_error *err)
{
    bool failed = false;
    if (csvk_manifest_table(manifest, &input->manifest) != CSVK_OK) {
        return no_memory(err);
    }
    const struct csvk_manifest_table *told = &input->manifest;
    struct csvk_table_definition *table = &input->table;
    bool named = told->columns.count > 0;
    table->dialect = told->dialect;
    table->header = csvk_manifest_header(told);
    table->header_by = table->key_by = CSVK_TOLD_BY_MANIFEST;
    table->header_stated = named || told->has_header != CSVK_UNSET;
    table->columns_by = named ? CSVK_TOLD_BY_MANIFEST : CSVK_TOLD_BY_DEFAULT;
    input->incremental = told->incremental;
    input->header = !named ? KBC_HEADER : table->header ? KBC_SKIP_HEADER : KBC_HEADLESS;
    input->schema = list_of(manifest, "schema"); /* it goes to the platform as it is */
    input->delete_list = list_of(manifest, "delete_where");
    input->metadata = metadata_of(told, &failed);
    if (failed || csvk_strings_copy(&table->columns, &told->columns) != CSVK_OK ||
        csvk_strings_copy(&table->primary_key, &told->primary_key) != CSVK_OK ||
        csvk_strings_copy(&input->delete_values, &told->delete_values) != CSVK_OK) {
        return no_memory(err);
    }
    input->delete_where.column = told->delete_column;
    input->delete_where.operator= told->delete_operator;
    return CSVK_OK;
}

static int judge_manifest(const struct kbc_input *input, const struct csvk_manifest *manifest,
                          struct csvk_findings *findings, struct csvk_error *err)
{
    struct csvk_manifest_judge judge;
    csvk_manifest_judge_init(&judge);
    judge.kind = CSVK_MANIFEST_OUT_TABLE;
    if (csvk_manifest_check(manifest, &judge, findings) != CSVK_OK) {
        return no_memory(err);
    }
    return findings->errors == 0
               ? CSVK_OK
               : csvk_fail(err, CSVK_EDATA, "%s: the manifest has errors", input->table.manifest);
}

static int read_manifest(struct kbc_input *input, struct csvk_findings *findings,
                         struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_read(&manifest, input->table.manifest, findings, err);
    if (status == CSVK_OK && findings->errors > 0) {
        status = csvk_fail(err, CSVK_EDATA, "%s: not a manifest", input->table.manifest);
    }
    status = status == CSVK_OK ? judge_manifest(input, manifest, findings, err) : status;
    status = status == CSVK_OK ? take_manifest(input, manifest, err) : status;
    csvk_manifest_free(manifest);
    return status;
}

/* ---- what is known --------------------------------------------------------------------------- */

int kbc_input_read(struct kbc_input *input, const char *path, const char *manifest,
                   struct csvk_findings *findings, struct csvk_error *err)
{
    struct stat about;
    memset(input, 0, sizeof *input);
    csvk_table_definition_init(&input->table);
    if (path != NULL && strcmp(path, "-") == 0) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "standard input cannot be sent: give a file or a directory of slices "
                         "(csvkit slice can make one from standard input)");
    }
    input->path = path;
    input->sliced = path != NULL && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    int status = CSVK_OK;
    if (manifest != NULL) {
        input->table.manifest = csvk_strdup(manifest);
        status = input->table.manifest != NULL ? CSVK_OK : no_memory(err);
    } else if (path != NULL) {
        status = csvk_table_definition_find(&input->table, path, err);
    }
    return status == CSVK_OK && input->table.manifest != NULL ? read_manifest(input, findings, err)
                                                              : status;
}

/* Slices have no header unless someone says so. */
int kbc_input_settle(struct kbc_input *input, struct csvk_error *err)
{
    struct csvk_table_definition *table = &input->table;
    bool option = table->header_by == CSVK_TOLD_BY_OPTION;
    if ((option && !table->header) || (!option && input->sliced && input->header == KBC_HEADER)) {
        input->header = KBC_HEADLESS;
    } else if (option) {
        input->header = table->columns.count > 0 ? KBC_SKIP_HEADER : KBC_HEADER;
    }
    table->header = input->header != KBC_HEADLESS;
    table->header_skipped = input->header == KBC_SKIP_HEADER;
    input->delete_where.values = &input->delete_values;
    return input->delete_where.column != NULL && input->delete_values.count == 0
               ? csvk_fail(err, CSVK_EUSAGE, "--delete-where-column needs --delete-where-values")
               : CSVK_OK;
}

int kbc_input_for_importer(const struct kbc_input *input, struct csvk_error *err)
{
    if (input->header == KBC_SKIP_HEADER) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--importer takes the column names from the header, so no other "
                         "names can be given");
    }
    return input->delete_where.column != NULL || input->delete_list != NULL
               ? csvk_fail(err, CSVK_EUSAGE, "--importer cannot delete rows")
               : CSVK_OK;
}

void kbc_input_release(struct kbc_input *input)
{
    csvk_table_definition_release(&input->table);
    csvk_strings_release(&input->delete_values);
    csvk_manifest_table_release(&input->manifest);
    cJSON_Delete(input->schema);
    cJSON_Delete(input->delete_list);
    cJSON_free(input->metadata);
    memset(input, 0, sizeof *input);
}

/* ---- the header ------------------------------------------------------------------------------ */

static int take_values(const struct csvk_dialect *dialect, const struct csvk_batch *batch,
                       struct csvk_strings *values)
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
        status = csvk_strings_addn(values, (const char *)value, length);
    }
    csvk_free(value);
    return status;
}

int input_first_record(const struct csvk_dialect *dialect, const char *path,
                       struct csvk_strings *values, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch = NULL;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    int status = csvk_open_table(&source, path, err);
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &options, err);
    }
    if (status == CSVK_OK) {
        do {
            status = csvk_reader_next(reader, &batch, err);
        } while (status == CSVK_OK && batch->nreported == 0);
    }
    if (status == CSVK_OK && take_values(dialect, batch, values) != CSVK_OK) {
        status = no_memory(err);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status < 0 ? status : CSVK_OK;
}

int kbc_input_read_header(struct kbc_input *input, struct csvk_error *err)
{
    if (input->path == NULL || input->sliced || input->table.columns.count > 0 ||
        input->header != KBC_HEADER) {
        return CSVK_OK;
    }
    struct csvk_table_definition *table = &input->table;
    table->columns_by = CSVK_TOLD_BY_HEADER;
    return input_first_record(&table->dialect, input->path, &table->columns, err);
}
