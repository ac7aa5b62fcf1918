/*
 * reader_comments.c - lines that are set aside: comments.
 *
 * A comment begins where a record could begin, with the byte of csvk_options.comment, and ends at
 * the end of its physical line, whatever enclosures are in it (doc/reading.md A33). The scan stops
 * before it. The reader passes it here and counts it; so no comment is ever in a batch, and all
 * that is said about a table is what would be said without its comments, but for the places.
 *
 * A comment may be longer than the window, and may come in pieces: nothing of it is kept.
 */
#include "csvkit/parse/reader_private.h"

static bool begins_comment(const struct csvk_reader *reader)
{
    return reader->scan.comment != 0 && available(reader) != 0 &&
           *window_begin(reader) == reader->scan.comment;
}

/* Length of the line break at bytes[at], which is a CR or LF; 0: a CR that is data; -1: that hangs
   on bytes that are not here yet. As the reference parser has it. */
static int line_break(const struct csvk_reader *reader, const unsigned char *bytes, size_t length)
{
    if (bytes[0] == '\n') {
        return 1;
    }
    if (length >= 2 && bytes[1] == '\n') {
        return 2;
    }
    if (length >= 3 && bytes[1] == '\r' && bytes[2] == '\n') {
        return 3;
    }
    bool open_question = length == 1 || (length == 2 && bytes[1] == '\r');
    if (open_question && !reader->at_end) {
        return -1;
    }
    return csvk_cr_ends_record(&reader->scan.table) ? 1 : 0;
}

/* Sets bytes of a comment aside. Every CR and every LF ends a physical line, CR LF only one. */
static void set_aside(struct csvk_reader *reader, size_t count)
{
    struct csvk_comments *comments = &reader->comments;
    const unsigned char *bytes = window_begin(reader);
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            bool again = bytes[i] == '\n' && comments->after_cr;
            reader->scan.table.totals.lines += !again;
            comments->lines += !again;
            comments->line_begin = reader->offset + i + 1;
        }
        comments->after_cr = bytes[i] == '\r';
    }
    comments->bytes += count;
    drop(reader, count);
}

/* The bytes of the comment at the window's begin that are here. *whole: its end is among them. */
static size_t find_end(const struct csvk_reader *reader, bool *whole)
{
    const unsigned char *bytes = window_begin(reader);
    size_t n = available(reader);
    *whole = true;
    for (size_t i = 0; i < n; i++) {
        int length =
            bytes[i] == '\n' || bytes[i] == '\r' ? line_break(reader, bytes + i, n - i) : 0;
        if (length > 0) {
            return i + (size_t)length;
        }
        if (length < 0) {
            n = i;
        }
    }
    *whole = false;
    bool may_end = !reader->at_end && n != 0 && bytes[n - 1] == 0x1a; /* then it is no data */
    return may_end ? n - 1 : n;
}

int csvk_reader_pass_comments(struct csvk_reader *reader, struct csvk_error *err)
{
    struct csvk_comments *comments = &reader->comments;
    int status = CSVK_OK;
    while (status == CSVK_OK && (comments->open || begins_comment(reader))) {
        if (!comments->open) {
            comments->open = true;
            comments->after_cr = false;
            /* A byte order mark belongs to the first line. */
            comments->line_begin = reader->scan.table.totals.lines != 0 ? reader->offset : 0;
            reader->scan.table.totals.comments++;
        }
        if (reader->at_end) {
            csvk_reader_trim_ctrl_z(reader);
        }
        bool whole = false;
        set_aside(reader, find_end(reader, &whole));
        comments->open = !whole && !reader->at_end;
        if (comments->open) {
            status = csvk_reader_read_more(reader, err);
        }
    }
    return status;
}
