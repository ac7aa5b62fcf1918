/*
 * keys_block.c - see keys_block.h.
 *
 * Invariant: a slab counts those who hold it, which are its blocks, and the cutter while there is
 * room.
 */
#include "validator/keys/keys_block.h"

#include "csvkit/base/large_pages.h"

#define SLAB_SIZE ((size_t)4 << 20)

struct csvk_key_slab {
    size_t holders; /* atomic: blocks are freed by several threads */
    size_t cut;     /* bytes of it */
    struct csvk_large memory;
};

static struct csvk_key_slab *new_slab(void)
{
    struct csvk_key_slab *slab = csvk_malloc(sizeof *slab);
    struct csvk_large memory;
    if (slab == NULL || !csvk_large_take(&memory, SLAB_SIZE)) {
        csvk_free(slab);
        return NULL;
    }
    *slab = (struct csvk_key_slab){1, 0, memory};
    return slab;
}

static void let_go(struct csvk_key_slab *slab)
{
    if (__atomic_sub_fetch(&slab->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        csvk_large_release(&slab->memory);
        csvk_free(slab);
    }
}

void csvk_key_cutter_release(struct csvk_key_cutter *cutter)
{
    if (cutter->slab != NULL) {
        let_go(cutter->slab);
        cutter->slab = NULL;
    }
}

static struct csvk_key_block *cut(struct csvk_key_cutter *cutter)
{
    if (cutter->slab != NULL && SLAB_SIZE - cutter->slab->cut < cutter->block_size) {
        csvk_key_cutter_release(cutter);
    }
    struct csvk_key_slab *slab = cutter->slab != NULL ? cutter->slab : new_slab();
    if (slab == NULL) {
        return NULL;
    }
    cutter->slab = slab;
    struct csvk_key_block *block = (void *)(slab->memory.bytes + slab->cut);
    slab->cut += cutter->block_size;
    __atomic_fetch_add(&slab->holders, 1, __ATOMIC_RELAXED);
    block->slab = slab;
    return block;
}

struct csvk_key_block *csvk_key_block_new(struct csvk_key_cutter *cutter)
{
    if (cutter->from_slabs && cutter->alone == CSVK_KEY_BLOCKS_ALONE) {
        return cut(cutter);
    }
    cutter->alone += cutter->from_slabs;
    struct csvk_key_block *block = csvk_malloc(cutter->block_size);
    if (block != NULL) {
        block->slab = NULL;
    }
    return block;
}

void csvk_key_block_free(struct csvk_key_block *block)
{
    if (block != NULL && block->slab != NULL) {
        let_go(block->slab);
    } else {
        csvk_free(block);
    }
}
