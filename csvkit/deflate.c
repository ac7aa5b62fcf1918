/*
 * deflate.c - the engines behind the levels.
 *
 * Pieces that are compressed apart and joined in one member must end on a byte and must not say
 * "final". ISA-L does that by itself (full flush). libdeflate gives better ratios for the time but
 * makes finished streams only: there the last block is found (deflate_walk.c), its final bit is
 * cleared, and an empty stored block brings the end to a byte. The walk takes 17 % of the time of
 * libdeflate's fastest level and 4 % of that of level 6.
 */
#include "csvkit/deflate.h"

#include "csvkit/deflate_walk.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <string.h>

struct engine {
    int isal, libdeflate; /* level; -1, 0: the other one */
    uint32_t buffer;      /* ISA-L's working memory */
};

static const struct engine engines[] = {
    /* ISA-L's own levels 1 and 2 are faster still, but one block in some thousands comes out in
       other bytes when its memory lies elsewhere: equal input would not give equal slices. */
    {3, 0, ISAL_DEF_LVL3_DEFAULT},
    {3, 0, ISAL_DEF_LVL3_DEFAULT},
    {3, 0, ISAL_DEF_LVL3_DEFAULT},
    {-1, 1, 0},
    {-1, 3, 0},
    {-1, 6, 0},
    {-1, 7, 0},
    {-1, 9, 0},
    {-1, 12, 0},
};

struct csvk_deflater {
    const struct engine *engine;
    struct libdeflate_compressor *compressor;
    struct isal_zstream *stream;
    unsigned char *buffer;
};

static bool make_engine(struct csvk_deflater *deflater)
{
    const struct engine *engine = deflater->engine;
    if (engine->libdeflate > 0) {
        deflater->compressor = libdeflate_alloc_compressor(engine->libdeflate);
        return deflater->compressor != NULL;
    }
    deflater->stream = csvk_malloc(sizeof *deflater->stream);
    deflater->buffer = csvk_malloc(engine->buffer);
    return deflater->stream != NULL && deflater->buffer != NULL;
}

int csvk_deflater_new(struct csvk_deflater **out, int level, struct csvk_error *err)
{
    *out = NULL;
    if (level < 1 || (size_t)level > sizeof engines / sizeof engines[0]) {
        return csvk_fail(err, CSVK_EUSAGE, "no such compression level: %d", level);
    }
    struct csvk_deflater *deflater = csvk_calloc(1, sizeof *deflater);
    if (deflater != NULL) {
        deflater->engine = &engines[level - 1];
    }
    if (deflater == NULL || !make_engine(deflater)) {
        csvk_deflater_free(deflater);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    *out = deflater;
    return CSVK_OK;
}

size_t csvk_deflate_bound(size_t length)
{
    return length + length / 8 + 4096;
}

static size_t run_isal(struct csvk_deflater *deflater, struct csvk_bytes block, unsigned char *out)
{
    struct isal_zstream *stream = deflater->stream;
    size_t room = csvk_deflate_bound(block.len);
    isal_deflate_init(stream);
    stream->level = (uint32_t)deflater->engine->isal;
    stream->level_buf = deflater->buffer;
    stream->level_buf_size = deflater->engine->buffer;
    stream->flush = FULL_FLUSH;
    stream->next_in = (unsigned char *)(uintptr_t)block.ptr; /* only read */
    stream->avail_in = (uint32_t)block.len;
    stream->next_out = out;
    stream->avail_out = (uint32_t)room;
    if (isal_deflate(stream) != COMP_OK || stream->avail_in != 0 || stream->avail_out == 0) {
        return 0;
    }
    return room - stream->avail_out;
}

/* Takes "final" off the last block and fills the last byte up: bits 000 begin a stored block. */
static size_t make_joinable(unsigned char *out, size_t length)
{
    static const unsigned char empty_stored[] = {0x00, 0x00, 0xff, 0xff};
    struct csvk_deflate_walk walk;
    if (csvk_deflate_walk(out, length, &walk) != 0) {
        return 0;
    }
    out[walk.last_header / 8] &= (unsigned char)~(1u << walk.last_header % 8);
    if (walk.end + 3 > 8 * (uint64_t)length) {
        out[length++] = 0;
    }
    memcpy(out + length, empty_stored, sizeof empty_stored);
    return length + sizeof empty_stored;
}

static size_t run_libdeflate(struct csvk_deflater *deflater, struct csvk_bytes block,
                             unsigned char *out)
{
    size_t room = csvk_deflate_bound(block.len) - CSVK_WALK_SLACK;
    size_t length =
        libdeflate_deflate_compress(deflater->compressor, block.ptr, block.len, out, room);
    return length == 0 ? 0 : make_joinable(out, length);
}

size_t csvk_deflater_block(struct csvk_deflater *deflater, struct csvk_bytes block,
                           unsigned char *out)
{
    return deflater->engine->libdeflate > 0 ? run_libdeflate(deflater, block, out)
                                            : run_isal(deflater, block, out);
}

void csvk_deflater_free(struct csvk_deflater *deflater)
{
    if (deflater == NULL) {
        return;
    }
    libdeflate_free_compressor(deflater->compressor);
    csvk_free(deflater->stream);
    csvk_free(deflater->buffer);
    csvk_free(deflater);
}
