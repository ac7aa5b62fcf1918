/*
 * csvw_numbers.c - numbers of CSVW: patterns (UAX 35), reading, comparing.
 *
 * The idea. A number is read from the left: what may stand before the digits, the digits before the
 * decimal sign with their groups, those after it, an exponent, a sign for percent or per mille. The
 * form says which of that must be there. Its value stays digits in the text, so that any length
 * compares exactly.
 */
#include "csvkit/schema/csvw_private.h"

#include <string.h>

#define PERMILLE   "\xE2\x80\xB0" /* U+2030 */
#define POWER_MOST INT64_C(1000000000000)

struct number_scan {
    const struct csvw_number_form *form;
    const unsigned char *text;
    size_t at, length;
};

static size_t skip_text(const struct number_scan *scan, const char *text)
{
    size_t n = strlen(text);
    bool same =
        n != 0 && scan->length - scan->at >= n && memcmp(scan->text + scan->at, text, n) == 0;
    return same ? n : 0;
}

static bool take_text(struct number_scan *scan, const char *text)
{
    size_t n = skip_text(scan, text);
    scan->at += n;
    return n != 0;
}

static struct value_fault stop(size_t at, size_t length, const char *why)
{
    return value_bad(VALUE_OF_OTHER_TYPE, at < length || length == 0 ? at : length - 1, why);
}

/* ---- patterns -------------------------------------------------------------------------------- */

struct pattern_digits { /* of one side of the decimal sign */
    size_t least, all;
    size_t since, before; /* digits since the last group sign, and between it and the one before */
    size_t until;         /* digits until the first group sign */
    bool groups;
};

/* Zeros and # in groups. `least` of the whole part are the zeros. */
static bool take_pattern_digits(struct number_scan *scan, struct pattern_digits *out)
{
    *out = (struct pattern_digits){0};
    for (;;) {
        bool zero = scan->at < scan->length && scan->text[scan->at] == '0';
        if (zero || (scan->at < scan->length && scan->text[scan->at] == '#')) {
            out->least += zero;
            out->all++;
            out->since++;
            scan->at++;
        } else if (take_text(scan, scan->form->group)) {
            if (out->all == 0) {
                return false;
            }
            out->until = out->groups ? out->until : out->all;
            out->before = out->groups ? out->since : 0;
            out->groups = true;
            out->since = 0;
        } else {
            return !out->groups || out->since != 0;
        }
    }
}

static bool take_pattern_power(struct number_scan *scan, struct csvw_number_form *form)
{
    if (!take_text(scan, "E")) {
        return true;
    }
    size_t begin = scan->at;
    form->power_sign = take_text(scan, "+");
    begin = scan->at;
    while (scan->at < scan->length &&
           (scan->text[scan->at] == '0' || scan->text[scan->at] == '#')) {
        form->power_least += scan->text[scan->at] == '0';
        scan->at++;
    }
    form->power_least = form->power_least == 0 && scan->at > begin ? 1 : form->power_least;
    return scan->at > begin;
}

static int take_percent(struct number_scan *scan)
{
    return take_text(scan, "%") ? 2 : take_text(scan, PERMILLE) ? 3 : 0;
}

static char take_sign(struct number_scan *scan)
{
    return take_text(scan, "+") ? '+' : take_text(scan, "-") ? '-' : '\0';
}

bool csvw_number_pattern(struct csvw_number_form *form, const char *pattern)
{
    struct number_scan scan = {form, (const unsigned char *)pattern, 0, strlen(pattern)};
    struct pattern_digits whole, part = {0};
    form->how = CSVW_NUMBER_PATTERN;
    form->sign = take_sign(&scan);
    form->before = take_percent(&scan);
    form->sign = form->sign == '\0' ? take_sign(&scan) : form->sign;
    bool good = take_pattern_digits(&scan, &whole);
    bool point = take_text(&scan, form->decimal);
    good = good && (!point || take_pattern_digits(&scan, &part));
    good = good && whole.all + part.all != 0 && take_pattern_power(&scan, form);
    form->after = take_percent(&scan);
    form->whole_least = whole.least;
    form->first = whole.groups ? whole.since : 0;
    form->second = whole.before != 0 ? whole.before : form->first;
    form->part_least = part.least;
    form->part_most = part.all;
    form->part_group = part.groups ? part.until : 0;
    return good && scan.at == scan.length && !(form->before != 0 && form->after != 0);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct number_parts {
    size_t begin, end;  /* the digits and what is between them */
    size_t whole, part; /* how many digits */
    int64_t power;
    bool has_point, has_power;
    int percent;
};

static const char twice[] = "two group signs in a row";
static const char bad_group[] = "the groups of digits are not as the pattern has them";

/* Digits, with group signs between them where the form has any. */
static size_t take_digits(struct number_scan *scan, bool groups, const char **why)
{
    size_t count = 0;
    bool after_group = false;
    for (;;) {
        if (scan->at < scan->length && value_is_digit(scan->text[scan->at])) {
            count++;
            scan->at++;
            after_group = false;
        } else if (groups && count != 0 && skip_text(scan, scan->form->group) != 0) {
            if (after_group) {
                *why = twice;
                return count;
            }
            (void)take_text(scan, scan->form->group);
            after_group = true;
        } else {
            return count;
        }
    }
}

/* The groups of the whole part from its right end: `first` digits, then `second` each time. */
static bool whole_groups_fit(const struct number_scan *scan, size_t begin, size_t end)
{
    const struct csvw_number_form *form = scan->form;
    size_t sign = strlen(form->group), digits = 0, size = form->first;
    for (size_t at = end; at > begin;) {
        bool group = sign != 0 && at - begin >= sign &&
                     memcmp(scan->text + at - sign, form->group, sign) == 0;
        if (group != (size != 0 && digits == size)) {
            return false;
        }
        size = group ? form->second : size;
        digits = group ? 0 : digits + 1;
        at -= group ? sign : 1;
    }
    return true;
}

static bool part_groups_fit(const struct number_scan *scan, size_t begin, size_t end)
{
    const struct csvw_number_form *form = scan->form;
    size_t sign = strlen(form->group), digits = 0;
    for (size_t at = begin; at < end;) {
        bool group =
            sign != 0 && end - at >= sign && memcmp(scan->text + at, form->group, sign) == 0;
        if (group != (form->part_group != 0 && digits == form->part_group)) {
            return false;
        }
        digits = group ? 0 : digits + 1;
        at += group ? sign : 1;
    }
    return end == begin || digits != 0; /* no group sign at the end */
}

/* The digits on both sides of the decimal sign. */
static struct value_fault take_mantissa(struct number_scan *scan, struct number_parts *parts)
{
    const struct csvw_number_form *form = scan->form;
    const char *why = NULL;
    bool pattern = form->how == CSVW_NUMBER_PATTERN;
    parts->begin = scan->at;
    parts->whole = take_digits(scan, form->group[0] != '\0', &why);
    if (why == NULL && pattern && !whole_groups_fit(scan, parts->begin, scan->at)) {
        return stop(parts->begin, scan->length, bad_group);
    }
    if (why == NULL && take_text(scan, form->decimal)) {
        size_t begin = scan->at;
        parts->has_point = true;
        parts->part = take_digits(scan, pattern && form->part_group != 0, &why);
        if (why == NULL && pattern && !part_groups_fit(scan, begin, scan->at)) {
            return stop(begin, scan->length, bad_group);
        }
    }
    parts->end = scan->at;
    if (why != NULL) {
        return stop(scan->at, scan->length, why);
    }
    bool bare = parts->has_point && parts->part == 0; /* `5.` */
    bool none = parts->whole == 0 && (parts->part == 0 || form->how == CSVW_NUMBER_PLAIN);
    return none || (bare && form->how != CSVW_NUMBER_XSD) ? stop(scan->at, scan->length, NULL)
                                                          : value_good();
}

static struct value_fault take_power(struct number_scan *scan, struct number_parts *parts)
{
    bool small = scan->form->how == CSVW_NUMBER_XSD;
    size_t begin = scan->at;
    if (!take_text(scan, "E") && !(small && take_text(scan, "e"))) {
        return value_good();
    }
    char sign = take_sign(scan);
    size_t digits = scan->at;
    for (; scan->at < scan->length && value_is_digit(scan->text[scan->at]); scan->at++) {
        int64_t more = parts->power * 10 + (scan->text[scan->at] - '0');
        parts->power = more < POWER_MOST ? more : POWER_MOST;
    }
    parts->power = sign == '-' ? -parts->power : parts->power;
    parts->has_power = true;
    const struct csvw_number_form *form = scan->form;
    bool pattern = form->how == CSVW_NUMBER_PATTERN;
    bool short_of = scan->at - digits < (pattern ? form->power_least : 1);
    bool unsigned_one = pattern && form->power_sign && sign == '\0';
    return short_of || unsigned_one ? stop(begin, scan->length, "the exponent is not complete")
                                    : value_good();
}

/* Which of the parts a pattern wants, and how many digits. */
static struct value_fault judge_parts(const struct number_scan *scan,
                                      const struct number_parts *parts, char sign)
{
    const struct csvw_number_form *form = scan->form;
    const char *why = parts->whole < form->whole_least
                          ? "fewer digits before the decimal sign than in the pattern"
                      : parts->part < form->part_least ? "fewer decimals than in the pattern"
                      : parts->part > form->part_most  ? "more decimals than in the pattern"
                      : parts->has_power != (form->power_least != 0)
                          ? "with an exponent, or without it, other than the pattern"
                      : parts->percent != (form->before != 0 ? form->before : form->after)
                          ? "without the sign for percent or per mille of the pattern"
                      : form->sign == '-' && sign != '-'  ? "without the minus sign of the pattern"
                      : form->sign == '+' && sign == '\0' ? "without the sign of the pattern"
                                                          : NULL;
    return why == NULL ? value_good() : stop(parts->begin, scan->length, why);
}

static bool has_exponent(enum csvw_base base)
{
    return base == CSVW_DOUBLE || base == CSVW_FLOAT;
}

static bool is_integer(enum csvw_base base)
{
    return base >= CSVW_INTEGER && base <= CSVW_NEGATIVE;
}

static bool read_word(enum csvw_base base, const unsigned char *text, size_t length,
                      struct csvw_number *out, struct value_fault *fault)
{
    bool nan = length == 3 && memcmp(text, "NaN", 3) == 0;
    bool negative = length == 4 && memcmp(text, "-INF", 4) == 0;
    if (!nan && !negative && !(length == 3 && memcmp(text, "INF", 3) == 0)) {
        return false;
    }
    out->kind = nan ? CSVW_NAN : CSVW_INFINITE;
    out->negative = negative;
    *fault = has_exponent(base) ? value_good()
                                : stop(0, length, "only double and float have NaN, INF and -INF");
    return true;
}

static void set_value(const struct number_scan *scan, const struct number_parts *parts,
                      struct csvw_number *out)
{
    size_t at = parts->begin, zeros = 0;
    while (at < parts->end && (scan->text[at] == '0' || !value_is_digit(scan->text[at]))) {
        zeros += scan->text[at] == '0';
        at++;
    }
    out->digits = scan->text + at;
    out->length = parts->end - at;
    out->top = at == parts->end
                   ? INT64_MIN
                   : (int64_t)parts->whole - (int64_t)zeros + parts->power - parts->percent;
    out->negative = out->negative && out->top != INT64_MIN;
}

struct value_fault csvw_number_read(const struct csvw_number_form *form, enum csvw_base base,
                                    const unsigned char *text, size_t length,
                                    struct csvw_number *out)
{
    struct number_scan scan = {form, text, 0, length};
    struct number_parts parts = {0};
    struct value_fault fault;
    *out = (struct csvw_number){.kind = CSVW_FINITE};
    if (read_word(base, text, length, out, &fault)) {
        return fault;
    }
    char sign = take_sign(&scan);
    int before = form->before != 0 ? take_percent(&scan) : 0;
    sign = sign == '\0' && before != 0 ? take_sign(&scan) : sign;
    fault = take_mantissa(&scan, &parts);
    fault = fault.kind == VALUE_GOOD ? take_power(&scan, &parts) : fault;
    if (fault.kind != VALUE_GOOD) {
        return fault;
    }
    parts.percent = before != 0                                       ? before
                    : form->how == CSVW_NUMBER_XSD || parts.has_power ? 0
                                                                      : take_percent(&scan);
    if (scan.at < length) {
        return stop(scan.at, length, NULL);
    }
    if (parts.has_point && is_integer(base)) {
        return stop(parts.begin + parts.whole, length, "a decimal sign in an integer");
    }
    if (parts.has_power && !has_exponent(base)) {
        return stop(parts.end, length, "only double and float have an exponent");
    }
    out->negative = sign == '-';
    set_value(&scan, &parts, out);
    return form->how == CSVW_NUMBER_PATTERN ? judge_parts(&scan, &parts, sign) : value_good();
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* The next digit of a number, 0 after the last one. */
static unsigned char next_digit(const struct csvw_number *number, size_t *at)
{
    while (*at < number->length && !value_is_digit(number->digits[*at])) {
        ++*at;
    }
    return *at < number->length ? number->digits[(*at)++] : '0';
}

static int compare_size(const struct csvw_number *a, const struct csvw_number *b)
{
    size_t i = 0, k = 0;
    if (a->kind != b->kind) {
        return a->kind == CSVW_INFINITE ? 1 : -1;
    }
    if (a->kind == CSVW_INFINITE || a->top != b->top) {
        return a->kind == CSVW_INFINITE ? 0 : a->top < b->top ? -1 : 1;
    }
    while (i < a->length || k < b->length) {
        unsigned char x = next_digit(a, &i), y = next_digit(b, &k);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

int csvw_number_compare(const struct csvw_number *a, const struct csvw_number *b, bool *comparable)
{
    *comparable = a->kind != CSVW_NAN && b->kind != CSVW_NAN;
    if (a->negative != b->negative) {
        return a->negative ? -1 : 1;
    }
    return a->negative ? -compare_size(a, b) : compare_size(a, b);
}

/* ---- the sub-types of integer ---------------------------------------------------------------- */

static const struct {
    const char *least, *most;
} integers[CSVW_BASES] = {
    [CSVW_LONG] = {"-9223372036854775808", "9223372036854775807"},
    [CSVW_INT] = {"-2147483648", "2147483647"},
    [CSVW_SHORT] = {"-32768", "32767"},
    [CSVW_BYTE] = {"-128", "127"},
    [CSVW_NON_NEGATIVE] = {"0", NULL},
    [CSVW_POSITIVE] = {"1", NULL},
    [CSVW_UNSIGNED_LONG] = {"0", "18446744073709551615"},
    [CSVW_UNSIGNED_INT] = {"0", "4294967295"},
    [CSVW_UNSIGNED_SHORT] = {"0", "65535"},
    [CSVW_UNSIGNED_BYTE] = {"0", "255"},
    [CSVW_NON_POSITIVE] = {NULL, "0"},
    [CSVW_NEGATIVE] = {NULL, "-1"},
};

const char *csvw_integer_least(enum csvw_base base)
{
    return integers[base].least;
}

const char *csvw_integer_most(enum csvw_base base)
{
    return integers[base].most;
}
