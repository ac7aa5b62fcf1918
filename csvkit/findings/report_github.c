/*
 * report_github.c - the report as GitHub workflow commands, which a code review shows beside the
 * line. Notices would fill a review, so infos are written only when the style asks for notes.
 */
#include "csvkit/findings/reporter.h"

#include <inttypes.h>
#include <string.h>

/* Percent-encodes control bytes and the bytes of `special`, which would end the command or one of
   its properties. */
static void put_encoded(struct csvk_reporter *r, const char *text, const char *special)
{
    for (; *text != '\0' && r->status == CSVK_OK; text++) {
        unsigned char c = (unsigned char)*text;
        bool encode = c < 0x20 || c == 0x7F || strchr(special, c) != NULL;
        r->status = encode ? csvk_buf_printf(r->out, "%%%02X", c) : csvk_buf_add(r->out, &c, 1);
    }
}

static void put_command(struct csvk_reporter *r, enum csvk_severity severity,
                        const struct csvk_subject *subject, const struct csvk_finding *f)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    csvk_reporter_put(r, severity == CSVK_ERROR     ? "::error file="
                         : severity == CSVK_WARNING ? "::warning file="
                                                    : "::notice file=");
    report_file(r, subject, f, &file);
    put_encoded(r, csvk_buf_text(&file), "%:,");
    csvk_buf_release(&file);
}

static void put_finding(struct csvk_reporter *r, const struct csvk_subject *subject,
                        const struct csvk_finding *f)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    put_command(r, f->severity, subject, f);
    if (r->status == CSVK_OK && f->line != 0) {
        r->status = csvk_buf_printf(r->out, ",line=%" PRIu64 ",col=%" PRIu64, f->line,
                                    f->column_chars != 0 ? f->column_chars : f->column);
    }
    csvk_reporter_put(r, ",title=");
    csvk_reporter_put(r, f->rule->id);
    csvk_reporter_put(r, "::");
    report_message(r, f, &text);
    put_encoded(r, csvk_buf_text(&text), "%");
    csvk_reporter_put(r, "\n");
    csvk_buf_release(&text);
}

static void put_not_judged(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    put_command(r, CSVK_ERROR, subject, NULL);
    csvk_reporter_put(r, ",title=not judged::");
    put_encoded(r, subject->error, "%");
    csvk_reporter_put(r, "\n");
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    if (subject->error != NULL) {
        put_not_judged(r, subject);
        return;
    }
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count && r->status == CSVK_OK; j++) {
            if (report_shows(r, csvk_section_at(section, j))) {
                put_finding(r, subject, csvk_section_at(section, j));
            }
        }
    }
    uint64_t dropped = report_dropped(subject, report_least(r));
    if (dropped != 0) {
        put_command(r, CSVK_WARNING, subject, NULL);
        csvk_reporter_put(r, "::");
        csvk_reporter_put_count(r, dropped, "more finding");
        csvk_reporter_put(r, " not shown\n");
    }
}

extern const struct report_format report_github;
const struct report_format report_github = {NULL, one, NULL};
