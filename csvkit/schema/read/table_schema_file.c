/*
 * table_schema_file.c - see table_schema_file.h.
 *
 * The idea. Every member of every object is looked up in a row of known ones: it is read, it says
 * nothing about values and may be there, or it stops the reading with its place. So nothing that a
 * schema demands is left out without a word.
 */
#include "csvkit/schema/read/table_schema_file.h"

#include "csvkit/findings/findings.h"
#include "manifest/manifest_tree.h"

#include <string.h>

struct schema_reading {
    const char *path;
    struct csvk_manifest *json;
    struct table_schema_file *out;
    struct csvk_error *err;
};

/* "FILE:LINE:COLUMN: TEXT 'NAME'" */
static int complain_at(struct schema_reading *reading, int status, const cJSON *node,
                       const char *text, const char *name)
{
    struct manifest_place place = {0};
    (void)manifest_place(reading->json, node, &place);
    return csvk_fail(reading->err, status, "%s:%llu:%llu: %s '%.200s'", reading->path,
                     (unsigned long long)place.line, (unsigned long long)place.column, text, name);
}

static int not_supported(struct schema_reading *reading, const cJSON *node, const char *name)
{
    return complain_at(reading, CSVK_EUSAGE, node, "not supported:", name);
}

static int not_valid(struct schema_reading *reading, const cJSON *node, const char *name)
{
    return complain_at(reading, CSVK_EDATA, node, "not as a Table Schema has it:", name);
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Refuses the first member of `object` that is not in `known`. */
static int check_members(struct schema_reading *reading, const cJSON *object,
                         const char *const *known)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        if (!is_one_of(member->string, known)) {
            return not_supported(reading, member, member->string);
        }
    }
    return CSVK_OK;
}

/* A member that may be there with this one text only, which is the default. */
static int check_default(struct schema_reading *reading, const cJSON *object, const char *name,
                         const char *only)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, name);
    bool same = node == NULL || (cJSON_IsString(node) && strcmp(node->valuestring, only) == 0);
    return same ? CSVK_OK : not_supported(reading, node, name);
}

/* ---- fields ---------------------------------------------------------------------------------- */

static int read_type(struct schema_reading *reading, const cJSON *field,
                     struct csvk_schema_column *column)
{
    static const struct {
        const char *name;
        enum csvk_value_type type;
    } types[] = {{"string", CSVK_VALUE_TABLE_STRING}, {"integer", CSVK_VALUE_TABLE_INTEGER},
                 {"number", CSVK_VALUE_TABLE_NUMBER}, {"boolean", CSVK_VALUE_TABLE_BOOLEAN},
                 {"date", CSVK_VALUE_TABLE_DATE},     {NULL, CSVK_VALUE_ANY}};
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(field, "type");
    column->type = CSVK_VALUE_TABLE_STRING; /* the default of version 1; `any` is not read */
    if (node == NULL) {
        return CSVK_OK;
    }
    for (size_t i = 0; cJSON_IsString(node) && types[i].name != NULL; i++) {
        if (strcmp(types[i].name, node->valuestring) == 0) {
            column->type = types[i].type;
            return CSVK_OK;
        }
    }
    return cJSON_IsString(node) ? not_supported(reading, node, node->valuestring)
                                : not_valid(reading, node, "type");
}

/* A whole number that is written as one. */
static bool read_count(const cJSON *node, uint64_t *value)
{
    const char *text = cJSON_IsNumber(node) && node->valuestring != NULL ? node->valuestring : "";
    size_t length = strlen(text);
    *value = 0;
    for (size_t i = 0; i < length && length <= 18; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *value = *value * 10 + (uint64_t)(text[i] - '0');
    }
    return length != 0 && length <= 18;
}

static int read_constraints(struct schema_reading *reading, const cJSON *field,
                            struct csvk_schema_column *column)
{
    static const char *const known[] = {"required", "maxLength", NULL};
    const cJSON *constraints = cJSON_GetObjectItemCaseSensitive(field, "constraints");
    const cJSON *required = cJSON_GetObjectItemCaseSensitive(constraints, "required");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(constraints, "maxLength");
    if (constraints != NULL && !cJSON_IsObject(constraints)) {
        return not_valid(reading, constraints, "constraints");
    }
    int status = check_members(reading, constraints, known);
    if (status == CSVK_OK && required != NULL && !cJSON_IsBool(required)) {
        status = not_valid(reading, required, "required");
    }
    column->required = cJSON_IsTrue(required) ? 1 : 0;
    if (status != CSVK_OK || most == NULL) {
        return status;
    }
    if (!read_count(most, &column->length)) {
        return not_valid(reading, most, "maxLength");
    }
    return column->type == CSVK_VALUE_TABLE_STRING && column->length != 0
               ? CSVK_OK
               : not_supported(reading, most, "maxLength");
}

static bool is_in_key(const struct schema_reading *reading, const char *name)
{
    return csvk_strings_has(&reading->out->primary_key, name);
}

static int read_field(struct schema_reading *reading, const cJSON *field)
{
    static const char *const known[] = {"name",    "type",        "format",      "title", "example",
                                        "rdfType", "description", "constraints", NULL};
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(field, "name");
    struct csvk_schema_column column = {.size = sizeof column};
    if (!cJSON_IsObject(field) || !cJSON_IsString(name)) {
        return not_valid(reading, field, "fields");
    }
    int status = check_members(reading, field, known);
    status = status == CSVK_OK ? check_default(reading, field, "format", "default") : status;
    status = status == CSVK_OK ? read_type(reading, field, &column) : status;
    status = status == CSVK_OK ? read_constraints(reading, field, &column) : status;
    column.name = name->valuestring;
    column.required |= is_in_key(reading, column.name);
    status =
        status == CSVK_OK ? csvk_schema_add(reading->out->schema, &column, reading->err) : status;
    if (status == CSVK_OK && csvk_strings_add(&reading->out->names, column.name) != CSVK_OK) {
        status = csvk_fail(reading->err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}

/* ---- the schema ------------------------------------------------------------------------------ */

/* Only the empty value is missing: that is the default. */
static int check_missing(struct schema_reading *reading, const cJSON *schema)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(schema, "missingValues");
    const cJSON *first = cJSON_GetArrayItem(list, 0);
    bool same = list == NULL || (cJSON_GetArraySize(list) == 1 && cJSON_IsString(first) &&
                                 first->valuestring[0] == '\0');
    return same ? CSVK_OK : not_supported(reading, list, "missingValues");
}

/* Version 1 allows a single name. */
static int read_key(struct schema_reading *reading, const cJSON *schema)
{
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(schema, "primaryKey"), *item;
    const cJSON *list = cJSON_IsArray(key) ? key : NULL;
    bool good = key == NULL || cJSON_IsString(key) || cJSON_IsArray(key);
    int status = CSVK_OK;
    if (cJSON_IsString(key)) {
        status = csvk_strings_add(&reading->out->primary_key, key->valuestring);
    }
    cJSON_ArrayForEach(item, list)
    {
        good = good && cJSON_IsString(item);
        status = good && status == CSVK_OK
                     ? csvk_strings_add(&reading->out->primary_key, item->valuestring)
                     : status;
    }
    if (status != CSVK_OK) {
        return csvk_fail(reading->err, CSVK_ENOMEM, "out of memory");
    }
    return good ? CSVK_OK : not_valid(reading, key, "primaryKey");
}

static int check_key(struct schema_reading *reading, const cJSON *schema)
{
    const struct csvk_strings *key = &reading->out->primary_key;
    for (size_t i = 0; i < key->count; i++) {
        if (!csvk_strings_has(&reading->out->names, key->item[i])) {
            return not_valid(reading, cJSON_GetObjectItemCaseSensitive(schema, "primaryKey"),
                             "primaryKey");
        }
    }
    return CSVK_OK;
}

static int read_schema(struct schema_reading *reading, const cJSON *schema)
{
    static const char *const known[] = {"$schema",     "name",          "title",
                                        "description", "fields",        "fieldsMatch",
                                        "primaryKey",  "missingValues", NULL};
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(schema, "fields"), *field;
    int status = check_members(reading, schema, known);
    if (status == CSVK_OK && (!cJSON_IsArray(fields) || cJSON_GetArraySize(fields) == 0)) {
        status = not_valid(reading, fields != NULL ? fields : schema, "fields");
    }
    status = status == CSVK_OK ? check_default(reading, schema, "fieldsMatch", "exact") : status;
    status = status == CSVK_OK ? check_missing(reading, schema) : status;
    status = status == CSVK_OK ? read_key(reading, schema) : status;
    cJSON_ArrayForEach(field, fields)
    {
        status = status == CSVK_OK ? read_field(reading, field) : status;
    }
    return status == CSVK_OK ? check_key(reading, schema) : status;
}

/* The schema of the one resource. How its data is written is said by options. */
static int read_package(struct schema_reading *reading, const cJSON *resources)
{
    const cJSON *resource = cJSON_GetArrayItem(resources, 0);
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(resource, "schema");
    if (!cJSON_IsArray(resources) || !cJSON_IsObject(resource) || schema == NULL) {
        return not_valid(reading, resources, "resources");
    }
    if (cJSON_GetArraySize(resources) != 1) {
        return not_supported(reading, resources, "several resources");
    }
    const cJSON *dialect = cJSON_GetObjectItemCaseSensitive(resource, "dialect");
    if (dialect != NULL) {
        return not_supported(reading, dialect, "dialect");
    }
    int status = check_default(reading, resource, "encoding", "utf-8");
    if (status != CSVK_OK) {
        return status;
    }
    return cJSON_IsObject(schema) ? read_schema(reading, schema)
                                  : not_supported(reading, schema, "schema in another file");
}

/* What is wrong with the JSON itself, as one text. */
static int tell_first(const char *path, const struct csvk_findings *findings,
                      struct csvk_error *err)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *f = &findings->item[i];
        struct csvk_buf text = CSVK_BUF_INIT;
        if (f->severity == CSVK_ERROR && csvk_finding_message(f, &text) == CSVK_OK) {
            csvk_fail(err, CSVK_EDATA, "%s:%llu:%llu: %s", path, (unsigned long long)f->line,
                      (unsigned long long)f->column, csvk_buf_text(&text));
            csvk_buf_release(&text);
            return CSVK_EDATA;
        }
        csvk_buf_release(&text);
    }
    return CSVK_OK;
}

int table_schema_file_read(struct table_schema_file *out, const char *path, struct csvk_error *err)
{
    struct schema_reading reading = {.path = path, .out = out, .err = err};
    struct csvk_findings findings = {0};
    *out = (struct table_schema_file){NULL, {0}, {0}};
    int status = csvk_schema_new(&out->schema, err);
    status = status == CSVK_OK ? csvk_manifest_read(&reading.json, path, &findings, err) : status;
    if (status == CSVK_OK || findings.errors != 0) {
        status = tell_first(path, &findings, err);
    }
    if (status == CSVK_OK) {
        const cJSON *root = reading.json->root;
        const cJSON *resources = cJSON_GetObjectItemCaseSensitive(root, "resources");
        status =
            resources != NULL ? read_package(&reading, resources) : read_schema(&reading, root);
    }
    csvk_manifest_free(reading.json);
    csvk_findings_release(&findings);
    return status;
}

void table_schema_file_release(struct table_schema_file *file)
{
    csvk_schema_free(file->schema);
    csvk_strings_release(&file->names);
    csvk_strings_release(&file->primary_key);
    *file = (struct table_schema_file){NULL, {0}, {0}};
}
