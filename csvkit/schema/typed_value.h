/*
 * typed_value.h - private: which types hold one value; what a column's values have in common.
 *
 * The idea. Every value is read once. Its first byte decides which family it may belong to (number
 * or date, word), and the family answers with the set of types that hold the value: those whose
 * values every backend takes and gives back as they were (column_evidence.h).
 *
 * Invariant: value_judge, at the level portable, has nothing to say about a value as a type that
 * holds it (tests/unit/test_typed_value.c).
 */
#ifndef CSVKIT_SCHEMA_TYPED_VALUE_H
#define CSVKIT_SCHEMA_TYPED_VALUE_H

#include "csvkit/base/for_extra.h"
#include "csvkit/schema/column_evidence.h"

#define TYPED_MANTISSA_DIGITS 18 /* that `mantissa` holds */

struct typed_value {
    unsigned types; /* 1 << enum csvk_type for each that holds it; never STRING */
    unsigned forms; /* enum csvk_typed_form */
    /* Of a number; all of them are digits that stand there. */
    size_t integer_digits, fraction_digits;
    uint64_t mantissa; /* all digits as one number, when they are at most TYPED_MANTISSA_DIGITS */
    int exponent;
    bool negative, number; /* `number`: INTEGER, NUMERIC or FLOAT holds it */
};
/* The value must not be empty. */
CSVK_FOR_EXTRA void csvk_typed_value_read(struct csvk_bytes text, struct typed_value *out);
/* Adds `count` values, read as `value`, to what is counted of a column. */
CSVK_FOR_EXTRA void csvk_column_evidence_count(struct csvk_column_types *column,
                                               const struct typed_value *value, uint64_t count);
/* Remembers what one of them is like: the longest, the most digits, the first that excludes. */
CSVK_FOR_EXTRA void csvk_column_evidence_note(struct csvk_column_types *column,
                                              const struct typed_value *value,
                                              struct csvk_bytes text, uint64_t record);
CSVK_FOR_EXTRA void csvk_column_evidence_empty(struct csvk_column_types *column, uint64_t record);
/* Adds the evidence of `right`, which came later, to `left`; when both know the numbers of their
   records in the whole (`numbered`), either may have come first. */
CSVK_FOR_EXTRA void csvk_column_evidence_merge(struct csvk_column_types *left,
                                               const struct csvk_column_types *right,
                                               bool numbered);

#endif
