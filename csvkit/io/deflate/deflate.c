/*
 * deflate.c - compresses one block of text with the engine of its level, so that the results of
 * several blocks can be joined to one DEFLATE stream.
 *
 * The idea. The result for one block of text is called a piece. Pieces can be joined when each of
 * them ends at a byte boundary and contains no DEFLATE block with the final bit (BFINAL, RFC 1951
 * section 3.2.3). There are two engines:
 *   - ISA-L makes such pieces by itself (full flush).
 *   - libdeflate compresses better for the time it takes, but it makes finished streams only. So
 *     the final DEFLATE block of its stream is found, the final bit is cleared, and an empty stored
 *     block is appended, which moves the end to a byte boundary. The fast search of final_block.c
 *     is tried first; deflate_blocks.c, which follows all blocks, is used where the search fails.
 * All this takes 0.3 to 4 % of the time of libdeflate's fastest level. To follow all blocks every
 * time took 17 to 25 %.
 *
 * There are large steps between the settings of the engines, so some levels use two settings by
 * turns.
 *
 * Invariant: which setting compresses a block depends on the number of the block in its member and
 * on nothing else. The same text and level must give the same bytes, whatever the threads.
 */
#include "csvkit/io/deflate/deflate.h"

#include "csvkit/io/deflate/final_block/final_block.h"
#include "csvkit/extra/vector_registers.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <string.h>

/* One setting: the level of one engine; the number of the other engine is 0. */
struct engine {
    int isal, libdeflate;
};

enum { TURN = 64 }; /* after so many blocks the order of the two settings repeats */

/* Of each TURN blocks, `better` compresses `share`, among them the first, and `usual` the rest. */
struct level {
    struct engine usual, better;
    unsigned share;
};

/* Level 1 comes first. deflate.h has the speed and the ratio of each level. */
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

/* Bytes of working memory that ISA-L needs, by its own level. */
static const uint32_t isal_memory[] = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT};

struct csvk_deflater {
    const struct level *level;
    struct libdeflate_compressor *usual, *better; /* NULL: that setting is ISA-L's, or unused */
    struct csvk_final_block_search *search;       /* NULL: the level does not use libdeflate */
    struct isal_zstream *stream;                  /* NULL: the level does not use ISA-L */
    unsigned char *memory;                        /* ISA-L's working memory; isal_memory[] bytes */
};

/* False when memory ran out. A setting of ISA-L needs no compressor: *out stays NULL. */
static bool make_libdeflate(struct libdeflate_compressor **out, struct engine engine)
{
    if (engine.libdeflate != 0) {
        *out = libdeflate_alloc_compressor(engine.libdeflate);
    }
    return engine.libdeflate == 0 || *out != NULL;
}

/*
 * Allocates what the level needs; false when memory ran out. Invariant: only `usual` can be a
 * setting of ISA-L, so one stream and one working memory are enough.
 */
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

/*
 * Generous, because it must cover both engines on text that does not shrink at all, the empty
 * stored block at the end, and CSVK_FINAL_BLOCK_SLACK.
 */
size_t csvk_deflate_bound(size_t length)
{
    return length + length / 8 + 4096;
}

/*
 * Compresses with ISA-L. Returns the length of the piece, or 0 when ISA-L failed.
 *
 * The first FIRST bytes are compressed by a call of their own, because of a mistake in ISA-L 2.30
 * (its levels 1 and 2, seen with AVX2 and AVX-512). When its fast loop meets the first byte of a
 * stream, it enters the third position of the block into its table under a hash of the address of
 * its own state. So one block in some thousands came out in other bytes when the memory lay at
 * another address. Inputs of up to FIRST bytes go through ISA-L's slow loop, which does not have
 * the mistake. The extra call costs about 20 bytes in each piece.
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
 * Finds the final block of `stream`, which libdeflate made from `text`. Returns 0, or -1.
 *
 * For a short text it is faster to follow all blocks than to search: the search takes three times
 * as long for each byte of the final block, and a final block of libdeflate may hold 300,000 bytes
 * of text.
 */
static int find_final(struct csvk_deflater *deflater, struct csvk_bytes stream,
                      struct csvk_bytes text, struct csvk_final_block *final)
{
    enum { SHORT = 600000 };
    if (text.len > SHORT && csvk_final_block_find(deflater->search, stream, text, final) == 0) {
        return 0;
    }
    return csvk_final_block_follow(stream, final);
}

/*
 * Turns a finished stream into a piece: clears the final bit, then appends an empty stored block
 * (RFC 1951 section 3.2.4). The header of that block is three 0 bits, and the rest of the byte they
 * end in is skipped by every reader; so the piece ends at a byte boundary. The bits after the end
 * of the stream in its last byte are 0 already; where they are fewer than three, one byte is added.
 * Returns the length of the piece, or 0 when the final block was not found.
 */
static size_t make_joinable(struct csvk_deflater *deflater, struct csvk_bytes text,
                            unsigned char *out, size_t length)
{
    static const unsigned char empty_stored[] = {0x00, 0x00, 0xff, 0xff}; /* LEN, NLEN */
    struct csvk_final_block final;
    if (find_final(deflater, (struct csvk_bytes){out, length}, text, &final) != 0) {
        return 0;
    }
    out[final.begin / 8] &= (unsigned char)~(1u << final.begin % 8);
    if (final.end + 3 > 8 * (uint64_t)length) {
        out[length++] = 0;
    }
    memcpy(out + length, empty_stored, sizeof empty_stored);
    return length + sizeof empty_stored;
}

/*
 * Writes a finished stream and returns its length; 0 when the engine failed. The vector registers
 * are cleared first: ISA-L, which computes the checksums, leaves them in a state that makes
 * libdeflate slower (vector_registers.h).
 */
static size_t run_libdeflate(struct libdeflate_compressor *engine, struct csvk_bytes block,
                             unsigned char *out)
{
    size_t room = csvk_deflate_bound(block.len) - CSVK_FINAL_BLOCK_SLACK;
    csvk_vectors_clean();
    return libdeflate_deflate_compress(engine, block.ptr, block.len, out, room);
}

/*
 * The compressor for block `number`; NULL stands for ISA-L. The multiplication distributes the
 * `share` blocks of `better` evenly over each TURN.
 */
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
