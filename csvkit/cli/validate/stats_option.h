/*
 * stats_option.h - --stats: what the columns of a file are like, counted while it is judged, and
 * added to its report.
 */
#ifndef CSVKIT_CLI_VALIDATE_STATS_OPTION_H
#define CSVKIT_CLI_VALIDATE_STATS_OPTION_H

#include "csvkit/cli/stats/table_stats.h"
#include "validator/validator.h"

struct stats_option {
    struct table_stats table;
    struct stats_feed feed;
    struct csvk_validate_options options; /* borrowed: dialect, header, columns */
    bool sep_line;                        /* the file begins with sep=, which is no record */
};
/* For the next file. `options` is borrowed until its report. */
void stats_option_begin(struct stats_option *stats, const struct csvk_validate_options *options);
/* The reader has to give fields, and to keep whole records. */
void stats_option_tune(struct csvk_options *options);
/* For each batch, in their order. CSVK_ENOMEM. */
int stats_option_take(struct stats_option *stats, const struct csvk_batch *batch,
                      struct csvk_error *err) CSVK_MUST_USE;
void stats_option_release(struct stats_option *stats);

struct stats_subject {
    struct csvk_subject judged; /* the subject without statistics */
    const struct table_stats *table;
};
/* Adds the statistics of `bytes` bytes to the subject; *room is in use as long as the subject. */
void stats_option_add(struct stats_option *stats, uint64_t bytes, struct csvk_subject *subject,
                      struct stats_subject *room);

#endif
