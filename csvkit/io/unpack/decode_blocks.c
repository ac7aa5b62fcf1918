/*
 * decode_blocks.c - see decode_blocks.h.
 *
 * How much a codec delivers before a damaged place may depend on the sizes of its input and output.
 * The same file must always give the same answer, so the sizes are always the same: the input is
 * cut into whole blocks of the file (CSVK_SOURCE_BLOCK), the output into pieces of PIECE_SIZE. A
 * piece is decoded directly to the caller's buffer when it has room.
 *
 * Invariants: in[at..length) was taken from `raw` and not used yet; piece[piece_at..piece_length)
 * was decoded and not delivered yet.
 */
#include "csvkit/io/unpack/decode_blocks.h"

#include <assert.h>
#include <string.h>

enum { PIECE_SIZE = 64 * 1024 }; /* bytes of text */

struct blocks {
    const struct csvk_codec *codec;
    void *state;
    struct csvk_raw *raw;
    bool raw_ended, over;
    bool in_stream;     /* a stream has begun and not ended */
    uint64_t stream_at; /* offset in the file where it began */
    bool later_stream;  /* a whole stream was read before this one */
    struct csvk_damage damage;
    size_t at, length, piece_at, piece_length;
    unsigned char in[CSVK_SOURCE_BLOCK];
    unsigned char piece[PIECE_SIZE];
};

static int fill_block(struct blocks *b, struct csvk_error *err)
{
    while (b->length < sizeof b->in && !b->raw_ended) {
        size_t got;
        int status = csvk_raw_read(b->raw, b->in + b->length, sizeof b->in - b->length, &got, err);
        if (status != CSVK_OK) {
            return status;
        }
        b->length += got;
        b->raw_ended = got == 0;
    }
    return CSVK_OK;
}

int csvk_blocks_open(void **out, const struct csvk_codec *codec, struct csvk_raw *raw,
                     struct csvk_bytes head, struct csvk_error *err)
{
    *out = NULL;
    assert(head.len <= CSVK_SOURCE_BLOCK);
    if (!codec->loaded()) {
        return csvk_fail(err, CSVK_EIO, "%s: is %s, and %s is not installed: unpack it first",
                         raw->name, codec->name, codec->library);
    }
    struct blocks *b = csvk_malloc(sizeof *b);
    if (b == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    memset(b, 0, offsetof(struct blocks, in));
    b->codec = codec;
    b->raw = raw;
    b->length = head.len;
    memcpy(b->in, head.ptr, head.len);
    int status = fill_block(b, err);
    if (status != CSVK_OK) {
        csvk_blocks_free(b);
        return status;
    }
    *out = b;
    return CSVK_OK;
}

uint64_t csvk_blocks_consumed(const void *decoder)
{
    const struct blocks *b = decoder;
    return b->raw->position - (b->length - b->at);
}

struct csvk_damage csvk_blocks_damage(const void *decoder)
{
    return ((const struct blocks *)decoder)->damage;
}

/* Notes the damage and ends the text. CSVK_OK, because damage is not a failure. */
static int damaged(struct blocks *b, const char *what, uint64_t offset)
{
    b->damage = (struct csvk_damage){.what = what, .offset = offset};
    b->over = true;
    return CSVK_OK;
}

/* Makes sure that a byte is waiting, or that the file has ended. Always reads a whole block. */
static int fill(struct blocks *b, struct csvk_error *err)
{
    if (b->at < b->length || b->raw_ended) {
        return CSVK_OK;
    }
    b->at = b->length = 0;
    return fill_block(b, err);
}

static int no_memory(const struct blocks *b, enum csvk_codec_answer answer, struct csvk_error *err)
{
    if (answer == CSVK_CODEC_MEMORY) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return csvk_fail(err, CSVK_ELIMIT,
                     "%s: unpacking this %s file takes more memory than is allowed: unpack it "
                     "first",
                     b->raw->name, b->codec->name);
}

/* Between two streams: the file ends here, or another stream begins. */
static int begin_stream(struct blocks *b, struct csvk_error *err)
{
    if (b->at == b->length && b->later_stream) {
        b->over = true;
        return CSVK_OK;
    }
    b->stream_at = csvk_blocks_consumed(b);
    enum csvk_codec_answer answer = b->codec->begin(&b->state);
    b->in_stream = answer == CSVK_CODEC_ON;
    return b->in_stream ? CSVK_OK : no_memory(b, answer, err);
}

/* What a later stream begins with may be no stream at all. */
static int bad_data(struct blocks *b, bool nothing_decoded)
{
    bool no_stream = b->later_stream && nothing_decoded;
    return no_stream ? damaged(b, "bytes after the end", b->stream_at)
                     : damaged(b, "invalid compressed data", csvk_blocks_consumed(b));
}

/* One step of the codec; *made: bytes of text. */
static int step(struct blocks *b, unsigned char *to, size_t room, size_t *made,
                struct csvk_error *err)
{
    struct csvk_codec_io io = {b->in + b->at, b->length - b->at, to, room, b->raw_ended};
    enum csvk_codec_answer answer = b->codec->step(b->state, &io);
    size_t used = b->length - b->at - io.in_left;
    *made = room - io.out_left;
    b->at += used;
    switch (answer) {
    case CSVK_CODEC_ON:
        if (used == 0 && *made == 0 && b->raw_ended && b->at == b->length) {
            return damaged(b, "truncated", b->raw->position);
        }
        return used == 0 && *made == 0 && b->at < b->length ? bad_data(b, false) : CSVK_OK;
    case CSVK_CODEC_ENDED:
        b->in_stream = false;
        b->later_stream = true;
        return CSVK_OK;
    case CSVK_CODEC_BAD:
        return bad_data(b, csvk_blocks_consumed(b) - b->stream_at < CSVK_MAGIC_SIZE);
    default: return no_memory(b, answer, err);
    }
}

/* Decodes up to PIECE_SIZE bytes of text to `piece`; *got is 0 only at the end. */
static int next_piece(struct blocks *b, unsigned char *piece, size_t *got, struct csvk_error *err)
{
    int status = CSVK_OK;
    *got = 0;
    while (status == CSVK_OK && *got < PIECE_SIZE && !b->over) {
        size_t made = 0;
        status = fill(b, err);
        if (status == CSVK_OK && !b->in_stream) {
            status = begin_stream(b, err);
        }
        if (status == CSVK_OK && b->in_stream) {
            status = step(b, piece + *got, PIECE_SIZE - *got, &made, err);
        }
        *got += made;
    }
    return status;
}

int csvk_blocks_read(void *decoder, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    struct blocks *b = decoder;
    *got = 0;
    if (b->piece_at == b->piece_length) {
        if (capacity >= PIECE_SIZE) {
            return next_piece(b, bytes, got, err);
        }
        b->piece_at = b->piece_length = 0;
        int status = next_piece(b, b->piece, &b->piece_length, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    size_t left = b->piece_length - b->piece_at;
    *got = left < capacity ? left : capacity;
    memcpy(bytes, b->piece + b->piece_at, *got);
    b->piece_at += *got;
    return CSVK_OK;
}

void csvk_blocks_free(void *decoder)
{
    struct blocks *b = decoder;
    if (b != NULL && b->state != NULL) {
        b->codec->end(b->state);
    }
    csvk_free(b);
}
