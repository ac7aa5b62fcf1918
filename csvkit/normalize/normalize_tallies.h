/*
 * normalize_tallies.h - private: what is counted on the way, for advice after the run and for the
 * text of a failure.
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_TALLIES_H
#define CSVKIT_NORMALIZE_NORMALIZE_TALLIES_H

#include "csvkit/csvkit.h"

/* Why a record needs inference, or is rejected. Counted, to name the likely cause for the file. */
enum norm_cause {
    NORM_CAUSE_NONE, /* none of the others: an option asked for it, or NUL bytes */
    NORM_CAUSE_WIDTH,
    NORM_CAUSE_ENCLOSURE,
    NORM_CAUSE_ENCODING,
    NORM_CAUSES
};

enum { NORM_CANDIDATES = 4 };        /* for the delimiter */
enum { NORM_SIGNS_LOOKED_AT = 200 }; /* records */

/* What the first records that need inference have in common. See normalize_cause.c. */
struct norm_signs {
    uint64_t looked; /* records that were looked at */
    /* How often each candidate stands in the first of them; how many records have as many; how many
       have one. */
    uint64_t count[NORM_CANDIDATES], same[NORM_CANDIDATES], with[NORM_CANDIDATES];
    uint64_t width, same_width, line; /* of the first one; how many have its width; its line */
    uint64_t trailing, apostrophes;   /* records with r14; with apostrophes around a field */
    uint64_t json;                    /* with an object of JSON that is not enclosed */
    uint64_t marks;                   /* that begin with # */
};

/* The rejects up to the last one that have no delimiter, or a total. See normalize_advice.c. */
struct norm_footer {
    uint64_t records, lines;
    uint64_t to;    /* where the last reject of any kind ends */
    bool elsewhere; /* there are others, further up */
    bool ended;     /* the last one has a line break */
    bool text;      /* one of them is not blank */
    bool total;     /* one of them begins with a word for a sum */
    bool copy_end;  /* the last one is `\.` */
};

/* Records of several empty fields, when they are not dropped. See normalize_empty.c. */
struct norm_empties {
    uint64_t count;  /* of all, when one is in the beginning of the table; else 0 */
    uint64_t at_end; /* those after the last one that is not empty */
    bool filled;     /* there is one that is not empty */
};

/* What of one reject is for the footer. */
struct norm_reject_note {
    uint64_t from, to; /* absolute */
    uint64_t lines;
    bool lone; /* without a delimiter and an enclosure, or a total */
    bool ended, text, total, copy_end;
};

#endif
