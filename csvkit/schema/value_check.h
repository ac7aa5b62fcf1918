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
    VALUE_TOO_SHORT, /* from here on: what only a schema file can say */
    VALUE_NOT_IN_LIST,
    VALUE_AGAINST_PATTERN,
    VALUE_NO_MEMORY, /* nothing is known about the value */
};
struct value_fault {
    enum value_fault_kind kind;
    size_t at;       /* the first byte of the value that does not fit; 0: the whole value */
    const char *why; /* static: what is wrong, or what the loader does; NULL: nothing to add */
    uint64_t found, limit; /* VALUE_TOO_LONG, VALUE_TOO_SHORT: code points, items, bytes */
    const char *form;      /* the pattern of days or times that it is not written by; borrowed from
                              the check; NULL: none */
};

/* What a format of a Table Schema means for the type. */
enum value_format {
    VALUE_FORMAT_DEFAULT,
    VALUE_FORMAT_EMAIL,
    VALUE_FORMAT_URI,
    VALUE_FORMAT_UUID,
    VALUE_FORMAT_BINARY,
    VALUE_FORMAT_ARRAY,
    VALUE_FORMAT_OBJECT,
    VALUE_FORMAT_PATTERN, /* of strptime */
};

struct value_check;
struct value_pattern;
struct value_constraints; /* what a schema file adds to the type: value_constraints.c */
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
    uint64_t fraction_digits; /* of a second that are kept */
    enum value_format format;
    value_accepts_fn *plain; /* of the type alone, when `accepts` looks at constraints, too */
    struct value_constraints *constraints; /* NULL: none */
    const struct csvw_cell *cell;          /* CSVW; borrowed from the schema; else NULL */
    struct value_pattern *pattern;         /* CSVW: the format when it is an expression; or NULL */
    /* CSVW: every text that is not empty is good; every text of up to 18 digits is. */
    bool takes_texts, takes_digits;
};

/*
 * Makes the check of a column of `schema`. All that is declared is copied. CSVK_EUSAGE: something
 * that is declared makes no sense for the type, or cannot be read: the text names it; CSVK_ENOMEM.
 * value_check_release in any case.
 */
int value_check_init(struct value_check *check, const struct csvk_schema *schema, size_t column,
                     enum csvk_backend backend, struct csvk_error *err) CSVK_MUST_USE;
void value_check_release(struct value_check *check);
/* Does the text stand for no value? Also for the empty text. */
bool value_is_missing(const struct value_check *check, const unsigned char *value, size_t length);
/*
 * Appends a text that is the same for values that are equal, and for no others of the column: 1,
 * 1.0 and 1e0 are one number. The value is a good one. CSVK_ENOMEM.
 */
int value_write_key(const struct value_check *check, const unsigned char *value, size_t length,
                    struct csvk_buf *out) CSVK_MUST_USE;
/* What is wrong with a value that is not missing. One thread at a time: patterns learn. */
struct value_fault value_judge(const struct value_check *check, const unsigned char *value,
                               size_t length);

#endif
