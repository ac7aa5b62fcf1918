/* value_moment_private.h - private: what the default forms and the patterns of days share. */
#ifndef CSVKIT_SCHEMA_VALUE_MOMENT_PRIVATE_H
#define CSVKIT_SCHEMA_VALUE_MOMENT_PRIVATE_H

#include "csvkit/schema/value_moment.h"

struct moment_scan {
    const unsigned char *text;
    size_t at, length;
};

bool moment_take(struct moment_scan *scan, unsigned char c);
/* At most `most` digits. Returns how many; 0: fewer than `least`. */
size_t moment_take_digits(struct moment_scan *scan, size_t least, size_t most, unsigned *value);
bool moment_take_fraction(struct moment_scan *scan, size_t most, struct moment *out);
unsigned moment_days_of(int64_t year, unsigned month);
bool moment_is_real(const struct moment *m);

/* value_moment_pattern.c */
bool moment_take_pattern(struct moment_scan *scan, const char *format, struct moment *out);

#endif
