/* stats_report.h - the statistics as text for people, and as JSON. */
#ifndef CSVKIT_CLI_STATS_STATS_REPORT_H
#define CSVKIT_CLI_STATS_STATS_REPORT_H

#include "csvkit/cli/stats/table_stats.h"

/* Both append, and return CSVK_OK or CSVK_ENOMEM. `width` is that of the terminal. */
int cli_stats_text(struct csvk_buf *out, const char *file, const struct table_stats *table,
                   size_t width) CSVK_MUST_USE;
int cli_stats_json(struct csvk_buf *out, const char *file,
                   const struct table_stats *table) CSVK_MUST_USE;

#endif
