/*
 * key_fields.h - private: the fields of a primary key, out of whole records.
 *
 * A record in which nothing was found can be cut by looking for delimiters and closing enclosures,
 * and only as far as the last key column. Records with a quoting fact, and all records of a dialect
 * with an escape, are read as the reference parser says.
 */
#ifndef VALIDATOR_KEY_FIELDS_H
#define VALIDATOR_KEY_FIELDS_H

#include "csvkit/parse/record_fields.h"

struct key_columns {
    size_t count;
    size_t *column;                       /* each from 0, in the order of the key */
    size_t *order;                        /* indexes of `column`, ascending by column */
    size_t *sorted;                       /* column[order[i]] */
    bool in_row;                          /* each column stands right behind the one before */
    struct csvk_field *field;             /* of the record at hand, offsets from its first byte */
    struct csvk_record_fields *reference; /* reads as the reference parser does; NULL at first */
};

/* `count` columns, all 0. CSVK_ENOMEM; key_columns_release is needed in any case. */
int key_columns_init(struct key_columns *k, size_t count);
void key_columns_release(struct key_columns *k);
/* After `column` was filled. */
void key_columns_sort(struct key_columns *k);

enum key_reading { KEY_BY_REFERENCE, KEY_IN_ORDER };

/*
 * Fills k->field for the record at `record`, line break left out; the CSVK_RECORD_SLACK bytes
 * around it are readable. *found: false when the record is too short to have them all. CSVK_ENOMEM.
 */
int key_columns_find(struct key_columns *k, struct csvk_bytes record,
                     const struct csvk_dialect *dialect, enum key_reading reading, bool *found);

/*
 * For columns that stand in a row: their values in one piece with the delimiters between them,
 * when the record has them all, none is empty and none enclosed. Otherwise the length is 0, and
 * key_columns_find has to see to it. The record is one to be read KEY_IN_ORDER.
 */
struct csvk_bytes key_columns_piece(const struct key_columns *k, struct csvk_bytes record,
                                    const struct csvk_dialect *dialect);

#endif
