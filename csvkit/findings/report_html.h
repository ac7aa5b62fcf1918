/* report_html.h - what the files of the HTML report share. Private to this room. */
#ifndef CSVKIT_FINDINGS_REPORT_HTML_H
#define CSVKIT_FINDINGS_REPORT_HTML_H

#include "csvkit/findings/reporter.h"

/* Of report_html.js, for the policy of the page; tests/cli/reports says what it must be. */
#define HTML_SCRIPT_HASH "sha256-QBWWzbWXPBDTzJVRKgBeIXkZ5EMBoloUMXFBUxIP5xE="

struct html_sums {
    uint64_t errors, warnings, infos;
};
struct html_sums html_sum(const struct csvk_subject *subject);

/* Escaped as for a terminal, then as for XML. */
void html_put_text(struct csvk_reporter *r, const char *text);
void html_put_bytes(struct csvk_reporter *r, const void *bytes, size_t length);
/* The id of the element of the finding with this number, from 0 on: "s1f0". */
void html_put_row_id(struct csvk_reporter *r, size_t row);

/* report_html_findings.c: ", the first in line 2", with a link, when an error is listed; each kind
   of problem once, the worst first, with its first place; and the table of the findings, at most
   `most` of them. All number the findings alike. */
void html_put_first(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most);
void html_put_problems(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most);
void html_put_findings(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most);

#endif
