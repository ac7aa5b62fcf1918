/*
 * keys_block.h - blocks of keys: how they lie in memory, and where their memory comes from.
 *
 * There may be a hundred thousand of them, so they are cut from slabs in large pages
 * (large_pages.h). A slab is freed with the last of its blocks. Where little memory is allowed, a
 * slab would be too much of it at once, and each block is allocated by itself.
 */
#ifndef VALIDATOR_KEYS_KEYS_BLOCK_H
#define VALIDATOR_KEYS_KEYS_BLOCK_H

#include "validator/keys/keys.h"

struct csvk_key_slab;

struct csvk_key_block {
    struct csvk_key_slab *slab;  /* NULL: none, it is a block of its own */
    struct csvk_key_block *next; /* in memory */
    uint64_t next_at;            /* on disk: position of the successor */
    struct csvk_key_place base;
    uint64_t long_base;
    uint64_t used, entries; /* bytes of entries and their number: set when the block is closed */
    unsigned char bytes[];
};

/* The first blocks are no part of a slab: a small table needs no more, and a slab costs more. */
enum { CSVK_KEY_BLOCKS_ALONE = 8 };

/* Where blocks of one size are cut from. By one thread at a time. All zero but for the sizes. */
struct csvk_key_cutter {
    size_t block_size;
    bool from_slabs;            /* all but the first ones */
    unsigned alone;             /* how many of those there were */
    struct csvk_key_slab *slab; /* the one that has room left */
};

/* A block whose `slab` is set and nothing else; NULL: no memory. */
struct csvk_key_block *csvk_key_block_new(struct csvk_key_cutter *cutter) CSVK_MUST_USE;
/* Any thread; NULL is allowed. */
void csvk_key_block_free(struct csvk_key_block *block);
/* Of its last slab only the blocks are left. */
void csvk_key_cutter_release(struct csvk_key_cutter *cutter);

#endif
