/*
 * background.c - a ring of blocks between a thread that reads and the one that takes what was read.
 *
 * Blocks are numbered: those below `taken` are free, those below `filled` wait to be taken. The end
 * of the source, and a failure, are blocks without bytes; the thread ends with them.
 *
 * Whoever has to wait is woken when half of the blocks are ready: to wake a thread for every block
 * costs more than a block is worth. Only one of the two can be waiting, since the blocks are not
 * all free and all filled at the same time.
 *
 * Invariant: taken <= filled <= taken + BLOCKS. The two numbers are guarded by `lock`. A block is
 * the thread's own until it is counted in `filled`, and the taker's from then on until it is
 * counted in `taken`.
 */
#include "csvkit/parallel/background.h"

#include "csvkit/io/source_places.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { BLOCKS = 8, HALF = BLOCKS / 2, BLOCK_SIZE = 256 * 1024 };

/* So many bytes are read without a thread: most files are short. */
#define READ_ALONE ((uint64_t)1024 * 1024)

struct read_block {
    unsigned char *bytes; /* BLOCK_SIZE of them */
    size_t length;        /* 0: the end */
    int status;
    struct csvk_error err;
};

struct background {
    struct csvk_source *source;
    uint64_t read_alone;
    bool started, refused; /* the thread; there is none to be had */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct read_block block[BLOCKS];
    size_t taken, filled;
    bool is_ending;
    size_t at; /* how much of the block at `taken` was taken */
};

/* ---- the thread ------------------------------------------------------------------------------ */

/* The next free block; NULL when nobody wants it any more. */
static struct read_block *wait_for_room(struct background *b)
{
    pthread_mutex_lock(&b->lock);
    while (b->filled - b->taken == BLOCKS && !b->is_ending) {
        pthread_cond_wait(&b->changed, &b->lock);
    }
    struct read_block *block = b->is_ending ? NULL : &b->block[b->filled % BLOCKS];
    pthread_mutex_unlock(&b->lock);
    return block;
}

static void *thread_main(void *argument)
{
    struct background *b = argument;
    bool more = true;
    struct read_block *block;
    while (more && (block = wait_for_room(b)) != NULL) {
        block->status =
            csvk_source_read(b->source, block->bytes, BLOCK_SIZE, &block->length, &block->err);
        csvk_source_note_consumed(b->source);
        more = block->status == CSVK_OK && block->length != 0;
        pthread_mutex_lock(&b->lock);
        b->filled++;
        if (b->filled - b->taken >= HALF || !more) {
            pthread_cond_signal(&b->changed);
        }
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

/* Signals are the owner's business. */
static bool start_thread(struct background *b)
{
    bool made = true;
    for (size_t i = 0; i < BLOCKS; i++) {
        b->block[i].bytes = csvk_malloc(BLOCK_SIZE);
        made = made && b->block[i].bytes != NULL;
    }
    sigset_t all, before;
    sigfillset(&all);
    if (made) {
        csvk_source_note_consumed(b->source);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        b->started = pthread_create(&b->thread, NULL, thread_main, b) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    b->refused = !b->started;
    return b->started;
}

/* ---- the owner ------------------------------------------------------------------------------- */

struct background *background_new(struct csvk_source *source)
{
    struct background *b = csvk_calloc(1, sizeof *b);
    if (b != NULL) {
        b->source = source;
        pthread_mutex_init(&b->lock, NULL);
        pthread_cond_init(&b->changed, NULL);
    }
    return b;
}

static void wait_for_block(struct background *b)
{
    pthread_mutex_lock(&b->lock);
    while (b->filled == b->taken) {
        pthread_cond_wait(&b->changed, &b->lock);
    }
    pthread_mutex_unlock(&b->lock);
}

static void give_back_block(struct background *b)
{
    b->at = 0;
    pthread_mutex_lock(&b->lock);
    b->taken++;
    if (b->filled - b->taken <= HALF) {
        pthread_cond_signal(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
}

static int read_alone(struct background *b, void *bytes, size_t capacity, size_t *got,
                      struct csvk_error *err)
{
    int status = csvk_source_read(b->source, bytes, capacity, got, err);
    b->read_alone += *got;
    return status;
}

int background_read(struct background *b, void *bytes, size_t capacity, size_t *got,
                    struct csvk_error *err)
{
    bool wants = b->read_alone >= READ_ALONE && !b->refused;
    if (!b->started && (!wants || !start_thread(b))) {
        return read_alone(b, bytes, capacity, got, err);
    }
    wait_for_block(b);
    const struct read_block *block = &b->block[b->taken % BLOCKS];
    size_t left = block->length - b->at;
    *got = left < capacity ? left : capacity;
    if (block->status != CSVK_OK) { /* stays where it is: every other call gets it, too */
        if (err != NULL) {
            *err = block->err;
        }
        *got = 0;
        return block->status;
    }
    memcpy(bytes, block->bytes + b->at, *got);
    b->at += *got;
    if (b->at == block->length && block->length != 0) {
        give_back_block(b);
    }
    return CSVK_OK;
}

void background_free(struct background *b)
{
    if (b == NULL) {
        return;
    }
    if (b->started) {
        pthread_mutex_lock(&b->lock);
        b->is_ending = true;
        pthread_cond_signal(&b->changed);
        pthread_mutex_unlock(&b->lock);
        pthread_join(b->thread, NULL);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        csvk_free(b->block[i].bytes);
    }
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    csvk_free(b);
}
