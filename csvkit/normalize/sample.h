/*
 * sample.h - private: the first clean records of a table, from which the evidence is gathered, and
 * what they say about the header.
 */
#ifndef CSVKIT_NORMALIZE_SAMPLE_H
#define CSVKIT_NORMALIZE_SAMPLE_H

#include "csvkit/normalize/readings.h"

struct norm_sample {
    struct norm_evidence *evidence;
    struct norm_habit habit;
    size_t end;         /* of the last record that was counted, in the view */
    char refusal[320];  /* why the table as a whole is refused; "" when it is not */
    size_t lines_above; /* with a refusal: lines above what looks like the header; else 0 */
    bool widens;        /* many records have the same number of fields more */
    bool ends_early;    /* most records are short: values at their end are left out */
};

/*
 * Looks at a view that begins with the header (or the first record) and holds at most
 * NORM_SAMPLE_BYTES. `width` columns. CSVK_ENOMEM. Release in any case.
 */
int norm_sample_take(struct norm_sample *sample, const struct norm_view *view, size_t width,
                     enum csvk_normalize_header header, enum csvk_normalize_ragged ragged);
void norm_sample_release(struct norm_sample *sample);
/*
 * *width: that of the header; it becomes another one when the records agree on that.
 * *last_is_surplus: the last name is empty, and no record has a field for it. CSVK_ENOMEM.
 */
int norm_sample_header(const struct norm_view *view, size_t *width, bool *last_is_surplus);
/* How many fields most of the sound records have; 0: there is none. *first: those of the first
   record, *alike: how many records have as many as that one. */
size_t norm_sample_width(const struct norm_view *view, size_t *first, uint64_t *alike);

#endif
