/*
 * decode_bzip2.c - bzip2 through libbz2, which is loaded when it is needed. Streams follow each
 * other; each has a state of its own.
 *
 * "BZh" could be the beginning of a table, so the magic number of the first block, or that of an
 * empty stream, has to follow.
 */
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/io/unpack/decode_blocks.h"

#include <bzlib.h>
#include <string.h>

#define LIBRARY "libbz2.so.1.0"

LAZY_LIBRARY(LIBRARY);

static bool loaded(void)
{
    return find("BZ2_bzDecompress") != NULL;
}

static void end(void *state)
{
    FORWARD(int (*call)(bz_stream *), "BZ2_bzDecompressEnd");
    (void)to.call(state);
    csvk_free(state);
}

static enum csvk_codec_answer begin(void **state)
{
    FORWARD(int (*call)(bz_stream *, int, int), "BZ2_bzDecompressInit");
    if (*state != NULL) {
        end(*state);
    }
    bz_stream *stream = *state = csvk_calloc(1, sizeof *stream);
    return stream != NULL && to.call(stream, 0, 0) == BZ_OK ? CSVK_CODEC_ON : CSVK_CODEC_MEMORY;
}

static enum csvk_codec_answer step(void *state, struct csvk_codec_io *io)
{
    FORWARD(int (*call)(bz_stream *), "BZ2_bzDecompress");
    bz_stream *stream = state;
    stream->next_in = (char *)(uintptr_t)io->in; /* which is only read */
    stream->avail_in = (unsigned)io->in_left;
    stream->next_out = (char *)io->out;
    stream->avail_out = (unsigned)io->out_left;
    int answer = to.call(stream);
    io->in_left = stream->avail_in;
    io->out_left = stream->avail_out;
    switch (answer) {
    case BZ_OK: return CSVK_CODEC_ON;
    case BZ_STREAM_END: return CSVK_CODEC_ENDED;
    case BZ_MEM_ERROR: return CSVK_CODEC_MEMORY;
    default: return CSVK_CODEC_BAD;
    }
}

int csvk_unbzip2_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                      struct csvk_error *err)
{
    static const struct csvk_codec codec = {"bzip2", LIBRARY, begin, step, end, loaded};
    return csvk_blocks_open(out, &codec, raw, head, err);
}
