/*
 * report_text.c - the report for people: FILE:LINE:COLUMN: severity[rule]: message, then the line
 * with a caret under the place, then the remedy (once for each rule); at the end one line of
 * summary for the file.
 *
 * Bytes of the data are escaped before they are written, so a terminal does not obey them. The
 * caret is placed by counting the code points that were written, not those of the data.
 */
#include "validator/report.h"

#include <inttypes.h>
#include <string.h>

#define SCREEN_BEFORE 60 /* columns of the line shown before the place, at most */
#define SCREEN_AFTER  40 /* columns shown of the place itself, and as many after it */

struct text_report {
    struct csvk_buf *out;
    unsigned style; /* enum csvk_text_style bits */
    int status;     /* sticky */
};

static void put(struct text_report *w, const char *text)
{
    if (w->status == CSVK_OK) {
        w->status = csvk_buf_puts(w->out, text);
    }
}

static void put_escaped(struct text_report *w, const void *bytes, size_t length)
{
    if (w->status == CSVK_OK) {
        w->status = csvk_buf_add_escaped(w->out, bytes, length);
    }
}

static void put_number(struct text_report *w, uint64_t number)
{
    if (w->status == CSVK_OK) {
        w->status = csvk_buf_printf(w->out, "%" PRIu64, number);
    }
}

static void put_count(struct text_report *w, uint64_t number, const char *noun)
{
    put_number(w, number);
    put(w, " ");
    put(w, noun);
    put(w, number == 1 ? "" : "s");
}

static const char *color_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR     ? "\033[31;1m"
           : severity == CSVK_WARNING ? "\033[33;1m"
                                      : "\033[36;1m";
}

static void put_colored(struct text_report *w, const char *color, const char *text)
{
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? color : "");
    put(w, text);
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? "\033[0m" : "");
}

static void put_name(struct text_report *w, const struct csvk_report *report)
{
    put_escaped(w, report->file, strlen(report->file));
}

/* Columns that the text from offset `begin` on takes on a screen. */
static size_t screen_width(const struct csvk_buf *out, size_t begin)
{
    size_t width = 0;
    for (size_t i = begin; i < out->length; i++) {
        width += (out->data[i] & 0xC0) != 0x80;
    }
    return width;
}

static void put_times(struct text_report *w, char c, size_t times)
{
    char text[2] = {c, '\0'};
    for (size_t i = 0; i < times; i++) {
        put(w, text);
    }
}

static void put_caret(struct text_report *w, size_t before, size_t width)
{
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? "\033[32;1m" : "");
    put_times(w, ' ', before);
    put(w, "^");
    put_times(w, '~', width > 1 ? width - 1 : 0);
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? "\033[0m" : "");
    put(w, "\n");
}

/* Columns that `bytes` would take when escaped. */
static size_t escaped_width(struct text_report *w, const unsigned char *bytes, size_t length)
{
    size_t begin = w->out->length;
    put_escaped(w, bytes, length);
    size_t width = screen_width(w->out, begin);
    w->out->length = begin;
    return width;
}

/* Length of the code point at `bytes`; 1 when no code point begins there. */
static size_t code_length(const unsigned char *bytes, size_t length)
{
    uint32_t code = 0;
    size_t n = csvk_utf8_decode(bytes, length, &code);
    return n != 0 ? n : 1;
}

/* How many of the first bytes fit into `columns`; no code point is cut. */
static size_t fit_front(struct text_report *w, const unsigned char *bytes, size_t length,
                        size_t columns)
{
    size_t fit = 0, width = 0;
    while (fit < length) {
        size_t n = code_length(bytes + fit, length - fit);
        width += escaped_width(w, bytes + fit, n);
        if (width > columns) {
            break;
        }
        fit += n;
    }
    return fit;
}

/* How many of the first bytes to leave out so that the rest fits into `columns`; whole code
   points. */
static size_t drop_front(struct text_report *w, const unsigned char *bytes, size_t length,
                         size_t columns)
{
    size_t drop = 0, width = escaped_width(w, bytes, length);
    while (drop < length && width > columns) {
        size_t n = code_length(bytes + drop, length - drop);
        width -= escaped_width(w, bytes + drop, n);
        drop += n;
    }
    return drop;
}

static void put_excerpt(struct text_report *w, const struct csvk_finding *f)
{
    if (f->excerpt == NULL || f->excerpt_length == 0) {
        return;
    }
    const unsigned char *place = f->excerpt + f->excerpt_place;
    size_t rest = f->excerpt_length - f->excerpt_place;
    size_t marked = f->length < rest ? (size_t)f->length : rest;
    size_t shown = fit_front(w, place, marked, SCREEN_AFTER);
    size_t tail = shown < marked ? 0 : fit_front(w, place + marked, rest - marked, SCREEN_AFTER);
    size_t drop = drop_front(w, f->excerpt, f->excerpt_place, SCREEN_BEFORE);
    size_t begin = w->out->length;
    put(w, f->cut_before || drop != 0 ? "    ..." : "    ");
    put_escaped(w, f->excerpt + drop, f->excerpt_place - drop);
    size_t before = screen_width(w->out, begin);
    begin = w->out->length;
    put_escaped(w, place, shown);
    size_t width = screen_width(w->out, begin);
    put_escaped(w, place + shown, tail);
    put(w, f->cut_behind || shown + tail < rest ? "...\n" : "\n");
    put_caret(w, before, width);
}

static void put_place(struct text_report *w, const struct csvk_finding *f)
{
    if (f->line == 0) {
        return;
    }
    put(w, ":");
    put_number(w, f->line);
    put(w, ":");
    put_number(w, f->column);
}

static void put_finding(struct text_report *w, const struct csvk_report *report,
                        const struct csvk_finding *f)
{
    put_name(w, report);
    put_place(w, f);
    put(w, ": ");
    put_colored(w, color_of(f->severity), csvk_severity_name(f->severity));
    put(w, "[");
    put(w, f->rule->id);
    put(w, "]: ");
    if (w->status == CSVK_OK) {
        w->status = report_add_message(f, w->out);
    }
    put(w, "\n");
    put_excerpt(w, f);
}

static void put_hint(struct text_report *w, const struct csvk_rule *rule)
{
    if (rule->remedy[0] != '\0') {
        put(w, "    help: ");
        put(w, rule->remedy);
        put(w, "\n");
    }
}

static void put_summary(struct text_report *w, const struct csvk_report *report)
{
    put_name(w, report);
    put(w, ": ");
    put_colored(w, report->valid ? "\033[32;1m" : "\033[31;1m",
                report->valid ? "valid" : "not valid");
    put(w, " (");
    put(w, csvk_profile_name(report->profile));
    put(w, "): ");
    put_count(w, report->errors, "error");
    put(w, ", ");
    put_count(w, report->warnings, "warning");
    if (report->infos != 0) {
        put(w, ", ");
        put_count(w, report->infos, "note");
        put(w, (w->style & CSVK_TEXT_NOTES) == 0 ? " (-v shows them)" : "");
    }
    put(w, "; ");
    put_count(w, report->totals.records, "record");
    put(w, ", ");
    put_count(w, report->totals.width, "column");
    put(w, ", ");
    put_count(w, report->totals.bytes, "byte");
    if (report->findings_dropped != 0) {
        put(w, "; ");
        put_number(w, report->findings_dropped);
        put(w, " more findings not shown");
    }
    put(w, "\n");
}

int csvk_report_text(const struct csvk_report *report, unsigned style, struct csvk_buf *out)
{
    struct text_report w = {out, style, CSVK_OK};
    bool explained[CSVK_RULES_MAX] = {false};
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_rule *rule = report->findings[i]->rule;
        size_t index = (size_t)(rule - csvk_rule_at(0));
        if (report->findings[i]->severity == CSVK_INFO && (style & CSVK_TEXT_NOTES) == 0) {
            continue;
        }
        put_finding(&w, report, report->findings[i]);
        if (!explained[index]) {
            put_hint(&w, rule);
            explained[index] = true;
        }
    }
    put_summary(&w, report);
    return w.status;
}
