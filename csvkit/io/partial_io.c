/* partial_io.c - see partial_io.h. */
#include "csvkit/io/partial_io.h"

#include <string.h>

#define SUM_BYTES 8

uint64_t partial_sum(uint64_t sum, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

/* ---- life ------------------------------------------------------------------------------------ */

static int begin(struct partial_io *io, const char *name, struct csvk_error *err)
{
    *io = (struct partial_io){.name = name, .sum = PARTIAL_SUM, .err = err};
    io->block = csvk_malloc(PARTIAL_BLOCK);
    io->status =
        io->block != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "%s: out of memory", name);
    return io->status;
}

int partial_io_write(struct partial_io *io, const char *name, struct csvk_error *err)
{
    if (begin(io, name, err) == CSVK_OK) {
        io->status = csvk_sink_open(&io->sink, name, 0, err);
    }
    return io->status;
}

int partial_io_read(struct partial_io *io, const char *name, struct csvk_error *err)
{
    if (begin(io, name, err) != CSVK_OK) {
        return io->status;
    }
    io->status = csvk_source_open(&io->source, name, err);
    if (io->status == CSVK_OK) {
        csvk_source_decode_only(io->source, "");
        uint64_t size = csvk_source_file_size(io->source);
        io->left = size < SUM_BYTES ? 0 : size - SUM_BYTES;
    }
    return io->status;
}

void partial_io_memory(struct partial_io *io, struct csvk_buf *memory, struct csvk_error *err)
{
    *io = (struct partial_io){.memory = memory, .name = "", .sum = PARTIAL_SUM, .err = err};
}

int partial_io_bytes(struct partial_io *io, const char *name, struct csvk_bytes bytes,
                     struct csvk_error *err)
{
    if (begin(io, name, err) == CSVK_OK) {
        io->status = csvk_source_memory(&io->source, bytes.ptr, bytes.len, err);
    }
    if (io->status == CSVK_OK) {
        csvk_source_decode_only(io->source, "");
        io->left = bytes.len;
    }
    return io->status;
}

void partial_io_close(struct partial_io *io)
{
    csvk_sink_free(io->sink);
    csvk_source_free(io->source);
    csvk_free(io->block);
    io->sink = NULL;
    io->source = NULL;
    io->block = NULL;
}

void partial_io_damaged(struct partial_io *io)
{
    if (io->status == CSVK_OK) {
        io->status =
            csvk_fail(io->err, CSVK_EIO,
                      "%s: no part of a judgement, or it is damaged: make it again", io->name);
    }
}

void partial_io_out_of_memory(struct partial_io *io)
{
    if (io->status == CSVK_OK) {
        io->status = csvk_fail(io->err, CSVK_ENOMEM, "%s: out of memory", io->name);
    }
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void flush(struct partial_io *io)
{
    if (io->status == CSVK_OK && io->end != 0) {
        io->status = csvk_sink_write(io->sink, io->block, io->end, io->err);
    }
    io->end = 0;
}

static void put(struct partial_io *io, const unsigned char *bytes, size_t length)
{
    if (io->memory != NULL) {
        if (csvk_buf_add(io->memory, bytes, length) != CSVK_OK) {
            partial_io_out_of_memory(io);
        }
        return;
    }
    while (length != 0 && io->status == CSVK_OK) {
        size_t room = PARTIAL_BLOCK - io->end, take = length < room ? length : room;
        memcpy(io->block + io->end, bytes, take);
        io->end += take;
        bytes += take;
        length -= take;
        if (io->end == PARTIAL_BLOCK) {
            flush(io);
        }
    }
}

static void get(struct partial_io *io, unsigned char *bytes, size_t length)
{
    while (length != 0 && io->status == CSVK_OK) {
        if (io->at == io->end) {
            io->at = 0;
            io->status = csvk_source_read(io->source, io->block, PARTIAL_BLOCK, &io->end, io->err);
            if (io->status == CSVK_OK && io->end == 0) {
                partial_io_damaged(io);
            }
            continue;
        }
        size_t there = io->end - io->at, take = length < there ? length : there;
        memcpy(bytes, io->block + io->at, take);
        io->at += take;
        bytes += take;
        length -= take;
    }
}

void partial_put(struct partial_io *io, struct csvk_bytes bytes)
{
    if (io->status == CSVK_OK && bytes.len != 0) {
        put(io, bytes.ptr, bytes.len);
    }
    io->sum = partial_sum(io->sum, bytes.ptr, bytes.len);
}

void partial_bytes(struct partial_io *io, void *bytes, size_t length)
{
    if (partial_io_reads(io)) {
        if (length > io->left) {
            partial_io_damaged(io);
        }
        if (io->status != CSVK_OK) {
            memset(bytes, 0, length);
            return;
        }
        get(io, bytes, length);
        io->left -= length;
        io->sum = partial_sum(io->sum, bytes, length);
    } else {
        partial_put(io, (struct csvk_bytes){bytes, length});
    }
}

int partial_io_end(struct partial_io *io)
{
    unsigned char sum[SUM_BYTES], there[SUM_BYTES];
    for (size_t i = 0; i < SUM_BYTES; i++) {
        sum[i] = (unsigned char)(io->sum >> (8 * i));
    }
    if (partial_io_reads(io)) {
        get(io, there, SUM_BYTES);
        if (io->left != 0 || (io->status == CSVK_OK && memcmp(sum, there, SUM_BYTES) != 0)) {
            partial_io_damaged(io);
        }
        return io->status;
    }
    put(io, sum, SUM_BYTES);
    flush(io);
    if (io->status == CSVK_OK) {
        io->status = csvk_sink_commit(io->sink, io->err);
    }
    return io->status;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void put_number(struct partial_io *io, uint64_t number)
{
    unsigned char bytes[10];
    size_t length = 0;
    for (; number >= 0x80; number >>= 7) {
        bytes[length++] = (unsigned char)(number | 0x80);
    }
    bytes[length++] = (unsigned char)number;
    partial_bytes(io, bytes, length);
}

static uint64_t get_number(struct partial_io *io)
{
    uint64_t number = 0;
    unsigned char byte = 0x80;
    for (unsigned shift = 0; byte >= 0x80; shift += 7) {
        if (shift > 63) {
            partial_io_damaged(io);
            return 0;
        }
        partial_bytes(io, &byte, 1);
        number |= (uint64_t)(byte & 0x7f) << shift;
    }
    return number;
}

void partial_number(struct partial_io *io, uint64_t *number)
{
    if (partial_io_reads(io)) {
        *number = get_number(io);
    } else {
        put_number(io, *number);
    }
}

void partial_numbers(struct partial_io *io, uint64_t *number, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        partial_number(io, &number[i]);
    }
}

uint64_t partial_up_to(struct partial_io *io, uint64_t number, uint64_t most)
{
    partial_number(io, &number);
    if (number > most) {
        partial_io_damaged(io);
        return 0;
    }
    return number;
}

void partial_size(struct partial_io *io, size_t *size)
{
    *size = (size_t)partial_up_to(io, *size, SIZE_MAX);
}

void partial_count(struct partial_io *io, size_t *count)
{
    *count = (size_t)partial_up_to(io, *count, partial_io_reads(io) ? io->left : UINT64_MAX);
}

void partial_flag(struct partial_io *io, bool *flag)
{
    *flag = partial_up_to(io, *flag, 1) != 0;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* Of a NULL the length is 0, of a text 1 more than its own. */
void partial_text(struct partial_io *io, char **text)
{
    size_t length = *text != NULL ? strlen(*text) + 1 : 0;
    partial_count(io, &length);
    if (!partial_io_reads(io)) {
        partial_bytes(io, *text, length != 0 ? length - 1 : 0);
        return;
    }
    csvk_free(*text);
    *text = NULL;
    if (length != 0) {
        *text = csvk_calloc(length, 1);
        if (*text == NULL) {
            partial_io_out_of_memory(io);
            return;
        }
        partial_bytes(io, *text, length - 1);
    }
}

void partial_buf(struct partial_io *io, struct csvk_buf *buf)
{
    size_t length = buf->length;
    partial_count(io, &length);
    if (partial_io_reads(io)) {
        csvk_buf_clear(buf);
        if (csvk_buf_reserve(buf, length) != CSVK_OK) {
            partial_io_out_of_memory(io);
            return;
        }
        buf->length = length;
        buf->data[length] = 0;
    }
    if (length != 0) {
        partial_bytes(io, buf->data, length);
    }
}

void partial_strings(struct partial_io *io, struct csvk_strings *list)
{
    size_t count = list->count;
    partial_count(io, &count);
    if (!partial_io_reads(io)) {
        for (size_t i = 0; i < count; i++) {
            partial_text(io, &list->item[i]);
        }
        return;
    }
    csvk_strings_release(list);
    for (size_t i = 0; i < count && io->status == CSVK_OK; i++) {
        char *text = NULL;
        partial_text(io, &text);
        if (io->status == CSVK_OK && text == NULL) {
            partial_io_damaged(io);
        }
        if (io->status == CSVK_OK && csvk_strings_add(list, text) != CSVK_OK) {
            partial_io_out_of_memory(io);
        }
        csvk_free(text);
    }
}
