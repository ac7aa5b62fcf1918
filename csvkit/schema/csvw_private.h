/*
 * csvw_private.h - numbers, times and texts of CSVW: formats that are compiled, values that can be
 * compared.
 */
#ifndef CSVKIT_SCHEMA_CSVW_PRIVATE_H
#define CSVKIT_SCHEMA_CSVW_PRIVATE_H

#include "csvkit/schema/csvw_cell.h"
#include "csvkit/schema/value_moment.h"
#include "csvkit/schema/value_private.h"

/* ---- csvw_numbers.c ---- */

#define CSVW_SIGN_BYTES 8 /* of decimalChar and groupChar, with the NUL */

/* The form of numbers: the lexical form of XSD, the numeric format of CSVW, or a pattern. */
struct csvw_number_form {
    enum { CSVW_NUMBER_XSD, CSVW_NUMBER_PLAIN, CSVW_NUMBER_PATTERN } how;
    char decimal[CSVW_SIGN_BYTES], group[CSVW_SIGN_BYTES]; /* group "": there is none */
    char sign;                         /* '+' or '-' of the pattern; 0: it has none */
    int before, after;                 /* 2: %, 3: per mille, before or after the digits; 0 */
    size_t whole_least, first, second; /* digits; of the group at the point, and of the others */
    size_t part_least, part_most, part_group;
    size_t power_least; /* digits of the exponent; 0: there is none */
    bool power_sign;    /* it always has a sign */
};
/* Compiles a pattern into a form that has its signs already. False: it is none. */
bool csvw_number_pattern(struct csvw_number_form *form, const char *pattern);

/* A number as digits of a text that somebody else owns: 0.DIGITS times ten to the power `top`. */
struct csvw_number {
    enum { CSVW_FINITE, CSVW_NAN, CSVW_INFINITE } kind;
    bool negative;
    const unsigned char *digits; /* from the first one that is not 0; other bytes are between */
    size_t length;
    int64_t top; /* INT64_MIN: it is 0 */
};
/* Reads a number of datatype `base`. */
struct value_fault csvw_number_read(const struct csvw_number_form *form, enum csvw_base base,
                                    const unsigned char *text, size_t length,
                                    struct csvw_number *out);
/* Less than 0, 0, or more than 0; *comparable is false when one of them is NaN. */
int csvw_number_compare(const struct csvw_number *a, const struct csvw_number *b, bool *comparable);
/* The limits of a sub-type of integer; NULL: there is none. */
const char *csvw_integer_least(enum csvw_base base);
const char *csvw_integer_most(enum csvw_base base);

/* ---- csvw_times.c ---- */

#define CSVW_TIME_STEPS 40
struct csvw_time_form { /* a pattern, one byte for each step; "": the lexical form of XSD */
    char step[CSVW_TIME_STEPS];
};
/* False: CSVW has no such pattern for `base`. */
bool csvw_time_pattern(struct csvw_time_form *form, enum csvw_base base, const char *pattern);
struct value_fault csvw_time_read(const struct csvw_time_form *form, enum csvw_base base,
                                  const unsigned char *text, size_t length, struct moment *out);

/* ---- csvw_texts.c ---- */

/* What is not as the datatype has it in a text, and its length: in bytes of a binary value, in code
   points of any other. */
struct value_fault csvw_text_read(enum csvw_base base, const unsigned char *text, size_t length,
                                  uint64_t *count);

#endif
