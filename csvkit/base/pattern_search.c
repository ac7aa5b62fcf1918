/* pattern_search.c - see pattern_search.h. */
#include "csvkit/base/pattern_search.h"

#include "csvkit/basics.h"

#include <stdbool.h>
#include <string.h>

#define GRAM 4 /* bytes */

static size_t gram_number(const unsigned char *bytes)
{
    uint32_t gram;
    memcpy(&gram, bytes, sizeof gram);
    return (gram * UINT32_C(2654435761)) >> (32 - CSVK_PATTERN_BITS);
}

struct csvk_pattern *csvk_pattern_new(const unsigned char *bytes, size_t length)
{
    struct csvk_pattern *pattern = csvk_calloc(1, sizeof *pattern);
    if (pattern == NULL) {
        return NULL;
    }
    pattern->length = length < CSVK_PATTERN_LONGEST ? length : CSVK_PATTERN_LONGEST;
    for (size_t i = 0; i + GRAM <= pattern->length; i++) {
        uint16_t *last = &pattern->last[gram_number(bytes + i)];
        pattern->before[i] = *last;
        *last = (uint16_t)(i + 1);
    }
    return pattern;
}

/* The first occurrence that has the gram at `at` where the pattern has it; `next`: the last place
   of it there, plus one. Later places in the pattern are earlier occurrences. */
static const unsigned char *around(const struct csvk_pattern *pattern, const unsigned char *bytes,
                                   const unsigned char *data, size_t size, size_t at)
{
    for (size_t next = pattern->last[gram_number(data + at)]; next != 0;
         next = pattern->before[next - 1]) {
        size_t place = next - 1;
        if (place > at || size - (at - place) < pattern->length) {
            continue;
        }
        const unsigned char *first = data + at - place;
        if (first[0] == bytes[0] && first[1] == bytes[1] &&
            memcmp(first, bytes, pattern->length) == 0) {
            return first;
        }
    }
    return NULL;
}

/* The next four places but some: what another thread has just written is slow to come. */
static inline void prefetch(const unsigned char *p, const unsigned char *end, size_t step)
{
    enum { AHEAD = 16, PLACES = 4 };
    if (end - p >= (ptrdiff_t)((AHEAD + PLACES) * step)) {
        for (size_t i = AHEAD; i < AHEAD + PLACES; i++) {
            __builtin_prefetch(p + i * step);
        }
    }
}

const unsigned char *csvk_pattern_find(const struct csvk_pattern *pattern,
                                       const unsigned char *bytes, const unsigned char *data,
                                       size_t size)
{
    const uint16_t *last = pattern->last;
    size_t step = pattern->length - GRAM + 1;
    const unsigned char *end = data + size, *p = data + step - 1;
    while (end - p >= GRAM) {
        /* Four at a time, since nearly always there is none. */
        bool four = end - p >= (ptrdiff_t)(3 * step + GRAM);
        if (four && (last[gram_number(p)] | last[gram_number(p + step)] |
                     last[gram_number(p + 2 * step)] | last[gram_number(p + 3 * step)]) == 0) {
            p += 4 * step;
            prefetch(p, end, step);
            continue;
        }
        for (unsigned i = 0; i < (four ? 4 : 1); i++, p += step) {
            const unsigned char *found =
                last[gram_number(p)] == 0 ? NULL
                                          : around(pattern, bytes, data, size, (size_t)(p - data));
            if (found != NULL) {
                return found;
            }
        }
    }
    return NULL;
}
