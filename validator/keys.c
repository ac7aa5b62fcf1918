/* keys.c - the set of keys: collecting, joining two sets, and the final search. See keys.h. */
#include "validator/keys.h"

#include "csvkit/hash.h"
#include "validator/keys_parts.h"
#include "validator/keys_search.h"

#include <string.h>
#include <sys/auxv.h>

#define BLOCK_LEAST ((size_t)1 << 10)
#define BLOCK_MOST  ((size_t)64 << 10)

struct csvk_keys {
    char *temp_dir; /* NULL: the default */
    size_t limit, inline_limit;
    struct csvk_parts parts;
    struct csvk_buf room;    /* for a long key */
    struct csvk_spill longs; /* keys that are too long for a block, one behind the other */
    struct csvk_found found;
    struct csvk_keys_effort effort;
};

/* Random per process but the same for all sets in it, so that sets can be joined. */
static uint64_t process_seed(void)
{
    uint64_t seed = CSVK_HASH_A;
    unsigned long at = getauxval(AT_RANDOM);
    if (at != 0) {
        memcpy(&seed, (const void *)at, sizeof seed);
    }
    return csvk_hash_fold(seed ^ CSVK_HASH_B, CSVK_HASH_C);
}

/* Open blocks of all 256 partitions take a quarter of the memory at most. */
static size_t block_size_for(size_t limit)
{
    size_t size = BLOCK_LEAST;
    while (size < BLOCK_MOST && size * 2 * CSVK_PARTS <= limit / 4) {
        size *= 2;
    }
    return size;
}

int csvk_keys_new(struct csvk_keys **out, size_t memory_limit, const char *temp_dir,
                  struct csvk_error *err)
{
    struct csvk_keys *keys = csvk_calloc(1, sizeof *keys);
    if (keys == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_spill_init(&keys->longs, NULL);
    csvk_spill_init(&keys->parts.file, NULL);
    csvk_spill_init(&keys->found.file, NULL);
    if (temp_dir != NULL) {
        keys->temp_dir = csvk_strdup(temp_dir);
        if (keys->temp_dir == NULL) {
            csvk_keys_free(keys);
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    size_t limit = memory_limit != 0 ? memory_limit : CSVK_KEYS_MEMORY;
    keys->limit = limit < CSVK_KEYS_MEMORY_LEAST ? CSVK_KEYS_MEMORY_LEAST : limit;
    size_t block_size = block_size_for(keys->limit);
    keys->inline_limit = csvk_parts_inline_limit(block_size);
    csvk_spill_init(&keys->longs, keys->temp_dir);
    csvk_parts_init(&keys->parts, block_size, keys->limit / 16 * 13, keys->temp_dir);
    csvk_found_init(&keys->found, keys->limit / 16, keys->temp_dir);
    keys->parts.seed = process_seed();
    *out = keys;
    return CSVK_OK;
}

void csvk_keys_weaken_hash(struct csvk_keys *keys, uint64_t mask)
{
    keys->parts.mask = mask;
}

/* LEB128. */
static unsigned char *put_length(unsigned char *to, size_t length)
{
    for (; length >= 0x80; length >>= 7) {
        *to++ = (unsigned char)(length | 0x80);
    }
    *to++ = (unsigned char)length;
    return to;
}

static size_t length_size(size_t length)
{
    size_t n = 1;
    for (; length >= 0x80; length >>= 7) {
        n++;
    }
    return n;
}

/*
 * One key out of several values: each but the last is led by its length, so ("a","bc") and
 * ("ab","c") differ.
 */
static size_t joined_size(const struct csvk_bytes *values, size_t count)
{
    size_t size = values[count - 1].len;
    for (size_t i = 0; i + 1 < count; i++) {
        size += length_size(values[i].len) + values[i].len;
    }
    return size;
}

static void join(const struct csvk_bytes *values, size_t count, unsigned char *to)
{
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count) {
            to = put_length(to, values[i].len);
        }
        if (values[i].len > 0) {
            csvk_copy_short(to, values[i].ptr, values[i].len);
            to += values[i].len;
        }
    }
}

/* Of the values where they lie: bytes that were just written are slow to read again. */
static uint64_t hash_values(const struct csvk_keys *keys, const struct csvk_bytes *values,
                            size_t count)
{
    uint64_t hash = keys->parts.seed;
    for (size_t i = 0; i < count; i++) {
        hash = csvk_hash(values[i].ptr, values[i].len, hash);
    }
    return hash & keys->parts.mask;
}

/* A key that is too long for a block goes to the file of long keys; its entry keeps the place. */
static int add_long(struct csvk_keys *keys, const struct csvk_bytes *values, size_t count,
                    struct csvk_entry *entry, struct csvk_error *err)
{
    csvk_buf_clear(&keys->room);
    if (csvk_buf_reserve(&keys->room, entry->key.len) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a key of %zu bytes", entry->key.len);
    }
    join(values, count, keys->room.data);
    entry->long_at = keys->longs.size;
    entry->long_hash = hash_values(keys, values, count);
    int status =
        csvk_spill_write(&keys->longs, entry->long_at, keys->room.data, entry->key.len, err);
    csvk_buf_release(&keys->room);
    if (status != CSVK_OK) {
        return status;
    }
    entry->key.ptr = NULL;
    return csvk_parts_add(&keys->parts, csvk_parts_index(entry->long_hash), entry, err);
}

int csvk_keys_add(struct csvk_keys *keys, const struct csvk_bytes *values, size_t count,
                  struct csvk_key_place place, struct csvk_error *err)
{
    static const unsigned char nothing[1];
    struct csvk_entry entry = {.record = place.record,
                               .offset = place.offset,
                               .key = {nothing, joined_size(values, count)}};
    if (entry.key.len > keys->inline_limit) {
        return add_long(keys, values, count, &entry, err);
    }
    unsigned char *body;
    size_t i = csvk_parts_index(hash_values(keys, values, count));
    int status = csvk_parts_place(&keys->parts, i, &entry, &body, err);
    if (status == CSVK_OK) {
        join(values, count, body);
    }
    return status;
}

/* ---- joining ---- */

static int copy_longs(struct csvk_keys *left, const struct csvk_keys *right, struct csvk_error *err)
{
    unsigned char piece[16384];
    for (uint64_t at = 0; at < right->longs.size;) {
        uint64_t rest = right->longs.size - at;
        size_t n = rest < sizeof piece ? (size_t)rest : sizeof piece;
        int status = csvk_spill_read(&right->longs, at, piece, n, err);
        if (status == CSVK_OK) {
            status = csvk_spill_write(&left->longs, left->longs.size, piece, n, err);
        }
        if (status != CSVK_OK) {
            return status;
        }
        at += n;
    }
    return CSVK_OK;
}

static int copy_entries(struct csvk_keys *left, size_t i, const struct csvk_block *block,
                        struct csvk_error *err)
{
    const unsigned char *p = block->bytes, *end = block->bytes + block->used;
    while (p < end) {
        struct csvk_entry entry;
        p = csvk_entry_read(block, p, left->inline_limit, &entry);
        int status = csvk_parts_add(&left->parts, i, &entry, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* A block that is nearly full changes hands; the entries of others are copied, to waste no room. */
static int join_part(struct csvk_keys *left, struct csvk_keys *right, size_t i,
                     const struct csvk_block *raise, struct csvk_error *err)
{
    struct csvk_parts_walk walk;
    csvk_parts_walk_init(&walk, &right->parts, i);
    struct csvk_block *block = NULL;
    for (;;) {
        int status = csvk_parts_walk_next(&walk, block, &block, err);
        if (status != CSVK_OK || block == NULL) {
            return status;
        }
        block->base_record += raise->base_record;
        block->base_offset += raise->base_offset;
        block->long_base += raise->long_base;
        if (block->used >= left->parts.block_size / 4 * 3) {
            status = csvk_parts_adopt(&left->parts, i, block, err);
            block = NULL;
        } else {
            status = copy_entries(left, i, block, err);
        }
        if (status != CSVK_OK) {
            csvk_free(block);
            return status;
        }
    }
}

int csvk_keys_merge(struct csvk_keys *left, struct csvk_keys *right, struct csvk_keys_shift shift,
                    struct csvk_error *err)
{
    if (left->limit != right->limit || left->parts.mask != right->parts.mask) {
        return csvk_fail(err, CSVK_EUSAGE, "sets of keys with different limits cannot be joined");
    }
    const struct csvk_block raise = {
        .base_record = shift.records, .base_offset = shift.offsets, .long_base = left->longs.size};
    int status = copy_longs(left, right, err);
    for (size_t i = 0; i < CSVK_PARTS && status == CSVK_OK; i++) {
        status = join_part(left, right, i, &raise, err);
    }
    right->effort.spilled += right->parts.file.written + right->longs.written;
    left->effort.spilled += right->effort.spilled;
    csvk_parts_release(&right->parts);
    csvk_spill_release(&right->longs);
    return status;
}

/* ---- the end ---- */

int csvk_keys_finish(struct csvk_keys *keys, csvk_duplicate_fn *found, void *context,
                     struct csvk_error *err)
{
    struct csvk_search search = {
        .longs = &keys->longs, .found = &keys->found, .memory = keys->limit};
    csvk_parts_drop_spare(&keys->parts);
    int status = csvk_search_parts(&search, &keys->parts, err);
    csvk_search_release(&search);
    keys->effort.splits += search.splits;
    keys->effort.spilled += search.spilled + keys->parts.file.written + keys->longs.written;
    csvk_parts_release(&keys->parts);
    csvk_spill_release(&keys->longs);
    if (status == CSVK_OK && found != NULL) {
        status = csvk_found_report(&keys->found, found, context, err);
    }
    return status;
}

uint64_t csvk_keys_duplicates(const struct csvk_keys *keys)
{
    return keys->found.total;
}

struct csvk_keys_effort csvk_keys_effort(const struct csvk_keys *keys)
{
    return keys->effort;
}

void csvk_keys_free(struct csvk_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    csvk_parts_release(&keys->parts);
    csvk_spill_release(&keys->longs);
    csvk_found_release(&keys->found);
    csvk_buf_release(&keys->room);
    csvk_free(keys->temp_dir);
    csvk_free(keys);
}
