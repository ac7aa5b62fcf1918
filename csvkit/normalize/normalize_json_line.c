/*
 * normalize_json_line.c - lines of JSON for the log and the index of the rejects.
 *
 * A dirty file has a line for every record, so these lines are put together by hand. Keys and texts
 * are our own and need no escaping. Room for a whole line is made before it begins; when that
 * fails, nothing is added any more and norm_json_end_line returns CSVK_ENOMEM.
 */
#include "csvkit/json.h"
#include "csvkit/normalize/normalize_pieces.h"
#include "csvkit/normalize/texts.h"

/* A line has some twelve members, only one of which is a long text. */
enum { LINE_ROOM = 2048 };

void norm_json_begin_line(struct norm *norm)
{
    csvk_buf_clear(&norm->json);
    if (norm->piece != NULL) {
        norm->piece->nline = 0;
    }
    if (csvk_buf_reserve(&norm->json, LINE_ROOM) == CSVK_OK) {
        norm->json.data[norm->json.length++] = '{';
    }
}

/*
 * Room for `more` bytes and for what every member needs besides: comma, quotes, colon, 20 digits
 * that are copied whole, and the end of the line. False as well when the line could not be begun.
 */
static bool has_room(const struct csvk_buf *line, size_t more)
{
    return line->length != 0 && line->capacity - line->length > more + 48;
}

static unsigned char *begin_member(struct csvk_buf *line, const char *key, size_t n)
{
    unsigned char *to = line->data + line->length;
    if (to[-1] != '{') {
        *to++ = ',';
    }
    *to++ = '"';
    memcpy(to, key, n);
    to += n;
    *to++ = '"';
    *to++ = ':';
    return to;
}

/* All numbers of two digits. Two digits at a time halve the divisions. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

enum { MOST = 20 }; /* digits of UINT64_MAX */

/*
 * Digits are made from the last to the first. The pair before the first digit may be "07": then its
 * zero is left out. Room for MOST of them is there, and all are copied: a fixed length is a few
 * instructions, not a call. The end of those that count.
 */
static inline unsigned char *put_digits(unsigned char *to, uint64_t value)
{
    unsigned char digits[2 * MOST] = {0}, *first = digits + MOST;
    for (; value >= 100; value /= 100) {
        first -= 2;
        memcpy(first, pairs + 2 * (value % 100), 2);
    }
    first -= 2;
    memcpy(first, pairs + 2 * value, 2);
    first += value < 10;
    memcpy(to, first, MOST);
    return to + (digits + MOST - first);
}

void norm_json_uint(struct csvk_buf *line, const char *key, uint64_t value)
{
    size_t n = strlen(key);
    if (has_room(line, n)) {
        line->length = (size_t)(put_digits(begin_member(line, key, n), value) - line->data);
    }
}

void norm_json_number(struct norm *norm, const char *key, uint64_t value, enum norm_number number)
{
    struct csvk_buf *line = &norm->json;
    size_t n = strlen(key);
    if (norm->piece == NULL) {
        norm_json_uint(line, key, value);
    } else if (has_room(line, n)) {
        line->length = (size_t)(begin_member(line, key, n) - line->data);
        norm_note_number(norm->piece, line->length, value, number);
    }
}

int norm_json_digits(struct csvk_buf *line, uint64_t value)
{
    int status = csvk_buf_reserve(line, MOST);
    if (status == CSVK_OK) {
        line->length = (size_t)(put_digits(line->data + line->length, value) - line->data);
    }
    return status;
}

void norm_json_text(struct csvk_buf *line, const char *key, const char *text)
{
    size_t n = strlen(key), length = strlen(text);
    if (!has_room(line, n + length)) {
        return;
    }
    unsigned char *to = begin_member(line, key, n);
    *to++ = '"';
    memcpy(to, text, length);
    to += length;
    *to++ = '"';
    line->length = (size_t)(to - line->data);
}

/* What is escaped may be of any length: room for the rest of the line is made again. */
int norm_json_bytes(struct norm *norm, const char *key, struct csvk_bytes text)
{
    struct csvk_buf *line = &norm->json;
    size_t n = strlen(key);
    if (!has_room(line, n)) {
        return norm_out_of_memory(norm);
    }
    line->length = (size_t)(begin_member(line, key, n) - line->data);
    struct csvk_json json;
    csvk_json_init(&json, line);
    csvk_json_bytes(&json, text.ptr, text.len);
    return !json.failed && csvk_buf_reserve(line, LINE_ROOM) == CSVK_OK ? CSVK_OK
                                                                        : norm_out_of_memory(norm);
}

/* ,"readings":[{"reading":"...","bits":3.9},...]: those that competed, best first. */
void norm_json_readings(struct norm *norm)
{
    const struct norm_decision *d = &norm->decision;
    struct csvk_buf *line = &norm->json;
    if (d->ncompeting == 0 || !has_room(line, NORM_COMPETING * (sizeof d->competing[0] + 40))) {
        return;
    }
    struct norm_text text =
        norm_text_begin((char *)line->data + line->length, line->capacity - line->length);
    norm_text_add(&text, ",\"bits\":");
    norm_text_bits(&text, d->competing[0].bits);
    norm_text_add(&text, ",\"sample\":");
    norm_text_number(&text, norm_evidence_records(norm->sample.evidence));
    norm_text_add(&text, ",\"readings\":[");
    for (size_t i = 0; i < d->ncompeting; i++) {
        norm_text_add(&text, i != 0 ? ",{\"reading\":\"" : "{\"reading\":\"");
        norm_text_add(&text, d->competing[i].reading);
        norm_text_add(&text, "\",\"bits\":");
        norm_text_bits(&text, d->competing[i].bits);
        norm_text_add(&text, "}");
    }
    norm_text_add(&text, "]");
    line->length += text.length;
}

/* Closes the object. The NUL that is copied with it is not counted. */
int norm_json_end_line(struct norm *norm, struct csvk_record_writer *to)
{
    struct csvk_buf *line = &norm->json;
    if (!has_room(line, 2)) {
        return norm_out_of_memory(norm);
    }
    memcpy(line->data + line->length, "}\n", 3);
    line->length += 2;
    if (norm->piece != NULL) {
        norm_place_numbers(norm->piece, to == &norm->log, to->bytes);
    }
    return csvk_record_writer_bytes(to, line->data, line->length, norm->err);
}
