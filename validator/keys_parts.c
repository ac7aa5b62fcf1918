/*
 * keys_parts.c - see keys_parts.h for the format.
 *
 * Invariant: within a partition the entries are in the order in which they were added, on disk
 * first, then in memory; so the first entry of a key is the one of its first record.
 */
#include "validator/keys_parts.h"

#include "csvkit/hash.h"

#include <string.h>

#define ENTRY_HEAD  8  /* record and offset */
#define LENGTH_MOST 10 /* LEB128 of 64 bits */
#define LONG_TAIL   16 /* position and hash */

static size_t block_room(size_t block_size)
{
    return block_size - sizeof(struct csvk_block);
}

size_t csvk_parts_inline_limit(size_t block_size)
{
    return block_room(block_size) / 4;
}

void csvk_parts_init(struct csvk_parts *parts, size_t block_size, size_t limit, const char *dir)
{
    memset(parts, 0, sizeof *parts);
    csvk_spill_init(&parts->file, dir);
    parts->block_size = block_size;
    parts->limit = limit;
    parts->mask = UINT64_MAX;
}

uint64_t csvk_parts_hash(const struct csvk_parts *parts, const struct csvk_entry *entry)
{
    uint64_t hash = entry->key.ptr != NULL
                        ? csvk_hash(entry->key.ptr, entry->key.len, parts->seed)
                        : csvk_hash_fold(entry->long_hash ^ CSVK_HASH_A, parts->seed ^ CSVK_HASH_B);
    return hash & parts->mask;
}

static void free_blocks(struct csvk_block *block)
{
    while (block != NULL) {
        struct csvk_block *next = block->next;
        csvk_free(block);
        block = next;
    }
}

void csvk_parts_drop_spare(struct csvk_parts *parts)
{
    free_blocks(parts->spare);
    parts->spare = NULL;
}

/* ---- to disk ---- */

static void close_block(struct csvk_part *part)
{
    if (part->at != NULL) {
        part->last->used = (uint64_t)(part->at - part->last->bytes);
        part->last->entries = part->entries - part->entries_before;
        part->at = part->end = NULL;
    }
}

static uint64_t reserve_place(struct csvk_parts *parts)
{
    uint64_t at = parts->reserved;
    parts->reserved += parts->block_size;
    return at;
}

static int write_block(struct csvk_parts *parts, struct csvk_part *part, struct csvk_block *block,
                       struct csvk_error *err)
{
    uint64_t at = part->disk_next;
    if (part->disk_blocks == 0) {
        at = reserve_place(parts);
        part->disk_first = at;
    }
    part->disk_next = reserve_place(parts);
    block->next_at = part->disk_next;
    int status =
        csvk_spill_write(&parts->file, at, block, sizeof *block + (size_t)block->used, err);
    part->disk_blocks += status == CSVK_OK;
    return status;
}

/* Writes the blocks of a partition from its first one up to, but not with, `stop`. */
static int spill_part(struct csvk_parts *parts, struct csvk_part *part, struct csvk_block *stop,
                      struct csvk_error *err)
{
    while (part->first != stop) {
        struct csvk_block *block = part->first;
        int status = write_block(parts, part, block, err);
        if (status != CSVK_OK) {
            return status;
        }
        part->first = block->next;
        parts->resident -= parts->block_size;
        block->next = parts->spare;
        parts->spare = block;
    }
    if (part->first == NULL) {
        part->last = NULL;
    }
    return CSVK_OK;
}

static int spill_closed(struct csvk_parts *parts, struct csvk_error *err)
{
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        struct csvk_part *part = &parts->part[i];
        int status = spill_part(parts, part, part->at != NULL ? part->last : NULL, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

int csvk_parts_spill_all(struct csvk_parts *parts, struct csvk_error *err)
{
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        close_block(&parts->part[i]);
        int status = spill_part(parts, &parts->part[i], NULL, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    csvk_parts_drop_spare(parts);
    return CSVK_OK;
}

/* ---- appending ---- */

static void link_block(struct csvk_parts *parts, struct csvk_part *part, struct csvk_block *block)
{
    block->next = NULL;
    if (part->last != NULL) {
        part->last->next = block;
    } else {
        part->first = block;
    }
    part->last = block;
    parts->resident += parts->block_size;
}

static struct csvk_block *fresh_block(struct csvk_parts *parts)
{
    struct csvk_block *block = parts->spare;
    if (block == NULL) {
        return csvk_malloc(parts->block_size);
    }
    parts->spare = block->next;
    return block;
}

static int open_block(struct csvk_parts *parts, struct csvk_part *part,
                      const struct csvk_entry *entry, struct csvk_error *err)
{
    close_block(part);
    if (parts->resident + parts->block_size > parts->limit) {
        int status = spill_closed(parts, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    struct csvk_block *block = fresh_block(parts);
    if (block == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while collecting keys");
    }
    *block = (struct csvk_block){.base_record = entry->record, .base_offset = entry->offset};
    link_block(parts, part, block);
    part->at = block->bytes;
    part->end = block->bytes + block_room(parts->block_size);
    part->base_record = entry->record;
    part->base_offset = entry->offset;
    part->entries_before = part->entries;
    return CSVK_OK;
}

static size_t tail_size(const struct csvk_entry *entry)
{
    return entry->key.ptr != NULL ? entry->key.len : LONG_TAIL;
}

static bool fits(const struct csvk_part *part, const struct csvk_entry *entry)
{
    return (size_t)(part->end - part->at) >= ENTRY_HEAD + LENGTH_MOST + tail_size(entry) &&
           entry->record - part->base_record <= UINT32_MAX &&
           entry->offset - part->base_offset <= UINT32_MAX;
}

static unsigned char *put_length(unsigned char *p, uint64_t length)
{
    while (length >= 0x80) {
        *p++ = (unsigned char)(length | 0x80);
        length >>= 7;
    }
    *p++ = (unsigned char)length;
    return p;
}

static void put_long(unsigned char *p, const struct csvk_entry *entry)
{
    memcpy(p, &entry->long_at, 8);
    memcpy(p + 8, &entry->long_hash, 8);
}

int csvk_parts_place(struct csvk_parts *parts, size_t i, const struct csvk_entry *entry,
                     unsigned char **body, struct csvk_error *err)
{
    struct csvk_part *part = &parts->part[i];
    if (part->at == NULL || !fits(part, entry)) {
        int status = open_block(parts, part, entry, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    unsigned char *p = part->at;
    uint32_t place[2] = {(uint32_t)(entry->record - part->base_record),
                         (uint32_t)(entry->offset - part->base_offset)};
    memcpy(p, place, ENTRY_HEAD);
    p = put_length(p + ENTRY_HEAD, entry->key.len);
    *body = p;
    p += tail_size(entry);
    part->entries++;
    part->bytes += (uint64_t)(p - part->at);
    part->at = p;
    return CSVK_OK;
}

int csvk_parts_add(struct csvk_parts *parts, size_t i, const struct csvk_entry *entry,
                   struct csvk_error *err)
{
    unsigned char *body;
    int status = csvk_parts_place(parts, i, entry, &body, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (entry->key.ptr != NULL) {
        csvk_copy_short(body, entry->key.ptr, entry->key.len);
    } else {
        put_long(body, entry);
    }
    return CSVK_OK;
}

int csvk_parts_adopt(struct csvk_parts *parts, size_t i, struct csvk_block *block,
                     struct csvk_error *err)
{
    struct csvk_part *part = &parts->part[i];
    close_block(part);
    link_block(parts, part, block);
    part->entries += block->entries;
    part->bytes += block->used;
    return parts->resident > parts->limit ? spill_closed(parts, err) : CSVK_OK;
}

void csvk_parts_release(struct csvk_parts *parts)
{
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        free_blocks(parts->part[i].first);
    }
    csvk_parts_drop_spare(parts);
    csvk_spill_release(&parts->file);
    memset(parts->part, 0, sizeof parts->part);
    parts->resident = 0;
    parts->reserved = 0;
}

/* ---- reading ---- */

void csvk_parts_walk_init(struct csvk_parts_walk *walk, struct csvk_parts *parts, size_t i)
{
    struct csvk_part *part = &parts->part[i];
    close_block(part);
    *walk = (struct csvk_parts_walk){parts, part, part->disk_blocks, part->disk_first};
}

static int read_block(struct csvk_parts_walk *walk, struct csvk_block *block,
                      struct csvk_error *err)
{
    struct csvk_parts *parts = walk->parts;
    uint64_t left = parts->file.size - walk->disk_at;
    size_t size = left < parts->block_size ? (size_t)left : parts->block_size;
    int status = csvk_spill_read(&parts->file, walk->disk_at, block, size, err);
    if (status == CSVK_OK) {
        walk->disk_at = block->next_at;
        walk->disk_left--;
    }
    return status;
}

static struct csvk_block *take_block(struct csvk_parts *parts, struct csvk_part *part)
{
    struct csvk_block *block = part->first;
    part->first = block->next;
    if (part->first == NULL) {
        part->last = NULL;
    }
    parts->resident -= parts->block_size;
    return block;
}

int csvk_parts_walk_next(struct csvk_parts_walk *walk, struct csvk_block *reuse,
                         struct csvk_block **out, struct csvk_error *err)
{
    *out = NULL;
    if (walk->disk_left == 0) {
        csvk_free(reuse);
        if (walk->part->first != NULL) {
            *out = take_block(walk->parts, walk->part);
        }
        return CSVK_OK;
    }
    struct csvk_block *block = reuse != NULL ? reuse : csvk_malloc(walk->parts->block_size);
    if (block == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while searching keys");
    }
    int status = read_block(walk, block, err);
    if (status != CSVK_OK) {
        csvk_free(block);
        return status;
    }
    *out = block;
    return CSVK_OK;
}

static const unsigned char *get_length(const unsigned char *p, uint64_t *length)
{
    uint64_t value = 0;
    unsigned shift = 0;
    while (*p >= 0x80) {
        value |= (uint64_t)(*p++ & 0x7f) << shift;
        shift += 7;
    }
    *length = value | (uint64_t)*p++ << shift;
    return p;
}

const unsigned char *csvk_entry_read(const struct csvk_block *block, const unsigned char *p,
                                     size_t inline_limit, struct csvk_entry *entry)
{
    uint32_t place[2];
    uint64_t length;
    memcpy(place, p, ENTRY_HEAD);
    p = get_length(p + ENTRY_HEAD, &length);
    entry->record = block->base_record + place[0];
    entry->offset = block->base_offset + place[1];
    entry->key.len = (size_t)length;
    if (length <= inline_limit) {
        entry->key.ptr = p;
        return p + length;
    }
    entry->key.ptr = NULL;
    memcpy(&entry->long_at, p, 8);
    memcpy(&entry->long_hash, p + 8, 8);
    entry->long_at += block->long_base;
    return p + LONG_TAIL;
}
