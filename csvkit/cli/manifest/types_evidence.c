/*
 * types_evidence.c - the data types that were found in the data: text or JSON that says why they
 * were proposed.
 */
#include "csvkit/cli/manifest/manifest_options.h"

#include "csvkit/json.h"
#include "manifest/types.h"

#include <inttypes.h>
#include <string.h>

static size_t sample_length(const struct csvk_type_exclusion *why)
{
    return why->length < CSVK_TYPE_SAMPLE ? (size_t)why->length : CSVK_TYPE_SAMPLE;
}

/* ---- text ---- */

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* What a number would not keep of the value, or NULL when it is no number in the first place. */
static const char *lost_by_a_number(const struct csvk_type_exclusion *why)
{
    enum { MOST_DIGITS = 38 };
    const unsigned char *p = why->sample;
    size_t n = sample_length(why), at = n > 0 && (p[0] == '-' || p[0] == '+'), digits = 0;
    while (at + digits < n && is_digit(p[at + digits])) {
        digits++;
    }
    bool whole = digits > 0 && at + digits == n;
    if (!whole && !(digits > 0 && p[at + digits] == '.')) {
        return NULL;
    }
    if (p[at] == '0' && digits > 1) {
        return "its zero";
    }
    if (p[0] == '+' && whole) {
        return "its sign";
    }
    return whole && digits > MOST_DIGITS ? "digits" : NULL;
}

/* The type that the value looks most like. */
static enum csvk_type likest_type(const struct csvk_type_exclusion *why)
{
    size_t n = sample_length(why), date = 0, time = 0, points = 0;
    for (size_t i = 1; i < n; i++) {
        date += why->sample[i] == '-' || why->sample[i] == '/';
        time += why->sample[i] == ':';
        points += why->sample[i] == '.' || why->sample[i] == ',';
    }
    unsigned char first = n > 0 ? why->sample[0] : 0;
    bool number = is_digit(first) || first == '-' || first == '+' || first == '.';
    if (!number) {
        return CSVK_TYPE_BOOLEAN;
    }
    return date >= 2 && time != 0 ? CSVK_TYPE_TIMESTAMP
           : date >= 2            ? CSVK_TYPE_DATE
           : points != 0          ? CSVK_TYPE_NUMERIC
                                  : CSVK_TYPE_INTEGER;
}

/* Appends "not INTEGER: record 7 has "12a"": why this narrower type was not proposed. */
static int add_reason(struct csvk_buf *out, const struct csvk_column_types *column,
                      enum csvk_type type)
{
    const struct csvk_type_exclusion *why = &column->excluded[type];
    size_t n = sample_length(why);
    int status = csvk_buf_printf(out, "; not %s: record %" PRIu64 " has \"", csvk_type_name(type),
                                 why->record);
    status = status == CSVK_OK ? csvk_buf_add_escaped(out, why->sample, n) : status;
    status = status == CSVK_OK ? csvk_buf_puts(out, why->length > n ? "...\"" : "\"") : status;
    const char *lost = type == CSVK_TYPE_INTEGER ? lost_by_a_number(why) : NULL;
    return status == CSVK_OK && lost != NULL ? csvk_buf_printf(out, ", which would lose %s", lost)
                                             : status;
}

/* The narrower type that was excluded last, because it fitted the longest and so explains the
   column best. Of several that one value excludes, the type that it looks like. -1: none. */
static int latest_exclusion(const struct csvk_column_types *column)
{
    int latest = -1;
    for (int type = 0; type < (int)csvk_types_propose(column); type++) {
        uint64_t record = column->excluded[type].record;
        if (record != 0 && (latest < 0 || record > column->excluded[latest].record)) {
            latest = type;
        }
    }
    if (latest < 0) {
        return latest;
    }
    const struct csvk_type_exclusion *why = &column->excluded[latest];
    int likest = (int)(lost_by_a_number(why) != NULL ? CSVK_TYPE_INTEGER : likest_type(why));
    bool narrower = likest < (int)csvk_types_propose(column);
    return narrower && column->excluded[likest].record == why->record ? likest : latest;
}

int cli_add_type_reason(struct csvk_buf *out, const struct csvk_column_types *column,
                        enum csvk_type type)
{
    return add_reason(out, column, type);
}

/* A header that comes again keeps the column from its type only when it would have another one. */
static int add_column(struct csvk_buf *out, const char *name,
                      const struct csvk_column_types *column)
{
    char length[CSVK_TYPE_LENGTH_SIZE];
    int latest = latest_exclusion(column);
    csvk_types_length(column, length);
    int status = csvk_buf_add_escaped(out, name, strlen(name));
    if (status == CSVK_OK) {
        status = csvk_buf_printf(
            out, ": %s%s%s (%" PRIu64 " value%s, %" PRIu64 " empty, longest %" PRIu64 " byte%s",
            csvk_type_name(csvk_types_propose(column)), length[0] != '\0' ? " " : "", length,
            column->values, cli_plural(column->values), column->empty, column->longest,
            cli_plural(column->longest));
    }
    enum csvk_type others = csvk_types_propose_for_others(column);
    if (status == CSVK_OK && others != csvk_types_propose(column)) {
        status = csvk_buf_printf(out, "; record %" PRIu64 " repeats the header, the others are %s",
                                 column->header_again, csvk_type_name(others));
    } else if (status == CSVK_OK && latest >= 0) {
        status = add_reason(out, column, (enum csvk_type)latest);
    }
    return status == CSVK_OK ? csvk_buf_puts(out, ")\n") : status;
}

int cli_add_types(struct csvk_buf *out, const struct csvk_strings *columns,
                  const struct csvk_types *types)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < csvk_types_columns(types) && status == CSVK_OK; i++) {
        status = add_column(out, columns->item[i], csvk_types_column(types, i));
    }
    struct csvk_short_records shorter = csvk_types_short_records(types);
    if (status == CSVK_OK && shorter.count != 0) {
        status = csvk_buf_printf(out,
                                 "%" PRIu64 " record%s too few fields and %s not counted; the "
                                 "first is record %" PRIu64 "\n",
                                 shorter.count, shorter.count == 1 ? " has" : "s have",
                                 shorter.count == 1 ? "is" : "are", shorter.first);
    }
    struct csvk_repeated_headers again = csvk_types_repeated_headers(types);
    if (status == CSVK_OK && again.count != 0) {
        status = csvk_buf_printf(out,
                                 "%" PRIu64 " record%s the header and %s not counted; the first "
                                 "is record %" PRIu64 "\n",
                                 again.count, again.count == 1 ? " repeats" : "s repeat",
                                 again.count == 1 ? "is" : "are", again.first);
    }
    return status;
}

/* ---- JSON ---- */

static void put_exclusions(struct csvk_json *json, const struct csvk_column_types *column)
{
    csvk_json_key(json, "excluded");
    csvk_json_open(json, '[');
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        const struct csvk_type_exclusion *why = &column->excluded[type];
        if (why->record == 0) {
            continue;
        }
        csvk_json_open(json, '{');
        csvk_json_put_string(json, "type", csvk_type_name((enum csvk_type)type));
        csvk_json_put_uint(json, "record", why->record);
        csvk_json_key(json, "value");
        csvk_json_bytes(json, why->sample, sample_length(why));
        csvk_json_put_uint(json, "length", why->length);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
}

static void put_column(struct csvk_json *json, const char *name, bool nullable,
                       const struct csvk_column_types *column)
{
    char length[CSVK_TYPE_LENGTH_SIZE];
    csvk_types_length(column, length);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "column", name);
    csvk_json_put_string(json, "type", csvk_type_name(csvk_types_propose(column)));
    csvk_json_put_string(json, "length", length[0] != '\0' ? length : NULL);
    csvk_json_put_bool(json, "nullable", nullable);
    csvk_json_put_uint(json, "values", column->values);
    csvk_json_put_uint(json, "empty", column->empty);
    csvk_json_put_uint(json, "longest", column->longest);
    if (column->header_again != 0) {
        csvk_json_put_uint(json, "header_again", column->header_again);
        csvk_json_put_string(json, "others", csvk_type_name(csvk_types_propose_for_others(column)));
    }
    put_exclusions(json, column);
    csvk_json_close(json, '}');
}

void cli_put_types(struct csvk_json *json, const struct csvk_strings *columns,
                   const struct csvk_strings *key, const struct csvk_types *types)
{
    csvk_json_key(json, "types");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < csvk_types_columns(types); i++) {
        const char *name = columns->item[i];
        put_column(json, name, !csvk_strings_has(key, name), csvk_types_column(types, i));
    }
    csvk_json_close(json, ']');
    csvk_json_put_uint(json, "short_records", csvk_types_short_records(types).count);
    csvk_json_put_uint(json, "repeated_headers", csvk_types_repeated_headers(types).count);
}
