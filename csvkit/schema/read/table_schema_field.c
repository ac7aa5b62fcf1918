/*
 * table_schema_field.c - one field of a Table Schema: its type, its format, what the type can be
 * told, its constraints.
 */
#include "csvkit/schema/read/table_schema_private.h"

#include <string.h>

/* What a type can be told besides what all can; and its constraints besides required, unique and
   enum. */
static const char *const of_number[] = {"decimalChar", "groupChar", "bareNumber", NULL};
static const char *const of_integer[] = {"groupChar", "bareNumber", "categories",
                                         "categoriesOrdered", NULL};
static const char *const of_boolean[] = {"trueValues", "falseValues", NULL};
static const char *const of_string[] = {"categories", "categoriesOrdered", NULL};
static const char *const of_list[] = {"delimiter", "itemType", NULL};
static const char *const of_others[] = {NULL};

static const char *const with_order[] = {"minimum", "maximum", "exclusiveMinimum",
                                         "exclusiveMaximum", NULL};
static const char *const with_length[] = {"minLength", "maxLength", NULL};
static const char *const with_pattern[] = {"minLength", "maxLength", "pattern", NULL};
static const char *const without[] = {NULL};

static const struct field_type {
    const char *name;
    enum csvk_value_type type;
    const char *const *members, *const *constraints;
} types[] = {
    {"string", CSVK_VALUE_TABLE_STRING, of_string, with_pattern},
    {"integer", CSVK_VALUE_TABLE_INTEGER, of_integer, with_order},
    {"number", CSVK_VALUE_TABLE_NUMBER, of_number, with_order},
    {"boolean", CSVK_VALUE_TABLE_BOOLEAN, of_boolean, without},
    {"date", CSVK_VALUE_TABLE_DATE, of_others, with_order},
    {"time", CSVK_VALUE_TABLE_TIME, of_others, with_order},
    {"datetime", CSVK_VALUE_TABLE_DATETIME, of_others, with_order},
    {"year", CSVK_VALUE_TABLE_YEAR, of_others, with_order},
    {"yearmonth", CSVK_VALUE_TABLE_YEARMONTH, of_others, with_order},
    {"duration", CSVK_VALUE_TABLE_DURATION, of_others, with_order},
    {"geopoint", CSVK_VALUE_TABLE_GEOPOINT, of_others, without},
    {"list", CSVK_VALUE_TABLE_LIST, of_list, with_length},
    {"object", CSVK_VALUE_TABLE_OBJECT, of_others, with_length},
    {"array", CSVK_VALUE_TABLE_ARRAY, of_others, with_length},
    /* Without a type it is `any`, in version 1 `string`: both take every text. */
    {"any", CSVK_VALUE_TABLE_STRING, of_others, with_pattern},
};
#define TYPES (sizeof types / sizeof types[0])

/* A field while it is read; the column borrows from it. */
struct field_reading {
    struct schema_reading *reading;
    const cJSON *field, *constraints;
    const struct field_type *type;
    struct csvk_schema_column column;
    struct csvk_strings missing, true_words, false_words, values, limits;
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static int find_type(struct field_reading *f)
{
    const cJSON *node = member(f->field, "type");
    if (node != NULL && !cJSON_IsString(node)) {
        return schema_not_valid(f->reading, node, "type");
    }
    const char *name = node != NULL ? node->valuestring : "any";
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(types[i].name, name) == 0) {
            f->type = &types[i];
            f->column.type = types[i].type;
            f->column.declared = node != NULL ? types[i].name : "string";
            return CSVK_OK;
        }
    }
    return schema_not_supported(f->reading, node, name);
}

/* A member that is a text. *out is NULL when it is not there. */
static int read_text(struct field_reading *f, const char *name, const char **out)
{
    const cJSON *node = member(f->field, name);
    *out = cJSON_IsString(node) ? node->valuestring : NULL;
    return node == NULL || *out != NULL ? CSVK_OK : schema_not_valid(f->reading, node, name);
}

static int read_flag(struct field_reading *f, const cJSON *object, const char *name, bool *out)
{
    const cJSON *node = member(object, name);
    *out = cJSON_IsTrue(node);
    return node == NULL || cJSON_IsBool(node) ? CSVK_OK : schema_not_valid(f->reading, node, name);
}

/* ---- values in JSON -------------------------------------------------------------------------- */

/* A number of JSON as the column has it. */
static int add_number(struct field_reading *f, const char *text, struct csvk_strings *out)
{
    const char *point = strchr(text, '.'), *decimal = f->column.decimal_char;
    if (point == NULL || decimal == NULL || f->column.type != CSVK_VALUE_TABLE_NUMBER) {
        return csvk_strings_add(out, text);
    }
    struct csvk_buf own = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&own, "%.*s%s%s", (int)(point - text), text, decimal, point + 1);
    status = status == CSVK_OK ? csvk_strings_add(out, csvk_buf_text(&own)) : status;
    csvk_buf_release(&own);
    return status;
}

/* A value as the column has it: text, number, true or false. */
static int add_value(struct field_reading *f, const cJSON *node, const char *name,
                     struct csvk_strings *out)
{
    int status;
    if (cJSON_IsBool(node) && f->column.type == CSVK_VALUE_TABLE_BOOLEAN) {
        bool yes = cJSON_IsTrue(node);
        const struct csvk_strings *words = yes ? &f->true_words : &f->false_words;
        status = csvk_strings_add(out, words->count != 0 ? words->item[0] : yes ? "true" : "false");
    } else if (cJSON_IsNumber(node) && tree_scalar(node) != NULL) {
        status = add_number(f, tree_scalar(node), out);
    } else if (cJSON_IsString(node)) {
        status = csvk_strings_add(out, node->valuestring);
    } else {
        return schema_not_supported(f->reading, node, name);
    }
    return status == CSVK_OK ? status : schema_no_memory(f->reading);
}

/* enum, or categories, whose items may be objects with a value. */
static int read_values(struct field_reading *f, const cJSON *list, const char *name)
{
    const cJSON *item;
    int status = CSVK_OK;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0) {
        return schema_not_valid(f->reading, list, name);
    }
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *value = cJSON_IsObject(item) ? member(item, "value") : item;
        if (value == NULL) {
            return schema_not_valid(f->reading, item, name);
        }
        status = status == CSVK_OK ? add_value(f, value, name, &f->values) : status;
    }
    f->column.values = &f->values;
    return status;
}

/* ---- what a type can be told ----------------------------------------------------------------- */

static int read_words(struct field_reading *f, const char *name, struct csvk_strings *out,
                      const struct csvk_strings **words)
{
    const cJSON *node = member(f->field, name);
    if (node == NULL) {
        return CSVK_OK;
    }
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) == 0) {
        return schema_not_valid(f->reading, node, name);
    }
    *words = out;
    return schema_read_names(f->reading, node, name, out);
}

static int read_item_type(struct field_reading *f)
{
    static const char *const known[] = {"string",   "integer", "boolean", "number",
                                        "datetime", "date",    "time",    NULL};
    const char *name = NULL;
    int status = read_text(f, "itemType", &name);
    f->column.item_type = CSVK_VALUE_TABLE_STRING;
    if (status != CSVK_OK || name == NULL) {
        return status;
    }
    if (!schema_is_one_of(name, known)) {
        return schema_not_supported(f->reading, member(f->field, "itemType"), name);
    }
    for (size_t i = 0; i < TYPES; i++) {
        f->column.item_type =
            strcmp(types[i].name, name) == 0 ? types[i].type : f->column.item_type;
    }
    return CSVK_OK;
}

static int read_format(struct field_reading *f)
{
    const char *format;
    int status = read_text(f, "format", &format);
    if (status != CSVK_OK || format == NULL || strcmp(format, "default") == 0) {
        return status;
    }
    f->column.format = strncmp(format, "fmt:", 4) == 0 ? format + 4 : format;
    return CSVK_OK;
}

static int read_form(struct field_reading *f)
{
    struct csvk_schema_column *column = &f->column;
    bool bare, has_bare = member(f->field, "bareNumber") != NULL;
    int status = read_format(f);
    status = status == CSVK_OK ? read_text(f, "title", &column->title) : status;
    status = status == CSVK_OK ? read_text(f, "description", &column->description) : status;
    status = status == CSVK_OK ? read_text(f, "decimalChar", &column->decimal_char) : status;
    status = status == CSVK_OK ? read_text(f, "groupChar", &column->group_char) : status;
    status = status == CSVK_OK ? read_flag(f, f->field, "bareNumber", &bare) : status;
    column->not_bare = status == CSVK_OK && has_bare && !bare;
    status = status == CSVK_OK ? read_words(f, "trueValues", &f->true_words, &column->true_words)
                               : status;
    status = status == CSVK_OK ? read_words(f, "falseValues", &f->false_words, &column->false_words)
                               : status;
    if (status == CSVK_OK && f->type->type == CSVK_VALUE_TABLE_LIST) {
        status = read_text(f, "delimiter", &column->separator);
        status = status == CSVK_OK ? read_item_type(f) : status;
    }
    const cJSON *missing = member(f->field, "missingValues");
    if (status == CSVK_OK && missing != NULL) {
        column->missing = &f->missing;
        status = schema_read_missing(f->reading, missing, &f->missing);
    }
    return status;
}

/* ---- constraints ----------------------------------------------------------------------------- */

/* A whole number that is written as one. */
static int read_count(struct field_reading *f, const char *name, uint64_t *value, bool *found)
{
    const cJSON *node = member(f->constraints, name);
    const char *text = cJSON_IsNumber(node) && node->valuestring != NULL ? node->valuestring : "";
    size_t length = strlen(text), digits = strspn(text, "0123456789");
    *value = 0;
    *found = node != NULL;
    if (node != NULL && (length == 0 || length > 18 || digits != length)) {
        return schema_not_valid(f->reading, node, name);
    }
    for (size_t i = 0; i < length; i++) {
        *value = *value * 10 + (uint64_t)(text[i] - '0');
    }
    return CSVK_OK;
}

static int read_lengths(struct field_reading *f)
{
    bool found;
    uint64_t most = 0;
    int status = read_count(f, "minLength", &f->column.least_length, &found);
    status = status == CSVK_OK ? read_count(f, "maxLength", &most, &found) : status;
    f->column.length_limit = status == CSVK_OK && found ? most + 1 : 0;
    return status;
}

static int read_limits(struct field_reading *f)
{
    const char **const to[] = {&f->column.minimum, &f->column.maximum, &f->column.exclusive_minimum,
                               &f->column.exclusive_maximum};
    int status = CSVK_OK;
    for (size_t i = 0; i < 4 && status == CSVK_OK; i++) {
        const cJSON *node = member(f->constraints, with_order[i]);
        if (node != NULL) {
            status = add_value(f, node, with_order[i], &f->limits);
            *to[i] = status == CSVK_OK ? f->limits.item[f->limits.count - 1] : NULL;
        }
    }
    return status;
}

static int read_constraints(struct field_reading *f)
{
    static const char *const of_all[] = {"required", "unique", "enum", NULL};
    const cJSON *constraints = f->constraints = member(f->field, "constraints");
    const cJSON *pattern = member(constraints, "pattern"), *list = member(constraints, "enum");
    bool required = false, unique = false;
    if (constraints != NULL && !cJSON_IsObject(constraints)) {
        return schema_not_valid(f->reading, constraints, "constraints");
    }
    int status = schema_check_members(f->reading, constraints, of_all, f->type->constraints);
    status = status == CSVK_OK ? read_flag(f, constraints, "required", &required) : status;
    status = status == CSVK_OK ? read_flag(f, constraints, "unique", &unique) : status;
    status = status == CSVK_OK ? read_lengths(f) : status;
    status = status == CSVK_OK ? read_limits(f) : status;
    if (status == CSVK_OK && pattern != NULL && !cJSON_IsString(pattern)) {
        return schema_not_valid(f->reading, pattern, "pattern");
    }
    f->column.pattern = pattern != NULL ? pattern->valuestring : NULL;
    f->column.required = required;
    f->column.unique = unique;
    return status == CSVK_OK && list != NULL ? read_values(f, list, "enum") : status;
}

/* An enum is a part of the categories, and says more. */
static int read_categories(struct field_reading *f)
{
    const cJSON *categories = member(f->field, "categories");
    bool ordered;
    int status = read_flag(f, f->field, "categoriesOrdered", &ordered);
    if (status == CSVK_OK && categories != NULL && f->column.values == NULL) {
        f->column.categories = 1;
        status = read_values(f, categories, "categories");
    }
    return status;
}

/* ---- the field ------------------------------------------------------------------------------- */

static int add_column(struct field_reading *f)
{
    struct schema_reading *reading = f->reading;
    struct csvk_error why = {0};
    const char *name = f->column.name;
    f->column.required |= csvk_strings_has(&reading->out->primary_key, name);
    int status = csvk_schema_add(reading->out->schema, &f->column, reading->err);
    if (status != CSVK_OK) {
        return status;
    }
    status = csvk_schema_check_column(reading->out->schema,
                                      csvk_schema_count(reading->out->schema) - 1, &why);
    if (status != CSVK_OK) {
        return status == CSVK_ENOMEM ? schema_no_memory(reading)
                                     : schema_complain(reading, status, f->field, why.text, name);
    }
    return csvk_strings_add(&reading->out->names, name) == CSVK_OK ? CSVK_OK
                                                                   : schema_no_memory(reading);
}

static int read_field(struct field_reading *f)
{
    static const char *const of_all[] = {"name",          "type",    "format",      "title",
                                         "example",       "rdfType", "description", "constraints",
                                         "missingValues", NULL};
    const cJSON *name = member(f->field, "name");
    if (!cJSON_IsObject(f->field) || !cJSON_IsString(name)) {
        return schema_not_valid(f->reading, f->field, "fields");
    }
    f->column.name = name->valuestring;
    int status = find_type(f);
    if (status == CSVK_OK) {
        status = schema_check_members(f->reading, f->field, of_all, f->type->members);
    }
    status = status == CSVK_OK ? read_form(f) : status;
    status = status == CSVK_OK ? read_constraints(f) : status;
    status = status == CSVK_OK ? read_categories(f) : status;
    return status == CSVK_OK ? add_column(f) : status;
}

int schema_read_field(struct schema_reading *reading, const cJSON *field)
{
    struct field_reading f = {.reading = reading, .field = field};
    f.column.size = sizeof f.column;
    int status = read_field(&f);
    csvk_strings_release(&f.missing);
    csvk_strings_release(&f.true_words);
    csvk_strings_release(&f.false_words);
    csvk_strings_release(&f.values);
    csvk_strings_release(&f.limits);
    return status;
}
