/*
 * parallel_reader.c - blocks of a file are read and examined by a pool of threads, and given to the
 * reader in their order.
 *
 * The idea. The file is divided into blocks of equal size, by their place alone. The next few
 * blocks after the reader's place are jobs of the pool; each job reads its block and makes a chunk
 * of it (csvk_chunk_examine). The reader asks for the chunk that begins where it stands. When there
 * is none, because a guess was wrong, because something is the matter with the records, or because
 * the reader has learned something new about the table, it reads up to the next chunk by itself.
 *
 * Work that was in vain costs the time of other processors only, and not even that for long: after
 * a few chunks of which little was used there are none for a while, the longer the more often it
 * happens.
 *
 * Invariant: jobs come back in the order of their blocks, so the beginnings of their chunks never
 * descend. A chunk is idle, in the pool, `head`, or `given`.
 */
#include "csvkit/parallel/parallel_reader.h"

#include "csvkit/extra/extra.h"
#include "csvkit/extra/pool.h"
#include "csvkit/io/source_places.h"
#include "csvkit/parallel/background.h"
#include "csvkit/parallel/thread_memory.h"
#include "csvkit/parse/ahead.h"

#define CHUNKS_PER_THREAD 2 /* that wait or are worked on; as pool.h asks for */
/* What was read should still be in the cache when it is examined. */
#define LARGEST_BLOCK ((size_t)256 * 1024)
#define LEAST_BLOCKS  4 /* for fewer no thread is started */
#define VAIN_IN_A_ROW 4
#define LONGEST_PAUSE 8 /* powers of two, in blocks */

struct ahead_piece {
    struct csvk_chunk *chunk;
    const struct csvk_places *places;
    unsigned char *memory; /* in which it was examined; NULL: it was not */
    struct thread_memory *whose;
};

struct parallel_reader {
    struct csvk_reader *reader;
    size_t threads, block;
    struct csvk_places places;
    struct csvk_pool *pool; /* NULL: not started */
    struct thread_memory *memory;
    void **worker;             /* of the pool: its memory */
    bool hopeless;             /* the pool will never be started */
    struct ahead_piece *piece; /* npieces of them */
    size_t npieces;
    struct ahead_piece **idle;
    size_t nidle;
    struct ahead_piece *head;  /* the oldest that was taken from the pool and not by the reader */
    struct ahead_piece *given; /* the reader has it */
    uint64_t next;             /* the block to be planned next */
    unsigned vain;             /* chunks of which little was used, in a row */
    uint64_t pause_end;        /* before this place no block is planned */
};

/* In any thread; `worker` is the memory of that thread. */
static void examine(void *worker, void *job)
{
    struct ahead_piece *piece = job;
    piece->whose = worker;
    piece->memory = thread_memory_take(piece->whose);
    uint64_t from;
    size_t wanted, there = 0, got = 1;
    unsigned char *room = csvk_chunk_room(piece->chunk, piece->memory, &from, &wanted);
    while (wanted != 0 && got != 0 &&
           csvk_places_read(piece->places, from + there, room + there, wanted - there, &got)) {
        there += got;
        wanted = csvk_chunk_examine(piece->chunk, there);
    }
}

/* ---- starting and ending --------------------------------------------------------------------- */

static void release_pieces(struct parallel_reader *p)
{
    for (size_t i = 0; p->piece != NULL && i < p->npieces; i++) {
        csvk_chunk_free(p->piece[i].chunk);
    }
    csvk_free(p->piece);
    csvk_free(p->idle);
    p->piece = NULL;
    p->idle = NULL;
    p->nidle = 0;
}

static void free_parallel(void *context)
{
    struct parallel_reader *p = context;
    csvk_pool_free(p->pool);
    csvk_free(p->worker);
    thread_memory_free(p->memory);
    release_pieces(p);
    csvk_free(p);
}

static bool make_pieces(struct parallel_reader *p)
{
    p->npieces = CHUNKS_PER_THREAD * p->threads + 2;
    p->piece = csvk_calloc(p->npieces, sizeof *p->piece);
    p->idle = csvk_calloc(p->npieces, sizeof(void *));
    bool made = p->piece != NULL && p->idle != NULL;
    for (size_t i = 0; made && i < p->npieces; i++) {
        p->piece[i].places = &p->places;
        made = csvk_chunk_new(&p->piece[i].chunk, p->reader, p->block, NULL) == CSVK_OK;
        p->idle[p->nidle++] = &p->piece[i];
    }
    return made;
}

static bool start_pool(struct parallel_reader *p)
{
    p->worker = csvk_calloc(p->threads, sizeof *p->worker);
    p->memory = thread_memory_new(p->threads, p->npieces, csvk_chunk_memory(p->block));
    if (p->worker == NULL || p->memory == NULL) {
        return false;
    }
    for (size_t i = 0; i < p->threads; i++) {
        p->worker[i] = thread_memory_of(p->memory, i);
    }
    struct csvk_pool_plan plan = {.run = examine,
                                  .worker = p->worker,
                                  .threads = p->threads,
                                  .depth = CHUNKS_PER_THREAD * p->threads,
                                  .owner_works = true};
    return csvk_pool_new(&p->pool, &plan, NULL) == CSVK_OK;
}

/* Is there something to plan at `position`, and somebody to do it? */
static bool is_ready(struct parallel_reader *p, uint64_t position)
{
    if (p->pool != NULL || p->hopeless) {
        return p->pool != NULL;
    }
    if (!csvk_source_places(csvk_reader_source(p->reader), &p->places)) {
        return false;
    }
    bool enough =
        position < p->places.size && (p->places.size - position) / p->block >= LEAST_BLOCKS;
    if (!enough || !make_pieces(p) || !start_pool(p)) {
        release_pieces(p);
        p->hopeless = true;
    }
    return !p->hopeless;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Plans the blocks from `position` on. */
static void plan_blocks(struct parallel_reader *p, uint64_t position)
{
    if (position < p->pause_end) {
        return;
    }
    if (p->next < position) {
        uint64_t rest = position % p->block;
        p->next = rest == 0 ? position : position + (p->block - rest);
    }
    while (p->nidle != 0 && p->next < p->places.size &&
           csvk_pool_pending(p->pool) < CHUNKS_PER_THREAD * p->threads) {
        struct ahead_piece *piece = p->idle[--p->nidle];
        csvk_chunk_plan(piece->chunk, p->reader, p->next);
        csvk_pool_submit(p->pool, piece);
        p->next += p->block;
    }
}

/* `used` bytes of the chunk are of use; the reader is at `position`. */
static void weigh(struct parallel_reader *p, const struct csvk_chunk *chunk, size_t used,
                  uint64_t position)
{
    uint64_t begin = csvk_chunk_begin(chunk), end = csvk_chunk_end(chunk);
    bool known = begin != CSVK_NOWHERE && end != CSVK_NOWHERE;
    if (known && (begin >= end || used >= (end - begin) / 2)) {
        p->vain = begin < end ? 0 : p->vain;
        return;
    }
    p->vain++;
    if (p->vain >= VAIN_IN_A_ROW) {
        unsigned power = p->vain - VAIN_IN_A_ROW;
        p->pause_end =
            position + ((uint64_t)p->block << (power < LONGEST_PAUSE ? power : LONGEST_PAUSE));
    }
}

static void put_back(struct parallel_reader *p, struct ahead_piece **piece)
{
    if (*piece != NULL) {
        thread_memory_give_back((*piece)->whose, (*piece)->memory);
        p->idle[p->nidle++] = *piece;
        *piece = NULL;
    }
}

/* The first chunk that begins at `position` or after it, in `head`; NULL: there is none. */
static struct csvk_chunk *first_from(struct parallel_reader *p, uint64_t position)
{
    for (;;) {
        plan_blocks(p, position);
        p->head = p->head != NULL ? p->head : csvk_pool_take(p->pool);
        if (p->head == NULL) {
            return NULL;
        }
        uint64_t begin = csvk_chunk_begin(p->head->chunk);
        if (begin != CSVK_NOWHERE && begin >= position) {
            return p->head->chunk;
        }
        weigh(p, p->head->chunk, 0, position);
        put_back(p, &p->head);
    }
}

static struct csvk_chunk *take(void *context, uint64_t offset)
{
    struct parallel_reader *p = context;
    put_back(p, &p->given);
    struct csvk_chunk *chunk = is_ready(p, offset) ? first_from(p, offset) : NULL;
    if (chunk == NULL || csvk_chunk_begin(chunk) != offset) {
        return NULL;
    }
    size_t used = csvk_chunk_taken(chunk, p->reader);
    if (used == 0) {
        return NULL;
    }
    csvk_source_jump(csvk_reader_source(p->reader), used);
    weigh(p, chunk, used, offset);
    p->given = p->head;
    p->head = NULL;
    plan_blocks(p, offset + used);
    return chunk;
}

static uint64_t limit(void *context, uint64_t position)
{
    struct parallel_reader *p = context;
    put_back(p, &p->given);
    struct csvk_chunk *chunk = is_ready(p, position) ? first_from(p, position + 1) : NULL;
    return chunk != NULL ? csvk_chunk_begin(chunk) : CSVK_NOWHERE;
}

/* ---- the reader ------------------------------------------------------------------------------ */

int csvk_reader_parallel(struct csvk_reader *reader, const struct csvk_parallel *how,
                         struct csvk_error *err)
{
    struct parallel_reader *p = csvk_calloc(1, sizeof *p);
    if (p == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    p->reader = reader;
    p->threads = how->threads;
    size_t window = csvk_reader_window(reader);
    p->block = how->block != 0 ? how->block : window < LARGEST_BLOCK ? window : LARGEST_BLOCK;
    struct csvk_ahead ahead = {.take = take, .limit = limit, .free = free_parallel, .context = p};
    int status = csvk_reader_read_ahead(reader, &ahead, err);
    if (status != CSVK_OK) {
        free_parallel(p);
    }
    return status;
}

static int read_background(void *context, void *bytes, size_t capacity, size_t *got,
                           struct csvk_error *err)
{
    return background_read(context, bytes, capacity, got, err);
}

static void free_background(void *context)
{
    background_free(context);
}

/* A thread decompresses. Only of a file: whoever ends early cannot wait for what a pipe may give.
 */
static int decompress_ahead(struct csvk_reader *reader, struct csvk_error *err)
{
    struct csvk_ahead ahead = {.read = read_background,
                               .free = free_background,
                               .context = background_new(csvk_reader_source(reader))};
    int status = ahead.context != NULL ? csvk_reader_read_ahead(reader, &ahead, err)
                                       : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status != CSVK_OK) {
        background_free(ahead.context);
    }
    return status;
}

int csvk_reader_use_threads(struct csvk_reader *reader, size_t threads, struct csvk_error *err)
{
    struct csvk_parallel how = {.threads = threads};
    const struct csvk_source *source = csvk_reader_source(reader);
    bool compressed =
        source != NULL && csvk_source_compression(source) != NULL && csvk_source_is_file(source);
    if (threads < 2) {
        return CSVK_OK;
    }
    return compressed ? decompress_ahead(reader, err) : csvk_reader_parallel(reader, &how, err);
}
