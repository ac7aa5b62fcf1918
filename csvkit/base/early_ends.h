/*
 * early_ends.h - private: are most records of a table short because their writer leaves out the
 * values at the end that are empty?
 *
 * The idea. Nothing proves it, so a person is asked. What would speak against it is looked for: a
 * record that is wider than the table or has one field only, short lines that are one record when
 * they are joined, and values that do not look like those of their column - then the values that
 * are missing stand before them.
 */
#ifndef CSVKIT_BASE_EARLY_ENDS_H
#define CSVKIT_BASE_EARLY_ENDS_H

#include "csvkit/csvkit.h"

enum { CSVK_SHORT_COLUMNS = 64 }; /* that are looked at */

struct csvk_early_ends {
    uint64_t width, whole, narrow;
    bool other;             /* there is a record that is neither */
    uint64_t lines, joined; /* the last short lines, and their fields when joined */
    bool broken;            /* some of them are one record when they are joined */
    unsigned char looks[CSVK_SHORT_COLUMNS], /* of the values of whole records, ... */
        short_looks[CSVK_SHORT_COLUMNS];     /* ... and of short ones: bits */
};

/* All zero but for the width, before the first record below the header. No blank lines. */
void csvk_early_ends_add(struct csvk_early_ends *records, const struct csvk_bytes *field,
                         size_t count);
/* Most records are short, none is wider, and nothing speaks against values left out at the end. */
bool csvk_early_ends_show(const struct csvk_early_ends *records);

#endif
