/* value_private.h - private: the judges of values, by type, and what they share. */
#ifndef CSVKIT_SCHEMA_VALUE_PRIVATE_H
#define CSVKIT_SCHEMA_VALUE_PRIVATE_H

#include "csvkit/schema/value_check.h"

typedef struct value_fault value_judge_fn(const struct value_check *check,
                                          const unsigned char *value, size_t length);
/* value_numbers.c */
value_judge_fn judge_integer, judge_numeric, judge_float;
value_accepts_fn accepts_integer, accepts_numeric, accepts_float;
/* value_times.c */
value_judge_fn judge_date, judge_timestamp;
value_accepts_fn accepts_date, accepts_timestamp;
/* value_table.c */
value_judge_fn judge_csvw;
value_accepts_fn accepts_csvw;
bool csvw_is_missing(const struct value_check *check, const unsigned char *value, size_t length);
value_judge_fn judge_table_integer, judge_table_number, judge_table_boolean, judge_table_date;

static inline bool value_is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static inline bool value_is_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}

/* Equal to a word in capital letters, in any case. */
bool value_is_word(const unsigned char *value, size_t length, const char *word);

static inline struct value_fault value_good(void)
{
    return (struct value_fault){.kind = VALUE_GOOD};
}

static inline struct value_fault value_bad(enum value_fault_kind kind, size_t at, const char *why)
{
    return (struct value_fault){.kind = kind, .at = at, .why = why};
}

#endif
