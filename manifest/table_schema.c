/*
 * table_schema.c - see table_schema.h.
 *
 * Each column of the manifest's schema becomes one of the schema, also one without a type, because
 * the i-th column is that of the i-th field. A backend's own block counts on that backend whole,
 * its length too; the base length is then none of its business, as for the platform. What csvkit
 * does not know (another type, a length that cannot be read) is CSVK_VALUE_ANY: its values are not
 * judged, and the report says so.
 */
#include "manifest/table_schema.h"

#include "manifest/manifest_tree.h"

#include <string.h>
#include <strings.h>

/* A name that a backend has for a type. */
struct type_name {
    const char *name;
    enum csvk_value_type type;
    bool whole; /* a number without decimals unless a scale is given */
};
static const struct type_name base_names[] = {
    {"STRING", CSVK_VALUE_STRING, false},       {"INTEGER", CSVK_VALUE_INTEGER, false},
    {"NUMERIC", CSVK_VALUE_NUMERIC, false},     {"FLOAT", CSVK_VALUE_FLOAT, false},
    {"BOOLEAN", CSVK_VALUE_BOOLEAN, false},     {"DATE", CSVK_VALUE_DATE, false},
    {"TIMESTAMP", CSVK_VALUE_TIMESTAMP, false}, {NULL, CSVK_VALUE_ANY, false},
};
static const struct type_name snowflake_names[] = {
    {"VARCHAR", CSVK_VALUE_STRING, false},
    {"STRING", CSVK_VALUE_STRING, false},
    {"TEXT", CSVK_VALUE_STRING, false},
    {"INTEGER", CSVK_VALUE_INTEGER, false},
    {"INT", CSVK_VALUE_INTEGER, false},
    {"BIGINT", CSVK_VALUE_INTEGER, false},
    {"SMALLINT", CSVK_VALUE_INTEGER, false},
    {"TINYINT", CSVK_VALUE_INTEGER, false},
    {"BYTEINT", CSVK_VALUE_INTEGER, false},
    {"NUMBER", CSVK_VALUE_NUMERIC, true},
    {"NUMERIC", CSVK_VALUE_NUMERIC, true},
    {"DECIMAL", CSVK_VALUE_NUMERIC, true},
    {"FLOAT", CSVK_VALUE_FLOAT, false},
    {"FLOAT4", CSVK_VALUE_FLOAT, false},
    {"FLOAT8", CSVK_VALUE_FLOAT, false},
    {"DOUBLE", CSVK_VALUE_FLOAT, false},
    {"DOUBLE PRECISION", CSVK_VALUE_FLOAT, false},
    {"REAL", CSVK_VALUE_FLOAT, false},
    {"BOOLEAN", CSVK_VALUE_BOOLEAN, false},
    {"DATE", CSVK_VALUE_DATE, false},
    {"TIMESTAMP", CSVK_VALUE_TIMESTAMP, false},
    {"TIMESTAMP_NTZ", CSVK_VALUE_TIMESTAMP, false},
    {"DATETIME", CSVK_VALUE_TIMESTAMP, false},
    {NULL, CSVK_VALUE_ANY, false},
};
static const struct type_name bigquery_names[] = {
    {"STRING", CSVK_VALUE_STRING, false},       {"INT64", CSVK_VALUE_INTEGER, false},
    {"INTEGER", CSVK_VALUE_INTEGER, false},     {"INT", CSVK_VALUE_INTEGER, false},
    {"BIGINT", CSVK_VALUE_INTEGER, false},      {"NUMERIC", CSVK_VALUE_NUMERIC, false},
    {"DECIMAL", CSVK_VALUE_NUMERIC, false},     {"FLOAT64", CSVK_VALUE_FLOAT, false},
    {"FLOAT", CSVK_VALUE_FLOAT, false},         {"BOOL", CSVK_VALUE_BOOLEAN, false},
    {"BOOLEAN", CSVK_VALUE_BOOLEAN, false},     {"DATE", CSVK_VALUE_DATE, false},
    {"TIMESTAMP", CSVK_VALUE_TIMESTAMP, false}, {NULL, CSVK_VALUE_ANY, false},
};

static const struct type_name *find_type(const struct type_name *names, const char *name)
{
    while (names->name != NULL && strcasecmp(names->name, name) != 0) {
        names++;
    }
    return names;
}

enum csvk_value_type table_schema_type(enum csvk_backend backend, const char *name)
{
    static const struct type_name *const names[] = {base_names, snowflake_names, bigquery_names};
    return find_type(names[backend], name)->type;
}

/* A whole number without zeros before it, as far as its digits go. */
static bool read_number(const char **text, uint64_t *value)
{
    size_t length = strspn(*text, "0123456789");
    bool good = length != 0 && length <= 18 && (length == 1 || **text != '0');
    *value = 0;
    for (size_t i = 0; i < length && good; i++) {
        *value = *value * 10 + (uint64_t)((*text)[i] - '0');
    }
    *text += length;
    return good;
}

/* Reads "10" or "10,2" strictly. False: it is neither. */
static bool read_length(const char *text, uint64_t *first, uint64_t *second, bool *has_second)
{
    bool good = read_number(&text, first);
    *has_second = *text == ',';
    text += *has_second;
    *second = 0;
    return good && (!*has_second || read_number(&text, second)) && *text == '\0';
}

/* Sets the limits that a length means for the type; INTEGER and others have none. False: it is none
   that a backend has. */
static bool set_limits(struct csvk_schema_column *column, const struct type_name *type,
                       const char *text)
{
    uint64_t first = 0, second = 0;
    bool has_second = false;
    bool sized = type->type == CSVK_VALUE_STRING || type->type == CSVK_VALUE_NUMERIC ||
                 type->type == CSVK_VALUE_TIMESTAMP;
    if (text == NULL || text[0] == '\0' || !sized) {
        column->precision = type->whole ? 38 : 0;
        return true;
    }
    if (!read_length(text, &first, &second, &has_second)) {
        return false;
    }
    switch (type->type) {
    case CSVK_VALUE_STRING: column->length = first; return first > 0 && !has_second;
    case CSVK_VALUE_NUMERIC:
        column->precision = first;
        column->scale = second;
        return first >= 1 && first <= 38 && second <= first;
    case CSVK_VALUE_TIMESTAMP: column->fraction_limit = first + 1; return first <= 9 && !has_second;
    default: return true;
    }
}

/* What a block {type, length} declares; `text` holds the name of the type afterwards. */
static int read_block(struct csvk_schema_column *column, const struct type_name *names,
                      const cJSON *block, struct csvk_buf *text)
{
    const char *name = tree_text(block, "type"), *length = tree_scalar(tree_get(block, "length"));
    const struct type_name *type = find_type(names, name != NULL ? name : "");
    bool sized = length != NULL && length[0] != '\0';
    column->type = type->type;
    csvk_buf_clear(text);
    if (!set_limits(column, type, length)) {
        column->type = CSVK_VALUE_ANY;
        column->precision = column->scale = column->length = column->fraction_limit = 0;
    }
    int status = csvk_buf_printf(text, "%s%s%s%s", name != NULL ? name : "no type",
                                 sized ? "(" : "", sized ? length : "", sized ? ")" : "");
    column->declared = csvk_buf_text(text);
    return status;
}

static int add_backend(struct csvk_schema *schema, enum csvk_backend backend, const char *name,
                       const struct type_name *names, const cJSON *block)
{
    struct csvk_schema_column column = {.size = sizeof column, .name = name};
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = read_block(&column, names, block, &text);
    status = status == CSVK_OK ? csvk_schema_override(schema, backend, &column, NULL) : status;
    csvk_buf_release(&text);
    return status;
}

/* Columns of the key are NOT NULL unless the manifest says otherwise. */
static bool is_required(const cJSON *entry)
{
    const cJSON *nullable = tree_get(entry, "nullable");
    bool key = tree_true(entry, "primary_key");
    return cJSON_IsBool(nullable) ? cJSON_IsFalse(nullable) : key;
}

static int add_column(struct csvk_schema *schema, const cJSON *entry, bool *declared)
{
    const cJSON *types = tree_get(entry, "data_type");
    const cJSON *base = tree_get(types, "base"), *snowflake = tree_get(types, "snowflake");
    const cJSON *bigquery = tree_get(types, "bigquery");
    const char *name = tree_text(entry, "name");
    struct csvk_schema_column column = {.size = sizeof column,
                                        .name = name != NULL ? name : "",
                                        .type = CSVK_VALUE_STRING,
                                        .required = is_required(entry)};
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = base != NULL ? read_block(&column, base_names, base, &text) : CSVK_OK;
    status = status == CSVK_OK ? csvk_schema_add(schema, &column, NULL) : status;
    if (status == CSVK_OK && cJSON_IsObject(snowflake)) {
        status =
            add_backend(schema, CSVK_BACKEND_SNOWFLAKE, column.name, snowflake_names, snowflake);
    }
    if (status == CSVK_OK && cJSON_IsObject(bigquery)) {
        status = add_backend(schema, CSVK_BACKEND_BIGQUERY, column.name, bigquery_names, bigquery);
    }
    *declared = *declared || base != NULL || column.required;
    csvk_buf_release(&text);
    return status;
}

int table_schema_read(struct csvk_schema **out, const struct csvk_manifest *manifest)
{
    bool declared = false;
    int status = csvk_schema_new(out, NULL);
    const cJSON *entry;
    cJSON_ArrayForEach(entry, tree_list(manifest->root, "schema"))
    {
        status = status == CSVK_OK ? add_column(*out, entry, &declared) : status;
    }
    if (status != CSVK_OK || !declared) {
        csvk_schema_free(*out);
        *out = NULL;
    }
    return status;
}
