/*
 * key_fields.h - private: finds the fields of a primary key in a record.
 *
 * A record without any fact is simple: it is enough to look for delimiters and closing enclosures,
 * and only up to the last key column. Records with a fact, and all records of a dialect with an
 * escape, a longer delimiter or blanks to skip, are read by the reference parser.
 */
#ifndef VALIDATOR_KEY_FIELDS_H
#define VALIDATOR_KEY_FIELDS_H

#include "csvkit/parse/record_fields.h"

struct key_columns {
    size_t count;
    size_t *column;                       /* each from 0, in the order of the key */
    size_t *order;                        /* indexes of `column`, ascending by column */
    size_t *sorted;                       /* column[order[i]] */
    bool in_row;                          /* each key column comes right after the one before it */
    struct csvk_field *field;             /* of the record at hand; offsets from its first byte */
    struct csvk_record_fields *reference; /* the reference parser; NULL until it is needed */
};

/* `count` columns, all 0. CSVK_ENOMEM; key_columns_release is needed in any case. */
int key_columns_init(struct key_columns *k, size_t count);
void key_columns_release(struct key_columns *k);
/* Fills `order`, `sorted` and `in_row`; call it when `column` is filled. */
void key_columns_sort(struct key_columns *k);

enum key_reading { KEY_BY_REFERENCE, KEY_IN_ORDER };

/*
 * Fills k->field for a record, given without its line break; CSVK_RECORD_SLACK bytes before and
 * after it must be readable. *found is false when the record has too few fields to have all key
 * columns. CSVK_ENOMEM.
 */
int key_columns_find(struct key_columns *k, struct csvk_bytes record,
                     const struct csvk_dialect *dialect, enum key_reading reading, bool *found);

/*
 * The fast way, for columns that are in_row and a record to be read KEY_IN_ORDER: their values in
 * one piece, with the delimiters between them. The length is 0 when that cannot be done: a key
 * column is missing or empty, or an enclosure comes before the end of the key. Then call
 * key_columns_find.
 */
struct csvk_bytes key_columns_piece(const struct key_columns *k, struct csvk_bytes record,
                                    const struct csvk_dialect *dialect);

#endif
