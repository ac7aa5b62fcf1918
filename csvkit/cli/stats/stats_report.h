/* stats_report.h - the statistics as text for people, as JSON, and for a browser. */
#ifndef CSVKIT_CLI_STATS_STATS_REPORT_H
#define CSVKIT_CLI_STATS_STATS_REPORT_H

#include "csvkit/cli/stats/table_stats.h"
#include "csvkit/findings/findings.h"

/* Both append, and return CSVK_OK or CSVK_ENOMEM. `width` is that of the terminal. */
int cli_stats_text(struct csvk_buf *out, const char *file, const struct table_stats *table,
                   size_t width) CSVK_MUST_USE;
int cli_stats_json(struct csvk_buf *out, const char *file,
                   const struct table_stats *table) CSVK_MUST_USE;

/* The member "files", when the table was read from several. */
void cli_stats_put_files(struct csvk_json *json, const struct table_stats *table);
/* The members of the object of a table but its file; what fails is remembered in *json. */
void cli_stats_put_json(struct csvk_json *json, const struct table_stats *table);

/*
 * The table as a subject of reports, in which nothing is judged: it has no sections. Both are
 * borrowed, as long as the subject is in use.
 */
struct csvk_subject cli_stats_subject(const char *file, const struct table_stats *table);

#endif
