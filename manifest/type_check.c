/*
 * type_check.c - values against the types that a table has; types.h says what is checked.
 *
 * The grammars here are wide on purpose: each is the union of what the backends take or may take.
 * What is outside of it is refused by all of them. That is the opposite of column_types.c, where a
 * doubt excludes a type.
 *
 * Sources: Snowflake's pages "Numeric data types", "Logical data types", "Date and time input and
 * output formats"; BigQuery's "Data types", "Loading CSV data from Cloud Storage". Both load into a
 * table of the same types whose columns may all be NULL; NOT NULL is refused in the step after it.
 * Formats of dates are those of Snowflake's AUTO, which the platform's sessions have.
 */
#include "manifest/types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_DIGITS 38 /* of any number that has a fixed point, but for BigQuery's BIGNUMERIC */

struct csvk_type_check {
    struct csvk_declared_type *declared;
    struct csvk_column_misfits *misfits;
    size_t columns;
    struct csvk_strings nulls;
    struct csvk_dialect dialect;
    struct csvk_buf value; /* room for a decoded value */
};

/* ---- names of types ---- */

static const struct {
    const char *name;
    enum csvk_type type;
    bool fixed_point;
} names[] = {
    {"BOOLEAN", CSVK_TYPE_BOOLEAN, false},
    {"BOOL", CSVK_TYPE_BOOLEAN, false},
    {"INTEGER", CSVK_TYPE_INTEGER, true},
    {"INT", CSVK_TYPE_INTEGER, true},
    {"INT64", CSVK_TYPE_INTEGER, true},
    {"BIGINT", CSVK_TYPE_INTEGER, true},
    {"SMALLINT", CSVK_TYPE_INTEGER, true},
    {"TINYINT", CSVK_TYPE_INTEGER, true},
    {"BYTEINT", CSVK_TYPE_INTEGER, true},
    {"NUMERIC", CSVK_TYPE_NUMERIC, true},
    {"NUMBER", CSVK_TYPE_NUMERIC, true},
    {"DECIMAL", CSVK_TYPE_NUMERIC, true},
    {"BIGNUMERIC", CSVK_TYPE_NUMERIC, false},
    {"BIGDECIMAL", CSVK_TYPE_NUMERIC, false},
    {"FLOAT", CSVK_TYPE_FLOAT, false},
    {"FLOAT4", CSVK_TYPE_FLOAT, false},
    {"FLOAT8", CSVK_TYPE_FLOAT, false},
    {"FLOAT64", CSVK_TYPE_FLOAT, false},
    {"DOUBLE", CSVK_TYPE_FLOAT, false},
    {"DOUBLE PRECISION", CSVK_TYPE_FLOAT, false},
    {"REAL", CSVK_TYPE_FLOAT, false},
    {"DATE", CSVK_TYPE_DATE, false},
    {"TIMESTAMP", CSVK_TYPE_TIMESTAMP, false},
    {"DATETIME", CSVK_TYPE_TIMESTAMP, false},
    {"TIMESTAMP_NTZ", CSVK_TYPE_TIMESTAMP, false},
    {"TIMESTAMP_LTZ", CSVK_TYPE_TIMESTAMP, false},
    {"TIMESTAMP_TZ", CSVK_TYPE_TIMESTAMP, false},
};

/* "38,9" leaves 29 digits before the point, "10" leaves 10. A length of another form is no limit
   that is known, so the widest counts. */
static uint32_t integer_digits(const char *length)
{
    unsigned long precision, scale = 0;
    char *end = NULL;
    if (length == NULL || length[0] < '0' || length[0] > '9') {
        return MOST_DIGITS;
    }
    precision = strtoul(length, &end, 10);
    if (*end == ',' && end[1] >= '0' && end[1] <= '9') {
        scale = strtoul(end + 1, &end, 10);
    }
    bool good = *end == '\0' && precision <= MOST_DIGITS && scale < precision;
    return good ? (uint32_t)(precision - scale) : MOST_DIGITS;
}

struct csvk_declared_type csvk_declared_type_of(const char *name, const char *length)
{
    struct csvk_declared_type declared = {.type = CSVK_TYPE_STRING};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(names[i].name, name) == 0) {
            declared.type = names[i].type;
            bool sized = names[i].type == CSVK_TYPE_NUMERIC;
            declared.integer_digits =
                !names[i].fixed_point ? 0 : integer_digits(sized ? length : NULL);
        }
    }
    return declared;
}

/* ---- text ---- */

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether blanks around a value are skipped is not known, so they are. */
static struct csvk_bytes trim(struct csvk_bytes text)
{
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

static bool is_one_of(struct csvk_bytes text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == text.len &&
            strncasecmp(*words, (const char *)text.ptr, text.len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_digits(struct csvk_bytes text, size_t at)
{
    size_t n = 0;
    while (at + n < text.len && is_digit(text.ptr[at + n])) {
        n++;
    }
    return n;
}

/* The number that `n` digits at `at` make; -1 when they are not digits. */
static int read_digits(struct csvk_bytes text, size_t at, size_t n)
{
    int value = 0;
    if (at + n > text.len || count_digits(text, at) < n) {
        return -1;
    }
    for (size_t i = at; i < at + n; i++) {
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* ---- numbers ---- */

/* Passes e, perhaps a sign, digits; returns where it ends, or `at` when there is no exponent. */
static size_t pass_exponent(struct csvk_bytes text, size_t at)
{
    size_t sign = at + 1;
    if (at >= text.len || (text.ptr[at] != 'e' && text.ptr[at] != 'E')) {
        return at;
    }
    sign += sign < text.len && (text.ptr[sign] == '-' || text.ptr[sign] == '+');
    size_t n = count_digits(text, sign);
    return n > 0 ? sign + n : at;
}

/* True for a decimal number: digits on either side of the point. *digits: those before the point,
   without leading zeros; 0 when an exponent moves the point. */
static bool read_decimal(struct csvk_bytes text, size_t at, size_t *digits)
{
    size_t zeros = 0, n = count_digits(text, at), fraction = 0, end = at + n;
    while (zeros < n && text.ptr[at + zeros] == '0') {
        zeros++;
    }
    if (end < text.len && text.ptr[end] == '.') {
        fraction = count_digits(text, end + 1);
        end += 1 + fraction;
    }
    size_t whole = pass_exponent(text, end);
    *digits = whole == end ? n - zeros : 0;
    return n + fraction > 0 && whole == text.len;
}

static bool is_hexadecimal(struct csvk_bytes text, size_t at)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    if (text.len < at + 3 || text.ptr[at] != '0' || (text.ptr[at + 1] | 0x20) != 'x') {
        return false;
    }
    for (size_t i = at + 2; i < text.len; i++) {
        if (memchr(digits, text.ptr[i], sizeof digits - 1) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_no_finite_number(struct csvk_bytes text, size_t at)
{
    static const char *const words[] = {"nan", "inf", "infinity", NULL};
    return is_one_of((struct csvk_bytes){text.ptr + at, text.len - at}, words);
}

static bool check_number(struct csvk_bytes text, const struct csvk_declared_type *declared,
                         enum csvk_misfit *why)
{
    size_t digits = 0, at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    *why = CSVK_MISFIT_FORM;
    if (!read_decimal(text, at, &digits)) {
        return is_hexadecimal(text, at) ||
               (declared->type == CSVK_TYPE_FLOAT && is_no_finite_number(text, at));
    }
    *why = CSVK_MISFIT_DIGITS;
    return declared->integer_digits == 0 || digits <= declared->integer_digits;
}

/* ---- truth ---- */

static bool check_boolean(struct csvk_bytes text, enum csvk_misfit *why)
{
    static const char *const words[] = {"true", "t",  "yes", "y",   "on", "1", "false",
                                        "f",    "no", "n",   "off", "0",  NULL};
    *why = CSVK_MISFIT_FORM;
    return is_one_of(text, words);
}

/* ---- dates ---- */

/* Forms of dates are many: with the month first, by its name, as seconds since 1970. A text has
   none of them when it has no digit, and when it is written as in 31.12.2024. */
static bool may_be_date(struct csvk_bytes text)
{
    bool any = false;
    for (size_t i = 0; i < text.len; i++) {
        any = any || is_digit(text.ptr[i]);
    }
    size_t day = count_digits(text, 0), month = count_digits(text, day + 1);
    size_t year = count_digits(text, day + month + 2);
    bool dotted = day >= 1 && day <= 2 && month >= 1 && month <= 2 && year >= 2 && year <= 4 &&
                  day + month + year + 2 == text.len && text.ptr[day] == '.' &&
                  text.ptr[day + 1 + month] == '.';
    return any && !dotted;
}

/* False for YYYY-MM-DD, whatever follows, that is no day. */
static bool may_be_day(struct csvk_bytes text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool written_so = text.len >= 10 && count_digits(text, 0) == 4 && text.ptr[4] == '-' &&
                      count_digits(text, 5) == 2 && text.ptr[7] == '-' &&
                      count_digits(text, 8) == 2;
    if (!written_so) {
        return true;
    }
    int year = read_digits(text, 0, 4), month = read_digits(text, 5, 2);
    int day = read_digits(text, 8, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

/* False for HH:MM or HH:MM:SS after a date that is no time of day. A second may be a leap second.
 */
static bool may_be_time(struct csvk_bytes text)
{
    int hour = read_digits(text, 11, 2), minute = read_digits(text, 14, 2);
    int second = read_digits(text, 17, 2);
    if (text.len < 16 || (text.ptr[10] != ' ' && text.ptr[10] != 'T') || text.ptr[13] != ':' ||
        hour < 0 || minute < 0) {
        return true;
    }
    bool with_seconds = text.len >= 19 && text.ptr[16] == ':';
    return hour <= 24 && minute <= 59 && (!with_seconds || second <= 60);
}

static bool check_date(struct csvk_bytes text, const struct csvk_declared_type *declared,
                       enum csvk_misfit *why)
{
    *why = CSVK_MISFIT_FORM;
    if (!may_be_date(text)) {
        return false;
    }
    *why = CSVK_MISFIT_MOMENT;
    bool has_time = declared->type == CSVK_TYPE_TIMESTAMP && may_be_day(text);
    return has_time ? may_be_time(text) : may_be_day(text);
}

/* ---- values ---- */

static bool is_null(const struct csvk_type_check *check, struct csvk_bytes text)
{
    for (size_t i = 0; i < check->nulls.count; i++) {
        const char *word = check->nulls.item[i];
        if (strlen(word) == text.len && memcmp(word, text.ptr, text.len) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * Nothing is NULL, whatever the list says, in a column that is no text; in one of text, the
 * enclosed empty value is NULL to one backend and a text to another. The same for other words of
 * the list.
 */
static bool check_null(const struct csvk_type_check *check, struct csvk_bytes text, bool enclosed,
                       const struct csvk_declared_type *declared)
{
    bool nothing = text.len == 0 && declared->type != CSVK_TYPE_STRING;
    return !declared->not_null || !(nothing || (!enclosed && is_null(check, text)));
}

static bool fits(const struct csvk_type_check *check, struct csvk_bytes text, bool enclosed,
                 const struct csvk_declared_type *declared, enum csvk_misfit *why)
{
    *why = CSVK_MISFIT_NULL;
    if (!check_null(check, text, enclosed, declared)) {
        return false;
    }
    if (text.len == 0 || is_null(check, text)) {
        return true;
    }
    text = trim(text);
    if (text.len == 0) {
        return true; /* blanks alone may be taken for nothing */
    }
    switch (declared->type) {
    case CSVK_TYPE_BOOLEAN: return check_boolean(text, why);
    case CSVK_TYPE_INTEGER:
    case CSVK_TYPE_NUMERIC:
    case CSVK_TYPE_FLOAT: return check_number(text, declared, why);
    case CSVK_TYPE_DATE:
    case CSVK_TYPE_TIMESTAMP: return check_date(text, declared, why);
    default: return true;
    }
}

static void add_misfit(struct csvk_column_misfits *misfits, struct csvk_bytes text, uint64_t record,
                       enum csvk_misfit why)
{
    misfits->count++;
    if (misfits->nexamples == CSVK_MISFIT_EXAMPLES) {
        return;
    }
    struct csvk_misfit_example *example = &misfits->example[misfits->nexamples++];
    example->record = record;
    example->why = why;
    example->length = text.len;
    example->kept = (uint32_t)(text.len < CSVK_TYPE_SAMPLE ? text.len : CSVK_TYPE_SAMPLE);
    if (example->kept > 0) {
        memcpy(example->sample, text.ptr, example->kept);
    }
}

static int check_record(struct csvk_type_check *check, const struct csvk_batch *batch,
                        const struct csvk_record *record)
{
    for (size_t i = 0; i < check->columns; i++) {
        const struct csvk_declared_type *declared = &check->declared[i];
        bool enclosed = (batch->fields[record->first_field + i].flags & CSVK_FIELD_ENCLOSED) != 0;
        enum csvk_misfit why;
        struct csvk_bytes value;
        if (declared->type == CSVK_TYPE_STRING && !declared->not_null) {
            continue;
        }
        int status = csvk_field_value(batch, record, i, &check->dialect, &check->value, &value);
        if (status != CSVK_OK) {
            return status;
        }
        if (!fits(check, value, enclosed, declared, &why)) {
            add_misfit(&check->misfits[i], value, record->number, why);
        }
    }
    return CSVK_OK;
}

int csvk_type_check_feed(struct csvk_type_check *check, const struct csvk_batch *batch,
                         uint64_t skip)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->number > skip && !record->blank && !record->oversize &&
            record->nfields >= check->columns) {
            status = check_record(check, batch, record);
        }
    }
    return status;
}

/* ---- the object ---- */

int csvk_type_check_new(struct csvk_type_check **out, const struct csvk_declared_type *declared,
                        size_t columns, const struct csvk_strings *nulls,
                        const struct csvk_dialect *dialect)
{
    struct csvk_type_check *check = csvk_calloc(1, sizeof *check);
    if (check == NULL) {
        return CSVK_ENOMEM;
    }
    check->declared = csvk_calloc(columns + 1, sizeof *check->declared);
    check->misfits = csvk_calloc(columns + 1, sizeof *check->misfits);
    check->columns = columns;
    check->dialect = *dialect;
    int status = nulls != NULL ? csvk_strings_copy(&check->nulls, nulls)
                               : csvk_strings_add(&check->nulls, "");
    if (status != CSVK_OK || check->declared == NULL || check->misfits == NULL) {
        csvk_type_check_free(check);
        return CSVK_ENOMEM;
    }
    if (columns > 0) {
        memcpy(check->declared, declared, columns * sizeof *declared);
    }
    *out = check;
    return CSVK_OK;
}

const struct csvk_column_misfits *csvk_type_check_column(const struct csvk_type_check *check,
                                                         size_t column)
{
    return &check->misfits[column];
}

void csvk_type_check_free(struct csvk_type_check *check)
{
    if (check != NULL) {
        csvk_free(check->declared);
        csvk_free(check->misfits);
        csvk_strings_release(&check->nulls);
        csvk_buf_release(&check->value);
        csvk_free(check);
    }
}
