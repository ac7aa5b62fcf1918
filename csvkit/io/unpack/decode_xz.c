/*
 * decode_xz.c - xz through liblzma, which is loaded when it is needed. Streams follow each other,
 * with padding between them. What takes more than 256 MiB to decode is refused: xz -9 takes 65.
 */
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/io/unpack/decode_blocks.h"

#include <lzma.h>

#define LIBRARY "liblzma.so.5"
#define MEMORY  (UINT64_C(256) << 20)

LAZY_LIBRARY(LIBRARY);

static bool loaded(void)
{
    return find("lzma_stream_decoder") != NULL;
}

static enum csvk_codec_answer begin(void **state)
{
    FORWARD(lzma_ret(*call)(lzma_stream *, uint64_t, uint32_t), "lzma_stream_decoder");
    static const lzma_stream none = LZMA_STREAM_INIT;
    lzma_stream *stream = csvk_malloc(sizeof *stream);
    if (stream == NULL) {
        return CSVK_CODEC_MEMORY;
    }
    *stream = none;
    *state = stream;
    return to.call(stream, MEMORY, LZMA_CONCATENATED) == LZMA_OK ? CSVK_CODEC_ON
                                                                 : CSVK_CODEC_MEMORY;
}

/* All streams of a file are one for liblzma, which is told where the file ends. */
static enum csvk_codec_answer step(void *state, struct csvk_codec_io *io)
{
    FORWARD(lzma_ret(*call)(lzma_stream *, lzma_action), "lzma_code");
    lzma_stream *stream = state;
    stream->next_in = io->in;
    stream->avail_in = io->in_left;
    stream->next_out = io->out;
    stream->avail_out = io->out_left;
    lzma_ret answer = to.call(stream, io->last ? LZMA_FINISH : LZMA_RUN);
    io->in_left = stream->avail_in;
    io->out_left = stream->avail_out;
    switch (answer) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: return CSVK_CODEC_ON; /* no progress: more bytes are needed, or room */
    case LZMA_STREAM_END: return CSVK_CODEC_ENDED;
    case LZMA_MEM_ERROR: return CSVK_CODEC_MEMORY;
    case LZMA_MEMLIMIT_ERROR: return CSVK_CODEC_LARGE;
    default: return CSVK_CODEC_BAD;
    }
}

static void end(void *state)
{
    FORWARD(void (*call)(lzma_stream *), "lzma_end");
    to.call(state);
    csvk_free(state);
}

int csvk_unxz_open(void **out, struct csvk_raw *raw, struct csvk_bytes head, struct csvk_error *err)
{
    static const struct csvk_codec codec = {"xz", LIBRARY, begin, step, end, loaded};
    return csvk_blocks_open(out, &codec, raw, head, err);
}
