/*
 * keys_search.h - finds the repeated keys of a partitioned set.
 *
 * One partition after the other is read in order, and every key that was not there yet goes into a
 * hash table. When the table is full it is closed: keys that it has are still recognised, the
 * others overflow into 256 partitions of the next level (another seed), which are searched in turn.
 * Every pass settles a table full of different keys for good, so the search ends for any hash; and
 * a key that repeats a billion times takes one place.
 */
#ifndef VALIDATOR_KEYS_SEARCH_H
#define VALIDATOR_KEYS_SEARCH_H

#include "validator/keys_found.h"
#include "validator/keys_parts.h"

/*
 * Open addressing. A slot is 0 or (32 bits of the hash, place in the arena in words + 1). In the
 * arena: record, length, key padded to words (of a long key: its position and hash).
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
    uint64_t splits, spilled;
};

int csvk_search_parts(struct csvk_search *search, struct csvk_parts *parts,
                      struct csvk_error *err) CSVK_MUST_USE;
void csvk_search_release(struct csvk_search *search);

#endif
