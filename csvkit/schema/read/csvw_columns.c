/*
 * csvw_columns.c - the columns of a table: names, titles, and what they inherit.
 *
 * A column without a name is called as its first title; the header has to have one of its titles,
 * or anything when the column has neither name nor titles. Titles have languages: those of another
 * language than that of the table do not count.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

void csvw_inherit(struct csvw_inherited *inherited, const struct csvw_document *document,
                  const cJSON *object)
{
    const struct {
        const char *name;
        const cJSON **to;
    } plain[] = {{"null", &inherited->null},
                 {"default", &inherited->default_value},
                 {"separator", &inherited->separator},
                 {"lang", &inherited->lang},
                 {"required", &inherited->required}};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const cJSON *node = get(object, plain[i].name);
        *plain[i].to = node != NULL ? node : *plain[i].to;
    }
    cJSON *datatype = get(object, "datatype");
    if (datatype != NULL) {
        inherited->datatype = datatype;
        inherited->document = document;
    }
}

/* ---- titles ---------------------------------------------------------------------------------- */

/* Two languages match when they are equal up to the length of the shorter one. */
static bool languages_match(const char *a, const char *b)
{
    size_t x = strlen(a), y = strlen(b), n = x < y ? x : y;
    if (strcasecmp(a, "und") == 0 || strcasecmp(b, "und") == 0) {
        return true;
    }
    return strncasecmp(a, b, n) == 0 && (x == y || (x > y ? a[n] : b[n]) == '-');
}

static void add_texts(struct csvw_reading *reading, const cJSON *texts, struct csvk_strings *out)
{
    const cJSON *item, *list = cJSON_IsArray(texts) ? texts : NULL;
    int status = cJSON_IsString(texts) ? csvk_strings_add(out, texts->valuestring) : CSVK_OK;
    cJSON_ArrayForEach(item, list)
    {
        status = status == CSVK_OK ? csvk_strings_add(out, item->valuestring) : status;
    }
    if (status != CSVK_OK) {
        csvw_no_memory(reading);
    }
}

/* The titles that a header in `language` can have. */
static void read_titles(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *titles, const char *language, struct csvk_strings *out)
{
    const cJSON *item;
    if (!cJSON_IsObject(titles)) {
        if (languages_match(document->language, language)) {
            add_texts(reading, titles, out);
        }
        return;
    }
    cJSON_ArrayForEach(item, titles)
    {
        if (languages_match(item->string, language)) {
            add_texts(reading, item, out);
        }
    }
}

/* ---- one column ------------------------------------------------------------------------------ */

static void fill_cell(const struct csvw_inherited *in, const struct csvk_strings *null,
                      struct csvw_declaration *out)
{
    csvw_read_datatype(in->datatype, out);
    out->null = in->null != NULL ? null : NULL;
    out->default_value = in->default_value != NULL ? in->default_value->valuestring : NULL;
    out->separator = cJSON_IsString(in->separator) ? in->separator->valuestring : NULL;
    out->required = cJSON_IsTrue(in->required);
}

/* What of the declaration has members in the schema, for whoever reads these. */
static void fill_column(const struct csvw_declaration *cell, struct csvk_schema_column *column)
{
    bool text = csvk_csvw_base_kind(cell->base) == CSVW_KIND_TEXT;
    column->declared = csvk_csvw_base_name(cell->base);
    column->required = cell->required;
    column->missing = cell->null;
    column->separator = cell->separator;
    column->default_value = cell->default_value;
    column->minimum = cell->limit[CSVW_MIN_INCLUSIVE];
    column->maximum = cell->limit[CSVW_MAX_INCLUSIVE];
    column->exclusive_minimum = cell->limit[CSVW_MIN_EXCLUSIVE];
    column->exclusive_maximum = cell->limit[CSVW_MAX_EXCLUSIVE];
    column->least_length = cell->min_length;
    column->length_limit = cell->max_length != UINT64_MAX ? cell->max_length + 1 : 0;
    column->decimal_char = cell->decimal_char;
    column->group_char = cell->group_char;
    column->format = text ? NULL : cell->format;
    column->pattern = text ? cell->format : NULL;
    column->pattern_flavour = CSVK_PATTERN_ECMASCRIPT;
}

static void add_column(struct csvw_reading *reading, const struct csvw_inherited *in,
                       const char *name, const struct csvk_strings *titles,
                       struct csvw_table *table)
{
    struct csvw_declaration declaration;
    struct csvk_schema_column column = {.size = sizeof column, .type = CSVK_VALUE_CSVW};
    struct csvk_strings null = {0};
    struct csvw_cell *cell = NULL;
    struct csvk_error err = {0};
    const char *ignored;
    add_texts(reading, in->null, &null);
    fill_cell(in, &null, &declaration);
    declaration.trim = table->dialect.trim;
    fill_column(&declaration, &column);
    column.name = name;
    column.titles = titles;
    int status = csvk_csvw_cell_new(&cell, &declaration, &ignored, &err);
    column.cell = cell;
    /* What is wrong with a datatype was told where it stands; only memory is new here. */
    if (status == CSVK_OK) {
        status = csvk_schema_add(table->schema, &column, &err);
        status = status == CSVK_OK
                     ? csvk_strings_add(&table->names, titles->count != 0 ? titles->item[0] : name)
                     : status;
    }
    csvk_csvw_cell_free(cell);
    csvk_strings_release(&null);
    if (status == CSVK_ENOMEM) {
        csvw_no_memory(reading);
    } else if (status != CSVK_OK && reading->findings->errors == 0 && reading->status == CSVK_OK) {
        reading->status = csvk_fail(reading->err, status, "%s", err.text);
    }
}

static void read_column(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *column, const struct csvw_inherited *table_has,
                        struct csvw_table *table)
{
    const cJSON *name = get(column, "name"), *titles = get(column, "titles");
    const char *language = table_has->lang != NULL ? table_has->lang->valuestring : "und";
    struct csvw_inherited in = *table_has;
    struct csvk_strings list = {0};
    char number[32];
    csvw_inherit(&in, document, column);
    read_titles(reading, document, titles, language, &list);
    if (list.count == 0 && table->dialect.header && (name != NULL || titles != NULL)) {
        csvw_tell(reading, document, column, RULE_FILE_INVALID,
                  "this column needs 'titles' in the language of the table: a validator of CSVW "
                  "compares the header with them, and not with 'name'");
    }
    snprintf(number, sizeof number, "_col.%zu", csvk_schema_count(table->schema) + 1);
    const char *called = name != NULL ? name->valuestring : list.count != 0 ? list.item[0] : number;
    add_column(reading, &in, called, &list, table);
    csvk_strings_release(&list);
}

/* ---- all columns ----------------------------------------------------------------------------- */

static void check_order(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *columns)
{
    const cJSON *column, *other;
    bool virtual_before = false;
    cJSON_ArrayForEach(column, columns)
    {
        bool is_virtual = cJSON_IsTrue(get(column, "virtual"));
        const cJSON *name = get(column, "name");
        if (virtual_before && !is_virtual) {
            csvw_tell(reading, document, column, RULE_FILE_INVALID,
                      "a virtual column stands before this one, which is none");
        }
        virtual_before |= is_virtual;
        for (other = columns->child; name != NULL && other != column; other = other->next) {
            const cJSON *same = get(other, "name");
            if (same != NULL && strcmp(same->valuestring, name->valuestring) == 0) {
                csvw_tell(reading, document, name, RULE_FILE_INVALID,
                          "two columns have the name '%.200s'", name->valuestring);
                break;
            }
        }
    }
}

void csvw_read_columns(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *columns, const struct csvw_inherited *inherited,
                       struct csvw_table *table)
{
    cJSON *column;
    cJSON_ArrayForEach(column, columns)
    {
        csvw_check(reading, document, column, CSVW_IN_COLUMN);
    }
    check_order(reading, document, columns);
    if (reading->status == CSVK_OK && csvk_schema_new(&table->schema, reading->err) != CSVK_OK) {
        csvw_no_memory(reading);
    }
    cJSON_ArrayForEach(column, columns)
    {
        if (reading->status == CSVK_OK && !cJSON_IsTrue(get(column, "virtual"))) {
            read_column(reading, document, column, inherited, table);
        }
    }
}
