/*
 * structural_bytes.h - private: the structural bytes of a dialect, in the form that comparisons of
 * many bytes need.
 */
#ifndef CSVKIT_PARSE_GRAMMAR_STRUCTURAL_BYTES_H
#define CSVKIT_PARSE_GRAMMAR_STRUCTURAL_BYTES_H

#include "csvkit/parse/grammar/record.h"

/*
 * Without an enclosure, `enclosure` is NUL and the mask of it is cleared by `quote_on`: that saves
 * a branch for each block. `escape` may be CSVK_NO_BYTE.
 */
struct structural_bytes {
    int delimiter, enclosure, escape;
    uint64_t quote_on; /* all ones, or zero without an enclosure */
};

static inline struct structural_bytes structural_bytes_of(const struct csvk_table *table)
{
    const struct csvk_dialect *d = &table->dialect;
    return (struct structural_bytes){d->delimiter, d->enclosure == CSVK_NO_BYTE ? 0 : d->enclosure,
                                     d->escape, d->enclosure == CSVK_NO_BYTE ? 0 : ~UINT64_C(0)};
}

#endif
