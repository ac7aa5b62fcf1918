/*
 * keys_parts.h - keys, partitioned by hash, appended in memory and spilled in blocks of one size.
 *
 *   partition:  [block on disk] -> [block on disk] -> [block in memory] -> [open block]
 *
 * A block begins with a header that holds the record number and offset its entries count from, so
 * that an entry needs 4 + 4 bytes for them, and so that a whole block is moved to other numbers by
 * changing the header. An entry is
 *
 *   record - base (4)   offset - base (4)   length of the key (LEB128)   key
 *
 * A key longer than a quarter of a block lies outside, in the file of long keys; its entry ends
 * with { position - long_base, hash } instead of bytes. Blocks on disk are chained forwards: a
 * block is written with the place that its successor will have, so no directory grows with the
 * input.
 */
#ifndef CSVK_VALIDATOR_KEYS_PARTS_H
#define CSVK_VALIDATOR_KEYS_PARTS_H

#include "validator/keys_spill.h"

#define CSVK_PARTS 256

struct csvk_entry {
    uint64_t record, offset;
    struct csvk_bytes key; /* ptr is NULL for a long key */
    uint64_t long_at;      /* where a long key lies in the file of long keys */
    uint64_t long_hash;    /* its hash, which every level mixes with its own seed */
};

struct csvk_block {
    struct csvk_block *next; /* in memory */
    uint64_t next_at;        /* on disk: position of the successor */
    uint64_t base_record, base_offset, long_base;
    uint64_t used, entries; /* bytes of entries and their number: set when the block is closed */
    unsigned char bytes[];
};

/* One partition. `at` .. `end` is the room in the open block; NULL: no block is open. */
struct csvk_part {
    /* What every added key touches stands first and together: 256 of these share the cache with as
     * many ends of blocks. */
    unsigned char *at, *end;
    uint64_t base_record, base_offset;
    uint64_t entries, bytes;         /* in all its blocks */
    struct csvk_block *first, *last; /* in memory, after those on disk */
    uint64_t disk_first, disk_next;  /* positions; disk_next is reserved for the next block */
    uint64_t disk_blocks;
    uint64_t entries_before; /* the open block */
};

struct csvk_parts {
    struct csvk_spill file;
    size_t block_size;
    size_t limit;             /* bytes of blocks in memory before they are spilled */
    size_t resident;          /* bytes of blocks in memory */
    struct csvk_block *spare; /* spilled, to be filled again: the kernel need not clear new ones */
    uint64_t reserved;        /* end of the file, reserved blocks included */
    uint64_t seed, mask;
    struct csvk_part part[CSVK_PARTS];
};

/* The largest key that lies in the entry itself. */
size_t csvk_parts_inline_limit(size_t block_size);
void csvk_parts_init(struct csvk_parts *parts, size_t block_size, size_t limit, const char *dir);
uint64_t csvk_parts_hash(const struct csvk_parts *parts, const struct csvk_entry *entry);
/* Appends a copy of `entry` to partition `i` = the hash's first byte. CSVK_ENOMEM, CSVK_EIO. */
int csvk_parts_add(struct csvk_parts *parts, size_t i, const struct csvk_entry *entry,
                   struct csvk_error *err) CSVK_MUST_USE;
/* The same, but the caller writes the entry->key.len bytes of the key (which is not a long one) to
 *body at once; entry->key.ptr only has to be there. */
int csvk_parts_place(struct csvk_parts *parts, size_t i, const struct csvk_entry *entry,
                     unsigned char **body, struct csvk_error *err) CSVK_MUST_USE;
static inline size_t csvk_parts_index(uint64_t hash)
{
    return (size_t)(hash >> 56);
}
/* Gives memory back that only appending needs. */
void csvk_parts_drop_spare(struct csvk_parts *parts);
/* Writes everything that is in memory to disk, open blocks included. */
int csvk_parts_spill_all(struct csvk_parts *parts, struct csvk_error *err) CSVK_MUST_USE;
/* Appends a closed block of another set (same block size, same `i`) as it is; takes it over. */
int csvk_parts_adopt(struct csvk_parts *parts, size_t i, struct csvk_block *block,
                     struct csvk_error *err) CSVK_MUST_USE;
void csvk_parts_release(struct csvk_parts *parts);

/* Walks the blocks of one partition in order and takes those in memory out of it. */
struct csvk_parts_walk {
    struct csvk_parts *parts;
    struct csvk_part *part;
    uint64_t disk_left, disk_at;
};
void csvk_parts_walk_init(struct csvk_parts_walk *walk, struct csvk_parts *parts, size_t i);
/*
 * The next block, which the caller owns (csvk_free) and may hand back as `reuse` (or NULL): *out is
 * NULL at the end. CSVK_ENOMEM, CSVK_EIO.
 */
int csvk_parts_walk_next(struct csvk_parts_walk *walk, struct csvk_block *reuse,
                         struct csvk_block **out, struct csvk_error *err) CSVK_MUST_USE;
/* Decodes the entry at `p` inside `block`; answers where the next one begins. */
const unsigned char *csvk_entry_read(const struct csvk_block *block, const unsigned char *p,
                                     size_t inline_limit, struct csvk_entry *entry);

#endif
