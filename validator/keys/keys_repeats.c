/*
 * keys_repeats.c - finds the hashes that may occur more than once; see keys_repeats.h. Slots are
 * prefetched some words before they are used.
 */
#include "validator/keys/keys_repeats.h"

#include "csvkit/base/large_pages.h"
#include "csvkit/base/threads.h"

#include <string.h>

#define AHEAD       16 /* words between a prefetch and its use */
#define LEAST_SLOTS 64
#define MARKS_EACH  16 /* mark bits for each hash, when the memory allows it */

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory while searching for repeated keys");
}

/* Empties the table and gives it room for `hashes` hashes, but no more than `budget` bytes. */
static int prepare(struct csvk_repeats *r, uint64_t hashes, size_t budget, struct csvk_error *err)
{
    size_t slots = LEAST_SLOTS;
    while (slots < hashes + hashes / 2 && slots * 2 * sizeof *r->slot <= budget) {
        slots *= 2;
    }
    if (slots > r->slots_allocated) {
        csvk_free(r->slot);
        r->slots_allocated = 0;
        r->slot = csvk_reallocarray(NULL, slots, sizeof *r->slot);
        if (r->slot == NULL) {
            return no_memory(err);
        }
        r->slots_allocated = slots;
        csvk_use_large_pages(r->slot, slots * sizeof *r->slot);
    }
    r->slots = slots;
    r->room = slots / 4 * 3;
    memset(r->slot, 0, slots * sizeof *r->slot);
    return CSVK_OK;
}

/* Adds the hash to the table. True when the hash may repeat: it was there, or there is no room. */
static bool repeats(struct csvk_repeats *r, uint64_t hash)
{
    const size_t last = r->slots - 1;
    hash += hash == 0; /* 0 is an empty slot */
    size_t i = (size_t)hash & last;
    for (; r->slot[i] != 0; i = (i + 1) & last) {
        if (r->slot[i] == hash) {
            return true;
        }
    }
    if (r->room == 0) {
        return true;
    }
    r->room--;
    r->slot[i] = hash;
    return false;
}

/* Of closed blocks; also when some of them were taken out. */
static uint64_t count_hashes(const struct csvk_parts *hashes)
{
    uint64_t count = 0;
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        count += hashes->part[i].bytes / sizeof(uint64_t);
    }
    return count;
}

static int make_marks(struct csvk_repeats *r, const struct csvk_parts *hashes, size_t budget,
                      struct csvk_error *err)
{
    uint64_t wanted = count_hashes(hashes) * MARKS_EACH;
    size_t words = 1;
    r->shift = 64 - 6;
    while (words * 64 < wanted && words * 2 * sizeof *r->mark <= budget) {
        words *= 2;
        r->shift--;
    }
    r->mark = csvk_calloc(words, sizeof *r->mark);
    if (r->mark == NULL) {
        return no_memory(err);
    }
    csvk_use_large_pages(r->mark, words * sizeof *r->mark);
    return CSVK_OK;
}

static void mark(struct csvk_repeats *r, uint64_t hash)
{
    uint64_t bit = hash >> r->shift, mask = UINT64_C(1) << bit % 64;
    r->marked = true;
    if (r->shared) { /* where marks are few, partitions have words in common */
        __atomic_fetch_or(&r->mark[bit / 64], mask, __ATOMIC_RELAXED);
    } else {
        r->mark[bit / 64] |= mask;
    }
}

static uint64_t word_at(const struct csvk_key_block *block, size_t at)
{
    uint64_t word;
    memcpy(&word, block->bytes + at * sizeof word, sizeof word);
    return word;
}

struct repeats_pass {
    struct csvk_repeats *repeats;
    struct csvk_parts *hashes;
    size_t memory;
};

static int look_at_block(const struct repeats_pass *pass, const struct csvk_key_block *block,
                         struct csvk_error *err)
{
    struct csvk_repeats *r = pass->repeats;
    const size_t count = (size_t)block->used / sizeof(uint64_t);
    for (size_t i = 0; i < count; i++) {
        size_t ahead = i + AHEAD < count ? i + AHEAD : i;
        __builtin_prefetch(&r->slot[word_at(block, ahead) & (r->slots - 1)]);
        uint64_t hash = word_at(block, i);
        if (!repeats(r, hash)) {
            continue;
        }
        int status =
            r->mark == NULL ? make_marks(r, pass->hashes, pass->memory / 16, err) : CSVK_OK;
        if (status != CSVK_OK) {
            return status;
        }
        mark(r, hash);
    }
    return CSVK_OK;
}

static int look_at_part(const struct repeats_pass *pass, size_t i, struct csvk_error *err)
{
    const struct csvk_part *part = &pass->hashes->part[i];
    int status = prepare(pass->repeats, part->bytes / sizeof(uint64_t), pass->memory / 8, err);
    struct csvk_parts_walk walk;
    csvk_parts_walk_init(&walk, pass->hashes, i);
    struct csvk_key_block *block = NULL;
    while (status == CSVK_OK) {
        status = csvk_parts_walk_next(&walk, block, &block, err);
        if (status != CSVK_OK || block == NULL) {
            return status;
        }
        status = look_at_block(pass, block, err);
    }
    csvk_key_block_free(block);
    return status;
}

static void free_table(struct csvk_repeats *r)
{
    csvk_free(r->slot);
    r->slot = NULL;
    r->slots_allocated = 0;
}

/* ---- by several threads ---------------------------------------------------------------------- */

struct repeats_worker {
    struct csvk_repeats repeats; /* a table of its own, and the marks of all */
    struct repeats_pass pass;
};
struct repeats_job {
    size_t part;
    int status;
    struct csvk_error err;
};

static void run_job(void *context, void *item)
{
    const struct repeats_worker *worker = context;
    struct repeats_job *job = item;
    job->status = look_at_part(&worker->pass, job->part, &job->err);
}

/* Every partition is a job; all of them are taken, whatever the first ones say. */
static int run_jobs(const struct csvk_threads *calls, void *pool, const struct csvk_parts *hashes,
                    struct repeats_job *jobs, struct csvk_error *err)
{
    int status = CSVK_OK;
    const struct repeats_job *job;
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        jobs[i].part = i;
        if (hashes->part[i].bytes > 0) {
            calls->submit(pool, &jobs[i]);
        }
    }
    while ((job = calls->take(pool)) != NULL) {
        if (job->status != CSVK_OK && status == CSVK_OK) {
            status = csvk_fail(err, job->status, "%s", job->err.text);
        }
    }
    return status;
}

struct repeats_crew {
    struct repeats_worker *worker;
    void **workers; /* the same, as the pool wants them */
    struct repeats_job *jobs;
    void *pool;
};

static bool start_crew(struct repeats_crew *crew, const struct csvk_threads *calls,
                       const struct repeats_pass *pass, size_t threads)
{
    *crew = (struct repeats_crew){.worker = csvk_calloc(threads, sizeof *crew->worker),
                                  .workers = csvk_calloc(threads, sizeof *crew->workers),
                                  .jobs = csvk_calloc(CSVK_PARTS, sizeof *crew->jobs)};
    if (crew->worker == NULL || crew->workers == NULL || crew->jobs == NULL) {
        return false;
    }
    for (size_t i = 0; i < threads; i++) {
        struct repeats_worker *w = &crew->worker[i];
        w->repeats = *pass->repeats;
        w->pass = (struct repeats_pass){&w->repeats, pass->hashes, pass->memory};
        crew->workers[i] = w;
    }
    crew->pool = calls->open(run_job, crew->workers, threads, CSVK_PARTS);
    return crew->pool != NULL;
}

/* *done is false when there are no threads to be had. */
static int find_together(const struct repeats_pass *pass, const struct csvk_repeats_threads *wanted,
                         bool *done, struct csvk_error *err)
{
    const struct csvk_threads *calls = csvk_given_threads();
    size_t threads = wanted->count;
    struct csvk_repeats *r = pass->repeats;
    struct repeats_crew crew = {0};
    *done = false;
    if (threads < 2 || calls == NULL || count_hashes(pass->hashes) < wanted->least) {
        return CSVK_OK;
    }
    int status = make_marks(r, pass->hashes, pass->memory / 16, err);
    r->shared = true;
    if (status == CSVK_OK && start_crew(&crew, calls, pass, threads)) {
        *done = true;
        status = run_jobs(calls, crew.pool, pass->hashes, crew.jobs, err);
        calls->free(crew.pool);
    }
    for (size_t i = 0; crew.worker != NULL && i < threads; i++) {
        r->marked |= crew.worker[i].repeats.marked;
        free_table(&crew.worker[i].repeats);
    }
    csvk_free(crew.worker);
    csvk_free(crew.workers);
    csvk_free(crew.jobs);
    if (!r->marked) {
        csvk_free(r->mark);
        r->mark = NULL;
    }
    r->shared = false;
    return status;
}

int csvk_repeats_find(struct csvk_repeats *r, struct csvk_parts *hashes, size_t memory,
                      const struct csvk_repeats_threads *threads, struct csvk_error *err)
{
    const struct repeats_pass pass = {r, hashes, memory};
    bool done = false;
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        csvk_parts_close(hashes, i);
    }
    int status = find_together(&pass, threads, &done, err);
    for (size_t i = 0; i < CSVK_PARTS && status == CSVK_OK && !done; i++) {
        status = hashes->part[i].bytes > 0 ? look_at_part(&pass, i, err) : CSVK_OK;
    }
    free_table(r);
    return status;
}

void csvk_repeats_release(struct csvk_repeats *r)
{
    csvk_free(r->slot);
    csvk_free(r->mark);
    memset(r, 0, sizeof *r);
}
