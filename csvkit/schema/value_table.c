/*
 * value_table.c - the types of a Table Schema (Frictionless Data), whose forms are the same for
 * every backend: a value is of the type, or it is not.
 */
#include "csvkit/schema/value_private.h"

#include <string.h>

static size_t digits_end(const unsigned char *value, size_t at, size_t length)
{
    while (at < length && value_is_digit(value[at])) {
        at++;
    }
    return at;
}

/* The whole value fits when `end` is its length; `digits`: there is one where it must be. */
static struct value_fault judge_end(size_t end, size_t length, bool digits)
{
    if (digits && end == length) {
        return value_good();
    }
    return value_bad(VALUE_OF_OTHER_TYPE, end < length ? end : length - 1, NULL);
}

struct value_fault judge_table_integer(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    (void)check;
    size_t begin = value[0] == '-' || value[0] == '+', end = digits_end(value, begin, length);
    return judge_end(end, length, end > begin);
}

static bool is_number_word(const unsigned char *value, size_t length)
{
    return value_is_word(value, length, "NAN") || value_is_word(value, length, "INF") ||
           value_is_word(value, length, "-INF");
}

struct value_fault judge_table_number(const struct value_check *check, const unsigned char *value,
                                      size_t length)
{
    (void)check;
    size_t begin = value[0] == '-' || value[0] == '+', at = digits_end(value, begin, length);
    size_t digits = at - begin;
    if (is_number_word(value, length)) {
        return value_good();
    }
    if (at < length && value[at] == '.') {
        size_t part = at + 1;
        at = digits_end(value, part, length);
        digits += at - part;
    }
    if (digits != 0 && at < length && (value[at] == 'e' || value[at] == 'E')) {
        size_t power = at + 1;
        power += power < length && (value[power] == '-' || value[power] == '+');
        size_t end = digits_end(value, power, length);
        at = end > power ? end : at;
    }
    return judge_end(at, length, digits != 0);
}

/* In these spellings only. */
struct value_fault judge_table_boolean(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    static const char *const words[] = {"true",  "True",  "TRUE",  "1",
                                        "false", "False", "FALSE", "0"};
    (void)check;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], value, length) == 0) {
            return value_good();
        }
    }
    return value_bad(VALUE_OF_OTHER_TYPE, 0,
                     "the words are true True TRUE 1 and false False FALSE 0");
}

/* As a DATE that every backend takes. */
struct value_fault judge_table_date(const struct value_check *check, const unsigned char *value,
                                    size_t length)
{
    struct value_check portable = *check;
    portable.backend = CSVK_BACKEND_PORTABLE;
    struct value_fault fault = judge_date(&portable, value, length);
    if (fault.kind == VALUE_OUT_OF_RANGE) {
        return value_bad(VALUE_OF_OTHER_TYPE, 0, "there is no such day");
    }
    return fault.kind == VALUE_GOOD
               ? fault
               : value_bad(VALUE_OF_OTHER_TYPE, fault.at, "the form is YYYY-MM-DD");
}
