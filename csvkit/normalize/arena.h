/*
 * arena.h - private: memory for what lives until one record is decided: cells and decoded values of
 * its readings. Blocks are kept for the next record.
 */
#ifndef CSVKIT_NORMALIZE_ARENA_H
#define CSVKIT_NORMALIZE_ARENA_H

#include "csvkit/csvkit.h"

struct norm_arena_block;

/* All-zero is empty. */
struct norm_arena {
    struct norm_arena_block *first, *at;
    bool failed; /* out of memory: sticky until the next clear */
};

/* `size` bytes, aligned for anything; lives until the next clear. NULL: out of memory. */
void *norm_arena_take(struct norm_arena *arena, size_t size);
void norm_arena_clear(struct norm_arena *arena);
void norm_arena_release(struct norm_arena *arena);

#endif
