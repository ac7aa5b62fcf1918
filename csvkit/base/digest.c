/*
 * digest.c - see digest.h. The hash of a record depends on the order of its values, the hash of a
 * table on the order of its records: each step folds the hash so far together with what is new.
 */
#include "csvkit/base/digest.h"

#include "csvkit/base/hash.h"

uint64_t csvk_record_hash_value(uint64_t hash, struct csvk_bytes value)
{
    return csvk_hash(value.ptr, value.len, hash);
}

void csvk_digest_add(struct csvk_digest *digest, uint64_t record_hash, uint64_t fields)
{
    digest->records++;
    digest->fields += fields;
    digest->hash = csvk_hash_fold(digest->hash ^ record_hash ^ CSVK_HASH_A,
                                  (fields + digest->records * CSVK_HASH_C) ^ CSVK_HASH_B);
}

bool csvk_digest_equal(const struct csvk_digest *a, const struct csvk_digest *b)
{
    return a->records == b->records && a->fields == b->fields && a->hash == b->hash;
}

int csvk_digester_record(struct csvk_digester *digester, const struct csvk_batch *batch,
                         const struct csvk_record *record, uint64_t *hash)
{
    *hash = CSVK_RECORD_HASH;
    for (size_t i = 0; i < record->nfields; i++) {
        struct csvk_bytes value;
        int status =
            csvk_field_value(batch, record, i, &digester->dialect, &digester->room, &value);
        if (status != CSVK_OK) {
            return status;
        }
        *hash = csvk_record_hash_value(*hash, value);
    }
    return CSVK_OK;
}

void csvk_digester_release(struct csvk_digester *digester)
{
    csvk_buf_release(&digester->room);
}
