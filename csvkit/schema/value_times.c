/*
 * value_times.c - DATE and TIMESTAMP.
 *
 * The idea. A text is read from the left, one part after the other (struct time_scan); a part that
 * is not there ends the reading at its byte. Days are those of the Gregorian calendar in the years
 * 0001 to 9999, which is what the backends keep.
 */
#include "csvkit/schema/value_private.h"

#include <string.h>

#define FRACTION_PORTABLE 6 /* digits of a second that both backends keep */
#define FRACTION_MOST     9

struct time_scan {
    const unsigned char *text;
    size_t at, length;
};
struct calendar_day {
    unsigned year, month, day;
    bool padded; /* month and day have two digits */
};
struct clock_time {
    unsigned hour, minute, second;
    bool only_hour;
    size_t fraction, kept; /* digits, and those before the last zeros */
};

static bool take_byte(struct time_scan *scan, unsigned char c)
{
    bool same = scan->at < scan->length && scan->text[scan->at] == c;
    scan->at += same;
    return same;
}

/* A number of `least` to `most` digits, and no digit after them. Returns how many; 0: none. */
static size_t take_number(struct time_scan *scan, size_t least, size_t most, unsigned *value)
{
    size_t n = 0;
    *value = 0;
    while (n < most && scan->at + n < scan->length && value_is_digit(scan->text[scan->at + n])) {
        *value = *value * 10 + (unsigned)(scan->text[scan->at + n] - '0');
        n++;
    }
    bool more = scan->at + n < scan->length && value_is_digit(scan->text[scan->at + n]);
    scan->at += n;
    return n < least || more ? 0 : n;
}

static bool is_whole(const struct time_scan *scan)
{
    return scan->at == scan->length;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_real_day(const struct calendar_day *day)
{
    static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (day->year < 1 || day->year > 9999 || day->month < 1 || day->month > 12 || day->day < 1) {
        return false;
    }
    unsigned last = lengths[day->month - 1] + (day->month == 2 && is_leap(day->year) ? 1u : 0u);
    return day->day <= last;
}

/* Year, month and day with the byte `between` them. */
static bool take_day(struct time_scan *scan, unsigned char between, struct calendar_day *day)
{
    size_t month = 0, last = 0;
    bool found = take_number(scan, 4, 4, &day->year) != 0 && take_byte(scan, between) &&
                 (month = take_number(scan, 1, 2, &day->month)) != 0 && take_byte(scan, between) &&
                 (last = take_number(scan, 1, 2, &day->day)) != 0;
    day->padded = month == 2 && last == 2;
    return found;
}

static unsigned month_of(const unsigned char *text)
{
    static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    for (unsigned i = 0; i < 12; i++) {
        char name[4] = {names[3 * i], names[3 * i + 1], names[3 * i + 2], '\0'};
        if (value_is_word(text, 3, name)) {
            return i + 1;
        }
    }
    return 0;
}

/* Day, name of a month, year, with the byte `between` them: 5-JAN-2024. */
static bool take_named_day(struct time_scan *scan, unsigned char between, struct calendar_day *day)
{
    if (take_number(scan, 1, 2, &day->day) == 0 || !take_byte(scan, between) ||
        scan->length - scan->at < 3) {
        return false;
    }
    day->month = month_of(scan->text + scan->at);
    scan->at += day->month != 0 ? 3 : 0;
    return day->month != 0 && take_byte(scan, between) && take_number(scan, 4, 4, &day->year) != 0;
}

static bool take_american_day(struct time_scan *scan, struct calendar_day *day)
{
    return take_number(scan, 1, 2, &day->month) != 0 && take_byte(scan, '/') &&
           take_number(scan, 1, 2, &day->day) != 0 && take_byte(scan, '/') &&
           take_number(scan, 4, 4, &day->year) != 0;
}

static struct time_scan scan_of(const unsigned char *value, size_t length)
{
    return (struct time_scan){value, 0, length};
}

/* The text is all digits, or a number with a sign or a fraction: seconds since 1970 for some. */
static bool is_epoch(const unsigned char *value, size_t length, size_t *fraction)
{
    size_t at = length > 0 && (value[0] == '-' || value[0] == '+'), begin = at;
    while (at < length && value_is_digit(value[at])) {
        at++;
    }
    bool digits = at > begin;
    *fraction = 0;
    if (at < length && value[at] == '.') {
        begin = ++at;
        while (at < length && value_is_digit(value[at])) {
            at++;
        }
        *fraction = at - begin;
        digits = digits && at > begin;
    }
    return digits && at == length;
}

static const char no_such_day[] = "there is no such day in the years 0001 to 9999";

/* ---- DATE ------------------------------------------------------------------------------------ */

/* Forms that Snowflake alone takes, or takes for another day. */
static struct value_fault judge_other_date(const struct value_check *check,
                                           const unsigned char *value, size_t length, size_t bad)
{
    bool snowflake = check->backend == CSVK_BACKEND_SNOWFLAKE;
    struct calendar_day day = {0};
    struct time_scan scan = scan_of(value, length);
    size_t fraction;
    if (is_epoch(value, length, &fraction) && fraction == 0) {
        return value_bad(VALUE_OF_OTHER_TYPE, 0,
                         "Snowflake reads a number as seconds since 1970, BigQuery refuses it");
    }
    if (take_american_day(&scan, &day) && is_whole(&scan)) {
        if (!snowflake) {
            return value_bad(VALUE_OF_OTHER_TYPE, bad,
                             "Snowflake reads the month first, BigQuery refuses it");
        }
        return is_real_day(&day) ? value_bad(VALUE_AMBIGUOUS, 0, "Snowflake reads the month first")
                                 : value_bad(VALUE_OUT_OF_RANGE, 0,
                                             "Snowflake reads the month first, and there is no "
                                             "such day");
    }
    scan = scan_of(value, length);
    if (snowflake && take_named_day(&scan, '-', &day) && is_whole(&scan)) {
        return is_real_day(&day) ? value_good() : value_bad(VALUE_OUT_OF_RANGE, 0, no_such_day);
    }
    return value_bad(VALUE_OF_OTHER_TYPE, bad, "the form is YYYY-MM-DD");
}

struct value_fault judge_date(const struct value_check *check, const unsigned char *value,
                              size_t length)
{
    struct calendar_day day = {0};
    struct time_scan scan = scan_of(value, length);
    if (!take_day(&scan, '-', &day) || !is_whole(&scan)) {
        return judge_other_date(check, value, length, scan.at < length ? scan.at : length - 1);
    }
    if (!is_real_day(&day)) {
        return value_bad(VALUE_OUT_OF_RANGE, 0, no_such_day);
    }
    return day.padded ? value_good()
                      : value_bad(VALUE_NOT_PORTABLE, 5,
                                  "month and day need two digits each to be taken everywhere");
}

/* Two digits as a number; more than 99: they are none. */
static inline unsigned two_digits(const unsigned char *text)
{
    unsigned high = (unsigned)(unsigned char)(text[0] - '0');
    unsigned low = (unsigned)(unsigned char)(text[1] - '0');
    return high > 9 || low > 9 ? 100 : high * 10 + low;
}

/* YYYY-MM-DD. Eight bytes in one step: above their least values, digits are at most 9 and dashes 0,
   which an addition shows in the highest bit. The 29th of February is left to the judge. */
static inline bool is_plain_day(const unsigned char *text)
{
    static const unsigned char days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t eight, least, most;
    memcpy(&eight, text, sizeof eight);
    memcpy(&least, "0000-00-", sizeof least);
    memcpy(&most, "\x76\x76\x76\x76\x7F\x76\x76\x7F", sizeof most);
    eight ^= least;
    if (((eight | (eight + most)) & UINT64_C(0x8080808080808080)) != 0) {
        return false;
    }
    unsigned month = (unsigned)(text[5] - '0') * 10 + (unsigned)(text[6] - '0');
    unsigned day = two_digits(text + 8);
    return text[0] + text[1] != '0' + '0' && month - 1 < 12 && day - 1 < days[month];
}

bool accepts_date(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check;
    return length == sizeof "YYYY-MM-DD" - 1 && is_plain_day(value);
}

/* ---- TIMESTAMP ------------------------------------------------------------------------------- */

/* Hour, and perhaps minute, second and fraction. */
static bool take_clock(struct time_scan *scan, struct clock_time *clock)
{
    if (take_number(scan, 2, 2, &clock->hour) == 0) {
        return false;
    }
    clock->only_hour = !take_byte(scan, ':');
    if (clock->only_hour) {
        return true;
    }
    if (take_number(scan, 2, 2, &clock->minute) == 0) {
        return false;
    }
    if (!take_byte(scan, ':')) {
        return true;
    }
    if (take_number(scan, 2, 2, &clock->second) == 0) {
        return false;
    }
    if (take_byte(scan, '.')) {
        size_t begin = scan->at;
        while (scan->at < scan->length && value_is_digit(scan->text[scan->at])) {
            scan->at++;
            clock->kept = scan->text[scan->at - 1] != '0' ? scan->at - begin : clock->kept;
        }
        clock->fraction = scan->at - begin;
        return clock->fraction != 0 && clock->fraction <= FRACTION_MOST;
    }
    return true;
}

enum zone { NO_ZONE, ZONE_Z, ZONE_UTC, ZONE_OFFSET, ZONE_UNKNOWN };

/* +02:00, +0200 or +02, after a blank or not. */
static bool take_offset(struct time_scan *scan)
{
    unsigned hours, minutes = 0;
    if (!take_byte(scan, '+') && !take_byte(scan, '-')) {
        return false;
    }
    if (scan->length - scan->at == 4) {
        return take_number(scan, 4, 4, &hours) != 0 && hours / 100 <= 23 && hours % 100 <= 59;
    }
    bool found = take_number(scan, 2, 2, &hours) != 0;
    if (found && take_byte(scan, ':')) {
        found = take_number(scan, 2, 2, &minutes) != 0;
    }
    return found && hours <= 23 && minutes <= 59;
}

static enum zone take_zone(struct time_scan *scan)
{
    if (is_whole(scan)) {
        return NO_ZONE;
    }
    const unsigned char *rest = scan->text + scan->at;
    size_t length = scan->length - scan->at;
    if (length == 1 && rest[0] == 'Z') {
        return ZONE_Z;
    }
    if (value_is_word(rest, length, " UTC")) {
        return ZONE_UTC;
    }
    size_t begin = scan->at;
    (void)take_byte(scan, ' ');
    if (take_offset(scan) && is_whole(scan)) {
        return ZONE_OFFSET;
    }
    scan->at = begin;
    return ZONE_UNKNOWN;
}

static struct value_fault judge_zone(const struct value_check *check, enum zone zone, size_t at)
{
    bool bigquery = check->backend == CSVK_BACKEND_BIGQUERY;
    if (zone == NO_ZONE || (bigquery && zone != ZONE_UNKNOWN)) {
        return value_good();
    }
    if (zone == ZONE_Z) {
        return value_bad(VALUE_NOT_PORTABLE, at, "Snowflake does not promise to take the Z");
    }
    if (zone == ZONE_OFFSET) {
        return value_bad(VALUE_NOT_PORTABLE, at,
                         "Snowflake drops the offset, BigQuery converts to UTC");
    }
    return value_bad(VALUE_OF_OTHER_TYPE, at, "a zone that is not taken everywhere");
}

static struct value_fault judge_fraction(const struct value_check *check,
                                         const struct clock_time *clock, size_t at)
{
    if (clock->kept > check->fraction_digits) {
        return value_bad(VALUE_TOO_PRECISE, at, "more digits of a second than the column keeps");
    }
    if (clock->fraction > FRACTION_PORTABLE && check->backend != CSVK_BACKEND_SNOWFLAKE) {
        return value_bad(VALUE_NOT_PORTABLE, at,
                         "more than 6 digits of a second: BigQuery does not promise to take them");
    }
    return value_good();
}

/* Thu, 21 Dec 2000 16:01:07 +0200 */
static bool is_mail_date(const unsigned char *value, size_t length, bool *real)
{
    struct time_scan scan = scan_of(value, length);
    struct calendar_day day = {0};
    struct clock_time clock = {0};
    if (length > 5 && value[3] == ',' && value[4] == ' ') {
        scan.at = 5;
    }
    if (!take_named_day(&scan, ' ', &day) || !take_byte(&scan, ' ') || !take_clock(&scan, &clock)) {
        return false;
    }
    *real = is_real_day(&day) && clock.hour <= 23 && clock.minute <= 59 && clock.second <= 59;
    return !clock.only_hour && clock.fraction == 0 && take_byte(&scan, ' ') && take_offset(&scan) &&
           is_whole(&scan);
}

/* 12/21/2000 16:01:07, which Snowflake takes. */
static bool is_american_time(const unsigned char *value, size_t length, bool *real)
{
    struct time_scan scan = scan_of(value, length);
    struct calendar_day day = {0};
    struct clock_time clock = {0};
    if (!take_american_day(&scan, &day) || !take_byte(&scan, ' ') ||
        scan.length - scan.at != sizeof "HH:MM:SS" - 1 || !take_clock(&scan, &clock)) {
        return false;
    }
    *real = is_real_day(&day) && clock.hour <= 23 && clock.minute <= 59 && clock.second <= 59;
    return is_whole(&scan);
}

/* What does not begin with a day in the usual form. */
static struct value_fault judge_other_timestamp(const struct value_check *check,
                                                const unsigned char *value, size_t length,
                                                size_t bad)
{
    size_t fraction;
    bool real = false;
    if (is_epoch(value, length, &fraction)) {
        return check->backend == CSVK_BACKEND_BIGQUERY && fraction <= FRACTION_PORTABLE
                   ? value_bad(VALUE_NOT_PORTABLE, 0, "BigQuery reads a number as seconds")
                   : value_bad(VALUE_OF_OTHER_TYPE, 0,
                               "a number: Snowflake guesses its unit, BigQuery reads seconds");
    }
    if (check->backend == CSVK_BACKEND_SNOWFLAKE && is_mail_date(value, length, &real)) {
        return real ? value_good() : value_bad(VALUE_OUT_OF_RANGE, 0, "there is no such time");
    }
    if (check->backend == CSVK_BACKEND_SNOWFLAKE && is_american_time(value, length, &real)) {
        return real ? value_bad(VALUE_AMBIGUOUS, 0, "Snowflake reads the month first")
                    : value_bad(VALUE_OUT_OF_RANGE, 0,
                                "Snowflake reads the month first, and there is no such time");
    }
    return value_bad(VALUE_OF_OTHER_TYPE, bad, "the form is YYYY-MM-DD HH:MM:SS");
}

/* The time after a day. `begin` is the place of the hour. */
static struct value_fault judge_clock(const struct value_check *check,
                                      const struct clock_time *clock, size_t begin)
{
    bool snowflake = check->backend == CSVK_BACKEND_SNOWFLAKE;
    if (clock->only_hour && !snowflake) {
        return value_bad(VALUE_OF_OTHER_TYPE, begin, "only Snowflake takes an hour alone");
    }
    if (clock->second == 60) {
        return value_bad(VALUE_OF_OTHER_TYPE, begin + 6,
                         "a second 60: Snowflake refuses it, BigQuery makes it the next minute");
    }
    if (clock->hour > 23 || clock->minute > 59 || clock->second > 59) {
        return value_bad(VALUE_OUT_OF_RANGE, begin, "there is no such time");
    }
    return value_good();
}

static struct value_fault judge_after_day(const struct value_check *check, struct time_scan *scan)
{
    struct clock_time clock = {0};
    if (is_whole(scan)) {
        return value_bad(VALUE_NOT_PORTABLE, 0,
                         "a date without a time: BigQuery does not promise to take it");
    }
    size_t last = scan->length - 1;
    if (!take_byte(scan, ' ') && !take_byte(scan, 'T')) {
        return value_bad(VALUE_OF_OTHER_TYPE, scan->at, "the form is YYYY-MM-DD HH:MM:SS");
    }
    size_t begin = scan->at;
    if (!take_clock(scan, &clock)) {
        return value_bad(VALUE_OF_OTHER_TYPE, scan->at < last ? scan->at : last,
                         "the form is YYYY-MM-DD HH:MM:SS");
    }
    size_t at = scan->at;
    struct value_fault by_zone = judge_zone(check, take_zone(scan), at);
    if (by_zone.kind == VALUE_OF_OTHER_TYPE) {
        return by_zone;
    }
    struct value_fault fault = judge_clock(check, &clock, begin);
    fault = fault.kind == VALUE_GOOD ? by_zone : fault;
    return fault.kind == VALUE_GOOD ? judge_fraction(check, &clock, at - clock.fraction) : fault;
}

struct value_fault judge_timestamp(const struct value_check *check, const unsigned char *value,
                                   size_t length)
{
    struct calendar_day day = {0};
    struct time_scan scan = scan_of(value, length);
    bool found = take_day(&scan, '-', &day);
    size_t bad = scan.at < length ? scan.at : length - 1;
    if (!found && check->backend == CSVK_BACKEND_BIGQUERY) {
        scan = scan_of(value, length);
        found = take_day(&scan, '/', &day);
    }
    if (!found || !day.padded) {
        return judge_other_timestamp(check, value, length, found ? 5 : bad);
    }
    struct value_fault fault = judge_after_day(check, &scan);
    bool in_form = fault.kind != VALUE_OF_OTHER_TYPE;
    return in_form && !is_real_day(&day) ? value_bad(VALUE_OUT_OF_RANGE, 0, no_such_day) : fault;
}

bool accepts_timestamp(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check;
    return length == sizeof "YYYY-MM-DD HH:MM:SS" - 1 && is_plain_day(value) &&
           (value[10] == ' ' || value[10] == 'T') && two_digits(value + 11) <= 23 &&
           value[13] == ':' && two_digits(value + 14) <= 59 && value[16] == ':' &&
           two_digits(value + 17) <= 59;
}

/* As a Table Schema has it. */
bool accepts_datetime(const struct value_check *check, const unsigned char *value, size_t length)
{
    return accepts_timestamp(check, value, length) && value[10] == 'T';
}

bool accepts_year(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check;
    return length == 4 && two_digits(value) <= 99 && two_digits(value + 2) <= 99 &&
           two_digits(value) + two_digits(value + 2) != 0;
}
