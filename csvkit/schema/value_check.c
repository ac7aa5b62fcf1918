/*
 * value_check.c - the check of a column is made here; strings and booleans are judged here.
 *
 * Which forms which backend takes, and where that is documented, is the table of doc/types.md.
 */
#include "csvkit/schema/value_private.h"

#include <string.h>

#define TEXT_MOST        UINT64_C(16777216) /* code points in a Snowflake VARCHAR without length */
#define DEFAULT_SCALE    9
#define DEFAULT_WHOLE    29 /* NUMERIC(38,9) */
#define DIGITS_OF_SECOND 9

bool value_is_word(const unsigned char *value, size_t length, const char *word)
{
    size_t i = 0;
    for (; i < length && word[i] != '\0'; i++) {
        unsigned char c = value[i];
        if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != (unsigned char)word[i]) {
            return false;
        }
    }
    return i == length && word[i] == '\0';
}

/* ---- strings --------------------------------------------------------------------------------- */

static struct value_fault judge_string(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    uint64_t points = 0;
    size_t at = length;
    for (size_t i = 0; i < length; i++) {
        points += (value[i] & 0xC0) != 0x80;
        at = points == check->length + 1 && at == length ? i : at;
    }
    if (points <= check->length) {
        return value_good();
    }
    struct value_fault fault = value_bad(VALUE_TOO_LONG, at, NULL);
    fault.found = points;
    fault.limit = check->length;
    return fault;
}

static bool accepts_string(const struct value_check *check, const unsigned char *value,
                           size_t length)
{
    (void)value;
    return length <= check->length;
}

/* ---- booleans -------------------------------------------------------------------------------- */

static const char *const boolean_words[] = {"TRUE", "FALSE", "T", "F", "YES",
                                            "NO",   "Y",     "N", "1", "0"};

static bool is_boolean(const unsigned char *value, size_t length)
{
    for (size_t i = 0; i < sizeof boolean_words / sizeof boolean_words[0]; i++) {
        if (value_is_word(value, length, boolean_words[i])) {
            return true;
        }
    }
    return false;
}

static struct value_fault judge_boolean(const struct value_check *check, const unsigned char *value,
                                        size_t length)
{
    size_t begin = 0, end = length;
    while (begin < end && value_is_blank(value[begin])) {
        begin++;
    }
    while (end > begin && value_is_blank(value[end - 1])) {
        end--;
    }
    const unsigned char *word = value + begin;
    bool on_off = value_is_word(word, end - begin, "ON") || value_is_word(word, end - begin, "OFF");
    bool known = is_boolean(word, end - begin);
    if (on_off && check->backend != CSVK_BACKEND_SNOWFLAKE) {
        return value_bad(VALUE_OF_OTHER_TYPE, begin, "only Snowflake takes on and off");
    }
    if (!known && !on_off) {
        return value_bad(VALUE_OF_OTHER_TYPE, begin < length ? begin : 0,
                         "the words are true t yes y 1 and false f no n 0");
    }
    if (end - begin != length) {
        return value_bad(VALUE_NOT_PORTABLE, begin != 0 ? 0 : end,
                         "blanks around a value: no backend promises to take them");
    }
    return value_good();
}

static bool accepts_boolean(const struct value_check *check, const unsigned char *value,
                            size_t length)
{
    (void)check;
    return length == 1 && (value[0] == '0' || value[0] == '1');
}

/* ---- anything -------------------------------------------------------------------------------- */

static struct value_fault judge_any(const struct value_check *check, const unsigned char *value,
                                    size_t length)
{
    (void)check, (void)value, (void)length;
    return value_good();
}

static bool accepts_any(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check, (void)value, (void)length;
    return true;
}

/* ---- the check ------------------------------------------------------------------------------- */

static const struct {
    value_accepts_fn *accepts;
    value_judge_fn *judge;
} by_type[CSVK_VALUE_TYPES] = {
    [CSVK_VALUE_STRING] = {accepts_string, judge_string},
    [CSVK_VALUE_INTEGER] = {accepts_integer, judge_integer},
    [CSVK_VALUE_NUMERIC] = {accepts_numeric, judge_numeric},
    [CSVK_VALUE_FLOAT] = {accepts_float, judge_float},
    [CSVK_VALUE_BOOLEAN] = {accepts_boolean, judge_boolean},
    [CSVK_VALUE_DATE] = {accepts_date, judge_date},
    [CSVK_VALUE_TIMESTAMP] = {accepts_timestamp, judge_timestamp},
    [CSVK_VALUE_ANY] = {accepts_any, judge_any},
    [CSVK_VALUE_TABLE_STRING] = {accepts_string, judge_string},
    [CSVK_VALUE_TABLE_INTEGER] = {accepts_integer, judge_table_integer},
    [CSVK_VALUE_TABLE_NUMBER] = {accepts_float, judge_table_number},
    [CSVK_VALUE_TABLE_BOOLEAN] = {accepts_boolean, judge_table_boolean},
    [CSVK_VALUE_TABLE_DATE] = {accepts_date, judge_table_date},
    [CSVK_VALUE_CSVW] = {accepts_csvw, judge_csvw},
};

static uint64_t longest_text(const struct csvk_schema_column *column, enum csvk_backend backend)
{
    if (column->length != 0) {
        return column->length;
    }
    bool open = backend == CSVK_BACKEND_BIGQUERY || column->type == CSVK_VALUE_TABLE_STRING;
    return open ? UINT64_MAX - 1 : TEXT_MOST;
}

void value_check_init(struct value_check *check, const struct csvk_schema_column *column,
                      enum csvk_backend backend)
{
    bool sized = column->precision != 0;
    *check = (struct value_check){
        .accepts = by_type[column->type].accepts,
        .type = (enum csvk_value_type)column->type,
        .backend = backend,
        .required = column->required != 0,
        .cell = column->cell,
        .quoted_empty_is_value =
            column->type == CSVK_VALUE_STRING && backend == CSVK_BACKEND_BIGQUERY,
        .length = longest_text(column, backend),
        .whole_digits = sized ? column->precision - column->scale : DEFAULT_WHOLE,
        .scale = sized ? column->scale : DEFAULT_SCALE,
        .fraction_digits =
            column->fraction_limit != 0 ? column->fraction_limit - 1 : DIGITS_OF_SECOND,
    };
}

bool value_is_missing(const struct value_check *check, const unsigned char *value, size_t length)
{
    return check->cell != NULL ? csvw_is_missing(check, value, length) : length == 0;
}

struct value_fault value_judge(const struct value_check *check, const unsigned char *value,
                               size_t length)
{
    return by_type[check->type].judge(check, value, length);
}
