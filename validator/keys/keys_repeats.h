/*
 * keys_repeats.h - finds the hashes that may occur more than once.
 *
 * One partition of hashes after the other goes through a hash table that fits into the cache. A
 * hash that is in the table already is marked, and so is one for which the table has no room. A
 * mark is a bit that several hashes share, so the memory for marks is bounded.
 *
 * Invariant: a hash that is not marked occurs only once. A marked one may or may not repeat.
 */
#ifndef VALIDATOR_KEYS_KEYS_REPEATS_H
#define VALIDATOR_KEYS_KEYS_REPEATS_H

#include "validator/keys/keys_parts.h"

struct csvk_repeats {
    uint64_t *slot; /* a hash, or 0 */
    size_t slots, slots_allocated;
    size_t room;    /* slots that may still be taken */
    uint64_t *mark; /* NULL: no hash is marked */
    unsigned shift; /* a hash shifted right by this is the number of its mark */
    bool shared;    /* other threads set marks, too */
    bool marked;    /* a mark was set */
};

/*
 * Threads (csvkit/base/threads.h) that take one partition after the other, when there are `least`
 * hashes or more. The marks are the same for every number of them.
 */
struct csvk_repeats_threads {
    size_t count; /* the caller's included; 0 and 1: there is no other */
    uint64_t least;
};
/*
 * Looks at all words of `hashes` and frees their blocks on the way. Needs 3/16 of `memory` besides
 * these blocks, and 2/16 at most for each further thread. CSVK_ENOMEM, CSVK_EIO;
 * csvk_repeats_release is needed in any case.
 */
int csvk_repeats_find(struct csvk_repeats *repeats, struct csvk_parts *hashes, size_t memory,
                      const struct csvk_repeats_threads *threads,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Is the hash marked? Only when there are marks (`mark` is not NULL). */
static inline bool csvk_repeats_marked(const struct csvk_repeats *repeats, uint64_t hash)
{
    uint64_t bit = hash >> repeats->shift;
    return (repeats->mark[bit / 64] >> bit % 64 & 1) != 0;
}
static inline void csvk_repeats_prefetch(const struct csvk_repeats *repeats, uint64_t hash)
{
    __builtin_prefetch(&repeats->mark[(hash >> repeats->shift) / 64]);
}
void csvk_repeats_release(struct csvk_repeats *repeats);

#endif
