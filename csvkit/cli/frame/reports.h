/*
 * reports.h - the reports of one run: one on standard output or in --output, and one more for each
 * --report=FORMAT:FILE. All of them are fed with the same subjects.
 */
#ifndef CSVKIT_CLI_FRAME_REPORTS_H
#define CSVKIT_CLI_FRAME_REPORTS_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/findings/findings.h"

extern const struct cli_group cli_report_options; /* -f -o --report --statistics -v */

/* Prints findings about the manifest `file` on standard error, in the form for people; with -q, or
   when only errors are wanted, the errors alone. */
void cli_print_findings(struct cli *cli, const char *file, const struct csvk_findings *findings,
                        bool only_errors);
/* Prints the errors of a manifest that was read, each with its line. */
void cli_print_errors(struct cli *cli, const char *file, struct csvk_findings *findings);
/* The same for errors and warnings, once for each file; with -q the errors alone. */
void cli_print_warnings(struct cli *cli, const char *file, struct csvk_findings *findings);

struct cli_reports;
/*
 * Begins the reports that the options ask for. `sets` is borrowed; `profile` is for the levels of
 * rules. Returns an enum cli_exit, with a message; *out is NULL then. Every file gets its name in
 * cli_reports_end and not before.
 */
int cli_reports_begin(struct cli *cli, struct cli_reports **out,
                      const struct csvk_rule_set *const *sets, enum csvk_profile profile);
/* Adds a subject to every report. Returns an enum cli_exit, with a message. */
int cli_reports_add(struct cli_reports *reports, const struct csvk_subject *subject);
/* Prints why `file` could not be judged, as cli_fail does, and adds it to every report. Returns the
   exit status of the failure. */
int cli_reports_fail(struct cli_reports *reports, const char *file, const struct csvk_error *err);
/* Ends and frees the reports; NULL is allowed. Returns an enum cli_exit, with a message. */
int cli_reports_end(struct cli_reports *reports);

#endif
