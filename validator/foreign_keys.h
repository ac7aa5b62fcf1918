/*
 * foreign_keys.h - the values of some columns of a table against those of another: foreign-key.
 *
 * The idea. The table that is referred to is read once, and the values of its columns are kept in a
 * set, by the keys that equal values share (value_check.h). Then the other table is read, and each
 * record is looked up. Both tables have been judged before: a record of another width, or with a
 * value that is not of its type, is a finding already and is passed over.
 *
 * A set grows with the number of different keys, up to a limit that the caller states.
 */
#ifndef VALIDATOR_FOREIGN_KEYS_H
#define VALIDATOR_FOREIGN_KEYS_H

#include "validator/validator.h"

/* A table, and how it is read. Everything is borrowed. */
struct foreign_key_side {
    const char *path;
    const struct csvk_strings *slices;           /* of the folder `path`; NULL: it is one file */
    const char *encoding;                        /* NULL: UTF-8 */
    const struct csvk_validate_options *options; /* dialect, header (of each slice), schema,
                                                    backend, profile */
    const struct csvk_strings *columns;          /* names of columns of the schema */
};
struct foreign_key_check {
    struct foreign_key_side from, to;
    bool exactly_one; /* several records with the same key are a fault, too */
    bool null_refers; /* a record without a value refers to no record, which is a fault */
    uint64_t memory;  /* bytes for the set; 0: 256 MiB */
};
/*
 * Adds a finding for each record of `from` whose key is not in `to`, or not only once; there are as
 * many `findings` as `from` has files. A record in which one of the columns has no value refers to
 * nothing, unless null_refers. CSVK_ELIMIT: the
 * keys need more memory; CSVK_EUSAGE: there are no such columns; CSVK_EIO, CSVK_EDATA and
 * CSVK_ENOMEM.
 */
int foreign_key_judge(const struct foreign_key_check *check, struct csvk_findings findings[],
                      struct csvk_error *err) CSVK_MUST_USE;

#endif
