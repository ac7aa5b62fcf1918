/* value_moment.c - the default forms of days and times; comparing and writing: value_moment.h. */
#include "csvkit/schema/value_moment.h"

#include "csvkit/schema/value_moment_private.h"
#include "csvkit/schema/value_private.h"

#include <inttypes.h>
#include <string.h>

/* ---- what there is --------------------------------------------------------------------------- */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

unsigned moment_days_of(int64_t year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

bool moment_is_real(const struct moment *m)
{
    return m->month >= 1 && m->month <= 12 && m->day >= 1 &&
           m->day <= moment_days_of(m->year, m->month) && m->hour <= 23 && m->minute <= 59 &&
           m->second <= 59;
}

/* ---- parts of a text ------------------------------------------------------------------------- */

bool moment_take(struct moment_scan *scan, unsigned char c)
{
    bool same = scan->at < scan->length && scan->text[scan->at] == c;
    scan->at += same;
    return same;
}

size_t moment_take_digits(struct moment_scan *scan, size_t least, size_t most, unsigned *value)
{
    size_t n = 0;
    *value = 0;
    while (n < most && scan->at + n < scan->length && value_is_digit(scan->text[scan->at + n])) {
        *value = *value * 10 + (unsigned)(scan->text[scan->at + n] - '0');
        n++;
    }
    scan->at += n;
    return n < least ? 0 : n;
}

bool moment_take_fraction(struct moment_scan *scan, size_t most, struct moment *out)
{
    size_t begin = scan->at;
    while (scan->at < scan->length && scan->at - begin < most &&
           value_is_digit(scan->text[scan->at])) {
        scan->at++;
    }
    out->fraction = scan->text + begin;
    out->nfraction = scan->at - begin;
    return scan->at > begin;
}

/* A year of XML Schema: four digits at least, no zero before more of them, perhaps a minus. */
static bool take_year(struct moment_scan *scan, struct moment *out)
{
    enum { DIGITS_MOST = 9 };
    bool minus = moment_take(scan, '-');
    size_t begin = scan->at;
    unsigned year;
    size_t digits = moment_take_digits(scan, 4, DIGITS_MOST, &year);
    if (digits == 0 || (digits > 4 && scan->text[begin] == '0')) {
        return false;
    }
    out->year = minus ? -(int64_t)year : (int64_t)year;
    return true;
}

static bool take_day(struct moment_scan *scan, struct moment *out)
{
    unsigned year;
    bool good = moment_take_digits(scan, 4, 4, &year) != 0 && moment_take(scan, '-') &&
                moment_take_digits(scan, 2, 2, &out->month) != 0 && moment_take(scan, '-') &&
                moment_take_digits(scan, 2, 2, &out->day) != 0;
    out->year = year;
    return good;
}

static bool take_clock(struct moment_scan *scan, struct moment *out)
{
    return moment_take_digits(scan, 2, 2, &out->hour) != 0 && moment_take(scan, ':') &&
           moment_take_digits(scan, 2, 2, &out->minute) != 0 && moment_take(scan, ':') &&
           moment_take_digits(scan, 2, 2, &out->second) != 0;
}

/* Z or +02:00, if there is one. False: half of one. */
static bool take_zone(struct moment_scan *scan, struct moment *out)
{
    unsigned hours, minutes;
    if (scan->at == scan->length || scan->text[scan->at] == 'Z') {
        out->zoned = moment_take(scan, 'Z');
        return true;
    }
    bool minus = scan->text[scan->at] == '-';
    if (!moment_take(scan, '+') && !moment_take(scan, '-')) {
        return true; /* there is something else, which is told */
    }
    if (moment_take_digits(scan, 2, 2, &hours) == 0 || !moment_take(scan, ':') ||
        moment_take_digits(scan, 2, 2, &minutes) == 0 || hours > 14 || minutes > 59 ||
        (hours == 14 && minutes != 0)) {
        return false;
    }
    out->zoned = true;
    out->offset = (int)(hours * 60 + minutes);
    out->offset = minus ? -out->offset : out->offset;
    return true;
}

static bool take_datetime(struct moment_scan *scan, struct moment *out)
{
    bool good = take_year(scan, out) && moment_take(scan, '-') &&
                moment_take_digits(scan, 2, 2, &out->month) != 0 && moment_take(scan, '-') &&
                moment_take_digits(scan, 2, 2, &out->day) != 0 && moment_take(scan, 'T') &&
                take_clock(scan, out);
    if (good && moment_take(scan, '.')) {
        good = moment_take_fraction(scan, SIZE_MAX, out);
    }
    return good && take_zone(scan, out);
}

static bool take_default(struct moment_scan *scan, enum csvk_value_type type, struct moment *out,
                         const char **form)
{
    switch (type) {
    case CSVK_VALUE_TABLE_DATE: *form = "the form is YYYY-MM-DD"; return take_day(scan, out);
    case CSVK_VALUE_TABLE_TIME: *form = "the form is hh:mm:ss"; return take_clock(scan, out);
    case CSVK_VALUE_TABLE_YEAR:
        *form = "the form is YYYY";
        return take_year(scan, out) && take_zone(scan, out);
    case CSVK_VALUE_TABLE_YEARMONTH:
        *form = "the form is YYYY-MM";
        return take_year(scan, out) && moment_take(scan, '-') &&
               moment_take_digits(scan, 2, 2, &out->month) != 0 && take_zone(scan, out);
    default: *form = "the form is YYYY-MM-DDThh:mm:ss"; return take_datetime(scan, out);
    }
}

/* 24:00:00 is the midnight at the end of a day that there is, in XML Schema. */
static void take_midnight(struct moment *m)
{
    if (m->hour != 24 || m->minute != 0 || m->second != 0 || m->year == 0 || m->month < 1 ||
        m->month > 12 || m->day < 1 || m->day > moment_days_of(m->year, m->month)) {
        return;
    }
    for (size_t i = 0; i < m->nfraction; i++) {
        if (m->fraction[i] != '0') {
            return;
        }
    }
    m->hour = 0;
    m->day++;
    if (m->day > moment_days_of(m->year, m->month)) {
        m->day = 1;
        m->year += m->month == 12;
        m->year += m->year == 0; /* there is none */
        m->month = m->month % 12 + 1;
    }
}

bool moment_read(struct moment *out, enum csvk_value_type type, const char *format,
                 const unsigned char *text, size_t length, struct moment_fault *fault)
{
    struct moment_scan scan = {text, 0, length};
    const char *form = "it is not as the format says";
    *out = (struct moment){.year = format != NULL ? 1900 : 1, .month = 1, .day = 1};
    bool good = format != NULL ? moment_take_pattern(&scan, format, out)
                               : take_default(&scan, type, out, &form);
    if (!good || scan.at != length) {
        size_t at = scan.at < length ? scan.at : length != 0 ? length - 1 : 0;
        *fault = (struct moment_fault){at, form, false};
        return false;
    }
    if (format == NULL && type == CSVK_VALUE_TABLE_DATETIME) {
        take_midnight(out);
    }
    if (type == CSVK_VALUE_TABLE_TIME) { /* of no day: that of another pattern is not compared */
        out->year = out->month = out->day = 1;
    } else if (type == CSVK_VALUE_TABLE_DATE && moment_is_real(out)) {
        out->hour = out->minute = out->second = 0;
        out->nfraction = 0;
    }
    /* XML Schema 1.0 has no year 0, and years before it in its own forms only. */
    bool year = out->year > 0 || (out->year < 0 && type != CSVK_VALUE_TABLE_DATE && format == NULL);
    if (!moment_is_real(out) || !year) {
        bool time = type == CSVK_VALUE_TABLE_TIME;
        *fault =
            (struct moment_fault){0, time ? "there is no such time" : "there is no such day", true};
        return false;
    }
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* Days since the first of March of the year 0. */
static int64_t day_number(int64_t year, unsigned month, unsigned day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (int64_t)(month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

static int64_t second_number(const struct moment *m)
{
    int64_t minutes = (day_number(m->year, m->month, m->day) * 24 + m->hour) * 60 + m->minute;
    return (minutes - m->offset) * 60 + m->second;
}

static size_t without_zeros(const unsigned char *digits, size_t count)
{
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    return count;
}

static int compare_fractions(const unsigned char *a, size_t na, const unsigned char *b, size_t nb)
{
    na = without_zeros(a, na);
    nb = without_zeros(b, nb);
    size_t both = na < nb ? na : nb;
    int order = both != 0 ? memcmp(a, b, both) : 0;
    return order != 0 ? order : (na > nb) - (na < nb);
}

int moment_compare(const struct moment *a, const struct moment *b)
{
    int64_t x = second_number(a), y = second_number(b);
    return x != y ? (x > y) - (x < y)
                  : compare_fractions(a->fraction, a->nfraction, b->fraction, b->nfraction);
}

/* ---- writing --------------------------------------------------------------------------------- */

static int put_fraction(const unsigned char *digits, size_t count, struct csvk_buf *out)
{
    count = without_zeros(digits, count);
    int status = count != 0 ? csvk_buf_puts(out, ".") : CSVK_OK;
    return status == CSVK_OK && count != 0 ? csvk_buf_add(out, digits, count) : status;
}

static int put_zone(const struct moment *m, struct csvk_buf *out)
{
    if (!m->zoned) {
        return CSVK_OK;
    }
    int minutes = m->offset < 0 ? -m->offset : m->offset;
    return m->offset == 0 ? csvk_buf_puts(out, "Z")
                          : csvk_buf_printf(out, "%c%02d:%02d", m->offset < 0 ? '-' : '+',
                                            minutes / 60, minutes % 60);
}

int moment_write(const struct moment *m, enum csvk_value_type type, struct csvk_buf *out)
{
    uint64_t year = (uint64_t)(m->year < 0 ? -m->year : m->year);
    bool day = type != CSVK_VALUE_TABLE_TIME, month = day && type != CSVK_VALUE_TABLE_YEAR;
    bool clock = type == CSVK_VALUE_TABLE_TIME || type == CSVK_VALUE_TABLE_DATETIME;
    int status = CSVK_OK;
    if (day) {
        status = csvk_buf_printf(out, "%s%04" PRIu64, m->year < 0 ? "-" : "", year);
    }
    if (status == CSVK_OK && month) {
        status = csvk_buf_printf(out, "-%02u", m->month);
    }
    if (status == CSVK_OK && month && type != CSVK_VALUE_TABLE_YEARMONTH) {
        status = csvk_buf_printf(out, "-%02u", m->day);
    }
    if (status == CSVK_OK && clock) {
        status =
            csvk_buf_printf(out, "%s%02u:%02u:%02u", day ? "T" : "", m->hour, m->minute, m->second);
        status = status == CSVK_OK ? put_fraction(m->fraction, m->nfraction, out) : status;
    }
    return status == CSVK_OK ? put_zone(m, out) : status;
}

int moment_write_key(const struct moment *m, struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "%" PRId64, second_number(m));
    return status == CSVK_OK ? put_fraction(m->fraction, m->nfraction, out) : status;
}

/* ---- durations ------------------------------------------------------------------------------- */

/* A number of up to 15 digits, and its letter, which has to be one of those that are left. */
static bool take_part(struct moment_scan *scan, const char **letters, uint64_t *value, char *letter)
{
    size_t begin = scan->at;
    *value = 0;
    while (scan->at < scan->length && value_is_digit(scan->text[scan->at])) {
        *value = *value * 10 + (uint64_t)(scan->text[scan->at++] - '0');
    }
    if (scan->at == begin || scan->at - begin > 15 || scan->at == scan->length) {
        return false;
    }
    const char *found = memchr(*letters, scan->text[scan->at], strlen(*letters));
    if (found == NULL) {
        return false;
    }
    *letter = *found;
    *letters = found + 1;
    scan->at++;
    return true;
}

/* 1.5S, or a part of the clock. */
static bool take_clock_part(struct moment_scan *scan, const char **letters, struct duration *out)
{
    uint64_t value;
    char letter;
    size_t begin = scan->at;
    if (take_part(scan, letters, &value, &letter)) {
        out->seconds += value * (letter == 'H' ? 3600 : letter == 'M' ? 60 : 1);
        return true;
    }
    struct moment part = {0};
    if (scan->at == begin || scan->at - begin > 15 || strchr(*letters, 'S') == NULL ||
        !moment_take(scan, '.') || !moment_take_fraction(scan, SIZE_MAX, &part) ||
        !moment_take(scan, 'S')) {
        return false;
    }
    out->seconds += value;
    out->fraction = part.fraction;
    out->nfraction = part.nfraction;
    *letters = "";
    return true;
}

bool duration_read(struct duration *out, const unsigned char *text, size_t length, size_t *bad)
{
    struct moment_scan scan = {text, 0, length};
    const char *days = "YMD", *clock = "HMS";
    uint64_t value;
    char letter;
    *out = (struct duration){.minus = moment_take(&scan, '-')};
    bool good = moment_take(&scan, 'P');
    size_t begin = scan.at;
    while (good && scan.at < length && text[scan.at] != 'T') {
        good = take_part(&scan, &days, &value, &letter);
        out->months += good && letter != 'D' ? value * (letter == 'Y' ? 12 : 1) : 0;
        out->seconds += good && letter == 'D' ? value * 86400 : 0;
    }
    if (good && moment_take(&scan, 'T')) {
        good = scan.at < length;
        while (good && scan.at < length) {
            good = take_clock_part(&scan, &clock, out);
        }
    }
    *bad = scan.at < length ? scan.at : length != 0 ? length - 1 : 0;
    return good && scan.at > begin;
}

/* XML Schema compares durations by what they make of these four days; lengths of a month and of a
   year differ between them as much as they can. */
static int64_t days_after(uint64_t months, size_t start)
{
    static const struct {
        int year;
        unsigned month;
    } starts[] = {{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}};
    int64_t all = (int64_t)(starts[start].month - 1) + (int64_t)months;
    return day_number(starts[start].year + all / 12, (unsigned)(all % 12) + 1, 1) -
           day_number(starts[start].year, starts[start].month, 1);
}

static int compare_from(const struct duration *a, const struct duration *b, size_t start)
{
    int64_t x = days_after(a->months, start) * 86400 + (int64_t)a->seconds;
    int64_t y = days_after(b->months, start) * 86400 + (int64_t)b->seconds;
    return x != y ? (x > y) - (x < y)
                  : compare_fractions(a->fraction, a->nfraction, b->fraction, b->nfraction);
}

static bool is_zero(const struct duration *d)
{
    return d->months == 0 && d->seconds == 0 && without_zeros(d->fraction, d->nfraction) == 0;
}

void duration_compare(const struct duration *a, const struct duration *b, int *least, int *most)
{
    bool x = a->minus && !is_zero(a), y = b->minus && !is_zero(b);
    *least = *most = x ? -1 : 1;
    for (size_t i = 0; i < 4 && x == y; i++) {
        int order = compare_from(a, b, i);
        order = x ? -order : order;
        *least = i == 0 || order < *least ? order : *least;
        *most = i == 0 || order > *most ? order : *most;
    }
}

int duration_write_key(const struct duration *d, struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "%s%" PRIu64 "M%" PRIu64, d->minus && !is_zero(d) ? "-" : "",
                                 d->months, d->seconds);
    return status == CSVK_OK ? put_fraction(d->fraction, d->nfraction, out) : status;
}
