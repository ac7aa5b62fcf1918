/*
 * read_back_check.c - see read_back_check.h.
 *
 * The table is read in pieces of any size. The rejects are cut as their index says, because a
 * reject may hold line breaks of its own; the index must cover them without a gap and to the last
 * byte.
 */
#include "csvkit/verify/read_back_check.h"

#include <cjson/cJSON.h>
#include <string.h>

/* Bytes that are read at a time. */
enum { ROOM = 64 * 1024 };

/* ---- the table ---- */

static int read_table(struct csvk_record_count_check *c, struct csvk_source *source,
                      unsigned char *room, struct csvk_error *err)
{
    size_t got = 1;
    int status = CSVK_OK;
    while (status == CSVK_OK && got != 0) {
        status = csvk_source_read(source, room, ROOM, &got, err);
        if (status == CSVK_OK && got != 0) {
            status = csvk_record_count_check_table(c, room, got, err);
        }
    }
    return status;
}

int csvk_verify_table(struct csvk_record_count_check *c, struct csvk_sink *table,
                      struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    unsigned char *room = csvk_malloc(ROOM);
    if (room == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = csvk_sink_read_back(table, &source, err);
    status = status == CSVK_OK ? read_table(c, source, room, err) : status;
    csvk_source_free(source);
    csvk_free(room);
    return status;
}

/* ---- the rejects ---- */

/*
 * A file that is read in pieces whose size the reader of it knows. `bytes` are read; those before
 * `at` are used up.
 */
struct stream {
    struct csvk_source *source;
    struct csvk_buf bytes; /* read, from `at` on not used */
    size_t at;
    bool at_end;
};

/* Moves what is left to the front, and reads ROOM bytes more. */
static int read_more(struct stream *stream, struct csvk_error *err)
{
    struct csvk_buf *to = &stream->bytes;
    size_t left = to->length - stream->at, got = 0;
    if (left != 0 && stream->at != 0) {
        memmove(to->data, to->data + stream->at, left);
    }
    to->length = left;
    stream->at = 0;
    if (csvk_buf_reserve(to, ROOM) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = csvk_source_read(stream->source, to->data + left, ROOM, &got, err);
    to->length += got;
    stream->at_end = got == 0;
    return status;
}

/*
 * A view of the next `length` bytes; shorter at the end of the file. It is valid until the next
 * read.
 */
static int take(struct stream *stream, size_t length, struct csvk_bytes *out,
                struct csvk_error *err)
{
    int status = CSVK_OK;
    while (status == CSVK_OK && stream->bytes.length - stream->at < length && !stream->at_end) {
        status = read_more(stream, err);
    }
    size_t left = stream->bytes.length - stream->at;
    *out = (struct csvk_bytes){stream->bytes.data + stream->at, left < length ? left : length};
    stream->at += out->len;
    return status;
}

/* A view of the next line; empty at the end of the file. */
static int take_line(struct stream *stream, struct csvk_bytes *out, struct csvk_error *err)
{
    for (;;) {
        const unsigned char *from = stream->bytes.data + stream->at;
        size_t left = stream->bytes.length - stream->at;
        const unsigned char *end = left != 0 ? memchr(from, '\n', left) : NULL;
        if (end != NULL || stream->at_end) {
            return take(stream, end != NULL ? (size_t)(end - from) + 1 : left, out, err);
        }
        int status = read_more(stream, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
}

static int bad_index(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EIO,
                     "--verify: the index of the rejects does not say what is in them: nothing is "
                     "kept");
}

/*
 * What a line of the index says about its reject: its length, and whether it is one record or a
 * block of lines that an enclosure had swallowed (r22).
 */
static int read_entry(struct csvk_bytes line, size_t *length, enum csvk_reject_kind *kind,
                      struct csvk_error *err)
{
    cJSON *json = cJSON_ParseWithLength((const char *)line.ptr, line.len);
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(json, "length");
    const cJSON *repair = cJSON_GetObjectItemCaseSensitive(json, "repair");
    bool good = cJSON_IsNumber(size) && size->valuedouble >= 0 && cJSON_IsString(repair);
    if (good) {
        *length = (size_t)size->valuedouble;
        *kind = strcmp(repair->valuestring, csvk_repair_id(CSVK_REPAIR_UNCLOSED)) == 0
                    ? CSVK_REJECT_BLOCK
                    : CSVK_REJECT_RECORD;
    }
    cJSON_Delete(json);
    return good ? CSVK_OK : bad_index(err);
}

/*
 * Index and rejects side by side. The index ends first or together with the rejects; bytes that are
 * left over are in no line of the index.
 */
static int read_rejects(struct csvk_record_count_check *c, struct stream *rejects,
                        struct stream *index, struct csvk_error *err)
{
    for (;;) {
        struct csvk_bytes line, bytes;
        enum csvk_reject_kind kind = CSVK_REJECT_RECORD;
        size_t length = 0;
        int status = take_line(index, &line, err);
        if (status != CSVK_OK) {
            return status;
        }
        if (line.len == 0) {
            status = take(rejects, 1, &bytes, err);
            return status == CSVK_OK && bytes.len != 0 ? bad_index(err) : status;
        }
        status = read_entry(line, &length, &kind, err);
        status = status == CSVK_OK ? take(rejects, length, &bytes, err) : status;
        if (status == CSVK_OK && bytes.len != length) {
            return bad_index(err);
        }
        status = status == CSVK_OK ? csvk_record_count_check_reject(c, bytes, kind, err) : status;
        if (status != CSVK_OK) {
            return status;
        }
    }
}

int csvk_verify_rejects(struct csvk_record_count_check *c, struct csvk_sink *rejects,
                        struct csvk_sink *index, struct csvk_error *err)
{
    struct stream bytes = {.source = NULL}, lines = {.source = NULL};
    int status = csvk_sink_read_back(rejects, &bytes.source, err);
    status = status == CSVK_OK ? csvk_sink_read_back(index, &lines.source, err) : status;
    status = status == CSVK_OK ? read_rejects(c, &bytes, &lines, err) : status;
    csvk_source_free(bytes.source);
    csvk_source_free(lines.source);
    csvk_buf_release(&bytes.bytes);
    csvk_buf_release(&lines.bytes);
    return status;
}
