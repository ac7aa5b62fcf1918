/*
 * schema_scan.h - private: the fields of records that nothing is wrong with, found without the
 * reader, block by block and not record by record: which of them have to be looked at; and records
 * whose fields are all digits, which need not be found at all.
 *
 * Around the bytes 64 more must be readable, as in a batch. The dialect has an enclosure, no escape
 * and a delimiter of one byte.
 */
#ifndef VALIDATOR_SCHEMA_SCAN_H
#define VALIDATOR_SCHEMA_SCAN_H

#include "csvkit/csvkit.h"

/* Digits that are surely a number of every type of whole numbers. */
#define DIGITS_MOST 18u
/* Bytes that every text may have where texts are not limited on purpose. */
#define SHORT_TEXT 65536u
/* Fields that end in one block, at most. */
#define SCAN_BLOCK 64u

/* Of the columns from one on, in turn, the first after the last: which of the next 64 fields are
   good when they are digits, when they are longer than two bytes; and which never are. */
struct scan_turn {
    uint64_t digits, longer, always;
};
/* What is asked of a table; chosen once. */
struct scan_plan {
    struct scan_turn *turn; /* by the column that the first of the fields is of */
    uint32_t *after;        /* number modulo columns; for columns + SCAN_BLOCK numbers */
};
/* A field that is to be looked at, with its enclosures. */
struct scan_look {
    uint32_t begin, end, column;
};
/* How far a run of records has been looked through. */
struct scan_state {
    size_t at, end; /* the next block; where the run ends */
    size_t start;   /* of the field that is open there */
    uint32_t column;
    uint64_t inside; /* all bits or none: within an enclosure */
    uint64_t other;  /* not 0: the open field has a byte that is no digit */
    uint64_t ends;   /* of the block before: the bytes that end fields */
    unsigned run;    /* of its bytes, at the end, that are of a field of digits; at least */
    unsigned wait;   /* blocks until it is worth while to hope that all is good */
    bool after_cr;
    bool open;    /* no line break ends the last record */
    bool stopped; /* at a CR that is no part of CR LF: `at` is its place */
};
struct schema_scan {
    /*
     * Have all fields of these records 1 to DIGITS_MOST digits and nothing else? False, too, where
     * this is not sure: with line breaks of CR LF, and with fields of 16 digits or more. `fields`
     * is how many they are; the records are sound and the last one has a line break.
     */
    bool (*all_digits)(const unsigned char *bytes, size_t begin, size_t end, uint64_t fields);
    /*
     * The next fields that are to be looked at, in order, at most `room` of them, which is
     * SCAN_BLOCK or more. At the end of the run `at` is beyond `end`. The records are sound.
     */
    size_t (*look)(const unsigned char *bytes, const struct csvk_dialect *dialect,
                   const struct scan_plan *plan, struct scan_state *state, struct scan_look *looks,
                   size_t room);
};
/* A run of whole records. */
static inline struct scan_state scan_state_of(const unsigned char *bytes, size_t begin, size_t end)
{
    bool open = end > begin && bytes[end - 1] != '\n';
    return (struct scan_state){
        .at = begin, .end = end, .start = begin, .ends = UINT64_C(1) << 63, .open = open};
}
/* Is there nothing left of the run? */
static inline bool scan_is_done(const struct scan_state *state)
{
    return state->at > state->end || (state->at == state->end && !state->open);
}
/* The best that the processor has, not above `level`. Static. */
const struct schema_scan *schema_scan_at(enum csvk_simd level);

#endif
