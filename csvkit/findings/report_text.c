/*
 * report_text.c - the report for people: FILE:LINE:COLUMN: severity[rule]: message, then the line
 * with a caret under the place, then the remedy (once, as long as it is the same); what follows the
 * findings of a section the subject writes. After several subjects comes a line with the totals.
 *
 * Bytes of the data are escaped before they are written, so a terminal does not obey them. The
 * caret is placed by the columns of what was written, not of the data: of whole clusters
 * (csvkit/base/clusters.h), since no caret can stand under a part of one.
 */
#include "csvkit/base/clusters.h"
#include "csvkit/findings/reporter.h"

#include <string.h>

#define SCREEN_BEFORE 60  /* columns of the line shown before the place, at most */
#define SCREEN_AFTER  40  /* columns shown of the place itself, and as many after it */
#define REMEMBERED    256 /* remedies; when there are more, the oldest may be written again */

/* The remedies that were written for a section. */
struct remedies {
    const char *item[REMEMBERED];
    size_t count;
};

static void put_escaped(struct csvk_reporter *r, const void *bytes, size_t length)
{
    r->status = r->status == CSVK_OK ? csvk_buf_add_escaped(r->out, bytes, length) : r->status;
}

static const char *color_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR     ? "\033[31;1m"
           : severity == CSVK_WARNING ? "\033[33;1m"
                                      : "\033[36;1m";
}

static void put_colored(struct csvk_reporter *r, const char *color, const char *text)
{
    csvk_reporter_put(r, (r->options.style & CSVK_TEXT_COLOR) != 0 ? color : "");
    csvk_reporter_put(r, text);
    csvk_reporter_put(r, (r->options.style & CSVK_TEXT_COLOR) != 0 ? "\033[0m" : "");
}

static void put_times(struct csvk_reporter *r, char c, size_t times)
{
    char text[2] = {c, '\0'};
    for (size_t i = 0; i < times; i++) {
        csvk_reporter_put(r, text);
    }
}

static void put_caret(struct csvk_reporter *r, size_t before, size_t width)
{
    csvk_reporter_put(r, (r->options.style & CSVK_TEXT_COLOR) != 0 ? "\033[32;1m" : "");
    put_times(r, ' ', before);
    csvk_reporter_put(r, "^");
    put_times(r, '~', width > 1 ? width - 1 : 0);
    csvk_reporter_put(r, (r->options.style & CSVK_TEXT_COLOR) != 0 ? "\033[0m" : "");
    csvk_reporter_put(r, "\n");
}

/* Columns that `bytes` would take when escaped. */
static size_t escaped_width(struct csvk_reporter *r, const unsigned char *bytes, size_t length)
{
    size_t begin = r->out->length;
    put_escaped(r, bytes, length);
    size_t width = csvk_text_columns(r->out->data + begin, r->out->length - begin);
    r->out->length = begin;
    return width;
}

/* Length of the cluster at `bytes`. */
static size_t cluster_length(const unsigned char *bytes, size_t length)
{
    size_t columns;
    return csvk_cluster_next(bytes, length, &columns);
}

/* How many of the first bytes fit into `columns`; no cluster is cut. */
static size_t fit_front(struct csvk_reporter *r, const unsigned char *bytes, size_t length,
                        size_t columns)
{
    size_t fit = 0, width = 0;
    while (fit < length) {
        size_t n = cluster_length(bytes + fit, length - fit);
        width += escaped_width(r, bytes + fit, n);
        if (width > columns) {
            break;
        }
        fit += n;
    }
    return fit;
}

/* How many of the first bytes to leave out so that the rest fits into `columns`; whole clusters. */
static size_t drop_front(struct csvk_reporter *r, const unsigned char *bytes, size_t length,
                         size_t columns)
{
    size_t drop = 0, width = escaped_width(r, bytes, length);
    while (drop < length && width > columns) {
        size_t n = cluster_length(bytes + drop, length - drop);
        size_t one = escaped_width(r, bytes + drop, n);
        width -= one < width ? one : width;
        drop += n;
    }
    return drop;
}

/* The columns before the cluster that holds `place`, and those from it up to `end`; offsets into
   the line. Only the whole line says where clusters end: a mark after the place may belong to the
   letter before it. */
static void measure(const unsigned char *line, size_t length, size_t place, size_t end,
                    size_t *before, size_t *width)
{
    size_t columns = 0;
    *before = 0;
    *width = 0;
    for (size_t at = 0; at < length && (at <= place || at < end);) {
        size_t next = at + csvk_cluster_next(line + at, length - at, &columns);
        *before += next <= place ? columns : 0;
        *width += next > place && at < end ? columns : 0;
        at = next;
    }
}

static void put_excerpt(struct csvk_reporter *r, const struct csvk_finding *f)
{
    if (f->excerpt == NULL || f->excerpt_length == 0) {
        return;
    }
    const unsigned char *place = f->excerpt + f->excerpt_place;
    size_t rest = f->excerpt_length - f->excerpt_place;
    size_t marked = f->length < rest ? (size_t)f->length : rest;
    size_t shown = fit_front(r, place, marked, SCREEN_AFTER);
    size_t tail = shown < marked ? 0 : fit_front(r, place + marked, rest - marked, SCREEN_AFTER);
    size_t drop = drop_front(r, f->excerpt, f->excerpt_place, SCREEN_BEFORE);
    size_t begin = r->out->length, before, width;
    csvk_reporter_put(r, f->cut_before || drop != 0 ? "    ..." : "    ");
    put_escaped(r, f->excerpt + drop, f->excerpt_place - drop);
    size_t at = r->out->length - begin;
    put_escaped(r, place, shown);
    size_t end = r->out->length - begin;
    put_escaped(r, place + shown, tail);
    measure(r->out->data + begin, r->out->length - begin, at, end, &before, &width);
    csvk_reporter_put(r, f->cut_behind || shown + tail < rest ? "...\n" : "\n");
    put_caret(r, before, width);
}

/* ---- a finding ------------------------------------------------------------------------------ */

/* Files in a folder are named from the folder on. */
static void put_place(struct csvk_reporter *r, const struct csvk_subject *subject,
                      const struct csvk_finding *f)
{
    bool own = f->file != NULL && f->file[0] != '\0';
    csvk_reporter_put_escaped(r, own ? f->file : subject->folder != NULL ? "." : subject->file);
    if (f->line != 0) {
        csvk_reporter_put(r, ":");
        csvk_reporter_put_number(r, f->line);
        csvk_reporter_put(r, ":");
        csvk_reporter_put_number(r, f->column);
    }
    csvk_reporter_put(r, ": ");
}

/* Was the same remedy written already? If not, it is remembered. */
static bool is_known(struct remedies *known, const char *remedy)
{
    size_t filled = known->count < REMEMBERED ? known->count : REMEMBERED;
    for (size_t i = 0; i < filled; i++) {
        if (strcmp(known->item[i], remedy) == 0) {
            return true;
        }
    }
    known->item[known->count++ % REMEMBERED] = remedy;
    return false;
}

static void put_finding(struct csvk_reporter *r, const struct csvk_subject *subject,
                        const struct csvk_finding *f, struct remedies *known)
{
    put_place(r, subject, f);
    put_colored(r, color_of(f->severity), csvk_severity_name(f->severity));
    csvk_reporter_put(r, "[");
    csvk_reporter_put(r, f->rule->id);
    csvk_reporter_put(r, "]: ");
    report_message(r, f, r->out);
    if (f->path != NULL && strcmp(f->path, "$") != 0) {
        csvk_reporter_put(r, " (at ");
        csvk_reporter_put_escaped(r, f->path);
        csvk_reporter_put(r, ")");
    }
    csvk_reporter_put(r, "\n");
    put_excerpt(r, f);
    const char *remedy = csvk_finding_remedy(f);
    if (remedy != NULL && !is_known(known, remedy)) {
        csvk_reporter_put(r, "    help: ");
        csvk_reporter_put_escaped(r, remedy);
        csvk_reporter_put(r, "\n");
    }
}

static void put_section(struct csvk_reporter *r, const struct csvk_subject *subject,
                        const struct csvk_section *section)
{
    struct remedies known;
    known.count = 0;
    for (size_t i = 0; i < section->count && r->status == CSVK_OK; i++) {
        const struct csvk_finding *f = csvk_section_at(section, i);
        if (report_shows(r, f)) {
            put_finding(r, subject, f, &known);
        }
    }
}

/* ---- subjects ------------------------------------------------------------------------------- */

static void put_not_judged(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    csvk_reporter_put_escaped(r, subject->file);
    csvk_reporter_put(r, ": ");
    put_colored(r, color_of(CSVK_ERROR), "error");
    csvk_reporter_put(r, ": not judged: ");
    csvk_reporter_put_escaped(r, subject->error);
    csvk_reporter_put(r, "\n");
}

/* For errors only, what the subject writes is left out; what is not shown still is counted. */
static void put_left_out(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    uint64_t dropped = report_dropped(subject, CSVK_ERROR);
    if (dropped != 0) {
        csvk_reporter_put_escaped(r, subject->file);
        csvk_reporter_put(r, ": ");
        csvk_reporter_put_count(r, dropped, "more error");
        csvk_reporter_put(r, " not shown\n");
    }
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    bool whole = report_least(r) != CSVK_ERROR && subject->text != NULL;
    if (subject->error != NULL && (r->options.style & CSVK_TEXT_TOLD) == 0) {
        put_not_judged(r, subject);
    }
    if (subject->error != NULL) {
        return;
    }
    for (size_t i = 0; i < subject->nsections; i++) {
        put_section(r, subject, &subject->section[i]);
        if (whole) {
            subject->text(subject, i, r);
        }
    }
    if (whole) {
        subject->text(subject, subject->nsections, r);
    } else {
        put_left_out(r, subject);
    }
}

static void end(struct csvk_reporter *r)
{
    if (r->subjects < 2 || report_least(r) == CSVK_ERROR) {
        return;
    }
    csvk_reporter_put(r, "total: ");
    csvk_reporter_put_count(r, r->subjects, "file");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_number(r, r->refused);
    csvk_reporter_put(r, " with errors, ");
    csvk_reporter_put_number(r, r->not_judged);
    csvk_reporter_put(r, " not judged; ");
    csvk_reporter_put_count(r, r->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, r->warnings, "warning");
    csvk_reporter_put(r, "\n");
}

extern const struct report_format report_text;
const struct report_format report_text = {NULL, one, end};
