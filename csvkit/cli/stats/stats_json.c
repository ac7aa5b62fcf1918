/* stats_json.c - the statistics as one JSON object on a line; doc/schema/stats.schema.json. */
#include "csvkit/cli/stats/stats_report.h"
#include "csvkit/json.h"

#include <inttypes.h>
#include <stdio.h>

/* Bytes of a value that are whole characters, when it goes on. */
static size_t whole_characters(const unsigned char *text, size_t kept, bool cut)
{
    size_t end = kept;
    while (cut && end > 0 && end + 3 > kept && (text[end - 1] & 0xC0) == 0x80) {
        end--;
    }
    if (!cut || end == 0 || text[end - 1] < 0xC0) {
        return kept;
    }
    uint32_t code;
    bool whole = csvk_utf8_decode(text + end - 1, kept - end + 1, &code) == kept - end + 1;
    return whole ? kept : end - 1;
}

/* A value, "cut" when it goes on. */
static void put_value(struct csvk_json *json, const char *key, const struct csvk_stats_value *value)
{
    bool cut = value->length > value->kept;
    csvk_json_key(json, key);
    csvk_json_bytes(json, value->text, whole_characters(value->text, (size_t)value->kept, cut));
}

static void put_list(struct csvk_json *json, const char *key, bool exact, uint64_t count,
                     const struct csvk_stats_value *list)
{
    csvk_json_key(json, key);
    csvk_json_open(json, '{');
    csvk_json_put_bool(json, "exact", exact);
    csvk_json_key(json, "most");
    csvk_json_open(json, '[');
    for (uint64_t i = 0; i < count; i++) {
        csvk_json_open(json, '{');
        put_value(json, "value", &list[i]);
        if (list[i].length > list[i].kept) {
            csvk_json_put_uint(json, "bytes", list[i].length);
        }
        csvk_json_put_uint(json, exact ? "count" : "at_most", list[i].count);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
}

static void put_distinct(struct csvk_json *json, const struct csvk_column_stats *column)
{
    csvk_json_key(json, "distinct");
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "count", column->distinct);
    csvk_json_put_bool(json, "exact", column->distinct_exact);
    if (!column->distinct_exact) {
        csvk_json_key(json, "standard_error");
        csvk_json_raw(json, "0.0163");
    }
    csvk_json_close(json, '}');
}

static void put_raw(struct csvk_json *json, const char *key, const char *number)
{
    csvk_json_key(json, key);
    csvk_json_raw(json, number);
}

static void put_numbers(struct csvk_json *json, const struct csvk_column_stats *column)
{
    if (column->numbers != 0) {
        csvk_json_key(json, "numbers");
        csvk_json_open(json, '{');
        csvk_json_put_uint(json, "count", column->numbers);
        put_raw(json, "least", column->number_least);
        put_raw(json, "greatest", column->number_greatest);
        put_raw(json, "mean", column->mean);
        csvk_json_close(json, '}');
    }
    if (column->moments != 0) {
        csvk_json_key(json, "moments");
        csvk_json_open(json, '{');
        csvk_json_put_uint(json, "count", column->moments);
        csvk_json_put_string(json, "least", column->moment_least);
        csvk_json_put_string(json, "greatest", column->moment_greatest);
        csvk_json_close(json, '}');
    }
}

static void put_characters(struct csvk_json *json, const struct csvk_column_stats *column)
{
    char mean[48];
    uint64_t whole = column->points / column->values, rest = column->points % column->values;
    uint64_t hundredths = rest <= UINT64_MAX / 200 ? (rest * 200 / column->values + 1) / 2
                                                   : rest / (column->values / 100);
    snprintf(mean, sizeof mean, "%" PRIu64 ".%02" PRIu64, whole + hundredths / 100,
             hundredths % 100);
    csvk_json_key(json, "characters");
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "shortest", column->shortest);
    csvk_json_put_uint(json, "longest", column->longest);
    put_raw(json, "mean", mean);
    csvk_json_close(json, '}');
}

/* For each type but STRING: the values that it does not hold, and the first of them. */
static void put_types(struct csvk_json *json, const struct csvk_column_types *types)
{
    csvk_json_key(json, "misfits");
    csvk_json_open(json, '[');
    for (int type = 0; type < CSVK_TYPE_STRING && types->values != 0; type++) {
        const struct csvk_type_exclusion *first = &types->excluded[type];
        size_t kept = first->length < CSVK_TYPE_SAMPLE ? (size_t)first->length : CSVK_TYPE_SAMPLE;
        csvk_json_open(json, '{');
        csvk_json_put_string(json, "type", csvk_type_name((enum csvk_type)type));
        csvk_json_put_uint(json, "count", types->misfits[type]);
        if (types->misfits[type] != 0) {
            csvk_json_put_uint(json, "record", first->record);
            csvk_json_key(json, "value");
            csvk_json_bytes(json, first->sample,
                            whole_characters(first->sample, kept, first->length > kept));
        }
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
}

static void put_column(struct csvk_json *json, const struct table_stats *table, size_t i,
                       const struct csvk_column_stats *column)
{
    char length[CSVK_TYPE_LENGTH_SIZE];
    csvk_types_length(column->types, length);
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "field", i + 1);
    csvk_json_put_string(json, "name", table->named ? table->names.item[i] : NULL);
    csvk_json_put_string(json, "type", csvk_type_name(csvk_types_propose(column->types)));
    if (length[0] != '\0') {
        csvk_json_put_string(json, "length", length);
    }
    csvk_json_put_uint(json, "values", column->values);
    csvk_json_put_uint(json, "empty", column->empty);
    csvk_json_put_uint(json, "enclosed_empty", column->enclosed_empty);
    put_distinct(json, column);
    if (column->values != 0) {
        put_value(json, "least", &column->least);
        put_value(json, "greatest", &column->greatest);
        put_numbers(json, column);
        put_characters(json, column);
    }
    put_list(json, "frequent", column->top_exact, column->ntop, column->top);
    put_list(json, "shapes", column->shapes_exact, column->nshapes, column->shape);
    put_types(json, column->types);
    csvk_json_close(json, '}');
}

static void put_records(struct csvk_json *json, const struct csvk_stats_records *records)
{
    csvk_json_put_uint(json, "records", records->records);
    csvk_json_key(json, "not_counted");
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "records_of_other_width", records->other_width);
    csvk_json_put_uint(json, "records_too_long", records->oversize);
    csvk_json_put_uint(json, "fields_with_quoting_error", records->broken);
    csvk_json_put_uint(json, "blank_records", records->blank);
    csvk_json_close(json, '}');
}

void cli_stats_put_json(struct csvk_json *json, const struct table_stats *table)
{
    csvk_json_put_uint(json, "bytes", table->bytes);
    put_records(json, csvk_stats_records(table->stats));
    csvk_json_key(json, "columns");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < table->names.count && !json->failed; i++) {
        const struct csvk_column_stats *column;
        json->failed = csvk_stats_column(table->stats, i, &column) != CSVK_OK;
        if (!json->failed) {
            put_column(json, table, i, column);
        }
    }
    csvk_json_close(json, ']');
}

void cli_stats_put_files(struct csvk_json *json, const struct table_stats *table)
{
    if (table->nfiles > 1) {
        csvk_json_key(json, "files");
        csvk_json_open(json, '[');
        for (size_t i = 0; i < table->nfiles; i++) {
            csvk_json_string(json, table->files[i]);
        }
        csvk_json_close(json, ']');
    }
}

static void put_table(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct table_stats *table = subject->context;
    csvk_json_put_string(json, "file", subject->file);
    cli_stats_put_files(json, table);
    cli_stats_put_json(json, table);
}

struct csvk_subject cli_stats_subject(const char *file, const struct table_stats *table)
{
    return (struct csvk_subject){.file = file, .json = put_table, .context = table};
}

int cli_stats_json(struct csvk_buf *out, const char *file, const struct table_stats *table)
{
    struct csvk_subject subject = cli_stats_subject(file, table);
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    put_table(&subject, &json);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}
