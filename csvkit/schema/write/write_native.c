/* write_native.c - a schema as a manifest with native data types. */
#include "csvkit/schema/write/schema_family.h"
#include "csvkit/schema/write/write_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH_SIZE = 48 };

/* The name of the base type. Sets `length` to its length, or "". */
static const char *base_type(struct writer *w, char length[LENGTH_SIZE])
{
    const struct csvk_schema_column *c = w->column;
    bool formed = c->format != NULL && !writer_is_same_kind(w);
    length[0] = '\0';
    if (c->separator != NULL) {
        writer_lose(w, "a list");
        return "STRING";
    }
    switch (family_of(c)) {
    case FAMILY_INTEGER: return "INTEGER";
    case FAMILY_DECIMAL:
        if (c->precision != 0) {
            snprintf(length, LENGTH_SIZE, "%" PRIu64 ",%" PRIu64, c->precision, c->scale);
        }
        return "NUMERIC";
    case FAMILY_NUMBER: return "FLOAT";
    case FAMILY_BOOLEAN:
        if (c->true_words == NULL && c->false_words == NULL && !formed) {
            return "BOOLEAN";
        }
        writer_lose(w, "a boolean with its own words");
        return "STRING";
    case FAMILY_DAY:
    case FAMILY_MOMENT:
        if (formed) {
            writer_lose(w, "a day or time in its own format");
            return "STRING";
        }
        if (c->fraction_limit != 0) {
            snprintf(length, LENGTH_SIZE, "%" PRIu64, c->fraction_limit - 1);
        }
        return family_of(c) == FAMILY_DAY ? "DATE" : "TIMESTAMP";
    case FAMILY_TEXT: break;
    default:
        writer_lose(w, c->declared != NULL ? c->declared
                                           : csvk_value_type_name((enum csvk_value_type)c->type));
    }
    uint64_t most = c->length != 0 ? c->length : c->length_limit > 1 ? c->length_limit - 1 : 0;
    if (most != 0 && family_of(c) == FAMILY_TEXT) {
        snprintf(length, LENGTH_SIZE, "%" PRIu64, most);
    }
    return "STRING";
}

static void tell_losses(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    bool text = family_of(c) == FAMILY_TEXT;
    bool other = family_of(c) != FAMILY_DAY && family_of(c) != FAMILY_MOMENT &&
                 family_of(c) != FAMILY_BOOLEAN; /* their formats are told with their types */
    writer_lose_if(w, other && c->format != NULL && strcmp(c->format, "default") != 0, "format");
    writer_lose_if(w, c->title != NULL, "title");
    writer_lose_if(w, c->missing != NULL, "a list of missing values");
    writer_lose_if(w, c->decimal_char != NULL || c->group_char != NULL || c->not_bare != 0,
                   "a way to write numbers");
    writer_lose_if(w, c->least_length != 0, "a least length");
    writer_lose_if(w, c->length_limit != 0 && !text, "a greatest length");
    writer_lose_if(w,
                   c->minimum != NULL || c->maximum != NULL || c->exclusive_minimum != NULL ||
                       c->exclusive_maximum != NULL,
                   "a limit of the value");
    writer_lose_if(w, c->values != NULL, "a list of values");
    writer_lose_if(w, c->pattern != NULL, "pattern");
    writer_lose_if(w, c->unique != 0, "unique");
    writer_lose_if(w, c->default_value != NULL, "default");
}

/* The block of a backend, when the column has another type there. */
static void put_backend(struct writer *w, size_t index, enum csvk_backend backend)
{
    struct csvk_schema_column own = {.size = sizeof own};
    char type[64], length[LENGTH_SIZE] = "";
    if (csvk_schema_at(w->how->schema, index, backend, &own, NULL) != CSVK_OK ||
        own.declared == NULL || own.declared == w->column->declared) {
        return;
    }
    snprintf(type, sizeof type, "%s", own.declared);
    char *bracket = strchr(type, '(');
    if (bracket != NULL) { /* "NUMBER(10,2)" */
        *bracket = '\0';
        snprintf(length, sizeof length, "%.*s", (int)strcspn(bracket + 1, ")"), bracket + 1);
    }
    csvk_json_key(w->json, csvk_backend_name(backend));
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "type", type);
    if (length[0] != '\0') {
        csvk_json_put_string(w->json, "length", length);
    }
    csvk_json_close(w->json, '}');
}

static void put_column(struct writer *w, size_t index)
{
    char length[LENGTH_SIZE];
    const char *type = base_type(w, length);
    bool key = writer_is_key(w, w->column->name);
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "name", schema_column_title(w->column));
    csvk_json_key(w->json, "data_type");
    csvk_json_open(w->json, '{');
    csvk_json_key(w->json, "base");
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "type", type);
    if (length[0] != '\0') {
        csvk_json_put_string(w->json, "length", length);
    }
    csvk_json_close(w->json, '}');
    if (writer_is_same_kind(w)) {
        put_backend(w, index, CSVK_BACKEND_SNOWFLAKE);
        put_backend(w, index, CSVK_BACKEND_BIGQUERY);
    }
    csvk_json_close(w->json, '}');
    csvk_json_put_bool(w->json, "nullable", w->column->required == 0 && !key);
    if (key) {
        csvk_json_put_bool(w->json, "primary_key", true);
    }
    if (w->column->description != NULL) {
        csvk_json_put_string(w->json, "description", w->column->description);
    }
    csvk_json_close(w->json, '}');
    tell_losses(w);
}

static void put_byte(struct writer *w, const char *key, int byte, int otherwise)
{
    if (byte != otherwise) {
        char text[2] = {byte == CSVK_NO_BYTE ? '\0' : (char)byte, '\0'};
        csvk_json_put_string(w->json, key, text);
    }
}

void write_native(struct writer *w)
{
    csvk_json_open(w->json, '{');
    if (w->how->dialect != NULL) {
        put_byte(w, "delimiter", w->how->dialect->delimiter, ',');
        put_byte(w, "enclosure", w->how->dialect->enclosure, '"');
    }
    csvk_json_put_bool(w->json, "has_header", w->how->header);
    if (w->table.description != NULL) {
        csvk_json_put_string(w->json, "description", w->table.description);
    }
    csvk_json_key(w->json, "schema");
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < csvk_schema_count(w->how->schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        if (csvk_schema_at(w->how->schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK) {
            w->column = &column;
            put_column(w, i);
        }
    }
    csvk_json_close(w->json, ']');
    csvk_json_close(w->json, '}');
    if (w->table.missing != NULL) {
        writer_lose_of_table(w, "a list of missing values");
    }
    if (w->table.fields_match != CSVK_MATCH_EXACT) {
        writer_lose_of_table(w, "fieldsMatch");
    }
    if (csvk_schema_unique_count(w->how->schema) != 0) {
        writer_lose_of_table(w, "a unique key");
    }
    if (csvk_schema_reference_count(w->how->schema) != 0) {
        writer_lose_of_table(w, "a foreign key");
    }
}
