/*
 * gzip.c - cutting text into blocks, having them compressed, joining the pieces in order.
 *
 * The idea: `filling` takes text; when full it goes to the pool, and pieces come back in order to
 * be written out. Between them is a member's bookkeeping: checksums of the blocks are combined, so
 * no byte is touched twice.
 *
 * Sizes must be reported early, and alike for every number of threads. So they become *settled* by
 * a rule that only counts blocks: when n blocks were submitted, the first n - lag(n) are settled,
 * and if one of these is still being compressed it is waited for. Pieces that are written but not
 * yet settled keep their size in `late`.
 *
 * Invariants: settled <= written <= submitted; after csvk_gzip_write at most MAX_LAG blocks are
 * submitted and not settled.
 */
#include "csvkit/io/deflate/gzip.h"

#include "csvkit/io/deflate/deflate.h"
#include "csvkit/base/pool.h"
#include "csvkit/base/vector_registers.h"

#include <isa-l/crc.h>
#include <string.h>
#include <zlib.h>

enum {
    MAX_LAG = 16,
    NEAR_LAG = 6,
    LATE_SIZE = 2 * MAX_LAG,
    HEADER_SIZE = 10,
    END_SIZE = 10,
    RATIO_BLOCKS = 64
};

#define LARGEST_BLOCK ((size_t)1 << 30)

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
    struct gzip_block *block; /* nblocks of them */
    size_t nblocks;
    struct gzip_block **idle; /* those that are neither filling nor in the pool */
    size_t nidle;
    struct gzip_block *filling; /* NULL: to be taken from `idle` */

    int status; /* the first failure, described in `failure`; nothing works after it */
    struct csvk_error failure;
    bool is_open;                   /* a member was begun */
    uint64_t accepted;              /* text of the open member */
    struct csvk_gzip_member member; /* what was written of it */
    struct size known;              /* what is settled of it */
    struct size recent;             /* settled lately in any member: the ratio to be expected */
    uint64_t submitted, written, settled; /* blocks since csvk_gzip_new */
    struct size late[LATE_SIZE];          /* of blocks written and not settled, by number */
};

/* Compresses one block; the pool's job. */
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
 * The caller's thread is one of the compressing ones, as long as enough blocks may be under way for
 * the others to go on with while it is at one.
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
    if (gzip->block == NULL || gzip->idle == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < gzip->nblocks; i++) {
        struct gzip_block *block = &gzip->block[i];
        block->text = csvk_malloc(gzip->block_size);
        block->piece = csvk_malloc(csvk_deflate_bound(gzip->block_size));
        if (block->text == NULL || block->piece == NULL) {
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

static void write_out(struct csvk_gzip *gzip, const void *bytes, size_t length)
{
    if (gzip->status == CSVK_OK) {
        gzip->status = gzip->output.write(gzip->output.context, bytes, length, &gzip->failure);
        gzip->member.bytes += length;
    }
}

static void begin_member(struct csvk_gzip *gzip)
{
    static const unsigned char header[HEADER_SIZE] = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff};
    if (!gzip->is_open) {
        gzip->is_open = true;
        gzip->accepted = 0;
        gzip->member = (struct csvk_gzip_member){0};
        gzip->known = (struct size){0, HEADER_SIZE};
        write_out(gzip, header, sizeof header);
    }
}

/* Waits for the oldest block in the pool and writes its piece. */
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

/* Older blocks count half as soon as RATIO_BLOCKS are there: the text may change its nature. */
static void settle_next(struct csvk_gzip *gzip)
{
    struct size size = gzip->late[gzip->settled++ % LATE_SIZE];
    gzip->known.text += size.text;
    gzip->known.bytes += size.bytes;
    gzip->recent.text += size.text;
    gzip->recent.bytes += size.bytes;
    if (gzip->recent.text > RATIO_BLOCKS * (uint64_t)gzip->block_size) {
        gzip->recent.text /= 2;
        gzip->recent.bytes /= 2;
    }
}

static void settle_below(struct csvk_gzip *gzip, uint64_t number)
{
    while (gzip->settled < number) {
        if (gzip->written == gzip->settled) {
            collect(gzip);
        }
        settle_next(gzip);
    }
}

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
    settle_below(gzip, gzip->submitted - lag(gzip->submitted));
}

/* With threads it is another processor, as a rule, that reads the text next. */
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

static void put32(unsigned char *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (unsigned char)(value >> (8 * i));
    }
}

/* An empty final block, and the trailer. */
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
    settle_below(gzip, gzip->submitted);
    end_member(gzip);
    if (member != NULL) {
        *member = gzip->member;
    }
    return report(gzip, err);
}

/* What the text that is not settled will be when it shrinks as what was before. */
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

/* To wait for a block costs time: the compressors have less to do. So it is not done for nothing.
 */
static bool may_reach(const struct csvk_gzip *gzip, uint64_t limit)
{
    uint64_t unknown = gzip->accepted - gzip->known.text;
    if (gzip->known.bytes + unknown < limit) {
        return false;
    }
    return gzip->submitted - gzip->settled > NEAR_LAG ||
           gzip->known.bytes + (unknown + expected(gzip)) / 2 >= limit;
}

void csvk_gzip_settle(struct csvk_gzip *gzip, uint64_t limit)
{
    while (gzip->is_open && gzip->settled < gzip->submitted && may_reach(gzip, limit)) {
        settle_below(gzip, gzip->settled + 1);
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
        csvk_free(gzip->block[i].text);
        csvk_free(gzip->block[i].piece);
    }
    csvk_free(gzip->deflater);
    csvk_free(gzip->block);
    csvk_free(gzip->idle);
    csvk_free(gzip);
}
