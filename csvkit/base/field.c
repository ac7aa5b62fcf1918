/*
 * field.c - makes the value of a field out of its raw bytes.
 *
 * A value is never longer than the bytes it is made of, so `to` needs no more room than they have.
 * It may be the same memory: each byte is read before it can be written over.
 */
#include "csvkit/csvkit.h"

#include <string.h>

/*
 * The state is whether the enclosure is open. Fields outside of the grammar have values too: what
 * follows a closing enclosure is kept as it is.
 */
size_t csvk_field_decode(struct csvk_bytes raw, const struct csvk_dialect *dialect,
                         unsigned char *to)
{
    int quote = dialect->enclosure, escape = dialect->escape;
    size_t n = 0, i = 0;
    bool enclosed = raw.len != 0 && raw.ptr[0] == quote;
    if (!enclosed && escape == CSVK_NO_BYTE) {
        memmove(to, raw.ptr, raw.len);
        return raw.len;
    }
    for (i = enclosed ? 1 : 0; i < raw.len; i++) {
        unsigned char c = raw.ptr[i];
        if (c == escape && i + 1 < raw.len) {
            to[n++] = raw.ptr[++i];
        } else if (enclosed && c == quote) {
            bool doubled = i + 1 < raw.len && raw.ptr[i + 1] == quote;
            if (doubled) {
                to[n++] = c;
                i++;
            } else {
                enclosed = false; /* closed: what follows is kept literally */
            }
        } else {
            to[n++] = c;
        }
    }
    return n;
}

/*
 * Most fields need no decoding: an enclosed one without doubled enclosures is its bytes without the
 * first and the last. A broken field may end after its closing enclosure, so it is always decoded.
 */
int csvk_field_value(const struct csvk_batch *batch, const struct csvk_record *record, size_t i,
                     const struct csvk_dialect *dialect, struct csvk_buf *room,
                     struct csvk_bytes *value)
{
    const struct csvk_field *field = &batch->fields[record->first_field + i];
    *value = csvk_field_raw(batch, record, i);
    if ((field->flags & (CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN)) == 0) {
        if ((field->flags & CSVK_FIELD_ENCLOSED) != 0) {
            value->ptr++;
            value->len -= 2;
        }
        return CSVK_OK;
    }
    csvk_buf_clear(room);
    int status = csvk_buf_reserve(room, value->len);
    if (status == CSVK_OK) {
        value->len = csvk_field_decode(*value, dialect, room->data);
        value->ptr = room->data;
    }
    return status;
}
