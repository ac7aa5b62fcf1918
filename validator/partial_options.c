/*
 * partial_options.c - the options of a run as texts, so that parts of different runs are told
 * apart, and the difference can be named.
 *
 * Not among them: the name of the file, which may be another one on every machine, and the memory
 * for keys, which changes no answer. A declared schema is a sum of all that it says.
 */
#include "validator/partial_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct option_list {
    struct csvk_strings *out;
    struct csvk_buf text;
    int status;
};

static void add(struct option_list *list, const char *name, const char *value)
{
    struct csvk_buf *text = &list->text;
    csvk_buf_clear(text);
    int status = csvk_buf_printf(text, "%s=%s", name, value);
    list->status = status == CSVK_OK && list->status == CSVK_OK
                       ? csvk_strings_add(list->out, csvk_buf_text(text))
                       : CSVK_ENOMEM;
}

static void add_number(struct option_list *list, const char *name, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    add(list, name, digits);
}

/* A byte of the dialect: itself when it can be seen, else its number. */
enum { BYTE_TEXT = 8 };
static void write_byte(char text[BYTE_TEXT], int byte)
{
    bool seen = byte > ' ' && byte < 0x7F;
    snprintf(text, BYTE_TEXT, seen ? "%c" : byte < 0 ? "none" : "\\x%02x", byte);
}

static void add_byte(struct option_list *list, const char *name, int byte)
{
    char text[BYTE_TEXT];
    write_byte(text, byte);
    add(list, name, text);
}

/* All of its bytes. One that other bytes follow is written as its number when it is a backslash, so
   that no two delimiters have the same text. */
static void add_delimiter(struct option_list *list, const struct csvk_dialect *dialect)
{
    char text[CSVK_DELIMITER_MOST * BYTE_TEXT];
    size_t length = 0;
    for (size_t i = 0; i <= dialect->more_length; i++) {
        int byte = i == 0 ? dialect->delimiter : dialect->more[i - 1];
        if (byte == '\\' && i < dialect->more_length) {
            snprintf(text + length, BYTE_TEXT, "\\x%02x", byte);
        } else {
            write_byte(text + length, byte);
        }
        length += strlen(text + length);
    }
    add(list, "delimiter", text);
}

/* One name of a list, as `--columns` and `--primary-key` take it: enclosed where it needs that. */
static int write_name(struct csvk_buf *text, const char *name)
{
    bool bare = name[0] != '\0' && strpbrk(name, ",\"") == NULL;
    int status = bare ? csvk_buf_puts(text, name) : csvk_buf_putc(text, '"');
    for (const char *at = name; !bare && *at != '\0' && status == CSVK_OK; at++) {
        status = *at == '"' ? csvk_buf_puts(text, "\"\"") : csvk_buf_putc(text, (unsigned char)*at);
    }
    return bare || status != CSVK_OK ? status : csvk_buf_putc(text, '"');
}

int csvk_partial_add_names(struct csvk_strings *out, const char *option,
                           const struct csvk_strings *names)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "%s=", option);
    for (size_t i = 0; i < names->count && status == CSVK_OK; i++) {
        status = i != 0 ? csvk_buf_putc(&text, ',') : status;
        status = status == CSVK_OK ? write_name(&text, names->item[i]) : status;
    }
    status = status == CSVK_OK ? csvk_strings_add(out, csvk_buf_text(&text)) : status;
    csvk_buf_release(&text);
    return status;
}

static void add_names(struct option_list *list, const char *name, const struct csvk_strings *names)
{
    list->status =
        list->status == CSVK_OK ? csvk_partial_add_names(list->out, name, names) : list->status;
}

static void add_dialect(struct option_list *list, const struct csvk_dialect *dialect)
{
    add_delimiter(list, dialect);
    add_byte(list, "enclosure", dialect->enclosure);
    add_byte(list, "escape", dialect->escape);
    add_number(list, "skip-blanks", dialect->skip_blanks);
}

static void add_levels(struct option_list *list, const struct csvk_validate_options *o)
{
    for (size_t i = 0; i < RULES; i++) {
        add(list, csvk_rule_table[i].id,
            o->level[i] == 0 ? "as the profile has it"
                             : csvk_severity_name((enum csvk_severity)(o->level[i] - 1)));
    }
}

/* ---- the schema ------------------------------------------------------------------------------ */

static uint64_t sum_text(uint64_t sum, const char *text)
{
    return text != NULL ? partial_sum(sum, text, strlen(text) + 1) : partial_sum(sum, "\xff", 2);
}

static uint64_t sum_number(uint64_t sum, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    return sum_text(sum, digits);
}

static uint64_t sum_strings(uint64_t sum, const struct csvk_strings *list)
{
    sum = sum_number(sum, list != NULL ? list->count : UINT64_MAX);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        sum = sum_text(sum, list->item[i]);
    }
    return sum;
}

static uint64_t sum_column(uint64_t sum, const struct csvk_schema_column *c)
{
    const uint64_t numbers[] = {
        c->type,           c->required,        c->length,    c->precision, c->scale,
        c->fraction_limit, c->not_bare,        c->item_type, c->unique,    c->least_length,
        c->length_limit,   c->pattern_flavour, c->categories};
    const char *const texts[] = {c->name,
                                 c->declared,
                                 c->format,
                                 c->decimal_char,
                                 c->group_char,
                                 c->separator,
                                 c->minimum,
                                 c->maximum,
                                 c->pattern,
                                 c->exclusive_minimum,
                                 c->exclusive_maximum,
                                 c->default_value};
    const struct csvk_strings *const lists[] = {c->titles, c->missing, c->true_words,
                                                c->false_words, c->values};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sum = sum_number(sum, numbers[i]);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sum = sum_text(sum, texts[i]);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        sum = sum_strings(sum, lists[i]);
    }
    return sum;
}

/* CSVK_EUSAGE for what was compiled elsewhere and cannot be compared. */
static int add_schema(struct option_list *list, const struct csvk_validate_options *o,
                      struct csvk_error *err)
{
    struct csvk_schema_table table = {.size = sizeof table};
    uint64_t sum = PARTIAL_SUM;
    size_t count = csvk_schema_count(o->schema);
    int status = count != 0 ? csvk_schema_get_table(o->schema, &table, err) : CSVK_OK;
    if (count == 0 || status != CSVK_OK) {
        add(list, "schema", "none");
        return status;
    }
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        status = csvk_schema_at(o->schema, i, (enum csvk_backend)o->backend, &column, err);
        if (status == CSVK_OK && column.cell != NULL) {
            status = csvk_fail(err, CSVK_EUSAGE, "not supported: parts with metadata of CSVW");
        }
        sum = status == CSVK_OK ? sum_column(sum, &column) : sum;
    }
    for (size_t i = 0; i < csvk_schema_unique_count(o->schema); i++) {
        sum = sum_strings(sum, csvk_schema_unique_at(o->schema, i));
    }
    sum = sum_strings(sum, table.missing);
    sum = sum_strings(sum, table.primary_key);
    add_number(list, "fields-match", table.fields_match);
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, sum);
    add(list, "schema", text);
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void add_limits(struct option_list *list, const struct csvk_validate_options *o)
{
    add_number(list, "max-findings", o->max_findings);
    add_number(list, "width", o->width);
    add_number(list, "max-field", o->max_field);
    add_number(list, "max-record", o->max_record);
    add_number(list, "max-fields", o->max_fields);
    add_number(list, "max-records", o->max_records);
}

int csvk_partial_options(struct csvk_strings *out, const struct csvk_validate_options *o,
                         struct csvk_error *err)
{
    struct option_list list = {out, CSVK_BUF_INIT, CSVK_OK};
    add(&list, "profile", csvk_profile_name(o->profile));
    add_dialect(&list, &o->dialect);
    add_byte(&list, "comment", o->comment != 0 ? (int)o->comment : CSVK_NO_BYTE);
    add(&list, "header", o->header == CSVK_HEADER ? "yes" : "no");
    add_number(&list, "header-stated", o->header_stated);
    add_number(&list, "sep", o->sep);
    add_names(&list, "columns", &o->columns);
    add_number(&list, "columns-are", o->columns_are);
    add_names(&list, "first-header", &o->first_header);
    add_number(&list, "delimiter-stated", o->delimiter_stated);
    add_names(&list, "primary-key", &o->primary_key);
    add_limits(&list, o);
    add_number(&list, "backend", o->backend);
    add_levels(&list, o);
    int status = add_schema(&list, o, err);
    csvk_buf_release(&list.text);
    if (status == CSVK_OK && list.status != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}
