/* sniff_score.h - private: the sample, read with one dialect. */
#ifndef CSVKIT_SNIFF_SNIFF_SCORE_H
#define CSVKIT_SNIFF_SNIFF_SCORE_H

#include "csvkit/sniff.h"

/* Delimiters in order of preference, and the prior of each in percent. */
struct csvk_sniff_known {
    unsigned char byte, prior;
};
enum { CSVK_SNIFF_DELIMITERS = 10 };
extern const struct csvk_sniff_known csvk_sniff_delimiters[CSVK_SNIFF_DELIMITERS];

enum { CSVK_SNIFF_WIDTHS = 32 }; /* different widths that are counted */

struct csvk_sniff_reading {
    struct csvk_sniff_candidate seen;
    struct csvk_totals totals;
    uint64_t clean;         /* fields without another delimiter */
    uint64_t inner, spaced; /* fields after a delimiter, not empty; of these, begun with a blank */
    uint64_t led, wrapped;  /* without enclosure: fields that begin, and that also end, with " */
    uint64_t marked;        /* without enclosure: fields that have a " and are not wrapped */
    uint64_t blank_first;   /* faulty records with a blank before an opening enclosure */
    uint64_t first_width;   /* of the first record */
    uint64_t first_tail;    /* its blank fields at the end */
    uint64_t first_alike;   /* records of that width */
    uint64_t like_first;    /* records of that width when surplus empty fields are left out */
    uint64_t width[CSVK_SNIFF_WIDTHS],
        count[CSVK_SNIFF_WIDTHS]; /* the widths met, and how many records have each */
    size_t nwidths;
    bool end_early; /* records that lack the last field count as alike */
    bool cut;       /* the last record may be half a record when it has no line break */
};

/* Counts the records of a batch in the reading, which is the context (csvk_sniff_read). */
int csvk_sniff_take(void *reading, const struct csvk_batch *batch);
/* Computes width, alike and score when all records are counted. */
void csvk_sniff_rate(struct csvk_sniff_reading *reading);
/*
 * The first of many records is the widest, and no record lacks more than half of its fields: values
 * are left out at the end. For a delimiter that has no rival: in prose, a blank is one.
 */
bool csvk_sniff_ends_early(const struct csvk_sniff_reading *reading);

#endif
