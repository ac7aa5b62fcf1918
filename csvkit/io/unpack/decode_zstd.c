/*
 * decode_zstd.c - zstd (RFC 8878) through libzstd, which is loaded when it is needed. Frames follow
 * each other, skippable ones among them. A window of more than 128 MiB is refused.
 */
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/io/unpack/decode_blocks.h"

#include <zstd.h>
#include <zstd_errors.h>

#define LIBRARY "libzstd.so.1"

LAZY_LIBRARY(LIBRARY);

static bool loaded(void)
{
    return find("ZSTD_decompressStream") != NULL;
}

static enum csvk_codec_answer begin(void **state)
{
    FORWARD(ZSTD_DStream * (*call)(void), "ZSTD_createDStream");
    if (*state == NULL) {
        *state = to.call();
    }
    return *state != NULL ? CSVK_CODEC_ON : CSVK_CODEC_MEMORY;
}

static enum csvk_codec_answer failure_of(size_t answer)
{
    FORWARD(ZSTD_ErrorCode(*call)(size_t), "ZSTD_getErrorCode");
    switch (to.call(answer)) {
    case ZSTD_error_memory_allocation: return CSVK_CODEC_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge: return CSVK_CODEC_LARGE;
    default: return CSVK_CODEC_BAD;
    }
}

static enum csvk_codec_answer step(void *state, struct csvk_codec_io *io)
{
    FORWARD(size_t(*call)(ZSTD_DStream *, ZSTD_outBuffer *, ZSTD_inBuffer *),
            "ZSTD_decompressStream");
    union {
        void *object;
        unsigned (*call)(size_t);
    } is_error = {find("ZSTD_isError")};
    ZSTD_inBuffer in = {io->in, io->in_left, 0};
    ZSTD_outBuffer out = {io->out, io->out_left, 0};
    size_t answer = to.call(state, &out, &in);
    io->in_left -= in.pos;
    io->out_left -= out.pos;
    return is_error.call(answer) != 0 ? failure_of(answer)
           : answer == 0              ? CSVK_CODEC_ENDED
                                      : CSVK_CODEC_ON;
}

static void end(void *state)
{
    FORWARD(size_t(*call)(ZSTD_DStream *), "ZSTD_freeDStream");
    (void)to.call(state);
}

int csvk_unzstd_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err)
{
    static const struct csvk_codec codec = {"zstd", LIBRARY, begin, step, end, loaded};
    return csvk_blocks_open(out, &codec, raw, head, err);
}
