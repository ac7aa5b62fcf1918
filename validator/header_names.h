/*
 * header_names.h - the names of a header against each other: which of them are equal, equal but for
 * their case, equal after the clean-up of Storage, or look the same. Private to header_rules.c.
 */
#ifndef VALIDATOR_HEADER_NAMES_H
#define VALIDATOR_HEADER_NAMES_H

#include "csvkit/csvkit.h"

#define FLOOD 10 /* names with the same defect that one finding stands for */

/* Columns with the same defect. */
struct flood {
    size_t count, first, last;
};

struct name {
    const char *text; /* decoded */
    char *clean;      /* by the rules of Storage; NULL when no rule asks */
    char *seen; /* as a person sees it; NULL when no rule asks, or all names are plain ASCII */
    uint64_t byte, length;
    size_t column; /* from 1 */
    /* The first column whose name is equal as it is, without regard to case, or after cleaning;
     * 0: none before this one. Or the first that looks the same. */
    size_t same, folded, cleaned, alike;
    struct flood repeats; /* the names after this one that are equal to it as it is ... */
    bool told;            /* ... and one finding was made for all of them */
};

struct header {
    bool directive;     /* it is a line `sep=X`: a blank at its end is the delimiter */
    bool nameless_told; /* one finding was made for all names that are empty */
    struct name *name;
    size_t count;
    bool given; /* the names are in no file */
    uint64_t record;
    struct csvk_strings storage; /* the names that Storage could give; empty when no rule asks */
};

/* Sets `clean` of all names, and `storage`. CSVK_OK, CSVK_ENOMEM; so the others. */
int header_clean_names(struct header *h);
/* Sets `seen` of all names, unless all are plain ASCII: these have nothing that cannot be seen. */
int header_see_names(struct header *h);
/* Notes for each name the first one that is like it, in every way that is known of them. */
int header_find_repeats(struct header *h);

#endif
