/*
 * keys_search.c - finds the repeated keys of a partitioned set; see keys_search.h. Entries are
 * handled in groups, so that the slots of the first keys of a group come from memory while the
 * others are hashed.
 */
#include "validator/keys/keys_search.h"

#include "csvkit/base/hash.h"
#include "csvkit/base/large_pages.h"

#include <string.h>

#define GROUP       16
#define LEAST_SLOTS 64
#define HEAD_WORDS  2 /* record, length */
#define WORDS_MOST  UINT32_MAX

/* ---- the table ---- */

static size_t power_of_two_from(uint64_t least)
{
    size_t n = LEAST_SLOTS;
    while (n < least) {
        n *= 2;
    }
    return n;
}

static uint64_t slots_for(uint64_t entries)
{
    return power_of_two_from(entries + entries / 2);
}

/* At most so many words: padding takes at most 7 bytes for each entry. */
static uint64_t words_for(const struct csvk_part *part)
{
    return part->bytes / 8 + (HEAD_WORDS + 1) * part->entries;
}

static uint64_t memory_for(const struct csvk_part *part)
{
    return 8 * (slots_for(part->entries) + words_for(part));
}

static int grow(uint64_t **array, size_t *allocated, size_t wanted, struct csvk_error *err)
{
    if (wanted <= *allocated) {
        return CSVK_OK;
    }
    csvk_free(*array);
    *allocated = 0;
    *array = csvk_reallocarray(NULL, wanted, sizeof **array);
    if (*array == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while searching for repeated keys");
    }
    csvk_use_large_pages(*array, wanted * sizeof **array);
    *allocated = wanted;
    return CSVK_OK;
}

/* Empties the table and gives it room for the partition, but no more than `budget` bytes. */
static int prepare(struct csvk_key_table *table, const struct csvk_part *part, size_t budget,
                   struct csvk_error *err)
{
    uint64_t slots = slots_for(part->entries), words = words_for(part);
    if (memory_for(part) > budget) {
        slots = power_of_two_from(budget / 64 + 1) / 2;
        words = budget / 8 - slots;
    }
    table->slots = (size_t)slots;
    table->words = words < WORDS_MOST ? (size_t)words : WORDS_MOST;
    table->used = table->count = 0;
    table->closed = false;
    int status = grow(&table->slot, &table->slots_allocated, table->slots, err);
    if (status == CSVK_OK) {
        status = grow(&table->arena, &table->words_allocated, table->words, err);
    }
    if (status == CSVK_OK) {
        memset(table->slot, 0, table->slots * sizeof *table->slot);
    }
    return status;
}

static uint64_t tag_of(uint64_t hash)
{
    return (hash >> 24) << 32;
}

/* Puts a key into the empty slot. False when there is no room; then the table is closed, and every
   later call gives false, too. */
static bool insert(struct csvk_key_table *table, uint64_t *slot, const struct csvk_entry *entry,
                   uint64_t hash)
{
    size_t body = entry->key.ptr != NULL ? (entry->key.len + 7) / 8 : 2;
    if (table->count >= table->slots / 4 * 3 || table->words - table->used < HEAD_WORDS + body) {
        table->closed = true;
    }
    if (table->closed) {
        return false;
    }
    uint64_t *place = table->arena + table->used;
    place[0] = entry->place.record;
    place[1] = entry->key.len;
    if (entry->key.ptr != NULL) {
        csvk_copy_short((unsigned char *)(place + HEAD_WORDS), entry->key.ptr, entry->key.len);
    } else {
        place[HEAD_WORDS] = entry->long_at;
        place[HEAD_WORDS + 1] = entry->long_hash;
    }
    *slot = tag_of(hash) | (uint32_t)(table->used + 1);
    table->used += HEAD_WORDS + body;
    table->count++;
    return true;
}

/* ---- equality ---- */

enum verdict { ABSENT, PRESENT, OVERFLOW };

/* Compares two keys in the file of long keys, piece by piece: PRESENT when they are equal, ABSENT
   when they are not, or a failure. */
static int compare_long(const struct csvk_spill *longs, uint64_t a, uint64_t b, uint64_t length,
                        struct csvk_error *err)
{
    unsigned char left[4096], right[4096];
    for (uint64_t done = 0; done < length;) {
        size_t n = length - done < sizeof left ? (size_t)(length - done) : sizeof left;
        int status = csvk_spill_read(longs, a + done, left, n, err);
        if (status == CSVK_OK) {
            status = csvk_spill_read(longs, b + done, right, n, err);
        }
        if (status != CSVK_OK) {
            return status;
        }
        if (memcmp(left, right, n) != 0) {
            return ABSENT;
        }
        done += n;
    }
    return PRESENT;
}

/* Compares the key at `place` in the arena with the key of `entry`: as compare_long. */
static int compare(const struct csvk_search *search, const uint64_t *place,
                   const struct csvk_entry *entry, struct csvk_error *err)
{
    if (place[1] != entry->key.len) {
        return ABSENT;
    }
    if (entry->key.ptr != NULL) {
        return memcmp(place + HEAD_WORDS, entry->key.ptr, entry->key.len) == 0 ? PRESENT : ABSENT;
    }
    if (place[HEAD_WORDS + 1] != entry->long_hash) {
        return ABSENT;
    }
    return compare_long(search->longs, place[HEAD_WORDS], entry->long_at, entry->key.len, err);
}

/* Looks for the key and inserts it when it is new. Returns a verdict or a failure. */
static int find_or_insert(struct csvk_search *search, const struct csvk_entry *entry, uint64_t hash,
                          uint64_t *first_record, struct csvk_error *err)
{
    struct csvk_key_table *table = &search->table;
    size_t i = (size_t)hash & (table->slots - 1);
    for (; table->slot[i] != 0; i = (i + 1) & (table->slots - 1)) {
        if (((table->slot[i] ^ tag_of(hash)) >> 32) != 0) {
            continue;
        }
        const uint64_t *place = table->arena + ((uint32_t)table->slot[i] - 1);
        int verdict = compare(search, place, entry, err);
        if (verdict != ABSENT) {
            *first_record = place[0];
            return verdict;
        }
    }
    return insert(table, &table->slot[i], entry, hash) ? ABSENT : OVERFLOW;
}

/* ---- one partition ---- */

struct search_pass {
    struct csvk_search *search;
    struct csvk_parts *parts;    /* what is searched */
    struct csvk_parts *overflow; /* the next level; NULL: nothing has overflowed */
};

static int start_overflow(struct search_pass *pass, struct csvk_error *err)
{
    struct csvk_parts *parts = csvk_malloc(sizeof *parts);
    if (parts == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while splitting keys");
    }
    csvk_parts_init(parts, pass->parts->block_size, pass->search->memory / 16 * 5,
                    pass->parts->file.dir);
    parts->seed = csvk_hash_fold(pass->parts->seed ^ CSVK_HASH_C, CSVK_HASH_A);
    parts->mask = pass->parts->mask;
    pass->overflow = parts;
    pass->search->splits++;
    return CSVK_OK;
}

static int overflow_entry(struct search_pass *pass, const struct csvk_entry *entry,
                          struct csvk_error *err)
{
    int status = pass->overflow == NULL ? start_overflow(pass, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    uint64_t hash = csvk_parts_hash(pass->overflow, entry);
    return csvk_parts_add(pass->overflow, csvk_parts_index(hash), entry, err);
}

static int search_entry(struct search_pass *pass, const struct csvk_entry *entry, uint64_t hash,
                        struct csvk_error *err)
{
    uint64_t first_record = 0;
    int verdict = find_or_insert(pass->search, entry, hash, &first_record, err);
    if (verdict == OVERFLOW) {
        return overflow_entry(pass, entry, err);
    }
    if (verdict == PRESENT) {
        struct csvk_duplicate_key duplicate = {entry->place.record, entry->place.offset,
                                               first_record, entry->place.drift,
                                               pass->search->alike};
        return csvk_found_add(pass->search->found, &duplicate, err);
    }
    return verdict; /* ABSENT is CSVK_OK */
}

static int search_block(struct search_pass *pass, const struct csvk_key_block *block,
                        struct csvk_error *err)
{
    const struct csvk_key_table *table = &pass->search->table;
    struct csvk_block_walk walk = csvk_block_walk(pass->parts, block);
    struct csvk_entry entry[GROUP];
    uint64_t hash[GROUP];
    for (size_t n = GROUP; n == GROUP;) {
        for (n = 0; n < GROUP && csvk_block_next(&walk, &entry[n]); n++) {
            hash[n] = csvk_parts_hash(pass->parts, &entry[n]);
            __builtin_prefetch(&table->slot[hash[n] & (table->slots - 1)]);
        }
        for (size_t i = 0; i < n; i++) {
            int status = search_entry(pass, &entry[i], hash[i], err);
            if (status != CSVK_OK) {
                return status;
            }
        }
    }
    return CSVK_OK;
}

static int search_blocks(struct search_pass *pass, size_t i, struct csvk_error *err)
{
    struct csvk_parts_walk walk;
    csvk_parts_walk_init(&walk, pass->parts, i);
    struct csvk_key_block *block = NULL;
    for (;;) {
        int status = csvk_parts_walk_next(&walk, block, &block, err);
        if (status != CSVK_OK || block == NULL) {
            return status;
        }
        status = search_block(pass, block, err);
        if (status != CSVK_OK) {
            csvk_key_block_free(block);
            return status;
        }
    }
}

/* Searches what has overflowed in a pass. The caller still releases `overflow`. */
static int search_overflow(struct csvk_search *search, struct csvk_parts *overflow,
                           struct csvk_error *err)
{
    int status = csvk_parts_spill_all(overflow, err);
    if (status == CSVK_OK) {
        status = csvk_search_parts(search, overflow, err);
    }
    search->spilled += overflow->file.written;
    return status;
}

/*
 * Memory: the blocks that are still in memory have at most 13/16 of it, and the table has 1/8. When
 * a partition needs a larger table than that, all blocks are written to disk, and the table may
 * have one half.
 */
static int search_part(struct csvk_search *search, struct csvk_parts *parts, size_t i,
                       struct csvk_error *err)
{
    size_t budget = search->memory / 8;
    csvk_parts_close(parts, i);
    if (memory_for(&parts->part[i]) > budget) {
        int status = csvk_parts_spill_all(parts, err);
        if (status != CSVK_OK) {
            return status;
        }
        budget = search->memory / 2;
    }
    struct search_pass pass = {search, parts, NULL};
    int status = prepare(&search->table, &parts->part[i], budget, err);
    if (status == CSVK_OK) {
        status = search_blocks(&pass, i, err);
    }
    if (pass.overflow != NULL) {
        if (status == CSVK_OK) {
            status = search_overflow(search, pass.overflow, err);
        }
        csvk_parts_release(pass.overflow);
        csvk_free(pass.overflow);
    }
    return status;
}

int csvk_search_parts(struct csvk_search *search, struct csvk_parts *parts, struct csvk_error *err)
{
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        if (parts->part[i].entries == 0) {
            continue;
        }
        int status = search_part(search, parts, i, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

void csvk_search_release(struct csvk_search *search)
{
    csvk_free(search->table.slot);
    csvk_free(search->table.arena);
    memset(&search->table, 0, sizeof search->table);
}
