/*
 * gzip_writer.c - cuts text into blocks, has them compressed in threads, and joins the results in
 * order.
 *
 * The idea. A *block* is a part of the text, a *piece* is the DEFLATE data made from one block. The
 * block `filling` takes the text that comes in. When it is full, it is submitted to the thread
 * pool. The pool gives blocks back in the order in which they were submitted; their pieces are
 * then written to the output. The owner's thread does all the bookkeeping. The CRC-32 of a member
 * is combined from those of its blocks, so the owner need not read the text for it.
 *
 * How sizes become known. A caller who wants members of some size must learn early how large the
 * open member is, and the answer must be the same for every number of threads. So the owner does
 * not count a piece as soon as it comes back. A size becomes *resolved* by a rule that only counts
 * blocks: after n blocks were submitted, the sizes of the first n - lag(n) are resolved. When one
 * of these blocks is still being compressed, the owner waits for it. The sizes of pieces that are
 * written but not resolved yet are kept in `late`.
 *
 * Invariants: resolved <= written <= submitted. After csvk_gzip_write at most MAX_LAG blocks are
 * submitted and not resolved.
 */
#include "csvkit/io/deflate/gzip_writer.h"

#include "csvkit/base/large_pages.h"
#include "csvkit/io/deflate/deflate.h"
#include "csvkit/extra/pool.h"
#include "csvkit/extra/vector_registers.h"

#include <isa-l/crc.h>
#include <string.h>
#include <zlib.h>

enum {
    MAX_LAG = 16,            /* blocks that may be submitted and not resolved */
    NEAR_LAG = 6,            /* so few of them may be estimated close to a limit: see may_reach */
    LATE_SIZE = 2 * MAX_LAG, /* entries of the ring `late`, more than are ever in use */
    HEADER_SIZE = 10,        /* RFC 1952 section 2.3, without optional fields */
    END_SIZE = 10,           /* an empty final block (2 bytes), CRC-32, length of the text */
    RATIO_BLOCKS = 64        /* about so many blocks give the ratio to be expected */
};

#define LARGEST_BLOCK ((size_t)1 << 30)

/* Sizes in bytes: of text, and of what it was compressed to. */
struct size {
    uint64_t text, bytes;
};

struct gzip_block {
    uint64_t number; /* in its member */
    size_t text_length, piece_length;
    uint32_t crc;
    unsigned char *text, *piece;
};

struct csvk_gzip {
    size_t block_size, threads;
    struct csvk_gzip_output output;
    struct csvk_deflater **deflater; /* one for each thread */
    struct csvk_pool *pool;
    struct csvk_large texts;  /* in which the texts of all blocks lie */
    struct gzip_block *block; /* nblocks of them */
    size_t nblocks;
    struct gzip_block **idle; /* blocks that are neither filling nor in the pool */
    size_t nidle;
    struct gzip_block *filling; /* NULL: the next text takes one from `idle` */

    int status; /* the first failure, described in `failure`; every later call returns it */
    struct csvk_error failure;
    bool is_open;                   /* a member was begun */
    uint64_t accepted;              /* bytes of text that the open member has taken */
    struct csvk_gzip_member member; /* the part of the open member that was written */
    struct size known;              /* the part of the open member that is resolved */
    struct size recent;             /* resolved lately, in any member: the ratio to be expected */
    uint64_t submitted, written, resolved; /* numbers of blocks since csvk_gzip_new */
    struct size late[LATE_SIZE];           /* ring: sizes of blocks written and not resolved */
};

/* The job of the pool's threads: compresses one block. `worker` is the thread's own deflater. */
static void run_block(void *worker, void *job)
{
    struct gzip_block *block = job;
    struct csvk_bytes text = {block->text, block->text_length};
    block->crc = crc32_gzip_refl(0, block->text, block->text_length);
    block->piece_length = csvk_deflater_block(worker, text, block->number, block->piece);
}

static int make_deflaters(struct csvk_gzip *gzip, int level, struct csvk_error *err)
{
    gzip->deflater = csvk_calloc(gzip->threads, sizeof(struct csvk_deflater *));
    if (gzip->deflater == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = CSVK_OK;
    for (size_t i = 0; i < gzip->threads && status == CSVK_OK; i++) {
        status = csvk_deflater_new(&gzip->deflater[i], level, err);
    }
    return status;
}

/*
 * Whether the owner's thread compresses blocks too. It can only do so while the other threads have
 * blocks to go on with. That takes two blocks for each thread (pool.h), and no more than MAX_LAG
 * blocks are ever under way.
 */
static bool owner_compresses(const struct csvk_gzip *gzip)
{
    return 2 * gzip->threads <= MAX_LAG;
}

static int make_blocks(struct csvk_gzip *gzip, struct csvk_error *err)
{
    gzip->nblocks = gzip->threads == 1       ? 1
                    : owner_compresses(gzip) ? 2 * gzip->threads
                                             : gzip->threads + 2;
    gzip->block = csvk_calloc(gzip->nblocks, sizeof *gzip->block);
    gzip->idle = csvk_calloc(gzip->nblocks, sizeof(struct gzip_block *));
    bool made = csvk_large_take(&gzip->texts, gzip->nblocks * gzip->block_size);
    if (gzip->block == NULL || gzip->idle == NULL || !made) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < gzip->nblocks; i++) {
        struct gzip_block *block = &gzip->block[i];
        block->text = gzip->texts.bytes + i * gzip->block_size;
        block->piece = csvk_malloc(csvk_deflate_bound(gzip->block_size));
        if (block->piece == NULL) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        gzip->idle[gzip->nidle++] = block;
    }
    return CSVK_OK;
}

static int make_parts(struct csvk_gzip *gzip, int level, struct csvk_error *err)
{
    int status = make_deflaters(gzip, level, err);
    if (status == CSVK_OK) {
        status = make_blocks(gzip, err);
    }
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_pool_plan plan = {.run = run_block,
                                  .worker = (void *const *)gzip->deflater,
                                  .threads = gzip->threads,
                                  .depth = gzip->nblocks,
                                  .owner_works = owner_compresses(gzip)};
    return csvk_pool_new(&gzip->pool, &plan, err);
}

int csvk_gzip_new(struct csvk_gzip **out, const struct csvk_gzip_options *options,
                  struct csvk_gzip_output output, struct csvk_error *err)
{
    *out = NULL;
    if (options->block_size > LARGEST_BLOCK) {
        return csvk_fail(err, CSVK_EUSAGE, "compression blocks of more than 1 GiB");
    }
    struct csvk_gzip *gzip = csvk_calloc(1, sizeof *gzip);
    if (gzip == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    gzip->block_size = options->block_size != 0 ? options->block_size : CSVK_GZIP_BLOCK;
    gzip->threads = options->threads != 0 ? options->threads : 1;
    gzip->output = output;
    int status = make_parts(gzip, options->level, err);
    if (status != CSVK_OK) {
        csvk_gzip_free(gzip);
        return status;
    }
    *out = gzip;
    return CSVK_OK;
}

/* Does nothing after a failure: no byte may follow a gap. */
static void write_out(struct csvk_gzip *gzip, const void *bytes, size_t length)
{
    if (gzip->status == CSVK_OK) {
        gzip->status = gzip->output.write(gzip->output.context, bytes, length, &gzip->failure);
        gzip->member.bytes += length;
    }
}

static void begin_member(struct csvk_gzip *gzip)
{
    /* No flags, no time stamp; FF: operating system unknown, so all machines write the same. */
    static const unsigned char header[HEADER_SIZE] = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff};
    if (!gzip->is_open) {
        gzip->is_open = true;
        gzip->accepted = 0;
        gzip->member = (struct csvk_gzip_member){0};
        gzip->known = (struct size){0, HEADER_SIZE};
        write_out(gzip, header, sizeof header);
    }
}

/*
 * Waits for the oldest block in the pool and writes its piece. The size of the piece is not used
 * yet: it depends on the threads how early this function is called.
 */
static void collect(struct csvk_gzip *gzip)
{
    struct gzip_block *block = csvk_pool_take(gzip->pool);
    gzip->idle[gzip->nidle++] = block;
    gzip->late[gzip->written++ % LATE_SIZE] =
        (struct size){block->text_length, block->piece_length};
    if (block->piece_length == 0 && gzip->status == CSVK_OK) {
        gzip->status = csvk_fail(&gzip->failure, CSVK_EIO, "the compression engine failed");
    }
    write_out(gzip, block->piece, block->piece_length);
    gzip->member.crc =
        (uint32_t)crc32_combine(gzip->member.crc, block->crc, (z_off_t)block->text_length);
    gzip->member.text += block->text_length;
}

/*
 * Makes the size of the next block count. `recent` gives newer blocks more weight, because the text
 * may change its nature: it is halved whenever it comes to hold more than RATIO_BLOCKS blocks.
 */
static void resolve_next(struct csvk_gzip *gzip)
{
    struct size size = gzip->late[gzip->resolved++ % LATE_SIZE];
    gzip->known.text += size.text;
    gzip->known.bytes += size.bytes;
    gzip->recent.text += size.text;
    gzip->recent.bytes += size.bytes;
    if (gzip->recent.text > RATIO_BLOCKS * (uint64_t)gzip->block_size) {
        gzip->recent.text /= 2;
        gzip->recent.bytes /= 2;
    }
}

/* Resolves the sizes of the first `number` blocks; waits for those that are being compressed. */
static void resolve_up_to(struct csvk_gzip *gzip, uint64_t number)
{
    while (gzip->resolved < number) {
        if (gzip->written == gzip->resolved) {
            collect(gzip);
        }
        resolve_next(gzip);
    }
}

/*
 * How many of the blocks submitted stay unresolved. At the start it is half of them, so that there
 * is soon a ratio to estimate from.
 */
static uint64_t lag(uint64_t submitted)
{
    uint64_t half = submitted - submitted / 2;
    return half < MAX_LAG ? half : MAX_LAG;
}

static void submit(struct csvk_gzip *gzip)
{
    csvk_pool_submit(gzip->pool, gzip->filling);
    gzip->filling = NULL;
    gzip->submitted++;
    resolve_up_to(gzip, gzip->submitted - lag(gzip->submitted));
}

/*
 * With several threads it is mostly another processor that reads the text next. So a longer piece
 * of text is copied past the caches of this one (vector_registers.h).
 */
static void add_text(const struct csvk_gzip *gzip, struct gzip_block *block,
                     const unsigned char *bytes, size_t length)
{
    enum { FEW = 4096 };
    unsigned char *to = block->text + block->text_length;
    if (gzip->threads > 1 && length > FEW) {
        csvk_vectors_copy(to, bytes, length);
    } else {
        memcpy(to, bytes, length);
    }
    block->text_length += length;
}

/* Takes as much text as fits into the block being filled; returns how many bytes were taken. */
static size_t fill_block(struct csvk_gzip *gzip, const unsigned char *bytes, size_t length)
{
    if (gzip->filling == NULL) {
        if (gzip->nidle == 0) {
            collect(gzip);
        }
        gzip->filling = gzip->idle[--gzip->nidle];
        gzip->filling->text_length = 0;
        gzip->filling->number = gzip->accepted / gzip->block_size;
    }
    struct gzip_block *block = gzip->filling;
    size_t room = gzip->block_size - block->text_length;
    size_t n = length < room ? length : room;
    add_text(gzip, block, bytes, n);
    gzip->accepted += n;
    if (block->text_length == gzip->block_size) {
        submit(gzip);
    }
    return n;
}

static int report(const struct csvk_gzip *gzip, struct csvk_error *err)
{
    if (gzip->status != CSVK_OK && err != NULL) {
        *err = gzip->failure;
    }
    return gzip->status;
}

int csvk_gzip_write(struct csvk_gzip *gzip, const void *bytes, size_t length,
                    struct csvk_error *err)
{
    const unsigned char *from = bytes;
    begin_member(gzip);
    while (length > 0 && gzip->status == CSVK_OK) {
        size_t n = fill_block(gzip, from, length);
        from += n;
        length -= n;
    }
    return report(gzip, err);
}

/* Four bytes, the lowest first, as all numbers in RFC 1952. */
static void put32(unsigned char *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (unsigned char)(value >> (8 * i));
    }
}

/*
 * Writes an empty final block (03 00: final, fixed codes, end of block), because no piece has the
 * final bit, and then the trailer: CRC-32 and length of the text modulo 2^32 (RFC 1952 section
 * 2.3.1).
 */
static void end_member(struct csvk_gzip *gzip)
{
    unsigned char end[END_SIZE] = {0x03, 0x00};
    put32(end + 2, gzip->member.crc);
    put32(end + 6, (uint32_t)gzip->member.text);
    write_out(gzip, end, sizeof end);
    gzip->is_open = false;
}

int csvk_gzip_finish(struct csvk_gzip *gzip, struct csvk_gzip_member *member,
                     struct csvk_error *err)
{
    begin_member(gzip);
    if (gzip->filling != NULL && gzip->filling->text_length > 0 && gzip->status == CSVK_OK) {
        submit(gzip);
    }
    resolve_up_to(gzip, gzip->submitted);
    end_member(gzip);
    if (member != NULL) {
        *member = gzip->member;
    }
    return report(gzip, err);
}

/*
 * How many bytes the unresolved text will come to when it shrinks as much as the text before it.
 * While no size is resolved, a ratio of 5 to 2 is assumed.
 */
static uint64_t expected(const struct csvk_gzip *gzip)
{
    struct size ratio = gzip->recent.text > 0 ? gzip->recent : (struct size){5, 2};
    uint64_t unknown = gzip->accepted - gzip->known.text;
    return (uint64_t)((double)unknown * (double)ratio.bytes / (double)ratio.text);
}

uint64_t csvk_gzip_estimate(const struct csvk_gzip *gzip)
{
    return gzip->is_open ? gzip->known.bytes + expected(gzip) + END_SIZE : 0;
}

/*
 * Whether the open member may have reached `limit` bytes, so that it is worth waiting for a block.
 * Waiting costs time, because the compressing threads run out of work meanwhile. gzip_writer.h
 * describes the two cases in which the answer is no.
 */
static bool may_reach(const struct csvk_gzip *gzip, uint64_t limit)
{
    uint64_t unknown = gzip->accepted - gzip->known.text;
    if (gzip->known.bytes + unknown < limit) {
        return false;
    }
    return gzip->submitted - gzip->resolved > NEAR_LAG ||
           gzip->known.bytes + (unknown + expected(gzip)) / 2 >= limit;
}

void csvk_gzip_wait_until_below(struct csvk_gzip *gzip, uint64_t limit)
{
    while (gzip->is_open && gzip->resolved < gzip->submitted && may_reach(gzip, limit)) {
        resolve_up_to(gzip, gzip->resolved + 1);
    }
}

void csvk_gzip_free(struct csvk_gzip *gzip)
{
    if (gzip == NULL) {
        return;
    }
    csvk_pool_free(gzip->pool);
    for (size_t i = 0; gzip->deflater != NULL && i < gzip->threads; i++) {
        csvk_deflater_free(gzip->deflater[i]);
    }
    for (size_t i = 0; gzip->block != NULL && i < gzip->nblocks; i++) {
        csvk_free(gzip->block[i].piece);
    }
    csvk_free(gzip->deflater);
    csvk_large_release(&gzip->texts);
    csvk_free(gzip->block);
    csvk_free(gzip->idle);
    csvk_free(gzip);
}
