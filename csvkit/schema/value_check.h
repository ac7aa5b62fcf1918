/*
 * value_check.h - holds one value against the declared type of its column.
 *
 * The idea. A check is made once for each column, from its declaration and the backend. Its
 * `accepts` looks at a value in the quickest way and says true for the values that are plainly
 * good; whatever it does not know goes to value_judge, which decides alone: a small machine over
 * bytes for each type, readable rather than quick, without locale and without floating point.
 * Numbers are compared as strings of digits.
 *
 * Invariant: what `accepts` takes, value_judge takes (tests/unit/test_schema_values.c).
 */
#ifndef CSVKIT_SCHEMA_VALUE_CHECK_H
#define CSVKIT_SCHEMA_VALUE_CHECK_H

#include "csvkit/schema/schema.h"

/* What can be wrong with a value. The first three are faults on at least one backend; the others
   change a value, or are not known to be taken by all. */
enum value_fault_kind {
    VALUE_GOOD,
    VALUE_OF_OTHER_TYPE,
    VALUE_OUT_OF_RANGE,
    VALUE_TOO_LONG,
    VALUE_TOO_PRECISE,
    VALUE_AMBIGUOUS,
    VALUE_NOT_PORTABLE,
    VALUE_TOO_SHORT,
    VALUE_AGAINST_PATTERN,
};
struct value_fault {
    enum value_fault_kind kind;
    size_t at;       /* the first byte of the value that does not fit; 0: the whole value */
    const char *why; /* static: what is wrong, or what the loader does; NULL: nothing to add */
    uint64_t found, limit; /* VALUE_TOO_LONG: code points */
};

struct value_check;
typedef bool value_accepts_fn(const struct value_check *check, const unsigned char *value,
                              size_t length);
struct value_check {
    value_accepts_fn *accepts;
    enum csvk_value_type type;
    enum csvk_backend backend;
    bool required;
    bool quoted_empty_is_value; /* STRING on BigQuery */
    uint64_t length;            /* UINT64_MAX: no limit */
    uint64_t whole_digits, scale;
    uint64_t fraction_digits;     /* of a second that are kept */
    const struct csvw_cell *cell; /* CSVW; borrowed from the schema */
};

void value_check_init(struct value_check *check, const struct csvk_schema_column *column,
                      enum csvk_backend backend);
/* Does the text stand for no value? Also for the empty text. */
bool value_is_missing(const struct value_check *check, const unsigned char *value, size_t length);
/* What is wrong with a value that is not missing. Any thread. */
struct value_fault value_judge(const struct value_check *check, const unsigned char *value,
                               size_t length);

#endif
