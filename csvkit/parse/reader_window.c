/*
 * reader_window.c - the window of a reader: memory for the bytes that have been read and not been
 * handed out, and where they come from. That is a source, a thread that reads ahead, or a caller
 * who feeds the reader.
 *
 *      slack |  carried tail  |  freshly read  | slack
 *            ^begin                            ^end
 *
 * The tail moves to the front before bytes are read, never while a batch points to it. The window
 * grows only when a record does not fit, by doubling, and shrinks when such a record is done with.
 */
#include "csvkit/parse/reader_private.h"

#include <string.h>

const char *csvk_reader_name(const struct csvk_reader *reader)
{
    return reader->source != NULL ? csvk_source_name(reader->source) : reader->name;
}

int csvk_reader_out_of_memory(const struct csvk_reader *reader, struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "%s: out of memory at byte %llu (record %llu)",
                     csvk_reader_name(reader), (unsigned long long)reader->offset,
                     (unsigned long long)reader->scan.table.totals.records + 1);
}

/* ---- where bytes come from ---- */

int csvk_feed(struct csvk_reader *reader, const void *bytes, size_t length, struct csvk_error *err)
{
    if (reader->source != NULL || reader->fed_all || reader->food.len != 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: %s", csvk_reader_name(reader),
                         reader->source != NULL ? "the reader has a source, and is not fed"
                         : reader->fed_all      ? "bytes after csvk_feed_end"
                                                : "bytes are left that were fed before");
    }
    reader->food = (struct csvk_bytes){bytes, length};
    return CSVK_OK;
}

void csvk_feed_end(struct csvk_reader *reader)
{
    reader->fed_all = true;
}

/* ---- the window ---- */

/* Moves the tail near the front of `data`, so that what is read after it lies as it does in the
   input, counted from a cache line: so it is copied faster. */
static void place_tail(struct csvk_reader *reader, unsigned char *data, size_t kept)
{
    unsigned char *front = data + CSVK_SCAN_SLACK;
    size_t begin = (size_t)(reader->bytes_read - (uintptr_t)(front + kept)) % CSVK_CACHE_LINE;
    if (kept != 0 && front + begin != window_begin(reader)) {
        memmove(front + begin, window_begin(reader), kept);
    }
    memset(front + begin - CSVK_SCAN_SLACK, 0, CSVK_SCAN_SLACK);
    reader->begin = begin;
}

/*
 * Moves the tail to the front of the window and makes room for `more` bytes after it. The capacity
 * doubles, so moving a record that grows costs no more than its length.
 */
static int make_room(struct csvk_reader *reader, size_t more, struct csvk_error *err)
{
    size_t kept = available(reader);
    size_t need = kept + more + CSVK_CACHE_LINE;
    if (need > reader->capacity) {
        size_t capacity = reader->capacity == 0 ? more + more / 16 : reader->capacity * 2;
        capacity = capacity < need ? need : capacity;
        unsigned char *data = csvk_malloc(capacity + 2 * CSVK_SCAN_SLACK);
        if (data == NULL) {
            return csvk_reader_out_of_memory(reader, err);
        }
        memset(data + CSVK_SCAN_SLACK + capacity, 0, CSVK_SCAN_SLACK);
        place_tail(reader, data, kept);
        csvk_free(reader->data);
        reader->data = data;
        reader->capacity = capacity;
    } else {
        place_tail(reader, reader->data, kept);
    }
    reader->end = reader->begin + kept;
    return CSVK_OK;
}

void csvk_reader_shrink(struct csvk_reader *reader)
{
    if (available(reader) == 0 && reader->capacity > 16 * reader->options.window &&
        reader->capacity > COUNTS_MAX_RECORD) {
        csvk_free(reader->data);
        reader->data = NULL;
        reader->capacity = reader->begin = reader->end = 0;
    }
}

/* Takes what was fed. CSVK_HUNGRY when there is nothing, and something may follow. */
static int take_food(struct csvk_reader *reader, unsigned char *bytes, size_t capacity, size_t *got)
{
    struct csvk_bytes *food = &reader->food;
    *got = food->len < capacity ? food->len : capacity;
    if (*got == 0) {
        reader->hungry = !reader->fed_all;
        return reader->hungry ? CSVK_HUNGRY : CSVK_OK;
    }
    memcpy(bytes, food->ptr, *got);
    food->ptr += *got;
    food->len -= *got;
    return CSVK_OK;
}

int csvk_reader_read_more(struct csvk_reader *reader, struct csvk_error *err)
{
    size_t window = csvk_reader_piece(reader);
    int status = make_room(reader, window, err);
    if (status != CSVK_OK) {
        return status;
    }
    size_t got = 0;
    unsigned char *to = reader->data + CSVK_SCAN_SLACK + reader->end;
    if (reader->ahead.read != NULL) {
        status = reader->ahead.read(reader->ahead.context, to, window, &got, err);
    } else {
        status = reader->source != NULL ? csvk_source_read(reader->source, to, window, &got, err)
                                        : take_food(reader, to, window, &got);
    }
    if (status != CSVK_OK) {
        return status;
    }
    reader->end += got;
    /* The scan's answers do not depend on the slack. Zeros keep its speed from it as well. */
    memset(to + got, 0, CSVK_SCAN_SLACK);
    reader->bytes_read += got;
    reader->at_end = got == 0;
    return CSVK_OK;
}
