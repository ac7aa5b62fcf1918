/*
 * storage_input.c - collects what is known about the data before it is sent, from its manifest and
 * its header. input_check.c judges the data.
 */
#include "storage/input/storage_input.h"

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

static int set_metadata(struct kbc_input *input, const struct csvk_manifest_table *told)
{
    bool failed = false;
    input->metadata = metadata_of(told, &failed);
    return failed ? CSVK_ENOMEM : CSVK_OK;
}

/* Types that are hints become metadata of the columns, as a legacy manifest has them. */
static int set_hints(struct kbc_input *input, const struct csvk_manifest *manifest)
{
    struct csvk_manifest *legacy = NULL;
    struct csvk_manifest_table told = {0};
    struct csvk_findings not_carried = {0};
    int status =
        csvk_manifest_convert(&legacy, manifest, CSVK_GENERATION_LEGACY, NULL, &not_carried);
    if (status == CSVK_OK) {
        status = csvk_manifest_table(legacy, &told);
    }
    status = status == CSVK_OK ? set_metadata(input, &told) : status;
    csvk_findings_release(&not_carried);
    csvk_manifest_table_release(&told);
    csvk_manifest_free(legacy);
    return status;
}

/* What the platform gets from the manifest beside the data. */
static int take_types(struct kbc_input *input, const struct csvk_manifest *manifest)
{
    bool native = input->manifest.generation == CSVK_GENERATION_NATIVE;
    if (input->support != CSVK_SUPPORT_HINTS && input->support != CSVK_SUPPORT_NONE) {
        input->schema = list_of(manifest, "schema"); /* it goes to the platform as it is */
    }
    return native && input->support == CSVK_SUPPORT_HINTS ? set_hints(input, manifest)
                                                          : set_metadata(input, &input->manifest);
}

static int take_manifest(struct kbc_input *input, const struct csvk_manifest *manifest,
                         struct csvk_findings *findings, struct csvk_error *err)
{
    struct csvk_table_definition *table = &input->table;
    if (csvk_manifest_table(manifest, &input->manifest) != CSVK_OK) {
        return no_memory(err);
    }
    int status = csvk_table_definition_take(table, manifest, NULL, input->path, findings, err);
    if (status != CSVK_OK) {
        return status;
    }
    const struct csvk_manifest_table *told = &input->manifest;
    input->incremental = table->incremental == CSVK_YES;
    input->delete_list = list_of(manifest, "delete_where");
    if (take_types(input, manifest) != CSVK_OK ||
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
    judge.support = input->support;
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
    status = status == CSVK_OK ? take_manifest(input, manifest, findings, err) : status;
    csvk_manifest_free(manifest);
    return status;
}

/* ---- what is known --------------------------------------------------------------------------- */

int kbc_input_read(struct kbc_input *input, const char *path, const char *manifest,
                   enum csvk_type_support support, struct csvk_findings *findings,
                   struct csvk_error *err)
{
    struct stat about;
    memset(input, 0, sizeof *input);
    input->support = support;
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

int kbc_input_settle(struct kbc_input *input, struct csvk_error *err)
{
    struct csvk_table_definition *table = &input->table;
    int status = input->sliced ? csvk_table_definition_look(table, NULL, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    bool skipped = table->header_skipped && table->columns.count != 0;
    input->header = !table->header ? KBC_HEADLESS : skipped ? KBC_SKIP_HEADER : KBC_HEADER;
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

int input_first_record(const struct csvk_dialect *dialect, const char *path,
                       struct csvk_strings *values, struct csvk_error *err)
{
    int status = csvk_manifest_header_names(path, dialect, values, err);
    return status == CSVK_EDATA ? CSVK_OK : status; /* it has none, which is judged elsewhere */
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
