/*
 * partial_io.h - the bytes of the file of a part, or of a piece of it in memory.
 *
 * One description serves both ways: a function that passes a struct through a partial_io writes it
 * or fills it, so what is written and what is read cannot drift apart. Numbers are LEB128, so the
 * file is the same on every machine; texts and bytes follow their length. At the end stands a
 * checksum of all bytes before it.
 *
 * The first failure stays, and nothing is done after it; what is read then is zero.
 */
#ifndef CSVKIT_IO_PARTIAL_IO_H
#define CSVKIT_IO_PARTIAL_IO_H

#include "csvkit/csvkit.h"

#define PARTIAL_BLOCK ((size_t)64 * 1024)

struct partial_io {
    struct csvk_sink *sink;     /* NULL: reading, or in memory */
    struct csvk_source *source; /* NULL: writing, or in memory */
    struct csvk_buf *memory;    /* written to; NULL: none */
    const char *name;
    uint64_t left; /* when reading: bytes before the checksum that have not been passed */
    uint64_t sum;
    size_t at, end; /* in `block` */
    unsigned char *block;
    int status;
    struct csvk_error *err;
};

/* The file is `name`, borrowed. partial_io_close is needed in any case. */
int partial_io_write(struct partial_io *io, const char *name, struct csvk_error *err);
int partial_io_read(struct partial_io *io, const char *name, struct csvk_error *err);
/* Appends to `memory`. No checksum: partial_io_end is not called. */
void partial_io_memory(struct partial_io *io, struct csvk_buf *memory, struct csvk_error *err);
/* Reads what partial_io_memory has written; `bytes` and `name`, for messages, are borrowed. */
int partial_io_bytes(struct partial_io *io, const char *name, struct csvk_bytes bytes,
                     struct csvk_error *err);
/* Writes the checksum and lets the file appear; or compares it. Returns the status. */
int partial_io_end(struct partial_io *io);
void partial_io_close(struct partial_io *io);

static inline bool partial_io_reads(const struct partial_io *io)
{
    return io->source != NULL;
}
/* What was read makes no sense. */
void partial_io_damaged(struct partial_io *io);
/* There is no memory for what was read. */
void partial_io_out_of_memory(struct partial_io *io);

void partial_bytes(struct partial_io *io, void *bytes, size_t length);
/* Only when writing. */
void partial_put(struct partial_io *io, struct csvk_bytes bytes);
void partial_number(struct partial_io *io, uint64_t *number);
void partial_numbers(struct partial_io *io, uint64_t *number, size_t count);
/* A number that is at most `most`. */
uint64_t partial_up_to(struct partial_io *io, uint64_t number, uint64_t most);
void partial_size(struct partial_io *io, size_t *size);
/* How many things follow, each of which takes a byte at least. */
void partial_count(struct partial_io *io, size_t *count);
void partial_flag(struct partial_io *io, bool *flag);
/* What was there is freed when it is read over. */
void partial_text(struct partial_io *io, char **text); /* may be NULL */
void partial_buf(struct partial_io *io, struct csvk_buf *buf);
void partial_strings(struct partial_io *io, struct csvk_strings *list);

/* FNV-1a, begun with PARTIAL_SUM. */
#define PARTIAL_SUM UINT64_C(0xcbf29ce484222325)
uint64_t partial_sum(uint64_t sum, const void *bytes, size_t length);

#endif
