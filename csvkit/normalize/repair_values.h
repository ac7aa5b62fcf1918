/* repair_values.h - private: values by a schema (r27); the idea is in repair_values.c. */
#ifndef CSVKIT_NORMALIZE_REPAIR_VALUES_H
#define CSVKIT_NORMALIZE_REPAIR_VALUES_H

#include "csvkit/csvkit.h"

struct norm;
struct norm_record;

/* A value of the record at hand that was rewritten; offsets into norm_types.text. */
struct norm_rewritten {
    size_t field; /* from 0 */
    size_t before, nbefore, after, nafter;
    const char *column;
};
struct norm_typed_column;
struct norm_types {
    struct norm_typed_column *column;
    size_t count;
    size_t *column_of; /* by field: its column; `count`: it has none; for `nfields` of them */
    size_t nfields;
    bool paired;                      /* the fields are known */
    struct norm_rewritten *rewritten; /* of the record at hand */
    size_t nrewritten, rewritten_capacity;
    struct csvk_buf text;   /* what they were and are */
    struct csvk_buf reason; /* why the record at hand is rejected */
};
/* norm->types, when there is a schema. */
int norm_types_new(struct norm *norm);
/* `types` gets the pairs of fields and columns that `from` has. CSVK_ENOMEM. */
int norm_types_share(struct norm_types *types, const struct norm_types *from);
void norm_types_free(struct norm_types *types); /* NULL is fine */
/* The names are in norm->value: finds the column of each field. Fails when they do not pair. */
int norm_pair_columns(struct norm *norm, const struct norm_record *rec);
/* A record of data: its values are rewritten, and it is written or rejected. */
int norm_write_typed(struct norm *norm, const struct norm_record *rec);

#endif
