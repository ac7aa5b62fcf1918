/*
 * digest.h - what a table holds, in three numbers: records, fields, and a hash over all values in
 * their order. Two files with equal digests hold the same values, however they are written.
 *
 * Every value goes in with its length, and every record with its number of fields. So neither a
 * moved delimiter nor a moved line break leaves the digest as it was.
 */
#ifndef CSVKIT_BASE_DIGEST_H
#define CSVKIT_BASE_DIGEST_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_digest {
    uint64_t records, fields, hash; /* all zero for a table of nothing */
};

/*
 * The hash of one record: begin with CSVK_RECORD_HASH, put the values in with
 * csvk_record_hash_value, add the result to a digest with csvk_digest_add.
 */
#define CSVK_RECORD_HASH UINT64_C(0x6a09e667f3bcc909)
CSVK_FOR_EXTRA uint64_t csvk_record_hash_value(uint64_t hash, struct csvk_bytes value);
CSVK_FOR_EXTRA void csvk_digest_add(struct csvk_digest *digest, uint64_t record_hash,
                                    uint64_t fields);
CSVK_FOR_EXTRA bool csvk_digest_equal(const struct csvk_digest *a, const struct csvk_digest *b);

/*
 * Collects the digest of a table from records that were reported with fields. At first all of it is
 * zero but the dialect.
 */
struct csvk_digester {
    struct csvk_dialect dialect;
    struct csvk_digest digest;
    struct csvk_buf room;
};
/* The hash of one record of a batch. CSVK_ENOMEM. */
CSVK_FOR_EXTRA int csvk_digester_record(struct csvk_digester *digester,
                                        const struct csvk_batch *batch,
                                        const struct csvk_record *record,
                                        uint64_t *hash) CSVK_MUST_USE;
CSVK_FOR_EXTRA void csvk_digester_release(struct csvk_digester *digester);

#ifdef __cplusplus
}
#endif

#endif
