/*
 * column_evidence.h - what the values of a column are like: which types hold all of them, and which
 * value excludes a type.
 *
 * The idea. A type holds a value when every backend takes it and it comes back as it was: a value
 * with leading zeros, a plus sign, more digits than a number keeps, a time zone or a day whose
 * month may be either number excludes the type, and STRING holds everything. So what is proposed
 * for the values of a column is never broken by one of them. There is one definition of that
 * (typed_value.h); `manifest create --data-type=auto`, `stats` and `schema infer` share it.
 *
 * Values only; any thread.
 */
#ifndef CSVKIT_SCHEMA_COLUMN_EVIDENCE_H
#define CSVKIT_SCHEMA_COLUMN_EVIDENCE_H

#include "csvkit/basics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From narrow to wide: the first type that no value excludes is proposed. */
enum csvk_type {
    CSVK_TYPE_BOOLEAN,
    CSVK_TYPE_INTEGER,
    CSVK_TYPE_NUMERIC,
    CSVK_TYPE_FLOAT,
    CSVK_TYPE_DATE,
    CSVK_TYPE_TIMESTAMP,
    CSVK_TYPE_STRING,
    CSVK_TYPE_COUNT
};
CSVK_API const char *csvk_type_name(enum csvk_type type); /* "BOOLEAN"; static, any thread */

/* Ways to write the values of a type, where schemas tell them apart. */
enum csvk_typed_form {
    CSVK_FORM_SMALL_WORD = 1,   /* true, false */
    CSVK_FORM_TITLE_WORD = 2,   /* True, False */
    CSVK_FORM_CAPITAL_WORD = 4, /* TRUE, FALSE */
    CSVK_FORM_MIXED_WORD = 8,   /* tRUE: a word in any other case */
    CSVK_FORM_TIME_T = 16,      /* T between the day and the time of day */
    CSVK_FORM_TIME_BLANK = 32,  /* a blank there */
    CSVK_FORM_MINUTES = 64,     /* HH:MM */
    CSVK_FORM_SECONDS = 128,    /* HH:MM:SS */
    CSVK_FORM_FRACTION = 256,   /* HH:MM:SS.f */
    CSVK_FORM_EXPONENT = 512,   /* 1e5 */
};

#define CSVK_TYPE_SAMPLE 40 /* bytes kept of a value that excludes a type */

/* The first value that excludes a type. */
struct csvk_type_exclusion {
    uint64_t record;                        /* its record, from 1; 0: no value excludes the type */
    uint64_t length;                        /* of the value, in bytes */
    unsigned char sample[CSVK_TYPE_SAMPLE]; /* the beginning of the value; no NUL after it */
};

/* What is known about the values of a column. The library's. */
struct csvk_column_types {
    uint64_t values;                          /* values that are not empty */
    uint64_t empty;                           /* values of no bytes, enclosed or not */
    uint64_t longest;                         /* bytes of the longest value */
    uint32_t integer_digits, fraction_digits; /* the most in any number without an exponent */
    struct csvk_type_exclusion excluded[CSVK_TYPE_STRING]; /* by type; nothing excludes STRING */
    uint64_t first_empty; /* the record of the first empty value, from 1; 0: none is empty */
    /* The first record that repeats the header, from 1; 0: none does. Its value is in no count, but
       it is in the table, so the type is STRING. */
    uint64_t header_again;
    uint64_t excluded_types;            /* 1 << type for each type that a value excludes */
    uint64_t misfits[CSVK_TYPE_STRING]; /* by type: the values that exclude it */
    uint64_t forms; /* enum csvk_typed_form, as bits: which ways of writing occur */
};

/* The narrowest type that holds every value; STRING when there is no value, or a name among them.
 */
CSVK_API enum csvk_type csvk_types_propose(const struct csvk_column_types *column);
/* The same without the records that repeat the header: what it would be if these were removed. */
CSVK_API enum csvk_type csvk_types_propose_for_others(const struct csvk_column_types *column);
#define CSVK_TYPE_LENGTH_SIZE 16 /* bytes, the final NUL included */
/* The length of the proposed type, such as "38,12", when its default is too short; else "". */
CSVK_API void csvk_types_length(const struct csvk_column_types *column,
                                char text[CSVK_TYPE_LENGTH_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
