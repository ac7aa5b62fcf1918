/* typed_value.c - see typed_value.h. */
#include "csvkit/schema/typed_value.h"

#include <string.h>

#define BIT(type)    (1u << (type))
#define MOST_INTEGER 18 /* digits that a 64-bit integer always holds */
#define MOST_NUMERIC 38 /* digits of a NUMERIC */
#define MOST_FLOAT   15 /* decimal digits that a double keeps */
#define MOST_SECOND  6  /* digits of a second that every backend keeps */

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

/* Where the digits from `at` on end. They go into the mantissa. */
static size_t read_digits(struct csvk_bytes text, size_t at, struct typed_value *out)
{
    uint64_t mantissa = out->mantissa;
    while (at < text.len && is_digit(text.ptr[at])) {
        mantissa = mantissa * 10 + (uint64_t)(text.ptr[at] - '0');
        at++;
    }
    out->mantissa = mantissa;
    return at;
}

/* True when the rest of the text is an exponent: e, perhaps a sign, and one to three digits that
   make less than 300. */
static bool read_exponent(struct csvk_bytes text, size_t at, struct typed_value *out)
{
    if (text.ptr[at] != 'e' && text.ptr[at] != 'E') {
        return false;
    }
    at++;
    bool negative = at < text.len && text.ptr[at] == '-';
    at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
    size_t begin = at;
    for (; at < text.len && is_digit(text.ptr[at]) && at - begin < 3; at++) {
        out->exponent = out->exponent * 10 + (text.ptr[at] - '0');
    }
    bool good = at > begin && at == text.len && out->exponent < 300;
    out->exponent = negative ? -out->exponent : out->exponent;
    out->forms |= CSVK_FORM_EXPONENT;
    return good;
}

/* `exponent`: there is one. */
static bool read_number(struct csvk_bytes text, struct typed_value *out, bool *exponent)
{
    size_t begin = text.ptr[0] == '-', at = read_digits(text, begin, out), n = at - begin;
    out->negative = begin != 0;
    if (n == 0 || (n > 1 && text.ptr[begin] == '0')) {
        return false; /* 007 is a name, not a number */
    }
    if (text.len == 2 && out->negative && text.ptr[1] == '0') {
        return false; /* -0 would come back as 0 */
    }
    out->integer_digits = n;
    if (at < text.len && text.ptr[at] == '.') {
        begin = at + 1;
        at = read_digits(text, begin, out);
        out->fraction_digits = at - begin;
        if (at == begin) {
            return false;
        }
    }
    *exponent = at < text.len;
    return at == text.len || read_exponent(text, at, out);
}

static unsigned types_of_number(const struct typed_value *number, bool exponent)
{
    size_t digits = number->integer_digits + number->fraction_digits;
    unsigned types = digits <= MOST_FLOAT ? BIT(CSVK_TYPE_FLOAT) : 0;
    if (exponent) {
        return types;
    }
    if (digits <= MOST_NUMERIC) {
        types |= BIT(CSVK_TYPE_NUMERIC);
    }
    if (number->fraction_digits == 0 && digits <= MOST_INTEGER) {
        types |= BIT(CSVK_TYPE_INTEGER);
    }
    return types;
}

/* ---- dates ---- */

/* The number that `n` digits at `at` make; -1 when they are not digits. */
static int number_at(struct csvk_bytes text, size_t at, size_t n)
{
    int value = 0;
    if (at + n > text.len) {
        return -1;
    }
    for (size_t i = at; i < at + n; i++) {
        if (!is_digit(text.ptr[i])) {
            return -1;
        }
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* True when `text` begins with YYYY-MM-DD, a day that exists. */
static bool begins_with_date(struct csvk_bytes text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len < 10 || text.ptr[4] != '-' || text.ptr[7] != '-') {
        return false;
    }
    int year = number_at(text, 0, 4), month = number_at(text, 5, 2);
    int day = number_at(text, 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

/* HH:MM, then :SS, then a fraction of one to six digits; its form, or 0. A zone is none of it: what
   one backend drops, the other one applies. */
static unsigned form_of_time(struct csvk_bytes text)
{
    int hour = number_at(text, 0, 2), minute = number_at(text, 3, 2);
    if (text.len < 5 || text.ptr[2] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return 0;
    }
    if (text.len == 5) {
        return CSVK_FORM_MINUTES;
    }
    int second = number_at(text, 6, 2);
    if (text.ptr[5] != ':' || second < 0 || second > 59) {
        return 0;
    }
    if (text.len == 8) {
        return CSVK_FORM_SECONDS;
    }
    size_t digits = text.len - 9;
    bool fraction = text.ptr[8] == '.' && digits >= 1 && digits <= MOST_SECOND;
    return fraction && number_at(text, 9, digits) >= 0 ? CSVK_FORM_FRACTION : 0;
}

static unsigned types_of_date(struct csvk_bytes text, struct typed_value *out)
{
    if (!begins_with_date(text)) {
        return 0;
    }
    if (text.len == 10) {
        return BIT(CSVK_TYPE_DATE);
    }
    struct csvk_bytes time = {text.ptr + 11, text.len - 11};
    unsigned between = text.ptr[10] == 'T'   ? CSVK_FORM_TIME_T
                       : text.ptr[10] == ' ' ? CSVK_FORM_TIME_BLANK
                                             : 0;
    unsigned form = between != 0 ? form_of_time(time) : 0;
    if (form == 0) {
        return 0;
    }
    out->forms |= between | form;
    return BIT(CSVK_TYPE_TIMESTAMP);
}

/* ---- words ---- */

static bool is_word(struct csvk_bytes text, const char *small)
{
    size_t i = 0;
    for (; i < text.len && small[i] != '\0'; i++) {
        if ((text.ptr[i] | 0x20) != (unsigned char)small[i]) {
            return false;
        }
    }
    return i == text.len && small[i] == '\0';
}

static unsigned form_of_word(struct csvk_bytes text)
{
    size_t capitals = 0;
    for (size_t i = 0; i < text.len; i++) {
        capitals += text.ptr[i] <= 'Z';
    }
    return capitals == 0                         ? CSVK_FORM_SMALL_WORD
           : capitals == text.len                ? CSVK_FORM_CAPITAL_WORD
           : capitals == 1 && text.ptr[0] <= 'Z' ? CSVK_FORM_TITLE_WORD
                                                 : CSVK_FORM_MIXED_WORD;
}

/* ---- values ---- */

void csvk_typed_value_read(struct csvk_bytes text, struct typed_value *out)
{
    unsigned char first = text.ptr[0];
    *out = (struct typed_value){0};
    if (first == '-' || is_digit(first)) {
        bool exponent = false;
        out->number = read_number(text, out, &exponent);
        out->types = out->number ? types_of_number(out, exponent) : types_of_date(text, out);
        out->number = out->number && out->types != 0;
        return;
    }
    bool boolean =
        (text.len == 4 && is_word(text, "true")) || (text.len == 5 && is_word(text, "false"));
    if (boolean) {
        out->types = BIT(CSVK_TYPE_BOOLEAN);
        out->forms = form_of_word(text);
    }
}
