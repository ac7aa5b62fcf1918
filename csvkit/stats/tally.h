/*
 * tally.h - private: how often each of many keys occurs; exact while they are few, a sketch of
 * bounded size when they are many.
 *
 * The idea. Each occurrence comes with a *score*, a random number that is a function of the key and
 * of the record. The score of a key is the least of its occurrences, so that frequent keys have
 * lower ones. As long as there are at most `most` keys, a table has all of them. With one more,
 * every key and its count goes into a count-min sketch and into the registers of a HyperLogLog, and
 * the table has the `most` keys with the lowest scores from then on.
 *
 * Invariant: what a tally says is a function of the set of occurrences, however they were ordered
 * and divided. For the sketch and the registers that is plain: they only add and take the greatest.
 * For the table: a key that is not among the lowest has no occurrence lower than all of these, and
 * their bound only falls, so nothing that was thrown out could belong to the lowest again, but by
 * another occurrence, which then has the lowest score of the key.
 */
#ifndef CSVKIT_STATS_TALLY_H
#define CSVKIT_STATS_TALLY_H

#include "csvkit/basics.h"

#define TALLY_TEXT      40 /* bytes that are kept of a key */
#define TALLY_ROWS      4  /* of the count-min sketch */
#define TALLY_REGISTERS 4096

struct tally_key {
    uint64_t hash;
    const unsigned char *text;
    size_t length;
    uint64_t points; /* for the caller; the same for the same key */
};
struct tally_entry {
    uint64_t hash, score;
    uint64_t count; /* exact; when sketched, what it was until then */
    uint64_t length, points;
    uint32_t kept;
    unsigned char text[TALLY_TEXT];
};
struct tally {
    uint32_t most, width; /* keys in the table; cells in a row of the sketch, a power of 2 */
    bool sketched;
    struct tally_entry *entry;
    uint32_t count, capacity;
    uint32_t *index; /* by hash: entry + 1; index_size is a power of 2, 0: none yet */
    uint32_t index_size;
    uint64_t bound; /* sketched: keys with this score or more are not wanted */
    uint64_t *cell; /* TALLY_ROWS rows of `width` */
    uint8_t *registers;
    uint64_t total; /* occurrences in the sketch */
};

void tally_init(struct tally *tally, uint32_t most, uint32_t width);
void tally_release(struct tally *tally);
/*
 * Adds `count` occurrences, the lowest score of which is `score`. *entry is the one of the key in
 * the table, or NULL: it has none. *is_new: the key is in the table since now. CSVK_ENOMEM.
 */
int tally_add(struct tally *tally, const struct tally_key *key, uint64_t score, uint64_t count,
              struct tally_entry **entry, bool *is_new) CSVK_MUST_USE;
/* As tally_add for one occurrence in a tally that is sketched, but for its marks: tally_mark. */
int tally_sample(struct tally *tally, const struct tally_key *key, uint64_t score) CSVK_MUST_USE;
/* Leaves the lowest in the table, in the order of their scores. To be called before `entry` of a
   sketched tally is looked at. */
void tally_settle(struct tally *tally);
/* Goes over to the sketch, whatever the number of keys. CSVK_ENOMEM. */
int tally_sketch(struct tally *tally) CSVK_MUST_USE;
/* Adds the occurrences of `right`, whose most and width are the same. CSVK_ENOMEM. */
int tally_merge(struct tally *left, struct tally *right) CSVK_MUST_USE;
/* Makes room in the table for `count` keys, and the sketch when it is wanted. CSVK_ENOMEM. The
   tally is as tally_init leaves it. */
int tally_reserve(struct tally *tally, uint32_t count, bool sketched) CSVK_MUST_USE;
/* The keys stand in `entry`, all of them different, and `count` is how many they are. */
void tally_index(struct tally *tally);
/* Different keys: exact, or an estimate. */
uint64_t tally_distinct(const struct tally *tally);
/* Occurrences of a key of the table: exact, or an upper bound. */
uint64_t tally_count(const struct tally *tally, const struct tally_entry *entry);

/* One more for a key that the table has already. */
static inline void tally_count_entry(struct tally_entry *entry, uint64_t score, uint64_t count)
{
    entry->count += count;
    entry->score = score < entry->score ? score : entry->score;
}

/* The cells and the register of a key, which must be sketched. */
static inline void tally_mark(struct tally *tally, uint64_t hash, uint64_t count)
{
    uint32_t mask = tally->width - 1;
    uint64_t *row = tally->cell;
    uint8_t *rank = &tally->registers[hash >> 52];
    unsigned zeros = (unsigned)__builtin_clzll(hash << 12 | 0x800) + 1;
    for (unsigned i = 0; i < TALLY_ROWS; i++, row += tally->width) {
        row[(uint32_t)(hash >> (12 * i)) & mask] += count;
    }
    *rank = *rank < zeros ? (uint8_t)zeros : *rank;
    tally->total += count;
}

#endif
