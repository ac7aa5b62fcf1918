/*
 * value_table.c - the types of a Table Schema (Frictionless Data), whose forms are the same for
 * every backend: a value is of the type, or it is not.
 */
#include "csvkit/schema/value_json.h"
#include "csvkit/schema/value_moment.h"
#include "csvkit/schema/value_private.h"

#include <string.h>

/* ---- strings --------------------------------------------------------------------------------- */

struct value_fault judge_table_string(const struct value_check *check, const unsigned char *value,
                                      size_t length)
{
    uint64_t decoded;
    switch (check->format) {
    case VALUE_FORMAT_EMAIL: {
        size_t end = value_email_end(value, length);
        return end == length ? value_good() : value_bad(VALUE_OF_OTHER_TYPE, end, "no email");
    }
    case VALUE_FORMAT_URI: {
        size_t end = value_uri_end(value, length);
        return end == length ? value_good() : value_bad(VALUE_OF_OTHER_TYPE, end, "no uri");
    }
    case VALUE_FORMAT_UUID: {
        size_t end = value_uuid_end(value, length);
        return end == length ? value_good() : value_bad(VALUE_OF_OTHER_TYPE, end, "no uuid");
    }
    case VALUE_FORMAT_BINARY: {
        size_t end = value_base64_end(value, length, &decoded);
        return end == length ? value_good() : value_bad(VALUE_OF_OTHER_TYPE, end, "no base64");
    }
    default: return value_good();
    }
}

bool accepts_table_string(const struct value_check *check, const unsigned char *value,
                          size_t length)
{
    (void)value, (void)length;
    return check->format == VALUE_FORMAT_DEFAULT;
}

bool accepts_nothing(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check, (void)value, (void)length;
    return false;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static size_t digits_end(const unsigned char *value, size_t at, size_t length)
{
    while (at < length && value_is_digit(value[at])) {
        at++;
    }
    return at;
}

/* The byte of the value that is `plain[at]` in its default form. */
static struct value_fault not_number(const struct value_check *check, size_t bad, size_t length,
                                     bool decimals)
{
    (void)check;
    return value_bad(VALUE_OF_OTHER_TYPE, bad < length ? bad : length - (length != 0),
                     decimals ? "an integer written with decimals" : NULL);
}

/* 12.0, which other programs make of an integer when one is missing. */
static bool has_decimals(const unsigned char *value, size_t at, size_t length)
{
    return at < length && value[at] == '.' && at + 1 < length &&
           digits_end(value, at + 1, length) == length;
}

static size_t integer_bad(const unsigned char *value, size_t length)
{
    size_t begin = length != 0 && (value[0] == '-' || value[0] == '+');
    size_t end = digits_end(value, begin, length);
    return end > begin || end < length ? end : begin;
}

struct value_fault judge_table_integer(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    struct csvk_bytes plain = {value, length};
    size_t bad = length;
    if (check->constraints != NULL && check->constraints->rewritten &&
        value_plain_number(check, value, length, &plain, &bad) != CSVK_OK) {
        return value_bad(VALUE_NO_MEMORY, 0, NULL);
    }
    if (bad != length) {
        return not_number(check, bad, length, false);
    }
    bad = integer_bad(plain.ptr, plain.len);
    bool digits = plain.len != 0 && value_is_digit(plain.ptr[plain.len - 1]);
    if (bad == plain.len && digits) {
        return value_good();
    }
    return not_number(check, plain.ptr == value ? bad : 0, length,
                      has_decimals(plain.ptr, bad, plain.len));
}

struct value_fault judge_table_number(const struct value_check *check, const unsigned char *value,
                                      size_t length)
{
    struct csvk_bytes plain = {value, length};
    size_t bad = length;
    if (check->constraints != NULL && check->constraints->rewritten &&
        value_plain_number(check, value, length, &plain, &bad) != CSVK_OK) {
        return value_bad(VALUE_NO_MEMORY, 0, NULL);
    }
    if (bad != length) {
        return not_number(check, bad, length, false);
    }
    bad = plain.len != 0 ? value_number_bad(plain.ptr, plain.len) : 0;
    return plain.len != 0 && bad == plain.len
               ? value_good()
               : not_number(check, plain.ptr == value ? bad : 0, length, false);
}

/* ---- booleans -------------------------------------------------------------------------------- */

/* In these spellings only. */
struct value_fault judge_table_boolean(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    static const char *const words[] = {"true",  "True",  "TRUE",  "1",
                                        "false", "False", "FALSE", "0"};
    const struct value_constraints *c = check->constraints;
    const struct value_words *lists[] = {c != NULL ? &c->true_words : NULL,
                                         c != NULL ? &c->false_words : NULL};
    bool own = false;
    for (size_t i = 0; i < 2; i++) {
        bool given = lists[i] != NULL && lists[i]->count != 0;
        own = own || given;
        if (given && value_words_have(lists[i], value, length)) {
            return value_good();
        }
        for (size_t n = i * 4; n < i * 4 + 4 && !given; n++) {
            if (strlen(words[n]) == length && memcmp(words[n], value, length) == 0) {
                return value_good();
            }
        }
    }
    return value_bad(VALUE_OF_OTHER_TYPE, 0,
                     own ? "it is none of the words for true and false"
                         : "the words are true True TRUE 1 and false False FALSE 0");
}

/* ---- days, times, durations ------------------------------------------------------------------ */

static const char *pattern_of(const struct value_check *check)
{
    return check->constraints != NULL ? check->constraints->format : NULL;
}

struct value_fault judge_table_moment(const struct value_check *check, const unsigned char *value,
                                      size_t length)
{
    struct moment moment;
    struct moment_fault fault;
    if (moment_read(&moment, check->type, pattern_of(check), value, length, &fault)) {
        return value_good();
    }
    struct value_fault bad = value_bad(VALUE_OF_OTHER_TYPE, fault.at, fault.why);
    bad.form = fault.impossible ? NULL : pattern_of(check);
    return bad;
}

struct value_fault judge_table_duration(const struct value_check *check, const unsigned char *value,
                                        size_t length)
{
    struct duration duration;
    size_t bad;
    (void)check;
    return duration_read(&duration, value, length, &bad)
               ? value_good()
               : value_bad(VALUE_OF_OTHER_TYPE, bad, "the form is PnYnMnDTnHnMnS");
}

/* ---- JSON, lists ----------------------------------------------------------------------------- */

struct value_fault judge_table_json(const struct value_check *check, const unsigned char *value,
                                    size_t length)
{
    bool object = check->type == CSVK_VALUE_TABLE_OBJECT;
    struct json_value json = json_value_scan(value, length);
    if (json.bad != length) {
        return value_bad(VALUE_OF_OTHER_TYPE, json.bad, "it is not JSON");
    }
    return json.kind == (object ? '{' : '[') ? value_good()
                                             : value_bad(VALUE_OF_OTHER_TYPE, 0, NULL);
}

/* Each item as a value of its type; the first that is not is told at its byte. */
struct value_fault judge_table_list(const struct value_check *check, const unsigned char *value,
                                    size_t length)
{
    const struct value_constraints *c = check->constraints;
    size_t separator = strlen(c->separator);
    for (size_t at = 0; at <= length;) {
        const unsigned char *next =
            length != at ? memmem(value + at, length - at, c->separator, separator) : NULL;
        size_t end = next != NULL ? (size_t)(next - value) : length;
        struct value_fault fault = value_judge(c->item, value + at, end - at);
        if (fault.kind != VALUE_GOOD) {
            fault.at += at;
            fault.at = fault.at < length ? fault.at : length - (length != 0);
            return fault;
        }
        at = next != NULL ? end + separator : length + 1;
    }
    return value_good();
}
