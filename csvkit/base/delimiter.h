/*
 * delimiter.h - private: delimiters of several bytes, and blanks, as all rooms understand them.
 *
 * A delimiter is there where all of its bytes are, so the leftmost one counts: `a|||b` is `a` and
 * `|b` when the delimiter is `||`. No byte of it is an enclosure, an escape or part of a line
 * break (csvk_dialect_check), so whoever has found its first byte needs to look at nothing else.
 */
#ifndef CSVKIT_BASE_DELIMITER_H
#define CSVKIT_BASE_DELIMITER_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

#include <string.h>

/* One byte between fields and no blanks to skip: what the scan, the writers and Storage know. */
static inline bool csvk_dialect_is_plain(const struct csvk_dialect *dialect)
{
    return dialect->more_length == 0 && !dialect->skip_blanks;
}

static inline size_t csvk_delimiter_length(const struct csvk_dialect *dialect)
{
    return (size_t)dialect->more_length + 1;
}

/*
 * CSVK_EUSAGE for a dialect that is not plain: `who` cannot read or write it, and the table has to
 * be normalized first.
 */
CSVK_FOR_EXTRA int csvk_dialect_need_plain(const struct csvk_dialect *dialect, const char *who,
                                           struct csvk_error *err) CSVK_MUST_USE;

/* Whether the bytes after the first are those of a longer delimiter; all of them can be read.
   Apart, so that what asks for delimiters of one byte stays small. */
bool csvk_delimiter_goes_on(const struct csvk_dialect *dialect, const unsigned char *bytes)
    __attribute__((cold));

/* The length of the delimiter with which the `length` bytes begin; 0: they do not. */
static inline size_t csvk_delimiter_at(const struct csvk_dialect *dialect,
                                       const unsigned char *bytes, size_t length)
{
    if (length == 0 || bytes[0] != dialect->delimiter) {
        return 0;
    }
    size_t more = dialect->more_length;
    if (__builtin_expect(more == 0, 1)) {
        return 1;
    }
    return length > more && csvk_delimiter_goes_on(dialect, bytes) ? more + 1 : 0;
}

static inline bool csvk_delimiter_same(const struct csvk_dialect *a, const struct csvk_dialect *b)
{
    return a->delimiter == b->delimiter && a->more_length == b->more_length &&
           memcmp(a->more, b->more, a->more_length) == 0;
}

static inline void csvk_delimiter_copy(struct csvk_dialect *to, const struct csvk_dialect *from)
{
    to->delimiter = from->delimiter;
    to->more_length = from->more_length;
    memcpy(to->more, from->more, sizeof to->more);
}

/* Whether `byte` is one of the delimiter's. */
static inline bool csvk_delimiter_has(const struct csvk_dialect *dialect, char byte)
{
    return dialect->delimiter == (unsigned char)byte ||
           memchr(dialect->more, byte, dialect->more_length) != NULL;
}

/* The first delimiter in the bytes, or NULL. Whether it is data there is not looked at. */
static inline const unsigned char *csvk_delimiter_find(const struct csvk_dialect *dialect,
                                                       const unsigned char *bytes, size_t length)
{
    if (length == 0) {
        return NULL;
    }
    const unsigned char *end = bytes + length;
    const unsigned char *found = memchr(bytes, dialect->delimiter, length);
    while (found != NULL && csvk_delimiter_at(dialect, found, (size_t)(end - found)) == 0) {
        found = memchr(found + 1, dialect->delimiter, (size_t)(end - found - 1));
    }
    return found;
}

/* Writes the bytes of the delimiter and a NUL to `to`, which has room for them; returns `to`. */
static inline char *csvk_delimiter_text(const struct csvk_dialect *dialect,
                                        char to[CSVK_DELIMITER_MOST + 1])
{
    to[0] = (char)dialect->delimiter;
    memcpy(to + 1, dialect->more, dialect->more_length);
    to[csvk_delimiter_length(dialect)] = '\0';
    return to;
}

/* How many delimiters there are in the bytes. */
static inline size_t csvk_delimiter_count(const struct csvk_dialect *dialect,
                                          const unsigned char *bytes, size_t length)
{
    size_t count = 0, n = csvk_delimiter_length(dialect);
    const unsigned char *end = bytes + length, *found;
    while ((found = csvk_delimiter_find(dialect, bytes, (size_t)(end - bytes))) != NULL) {
        count++;
        bytes = found + n;
    }
    return count;
}

/*
 * The length of a first line `sep=X`, in any case of its letters, up to its line break or the end
 * of the bytes; 0: there is none. Spreadsheets write it to name the delimiter, X. In quotes as a
 * whole it may also be a name that a writer has enclosed, so X has to stand in the line after it.
 */
size_t csvk_sep_line(const unsigned char *bytes, size_t length, int *delimiter);

/* A blank beside a value. The delimiter's first byte is none, or it would not be found. */
static inline bool csvk_is_blank(const struct csvk_dialect *dialect, unsigned char c)
{
    return (c == ' ' || c == '\t') && c != dialect->delimiter;
}

#endif
