/*
 * keys_parts.c - see keys_parts.h for the format.
 *
 * Invariant: the entries of a partition are in the order in which they were added: first those on
 * disk, then those in memory. So the first entry of a key is that of the first record with this
 * key.
 */
#include "validator/keys/keys_parts.h"

#include "csvkit/base/hash.h"

/* With so much memory, what a slab has more than is used of it does not count. */
#define SLABS_FROM ((size_t)64 << 20)

static size_t block_room(size_t block_size)
{
    return block_size - sizeof(struct csvk_key_block);
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
    parts->cutter =
        (struct csvk_key_cutter){.block_size = block_size, .from_slabs = limit >= SLABS_FROM};
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

static void free_blocks(struct csvk_key_block *block)
{
    while (block != NULL) {
        struct csvk_key_block *next = block->next;
        csvk_key_block_free(block);
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
        part->bytes += part->last->used;
        part->at = part->end = NULL;
    }
}

void csvk_parts_close(struct csvk_parts *parts, size_t i)
{
    close_block(&parts->part[i]);
}

static uint64_t reserve_place(struct csvk_parts *parts)
{
    uint64_t at = parts->reserved;
    parts->reserved += parts->block_size;
    return at;
}

static int write_block(struct csvk_parts *parts, struct csvk_part *part,
                       struct csvk_key_block *block, struct csvk_error *err)
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

/* Writes closed blocks of a partition, oldest first, until only `keep` bytes are in memory. */
static int spill_part(struct csvk_parts *parts, struct csvk_part *part, size_t keep,
                      struct csvk_error *err)
{
    const struct csvk_key_block *open = part->at != NULL ? part->last : NULL;
    while (part->first != open && parts->resident > keep) {
        struct csvk_key_block *block = part->first;
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

/* Writes closed blocks, one partition after the other, until an eighth of the memory is free. */
static int spill_closed(struct csvk_parts *parts, struct csvk_error *err)
{
    const size_t keep = parts->limit / 8 * 7;
    int status = CSVK_OK;
    for (size_t n = 0; n < CSVK_PARTS && parts->resident > keep && status == CSVK_OK; n++) {
        status = spill_part(parts, &parts->part[parts->turn++ % CSVK_PARTS], keep, err);
    }
    return status;
}

int csvk_parts_spill_all(struct csvk_parts *parts, struct csvk_error *err)
{
    for (size_t i = 0; i < CSVK_PARTS; i++) {
        close_block(&parts->part[i]);
        int status = spill_part(parts, &parts->part[i], 0, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    csvk_parts_drop_spare(parts);
    return CSVK_OK;
}

/* ---- appending ---- */

static void link_block(struct csvk_parts *parts, struct csvk_part *part,
                       struct csvk_key_block *block)
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

static struct csvk_key_block *fresh_block(struct csvk_parts *parts)
{
    struct csvk_key_block *block = parts->spare;
    if (block == NULL) {
        return csvk_key_block_new(&parts->cutter);
    }
    parts->spare = block->next;
    return block;
}

int csvk_parts_open(struct csvk_parts *parts, size_t i, const struct csvk_entry *first,
                    struct csvk_error *err)
{
    struct csvk_part *part = &parts->part[i];
    close_block(part);
    if (parts->resident + parts->block_size > parts->limit) {
        int status = spill_closed(parts, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    struct csvk_key_block *block = fresh_block(parts);
    if (block == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while collecting keys");
    }
    *block = (struct csvk_key_block){.slab = block->slab, .base = first->place};
    link_block(parts, part, block);
    part->at = block->bytes;
    part->end = block->bytes + block_room(parts->block_size);
    part->place = first->place;
    part->entries_before = part->entries;
    return CSVK_OK;
}

static unsigned char *put_number(unsigned char *p, uint64_t number)
{
    while (number >= 0x80) {
        *p++ = (unsigned char)(number | 0x80);
        number >>= 7;
    }
    *p++ = (unsigned char)number;
    return p;
}

unsigned char *csvk_parts_put_head(unsigned char *p, struct csvk_key_place step, uint64_t length)
{
    *p++ = 0;
    p = put_number(p, step.record);
    p = put_number(p, step.offset);
    p = put_number(p, step.drift);
    return put_number(p, length);
}

static void put_long(unsigned char *p, const struct csvk_entry *entry)
{
    memcpy(p, &entry->long_at, 8);
    memcpy(p + 8, &entry->long_hash, 8);
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

int csvk_parts_adopt(struct csvk_parts *parts, size_t i, struct csvk_key_block *block,
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
    csvk_key_cutter_release(&parts->cutter);
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

static int read_block(struct csvk_parts_walk *walk, struct csvk_key_block *block,
                      struct csvk_error *err)
{
    struct csvk_parts *parts = walk->parts;
    uint64_t left = parts->file.size - walk->disk_at;
    size_t size = left < parts->block_size ? (size_t)left : parts->block_size;
    struct csvk_key_slab *slab = block->slab;
    int status = csvk_spill_read(&parts->file, walk->disk_at, block, size, err);
    block->slab = slab;
    if (status == CSVK_OK) {
        walk->disk_at = block->next_at;
        walk->disk_left--;
    }
    return status;
}

static struct csvk_key_block *take_block(struct csvk_parts *parts, struct csvk_part *part)
{
    struct csvk_key_block *block = part->first;
    part->first = block->next;
    if (part->first == NULL) {
        part->last = NULL;
    }
    /* Partitions are read by several threads; it is a number that nobody looks at meanwhile. */
    __atomic_fetch_sub(&parts->resident, parts->block_size, __ATOMIC_RELAXED);
    return block;
}

/* Several threads read partitions of the same parts. */
static struct csvk_key_block *block_of_its_own(const struct csvk_parts *parts)
{
    struct csvk_key_cutter cutter = {.block_size = parts->block_size};
    return csvk_key_block_new(&cutter);
}

int csvk_parts_walk_next(struct csvk_parts_walk *walk, struct csvk_key_block *reuse,
                         struct csvk_key_block **out, struct csvk_error *err)
{
    *out = NULL;
    if (walk->disk_left == 0) {
        csvk_key_block_free(reuse);
        if (walk->part->first != NULL) {
            *out = take_block(walk->parts, walk->part);
        }
        return CSVK_OK;
    }
    struct csvk_key_block *block = reuse != NULL ? reuse : block_of_its_own(walk->parts);
    if (block == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while searching keys");
    }
    int status = read_block(walk, block, err);
    if (status != CSVK_OK) {
        csvk_key_block_free(block);
        return status;
    }
    *out = block;
    return CSVK_OK;
}

struct csvk_block_walk csvk_block_walk(const struct csvk_parts *parts,
                                       const struct csvk_key_block *block)
{
    return (struct csvk_block_walk){
        .at = block->bytes,
        .end = block->bytes + block->used,
        .place = block->base,
        .long_base = block->long_base,
        .inline_limit = csvk_parts_inline_limit(parts->block_size),
    };
}

static uint64_t get_number(const unsigned char **at)
{
    const unsigned char *p = *at;
    uint64_t number = 0;
    unsigned shift = 0;
    for (; *p >= 0x80; shift += 7) {
        number |= (uint64_t)(*p++ & 0x7f) << shift;
    }
    number |= (uint64_t)*p++ << shift;
    *at = p;
    return number;
}

/* Reads the head of an entry: moves the walk to the byte after it, returns the length of the key.
 */
static size_t get_head(struct csvk_block_walk *walk)
{
    const unsigned char *p = walk->at;
    if (p[0] != 0) {
        uint16_t offsets;
        memcpy(&offsets, p + 2, sizeof offsets);
        walk->place.record += p[0] & 0xf;
        walk->place.drift += p[0] >> 4;
        walk->place.offset += offsets;
        walk->at += CSVK_SHORT_HEAD;
        return p[1];
    }
    p++;
    walk->place.record += get_number(&p);
    walk->place.offset += get_number(&p);
    walk->place.drift += get_number(&p);
    size_t length = (size_t)get_number(&p);
    walk->at = p;
    return length;
}

bool csvk_block_next(struct csvk_block_walk *walk, struct csvk_entry *entry)
{
    if (walk->at >= walk->end) {
        return false;
    }
    size_t length = get_head(walk);
    const unsigned char *p = walk->at;
    *entry = (struct csvk_entry){.place = walk->place, .key = {p, length}};
    if (length <= walk->inline_limit) {
        walk->at += length;
        return true;
    }
    entry->key.ptr = NULL;
    memcpy(&entry->long_at, p, 8);
    memcpy(&entry->long_hash, p + 8, 8);
    entry->long_at += walk->long_base;
    walk->at += CSVK_LONG_TAIL;
    return true;
}
