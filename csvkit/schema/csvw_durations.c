/*
 * csvw_durations.c - xsd:duration, dayTimeDuration and yearMonthDuration.
 *
 * The idea. A duration is months and seconds. Two of them compare as XSD says: each is added to
 * four dates; when the order is the same all four times, that is their order.
 */
#include "csvkit/schema/csvw_private.h"

#define NUMBER_MOST  INT64_C(1000000000)
#define PART_DIGITS  18
#define PARTS_OF_ONE UINT64_C(1000000000000000000)

struct duration_scan {
    const unsigned char *text;
    size_t at, length;
    enum csvw_base base;
};

/* A number that is held to NUMBER_MOST. False: there is no digit. */
static bool take_count(struct duration_scan *scan, int64_t *value)
{
    size_t begin = scan->at;
    *value = 0;
    for (; scan->at < scan->length && value_is_digit(scan->text[scan->at]); scan->at++) {
        int64_t more = *value * 10 + (scan->text[scan->at] - '0');
        *value = more < NUMBER_MOST ? more : NUMBER_MOST;
    }
    return scan->at > begin;
}

static bool take_part(struct duration_scan *scan, uint64_t *part)
{
    size_t digits = 0;
    for (; scan->at < scan->length && value_is_digit(scan->text[scan->at]); scan->at++, digits++) {
        *part = digits < PART_DIGITS ? *part * 10 + (uint64_t)(scan->text[scan->at] - '0') : *part;
    }
    for (size_t i = digits; i < PART_DIGITS; i++) {
        *part *= 10;
    }
    return digits != 0;
}

/* Components with their letters, in the order of `letters`, each at most once; `unit` is what one
   of them counts. False: something else, or none. */
static bool take_components(struct duration_scan *scan, const char *letters, const int64_t *unit,
                            int64_t *sum, uint64_t *part)
{
    bool any = false;
    while (*letters != '\0' && scan->at < scan->length && scan->text[scan->at] != 'T') {
        struct duration_scan here = *scan;
        int64_t value;
        bool good = take_count(&here, &value);
        bool point = good && here.at < here.length && here.text[here.at] == '.';
        here.at += point;
        good =
            good && (!point || (part != NULL && take_part(&here, part))) && here.at < here.length;
        while (good && *letters != '\0' && (unsigned char)*letters != here.text[here.at]) {
            letters++;
            unit++;
        }
        if (!good || *letters == '\0' || (point && *letters != 'S')) {
            return false;
        }
        *sum += value * *unit;
        scan->at = here.at + 1;
        letters++;
        unit++;
        any = true;
    }
    return any;
}

static bool take_all(struct duration_scan *scan, struct csvw_duration *out)
{
    static const int64_t months[] = {12, 1, 0}, days[] = {86400, 0}, seconds[] = {3600, 60, 1, 0};
    bool any = false;
    bool ends = scan->at == scan->length;
    if (scan->base != CSVW_DAY_TIME_DURATION && !ends && scan->text[scan->at] != 'T') {
        any = take_components(scan, "YM", months, &out->months, NULL);
    }
    if (scan->base == CSVW_YEAR_MONTH_DURATION) {
        return any;
    }
    if (scan->at < scan->length && scan->text[scan->at] != 'T') {
        any = take_components(scan, "D", days, &out->rest.second, NULL) || any;
    }
    if (scan->at < scan->length && scan->text[scan->at] == 'T') {
        scan->at++;
        any = take_components(scan, "HMS", seconds, &out->rest.second, &out->rest.part);
    }
    return any;
}

struct value_fault csvw_duration_read(enum csvw_base base, const unsigned char *text, size_t length,
                                      struct csvw_duration *out)
{
    bool negative = length > 0 && text[0] == '-';
    struct duration_scan scan = {text, negative, length, base};
    *out = (struct csvw_duration){0, {0, 0}};
    bool good = scan.at < length && text[scan.at] == 'P';
    scan.at += good;
    good = good && take_all(&scan, out) && scan.at == length;
    if (!good) {
        return value_bad(VALUE_OF_OTHER_TYPE, scan.at < length ? scan.at : 0,
                         "a duration is written like P1Y2M3DT4H5M6S");
    }
    if (negative) {
        bool part = out->rest.part != 0;
        out->months = -out->months;
        out->rest.second = -out->rest.second - part;
        out->rest.part = part ? PARTS_OF_ONE - out->rest.part : 0;
    }
    return value_good();
}

static struct csvw_moment add_to(int64_t year, unsigned month, const struct csvw_duration *d)
{
    int64_t months = year * 12 + month - 1 + d->months;
    int64_t y = months >= 0 ? months / 12 : -((11 - months) / 12);
    struct csvw_moment moment = d->rest;
    moment.second += csvw_days(y, (unsigned)(months - y * 12) + 1, 1) * 86400;
    return moment;
}

int csvw_duration_compare(const struct csvw_duration *a, const struct csvw_duration *b,
                          bool *comparable)
{
    static const struct {
        int64_t year;
        unsigned month;
    } dates[] = {{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}};
    int order = 0;
    *comparable = true;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        struct csvw_moment x = add_to(dates[i].year, dates[i].month, a);
        struct csvw_moment y = add_to(dates[i].year, dates[i].month, b);
        int now = csvw_moment_compare(&x, &y);
        *comparable = *comparable && (i == 0 || now == order);
        order = now;
    }
    return order;
}
