/*
 * value_numbers.c - INTEGER, NUMERIC and FLOAT.
 *
 * The idea. A scan takes a text apart into sign, digits, point and exponent, and never computes its
 * value: how large a number is follows from its digits and from where its point stands. So there is
 * no rounding, whatever the length.
 */
#include "csvkit/schema/value_private.h"

#include <string.h>

#define INTEGER_MOST  "9223372036854775807"
#define INTEGER_LEAST "9223372036854775808" /* with a minus */
#define WIDE_DIGITS   38                    /* of an INTEGER on Snowflake */
#define POWER_MOST    100000000             /* larger exponents are taken for this one */

/* 2^1024 - 2^970: from here on a number is rounded to infinity, not to the largest double. */
static const char double_end[] =
    "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797"
    "75872070963302864166928879109465555478519404026306574886715058206819089020007083836762738548"
    "45817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711"
    "559699508093042880177904174497792";

struct number_form {
    const unsigned char *text;
    size_t blanks; /* before it; `tail` bytes of them after it */
    size_t tail;
    unsigned char sign; /* 0: none */
    size_t whole, nwhole;
    bool point;
    size_t part, npart;
    bool exponent;
    long power;
    size_t bad; /* the first byte that fits nowhere; the length of the text: there is none */
};

static size_t count_digits(const unsigned char *text, size_t at, size_t end)
{
    size_t n = 0;
    while (at + n < end && value_is_digit(text[at + n])) {
        n++;
    }
    return n;
}

/* The exponent at `at`, after its letter. Returns the offset after it; 0: it has no digits. */
static size_t scan_power(struct number_form *form, size_t at, size_t end)
{
    bool minus = at < end && form->text[at] == '-';
    at += at < end && (form->text[at] == '-' || form->text[at] == '+');
    size_t digits = count_digits(form->text, at, end);
    for (size_t i = 0; i < digits; i++) {
        form->power = form->power * 10 + (form->text[at + i] - '0');
        form->power = form->power < POWER_MOST ? form->power : POWER_MOST;
    }
    form->power = minus ? -form->power : form->power;
    form->exponent = true;
    return digits != 0 ? at + digits : 0;
}

static void scan_number(struct number_form *form, const unsigned char *text, size_t length)
{
    *form = (struct number_form){.text = text, .bad = length};
    size_t at = 0, end = length;
    while (at < end && value_is_blank(text[at])) {
        at++;
    }
    while (end > at && value_is_blank(text[end - 1])) {
        end--;
    }
    form->blanks = at;
    form->tail = length - end;
    if (at < end && (text[at] == '-' || text[at] == '+')) {
        form->sign = text[at++];
    }
    form->whole = at;
    form->nwhole = count_digits(text, at, end);
    at += form->nwhole;
    form->part = at;
    if (at < end && text[at] == '.') {
        form->point = true;
        form->part = at + 1;
        form->npart = count_digits(text, form->part, end);
        at = form->part + form->npart;
    }
    if (form->nwhole + form->npart == 0) {
        size_t first = form->whole < length ? form->whole : length - 1;
        form->bad = form->point ? first : form->whole < end ? form->whole : first;
        return;
    }
    if (at < end && (text[at] == 'e' || text[at] == 'E')) {
        size_t after = scan_power(form, at + 1, end);
        if (after == 0) {
            form->bad = at;
            return;
        }
        at = after;
    }
    form->bad = at < end ? at : length;
}

/* ---- how large a number is ------------------------------------------------------------------- */

/* The digits of a number without the zeros around them, and where the point stands. */
struct number_digits {
    const struct number_form *form;
    size_t first, count; /* of the digits of whole and part in a row; count 0: it is zero */
    long point;          /* digits of these before the point; negative: zeros come first */
};

static unsigned char digit_at(const struct number_form *form, size_t i)
{
    return i < form->nwhole ? form->text[form->whole + i]
                            : form->text[form->part + i - form->nwhole];
}

static struct number_digits digits_of(const struct number_form *form)
{
    size_t all = form->nwhole + form->npart, first = 0, end = all;
    while (first < all && digit_at(form, first) == '0') {
        first++;
    }
    while (end > first && digit_at(form, end - 1) == '0') {
        end--;
    }
    return (struct number_digits){form, first, end - first,
                                  (long)form->nwhole - (long)first + form->power};
}

static uint64_t whole_digits(const struct number_digits *d)
{
    return d->count != 0 && d->point > 0 ? (uint64_t)d->point : 0;
}

static uint64_t part_digits(const struct number_digits *d)
{
    return d->count != 0 && (long)d->count > d->point ? (uint64_t)((long)d->count - d->point) : 0;
}

/* Is a whole number at least as large as `limit`, a text of digits without zeros before them? */
static bool reaches(const struct number_digits *d, const char *limit)
{
    size_t length = strlen(limit);
    if (whole_digits(d) != length) {
        return whole_digits(d) > length;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = i < d->count ? digit_at(d->form, d->first + i) : '0';
        if (c != (unsigned char)limit[i]) {
            return c > (unsigned char)limit[i];
        }
    }
    return true;
}

static bool is_exactly(const struct number_digits *d, const char *limit)
{
    size_t length = strlen(limit);
    bool same = whole_digits(d) == length && part_digits(d) == 0;
    for (size_t i = 0; i < length && same; i++) {
        same = (i < d->count ? digit_at(d->form, d->first + i) : '0') == (unsigned char)limit[i];
    }
    return same;
}

/* ---- numbers as a Table Schema has them ------------------------------------------------------ */

static bool is_table_word(const unsigned char *text, size_t length)
{
    return value_is_word(text, length, "NAN") || value_is_word(text, length, "INF") ||
           value_is_word(text, length, "-INF");
}

size_t value_number_bad(const unsigned char *text, size_t length)
{
    struct number_form form;
    if (length == 0 || is_table_word(text, length)) {
        return length;
    }
    scan_number(&form, text, length);
    if (form.blanks != 0) {
        return 0;
    }
    return form.tail != 0 && form.bad == length ? length - form.tail : form.bad;
}

/* -1 and 1: an infinity; 2: no number at all; 0: one with digits. */
static int word_of(struct csvk_bytes number)
{
    return value_is_word(number.ptr, number.len, "NAN")    ? 2
           : value_is_word(number.ptr, number.len, "-INF") ? -1
           : value_is_word(number.ptr, number.len, "INF")  ? 1
                                                           : 0;
}

static int compare_digits(const struct number_digits *a, const struct number_digits *b)
{
    if (a->count == 0 || b->count == 0 || a->point != b->point) {
        return a->count == 0 || b->count == 0 ? (a->count != 0) - (b->count != 0)
                                              : (a->point > b->point) - (a->point < b->point);
    }
    size_t most = a->count > b->count ? a->count : b->count;
    for (size_t i = 0; i < most; i++) {
        unsigned char x = i < a->count ? digit_at(a->form, a->first + i) : '0';
        unsigned char y = i < b->count ? digit_at(b->form, b->first + i) : '0';
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

int value_compare_numbers(struct csvk_bytes a, struct csvk_bytes b)
{
    struct number_form x, y;
    int by_word = word_of(a) - word_of(b);
    if (by_word != 0 || word_of(a) != 0) {
        return by_word;
    }
    scan_number(&x, a.ptr, a.len);
    scan_number(&y, b.ptr, b.len);
    struct number_digits p = digits_of(&x), q = digits_of(&y);
    bool minus = x.sign == '-' && p.count != 0, other = y.sign == '-' && q.count != 0;
    if (minus != other) {
        return minus ? -1 : 1;
    }
    int order = compare_digits(&p, &q);
    return minus ? -order : order;
}

int value_write_number_key(struct csvk_bytes number, struct csvk_buf *out)
{
    struct number_form form;
    int word = word_of(number);
    if (word != 0) {
        return csvk_buf_puts(out, word == 2 ? "nan" : word == 1 ? "inf" : "-inf");
    }
    scan_number(&form, number.ptr, number.len);
    struct number_digits digits = digits_of(&form);
    if (digits.count == 0) {
        return csvk_buf_puts(out, "0");
    }
    int status = form.sign == '-' ? csvk_buf_puts(out, "-") : CSVK_OK;
    for (size_t i = 0; i < digits.count && status == CSVK_OK; i++) {
        unsigned char c = digit_at(&form, digits.first + i);
        status = csvk_buf_add(out, &c, 1);
    }
    return status == CSVK_OK ? csvk_buf_printf(out, "e%ld", digits.point) : status;
}

/* ---- what the types have in common ----------------------------------------------------------- */

/* Texts that are numbers, but of which some backend does not say that it takes them. */
static struct value_fault judge_style(const struct value_check *check,
                                      const struct number_form *form, size_t length,
                                      bool exponent_is_good)
{
    static const char *const about_exponents[CSVK_BACKENDS] = {
        [CSVK_BACKEND_PORTABLE] = "an exponent: Snowflake takes it, BigQuery does not promise to",
        [CSVK_BACKEND_SNOWFLAKE] = "an exponent: Snowflake does not promise to take it here",
        [CSVK_BACKEND_BIGQUERY] = "an exponent: BigQuery does not promise to take it"};
    if (form->blanks + form->tail != 0) {
        return value_bad(VALUE_NOT_PORTABLE, form->blanks != 0 ? 0 : length - form->tail,
                         "blanks around a number: no backend promises to take them");
    }
    if (form->sign == '+') {
        return value_bad(VALUE_NOT_PORTABLE, 0, "a plus sign: no backend promises to take it");
    }
    if (form->point && (form->nwhole == 0 || form->npart == 0)) {
        return value_bad(VALUE_NOT_PORTABLE, form->part - 1,
                         "no digit on one side of the point: no backend promises to take that");
    }
    if (form->exponent && !exponent_is_good) {
        return value_bad(VALUE_NOT_PORTABLE, form->part + form->npart,
                         about_exponents[check->backend]);
    }
    return value_good();
}

/* What stands in place of a number. */
static struct value_fault not_a_number(const struct number_form *form, size_t length)
{
    unsigned char c = form->bad < length ? form->text[form->bad] : '\0';
    const char *why = NULL;
    if (form->nwhole != 0 && (c == ',' || c == ' ' || c == '\'')) {
        why = c == ',' ? "a comma in a number is refused" : "a separator of thousands is refused";
    }
    return value_bad(VALUE_OF_OTHER_TYPE, form->bad, why);
}

/* ---- INTEGER --------------------------------------------------------------------------------- */

static bool is_hex(const unsigned char *text, size_t length)
{
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    if (length < at + 3 || text[at] != '0' || (text[at + 1] != 'x' && text[at + 1] != 'X')) {
        return false;
    }
    for (at += 2; at < length; at++) {
        unsigned char c = text[at] | 0x20;
        if (!value_is_digit(text[at]) && !(c >= 'a' && c <= 'f')) {
            return false;
        }
    }
    return true;
}

static struct value_fault judge_integer_range(const struct value_check *check,
                                              const struct number_digits *d)
{
    if (check->backend == CSVK_BACKEND_SNOWFLAKE) {
        return whole_digits(d) > WIDE_DIGITS
                   ? value_bad(VALUE_OUT_OF_RANGE, 0, "Snowflake takes up to 38 digits")
                   : value_good();
    }
    const char *limit = d->form->sign == '-' ? INTEGER_LEAST : INTEGER_MOST;
    return reaches(d, limit) && !is_exactly(d, limit)
               ? value_bad(VALUE_OUT_OF_RANGE, 0,
                           "BigQuery takes -9223372036854775808 to 9223372036854775807")
               : value_good();
}

static struct value_fault judge_decimals(const struct value_check *check,
                                         const struct number_form *form,
                                         const struct number_digits *d)
{
    size_t at = form->part - 1;
    if (form->nwhole == 0 || form->npart == 0) {
        return value_bad(VALUE_OF_OTHER_TYPE, at, "a point without digits around it");
    }
    if (part_digits(d) == 0) {
        return value_bad(VALUE_NOT_PORTABLE, at,
                         check->backend == CSVK_BACKEND_SNOWFLAKE
                             ? "an integer written with decimals: Snowflake makes it a whole number"
                             : "an integer written with decimals: BigQuery may refuse it");
    }
    if (check->backend == CSVK_BACKEND_SNOWFLAKE) {
        return value_bad(VALUE_TOO_PRECISE, at, "Snowflake rounds it");
    }
    return value_bad(VALUE_OF_OTHER_TYPE, at,
                     check->backend == CSVK_BACKEND_BIGQUERY
                         ? "BigQuery refuses decimals"
                         : "Snowflake rounds it, BigQuery refuses it");
}

struct value_fault judge_integer(const struct value_check *check, const unsigned char *value,
                                 size_t length)
{
    struct number_form form;
    scan_number(&form, value, length);
    if (is_hex(value, length)) {
        return value_bad(VALUE_NOT_PORTABLE, 0,
                         "a hexadecimal number: no backend promises to take it");
    }
    if (form.bad != length) {
        return not_a_number(&form, length);
    }
    struct number_digits d = digits_of(&form);
    struct value_fault decimals =
        form.point && !form.exponent ? judge_decimals(check, &form, &d) : value_good();
    if (decimals.kind == VALUE_OF_OTHER_TYPE) {
        return decimals;
    }
    struct value_fault range = judge_integer_range(check, &d);
    if (range.kind != VALUE_GOOD) {
        return range;
    }
    return decimals.kind != VALUE_GOOD ? decimals : judge_style(check, &form, length, false);
}

/* Are all bytes of a word digits? Their upper half is 3, also when 6 is added. */
static inline bool is_word_of_digits(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t halves = ones * 0xF0, threes = ones * 0x30;
    return (word & halves) == threes && ((word + ones * 6) & halves) == threes;
}

/* Eight bytes in one step; the last step takes some of them again. */
static inline bool are_digits(const unsigned char *text, size_t length)
{
    uint64_t eight;
    uint32_t four;
    if (length >= sizeof eight) {
        bool good = true;
        for (size_t at = 0; at + sizeof eight < length; at += sizeof eight) {
            memcpy(&eight, text + at, sizeof eight);
            good = good && is_word_of_digits(eight);
        }
        memcpy(&eight, text + length - sizeof eight, sizeof eight);
        return good && is_word_of_digits(eight);
    }
    if (length >= sizeof four) {
        uint32_t last;
        memcpy(&four, text, sizeof four);
        memcpy(&last, text + length - sizeof last, sizeof last);
        return is_word_of_digits((uint64_t)last << 32 | four);
    }
    size_t at = 0;
    while (at < length && value_is_digit(text[at])) {
        at++;
    }
    return at == length;
}

bool accepts_integer(const struct value_check *check, const unsigned char *value, size_t length)
{
    enum { SURELY_FITS = 18 };
    (void)check;
    size_t at = length > 0 && value[0] == '-';
    if (at == length || length - at > SURELY_FITS) {
        return false;
    }
    return are_digits(value + at, length - at);
}

/* ---- NUMERIC --------------------------------------------------------------------------------- */

/* Do the digits that are kept become one more when the rest is rounded? 99.96 with one decimal. */
static bool rounds_up_to_more(const struct value_check *check, const struct number_digits *d)
{
    size_t keep = (size_t)(check->whole_digits + check->scale);
    if (whole_digits(d) != check->whole_digits || d->point < 0 || d->count <= keep) {
        return false;
    }
    for (size_t i = 0; i < keep; i++) {
        if (digit_at(d->form, d->first + i) != '9') {
            return false;
        }
    }
    return digit_at(d->form, d->first + keep) >= '5';
}

struct value_fault judge_numeric(const struct value_check *check, const unsigned char *value,
                                 size_t length)
{
    struct number_form form;
    scan_number(&form, value, length);
    if (form.bad != length) {
        return not_a_number(&form, length);
    }
    struct number_digits d = digits_of(&form);
    if (whole_digits(&d) > check->whole_digits) {
        return value_bad(VALUE_OUT_OF_RANGE, 0, "too many digits before the point");
    }
    if (part_digits(&d) > check->scale) {
        return rounds_up_to_more(check, &d)
                   ? value_bad(VALUE_OUT_OF_RANGE, 0, "rounded, it has too many digits")
                   : value_bad(VALUE_TOO_PRECISE, 0, "the backend rounds it");
    }
    return judge_style(check, &form, length, check->backend == CSVK_BACKEND_SNOWFLAKE);
}

/* The offset after the digits that begin at `at`. */
static inline size_t skip_digits(const unsigned char *value, size_t at, size_t length)
{
    while (at < length && (unsigned char)(value[at] - '0') <= 9) {
        at++;
    }
    return at;
}

bool accepts_numeric(const struct value_check *check, const unsigned char *value, size_t length)
{
    size_t begin = length > 0 && value[0] == '-';
    size_t at = skip_digits(value, begin, length);
    if (at == begin || at - begin > check->whole_digits) {
        return false;
    }
    if (at == length) {
        return true;
    }
    size_t part = at + 1;
    at = value[at] == '.' ? skip_digits(value, part, length) : 0;
    return at == length && at > part && at - part <= check->scale;
}

/* ---- FLOAT ----------------------------------------------------------------------------------- */

static struct value_fault judge_float_word(const struct value_check *check,
                                           const struct number_form *form, size_t length)
{
    bool is_signed = length > 0 && (form->text[0] == '-' || form->text[0] == '+');
    const unsigned char *word = form->text + is_signed;
    size_t rest = length - is_signed;
    bool nan = value_is_word(word, rest, "NAN"), inf = value_is_word(word, rest, "INF");
    bool plain = (nan && !is_signed) || (inf && form->text[0] != '+');
    if (plain && check->backend == CSVK_BACKEND_SNOWFLAKE) {
        return value_good();
    }
    if (nan || inf || value_is_word(word, rest, "INFINITY")) {
        return value_bad(VALUE_NOT_PORTABLE, 0, "not every backend promises to take this word");
    }
    return not_a_number(form, length);
}

struct value_fault judge_float(const struct value_check *check, const unsigned char *value,
                               size_t length)
{
    struct number_form form;
    scan_number(&form, value, length);
    if (form.bad != length) {
        return judge_float_word(check, &form, length);
    }
    struct number_digits d = digits_of(&form);
    if (reaches(&d, double_end)) {
        return value_bad(VALUE_OUT_OF_RANGE, 0, "larger than any number in double precision");
    }
    return judge_style(check, &form, length, true);
}

bool accepts_float(const struct value_check *check, const unsigned char *value, size_t length)
{
    enum { SURELY_FITS = 300 };
    (void)check;
    size_t begin = length > 0 && value[0] == '-';
    size_t at = skip_digits(value, begin, length);
    if (at == begin || length > SURELY_FITS) {
        return false;
    }
    if (at == length) {
        return true;
    }
    size_t part = at + 1;
    at = value[at] == '.' ? skip_digits(value, part, length) : 0;
    return at == length && at > part;
}
