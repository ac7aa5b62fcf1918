/* keys_join.h - private: the partitions of two sets become one. */
#ifndef VALIDATOR_KEYS_KEYS_JOIN_H
#define VALIDATOR_KEYS_KEYS_JOIN_H

#include "validator/keys/keys_parts.h"

/*
 * Moves partition `i` of `right`, which has entries or words, behind that of `left`. What the
 * header of `raise` says is added to that of every block. `right` can only be released afterwards,
 * also after a failure: CSVK_EIO, CSVK_ENOMEM.
 */
int csvk_parts_join_entries(struct csvk_parts *left, struct csvk_parts *right, size_t i,
                            const struct csvk_key_block *raise,
                            struct csvk_error *err) CSVK_MUST_USE;
int csvk_parts_join_words(struct csvk_parts *left, struct csvk_parts *right, size_t i,
                          const struct csvk_key_block *raise, struct csvk_error *err) CSVK_MUST_USE;

#endif
