/*
 * reader_private.h - private: the reader's state, and what its files share. reader.c hands
 * out batches; reader_window.c fills the window; reader_comments.c passes comments;
 * reader_oversize.c streams records that are longer than the window may get; ahead.c hands out what
 * was examined ahead.
 */
#ifndef CSVKIT_PARSE_READER_PRIVATE_H
#define CSVKIT_PARSE_READER_PRIVATE_H

#include "csvkit/base/needle.h"
#include "csvkit/parse/ahead.h"
#include "csvkit/parse/scan/scan.h"

/* With CSVK_COUNTS, unless the options say otherwise, no longer record is kept in memory. */
#define COUNTS_MAX_RECORD (2u * 1024 * 1024)

/* How many bytes of an oversize record are taken in one call. */
#define OVERSIZE_PIECE (64u * 1024)

/*
 * The start of the input has still to be looked at; batches of records; an oversize record, a piece
 * at a time; what cannot be parsed is read to its end; nothing is left.
 */
enum reader_phase { PHASE_START, PHASE_RECORDS, PHASE_OVERSIZE, PHASE_DRAIN, PHASE_DONE };

/*
 * The window is `data`, with CSVK_SCAN_SLACK bytes before and after its `capacity`. Bytes [begin,
 * end) of it have been read and not been handed out; `offset` is the absolute offset of `begin`.
 */
/* What was set aside since the last batch (reader_comments.c). */
struct csvk_comments {
    uint64_t bytes, lines;
    uint64_t line_begin; /* of the line that has been reached */
    bool open;           /* a comment goes on */
    bool after_cr;       /* and the last byte of it was a CR */
};

struct csvk_reader {
    struct csvk_source *source; /* NULL: the reader is fed */
    char *name;                 /* of a reader that is fed */
    struct csvk_bytes food;     /* what it was given and has not taken yet */
    bool fed_all;               /* nothing follows */
    bool hungry;                /* the last call gave nothing: the next one goes on where it was */
    struct csvk_options options;
    struct csvk_scan scan;
    unsigned char *data;
    size_t capacity; /* without slack */
    size_t begin, end;
    struct csvk_batch batch; /* that was handed out last */
    size_t batch_bytes;      /* of the batch that was handed out; dropped at the next call */
    size_t retry_at;         /* nothing is examined again before so many bytes are there */
    uint64_t offset;
    uint64_t bytes_read;
    bool at_end;
    bool trimmed;  /* the end has been looked at for a final 1A */
    bool unclosed; /* the last record ended inside an enclosure */
    enum reader_phase phase;
    struct csvk_comments comments;
    struct csvk_bytes piece;   /* of an oversize record, as the batch has it */
    struct csvk_ahead ahead;   /* `take` is NULL: nobody reads ahead */
    struct csvk_needle needle; /* its bytes are our own; without any: nothing is looked for */
    bool lacks;                /* the batch does not hold them */
};

/* The byte at `begin`. */
static inline unsigned char *window_begin(const struct csvk_reader *reader)
{
    return reader->data == NULL ? NULL : reader->data + CSVK_SCAN_SLACK + reader->begin;
}

static inline size_t available(const struct csvk_reader *reader)
{
    return reader->end - reader->begin;
}

/* Adds a fact about the file: it belongs to no record. */
static inline void report_fact(struct csvk_reader *reader, enum csvk_fact_kind kind,
                               uint64_t offset, uint64_t length, uint64_t extra)
{
    struct csvk_fact fact = {.offset = offset, .length = length, .extra = extra, .kind = kind};
    csvk_batch_builder_add_fact(&reader->scan.builder, &fact);
}

/* The first `count` bytes are done with. */
static inline void drop(struct csvk_reader *reader, size_t count)
{
    reader->begin += count;
    reader->offset += count;
}

/* True for one or more NUL bytes. */
static inline bool all_nul(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return length != 0;
}

/* reader_window.c: the name of the input, for messages */
const char *csvk_reader_name(const struct csvk_reader *reader);
int csvk_reader_out_of_memory(const struct csvk_reader *reader, struct csvk_error *err);
/* Reads up to a window of bytes after those that are here; at_end when there are none. */
int csvk_reader_read_more(struct csvk_reader *reader, struct csvk_error *err);
/* A long record has been handed out: gives its memory back, so that no giant stays for ever. */
void csvk_reader_shrink(struct csvk_reader *reader);

/* Makes the batch of what `builder` holds, for the `size` bytes of records at reader->offset. */
void csvk_reader_make_batch(struct csvk_reader *reader, const struct csvk_batch_builder *builder,
                            const struct csvk_totals *before, size_t size);

/* Passes the comments that the window begins with; reads on while one is not whole. */
int csvk_reader_pass_comments(struct csvk_reader *reader, struct csvk_error *err);

/* ahead.c: how many bytes to read at a time, at least 1 */
size_t csvk_reader_piece(const struct csvk_reader *reader);
/* Hands out what was examined ahead, if the reader stands at its beginning. */
bool csvk_reader_take_chunk(struct csvk_reader *reader);

/* At the end of the input: takes a final 1A, which is not data, off the window and reports it. */
void csvk_reader_trim_ctrl_z(struct csvk_reader *reader);
/* The last record is done. `end_of_data`: where a final line break is missing, if it is. */
void csvk_reader_finish(struct csvk_reader *reader, uint64_t end_of_data);

/* The record at the window's begin is too long to be kept: it is streamed from now on. */
void csvk_reader_begin_oversize(struct csvk_reader *reader);
/* Feeds a piece of the window to the reference parser. At most one record ends in a call. */
void csvk_reader_read_piece(struct csvk_reader *reader);
/* Lines of the oversize record: nobody else can count them, since its bytes are not kept. */
void csvk_reader_place_oversize(const struct csvk_reference_parser *reference,
                                struct csvk_batch *batch);

#endif
