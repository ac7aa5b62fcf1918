/*
 * reading_trial.h - private: one record and the readings of it that fit the table.
 *
 * A trial belongs to repair_quotes.c: it says which modes are tried, in which order, and what
 * follows. Here is what can be asked of a single mode, and of all that fit.
 */
#ifndef CSVKIT_NORMALIZE_READING_TRIAL_H
#define CSVKIT_NORMALIZE_READING_TRIAL_H

#include "csvkit/normalize/normalize_private.h"

struct norm_trial {
    const struct norm_record *rec; /* as the reference parser reads it */
    struct norm_limit limit;
    uint64_t reference_end; /* of the record; UINT64_MAX: the reference parser found none */
    /* By mode. Where true, norm->reading[mode] is that reading. */
    bool fits[NORM_MODES];
    bool spans; /* the record has bytes on more than one line */
};

/* Reads the record in this mode; fits[mode] is true when the reading has the width of the table. */
int norm_trial_mode(struct norm *norm, struct norm_trial *trial, enum norm_mode mode);
/* The same for the reading of the reference parser, where most is known already. */
int norm_trial_reference(struct norm *norm, struct norm_trial *trial);
/* Where the readings that fit end in different places, the record after each must fit as well. */
int norm_trial_check_next(struct norm *norm, struct norm_trial *trial);
/* Excludes readings that swallow whole records which another reading leaves alone. */
int norm_trial_exclude_swallowing(struct norm *norm, struct norm_trial *trial);
/* The mode that fits alone; NORM_MODES when none does or two differ, then *several says which. */
int norm_trial_only_fitting(struct norm *norm, const struct norm_trial *trial,
                            enum norm_mode *found, bool *several);

#endif
