/*
 * deflate.c - the engines behind the levels.
 *
 * Pieces that are compressed apart and joined in one member must end on a byte and must not say
 * "final". ISA-L does that by itself (full flush). libdeflate gives better ratios for the time but
 * makes finished streams only: there the last block is found (final_block.c, and where that one
 * cannot deflate_blocks.c), its final bit is cleared, and an empty stored block brings the end to a
 * byte. That takes 0.3 to 4 % of the time of libdeflate's fastest level; always following the
 * blocks took 17 to 25.
 *
 * Between two settings of the engines there are large steps, so some levels take two of them in
 * turn. Which one makes a block is decided by its number in the member, nothing else.
 */
#include "csvkit/io/deflate/deflate.h"

#include "csvkit/io/deflate/final_block/final_block.h"
#include "csvkit/base/vector_registers.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <string.h>

/* A setting of one of the two: the other number is 0. */
struct engine {
    int isal, libdeflate;
};

enum { TURN = 64 };

/* Of TURN blocks `share` are made by `better`, the first one among them. */
struct level {
    struct engine usual, better;
    unsigned share;
};

/* deflate.h has the figures. */
static const struct level levels[] = {
    {.usual = {.isal = 1}},
    {.usual = {.isal = 2}},
    {.usual = {.isal = 2}, .better = {.libdeflate = 1}, .share = 32},
    {.usual = {.libdeflate = 1}, .better = {.libdeflate = 5}, .share = 1},
    {.usual = {.libdeflate = 1}, .better = {.libdeflate = 5}, .share = 32},
    {.usual = {.libdeflate = 1}, .better = {.libdeflate = 5}, .share = 52},
    {.usual = {.libdeflate = 7}},
    {.usual = {.libdeflate = 9}},
    {.usual = {.libdeflate = 12}},
};

static const uint32_t isal_memory[] = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT};

struct csvk_deflater {
    const struct level *level;
    struct libdeflate_compressor *usual, *better; /* NULL where the engine is ISA-L, or none */
    struct csvk_final_block_search *search;       /* NULL: libdeflate has no part in it */
    struct isal_zstream *stream;                  /* NULL: ISA-L has none */
    unsigned char *memory;
};

static bool make_libdeflate(struct libdeflate_compressor **out, struct engine engine)
{
    if (engine.libdeflate != 0) {
        *out = libdeflate_alloc_compressor(engine.libdeflate);
    }
    return engine.libdeflate == 0 || *out != NULL;
}

/* Only the usual engine can be ISA-L. */
static bool make_engines(struct csvk_deflater *deflater)
{
    const struct level *level = deflater->level;
    if (!make_libdeflate(&deflater->usual, level->usual) ||
        !make_libdeflate(&deflater->better, level->better)) {
        return false;
    }
    if (deflater->usual != NULL || deflater->better != NULL) {
        deflater->search = csvk_final_block_search_new();
        if (deflater->search == NULL) {
            return false;
        }
    }
    if (level->usual.isal == 0) {
        return true;
    }
    deflater->stream = csvk_calloc(1, sizeof *deflater->stream);
    deflater->memory = csvk_malloc(isal_memory[level->usual.isal]);
    return deflater->stream != NULL && deflater->memory != NULL;
}

int csvk_deflater_new(struct csvk_deflater **out, int level, struct csvk_error *err)
{
    *out = NULL;
    if (level < 1 || (size_t)level > sizeof levels / sizeof levels[0]) {
        return csvk_fail(err, CSVK_EUSAGE, "no such compression level: %d", level);
    }
    struct csvk_deflater *deflater = csvk_calloc(1, sizeof *deflater);
    if (deflater != NULL) {
        deflater->level = &levels[level - 1];
    }
    if (deflater == NULL || !make_engines(deflater)) {
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

/*
 * The first bytes go alone. ISA-L 2.30 enters a block's third position in its table by a hash of
 * the address of its own state when the fast road meets the first byte of all (levels 1 and 2, seen
 * with AVX2 and AVX-512): one block in some thousands came out in other bytes when the memory lay
 * elsewhere. Up to FIRST bytes take the slow road, which has no such mistake, at about 20 bytes.
 */
static size_t run_isal(struct csvk_deflater *deflater, struct csvk_bytes block, unsigned char *out)
{
    enum { FIRST = 16 };
    struct isal_zstream *stream = deflater->stream;
    size_t room = csvk_deflate_bound(block.len), first = block.len > FIRST ? FIRST : 0;
    int isal = deflater->level->usual.isal;
    isal_deflate_init(stream);
    stream->level = (uint32_t)isal;
    stream->level_buf = deflater->memory;
    stream->level_buf_size = isal_memory[isal];
    stream->next_in = (unsigned char *)(uintptr_t)block.ptr; /* only read */
    stream->next_out = out;
    stream->avail_out = (uint32_t)room;
    stream->flush = SYNC_FLUSH;
    stream->avail_in = (uint32_t)first;
    if (first != 0 && (isal_deflate(stream) != COMP_OK || stream->avail_in != 0)) {
        return 0;
    }
    stream->flush = FULL_FLUSH;
    stream->avail_in = (uint32_t)(block.len - first);
    if (isal_deflate(stream) != COMP_OK || stream->avail_in != 0 || stream->avail_out == 0) {
        return 0;
    }
    return room - stream->avail_out;
}

/*
 * A stream of a short text is followed faster than searched: the search takes three times as
 * long for each byte of the last block, and libdeflate's may have 300,000 bytes of text.
 */
static int find_last(struct csvk_deflater *deflater, struct csvk_bytes stream,
                     struct csvk_bytes text, struct csvk_final_block *final)
{
    enum { SHORT = 600000 };
    if (text.len > SHORT && csvk_final_block_find(deflater->search, stream, text, final) == 0) {
        return 0;
    }
    return csvk_final_block_follow(stream, final);
}

/* Takes "final" off the last block and fills the last byte up: bits 000 begin a stored block. */
static size_t make_joinable(struct csvk_deflater *deflater, struct csvk_bytes text,
                            unsigned char *out, size_t length)
{
    static const unsigned char empty_stored[] = {0x00, 0x00, 0xff, 0xff};
    struct csvk_final_block final;
    if (find_last(deflater, (struct csvk_bytes){out, length}, text, &final) != 0) {
        return 0;
    }
    out[final.begin / 8] &= (unsigned char)~(1u << final.begin % 8);
    if (final.end + 3 > 8 * (uint64_t)length) {
        out[length++] = 0;
    }
    memcpy(out + length, empty_stored, sizeof empty_stored);
    return length + sizeof empty_stored;
}

/* A finished stream; 0 when the engine failed. */
static size_t run_libdeflate(struct libdeflate_compressor *engine, struct csvk_bytes block,
                             unsigned char *out)
{
    size_t room = csvk_deflate_bound(block.len) - CSVK_FINAL_BLOCK_SLACK;
    csvk_vectors_clean();
    return libdeflate_deflate_compress(engine, block.ptr, block.len, out, room);
}

/* NULL: ISA-L. */
static struct libdeflate_compressor *engine_of(const struct csvk_deflater *deflater,
                                               uint64_t number)
{
    unsigned share = deflater->level->share;
    return number % TURN * share % TURN < share ? deflater->better : deflater->usual;
}

size_t csvk_deflater_block(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                           unsigned char *out)
{
    struct libdeflate_compressor *engine = engine_of(deflater, number);
    if (engine == NULL) {
        return run_isal(deflater, block, out);
    }
    size_t length = run_libdeflate(engine, block, out);
    return length == 0 ? 0 : make_joinable(deflater, block, out, length);
}

size_t csvk_deflater_bare(struct csvk_deflater *deflater, struct csvk_bytes block, uint64_t number,
                          unsigned char *out)
{
    struct libdeflate_compressor *engine = engine_of(deflater, number);
    return engine == NULL ? run_isal(deflater, block, out) : run_libdeflate(engine, block, out);
}

void csvk_deflater_free(struct csvk_deflater *deflater)
{
    if (deflater == NULL) {
        return;
    }
    libdeflate_free_compressor(deflater->usual);
    libdeflate_free_compressor(deflater->better);
    csvk_final_block_search_free(deflater->search);
    csvk_free(deflater->stream);
    csvk_free(deflater->memory);
    csvk_free(deflater);
}
