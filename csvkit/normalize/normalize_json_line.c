/*
 * normalize_json_line.c - lines of JSON for the log and the index of the rejects.
 *
 * A dirty file has a line for every record, so these are put together by hand: keys and texts are
 * our own and need no escaping, room for a whole line is there before it begins.
 */
#include "csvkit/normalize/normalize_private.h"

enum { LINE_ROOM = 1024 };

void norm_json_begin_line(struct norm *norm)
{
    csvk_buf_clear(&norm->json);
    if (csvk_buf_reserve(&norm->json, LINE_ROOM) == CSVK_OK) {
        norm->json.data[norm->json.length++] = '{';
    }
}

static bool has_room(const struct csvk_buf *line, size_t more)
{
    return line->length != 0 && line->capacity - line->length > more + 48;
}

/* Begins a member; the caller has seen to it that there is room. */
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

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

void norm_json_uint(struct csvk_buf *line, const char *key, uint64_t value)
{
    size_t n = strlen(key);
    if (!has_room(line, n)) {
        return;
    }
    enum { MOST = 20 }; /* digits; copied whole, since there is room */
    unsigned char *to = begin_member(line, key, n);
    unsigned char digits[2 * MOST] = {0}, *first = digits + MOST;
    for (; value >= 100; value /= 100) {
        first -= 2;
        memcpy(first, pairs + 2 * (value % 100), 2);
    }
    first -= 2;
    memcpy(first, pairs + 2 * value, 2);
    first += value < 10;
    memcpy(to, first, MOST);
    line->length = (size_t)(to - line->data) + (size_t)(digits + MOST - first);
}

/* A text of our own. */
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

int norm_json_end_line(struct norm *norm, struct csvk_writer *to)
{
    struct csvk_buf *line = &norm->json;
    if (!has_room(line, 2)) {
        return norm_out_of_memory(norm);
    }
    memcpy(line->data + line->length, "}\n", 3);
    line->length += 2;
    return csvk_writer_bytes(to, line->data, line->length, norm->err);
}
