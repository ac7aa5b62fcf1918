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
value_accepts_fn accepts_date, accepts_timestamp, accepts_datetime, accepts_year;
/* value_csvw.c */
value_judge_fn judge_csvw;
value_accepts_fn accepts_csvw;
int csvw_check_init(struct value_check *check, const struct csvk_schema_column *column,
                    struct csvk_error *err) CSVK_MUST_USE;
bool csvw_is_missing(const struct value_check *check, const unsigned char *value, size_t length);
int csvw_write_key(const struct value_check *check, const unsigned char *value, size_t length,
                   struct csvk_buf *out) CSVK_MUST_USE;
/* value_table.c */
value_judge_fn judge_table_string, judge_table_integer, judge_table_number, judge_table_boolean,
    judge_table_moment, judge_table_duration, judge_table_json, judge_table_list;
value_accepts_fn accepts_table_string, accepts_nothing;
/* value_strings.c */
value_judge_fn judge_table_geopoint;
size_t value_email_end(const unsigned char *text, size_t length);
size_t value_uri_end(const unsigned char *text, size_t length);
size_t value_uuid_end(const unsigned char *text, size_t length);
size_t value_base64_end(const unsigned char *text, size_t length, uint64_t *decoded);

/* value_numbers.c: a number as a Table Schema has it by default. The first byte that does not fit,
   or the length. */
size_t value_number_bad(const unsigned char *text, size_t length);
/* Two of them, exactly: < 0, 0, > 0. */
int value_compare_numbers(struct csvk_bytes a, struct csvk_bytes b);
/* A text that is the same for equal numbers. */
int value_write_number_key(struct csvk_bytes number, struct csvk_buf *out) CSVK_MUST_USE;

/* value_check.c: the type alone, without constraints. */
struct value_fault value_judge_type(const struct value_check *check, const unsigned char *value,
                                    size_t length);
void value_check_plain(struct value_check *check, const struct csvk_schema_column *column,
                       enum csvk_backend backend);

/* ---- value_constraints.c --------------------------------------------------------------------- */

/* Texts that are looked up; sorted by length, then bytes. */
struct value_words {
    struct csvk_strings texts;
    struct csvk_bytes *item;   /* into `texts` */
    size_t count, least, most; /* lengths of the shortest and the longest */
};
/* `words` is empty. CSVK_ENOMEM; release in any case. */
int value_words_init(struct value_words *words, const struct csvk_strings *texts) CSVK_MUST_USE;
void value_words_release(struct value_words *words);
bool value_words_have(const struct value_words *words, const unsigned char *text, size_t length);

enum { LIMIT_MINIMUM, LIMIT_MAXIMUM, LIMIT_EXCLUSIVE_MINIMUM, LIMIT_EXCLUSIVE_MAXIMUM, LIMITS };

struct value_pattern;
struct value_constraints {
    char *format;                               /* of strptime; NULL: the default form */
    char decimal[5], group[5];                  /* "" for group: none */
    bool dressed;                               /* other characters may stand around a number */
    bool rewritten;                             /* numbers do not stand in the default form */
    struct value_words true_words, false_words; /* count 0: those of the type */
    struct value_words missing;                 /* but the empty text, which is: */
    bool empty_is_value;
    char *separator;          /* of a list */
    struct value_check *item; /* what each item is held against */
    char *limit[LIMITS];      /* in the default form */
    uint64_t least_length, most_length;
    struct value_words values; /* keys (value_write_key); count 0: all are good */
    struct value_pattern *pattern;
    bool only_missing;          /* nothing but `missing` is declared */
    struct csvk_buf plain, key; /* room for a value at hand */
};

/* The number in the default form, in `plain` of the constraints; *bad as value_number_bad, in the
   value as it is. CSVK_ENOMEM. */
int value_plain_number(const struct value_check *check, const unsigned char *value, size_t length,
                       struct csvk_bytes *plain, size_t *bad) CSVK_MUST_USE;
/* What a column declares besides its type; check->type and format are set. CSVK_EUSAGE,
   CSVK_ENOMEM; value_constraints_free in any case. */
int value_constraints_new(struct value_check *check, const struct csvk_schema_column *column,
                          const struct csvk_strings *missing, struct csvk_error *err) CSVK_MUST_USE;
void value_constraints_free(struct value_constraints *constraints);
/* A good value against what is declared besides its type. */
struct value_fault value_judge_constraints(const struct value_check *check,
                                           const unsigned char *value, size_t length);

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
