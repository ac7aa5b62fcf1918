/*
 * rows.c - a tool for tests: what the reader makes of a file, as one JSON object.
 *   rows FILE [DELIMITER [ENCLOSURE|none [ESCAPE|none [any]]]]
 * {"rows":[[value,...]], "places":[[[line,column],...]], "facts":[[kind,byte,record,field],...]}
 * A value that is not UTF-8 stands as {"hex":"..."}; columns count bytes from 1.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_utf8(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t code;
        size_t used = csvk_utf8_decode(p + i, n - i, &code);
        if (used == 0) {
            return false;
        }
        i += used;
    }
    return true;
}

static void put_value(struct csvk_json *json, const unsigned char *value, size_t n)
{
    if (is_utf8(value, n)) {
        csvk_json_bytes(json, value, n);
        return;
    }
    struct csvk_buf hex = CSVK_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (csvk_buf_printf(&hex, "%02x", value[i]) != CSVK_OK) {
            exit(2);
        }
    }
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "hex", csvk_buf_text(&hex));
    csvk_json_close(json, '}');
    csvk_buf_release(&hex);
}

/* Line and column of a place in the batch, counted from the start of the record. */
static void put_place(struct csvk_json *json, const struct csvk_batch *batch,
                      const struct csvk_record *r, size_t to)
{
    size_t begin = (size_t)(r->offset - batch->offset);
    uint64_t line = r->line, column = 1;
    for (size_t i = begin; i < to; i++) {
        unsigned char c = batch->bytes[i];
        column++;
        if (c == '\n' || (c == '\r' && batch->bytes[i + 1] != '\n')) {
            line++;
            column = 1;
        }
    }
    csvk_json_open(json, '[');
    csvk_json_uint(json, line);
    csvk_json_uint(json, column);
    csvk_json_close(json, ']');
}

static void put_record(struct csvk_json *rows, struct csvk_json *places,
                       const struct csvk_batch *batch, const struct csvk_record *r,
                       const struct csvk_dialect *dialect)
{
    csvk_json_open(rows, '[');
    csvk_json_open(places, '[');
    for (uint64_t i = 0; i < r->nfields; i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, r, (size_t)i);
        unsigned char *value = malloc(raw.len + 1);
        if (value == NULL) {
            exit(2);
        }
        put_value(rows, value, csvk_field_decode(raw, dialect, value));
        free(value);
        put_place(places, batch, r, batch->fields[r->first_field + i].begin);
    }
    csvk_json_close(rows, ']');
    csvk_json_close(places, ']');
}

static void put_fact(struct csvk_json *facts, const struct csvk_fact *f)
{
    csvk_json_open(facts, '[');
    csvk_json_uint(facts, (uint64_t)f->kind);
    csvk_json_uint(facts, f->offset);
    csvk_json_uint(facts, f->record);
    csvk_json_uint(facts, f->field);
    csvk_json_close(facts, ']');
}

static int open_reader(int argc, char **argv, struct csvk_source **source,
                       struct csvk_reader **reader, struct csvk_options *options)
{
    struct csvk_error err = {0};
    csvk_options_init(options);
    options->detail = CSVK_FIELDS;
    options->any_eol = argc > 5;
    struct csvk_dialect *d = &options->dialect;
    int status = csvk_source_open(source, argv[1], &err);
    if (status == CSVK_OK && argc > 2) {
        status = csvk_dialect_parse_byte(argv[2], "delimiter", false, &d->delimiter, &err);
    }
    if (status == CSVK_OK && argc > 3) {
        status = csvk_dialect_parse_byte(argv[3], "enclosure", true, &d->enclosure, &err);
    }
    if (status == CSVK_OK && argc > 4) {
        status = csvk_dialect_parse_byte(argv[4], "escape", true, &d->escape, &err);
    }
    if (status == CSVK_OK) {
        status = csvk_reader_new(reader, *source, options, &err);
    }
    if (status != CSVK_OK) {
        fprintf(stderr, "rows: %s\n", err.text);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_options options;
    const struct csvk_batch *batch;
    struct csvk_buf text[3] = {CSVK_BUF_INIT, CSVK_BUF_INIT, CSVK_BUF_INIT};
    struct csvk_json part[3];
    csvk_use_decoders();
    if (argc < 2 || open_reader(argc, argv, &source, &reader, &options) != CSVK_OK) {
        return 2;
    }
    for (int i = 0; i < 3; i++) {
        csvk_json_init(&part[i], &text[i]);
        csvk_json_open(&part[i], '[');
    }
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            put_record(&part[0], &part[1], batch, &batch->records[i], &options.dialect);
        }
        for (size_t i = 0; i < batch->nfacts; i++) {
            put_fact(&part[2], &batch->facts[i]);
        }
    }
    for (int i = 0; i < 3; i++) {
        csvk_json_close(&part[i], ']');
    }
    printf("{\"rows\":%s,\"places\":%s,\"facts\":%s}\n", csvk_buf_text(&text[0]),
           csvk_buf_text(&text[1]), csvk_buf_text(&text[2]));
    for (int i = 0; i < 3; i++) {
        csvk_buf_release(&text[i]);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return 0;
}
