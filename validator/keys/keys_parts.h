/*
 * keys_parts.h - keys or hashes in 256 partitions: appended in memory, spilled to disk in blocks of
 * one size.
 *
 *   partition:  [block on disk] -> [block on disk] -> [block in memory] -> [open block]
 *
 * A block holds words of 8 bytes (hashes) or entries (keys). Its header has the place that its
 * entries count from, so a whole block is moved to other numbers by changing its header. An entry
 * is, with places counted from the entry before it,
 *
 *   record (4 bits, not 0), drift (4 bits)   length of the key (1 byte)   offset (2 bytes)   key
 *
 * or, when one of these does not fit, 0 and then all of them as LEB128 (record, offset, drift,
 * length), then the key. A key longer than a quarter of a block is not in its entry but in the file
 * of long keys; the entry then ends with { position - long_base, hash } instead of the key. Blocks
 * on disk are chained forwards: a block is written with the position that its successor will have,
 * so there is no directory that grows with the input.
 */
#ifndef VALIDATOR_KEYS_KEYS_PARTS_H
#define VALIDATOR_KEYS_KEYS_PARTS_H

#include "validator/keys/keys_block.h"
#include "validator/keys/keys_spill.h"

#include <string.h>

#define CSVK_PARTS 256

#define CSVK_SHORT_HEAD 4
#define CSVK_HEAD_MOST  41 /* 0 and four times LEB128 of 64 bits */
#define CSVK_LONG_TAIL  16 /* position and hash */

struct csvk_entry {
    struct csvk_key_place place;
    struct csvk_bytes key; /* ptr is NULL for a long key */
    uint64_t long_at;      /* where a long key lies in the file of long keys */
    uint64_t long_hash;    /* its hash; each level of the search mixes it with its own seed */
};

/* One partition. `at` to `end` is the free room in the open block; NULL: no block is open. */
struct csvk_part {
    /* What every added key touches comes first and together, because 256 of these structs share the
     * cache with as many ends of blocks. */
    unsigned char *at, *end;
    struct csvk_key_place place;         /* of the last entry in the open block */
    uint64_t entries;                    /* in all its blocks, when it holds entries */
    uint64_t entries_before;             /* entries before the open block */
    uint64_t bytes;                      /* in its closed blocks */
    struct csvk_key_block *first, *last; /* in memory, after those on disk */
    uint64_t disk_first, disk_next;      /* positions; disk_next is reserved for the next block */
    uint64_t disk_blocks;
};

struct csvk_parts {
    struct csvk_spill file;
    size_t block_size;
    struct csvk_key_cutter cutter;
    size_t limit;    /* bytes of blocks in memory before they are spilled */
    size_t resident; /* bytes of blocks in memory */
    /* Spilled blocks that will be filled again, which saves the kernel from clearing new memory. */
    struct csvk_key_block *spare;
    size_t turn;       /* the partition that is spilled next */
    uint64_t reserved; /* end of the file, including blocks that are reserved but not yet written */
    uint64_t seed, mask;
    struct csvk_part part[CSVK_PARTS];
};

/* The largest key that lies in the entry itself. */
size_t csvk_parts_inline_limit(size_t block_size);
void csvk_parts_init(struct csvk_parts *parts, size_t block_size, size_t limit, const char *dir);
uint64_t csvk_parts_hash(const struct csvk_parts *parts, const struct csvk_entry *entry);
/* Closes the open block of partition `i` and opens another one. CSVK_ENOMEM, CSVK_EIO. */
int csvk_parts_open(struct csvk_parts *parts, size_t i, const struct csvk_entry *first,
                    struct csvk_error *err) CSVK_MUST_USE;
/* Writes the head of an entry that does not fit into four bytes; returns the end of that head. */
unsigned char *csvk_parts_put_head(unsigned char *p, struct csvk_key_place step, uint64_t length);
static inline struct csvk_key_place csvk_key_step(const struct csvk_key_place *from,
                                                  const struct csvk_key_place *to)
{
    return (struct csvk_key_place){to->record - from->record, to->offset - from->offset,
                                   to->drift - from->drift};
}
/* Appends a copy of `entry` to partition `i`. CSVK_ENOMEM, CSVK_EIO. */
int csvk_parts_add(struct csvk_parts *parts, size_t i, const struct csvk_entry *entry,
                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * The same, but *body is where the caller must then write what follows the head: the entry->key.len
 * bytes of the key, or the CSVK_LONG_TAIL bytes of a long key. Of entry->key.ptr only matters
 * whether it is NULL.
 */
static inline int csvk_parts_place(struct csvk_parts *parts, size_t i,
                                   const struct csvk_entry *entry, unsigned char **body,
                                   struct csvk_error *err)
{
    struct csvk_part *part = &parts->part[i];
    const size_t length = entry->key.len;
    const size_t tail = entry->key.ptr != NULL ? length : CSVK_LONG_TAIL;
    if ((size_t)(part->end - part->at) < CSVK_HEAD_MOST + tail) {
        int status = csvk_parts_open(parts, i, entry, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    const struct csvk_key_place step = csvk_key_step(&part->place, &entry->place);
    if (step.record - 1 < 0xf && step.drift <= 0xf && step.offset <= 0xffff && length <= 0xff) {
        uint16_t two = (uint16_t)step.offset;
        part->at[0] = (unsigned char)(step.record | step.drift << 4);
        part->at[1] = (unsigned char)length;
        memcpy(part->at + 2, &two, sizeof two);
        *body = part->at + CSVK_SHORT_HEAD;
    } else {
        *body = csvk_parts_put_head(part->at, step, length);
    }
    part->at = *body + tail;
    part->place = entry->place;
    part->entries++;
    return CSVK_OK;
}
/* The partition of a hash: its first byte. */
static inline size_t csvk_parts_index(uint64_t hash)
{
    return (size_t)(hash >> 56);
}
/* Appends a word to partition `i`, which has no entries. CSVK_ENOMEM, CSVK_EIO. */
static inline int csvk_parts_put_word(struct csvk_parts *parts, size_t i, uint64_t word,
                                      struct csvk_error *err)
{
    static const struct csvk_entry nothing;
    struct csvk_part *part = &parts->part[i];
    if ((size_t)(part->end - part->at) < sizeof word) {
        int status = csvk_parts_open(parts, i, &nothing, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    memcpy(part->at, &word, sizeof word);
    part->at += sizeof word;
    return CSVK_OK;
}
/* Closes the open block of partition `i`, if there is one; then part[i].bytes counts all bytes. */
void csvk_parts_close(struct csvk_parts *parts, size_t i);
/* Frees the spare blocks, which only appending needs. */
void csvk_parts_drop_spare(struct csvk_parts *parts);
/* Writes all blocks in memory to disk, open ones included. CSVK_EIO. */
int csvk_parts_spill_all(struct csvk_parts *parts, struct csvk_error *err) CSVK_MUST_USE;
/* Appends a closed block of partition `i` of another set as it is. Both sets must have the same
   block size. Takes over the block in any case. CSVK_EIO. */
int csvk_parts_adopt(struct csvk_parts *parts, size_t i, struct csvk_key_block *block,
                     struct csvk_error *err) CSVK_MUST_USE;
void csvk_parts_release(struct csvk_parts *parts);

/* Walks over the blocks of one partition in order, and takes those in memory out of it. */
struct csvk_parts_walk {
    struct csvk_parts *parts;
    struct csvk_part *part;
    uint64_t disk_left, disk_at;
};
void csvk_parts_walk_init(struct csvk_parts_walk *walk, struct csvk_parts *parts, size_t i);
/*
 * Gives the next block, or NULL at the end. The caller owns it (csvk_key_block_free) and may hand
 * it back as `reuse`, which may be NULL; then it is freed or used again. CSVK_ENOMEM, CSVK_EIO.
 */
int csvk_parts_walk_next(struct csvk_parts_walk *walk, struct csvk_key_block *reuse,
                         struct csvk_key_block **out, struct csvk_error *err) CSVK_MUST_USE;

/* Walks over the entries of a closed block. */
struct csvk_block_walk {
    const unsigned char *at, *end;
    struct csvk_key_place place;
    uint64_t long_base;
    size_t inline_limit;
};
struct csvk_block_walk csvk_block_walk(const struct csvk_parts *parts,
                                       const struct csvk_key_block *block);
/* Gives the next entry, whose key stays in the block. False: there is none. */
bool csvk_block_next(struct csvk_block_walk *walk, struct csvk_entry *entry);

#endif
