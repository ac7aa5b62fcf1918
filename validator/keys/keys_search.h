/*
 * keys_search.h - finds the repeated keys of a partitioned set.
 *
 * One partition after the other is read in order, and every key that is new goes into a hash table.
 * When the table is full it is closed: keys that it has are still recognised; the others overflow
 * into 256 partitions of the next level, which have another seed and are searched in turn.
 *
 * Invariant: each pass is done with a table full of different keys and never sees them again, so
 * the search ends, whatever the hash does; and a key that repeats a billion times takes one place
 * in the table.
 */
#ifndef VALIDATOR_KEYS_KEYS_SEARCH_H
#define VALIDATOR_KEYS_KEYS_SEARCH_H

#include "validator/keys/keys_found.h"
#include "validator/keys/keys_parts.h"

/*
 * Open addressing. A slot is 0 when it is empty; else its upper half is 32 bits of the hash, and
 * its lower half the offset in the arena, in words, plus 1. The arena holds for each key: record,
 * length, then the key padded to words, or the position and hash of a long key.
 */
struct csvk_key_table {
    uint64_t *slot, *arena;
    size_t slots, slots_allocated;       /* slots is a power of two */
    size_t used, words, words_allocated; /* of the arena */
    size_t count;
    bool closed;
};

struct csvk_search {
    struct csvk_key_table table;
    const struct csvk_spill *longs; /* the long keys; borrowed */
    struct csvk_found *found;       /* borrowed */
    size_t memory;                  /* for the whole search */
    bool alike;                     /* what is found are keys that look alike */
    uint64_t splits, spilled;
};

/* Searches all partitions of `parts`, whose blocks are freed on the way. CSVK_ENOMEM, CSVK_EIO. */
int csvk_search_parts(struct csvk_search *search, struct csvk_parts *parts,
                      struct csvk_error *err) CSVK_MUST_USE;
void csvk_search_release(struct csvk_search *search);

#endif
