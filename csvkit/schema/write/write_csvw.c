/* write_csvw.c - a schema as metadata of W3C CSV on the Web, for one table. */
#include "csvkit/schema/write/schema_family.h"
#include "csvkit/schema/write/write_private.h"

#include <string.h>

static void put_filled(struct writer *w, const char *key, const char *text)
{
    if (text != NULL) {
        csvk_json_put_string(w->json, key, text);
    }
}

/*
 * Keys name columns by `name`, which must be a variable of a URI template: letters, digits and
 * percent-encoded bytes; it must not begin with an underscore.
 */
static void put_name(struct writer *w, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (const char *p = name; *p != '\0' && status == CSVK_OK; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c == '_' && p != name);
        status = plain ? csvk_buf_putc(&text, c)
                       : csvk_buf_printf(&text, "%%%c%c", hex[c >> 4], hex[c & 15]);
    }
    csvk_json_string(w->json, csvk_buf_text(&text));
    w->failed = w->failed || status != CSVK_OK;
    csvk_buf_release(&text);
}

static void put_names(struct writer *w, const char *key, const struct csvk_strings *names)
{
    csvk_json_key(w->json, key);
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < names->count; i++) {
        if (writer_is_same_kind(w)) {
            csvk_json_string(w->json, names->item[i]);
        } else {
            put_name(w, names->item[i]);
        }
    }
    csvk_json_close(w->json, ']');
}

/* ---- datatypes ------------------------------------------------------------------------------- */

static const char *base_of(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    bool own = writer_is_same_kind(w), formed = c->format != NULL && !own;
    if (own && c->type == CSVK_VALUE_CSVW && c->declared != NULL) {
        return c->declared;
    }
    switch (family_of(c)) {
    case FAMILY_TEXT: return "string";
    case FAMILY_INTEGER: return "integer";
    case FAMILY_DECIMAL: return "decimal";
    case FAMILY_NUMBER: return "double";
    case FAMILY_BOOLEAN: return "boolean";
    case FAMILY_DAY:
    case FAMILY_MOMENT:
    case FAMILY_TIME:
        if (formed) {
            writer_lose(w, "a day or time in its own format");
            return "string";
        }
        return family_of(c) == FAMILY_DAY    ? "date"
               : family_of(c) == FAMILY_TIME ? "time"
                                             : "dateTime";
    case FAMILY_YEAR: return "gYear";
    case FAMILY_MONTH: return "gYearMonth";
    case FAMILY_DURATION: return "duration";
    case FAMILY_JSON: return "json";
    case FAMILY_OTHER: break;
    }
    writer_lose(w, c->declared != NULL ? c->declared
                                       : csvk_value_type_name((enum csvk_value_type)c->type));
    return "string";
}

/* Names that were read from metadata are of that form already. */
static bool has_csvw_name(const struct writer *w)
{
    return w->column->type == CSVK_VALUE_CSVW;
}

/* "true|false": CSVW knows one word for each. */
static void put_boolean_format(struct writer *w)
{
    const struct csvk_strings *yes = w->column->true_words, *no = w->column->false_words;
    if (yes == NULL || no == NULL || yes->count == 0 || no->count == 0) {
        return;
    }
    writer_lose_if(w, yes->count > 1 || no->count > 1, "more than one word for true or false");
    struct csvk_buf text = CSVK_BUF_INIT;
    if (csvk_buf_printf(&text, "%s|%s", yes->item[0], no->item[0]) != CSVK_OK) {
        w->failed = true;
    }
    csvk_json_put_string(w->json, "format", csvk_buf_text(&text));
    csvk_buf_release(&text);
}

static void put_format(struct writer *w, const char *base)
{
    const struct csvk_schema_column *c = w->column;
    bool own = writer_is_same_kind(w),
         text = family_of(c) == FAMILY_TEXT || (own && c->pattern != NULL);
    if (strcmp(base, "boolean") == 0 && c->format == NULL) {
        put_boolean_format(w);
    } else if (c->decimal_char != NULL || c->group_char != NULL) {
        csvk_json_key(w->json, "format");
        csvk_json_open(w->json, '{');
        put_filled(w, "pattern", own ? c->format : NULL);
        put_filled(w, "decimalChar", c->decimal_char);
        put_filled(w, "groupChar", c->group_char);
        csvk_json_close(w->json, '}');
    } else if (own && c->format != NULL) {
        csvk_json_put_string(w->json, "format", c->format);
    } else if (text && c->pattern != NULL) {
        csvk_json_put_string(w->json, "format", c->pattern);
    }
    writer_lose_if(w, c->pattern != NULL && !text, "pattern");
}

static void put_datatype(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    const char *base = base_of(w);
    bool limits = strcmp(base, "string") != 0 || family_of(c) == FAMILY_TEXT;
    uint64_t most = c->length_limit != 0 ? c->length_limit : c->length != 0 ? c->length + 1 : 0;
    csvk_json_key(w->json, "datatype");
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "base", base);
    put_format(w, base);
    if (c->least_length != 0) {
        csvk_json_put_uint(w->json, "minLength", c->least_length);
    }
    if (most != 0) {
        csvk_json_put_uint(w->json, "maxLength", most - 1);
    }
    put_filled(w, "minimum", limits ? c->minimum : NULL);
    put_filled(w, "maximum", limits ? c->maximum : NULL);
    put_filled(w, "minExclusive", limits ? c->exclusive_minimum : NULL);
    put_filled(w, "maxExclusive", limits ? c->exclusive_maximum : NULL);
    writer_lose_if(w,
                   !limits && (c->minimum != NULL || c->maximum != NULL ||
                               c->exclusive_minimum != NULL || c->exclusive_maximum != NULL),
                   "a limit of the value");
    csvk_json_close(w->json, '}');
}

/* ---- columns --------------------------------------------------------------------------------- */

static void tell_losses(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    bool native = w->table.kind == CSVK_SCHEMA_NATIVE;
    writer_lose_if(w, c->not_bare != 0, "a number with other characters around it");
    writer_lose_if(w, c->values != NULL, c->categories != 0 ? "categories" : "a list of values");
    writer_lose_if(w, c->unique != 0, "unique");
    writer_lose_if(w, c->precision != 0, "the precision of NUMERIC");
    writer_lose_if(w, c->fraction_limit != 0, "the length of TIMESTAMP");
    writer_lose_if(w, native && family_of(c) == FAMILY_BOOLEAN, "a word other than true or false");
    writer_lose_if(w, native && family_of(c) == FAMILY_MOMENT,
                   "a TIMESTAMP with a blank, or without seconds,");
    writer_lose_if(w, c->format != NULL && family_of(c) == FAMILY_TEXT && !writer_is_same_kind(w),
                   "format");
}

static void put_column(struct writer *w)
{
    const struct csvk_schema_column *c = w->column;
    csvk_json_open(w->json, '{');
    csvk_json_key(w->json, "name");
    if (has_csvw_name(w)) {
        csvk_json_string(w->json, c->name);
    } else {
        put_name(w, c->name);
    }
    if (c->titles != NULL && c->titles->count > 1) {
        csvk_json_put_strings(w->json, "titles", c->titles);
    } else {
        csvk_json_put_string(w->json, "titles", schema_column_title(c));
    }
    put_filled(w, "dc:title", c->title);
    put_filled(w, "dc:description", c->description);
    put_datatype(w);
    if (c->required != 0) {
        csvk_json_put_bool(w->json, "required", true);
    }
    put_filled(w, "separator", c->separator);
    put_filled(w, "default", c->default_value);
    const struct csvk_strings *missing = c->missing != NULL ? c->missing : w->table.missing;
    if (missing != NULL) {
        csvk_json_put_strings(w->json, "null", missing);
    }
    csvk_json_close(w->json, '}');
    tell_losses(w);
}

static void put_byte(struct writer *w, const char *key, int byte, int otherwise)
{
    if (byte == otherwise) {
        return;
    }
    char text[2] = {(char)byte, '\0'};
    csvk_json_put_string(w->json, key, byte == CSVK_NO_BYTE ? NULL : text);
}

/* What differs from the defaults, the header in any case. */
static void put_dialect(struct writer *w)
{
    const struct csvk_dialect *dialect = w->how->dialect;
    csvk_json_key(w->json, "dialect");
    csvk_json_open(w->json, '{');
    csvk_json_put_bool(w->json, "header", w->how->header);
    if (dialect != NULL) {
        put_byte(w, "delimiter", dialect->delimiter, ',');
        put_byte(w, "quoteChar", dialect->enclosure, '"');
    }
    csvk_json_close(w->json, '}');
}

static void put_table_schema(struct writer *w)
{
    csvk_json_key(w->json, "tableSchema");
    csvk_json_open(w->json, '{');
    csvk_json_key(w->json, "columns");
    csvk_json_open(w->json, '[');
    for (size_t i = 0; i < csvk_schema_count(w->how->schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        if (csvk_schema_at(w->how->schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK) {
            w->column = &column;
            put_column(w);
        }
    }
    csvk_json_close(w->json, ']');
    if (w->table.primary_key != NULL && w->table.primary_key->count != 0) {
        put_names(w, "primaryKey", w->table.primary_key);
    }
    csvk_json_close(w->json, '}');
}

void write_csvw(struct writer *w)
{
    csvk_json_open(w->json, '{');
    csvk_json_put_string(w->json, "@context", "http://www.w3.org/ns/csvw");
    csvk_json_put_string(w->json, "url", w->how->url != NULL ? w->how->url : "data.csv");
    put_filled(w, "dc:title", w->table.title);
    put_filled(w, "dc:description", w->table.description);
    put_dialect(w);
    put_table_schema(w);
    csvk_json_close(w->json, '}');
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
