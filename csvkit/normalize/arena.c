/* arena.c - see arena.h: a list of blocks, each twice as large as the one before. */
#include "csvkit/normalize/arena.h"

enum { FIRST_BLOCK = 64 * 1024, ALIGNMENT = 16 };

struct norm_arena_block {
    struct norm_arena_block *next;
    size_t used, size;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static struct norm_arena_block *new_block(size_t size)
{
    struct norm_arena_block *block = csvk_malloc(sizeof *block + size);
    if (block != NULL) {
        *block = (struct norm_arena_block){.size = size};
    }
    return block;
}

/* The first block from the present one on that has room; a new one when none has. */
static struct norm_arena_block *find_room(struct norm_arena *arena, size_t size)
{
    struct norm_arena_block *last = NULL;
    for (struct norm_arena_block *b = arena->at; b != NULL; b = b->next) {
        if (b->size - b->used >= size) {
            return b;
        }
        last = b;
    }
    size_t next = last != NULL ? 2 * last->size : FIRST_BLOCK;
    struct norm_arena_block *block = new_block(next > size ? next : size);
    if (block != NULL && last != NULL) {
        last->next = block;
    } else if (block != NULL) {
        arena->first = block;
    }
    return block;
}

void *norm_arena_take(struct norm_arena *arena, size_t size)
{
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct norm_arena_block *block = arena->failed ? NULL : find_room(arena, size);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    arena->at = block;
    void *taken = block->bytes + block->used;
    block->used += size;
    return taken;
}

void norm_arena_clear(struct norm_arena *arena)
{
    for (struct norm_arena_block *b = arena->first; b != NULL; b = b->next) {
        b->used = 0;
    }
    arena->at = arena->first;
    arena->failed = false;
}

void norm_arena_release(struct norm_arena *arena)
{
    for (struct norm_arena_block *b = arena->first; b != NULL;) {
        struct norm_arena_block *next = b->next;
        csvk_free(b);
        b = next;
    }
    *arena = (struct norm_arena){0};
}
