/*
 * keys_repeats.c - finds the hashes that may occur more than once; see keys_repeats.h. Slots are
 * prefetched some words before they are used.
 */
#include "validator/keys/keys_repeats.h"

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

static int make_marks(struct csvk_repeats *r, const struct csvk_parts *hashes, size_t budget,
                      struct csvk_error *err)
{
    uint64_t wanted = 0;
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        wanted += hashes->part[i].bytes / sizeof(uint64_t) * MARKS_EACH;
    }
    size_t words = 1;
    r->shift = 64 - 6;
    while (words * 64 < wanted && words * 2 * sizeof *r->mark <= budget) {
        words *= 2;
        r->shift--;
    }
    r->mark = csvk_calloc(words, sizeof *r->mark);
    return r->mark != NULL ? CSVK_OK : no_memory(err);
}

static void mark(struct csvk_repeats *r, uint64_t hash)
{
    uint64_t bit = hash >> r->shift;
    r->mark[bit / 64] |= UINT64_C(1) << bit % 64;
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
    csvk_free(block);
    return status;
}

int csvk_repeats_find(struct csvk_repeats *r, struct csvk_parts *hashes, size_t memory,
                      struct csvk_error *err)
{
    const struct repeats_pass pass = {r, hashes, memory};
    int status = CSVK_OK;
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        csvk_parts_close(hashes, i);
    }
    for (size_t i = 0; i < CSVK_PARTS && status == CSVK_OK; i++) {
        status = hashes->part[i].bytes > 0 ? look_at_part(&pass, i, err) : CSVK_OK;
    }
    csvk_free(r->slot);
    r->slot = NULL;
    r->slots_allocated = 0;
    return status;
}

void csvk_repeats_release(struct csvk_repeats *r)
{
    csvk_free(r->slot);
    csvk_free(r->mark);
    memset(r, 0, sizeof *r);
}
