/* write_table_schema.c - a schema as a Table Schema of Frictionless Data, version 2. */
#include "csvkit/schema/write/schema_family.h"
#include "csvkit/schema/write/write_private.h"

#include <string.h>

static const char *const boolean_words[2][10] = {
    {"true", "True", "TRUE", "t", "T", "yes", "Yes", "YES", "1", NULL},
    {"false", "False", "FALSE", "f", "F", "no", "No", "NO", "0", NULL},
};

/* The name of the type. */
static const char *type_of(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    bool own = writer_is_same_kind(w), formed = c->format != NULL && !own;
    if (c->separator != NULL || c->type == CSVK_VALUE_TABLE_LIST) {
        return "list";
    }
    if (own && c->type > CSVK_VALUE_ANY) {
        return csvk_value_type_name((enum csvk_value_type)c->type);
    }
    switch (family_of(c)) {
    case FAMILY_INTEGER: return "integer";
    case FAMILY_DECIMAL:
    case FAMILY_NUMBER: return "number";
    case FAMILY_BOOLEAN:
        if (formed) {
            writer_lose(w, "a boolean with its own words");
            return "string";
        }
        return "boolean";
    case FAMILY_TEXT: return "string";
    case FAMILY_DAY:
    case FAMILY_MOMENT:
    case FAMILY_TIME:
        if (formed) {
            writer_lose(w, "a day or time in its own format");
            return "string";
        }
        return family_of(c) == FAMILY_DAY    ? "date"
               : family_of(c) == FAMILY_TIME ? "time"
                                             : "datetime";
    case FAMILY_YEAR: return "year";
    case FAMILY_MONTH: return "yearmonth";
    case FAMILY_DURATION: return "duration";
    case FAMILY_JSON: return own ? "object" : "string";
    case FAMILY_OTHER: break;
    }
    writer_lose(w, c->declared != NULL ? c->declared : "the type");
    return "string";
}

static void put_filled(struct writer *w, const char *key, const char *text)
{
    if (text != NULL) {
        csvk_json_put_string(w->json, key, text);
    }
}

static void put_list(struct writer *w, const char *key, const struct csvk_strings *list)
{
    if (list != NULL) {
        csvk_json_put_strings(w->json, key, list);
    }
}

/* The words that a native BOOLEAN takes, as far as a list can have them. */
static void put_words(struct writer *w)
{
    static const char *const keys[2] = {"trueValues", "falseValues"};
    for (size_t side = 0; side < 2; side++) {
        csvk_json_key(w->json, keys[side]);
        csvk_json_open(w->json, '[');
        for (size_t i = 0; boolean_words[side][i] != NULL; i++) {
            csvk_json_string(w->json, boolean_words[side][i]);
        }
        csvk_json_close(w->json, ']');
    }
}

static uint64_t greatest_length(const struct csvk_schema_column *c)
{
    return c->length_limit != 0 ? c->length_limit : c->length != 0 ? c->length + 1 : 0;
}

static bool is_constrained(const struct csvk_schema_column *c)
{
    return c->required != 0 || c->unique != 0 || c->least_length != 0 || greatest_length(c) != 0 ||
           c->minimum != NULL || c->maximum != NULL || c->exclusive_minimum != NULL ||
           c->exclusive_maximum != NULL || c->pattern != NULL ||
           (c->values != NULL && c->categories == 0);
}

static void put_constraints(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    if (!is_constrained(c)) {
        return;
    }
    csvk_json_key(w->json, "constraints");
    csvk_json_open(w->json, '{');
    if (c->required != 0) {
        csvk_json_put_bool(w->json, "required", true);
    }
    if (c->unique != 0) {
        csvk_json_put_bool(w->json, "unique", true);
    }
    if (c->least_length != 0) {
        csvk_json_put_uint(w->json, "minLength", c->least_length);
    }
    if (greatest_length(c) != 0) {
        csvk_json_put_uint(w->json, "maxLength", greatest_length(c) - 1);
    }
    put_filled(w, "minimum", c->minimum);
    put_filled(w, "maximum", c->maximum);
    put_filled(w, "exclusiveMinimum", c->exclusive_minimum);
    put_filled(w, "exclusiveMaximum", c->exclusive_maximum);
    put_filled(w, "pattern", c->pattern);
    put_list(w, "enum", c->categories == 0 ? c->values : NULL);
    csvk_json_close(w->json, '}');
}

static void tell_losses(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    bool native = w->table.kind == CSVK_SCHEMA_NATIVE;
    writer_lose_if(w, c->default_value != NULL, "default");
    writer_lose_if(w, c->precision != 0, "the precision of NUMERIC");
    writer_lose_if(w, c->fraction_limit != 0, "the length of TIMESTAMP");
    writer_lose_if(w, native && family_of(c) == FAMILY_BOOLEAN, "a word in any case");
    writer_lose_if(w, native && family_of(c) == FAMILY_MOMENT,
                   "a TIMESTAMP with a blank, or without seconds,");
    bool told = family_of(c) == FAMILY_DAY || family_of(c) == FAMILY_MOMENT ||
                family_of(c) == FAMILY_TIME || family_of(c) == FAMILY_BOOLEAN;
    writer_lose_if(w, c->format != NULL && !told && !writer_is_same_kind(w), "format");
}

static void put_field(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    const char *type = type_of(w);
    bool own = writer_is_same_kind(w);
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "name", schema_column_title(c));
    csvk_json_put_string(w->json, "type", type);
    put_filled(w, "format", own ? c->format : NULL);
    put_filled(w, "title", c->title);
    put_filled(w, "description", c->description);
    put_filled(w, "decimalChar", c->decimal_char);
    put_filled(w, "groupChar", c->group_char);
    if (c->not_bare != 0) {
        csvk_json_put_bool(w->json, "bareNumber", false);
    }
    put_list(w, "missingValues", c->missing);
    if (w->table.kind == CSVK_SCHEMA_NATIVE && strcmp(type, "boolean") == 0) {
        put_words(w);
    } else {
        put_list(w, "trueValues", c->true_words);
        put_list(w, "falseValues", c->false_words);
    }
    put_list(w, "categories", c->categories != 0 ? c->values : NULL);
    if (strcmp(type, "list") == 0) {
        put_filled(w, "delimiter", c->separator);
        uint64_t item = c->type == CSVK_VALUE_TABLE_LIST ? c->item_type : c->type;
        if (own && item > CSVK_VALUE_ANY && item < CSVK_VALUE_TYPES) {
            csvk_json_put_string(w->json, "itemType",
                                 csvk_value_type_name((enum csvk_value_type)item));
        }
    }
    put_constraints(w);
    csvk_json_close(w->json, '}');
    tell_losses(w);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Columns are called as in the header here. */
static void put_key(struct writer *w)
{
    csvk_json_key(w->json, "primaryKey");
    csvk_json_open(w->json, '[');
    for (size_t k = 0; k < w->table.primary_key->count; k++) {
        const char *name = w->table.primary_key->item[k], *title = name;
        struct csvk_schema_column column = {.size = sizeof column};
        for (size_t i = 0; i < csvk_schema_count(w->how->schema); i++) {
            int status = csvk_schema_at(w->how->schema, i, CSVK_BACKEND_PORTABLE, &column, NULL);
            bool same = status == CSVK_OK && strcmp(column.name, name) == 0;
            title = same ? schema_column_title(&column) : title;
        }
        csvk_json_string(w->json, title);
    }
    csvk_json_close(w->json, ']');
}

static void put_unique_keys(struct writer *w)
{
    size_t count = csvk_schema_unique_count(w->how->schema);
    if (count == 0) {
        return;
    }
    csvk_json_key(w->json, "uniqueKeys");
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < count; i++) {
        const struct csvk_strings *key = csvk_schema_unique_at(w->how->schema, i);
        csvk_json_open(w->json, '[');
        for (size_t k = 0; k < key->count; k++) {
            csvk_json_string(w->json, key->item[k]);
        }
        csvk_json_close(w->json, ']');
    }
    csvk_json_close(w->json, ']');
}

static void put_references(struct writer *w)
{
    size_t count = csvk_schema_reference_count(w->how->schema);
    if (count == 0) {
        return;
    }
    csvk_json_key(w->json, "foreignKeys");
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < count; i++) {
        struct csvk_schema_reference reference = {.size = sizeof reference};
        if (csvk_schema_reference_at(w->how->schema, i, &reference, NULL) != CSVK_OK) {
            continue;
        }
        csvk_json_open(w->json, '{');
        csvk_json_put_strings(w->json, "fields", reference.columns);
        csvk_json_key(w->json, "reference");
        csvk_json_open(w->json, '{');
        put_filled(w, "resource", reference.resource);
        csvk_json_put_strings(w->json, "fields", reference.referenced);
        csvk_json_close(w->json, '}');
        csvk_json_close(w->json, '}');
    }
    csvk_json_close(w->json, ']');
}

static void put_match(struct writer *w)
{
    static const char *const names[] = {"exact", "equal", "subset", "superset", "partial"};
    if (w->table.fields_match != CSVK_MATCH_EXACT) {
        csvk_json_put_string(w->json, "fieldsMatch", names[w->table.fields_match]);
    }
}

/* A backend's own block is a type of a database, which nothing here can say. */
static void tell_backends(struct writer *w, size_t index)
{
    for (int backend = CSVK_BACKEND_SNOWFLAKE; backend < CSVK_BACKENDS; backend++) {
        struct csvk_schema_column own = {.size = sizeof own};
        int status = csvk_schema_at(w->how->schema, index, (enum csvk_backend)backend, &own, NULL);
        writer_lose_if(w, status == CSVK_OK && own.declared != w->column->declared,
                       csvk_backend_name((enum csvk_backend)backend));
    }
}

void write_table_schema(struct writer *w)
{
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "$schema",
                         "https://datapackage.org/profiles/2.0/tableschema.json");
    put_filled(w, "name", w->table.name);
    put_filled(w, "title", w->table.title);
    put_filled(w, "description", w->table.description);
    put_match(w);
    csvk_json_key(w->json, "fields");
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < csvk_schema_count(w->how->schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        if (csvk_schema_at(w->how->schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK) {
            w->column = &column;
            put_field(w);
            tell_backends(w, i);
        }
    }
    csvk_json_close(w->json, ']');
    put_list(w, "missingValues", w->table.missing);
    if (w->table.primary_key != NULL && w->table.primary_key->count != 0) {
        put_key(w);
    }
    put_unique_keys(w);
    put_references(w);
    csvk_json_close(w->json, '}');
}
