/*
 * value_constraints.c - what a schema file declares of a column besides its type: its own form of
 * numbers, lengths, limits, the list of its values, a pattern.
 *
 * The idea. Constraints are about what a value means: a number is brought into the default form
 * first, a day is read by its format. Lists are compared by keys (value_write_key), which equal
 * values share.
 *
 * Invariant: limits and lists are values of the type, which was seen when the check was made.
 */
#include "csvkit/schema/value_json.h"
#include "csvkit/schema/value_moment.h"
#include "csvkit/schema/value_pattern.h"
#include "csvkit/schema/value_private.h"

#include <string.h>

static const char *const limit_names[LIMITS] = {"minimum", "maximum", "exclusiveMinimum",
                                                "exclusiveMaximum"};

static bool is_number(const struct value_check *check)
{
    return check->type == CSVK_VALUE_TABLE_INTEGER || check->type == CSVK_VALUE_TABLE_NUMBER;
}

static bool is_moment(const struct value_check *check)
{
    return check->type >= CSVK_VALUE_TABLE_TIME ? check->type <= CSVK_VALUE_TABLE_YEARMONTH
                                                : check->type == CSVK_VALUE_TABLE_DATE;
}

/* ---- numbers in another form ----------------------------------------------------------------- */

static bool begins_with(const unsigned char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    return n != 0 && n <= length && memcmp(text, word, n) == 0;
}

/* May a number begin here? */
static bool begins_number(const struct value_constraints *c, const unsigned char *text,
                          size_t length)
{
    size_t sign = length > 1 && (text[0] == '-' || text[0] == '+');
    size_t point = begins_with(text + sign, length - sign, c->decimal) ? strlen(c->decimal) : 0;
    return sign + point < length && value_is_digit(text[sign + point]);
}

/* Without what stands around a number. */
static struct csvk_bytes undressed(const struct value_constraints *c, const unsigned char *value,
                                   size_t length)
{
    size_t begin = 0, end = length;
    while (begin < end && !begins_number(c, value + begin, end - begin)) {
        begin++;
    }
    while (end > begin && !value_is_digit(value[end - 1])) {
        end--;
    }
    /* A decimal character with no digit after it belongs to the number. */
    end += begins_with(value + end, length - end, c->decimal) ? strlen(c->decimal) : 0;
    return begin < end ? (struct csvk_bytes){value + begin, end - begin}
                       : (struct csvk_bytes){value, length};
}

/* Groups stand between digits of the whole number. */
static bool group_fits(const struct value_constraints *c, struct csvk_bytes number, size_t at)
{
    size_t after = at + strlen(c->group);
    return at > 0 && value_is_digit(number.ptr[at - 1]) && after < number.len &&
           value_is_digit(number.ptr[after]);
}

int value_plain_number(const struct value_check *check, const unsigned char *value, size_t length,
                       struct csvk_bytes *plain, size_t *bad)
{
    struct value_constraints *c = check->constraints;
    struct csvk_bytes number = {value, length};
    bool whole = true;
    if (c->dressed) {
        number = undressed(c, value, length);
    }
    csvk_buf_clear(&c->plain);
    *bad = length;
    if (csvk_buf_reserve(&c->plain, number.len + 1) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < number.len && *bad == length;) {
        const unsigned char *rest = number.ptr + i;
        size_t left = number.len - i, step = 1;
        unsigned char byte = *rest;
        if (whole && begins_with(rest, left, c->group) && group_fits(c, number, i)) {
            i += strlen(c->group);
            continue;
        }
        if (begins_with(rest, left, c->decimal)) {
            step = strlen(c->decimal);
            byte = '.';
            whole = false;
        } else if (byte == '.') {
            *bad = (size_t)(rest - value); /* the point is not the decimal character */
        }
        if (csvk_buf_putc(&c->plain, byte) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        i += step;
    }
    *plain = (struct csvk_bytes){c->plain.data, c->plain.length};
    return CSVK_OK;
}

/* The number in the default form; it is good. */
static int plain_of(const struct value_check *check, const unsigned char *value, size_t length,
                    struct csvk_bytes *plain)
{
    size_t bad;
    *plain = (struct csvk_bytes){value, length};
    return check->constraints != NULL && check->constraints->rewritten
               ? value_plain_number(check, value, length, plain, &bad)
               : CSVK_OK;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_true(const struct value_check *check, const unsigned char *value, size_t length)
{
    const struct value_constraints *c = check->constraints;
    if (c != NULL && c->true_words.count != 0) {
        return value_words_have(&c->true_words, value, length);
    }
    return length == 4 || (length == 1 && value[0] == '1');
}

int value_write_key(const struct value_check *check, const unsigned char *value, size_t length,
                    struct csvk_buf *out)
{
    const char *format = check->constraints != NULL ? check->constraints->format : NULL;
    struct csvk_bytes plain;
    struct moment moment;
    struct duration duration;
    struct moment_fault fault;
    size_t bad;
    if (check->cell != NULL) {
        return csvw_write_key(check, value, length, out);
    }
    if (is_number(check)) {
        int status = plain_of(check, value, length, &plain);
        return status == CSVK_OK ? value_write_number_key(plain, out) : status;
    }
    if (check->type == CSVK_VALUE_TABLE_BOOLEAN) {
        return csvk_buf_puts(out, is_true(check, value, length) ? "true" : "false");
    }
    if (is_moment(check) && moment_read(&moment, check->type, format, value, length, &fault)) {
        return moment_write_key(&moment, out);
    }
    if (check->type == CSVK_VALUE_TABLE_DURATION && duration_read(&duration, value, length, &bad)) {
        return duration_write_key(&duration, out);
    }
    return csvk_buf_add(out, value, length);
}

/* ---- making ---------------------------------------------------------------------------------- */

static int bad_constraint(const struct csvk_schema_column *column, const char *name,
                          const char *text, struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EUSAGE, "column %s: %s: `%.200s` is no value of its type",
                     column->name, name, text);
}

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int copy_text(char **to, const char *text, struct csvk_error *err)
{
    *to = text != NULL ? csvk_strdup(text) : NULL;
    return text != NULL && *to == NULL ? no_memory(err) : CSVK_OK;
}

/* The limit in the default form is appended to `out`. CSVK_EUSAGE: it is no value of the type. */
static int write_limit(const struct value_check *check, const char *limit, struct csvk_buf *out)
{
    const unsigned char *text = (const unsigned char *)limit;
    struct csvk_bytes plain = {text, strlen(limit)};
    size_t bad, length = plain.len;
    struct moment moment;
    struct duration duration;
    struct moment_fault fault;
    if (is_moment(check)) {
        bool read =
            moment_read(&moment, check->type, check->constraints->format, text, length, &fault) ||
            moment_read(&moment, check->type, NULL, text, length, &fault);
        return read ? moment_write(&moment, check->type, out) : CSVK_EUSAGE;
    }
    if (check->type == CSVK_VALUE_TABLE_DURATION) {
        return duration_read(&duration, text, length, &bad) ? csvk_buf_puts(out, limit)
                                                            : CSVK_EUSAGE;
    }
    enum value_fault_kind kind =
        is_number(check) ? value_judge_type(check, text, length).kind : VALUE_OF_OTHER_TYPE;
    if (kind != VALUE_GOOD) {
        return kind == VALUE_NO_MEMORY ? CSVK_ENOMEM : CSVK_EUSAGE;
    }
    int status = plain_of(check, text, length, &plain);
    return status == CSVK_OK ? csvk_buf_add(out, plain.ptr, plain.len) : status;
}

static int take_limits(const struct value_check *check, const struct csvk_schema_column *column,
                       struct csvk_error *err)
{
    const char *const limits[LIMITS] = {column->minimum, column->maximum, column->exclusive_minimum,
                                        column->exclusive_maximum};
    struct value_constraints *c = check->constraints;
    int status = CSVK_OK;
    for (size_t i = 0; i < LIMITS && status == CSVK_OK; i++) {
        if (limits[i] == NULL) {
            continue;
        }
        csvk_buf_clear(&c->key);
        status = write_limit(check, limits[i], &c->key);
        if (status == CSVK_EUSAGE) {
            return bad_constraint(column, limit_names[i], limits[i], err);
        }
        status = status == CSVK_OK ? copy_text(&c->limit[i], csvk_buf_text(&c->key), err)
                                   : no_memory(err);
    }
    return status;
}

/* The keys of the values that are declared. */
static int take_values(const struct value_check *check, const struct csvk_schema_column *column,
                       struct csvk_error *err)
{
    struct value_constraints *c = check->constraints;
    struct csvk_strings keys = {0};
    int status = CSVK_OK;
    for (size_t i = 0; column->values != NULL && i < column->values->count && status == CSVK_OK;
         i++) {
        const char *text = column->values->item[i];
        const unsigned char *bytes = (const unsigned char *)text;
        struct value_fault fault = value_judge(check, bytes, strlen(text));
        if (fault.kind == VALUE_OF_OTHER_TYPE || fault.kind == VALUE_OUT_OF_RANGE) {
            status =
                bad_constraint(column, column->categories != 0 ? "categories" : "enum", text, err);
            break;
        }
        csvk_buf_clear(&c->key);
        status = value_write_key(check, bytes, strlen(text), &c->key);
        status = status == CSVK_OK ? csvk_strings_add(&keys, csvk_buf_text(&c->key)) : status;
    }
    status = status == CSVK_OK ? value_words_init(&c->values, &keys) : status;
    csvk_strings_release(&keys);
    return status == CSVK_ENOMEM ? no_memory(err) : status;
}

/* The missing values but for the empty one. */
static int take_missing(struct value_constraints *c, const struct csvk_strings *missing,
                        struct csvk_error *err)
{
    struct csvk_strings words = {0};
    int status = CSVK_OK;
    c->empty_is_value = missing != NULL && !csvk_strings_has(missing, "");
    for (size_t i = 0; missing != NULL && i < missing->count && status == CSVK_OK; i++) {
        if (missing->item[i][0] != '\0') {
            status = csvk_strings_add(&words, missing->item[i]);
        }
    }
    status = status == CSVK_OK ? value_words_init(&c->missing, &words) : status;
    csvk_strings_release(&words);
    return status == CSVK_OK ? CSVK_OK : no_memory(err);
}

static int take_form(struct value_check *check, const struct csvk_schema_column *column,
                     struct csvk_error *err)
{
    struct value_constraints *c = check->constraints;
    const char *decimal = column->decimal_char != NULL ? column->decimal_char : ".";
    const char *group = column->group_char != NULL ? column->group_char : "";
    if (strlen(decimal) >= sizeof c->decimal || strlen(group) >= sizeof c->group ||
        decimal[0] == '\0' || strcmp(decimal, group) == 0) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "column %s: decimalChar and groupChar are one character each, and not the "
                         "same",
                         column->name);
    }
    memcpy(c->decimal, decimal, strlen(decimal) + 1);
    memcpy(c->group, group, strlen(group) + 1);
    c->dressed = column->not_bare != 0;
    c->rewritten =
        is_number(check) && (c->dressed || group[0] != '\0' || strcmp(decimal, ".") != 0);
    int status = CSVK_OK;
    if (column->true_words != NULL) {
        status = value_words_init(&c->true_words, column->true_words);
    }
    if (status == CSVK_OK && column->false_words != NULL) {
        status = value_words_init(&c->false_words, column->false_words);
    }
    if (status == CSVK_OK && check->format == VALUE_FORMAT_PATTERN) {
        status = copy_text(&c->format, column->format, NULL);
    }
    return status == CSVK_OK ? CSVK_OK : no_memory(err);
}

static int take_items(struct value_check *check, const struct csvk_schema_column *column,
                      struct csvk_error *err)
{
    struct value_constraints *c = check->constraints;
    const char *separator = column->separator != NULL ? column->separator : ",";
    if (check->type != CSVK_VALUE_TABLE_LIST) {
        return CSVK_OK;
    }
    if (separator[0] == '\0') {
        return csvk_fail(err, CSVK_EUSAGE, "column %s: delimiter: it is empty", column->name);
    }
    c->item = csvk_calloc(1, sizeof *c->item);
    if (c->item == NULL) {
        return no_memory(err);
    }
    struct csvk_schema_column item = {.size = sizeof item, .name = column->name};
    item.type = column->item_type != 0 ? column->item_type : CSVK_VALUE_TABLE_STRING;
    value_check_plain(c->item, &item, check->backend);
    return copy_text(&c->separator, separator, err);
}

static bool has_constraints(const struct csvk_schema_column *c, enum value_format format)
{
    return format == VALUE_FORMAT_PATTERN || c->decimal_char != NULL || c->group_char != NULL ||
           c->not_bare != 0 || c->true_words != NULL || c->false_words != NULL ||
           c->type == CSVK_VALUE_TABLE_LIST || c->least_length != 0 || c->length_limit != 0 ||
           c->minimum != NULL || c->maximum != NULL || c->exclusive_minimum != NULL ||
           c->exclusive_maximum != NULL || c->values != NULL || c->pattern != NULL;
}

/* Only the empty text is missing. */
static bool is_default(const struct csvk_strings *missing)
{
    return missing == NULL || (missing->count == 1 && missing->item[0][0] == '\0');
}

int value_constraints_new(struct value_check *check, const struct csvk_schema_column *column,
                          const struct csvk_strings *missing, struct csvk_error *err)
{
    bool only_missing = !has_constraints(column, check->format);
    if (only_missing && is_default(missing)) {
        return CSVK_OK;
    }
    struct value_constraints *c = check->constraints = csvk_calloc(1, sizeof *c);
    if (c == NULL) {
        return no_memory(err);
    }
    c->only_missing = only_missing;
    c->least_length = column->least_length;
    c->most_length = column->length_limit != 0 ? column->length_limit - 1 : UINT64_MAX;
    int status = take_missing(c, missing, err);
    status = status == CSVK_OK ? take_form(check, column, err) : status;
    status = status == CSVK_OK ? take_items(check, column, err) : status;
    status = status == CSVK_OK ? take_values(check, column, err) : status;
    status = status == CSVK_OK ? take_limits(check, column, err) : status;
    if (status == CSVK_OK && column->pattern != NULL) {
        status = value_pattern_new(&c->pattern, column->pattern,
                                   (enum csvk_pattern_flavour)column->pattern_flavour, err);
    }
    return status;
}

void value_constraints_free(struct value_constraints *c)
{
    if (c == NULL) {
        return;
    }
    csvk_free(c->format);
    csvk_free(c->separator);
    csvk_free(c->item);
    for (size_t i = 0; i < LIMITS; i++) {
        csvk_free(c->limit[i]);
    }
    value_words_release(&c->true_words);
    value_words_release(&c->false_words);
    value_words_release(&c->missing);
    value_words_release(&c->values);
    value_pattern_free(c->pattern);
    csvk_buf_release(&c->plain);
    csvk_buf_release(&c->key);
    csvk_free(c);
}

/* ---- judging --------------------------------------------------------------------------------- */

static uint64_t count_points(const unsigned char *value, size_t length)
{
    uint64_t points = 0;
    for (size_t i = 0; i < length; i++) {
        points += (value[i] & 0xC0) != 0x80;
    }
    return points;
}

/* Where the code point number `index` begins, from 0. */
static size_t place_of_point(const unsigned char *value, size_t length, uint64_t index)
{
    size_t at = 0;
    for (uint64_t points = 0; at < length; at++) {
        bool begins = (value[at] & 0xC0) != 0x80;
        if (begins && points == index) {
            break;
        }
        points += begins;
    }
    return at;
}

static uint64_t count_items(const struct value_constraints *c, const unsigned char *value,
                            size_t length)
{
    uint64_t items = 1;
    size_t separator = strlen(c->separator);
    const unsigned char *end = value + length, *next;
    while ((next = memmem(value, (size_t)(end - value), c->separator, separator)) != NULL) {
        items++;
        value = next + separator;
    }
    return items;
}

static uint64_t length_of(const struct value_check *check, const unsigned char *value,
                          size_t length)
{
    uint64_t decoded = 0;
    switch (check->type) {
    case CSVK_VALUE_TABLE_LIST: return count_items(check->constraints, value, length);
    case CSVK_VALUE_TABLE_OBJECT:
    case CSVK_VALUE_TABLE_ARRAY: return json_value_scan(value, length).members;
    default: break;
    }
    if (check->format == VALUE_FORMAT_BINARY) {
        (void)value_base64_end(value, length, &decoded);
        return decoded;
    }
    return count_points(value, length);
}

static struct value_fault judge_length(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    const struct value_constraints *c = check->constraints;
    if (c->least_length == 0 && c->most_length == UINT64_MAX) {
        return value_good();
    }
    uint64_t found = length_of(check, value, length);
    struct value_fault fault = {.found = found};
    if (found > c->most_length) {
        bool text = check->type == CSVK_VALUE_TABLE_STRING && check->format != VALUE_FORMAT_BINARY;
        fault.kind = VALUE_TOO_LONG;
        fault.at = text ? place_of_point(value, length, c->most_length) : 0;
        fault.limit = c->most_length;
    } else if (found < c->least_length) {
        fault.kind = VALUE_TOO_SHORT;
        fault.limit = c->least_length;
    }
    return fault;
}

/* How a value lies to a limit: < 0, 0, > 0, the least and the greatest answer, which differ for
   durations only. False: there is none. */
static bool compare_with(const struct value_check *check, const unsigned char *value, size_t length,
                         const char *limit, int *least, int *most)
{
    const unsigned char *text = (const unsigned char *)limit;
    struct csvk_bytes plain, other = {text, strlen(limit)};
    struct moment a, b;
    struct duration x, y;
    struct moment_fault fault;
    size_t bad;
    bool good;
    if (is_number(check)) {
        good = plain_of(check, value, length, &plain) == CSVK_OK &&
               !value_is_word(plain.ptr, plain.len, "NAN");
        *least = *most = good ? value_compare_numbers(plain, other) : 0;
    } else if (check->type == CSVK_VALUE_TABLE_DURATION) {
        good = duration_read(&x, value, length, &bad) && duration_read(&y, text, other.len, &bad);
        duration_compare(&x, &y, least, most);
    } else {
        good = moment_read(&a, check->type, check->constraints->format, value, length, &fault) &&
               moment_read(&b, check->type, NULL, text, other.len, &fault);
        *least = *most = good ? moment_compare(&a, &b) : 0;
    }
    return good;
}

static struct value_fault judge_limits(const struct value_check *check, const unsigned char *value,
                                       size_t length)
{
    static const char *const whys[LIMITS] = {"below the minimum", "above the maximum",
                                             "not above the exclusive minimum",
                                             "not below the exclusive maximum"};
    for (size_t i = 0; i < LIMITS; i++) {
        const char *limit = check->constraints->limit[i];
        int least, most;
        if (limit == NULL) {
            continue;
        }
        bool good = compare_with(check, value, length, limit, &least, &most);
        bool within = i == LIMIT_MINIMUM             ? least >= 0
                      : i == LIMIT_MAXIMUM           ? most <= 0
                      : i == LIMIT_EXCLUSIVE_MINIMUM ? least > 0
                                                     : most < 0;
        if (!good || !within) {
            return value_bad(VALUE_OUT_OF_RANGE, 0, whys[i]);
        }
    }
    return value_good();
}

static struct value_fault judge_list(const struct value_check *check, const unsigned char *value,
                                     size_t length)
{
    struct value_constraints *c = check->constraints;
    if (c->values.count == 0) {
        return value_good();
    }
    csvk_buf_clear(&c->key);
    if (value_write_key(check, value, length, &c->key) != CSVK_OK) {
        return value_bad(VALUE_NO_MEMORY, 0, NULL);
    }
    return value_words_have(&c->values, c->key.data, c->key.length)
               ? value_good()
               : value_bad(VALUE_NOT_IN_LIST, 0, NULL);
}

static struct value_fault judge_pattern(const struct value_check *check, const unsigned char *value,
                                        size_t length)
{
    struct value_pattern *pattern = check->constraints->pattern;
    size_t at = 0;
    if (pattern == NULL || value_pattern_takes(pattern, value, length, &at)) {
        return value_good();
    }
    return value_pattern_failed(pattern)
               ? value_bad(VALUE_NO_MEMORY, 0, NULL)
               : value_bad(VALUE_AGAINST_PATTERN, at < length ? at : 0, NULL);
}

struct value_fault value_judge_constraints(const struct value_check *check,
                                           const unsigned char *value, size_t length)
{
    struct value_fault fault = judge_length(check, value, length);
    if (fault.kind != VALUE_GOOD) {
        return fault;
    }
    fault = judge_limits(check, value, length);
    if (fault.kind != VALUE_GOOD) {
        return fault;
    }
    fault = judge_list(check, value, length);
    return fault.kind == VALUE_GOOD ? judge_pattern(check, value, length) : fault;
}
