/* keys_join.c - see keys_join.h. */
#include "validator/keys/keys_join.h"

#include <string.h>

typedef int copy_fn(struct csvk_parts *to, size_t i, const struct csvk_key_block *block,
                    struct csvk_error *err);

static int copy_entries(struct csvk_parts *to, size_t i, const struct csvk_key_block *block,
                        struct csvk_error *err)
{
    struct csvk_block_walk walk = csvk_block_walk(to, block);
    struct csvk_entry entry;
    int status = CSVK_OK;
    while (status == CSVK_OK && csvk_block_next(&walk, &entry)) {
        status = csvk_parts_add(to, i, &entry, err);
    }
    return status;
}

static int copy_words(struct csvk_parts *to, size_t i, const struct csvk_key_block *block,
                      struct csvk_error *err)
{
    int status = CSVK_OK;
    uint64_t word;
    for (size_t at = 0; at < block->used && status == CSVK_OK; at += sizeof word) {
        memcpy(&word, block->bytes + at, sizeof word);
        status = csvk_parts_put_word(to, i, word, err);
    }
    return status;
}

struct joining {
    struct csvk_parts *left, *right;
    const struct csvk_key_block *raise; /* added to the header of every block */
    copy_fn *copy;
};

/* A block that is three quarters full or more is taken over as it is; what is in others is copied,
   so that no room is wasted. */
static int join_part(const struct joining *j, size_t i, struct csvk_error *err)
{
    struct csvk_parts_walk walk;
    csvk_parts_walk_init(&walk, j->right, i);
    struct csvk_key_block *block = NULL;
    for (;;) {
        int status = csvk_parts_walk_next(&walk, block, &block, err);
        if (status != CSVK_OK || block == NULL) {
            return status;
        }
        block->base.record += j->raise->base.record;
        block->base.offset += j->raise->base.offset;
        block->base.drift += j->raise->base.drift;
        block->long_base += j->raise->long_base;
        if (block->used >= j->left->block_size / 4 * 3) {
            status = csvk_parts_adopt(j->left, i, block, err);
            block = NULL;
        } else {
            status = j->copy(j->left, i, block, err);
        }
        if (status != CSVK_OK) {
            csvk_key_block_free(block);
            return status;
        }
    }
}

int csvk_parts_join_entries(struct csvk_parts *left, struct csvk_parts *right, size_t i,
                            const struct csvk_key_block *raise, struct csvk_error *err)
{
    const struct joining entries = {left, right, raise, copy_entries};
    return join_part(&entries, i, err);
}

int csvk_parts_join_words(struct csvk_parts *left, struct csvk_parts *right, size_t i,
                          const struct csvk_key_block *raise, struct csvk_error *err)
{
    const struct joining words = {left, right, raise, copy_words};
    return join_part(&words, i, err);
}
