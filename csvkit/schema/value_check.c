/*
 * value_check.c - the check of a column is made here; strings and booleans are judged here.
 *
 * Which forms which backend takes, and where that is documented, is the table of doc/types.md.
 */
#include "csvkit/schema/value_moment.h"
#include "csvkit/schema/value_pattern.h"
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

/* The words that a Table Schema has by default, too. */
static bool accepts_boolean(const struct value_check *check, const unsigned char *value,
                            size_t length)
{
    (void)check;
    if (length == 4) {
        return memcmp(value, "true", 4) == 0 || memcmp(value, "True", 4) == 0 ||
               memcmp(value, "TRUE", 4) == 0;
    }
    if (length == 5) {
        return memcmp(value, "false", 5) == 0 || memcmp(value, "False", 5) == 0 ||
               memcmp(value, "FALSE", 5) == 0;
    }
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
    [CSVK_VALUE_TABLE_STRING] = {accepts_table_string, judge_table_string},
    [CSVK_VALUE_TABLE_INTEGER] = {accepts_integer, judge_table_integer},
    [CSVK_VALUE_TABLE_NUMBER] = {accepts_float, judge_table_number},
    [CSVK_VALUE_TABLE_BOOLEAN] = {accepts_boolean, judge_table_boolean},
    [CSVK_VALUE_TABLE_DATE] = {accepts_date, judge_table_moment},
    [CSVK_VALUE_TABLE_TIME] = {accepts_nothing, judge_table_moment},
    [CSVK_VALUE_TABLE_DATETIME] = {accepts_datetime, judge_table_moment},
    [CSVK_VALUE_TABLE_YEAR] = {accepts_year, judge_table_moment},
    [CSVK_VALUE_TABLE_YEARMONTH] = {accepts_nothing, judge_table_moment},
    [CSVK_VALUE_TABLE_DURATION] = {accepts_nothing, judge_table_duration},
    [CSVK_VALUE_TABLE_GEOPOINT] = {accepts_nothing, judge_table_geopoint},
    [CSVK_VALUE_TABLE_LIST] = {accepts_nothing, judge_table_list},
    [CSVK_VALUE_TABLE_OBJECT] = {accepts_nothing, judge_table_json},
    [CSVK_VALUE_TABLE_ARRAY] = {accepts_nothing, judge_table_json},
    [CSVK_VALUE_CSVW] = {accepts_csvw, judge_csvw},
};

static uint64_t longest_text(const struct csvk_schema_column *column, enum csvk_backend backend)
{
    if (column->length != 0) {
        return column->length;
    }
    return backend == CSVK_BACKEND_BIGQUERY ? UINT64_MAX - 1 : TEXT_MOST;
}

/* ---- formats --------------------------------------------------------------------------------- */

static const struct {
    enum csvk_value_type type;
    const char *name;
    enum value_format format;
} formats[] = {
    {CSVK_VALUE_TABLE_STRING, "email", VALUE_FORMAT_EMAIL},
    {CSVK_VALUE_TABLE_STRING, "uri", VALUE_FORMAT_URI},
    {CSVK_VALUE_TABLE_STRING, "uuid", VALUE_FORMAT_UUID},
    {CSVK_VALUE_TABLE_STRING, "binary", VALUE_FORMAT_BINARY},
    {CSVK_VALUE_TABLE_GEOPOINT, "array", VALUE_FORMAT_ARRAY},
    {CSVK_VALUE_TABLE_GEOPOINT, "object", VALUE_FORMAT_OBJECT},
};

static int find_format(enum value_format *out, const struct csvk_schema_column *column,
                       struct csvk_error *err)
{
    char bad[3];
    bool moment = column->type == CSVK_VALUE_TABLE_DATE || column->type == CSVK_VALUE_TABLE_TIME ||
                  column->type == CSVK_VALUE_TABLE_DATETIME;
    *out = VALUE_FORMAT_DEFAULT;
    if (column->format == NULL || strcmp(column->format, "default") == 0) {
        return CSVK_OK;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].type == column->type && strcmp(formats[i].name, column->format) == 0) {
            *out = formats[i].format;
            return CSVK_OK;
        }
    }
    if (!moment || strchr(column->format, '%') == NULL) {
        return csvk_fail(err, CSVK_EUSAGE, "column %s: not supported: format '%.100s'",
                         column->name, column->format);
    }
    if (!moment_pattern_is_known(column->format, bad)) {
        return csvk_fail(err, CSVK_EUSAGE, "column %s: not supported: '%s' in format '%.100s'",
                         column->name, bad, column->format);
    }
    *out = VALUE_FORMAT_PATTERN;
    return CSVK_OK;
}

/* ---- checks with constraints ----------------------------------------------------------------- */

static bool accepts_constrained(const struct value_check *check, const unsigned char *value,
                                size_t length)
{
    const struct value_constraints *c = check->constraints;
    if (value_words_have(&c->missing, value, length) || !check->plain(check, value, length)) {
        return false;
    }
    return c->only_missing || value_judge_constraints(check, value, length).kind == VALUE_GOOD;
}

void value_check_plain(struct value_check *check, const struct csvk_schema_column *column,
                       enum csvk_backend backend)
{
    bool sized = column->precision != 0;
    *check = (struct value_check){
        .accepts = by_type[column->type].accepts,
        .type = (enum csvk_value_type)column->type,
        .backend = backend,
        .required = column->required != 0,
        .quoted_empty_is_value =
            column->type == CSVK_VALUE_STRING && backend == CSVK_BACKEND_BIGQUERY,
        .length = longest_text(column, backend),
        .whole_digits = sized ? column->precision - column->scale : DEFAULT_WHOLE,
        .scale = sized ? column->scale : DEFAULT_SCALE,
        .fraction_digits =
            column->fraction_limit != 0 ? column->fraction_limit - 1 : DIGITS_OF_SECOND,
    };
}

/* The quick check of the type knows its default form alone. */
static bool is_own_form(const struct value_check *check)
{
    const struct value_constraints *c = check->constraints;
    return check->format != VALUE_FORMAT_DEFAULT ||
           (c != NULL && (c->rewritten || c->true_words.count + c->false_words.count != 0));
}

int value_check_init(struct value_check *check, const struct csvk_schema *schema, size_t index,
                     enum csvk_backend backend, struct csvk_error *err)
{
    struct csvk_schema_column column = {.size = sizeof column};
    struct csvk_schema_table table = {.size = sizeof table};
    *check = (struct value_check){.accepts = NULL};
    int status = csvk_schema_at(schema, index, backend, &column, err);
    status = status == CSVK_OK ? csvk_schema_get_table(schema, &table, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    value_check_plain(check, &column, backend);
    if (column.type == CSVK_VALUE_CSVW) {
        return csvw_check_init(check, &column, err);
    }
    status = find_format(&check->format, &column, err);
    if (status == CSVK_OK) {
        const struct csvk_strings *missing =
            column.missing != NULL ? column.missing : table.missing;
        status = value_constraints_new(check, &column, missing, err);
    }
    if (status == CSVK_OK && is_own_form(check)) {
        check->accepts = accepts_nothing;
    }
    if (status == CSVK_OK && check->constraints != NULL) {
        check->plain = check->accepts;
        check->accepts = accepts_constrained;
    }
    return status;
}

int csvk_schema_check_column(const struct csvk_schema *schema, size_t index, struct csvk_error *err)
{
    struct value_check check;
    int status = value_check_init(&check, schema, index, CSVK_BACKEND_PORTABLE, err);
    value_check_release(&check);
    return status;
}

void value_check_release(struct value_check *check)
{
    value_constraints_free(check->constraints);
    check->constraints = NULL;
    value_pattern_free(check->pattern);
    check->pattern = NULL;
}

bool value_is_missing(const struct value_check *check, const unsigned char *value, size_t length)
{
    const struct value_constraints *c = check->constraints;
    if (check->cell != NULL) {
        return csvw_is_missing(check, value, length);
    }
    return length == 0 ? c == NULL || !c->empty_is_value
                       : c != NULL && value_words_have(&c->missing, value, length);
}

struct value_fault value_judge_type(const struct value_check *check, const unsigned char *value,
                                    size_t length)
{
    return by_type[check->type].judge(check, value, length);
}

struct value_fault value_judge(const struct value_check *check, const unsigned char *value,
                               size_t length)
{
    struct value_fault fault = value_judge_type(check, value, length);
    bool go_on = fault.kind == VALUE_GOOD && check->constraints != NULL;
    return go_on ? value_judge_constraints(check, value, length) : fault;
}
