/* schema_write.c - see schema_write.h. */
#include "csvkit/schema/write/schema_family.h"
#include "csvkit/schema/write/write_private.h"

#include <string.h>

const char *schema_kind_name(enum csvk_schema_kind kind)
{
    switch (kind) {
    case CSVK_SCHEMA_NATIVE: return "native";
    case CSVK_SCHEMA_TABLE: return "table-schema";
    case CSVK_SCHEMA_CSVW: break;
    }
    return "csvw";
}

static const char *kind_in_words(enum csvk_schema_kind kind)
{
    return kind == CSVK_SCHEMA_NATIVE  ? "a native manifest"
           : kind == CSVK_SCHEMA_TABLE ? "a Table Schema"
                                       : "CSVW";
}

/* ---- types ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum type_family family;
} csvw_names[] = {
    {"string", FAMILY_TEXT},
    {"normalizedString", FAMILY_TEXT},
    {"token", FAMILY_TEXT},
    {"anyAtomicType", FAMILY_TEXT},
    {"any", FAMILY_TEXT},
    {"integer", FAMILY_INTEGER},
    {"long", FAMILY_INTEGER},
    {"int", FAMILY_INTEGER},
    {"short", FAMILY_INTEGER},
    {"byte", FAMILY_INTEGER},
    {"nonNegativeInteger", FAMILY_INTEGER},
    {"positiveInteger", FAMILY_INTEGER},
    {"decimal", FAMILY_DECIMAL},
    {"number", FAMILY_NUMBER},
    {"double", FAMILY_NUMBER},
    {"float", FAMILY_NUMBER},
    {"boolean", FAMILY_BOOLEAN},
    {"date", FAMILY_DAY},
    {"dateTime", FAMILY_MOMENT},
    {"datetime", FAMILY_MOMENT},
    {"time", FAMILY_TIME},
    {"gYear", FAMILY_YEAR},
    {"gYearMonth", FAMILY_MONTH},
    {"duration", FAMILY_DURATION},
    {"json", FAMILY_JSON},
};

static enum type_family family_of_name(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof csvw_names / sizeof csvw_names[0]; i++) {
        if (strcmp(csvw_names[i].name, name) == 0) {
            return csvw_names[i].family;
        }
    }
    return FAMILY_OTHER;
}

enum type_family family_of(const struct csvk_schema_column *column)
{
    switch ((enum csvk_value_type)column->type) {
    case CSVK_VALUE_STRING:
    case CSVK_VALUE_TABLE_STRING: return FAMILY_TEXT;
    case CSVK_VALUE_INTEGER:
    case CSVK_VALUE_TABLE_INTEGER: return FAMILY_INTEGER;
    case CSVK_VALUE_NUMERIC: return FAMILY_DECIMAL;
    case CSVK_VALUE_FLOAT:
    case CSVK_VALUE_TABLE_NUMBER: return FAMILY_NUMBER;
    case CSVK_VALUE_BOOLEAN:
    case CSVK_VALUE_TABLE_BOOLEAN: return FAMILY_BOOLEAN;
    case CSVK_VALUE_DATE:
    case CSVK_VALUE_TABLE_DATE: return FAMILY_DAY;
    case CSVK_VALUE_TIMESTAMP:
    case CSVK_VALUE_TABLE_DATETIME: return FAMILY_MOMENT;
    case CSVK_VALUE_TABLE_TIME: return FAMILY_TIME;
    case CSVK_VALUE_TABLE_YEAR: return FAMILY_YEAR;
    case CSVK_VALUE_TABLE_YEARMONTH: return FAMILY_MONTH;
    case CSVK_VALUE_TABLE_DURATION: return FAMILY_DURATION;
    case CSVK_VALUE_TABLE_OBJECT:
    case CSVK_VALUE_TABLE_ARRAY: return FAMILY_JSON;
    default: return family_of_name(column->declared);
    }
}

const char *schema_column_title(const struct csvk_schema_column *column)
{
    bool titled = column->titles != NULL && column->titles->count != 0;
    return titled ? column->titles->item[0] : column->name;
}

int schema_type_of(const struct csvk_schema_column *column)
{
    bool own = column->format != NULL || column->decimal_char != NULL ||
               column->group_char != NULL || column->separator != NULL ||
               column->true_words != NULL || column->false_words != NULL;
    switch (family_of(column)) {
    case FAMILY_TEXT: return CSVK_TYPE_STRING;
    case FAMILY_INTEGER: return own ? -1 : CSVK_TYPE_INTEGER;
    case FAMILY_DECIMAL: return own ? -1 : CSVK_TYPE_NUMERIC;
    case FAMILY_NUMBER: return own ? -1 : CSVK_TYPE_FLOAT;
    case FAMILY_BOOLEAN: return own ? -1 : CSVK_TYPE_BOOLEAN;
    case FAMILY_DAY: return own ? -1 : CSVK_TYPE_DATE;
    case FAMILY_MOMENT: return own ? -1 : CSVK_TYPE_TIMESTAMP;
    default: return -1;
    }
}

/* ---- losses ---------------------------------------------------------------------------------- */

static void tell(struct writer *w, struct csvk_buf *text, int status)
{
    if (status != CSVK_OK || csvk_strings_add(w->losses, csvk_buf_text(text)) != CSVK_OK) {
        w->failed = true;
    }
    csvk_buf_release(text);
}

void writer_lose(struct writer *w, const char *what)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "column %s: %s has no counterpart in %s",
                                 schema_column_title(w->column), what, kind_in_words(w->how->to));
    tell(w, &text, status);
}

void writer_lose_if(struct writer *w, bool there, const char *what)
{
    if (there) {
        writer_lose(w, what);
    }
}

void writer_lose_of_table(struct writer *w, const char *what)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&text, "%s has no counterpart in %s", what, kind_in_words(w->how->to));
    tell(w, &text, status);
}

bool writer_is_same_kind(const struct writer *w)
{
    return w->table.kind == (uint64_t)w->how->to;
}

bool writer_is_key(const struct writer *w, const char *name)
{
    return w->table.primary_key != NULL && csvk_strings_has(w->table.primary_key, name);
}

/* ---- the text -------------------------------------------------------------------------------- */

/* Lists of columns have a line for each, objects within them stand on one line. */
#define DEPTH_OF_OBJECTS 2
#define DEPTH_OF_LISTS   3

struct layout {
    size_t depth;
    bool lines[DEPTH_OF_LISTS + 1]; /* by depth: what is in there stands on lines of its own */
};

static bool has_lines(const struct layout *layout)
{
    return layout->depth <= DEPTH_OF_LISTS && layout->lines[layout->depth];
}

static int new_line(struct csvk_buf *out, size_t depth)
{
    int status = csvk_buf_putc(out, '\n');
    for (size_t i = 0; i < depth && status == CSVK_OK; i++) {
        status = csvk_buf_puts(out, "  ");
    }
    return status;
}

/* One byte of compact JSON, outside of a string. */
static int lay_out_byte(struct csvk_buf *out, unsigned char c, struct layout *layout)
{
    if (c == '}' || c == ']') {
        bool lines = has_lines(layout);
        layout->depth--;
        int status = lines ? new_line(out, layout->depth) : CSVK_OK;
        return status == CSVK_OK ? csvk_buf_putc(out, c) : status;
    }
    int status = csvk_buf_putc(out, c);
    if (c == '{' || c == '[') {
        layout->depth++;
        if (layout->depth <= DEPTH_OF_LISTS) {
            layout->lines[layout->depth] = c == '[' || layout->depth <= DEPTH_OF_OBJECTS;
        }
    }
    if (status == CSVK_OK && c != ':' && has_lines(layout)) {
        return new_line(out, layout->depth);
    }
    return status == CSVK_OK && (c == ',' || c == ':') ? csvk_buf_putc(out, ' ') : status;
}

/* Appends compact JSON with line breaks. */
static int lay_out(struct csvk_buf *out, const struct csvk_buf *compact)
{
    struct layout layout = {0, {false}};
    bool inside = false;
    int status = CSVK_OK;
    for (size_t i = 0; i < compact->length && status == CSVK_OK; i++) {
        unsigned char c = compact->data[i];
        if (inside && c == '\\') {
            status = csvk_buf_add(out, compact->data + i, 2);
            i++;
            continue;
        }
        inside = c == '"' ? !inside : inside;
        bool outside = !inside && strchr("{}[],:", c) != NULL;
        status = outside ? lay_out_byte(out, c, &layout) : csvk_buf_putc(out, c);
    }
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

int schema_write(const struct schema_writing *how, struct csvk_buf *out,
                 struct csvk_strings *losses)
{
    struct csvk_buf compact = CSVK_BUF_INIT;
    struct csvk_json json;
    struct writer w = {.how = how, .json = &json, .losses = losses};
    w.table.size = sizeof w.table;
    int status = csvk_schema_get_table(how->schema, &w.table, NULL);
    csvk_json_init(&json, &compact);
    if (status == CSVK_OK) {
        switch (how->to) {
        case CSVK_SCHEMA_NATIVE: write_native(&w); break;
        case CSVK_SCHEMA_TABLE: write_table_schema(&w); break;
        case CSVK_SCHEMA_CSVW: write_csvw(&w); break;
        }
        status = w.failed || json.failed ? CSVK_ENOMEM : lay_out(out, &compact);
    }
    csvk_buf_release(&compact);
    return status;
}
