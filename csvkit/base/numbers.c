/* numbers.c - see numbers.h. */
#include "csvkit/base/numbers.h"

#include <string.h>
#include <strings.h>

static const char *read_digits(const char *text, uint64_t *value, enum csvk_number *result)
{
    uint64_t sum = 0;
    const char *p = text;
    *result = *p >= '0' && *p <= '9' ? CSVK_NUMBER_OK : CSVK_NUMBER_BAD;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(*p - '0'), &sum)) {
            *result = CSVK_NUMBER_OVERFLOW;
        }
    }
    *value = sum;
    return p;
}

enum csvk_number csvk_parse_uint(const char *text, uint64_t *value)
{
    enum csvk_number result;
    uint64_t sum;
    const char *rest = read_digits(text, &sum, &result);
    if (*rest != '\0') {
        return CSVK_NUMBER_BAD;
    }
    if (result == CSVK_NUMBER_OK) {
        *value = sum;
    }
    return result;
}

static const struct {
    const char *name;
    uint64_t bytes;
} units[] = {{"", 1},
             {"B", 1},
             {"kB", UINT64_C(1000)},
             {"MB", UINT64_C(1000000)},
             {"GB", UINT64_C(1000000000)},
             {"TB", UINT64_C(1000000000000)},
             {"KiB", UINT64_C(1) << 10},
             {"MiB", UINT64_C(1) << 20},
             {"GiB", UINT64_C(1) << 30},
             {"TiB", UINT64_C(1) << 40}};

enum csvk_number csvk_parse_size(const char *text, uint64_t *value)
{
    enum csvk_number result;
    uint64_t number;
    const char *unit = read_digits(text, &number, &result);
    if (result != CSVK_NUMBER_OK) {
        return result;
    }
    unit += *unit == ' ';
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcasecmp(unit, units[i].name) == 0) {
            uint64_t bytes;
            if (__builtin_mul_overflow(number, units[i].bytes, &bytes)) {
                return CSVK_NUMBER_OVERFLOW;
            }
            *value = bytes;
            return CSVK_NUMBER_OK;
        }
    }
    return CSVK_NUMBER_UNIT;
}
