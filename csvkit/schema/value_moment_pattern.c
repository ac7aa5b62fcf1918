/*
 * value_moment_pattern.c - days and times by a pattern of strptime: %d.%m.%Y.
 *
 * The idea. A pattern is walked beside the text, without a library's locale: names of months and
 * days are the English ones. A number takes one digit or two, as in Python; where digits of another
 * one follow without anything between them, it takes two. So nothing is ever read again.
 */
#include "csvkit/schema/value_moment_private.h"
#include "csvkit/schema/value_private.h"

#include <string.h>

static const char known[] = "YymdHIMSfpzbBhaAjeTFR%";

bool moment_pattern_is_known(const char *format, char bad[3])
{
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%') {
            continue;
        }
        p++;
        if (*p == '\0' || strchr(known, *p) == NULL) {
            memcpy(bad, (char[3]){'%', *p, '\0'}, 3);
            return false;
        }
    }
    return true;
}

/* What was read besides the moment. */
struct pattern_parts {
    unsigned half; /* 1: AM, 2: PM */
    unsigned day_of_year;
    bool twelve;
};

static bool take_word(struct moment_scan *scan, const char *word)
{
    size_t i = 0;
    while (word[i] != '\0' && scan->at + i < scan->length &&
           (scan->text[scan->at + i] | 0x20) == (word[i] | 0x20)) {
        i++;
    }
    bool found = word[i] == '\0';
    scan->at += found ? i : 0;
    return found;
}

/* Returns the number of the name, from 1; 0: it is none. */
static unsigned take_name(struct moment_scan *scan, const char *const *names, unsigned count,
                          bool whole)
{
    for (unsigned i = 0; i < count; i++) {
        char three[4] = {names[i][0], names[i][1], names[i][2], '\0'};
        if (take_word(scan, whole ? names[i] : three)) {
            return i + 1;
        }
    }
    return 0;
}

static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};
static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                   "friday", "saturday", "sunday"};

/* +0200, +02:00 or Z */
static bool take_pattern_zone(struct moment_scan *scan, struct moment *out)
{
    unsigned hours, minutes;
    out->zoned = true;
    if (moment_take(scan, 'Z')) {
        return true;
    }
    bool minus = scan->at < scan->length && scan->text[scan->at] == '-';
    if ((!moment_take(scan, '+') && !moment_take(scan, '-')) ||
        moment_take_digits(scan, 2, 2, &hours) == 0) {
        return false;
    }
    (void)moment_take(scan, ':');
    if (moment_take_digits(scan, 2, 2, &minutes) == 0 || hours > 23 || minutes > 59) {
        return false;
    }
    out->offset = (int)(hours * 60 + minutes);
    out->offset = minus ? -out->offset : out->offset;
    return true;
}

/* Do digits follow in the pattern, with nothing between? */
static bool digits_follow(const char *next)
{
    return (next[0] == '%' && next[1] != '\0' && strchr("YymdHIMSfjTFR", next[1]) != NULL) ||
           value_is_digit((unsigned char)next[0]);
}

static bool take_number(struct moment_scan *scan, size_t width, const char *next, unsigned *value)
{
    return moment_take_digits(scan, digits_follow(next) ? width : 1, width, value) != 0;
}

/* A blank may stand for the first digit, as in Python. */
static bool take_day(struct moment_scan *scan, const char *next, unsigned *day)
{
    size_t left = scan->length - scan->at;
    const unsigned char *text = scan->text + scan->at;
    if (left >= 2 && text[0] == ' ' && text[1] >= '1' && text[1] <= '9') {
        *day = (unsigned)(text[1] - '0');
        scan->at += 2;
        return true;
    }
    return take_number(scan, 2, next, day);
}

static bool take_year(struct moment_scan *scan, bool four, struct moment *out)
{
    unsigned year;
    size_t width = four ? 4 : 2;
    bool found = moment_take_digits(scan, width, width, &year) != 0;
    out->year = four ? year : year + (year < 69 ? 2000 : 1900);
    return found;
}

static bool take_half(struct moment_scan *scan, struct pattern_parts *parts)
{
    parts->half = take_word(scan, "am") ? 1 : take_word(scan, "pm") ? 2 : 0;
    return parts->half != 0;
}

static bool take_directive(struct moment_scan *scan, char letter, const char *next,
                           struct moment *out, struct pattern_parts *parts)
{
    switch (letter) {
    case 'Y':
    case 'y': return take_year(scan, letter == 'Y', out);
    case 'm': return take_number(scan, 2, next, &out->month);
    case 'd':
    case 'e': return take_day(scan, next, &out->day);
    case 'I': parts->twelve = true; return take_number(scan, 2, next, &out->hour);
    case 'H': return take_number(scan, 2, next, &out->hour);
    case 'M': return take_number(scan, 2, next, &out->minute);
    case 'S': return take_number(scan, 2, next, &out->second);
    case 'j': return take_number(scan, 3, next, &parts->day_of_year) && parts->day_of_year != 0;
    case 'f': return moment_take_fraction(scan, 6, out);
    case 'p': return take_half(scan, parts);
    case 'z': return take_pattern_zone(scan, out);
    case 'b':
    case 'h': return (out->month = take_name(scan, months, 12, false)) != 0;
    case 'B': return (out->month = take_name(scan, months, 12, true)) != 0;
    case 'a': return take_name(scan, days, 7, false) != 0;
    case 'A': return take_name(scan, days, 7, true) != 0;
    default: return moment_take(scan, '%');
    }
}

/* Directives that stand for several. */
static const char *expand(char letter)
{
    return letter == 'T' ? "%H:%M:%S" : letter == 'R' ? "%H:%M" : letter == 'F' ? "%Y-%m-%d" : NULL;
}

static bool is_white(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space in a pattern stands for any of it, one at least. */
static bool take_white(struct moment_scan *scan)
{
    size_t begin = scan->at;
    while (scan->at < scan->length && is_white(scan->text[scan->at])) {
        scan->at++;
    }
    return scan->at > begin;
}

static bool walk(struct moment_scan *scan, const char *format, struct moment *out,
                 struct pattern_parts *parts)
{
    for (const char *p = format; *p != '\0'; p++) {
        bool found;
        if (is_white((unsigned char)*p)) {
            while (is_white((unsigned char)p[1])) {
                p++;
            }
            found = take_white(scan);
        } else if (*p != '%') {
            /* Letters in any case, as in Python. */
            found = take_word(scan, (char[2]){*p, '\0'}) &&
                    (scan->text[scan->at - 1] == (unsigned char)*p ||
                     ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'));
        } else {
            p++;
            found = expand(*p) != NULL ? walk(scan, expand(*p), out, parts)
                                       : take_directive(scan, *p, p + 1, out, parts);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* The day number `number` of its year. */
static void set_day(struct moment *out, unsigned number)
{
    unsigned left = number;
    out->month = 1;
    while (out->month < 12 && left > moment_days_of(out->year, out->month)) {
        left -= moment_days_of(out->year, out->month);
        out->month++;
    }
    out->day = left;
}

bool moment_take_pattern(struct moment_scan *scan, const char *format, struct moment *out)
{
    struct pattern_parts parts = {0};
    if (!walk(scan, format, out, &parts)) {
        return false;
    }
    if (parts.day_of_year != 0) {
        set_day(out, parts.day_of_year);
    }
    if (parts.twelve) {
        if (out->hour < 1 || out->hour > 12) {
            out->hour = 99; /* no such time */
            return true;
        }
        out->hour = out->hour % 12 + (parts.half == 2 ? 12 : 0);
    }
    return true;
}
