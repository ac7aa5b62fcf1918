/*
 * writer.c - see csvkit/writer.h.
 *
 * The values of the open record are gathered first, because how the first one is written may depend
 * on the last one, and a record that cannot be written shall leave nothing behind. The strict
 * writer of records (record_writer.h) does the rest.
 *
 * Invariant: `bytes` holds the values of the open record one behind the other, end[i] is where the
 * i-th one ends.
 */
#include "csvkit/writer.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/record_writer.h"
#include "csvkit/base/sized.h"

#include <string.h>

struct csvk_writer {
    struct csvk_record_writer to;
    struct csvk_buf bytes, line;
    size_t *end;
    struct csvk_value *value; /* room for as many as `end` has */
    size_t count, capacity;   /* values of the open record */
    size_t width;             /* of the first record; 0: there is none yet */
    uint64_t records;
    int status; /* the first final failure, described in `failure` */
    struct csvk_error failure;
};

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_writer_options, line_break, "csvk_writer_options_init");

void csvk_writer_options_init_sized(struct csvk_writer_options *options, size_t size)
{
    const struct csvk_writer_options defaults = {.size = sizeof defaults,
                                                 .dialect = CSVK_DIALECT_RFC4180,
                                                 .quote = CSVK_WRITER_QUOTE_MINIMAL,
                                                 .line_break = CSVK_EOL_CRLF};
    csvk_sized_init(&options_type, options, size, &defaults);
}

static int check_options(const struct csvk_writer_options *options, struct csvk_error *err)
{
    if (options->line_break != CSVK_EOL_CRLF && options->line_break != CSVK_EOL_LF) {
        return csvk_fail(err, CSVK_EUSAGE, "records are written with CRLF or LF");
    }
    if (options->quote == CSVK_WRITER_QUOTE_ALL && options->dialect.enclosure == CSVK_NO_BYTE) {
        return csvk_fail(err, CSVK_EUSAGE, "there is no enclosure to put around all values");
    }
    int status = csvk_dialect_check(&options->dialect, err);
    return status == CSVK_OK ? csvk_dialect_need_plain(&options->dialect, "the writer", err)
                             : status;
}

int csvk_writer_new(struct csvk_writer **out, struct csvk_output output,
                    const struct csvk_writer_options *options, struct csvk_error *err)
{
    struct csvk_writer_options own;
    *out = NULL;
    csvk_writer_options_init(&own);
    int status = csvk_sized_read(&options_type, &own, options, err);
    status = status == CSVK_OK ? check_options(&own, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_writer *writer = csvk_calloc(1, sizeof *writer);
    if (writer == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    enum csvk_normalize_quote quote = own.quote == CSVK_WRITER_QUOTE_ALL
                                          ? CSVK_NORMALIZE_QUOTE_ALL
                                          : CSVK_NORMALIZE_QUOTE_MINIMAL;
    csvk_record_writer_init(&writer->to, &own.dialect, quote, own.line_break, output);
    *out = writer;
    return CSVK_OK;
}

/* Keeps a failure that is final. */
static int keep(struct csvk_writer *writer, int status, struct csvk_error *err)
{
    writer->status = status;
    if (err != NULL) {
        *err = writer->failure;
    }
    return status;
}

static int no_memory(struct csvk_writer *writer, struct csvk_error *err)
{
    return keep(writer, csvk_fail(&writer->failure, CSVK_ENOMEM, "out of memory"), err);
}

static bool make_room(struct csvk_writer *writer)
{
    if (writer->count < writer->capacity) {
        return true;
    }
    size_t capacity = writer->capacity != 0 ? 2 * writer->capacity : 16;
    size_t *end = csvk_reallocarray(writer->end, capacity, sizeof *end);
    writer->end = end != NULL ? end : writer->end;
    struct csvk_value *value = csvk_reallocarray(writer->value, capacity, sizeof *value);
    writer->value = value != NULL ? value : writer->value;
    writer->capacity = end != NULL && value != NULL ? capacity : writer->capacity;
    return writer->count < writer->capacity;
}

int csvk_writer_field(struct csvk_writer *writer, const void *bytes, size_t length,
                      struct csvk_error *err)
{
    if (writer->status != CSVK_OK) {
        return keep(writer, writer->status, err);
    }
    if (!make_room(writer) ||
        (length != 0 && csvk_buf_add(&writer->bytes, bytes, length) != CSVK_OK)) {
        return no_memory(writer, err);
    }
    writer->end[writer->count++] = writer->bytes.length;
    return CSVK_OK;
}

/* Whether the record that was gathered can be written; sets the views of its values. */
static int check_record(struct csvk_writer *writer, struct csvk_error *err)
{
    unsigned long long number = (unsigned long long)writer->records + 1;
    for (size_t i = 0, from = 0; i < writer->count; from = writer->end[i++]) {
        const unsigned char *at = (const unsigned char *)csvk_buf_text(&writer->bytes) + from;
        writer->value[i] = (struct csvk_value){at, writer->end[i] - from, CSVK_VALUE_PLAIN};
    }
    if (writer->count == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "record %llu has no value", number);
    }
    if (writer->width != 0 && writer->count != writer->width) {
        return csvk_fail(err, CSVK_EUSAGE, "record %llu has %zu value%s, the first one has %zu",
                         number, writer->count, writer->count == 1 ? "" : "s", writer->width);
    }
    if (!csvk_record_writer_can(&writer->to, writer->value, writer->count)) {
        return csvk_fail(err, CSVK_EDATA,
                         "record %llu has a value that cannot be written without an enclosure",
                         number);
    }
    return CSVK_OK;
}

static int write_record(struct csvk_writer *writer, struct csvk_error *err)
{
    struct csvk_buf *line = &writer->line;
    csvk_buf_clear(line);
    if (csvk_record_writer_format(&writer->to, writer->value, writer->count, line) != CSVK_OK) {
        return no_memory(writer, err);
    }
    int status = csvk_record_writer_bytes(&writer->to, line->data, line->length, &writer->failure);
    if (status != CSVK_OK) {
        return keep(writer, status, err);
    }
    writer->width = writer->count;
    writer->records++;
    return CSVK_OK;
}

int csvk_writer_end_record(struct csvk_writer *writer, struct csvk_error *err)
{
    if (writer->status != CSVK_OK) {
        return keep(writer, writer->status, err);
    }
    int status = check_record(writer, err);
    status = status == CSVK_OK ? write_record(writer, err) : status;
    writer->count = 0;
    csvk_buf_clear(&writer->bytes);
    return status;
}

int csvk_writer_flush(struct csvk_writer *writer, struct csvk_error *err)
{
    if (writer->status != CSVK_OK) {
        return keep(writer, writer->status, err);
    }
    if (writer->count != 0) {
        return csvk_fail(err, CSVK_EUSAGE, "the last record was not ended");
    }
    int status = csvk_record_writer_flush(&writer->to, &writer->failure);
    return status == CSVK_OK ? status : keep(writer, status, err);
}

uint64_t csvk_writer_records(const struct csvk_writer *writer)
{
    return writer->records;
}

void csvk_writer_free(struct csvk_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    csvk_record_writer_release(&writer->to);
    csvk_buf_release(&writer->bytes);
    csvk_buf_release(&writer->line);
    csvk_free(writer->end);
    csvk_free(writer->value);
    csvk_free(writer);
}

static int write_to_sink(void *sink, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_sink_write(sink, bytes, length, err);
}

struct csvk_output csvk_output_to_sink(struct csvk_sink *sink)
{
    return (struct csvk_output){write_to_sink, sink};
}

static int write_to_buf(void *buf, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_buf_add(buf, bytes, length) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

struct csvk_output csvk_output_to_buf(struct csvk_buf *buf)
{
    return (struct csvk_output){write_to_buf, buf};
}
