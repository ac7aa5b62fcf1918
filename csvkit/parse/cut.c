/*
 * cut.c - guesses whether the text before a place was inside of an enclosure. See cut.h.
 *
 * Every enclosure byte that has a separator on one side only says what it does: it opens a field
 * when the separator is before it, and closes one when the separator is behind it. When the first
 * of the bytes opens, so does the third, and so on; every byte thus votes for one of the two states
 * in which the bytes may begin. Doubled enclosures have a neighbour of their own kind and do not
 * vote.
 */
#include "csvkit/parse/cut.h"

#include <string.h>

#define ENOUGH_VOTES 8 /* by which one state is ahead of the other */

static bool is_separator(const struct csvk_dialect *dialect, unsigned char c)
{
    int last =
        dialect->more_length != 0 ? dialect->more[dialect->more_length - 1] : dialect->delimiter;
    return c == '\n' || c == '\r' || c == dialect->delimiter || c == last;
}

/* 1: the enclosure at `at` opens a field, -1: it closes one, 0: it may do either. */
static int sign_of(const unsigned char *bytes, size_t length, size_t at,
                   const struct csvk_dialect *dialect)
{
    if (at == 0 || at + 1 == length || bytes[at - 1] == bytes[at] || bytes[at + 1] == bytes[at]) {
        return 0;
    }
    return (int)is_separator(dialect, bytes[at - 1]) - (int)is_separator(dialect, bytes[at + 1]);
}

static size_t find_byte(const unsigned char *bytes, size_t from, size_t to, int byte)
{
    const unsigned char *found = from < to ? memchr(bytes + from, byte, to - from) : NULL;
    return found != NULL ? (size_t)(found - bytes) : to;
}

/* Do the bytes seem to begin inside of an enclosure? Without a sign of it they do not. */
static bool begins_inside(const unsigned char *bytes, size_t length,
                          const struct csvk_dialect *dialect)
{
    int outside = 0, opens = 1; /* what the next one does when the bytes begin outside */
    size_t at = find_byte(bytes, 0, length, dialect->enclosure);
    while (at < length && outside < ENOUGH_VOTES && outside > -ENOUGH_VOTES) {
        outside += opens * sign_of(bytes, length, at, dialect);
        opens = -opens;
        at = find_byte(bytes, at + 1, length, dialect->enclosure);
    }
    return outside < 0;
}

size_t csvk_find_cut(const unsigned char *bytes, size_t length, const struct csvk_dialect *dialect)
{
    bool encloses = dialect->enclosure != CSVK_NO_BYTE;
    bool inside = encloses && begins_inside(bytes, length, dialect);
    size_t at = 0;
    while (at < length) {
        size_t quote = encloses ? find_byte(bytes, at, length, dialect->enclosure) : length;
        size_t lf = inside ? quote : find_byte(bytes, at, quote, '\n');
        if (lf < quote) {
            return lf + 1;
        }
        inside = !inside;
        at = quote + 1;
    }
    return CSVK_NO_CUT;
}
