/*
 * value_moment.h - private: days and times as a schema file has them, in a default form or in one
 * that is described by a strptime pattern.
 *
 * The idea. A *moment* holds the parts that a text has; what it does not have keeps a default. Two
 * moments are compared by the seconds since the year 0, in UTC when they have a zone, and then by
 * the digits of the fraction, which are never made a number.
 */
#ifndef CSVKIT_SCHEMA_VALUE_MOMENT_H
#define CSVKIT_SCHEMA_VALUE_MOMENT_H

#include "csvkit/schema/value_check.h"

struct moment {
    int64_t year;
    unsigned month, day, hour, minute, second;
    const unsigned char *fraction; /* digits; borrowed from the text */
    size_t nfraction;
    bool zoned;
    int offset; /* minutes east of UTC */
};

/* How a text fails: its byte, and why. */
struct moment_fault {
    size_t at;
    const char *why;
    bool impossible; /* the form is right: there is no such day or time */
};

/*
 * Reads a value of a type of a Table Schema: DATE, TIME, DATETIME, YEAR, YEARMONTH. `format` is a
 * pattern that moment_pattern_is_known has accepted, or NULL: the default form of the type.
 */
bool moment_read(struct moment *out, enum csvk_value_type type, const char *format,
                 const unsigned char *text, size_t length, struct moment_fault *fault);
/* The first directive that is not known goes to `bad` (two letters and NUL). */
bool moment_pattern_is_known(const char *format, char bad[3]);
/* < 0, 0, > 0 */
int moment_compare(const struct moment *a, const struct moment *b);
/* The default form of the type. */
int moment_write(const struct moment *moment, enum csvk_value_type type,
                 struct csvk_buf *out) CSVK_MUST_USE;
/* A text that is the same for equal moments, and for no others. */
int moment_write_key(const struct moment *moment, struct csvk_buf *out) CSVK_MUST_USE;

/* A duration of XML Schema: months and seconds do not add up to one number. */
struct duration {
    bool minus;
    uint64_t months, seconds;
    const unsigned char *fraction;
    size_t nfraction;
};
bool duration_read(struct duration *out, const unsigned char *text, size_t length, size_t *bad);
/* < 0, 0, > 0, as the lengths of months make it: the least and the greatest answer. A month is as
   long as 28 days, or longer. */
void duration_compare(const struct duration *a, const struct duration *b, int *least, int *most);
int duration_write_key(const struct duration *duration, struct csvk_buf *out) CSVK_MUST_USE;

#endif
