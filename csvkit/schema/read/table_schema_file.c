/*
 * table_schema_file.c - see table_schema_file.h.
 *
 * The idea. Every member of every object is looked up in a row of known ones: it is read, it says
 * nothing about values and may be there, or it stops the reading with its place. So nothing that a
 * schema demands is left out without a word.
 */
#include "csvkit/schema/read/table_schema_private.h"

#include "csvkit/findings/findings.h"
#include "csvkit/schema/read/categories.h"

#include <string.h>

/* ---- what all of it shares ------------------------------------------------------------------- */

int schema_complain(struct schema_reading *reading, int status, const cJSON *node, const char *text,
                    const char *name)
{
    struct manifest_place place = {0};
    (void)manifest_place(reading->json, node, &place);
    return csvk_fail(reading->err, status, "%s:%llu:%llu: %s '%.200s'", reading->path,
                     (unsigned long long)place.line, (unsigned long long)place.column, text, name);
}

int schema_not_supported(struct schema_reading *reading, const cJSON *node, const char *name)
{
    return schema_complain(reading, CSVK_EUSAGE, node, "not supported:", name);
}

int schema_not_valid(struct schema_reading *reading, const cJSON *node, const char *name)
{
    return schema_complain(reading, CSVK_EDATA, node, "not as a Table Schema has it:", name);
}

int schema_no_memory(struct schema_reading *reading)
{
    return csvk_fail(reading->err, CSVK_ENOMEM, "out of memory");
}

bool schema_is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

int schema_check_members(struct schema_reading *reading, const cJSON *object,
                         const char *const *known, const char *const *more)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        bool found = schema_is_one_of(member->string, known) ||
                     (more != NULL && schema_is_one_of(member->string, more));
        if (!found) {
            return schema_not_supported(reading, member, member->string);
        }
    }
    return CSVK_OK;
}

int schema_read_names(struct schema_reading *reading, const cJSON *node, const char *name,
                      struct csvk_strings *out)
{
    const cJSON *item, *list = cJSON_IsArray(node) ? node : NULL;
    int status = CSVK_OK;
    if (cJSON_IsString(node)) {
        status = csvk_strings_add(out, node->valuestring);
    } else if (list == NULL) {
        return schema_not_valid(reading, node, name);
    }
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item)) {
            return schema_not_valid(reading, node, name);
        }
        status = status == CSVK_OK ? csvk_strings_add(out, item->valuestring) : status;
    }
    return status == CSVK_OK ? CSVK_OK : schema_no_memory(reading);
}

int schema_read_missing(struct schema_reading *reading, const cJSON *node, struct csvk_strings *out)
{
    const cJSON *item;
    if (!cJSON_IsArray(node)) {
        return schema_not_valid(reading, node, "missingValues");
    }
    cJSON_ArrayForEach(item, node)
    {
        const cJSON *value =
            cJSON_IsObject(item) ? cJSON_GetObjectItemCaseSensitive(item, "value") : item;
        if (!cJSON_IsString(value)) {
            return schema_not_valid(reading, node, "missingValues");
        }
        if (csvk_strings_add(out, value->valuestring) != CSVK_OK) {
            return schema_no_memory(reading);
        }
    }
    return CSVK_OK;
}

int schema_check_default(struct schema_reading *reading, const cJSON *object, const char *name,
                         const char *only)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, name);
    bool same = node == NULL || (cJSON_IsString(node) && strcmp(node->valuestring, only) == 0);
    return same ? CSVK_OK : schema_not_supported(reading, node, name);
}

/* ---- keys ------------------------------------------------------------------------------------ */

int schema_check_names(struct schema_reading *reading, const struct csvk_strings *names,
                       const cJSON *node, const char *member)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!csvk_strings_has(&reading->out->names, names->item[i])) {
            return schema_not_valid(reading, node, member);
        }
    }
    return CSVK_OK;
}

static int read_unique_key(struct schema_reading *reading, const cJSON *node)
{
    struct csvk_strings columns = {0};
    int status = schema_read_names(reading, node, "uniqueKeys", &columns);
    if (status == CSVK_OK && columns.count == 0) {
        status = schema_not_valid(reading, node, "uniqueKeys");
    }
    status = status == CSVK_OK ? schema_check_names(reading, &columns, node, "uniqueKeys") : status;
    if (status == CSVK_OK) {
        status = csvk_schema_add_unique(reading->out->schema, &columns, reading->err);
    }
    csvk_strings_release(&columns);
    return status;
}

static int read_unique_keys(struct schema_reading *reading, const cJSON *schema)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(schema, "uniqueKeys"), *item;
    int status = CSVK_OK;
    if (list != NULL && (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)) {
        return schema_not_valid(reading, list, "uniqueKeys");
    }
    cJSON_ArrayForEach(item, list)
    {
        status = status == CSVK_OK ? read_unique_key(reading, item) : status;
    }
    return status;
}

/* ---- the schema ------------------------------------------------------------------------------ */

static int read_match(struct schema_reading *reading, const cJSON *schema, uint64_t *match)
{
    static const char *const words[] = {"exact", "equal", "subset", "superset", "partial"};
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(schema, "fieldsMatch");
    *match = CSVK_MATCH_EXACT;
    for (size_t i = 0; cJSON_IsString(node) && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(node->valuestring, words[i]) == 0) {
            *match = i;
            return CSVK_OK;
        }
    }
    return node == NULL ? CSVK_OK : schema_not_valid(reading, node, "fieldsMatch");
}

static const char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* What is said of the table, and not of a field. */
static int read_table(struct schema_reading *reading, const cJSON *schema)
{
    const cJSON *missing = cJSON_GetObjectItemCaseSensitive(schema, "missingValues");
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(schema, "primaryKey");
    struct csvk_schema_table table = {.size = sizeof table, .kind = CSVK_SCHEMA_TABLE};
    struct csvk_strings words = {0};
    int status = read_match(reading, schema, &table.fields_match);
    if (status == CSVK_OK && key != NULL) {
        status = schema_read_names(reading, key, "primaryKey", &reading->out->primary_key);
    }
    if (status == CSVK_OK && missing != NULL) {
        table.missing = &words;
        status = schema_read_missing(reading, missing, &words);
    }
    table.name = text_of(schema, "name");
    table.title = text_of(schema, "title");
    table.description = text_of(schema, "description");
    table.primary_key = &reading->out->primary_key;
    status = status == CSVK_OK ? csvk_schema_set_table(reading->out->schema, &table, reading->err)
                               : status;
    csvk_strings_release(&words);
    reading->out->fields_match = (enum csvk_fields_match)table.fields_match;
    return status;
}

int schema_read_table(struct schema_reading *reading, const cJSON *schema)
{
    static const char *const known[] = {"$schema",       "name",        "title",      "description",
                                        "fields",        "fieldsMatch", "primaryKey", "uniqueKeys",
                                        "missingValues", "foreignKeys", NULL};
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(schema, "fields"), *field;
    int status = schema_check_members(reading, schema, known, NULL);
    if (status == CSVK_OK && (!cJSON_IsArray(fields) || cJSON_GetArraySize(fields) == 0)) {
        status = schema_not_valid(reading, fields != NULL ? fields : schema, "fields");
    }
    status = status == CSVK_OK ? read_table(reading, schema) : status;
    cJSON_ArrayForEach(field, fields)
    {
        status = status == CSVK_OK ? schema_read_field(reading, field) : status;
    }
    if (status == CSVK_OK) {
        status = schema_check_names(reading, &reading->out->primary_key,
                                    cJSON_GetObjectItemCaseSensitive(schema, "primaryKey"),
                                    "primaryKey");
    }
    status = status == CSVK_OK ? read_unique_keys(reading, schema) : status;
    return status == CSVK_OK ? schema_read_references(reading, schema) : status;
}

/* ---- the file ----------------------------------------------------------------------------------
 */

/* What is wrong with the JSON itself, as one text. */
static int tell_first(const char *path, const struct csvk_findings *findings,
                      struct csvk_error *err)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *f = &findings->item[i];
        struct csvk_buf text = CSVK_BUF_INIT;
        if (f->severity == CSVK_ERROR && csvk_finding_message(f, &text) == CSVK_OK) {
            bool json = strcmp(f->rule->id, "manifest-json") == 0;
            const char *what = csvk_buf_text(&text), *colon = json ? strstr(what, ": ") : NULL;
            csvk_fail(err, CSVK_EDATA, "%s:%llu:%llu: %s%s%s", path, (unsigned long long)f->line,
                      (unsigned long long)f->column, json ? "no schema, as it is no JSON: " : "",
                      colon != NULL ? colon + 2 : what,
                      json && f->line == 1 && f->column == 1
                          ? "; csvkit schema infer makes a schema of a table"
                          : "");
            csvk_buf_release(&text);
            return CSVK_EDATA;
        }
        csvk_buf_release(&text);
    }
    return CSVK_OK;
}

int schema_read_json(struct csvk_manifest **out, const char *path, struct csvk_error *err)
{
    struct csvk_findings findings = {0};
    *out = NULL;
    int status = csvk_manifest_read(out, path, &findings, err);
    if (status == CSVK_OK || findings.errors != 0) {
        status = tell_first(path, &findings, err);
    }
    csvk_findings_release(&findings);
    return status;
}

/* A manifest with data types has its columns where a Table Schema has fields. */
static int refuse_manifest(struct schema_reading *reading, const cJSON *root)
{
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(root, "schema");
    bool fields = cJSON_GetObjectItemCaseSensitive(root, "fields") != NULL;
    return cJSON_IsArray(columns) && !fields
               ? schema_complain(
                     reading, CSVK_EUSAGE, columns,
                     "no Table Schema but a manifest, which is given by --manifest:", "schema")
               : CSVK_OK;
}

static int read_file(struct table_schema_file *out, const char *path,
                     const struct schema_choice *choice, struct csvk_error *err)
{
    struct schema_reading reading = {.path = path, .out = out, .err = err, .package = path};
    *out = (struct table_schema_file){NULL, {0}, {0}, CSVK_MATCH_EXACT};
    categories_lend();
    int status = csvk_schema_new(&out->schema, err);
    status = status == CSVK_OK ? schema_read_json(&reading.json, path, err) : status;
    if (status == CSVK_OK) {
        const cJSON *root = reading.json->root;
        reading.package_json = reading.json;
        reading.resources = cJSON_GetObjectItemCaseSensitive(root, "resources");
        status = reading.resources == NULL ? refuse_manifest(&reading, root) : CSVK_OK;
        if (status == CSVK_OK) {
            status = reading.resources != NULL ? schema_read_package(&reading, choice)
                                               : schema_read_table(&reading, root);
        }
    }
    csvk_manifest_free(reading.json);
    return status;
}

int table_schema_file_read(struct table_schema_file *out, const char *path, const char *data,
                           struct csvk_error *err)
{
    return read_file(out, path, &(struct schema_choice){data, NULL}, err);
}

int table_schema_file_read_resource(struct table_schema_file *out, const char *path,
                                    const char *name, struct csvk_error *err)
{
    return read_file(out, path, &(struct schema_choice){NULL, name}, err);
}

void table_schema_file_release(struct table_schema_file *file)
{
    csvk_schema_free(file->schema);
    csvk_strings_release(&file->names);
    csvk_strings_release(&file->primary_key);
    *file = (struct table_schema_file){NULL, {0}, {0}, CSVK_MATCH_EXACT};
}
