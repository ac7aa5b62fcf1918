/*
 * keys.h - exact search for repeated primary keys in a table of any size, in bounded memory.
 *
 * The idea. While the table is read, nothing is looked up: each key is appended to a log, and its
 * hash to one of 256 partitions. That is sequential work, so it costs few nanoseconds and no cache
 * misses. What does not fit into memory goes to unlinked temporary files. At the end, each
 * partition of hashes goes through a small hash table that fits into the cache (keys_repeats.h). A
 * hash that occurs only once belongs to a key that occurs only once, so a table without repeated
 * keys is done then. Otherwise the log is read again, and the keys whose hash may occur more than
 * once are partitioned and compared byte by byte (keys_search.h).
 *
 * Keys that only look alike are found on the way when they are asked for: then it is their common
 * form that is hashed (keys_alike.h), and the forms of suspects are compared, too.
 *
 * Invariants.
 *   - Exact: keys are equal when all their bytes are equal; the hash only decides where to look.
 *   - Order: duplicates are reported in ascending record order, each with the first record that has
 *     its key.
 *   - Bounded: memory stays near the limit for any number of keys, any length of a key, any number
 *     of repetitions and any quality of the hash. The disk needs about the size of the keys and 12
 *     bytes for each, and as much again for the keys that repeat; twice as much for these when a
 *     key has another form, and keys that look alike are asked for.
 */
#ifndef VALIDATOR_KEYS_KEYS_H
#define VALIDATOR_KEYS_KEYS_H

#include "csvkit/csvkit.h"

#define CSVK_KEYS_MEMORY       ((size_t)256 << 20) /* the default limit */
#define CSVK_KEYS_MEMORY_LEAST ((size_t)1 << 20)

struct csvk_keys;

struct csvk_duplicate_key {
    uint64_t record;       /* the record that repeats a key */
    uint64_t offset;       /* what the caller gave as its offset */
    uint64_t first_record; /* the first record that has this key */
    uint64_t drift;        /* what the caller gave as its drift */
    uint64_t alike;        /* not 0: the key is another one that looks like that of the first */
};
/* Receives one duplicate. A result other than 0 ends the report, and csvk_keys_finish returns it.
 */
typedef int csvk_duplicate_fn(void *context, const struct csvk_duplicate_key *duplicate);

/*
 * Makes an empty set. `memory_limit` in bytes: 0 is the default, less than 1 MiB counts as 1 MiB.
 * `temp_dir` (copied) is where spilled keys go; NULL is $TMPDIR, else /tmp. Nothing is created
 * there before the memory is full. Failures: CSVK_ENOMEM.
 */
int csvk_keys_new(struct csvk_keys **out, size_t memory_limit, const char *temp_dir,
                  struct csvk_error *err) CSVK_MUST_USE;

/* `drift` is the number of the record's line minus the number of the record. */
struct csvk_key_place {
    uint64_t record, offset, drift;
};
/*
 * Adds the key of a record: the decoded values of its key columns, which are copied. All keys of a
 * set have the same number of columns. Records must be added in ascending order, offsets must not
 * descend. Failures: CSVK_ENOMEM; CSVK_EIO when the temporary file cannot be written (disk full).
 * After a failure only csvk_keys_free makes sense.
 */
int csvk_keys_add(struct csvk_keys *keys, const struct csvk_bytes *values, size_t count,
                  struct csvk_key_place place, struct csvk_error *err) CSVK_MUST_USE;
/*
 * The same for values that are one piece of memory already, with one separator between every two of
 * them and none within a value (a single value may hold separators). The separator is ',';
 * csvk_keys_separate sets another one and must be called before the first key is added.
 */
int csvk_keys_add_joined(struct csvk_keys *keys, struct csvk_bytes joined,
                         struct csvk_key_place place, struct csvk_error *err) CSVK_MUST_USE;
void csvk_keys_separate(struct csvk_keys *keys, unsigned char separator);
/*
 * Also asks for keys that look alike: that differ only in case, or in blanks at the ends of their
 * values. A record whose key no record before it has, but of which a record before it has one that
 * looks alike, is found as `alike`. Keys have `columns` values. Keys of more than a quarter of a
 * block (256 bytes to 16 KiB, by the memory limit) look like no other. Call it before the first key
 * is added, and for all sets that are joined. CSVK_ENOMEM.
 */
int csvk_keys_seek_alike(struct csvk_keys *keys, size_t columns,
                         struct csvk_error *err) CSVK_MUST_USE;

/*
 * Moves all keys of `right` to the end of `left`; their record numbers, offsets and drifts are
 * raised by `shift`. `right` is empty afterwards and still belongs to the caller. Both must have
 * the same memory limit (CSVK_EUSAGE). CSVK_ENOMEM, CSVK_EIO.
 */
struct csvk_keys_shift {
    uint64_t records, offsets, drifts;
};
int csvk_keys_merge(struct csvk_keys *left, struct csvk_keys *right, struct csvk_keys_shift shift,
                    struct csvk_error *err) CSVK_MUST_USE;

/* How many keys the set has. */
uint64_t csvk_keys_count(const struct csvk_keys *keys);
/*
 * Gives all keys, joined (csvk_keys_add_joined), to `take`, in the order in which they were added;
 * `joined` is valid during the call. A result other than CSVK_OK ends it, and is returned. The set
 * is empty afterwards. CSVK_ENOMEM, CSVK_EIO.
 */
typedef int csvk_key_fn(void *context, struct csvk_bytes joined, struct csvk_key_place place,
                        struct csvk_error *err);
int csvk_keys_take(struct csvk_keys *keys, csvk_key_fn *take, void *context,
                   struct csvk_error *err) CSVK_MUST_USE;

/*
 * The search may use so many threads (csvkit/base/threads.h), the caller's included, when there are
 * `least` keys or more; 0: as many as are worth it. What is found is the same. Each further thread
 * needs an eighth of the memory limit at most.
 */
void csvk_keys_use_threads(struct csvk_keys *keys, size_t threads, uint64_t least);
/*
 * Searches, and calls `found` (may be NULL) for every duplicate, in ascending order of records.
 * Call it once; after it only csvk_keys_duplicates, csvk_keys_effort and csvk_keys_free may be
 * called. CSVK_ENOMEM, CSVK_EIO.
 */
int csvk_keys_finish(struct csvk_keys *keys, csvk_duplicate_fn *found, void *context,
                     struct csvk_error *err) CSVK_MUST_USE;
/* Exact number of duplicates, after csvk_keys_finish; those that look alike do not count. */
uint64_t csvk_keys_duplicates(const struct csvk_keys *keys);
void csvk_keys_free(struct csvk_keys *keys);

/* For tests: uses only these bits of every hash; 0 makes all keys collide. Call it before the first
   key is added. */
void csvk_keys_weaken_hash(struct csvk_keys *keys, uint64_t mask);
/* For tests and benchmarks: how often partitions were split again, and bytes written to disk. */
struct csvk_keys_effort {
    uint64_t splits, spilled;
};
struct csvk_keys_effort csvk_keys_effort(const struct csvk_keys *keys);

#endif
