/*
 * numbers.h - whole numbers and sizes as users write them: 1000, 64KiB, 50MB. A number that does
 * not fit into 64 bits is refused.
 */
#ifndef CSVKIT_BASE_NUMBERS_H
#define CSVKIT_BASE_NUMBERS_H

#include "csvkit/base/for_extra.h"
#include <stdint.h>

enum csvk_number {
    CSVK_NUMBER_OK,
    CSVK_NUMBER_BAD,      /* no whole number */
    CSVK_NUMBER_UNIT,     /* a number, but no such unit */
    CSVK_NUMBER_OVERFLOW, /* too large */
};
/* *value is set when the answer is CSVK_NUMBER_OK, and left alone otherwise. */
enum csvk_number csvk_parse_uint(const char *text, uint64_t *value);
/* A number, and perhaps a blank, and a unit: B kB MB GB TB (powers of 1000), KiB MiB GiB TiB
 * (powers of 1024), in small or capital letters. */
CSVK_FOR_EXTRA enum csvk_number csvk_parse_size(const char *text, uint64_t *value);

#endif
