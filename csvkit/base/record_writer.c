/*
 * record_writer.c - see record_writer.h. Small pieces are gathered in a buffer, large ones go to
 * the output directly.
 */
#include "csvkit/base/record_writer.h"

#include <string.h>
#include <strings.h>

/* Bytes that are gathered before they are written; the length from which a piece is not gathered.
 */
enum { BUFFER = 128 * 1024, DIRECT = 16 * 1024 };

void csvk_record_writer_init(struct csvk_record_writer *writer, const struct csvk_dialect *dialect,
                             enum csvk_normalize_quote quote, enum csvk_eol line_break,
                             struct csvk_output output)
{
    memset(writer, 0, sizeof *writer);
    writer->output = output;
    writer->dialect = *dialect;
    writer->quote = quote;
    writer->line_break = line_break;
    writer->special['\r'] = writer->special['\n'] = 1;
    writer->special[dialect->delimiter] = 1;
    if (dialect->enclosure != CSVK_NO_BYTE) {
        writer->special[dialect->enclosure] = 1;
    }
}

void csvk_record_writer_release(struct csvk_record_writer *writer)
{
    csvk_buf_release(&writer->buffer);
}

/* Without a `write` the writer only counts. */
static int hand_on(struct csvk_record_writer *writer, const void *bytes, size_t length,
                   struct csvk_error *err)
{
    if (writer->output.write == NULL || length == 0) {
        return CSVK_OK;
    }
    return writer->output.write(writer->output.context, bytes, length, err);
}

int csvk_record_writer_flush(struct csvk_record_writer *writer, struct csvk_error *err)
{
    int status = hand_on(writer, writer->buffer.data, writer->buffer.length, err);
    csvk_buf_clear(&writer->buffer);
    return status;
}

int csvk_record_writer_bytes(struct csvk_record_writer *writer, const void *bytes, size_t length,
                             struct csvk_error *err)
{
    int status = CSVK_OK;
    writer->bytes += length;
    if (length >= DIRECT || writer->buffer.length + length > BUFFER) {
        status = csvk_record_writer_flush(writer, err);
    }
    if (status == CSVK_OK && length >= DIRECT) {
        return hand_on(writer, bytes, length, err);
    }
    if (status == CSVK_OK && csvk_buf_add(&writer->buffer, bytes, length) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory for the output");
    }
    return status;
}

static size_t line_break_length(const struct csvk_record_writer *writer)
{
    return writer->line_break == CSVK_EOL_CRLF ? 2 : 1;
}

static const char *line_break_bytes(const struct csvk_record_writer *writer)
{
    return writer->line_break == CSVK_EOL_CRLF ? "\r\n" : "\n";
}

int csvk_record_writer_line_break(struct csvk_record_writer *writer, struct csvk_error *err)
{
    return csvk_record_writer_bytes(writer, line_break_bytes(writer), line_break_length(writer),
                                    err);
}

/* True when a byte of the value would be structure without an enclosure. */
static bool has_special(const struct csvk_record_writer *writer, const struct csvk_value *value)
{
    for (size_t i = 0; i < value->len; i++) {
        if (writer->special[value->ptr[i]] != 0) {
            return true;
        }
    }
    return false;
}

/*
 * True for a byte order mark at the start of a value: at the start of a file it would be taken for
 * something else than data.
 */
static bool begins_with_mark(const struct csvk_value *value)
{
    return value->len >= 3 && memcmp(value->ptr, "\xef\xbb\xbf", 3) == 0;
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t';
}

/* With --trim only an enclosure keeps them. */
static bool has_edge_blanks(const struct csvk_record_writer *writer, const struct csvk_value *value)
{
    return writer->trims && value->len != 0 &&
           (is_blank(value->ptr[0]) || is_blank(value->ptr[value->len - 1]));
}

/*
 * True for a first line that reads sep=X, X being a byte or the delimiter. Spreadsheets take it for
 * an instruction. Up to 3 bytes before it may be a byte order mark.
 */
static bool is_sep_line(const struct csvk_record_writer *writer, const struct csvk_value *values,
                        size_t count)
{
    bool sole = count == 1 && values[0].len == 5;
    bool pair =
        count == 2 && values[0].len == 4 && values[1].len == 0 &&
        (values[1].form != CSVK_VALUE_ENCLOSED || writer->quote == CSVK_NORMALIZE_QUOTE_MINIMAL);
    return writer->bytes <= 3 && (sole || pair) &&
           strncasecmp((const char *)values[0].ptr, "sep=", 4) == 0;
}

/*
 * What the grammar asks for, and what keeps a value a value: a record of one empty value would be a
 * blank line.
 */
static bool must_enclose(const struct csvk_record_writer *writer, const struct csvk_value *value,
                         bool single)
{
    return (single && value->len == 0) || begins_with_mark(value) || has_special(writer, value) ||
           has_edge_blanks(writer, value);
}

bool csvk_record_writer_can(const struct csvk_record_writer *writer,
                            const struct csvk_value *values, size_t count)
{
    if (writer->dialect.enclosure != CSVK_NO_BYTE) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (values[i].form != CSVK_VALUE_RAW && must_enclose(writer, &values[i], count == 1)) {
            return false;
        }
    }
    return count == 0 || !is_sep_line(writer, values, count);
}

/*
 * Whether the value is enclosed, by the rule that the options give. With the fewest enclosures a
 * first value that begins with # gets one too: some readers take such a line for a comment.
 */
static bool encloses(const struct csvk_record_writer *writer, const struct csvk_value *value,
                     bool first, bool single)
{
    if (writer->dialect.enclosure == CSVK_NO_BYTE) {
        return false;
    }
    if (writer->quote == CSVK_NORMALIZE_QUOTE_ALL ||
        (writer->quote == CSVK_NORMALIZE_QUOTE_KEEP && value->form == CSVK_VALUE_ENCLOSED)) {
        return true;
    }
    bool comment = writer->quote == CSVK_NORMALIZE_QUOTE_MINIMAL && first && value->len != 0 &&
                   value->ptr[0] == '#';
    return comment || must_enclose(writer, value, single);
}

/* Doubles the enclosures within, a run at a time: each copy ends with an enclosure or the value. */
void csvk_record_writer_enclosed(const struct csvk_record_writer *writer, struct csvk_bytes value,
                                 struct csvk_buf *out)
{
    unsigned char quote = (unsigned char)writer->dialect.enclosure;
    unsigned char *to = out->data + out->length;
    const unsigned char *from = value.ptr, *end = from + value.len;
    *to++ = quote;
    while (from < end) {
        const unsigned char *hit = memchr(from, quote, (size_t)(end - from));
        size_t n = hit == NULL ? (size_t)(end - from) : (size_t)(hit - from) + 1;
        memcpy(to, from, n);
        to += n;
        from += n;
        if (hit != NULL) {
            *to++ = quote;
        }
    }
    *to++ = quote;
    out->length = (size_t)(to - out->data);
}

static void put_value(const struct csvk_record_writer *writer, const struct csvk_value *value,
                      bool first, bool single, struct csvk_buf *out)
{
    if (value->form != CSVK_VALUE_RAW && encloses(writer, value, first, single)) {
        csvk_record_writer_enclosed(writer, (struct csvk_bytes){value->ptr, value->len}, out);
        return;
    }
    if (value->len != 0) {
        memcpy(out->data + out->length, value->ptr, value->len);
        out->length += value->len;
    }
}

void csvk_record_writer_end(const struct csvk_record_writer *writer, struct csvk_buf *out)
{
    unsigned char *to = out->data + out->length;
    if (writer->line_break == CSVK_EOL_CRLF) {
        *to++ = '\r';
    }
    *to++ = '\n';
    *to = '\0';
    out->length = (size_t)(to - out->data);
}

int csvk_record_writer_format(const struct csvk_record_writer *writer,
                              const struct csvk_value *values, size_t count, struct csvk_buf *out)
{
    /*
     * At most: every byte doubled, two enclosures and a delimiter for each value; a line break and
     * a NUL.
     */
    size_t need = 4;
    for (size_t i = 0; i < count; i++) {
        need += 2 * values[i].len + 3;
    }
    if (csvk_buf_reserve(out, need) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    bool sep = count != 0 && values[0].form != CSVK_VALUE_RAW && is_sep_line(writer, values, count);
    for (size_t i = 0; i < count; i++) {
        if (i != 0) {
            out->data[out->length++] = (unsigned char)writer->dialect.delimiter;
        }
        if (i == 0 && sep) {
            csvk_record_writer_enclosed(writer, (struct csvk_bytes){values[0].ptr, values[0].len},
                                        out);
        } else {
            put_value(writer, &values[i], i == 0, count == 1, out);
        }
    }
    csvk_record_writer_end(writer, out);
    return CSVK_OK;
}
