/* structural_bytes.h - private: the bytes that the scan looks for. */
#ifndef CSVKIT_PARSE_GRAMMAR_STRUCTURAL_BYTES_H
#define CSVKIT_PARSE_GRAMMAR_STRUCTURAL_BYTES_H

#include "csvkit/parse/grammar/record.h"

struct needles {
    int delimiter, enclosure, escape;
    uint64_t quote_on; /* all ones, or zero without an enclosure */
};

static inline struct needles needles_of(const struct csvk_table *table)
{
    const struct csvk_dialect *d = &table->dialect;
    return (struct needles){d->delimiter, d->enclosure == CSVK_NO_BYTE ? 0 : d->enclosure,
                            d->escape, d->enclosure == CSVK_NO_BYTE ? 0 : ~UINT64_C(0)};
}

/* Blocks of 64 bytes that are proven in one go, and what they may hold (clean_stretch_check.h). */
#define SPRINT_BLOCKS           32
#define SPRINT_QUOTES           1u
#define SPRINT_CR               2u
#define SPRINT_TEXT             4u /* bytes from 80 up */
#define SPRINT_UNCHECKED        8u /* no byte but NUL, nor an enclosed line, is worth a fact; no TEXT */
#define SPRINT_TAB              16u /* TAB that is not the delimiter; only in SPRINT_ALL */
#define SPRINT_ALL              (SPRINT_QUOTES | SPRINT_CR | SPRINT_TEXT | SPRINT_TAB)
#define SPRINT_ALL_OF_UNCHECKED (SPRINT_QUOTES | SPRINT_CR | SPRINT_UNCHECKED)

#endif
