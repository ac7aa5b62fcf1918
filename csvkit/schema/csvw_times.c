/*
 * csvw_times.c - dates and times of CSVW: patterns, reading, comparing.
 *
 * The idea. A pattern is one of the known ones (14 for dates, 5 for times, and their combinations,
 * each with a time zone or without). It becomes a row of steps, one byte each: the parts of a date,
 * or a byte that has to be there. The lexical forms of XSD are rows of steps, too.
 *
 * Values compare in UTC; one without a time zone counts as UTC. What a datatype does not say is
 * that of 1972-01-01 00:00:00 (a leap year).
 */
#include "csvkit/schema/csvw_private.h"
#include "csvkit/schema/value_moment_private.h"

#include <string.h>

#define YEAR_DIGITS 9 /* more are out of range */

enum time_step { /* bytes below the blank; the others stand for themselves */
                 STEP_END,
                 STEP_YEAR,  /* four digits */
                 STEP_YEARS, /* of XSD: four or more, perhaps with a sign */
                 STEP_MONTH_2,
                 STEP_MONTH,
                 STEP_DAY_2,
                 STEP_DAY,
                 STEP_HOUR,
                 STEP_MINUTE,
                 STEP_SECOND,
                 STEP_PART,   /* the step after it: how many digits at most, of the fraction of a
                                 second */
                 STEP_ZONE,   /* +08 +0530 Z */
                 STEP_ZONE_2, /* +0800 Z */
                 STEP_ZONE_3, /* +08:00 Z */
                 STEP_OFFSET, /* the same without Z */
                 STEP_OFFSET_2,
                 STEP_OFFSET_3,
                 STEP_XSD_PART, /* any number of digits, or nothing */
                 STEP_XSD_ZONE, /* +08:00 Z, or nothing */
};
#define PART_BASE 64 /* PART_BASE + n is the byte for n digits */
#define PART_MOST 60

/* ---- patterns -------------------------------------------------------------------------------- */

static const char *const date_patterns[] = {
    "yyyy-MM-dd", "yyyyMMdd",   "dd-MM-yyyy", "d-M-yyyy",   "MM-dd-yyyy",
    "M-d-yyyy",   "dd/MM/yyyy", "d/M/yyyy",   "MM/dd/yyyy", "M/d/yyyy",
    "dd.MM.yyyy", "d.M.yyyy",   "MM.dd.yyyy", "M.d.yyyy",   NULL,
};
static const char *const time_patterns[] = {"HH:mm:ss", "HHmmss", "HH:mm", "HHmm", NULL};

/* The longest of the patterns that `text` begins with; 0: none. */
static size_t begins_with(const char *text, const char *const *patterns)
{
    size_t best = 0;
    for (; *patterns != NULL; patterns++) {
        size_t n = strlen(*patterns);
        best = n > best && strncmp(text, *patterns, n) == 0 ? n : best;
    }
    return best;
}

/* A time and perhaps .SSS after it. */
static size_t time_length(const char *text)
{
    size_t n = begins_with(text, time_patterns);
    size_t digits = n == 8 && text[n] == '.' ? strspn(text + n + 1, "S") : 0;
    return digits != 0 && digits <= PART_MOST ? n + 1 + digits : n;
}

static size_t zone_length(const char *text)
{
    size_t blank = text[0] == ' ';
    size_t big = strspn(text + blank, "X"), small = strspn(text + blank, "x");
    size_t n = big != 0 ? big : small;
    return n >= 1 && n <= 3 ? blank + n : 0;
}

/* How much of the pattern CSVW knows for this datatype. */
static size_t known_length(enum csvw_base base, const char *pattern)
{
    size_t n = 0;
    if (base != CSVW_TIME) {
        n = begins_with(pattern, date_patterns);
    }
    bool both = base == CSVW_DATE_TIME || base == CSVW_DATE_TIME_STAMP;
    bool joined =
        pattern[n] == ' ' || (pattern[n] == 'T' && strncmp(pattern, "yyyy-MM-ddT", 11) == 0);
    if (n == 0 && base != CSVW_TIME) {
        return 0;
    }
    if (both && !joined) {
        return 0;
    }
    if (both || base == CSVW_TIME) {
        size_t time = time_length(pattern + n + both);
        if (time == 0) {
            return 0;
        }
        n += both + time;
    }
    return n + zone_length(pattern + n);
}

static size_t put_step(const char *pattern, char *step)
{
    static const struct {
        const char *symbol;
        enum time_step step;
    } symbols[] = {{"yyyy", STEP_YEAR},   {"MM", STEP_MONTH_2}, {"M", STEP_MONTH},
                   {"dd", STEP_DAY_2},    {"d", STEP_DAY},      {"HH", STEP_HOUR},
                   {"mm", STEP_MINUTE},   {"ss", STEP_SECOND},  {"XXX", STEP_ZONE_3},
                   {"XX", STEP_ZONE_2},   {"X", STEP_ZONE},     {"xxx", STEP_OFFSET_3},
                   {"xx", STEP_OFFSET_2}, {"x", STEP_OFFSET},   {NULL, STEP_END}};
    for (size_t i = 0; symbols[i].symbol != NULL; i++) {
        size_t n = strlen(symbols[i].symbol);
        if (strncmp(pattern, symbols[i].symbol, n) == 0) {
            *step = (char)symbols[i].step;
            return n;
        }
    }
    *step = *pattern;
    return 1;
}

bool csvw_time_pattern(struct csvw_time_form *form, enum csvw_base base, const char *pattern)
{
    bool other = base >= CSVW_G_DAY && base <= CSVW_G_YEAR_MONTH;
    size_t length = other ? 0 : known_length(base, pattern), steps = 0;
    memset(form, 0, sizeof *form);
    if (length == 0 || pattern[length] != '\0') {
        return false;
    }
    for (size_t at = 0; at < length;) {
        size_t part = pattern[at] == '.' ? strspn(pattern + at + 1, "S") : 0;
        if (part != 0) {
            form->step[steps++] = STEP_PART;
            form->step[steps++] = (char)(PART_BASE + part);
            at += 1 + part;
        } else {
            at += put_step(pattern + at, &form->step[steps++]);
        }
    }
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct time_reading {
    struct moment_scan scan;
    struct moment moment;
    const char *why; /* the form is right, the value is not; or NULL */
};

static bool take_years(struct time_reading *r)
{
    bool negative = moment_take(&r->scan, '-');
    size_t begin = r->scan.at;
    unsigned year;
    size_t digits = moment_take_digits(&r->scan, 4, YEAR_DIGITS, &year);
    r->moment.year = negative ? -(int64_t)year : (int64_t)year;
    return digits == 4 || (digits > 4 && r->scan.text[begin] != '0');
}

/* After a point: at most `most` digits. */
static bool take_part(struct time_reading *r, size_t most)
{
    return moment_take(&r->scan, '.') && moment_take_fraction(&r->scan, most, &r->moment);
}

/* +08 (only when `bare`), +0800, or with a colon +08:00. */
static bool take_offset(struct time_reading *r, bool colon, bool bare)
{
    struct moment_scan *scan = &r->scan;
    unsigned hours, minutes = 0;
    bool negative = scan->at < scan->length && scan->text[scan->at] == '-';
    if (!moment_take(scan, '-') && !moment_take(scan, '+')) {
        return false;
    }
    bool good = moment_take_digits(scan, 2, 2, &hours) != 0;
    bool more = scan->at < scan->length && value_is_digit(scan->text[scan->at]);
    if (good && (colon || !bare || more)) {
        good = (!colon || moment_take(scan, ':')) && moment_take_digits(scan, 2, 2, &minutes) != 0;
    }
    if (good && (minutes > 59 || hours * 60 + minutes > 14 * 60)) {
        r->why = "there is no such time zone";
        return false;
    }
    r->moment.zoned = true;
    r->moment.offset = (int)(hours * 60 + minutes);
    r->moment.offset = negative ? -r->moment.offset : r->moment.offset;
    return good;
}

static bool take_zone(struct time_reading *r, enum time_step step)
{
    bool offset_only = step >= STEP_OFFSET && step <= STEP_OFFSET_3;
    if (!offset_only && moment_take(&r->scan, 'Z')) {
        r->moment.zoned = true;
        return true;
    }
    bool colon = step == STEP_ZONE_3 || step == STEP_OFFSET_3 || step == STEP_XSD_ZONE;
    return take_offset(r, colon, step == STEP_ZONE || step == STEP_OFFSET);
}

static bool take_number(struct time_reading *r, size_t least, unsigned *value)
{
    return moment_take_digits(&r->scan, least, 2, value) != 0;
}

/* One step of a form; a step that takes a second byte is not among them. */
static bool take_step(struct time_reading *r, unsigned char step)
{
    bool at_end = r->scan.at == r->scan.length;
    unsigned year;
    bool good;
    switch (step) {
    case STEP_YEAR:
        good = moment_take_digits(&r->scan, 4, 4, &year) != 0;
        r->moment.year = year;
        return good;
    case STEP_YEARS: return take_years(r);
    case STEP_MONTH_2: return take_number(r, 2, &r->moment.month);
    case STEP_MONTH: return take_number(r, 1, &r->moment.month);
    case STEP_DAY_2: return take_number(r, 2, &r->moment.day);
    case STEP_DAY: return take_number(r, 1, &r->moment.day);
    case STEP_HOUR: return take_number(r, 2, &r->moment.hour);
    case STEP_MINUTE: return take_number(r, 2, &r->moment.minute);
    case STEP_SECOND: return take_number(r, 2, &r->moment.second);
    case STEP_XSD_PART: return at_end || r->scan.text[r->scan.at] != '.' || take_part(r, SIZE_MAX);
    case STEP_XSD_ZONE: return at_end || take_zone(r, STEP_XSD_ZONE);
    case STEP_ZONE:
    case STEP_ZONE_2:
    case STEP_ZONE_3:
    case STEP_OFFSET:
    case STEP_OFFSET_2:
    case STEP_OFFSET_3: return take_zone(r, (enum time_step)step);
    default: return moment_take(&r->scan, step);
    }
}

static bool take_steps(struct time_reading *r, const char *step)
{
    for (; *step != STEP_END; step++) {
        bool good = *step == STEP_PART ? take_part(r, (size_t)((unsigned char)step[1] - PART_BASE))
                                       : take_step(r, (unsigned char)*step);
        if (!good) {
            return false;
        }
        step += *step == STEP_PART;
    }
    return r->scan.at == r->scan.length;
}

/* NULL: it is a time of a real day. 24:00:00 is the midnight at the end of the day. */
static const char *judge_moment(struct moment moment)
{
    size_t zeros = 0;
    while (zeros < moment.nfraction && moment.fraction[zeros] == '0') {
        zeros++;
    }
    bool midnight =
        moment.hour == 24 && moment.minute == 0 && moment.second == 0 && zeros == moment.nfraction;
    moment.hour = midnight ? 0 : moment.hour;
    if (moment_is_real(&moment)) {
        return NULL;
    }
    moment.hour = moment.minute = moment.second = 0;
    return moment_is_real(&moment) ? "there is no such time" : "there is no such day";
}

/* ---- the forms of XSD ------------------------------------------------------------------------ */

static const char xsd_date[] = {STEP_YEARS, '-', STEP_MONTH_2, '-', STEP_DAY_2, STEP_XSD_ZONE, 0};
static const char xsd_time[] = {STEP_HOUR,   ':',           STEP_MINUTE,   ':',
                                STEP_SECOND, STEP_XSD_PART, STEP_XSD_ZONE, 0};
static const char xsd_date_time[] = {
    STEP_YEARS, '-',         STEP_MONTH_2, '-',         STEP_DAY_2,    'T',           STEP_HOUR,
    ':',        STEP_MINUTE, ':',          STEP_SECOND, STEP_XSD_PART, STEP_XSD_ZONE, 0};
static const char xsd_stamp[] = {STEP_YEARS,  '-', STEP_MONTH_2, '-', STEP_DAY_2,  'T',
                                 STEP_HOUR,   ':', STEP_MINUTE,  ':', STEP_SECOND, STEP_XSD_PART,
                                 STEP_ZONE_3, 0};
static const char xsd_day[] = {'-', '-', '-', STEP_DAY_2, STEP_XSD_ZONE, 0};
static const char xsd_month[] = {'-', '-', STEP_MONTH_2, STEP_XSD_ZONE, 0};
static const char xsd_month_day[] = {'-', '-', STEP_MONTH_2, '-', STEP_DAY_2, STEP_XSD_ZONE, 0};
static const char xsd_year[] = {STEP_YEARS, STEP_XSD_ZONE, 0};
static const char xsd_year_month[] = {STEP_YEARS, '-', STEP_MONTH_2, STEP_XSD_ZONE, 0};

static const struct {
    const char *steps, *why;
} forms[CSVW_BASES] = {
    [CSVW_DATE] = {xsd_date, "a date is written like 2024-12-31"},
    [CSVW_TIME] = {xsd_time, "a time is written like 23:59:59"},
    [CSVW_DATE_TIME] = {xsd_date_time, "a dateTime is written like 2024-12-31T23:59:59"},
    [CSVW_DATE_TIME_STAMP] = {xsd_stamp,
                              "a dateTimeStamp is written like 2024-12-31T23:59:59Z, with its time "
                              "zone"},
    [CSVW_G_DAY] = {xsd_day, "a gDay is written like ---31"},
    [CSVW_G_MONTH] = {xsd_month, "a gMonth is written like --12"},
    [CSVW_G_MONTH_DAY] = {xsd_month_day, "a gMonthDay is written like --12-31"},
    [CSVW_G_YEAR] = {xsd_year, "a gYear is written like 2024"},
    [CSVW_G_YEAR_MONTH] = {xsd_year_month, "a gYearMonth is written like 2024-12"},
};

struct value_fault csvw_time_read(const struct csvw_time_form *form, enum csvw_base base,
                                  const unsigned char *text, size_t length, struct moment *out)
{
    struct time_reading r = {{text, 0, length}, {.year = 1972, .month = 1, .day = 1}, NULL};
    bool pattern = form->step[0] != STEP_END;
    if (!take_steps(&r, pattern ? form->step : forms[base].steps)) {
        const char *why = r.why != NULL ? r.why
                          : pattern     ? "not as the pattern has it"
                                        : forms[base].why;
        enum value_fault_kind kind = r.why != NULL ? VALUE_OUT_OF_RANGE : VALUE_OF_OTHER_TYPE;
        return value_bad(kind, r.scan.at < length ? r.scan.at : 0, why);
    }
    const char *why = judge_moment(r.moment);
    *out = r.moment;
    return why == NULL ? value_good() : value_bad(VALUE_OUT_OF_RANGE, 0, why);
}
