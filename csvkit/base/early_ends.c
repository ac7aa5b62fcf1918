/* early_ends.c - see early_ends.h. */
#include "csvkit/base/early_ends.h"

#include <string.h>

enum { SHORT_LEAST = 3 };
enum { LOOKS_NUMBER = 1, LOOKS_DATE = 2, LOOKS_TEXT = 4 };

/* 0: nothing. Digits with two other characters among them are a day, a time, a version. */
static unsigned char looks_of(struct csvk_bytes s)
{
    size_t at = s.len > 1 && (s.ptr[0] == '-' || s.ptr[0] == '+'), others = 0;
    for (; at < s.len; at++) {
        if (s.ptr[at] >= '0' && s.ptr[at] <= '9') {
            continue;
        }
        if (strchr("-/.,:TZ ", s.ptr[at]) == NULL) {
            return LOOKS_TEXT;
        }
        others++;
    }
    return s.len == 0 ? 0 : others == s.len ? LOOKS_TEXT : others < 2 ? LOOKS_NUMBER : LOOKS_DATE;
}

/* The lines so far are one record when their last and first values are joined. */
static void add_line(struct csvk_early_ends *r, size_t count)
{
    r->joined += r->lines == 0 ? count : count - 1;
    r->lines++;
    r->broken = r->broken || (r->lines > 1 && r->joined == r->width);
    if (r->joined >= r->width) {
        r->lines = r->joined = 0;
    }
}

void csvk_early_ends_add(struct csvk_early_ends *r, const struct csvk_bytes *field, size_t count)
{
    bool narrow = count > 1 && count < r->width;
    unsigned char *looks = narrow ? r->short_looks : r->looks;
    if (!narrow && count != r->width) {
        r->other = true;
        return;
    }
    for (size_t i = 0; i < count && i < CSVK_SHORT_COLUMNS; i++) {
        looks[i] |= looks_of(field[i]);
    }
    r->narrow += narrow;
    r->whole += !narrow;
    if (narrow) {
        add_line(r, count);
    } else {
        r->lines = r->joined = 0;
    }
}

/* No text stands where no whole record has one, nor something else alone. */
static bool fit_from_the_left(const struct csvk_early_ends *r)
{
    for (size_t i = 0; i < CSVK_SHORT_COLUMNS; i++) {
        unsigned char whole = r->looks[i], narrow = r->short_looks[i];
        bool text = (whole & LOOKS_TEXT) == 0 && (narrow & LOOKS_TEXT) != 0;
        if (whole != 0 && narrow != 0 && (text || (whole & narrow) == 0)) {
            return false;
        }
    }
    return true;
}

/* Is a column without text beside one with nothing else? Then a line that goes on with a later
   column does not fit from the left. */
static bool has_other_columns(const struct csvk_early_ends *r)
{
    bool plain = false, text = false;
    for (size_t i = 0; i < CSVK_SHORT_COLUMNS; i++) {
        plain = plain || (r->looks[i] != 0 && (r->looks[i] & LOOKS_TEXT) == 0);
        text = text || r->looks[i] == LOOKS_TEXT;
    }
    return plain && text;
}

bool csvk_early_ends_show(const struct csvk_early_ends *r)
{
    return r->narrow >= SHORT_LEAST && r->narrow >= r->whole && !r->other && fit_from_the_left(r) &&
           (!r->broken || has_other_columns(r));
}
