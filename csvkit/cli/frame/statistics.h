/*
 * statistics.h - --statistics: how often each rule was broken, over all subjects of a run, in the
 * place of the findings.
 */
#ifndef CSVKIT_CLI_FRAME_STATISTICS_H
#define CSVKIT_CLI_FRAME_STATISTICS_H

#include "csvkit/csvkit.h"
#include "csvkit/findings/findings.h"

struct cli_statistics_row {
    const struct csvk_rule *rule;
    enum csvk_severity severity; /* the highest that was seen */
    uint64_t count, subjects;    /* findings; subjects that have one */
    uint64_t last;               /* number of the last such subject */
};
/* All zero: nothing was judged yet. */
struct cli_statistics {
    struct cli_statistics_row *row;
    size_t nrows, capacity;
    uint64_t subjects, refused, not_judged;
    uint64_t errors, warnings, infos;
};

/* CSVK_OK, CSVK_ENOMEM. */
int cli_statistics_add(struct cli_statistics *statistics, const struct csvk_subject *subject);
/* Sorts the rows and appends them to `out`: errors first, then what occurs most. `style` is an enum
   csvk_report_style and says which severities are shown as text; JSON has all. */
int cli_statistics_write(struct cli_statistics *statistics, bool json, unsigned style,
                         struct csvk_buf *out);
void cli_statistics_release(struct cli_statistics *statistics);

#endif
