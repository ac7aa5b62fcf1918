/*
 * keys_alike.h - keys that look alike: the form of a key that is the same for all keys that differ
 * only in the case of letters, or in blanks at the ends of their values.
 *
 * The idea. The set hashes the form instead of the key (keys.h). Equal keys have equal forms, so
 * the search for repeated hashes finds both kinds at once, and a table without either costs nothing
 * but the making of the forms. Most keys are their own form (digits, lower case): that is seen
 * eight bytes at a time.
 *
 * Letters are those of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; blanks are space, tab
 * and the no-break space. Accents that are written as characters of their own are not composed.
 */
#ifndef VALIDATOR_KEYS_KEYS_ALIKE_H
#define VALIDATOR_KEYS_KEYS_ALIKE_H

#include "csvkit/csvkit.h"

struct csvk_alike {
    size_t columns; /* of a key; 0: keys that look alike are not asked for */
    unsigned char separator;
};

/* The form of a key as the set has it, in one piece: the key itself when it has no letter or blank
   that could change, else written to `room`, which has at least as many bytes as the key. */
struct csvk_bytes csvk_alike_form(const struct csvk_alike *alike, struct csvk_bytes key,
                                  unsigned char *room);

/* How the set writes lengths (LEB128): returns the end of what it has written. */
unsigned char *csvk_key_put_length(unsigned char *to, size_t length);

#endif
