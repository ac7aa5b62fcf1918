/*
 * reporter.h - what the formats (report_NAME.c) share. Private to this room.
 *
 * A format is a row {begin, one, end}. Its functions write by the csvk_reporter_put... functions,
 * or to r->json; failures stay in r->status and r->json.failed, so that they read like the text
 * that they write. After a failure nothing more is written.
 */
#ifndef CSVKIT_FINDINGS_REPORTER_H
#define CSVKIT_FINDINGS_REPORTER_H

#include "csvkit/findings/findings.h"

struct csvk_reporter;
struct report_format {
    void (*begin)(struct csvk_reporter *r); /* may be NULL */
    void (*one)(struct csvk_reporter *r, const struct csvk_subject *subject);
    void (*end)(struct csvk_reporter *r); /* may be NULL */
};

struct csvk_reporter {
    const struct report_format *format;
    struct csvk_report_options options;
    struct csvk_buf *out; /* borrowed */
    int status;           /* sticky */
    struct csvk_json json;
    /* SARIF: notifications so far, which come after all results. */
    struct csvk_buf notes;
    struct csvk_json notes_json;
    /* Of all subjects so far. */
    uint64_t subjects, refused, not_judged, incomplete;
    uint64_t errors, warnings, infos;
    uint64_t described; /* HTML: subjects in which nothing was judged */
};

void report_put_bytes(struct csvk_reporter *r, const void *bytes, size_t length); /* as they are */
/* Whether a report shows the finding; the formats for people ask. A note that explains an error,
   which its fact `explains` says, is shown whenever warnings are. */
bool report_shows(const struct csvk_reporter *r, const struct csvk_finding *f);
/* The least severity that is shown. */
enum csvk_severity report_least(const struct csvk_reporter *r);
uint64_t report_dropped(const struct csvk_subject *subject, enum csvk_severity least);
uint64_t report_sum_errors(const struct csvk_subject *subject);
/* Appends the name of the file that the finding is about, with its folder. NULL: the subject's. */
void report_file(struct csvk_reporter *r, const struct csvk_subject *subject,
                 const struct csvk_finding *f, struct csvk_buf *to);
/* The message with what the platform does; bytes that a terminal would obey are escaped. */
void report_message(struct csvk_reporter *r, const struct csvk_finding *f, struct csvk_buf *to);
/* Members of an object: facts of the finding, and a number or null instead of 0. */
void report_json_extras(struct csvk_json *json, const struct csvk_finding *f);
void report_json_message(struct csvk_json *json, const struct csvk_finding *f,
                         int (*message)(const struct csvk_finding *, struct csvk_buf *));

#endif
