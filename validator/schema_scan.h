/*
 * schema_scan.h - private: the fields of records that nothing is wrong with, found without the
 * reader; and blocks of records whose fields are all digits, which need not be found at all.
 *
 * Around the bytes 64 more must be readable, as in a batch.
 */
#ifndef VALIDATOR_SCHEMA_SCAN_H
#define VALIDATOR_SCHEMA_SCAN_H

#include "csvkit/csvkit.h"

/* Digits that are surely a number of every type of whole numbers. */
#define DIGITS_MOST 18u

struct scan_fields {
    uint64_t *ends; /* where fields end, by bytes from the begin of the record: SCAN_WORDS */
    /* By field, a bit for each, one word more than 64 fields need. */
    uint64_t *digits; /* it has 1 to DIGITS_MOST bytes, all of them digits */
    uint64_t *longer; /* it has more than two bytes */
};
/* Words of `ends` for a record of so many bytes. */
#define SCAN_WORDS(length) ((length) / 64 + 1)
struct schema_scan {
    /* Up to the offset that is returned, which is none within a record's end, all fields of whole
       records have 1 to DIGITS_MOST bytes, all of them digits. `begin` and `end` are records' ends.
     */
    size_t (*skip_digits)(const unsigned char *bytes, size_t begin, size_t end,
                          unsigned char delimiter);
    /* The fields of a record without its line break, at most `most`; returns how many. The first
       begins at `begin`, the others after the byte that ends the one before. The dialect has an
       enclosure, no escape and a delimiter of one byte, and the record is sound. */
    size_t (*find_fields)(const unsigned char *bytes, size_t begin, size_t end,
                          const struct csvk_dialect *dialect, const struct scan_fields *fields,
                          size_t most);
    /* Where the field number `index` of these is; without flags. */
    struct csvk_field (*find_field)(const struct scan_fields *fields, size_t begin, size_t index);
};
/* The best that the processor has, not above `level`. Static. */
const struct schema_scan *schema_scan_at(enum csvk_simd level);

#endif
