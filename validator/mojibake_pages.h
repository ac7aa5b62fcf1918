/* mojibake_pages.h - private: UTF-8 read as another encoding of one byte than windows-1252. */
#ifndef VALIDATOR_MOJIBAKE_PAGES_H
#define VALIDATOR_MOJIBAKE_PAGES_H

#include "csvkit/csvkit.h"

/* The character at `at` of the text; returns its length, 0 when it is ill-formed. */
typedef size_t mojibake_decode(struct csvk_bytes text, size_t at, uint32_t *out);

struct mojibake_page {
    const char *read_as; /* as iconv(3) calls the encoding */
    const char *or_as;   /* another one that undoes as much, to another text; NULL: none does */
    uint64_t evident,
        others;           /* pairs with evidence; characters beyond ASCII that it does not undo */
    size_t first, length; /* in the text, what was the first character of before */
    uint32_t meant;       /* that character */
    uint64_t hash;        /* of all of them */
};
/*
 * The encoding that undoes the most, when there is evidence for any: `western` pairs of evidence
 * for windows-1252 are known. evident 0: there is none.
 */
struct mojibake_page csvk_find_mojibake_page(struct csvk_bytes text, mojibake_decode *decode,
                                             uint64_t western);

#endif
