/* scan_needles.h - private: the bytes that the scan looks for. */
#ifndef CSVKIT_SCAN_NEEDLES_H
#define CSVKIT_SCAN_NEEDLES_H

#include "csvkit/record.h"

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

#endif
