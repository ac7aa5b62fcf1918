/*
 * report_html.c - the report as one page for a browser: it needs no other file and no network. For
 * each subject: a verdict in one sentence, what is wrong in plain words with the remedy, where, the
 * findings as a table, and what else is known, which is the JSON report of the subject.
 *
 * The idea. All that a reader must have is plain HTML, in which links lead from each problem to its
 * first place. The script (report_html.js) adds what needs one: the strip of the whole file, the
 * filter, and the facts out of the JSON.
 *
 * Invariants.
 *   - Nothing from data is markup. Texts are escaped as for a terminal, then as for XML; in the
 *     JSON no '<', '>' or '&' is left. Should one of these fail, the policy in the page's head lets
 *     no script run but the one whose hash it names.
 *   - A subject without sections was described and not judged: it has no verdict.
 *   - A page has at most ROWS_MOST rows for a subject, and says how many findings are not in it.
 */
#include "csvkit/findings/report_html.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MOST 2000

/* The bytes of the two files, which the Makefile writes as numbers. */
static const char style_text[] = {
#include <report_html.css.inc>
    '\0'};
static const char script_text[] = {
#include <report_html.js.inc>
    '\0'};

void html_put_text(struct csvk_reporter *r, const char *text)
{
    r->status = r->status == CSVK_OK ? csvk_buf_add_xml(r->out, text) : r->status;
}

void html_put_bytes(struct csvk_reporter *r, const void *bytes, size_t length)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_add_escaped(&text, bytes, length);
    r->status = r->status == CSVK_OK ? status : r->status;
    html_put_text(r, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

void html_put_row_id(struct csvk_reporter *r, size_t row)
{
    csvk_reporter_put(r, "s");
    csvk_reporter_put_number(r, r->subjects);
    csvk_reporter_put(r, "f");
    csvk_reporter_put_number(r, row);
}

static void begin(struct csvk_reporter *r)
{
    csvk_reporter_put(r, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; style-src 'unsafe-inline'; script-src '" HTML_SCRIPT_HASH
                         "'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n"
                         "<link rel=\"icon\" href=\"data:,\">\n"
                         "<title>csvkit report</title>\n<style>\n");
    csvk_reporter_put(r, style_text);
    csvk_reporter_put(r, "</style>\n</head>\n<body>\n<header><h1>csvkit report</h1></header>\n"
                         "<main>\n");
}

/* ---- a subject ------------------------------------------------------------------------------- */

static void put_verdict(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    struct html_sums sums = html_sum(subject);
    csvk_reporter_put(r, "<p class=\"verdict ");
    if (subject->error != NULL) {
        csvk_reporter_put(r, "bad\"><b>Not judged:</b> ");
        html_put_text(r, subject->error);
        csvk_reporter_put(r, ".</p>\n");
        return;
    }
    if (subject->nsections == 0) {
        r->described++;
        csvk_reporter_put(r, "described\"><b>Described</b> below; nothing was judged.</p>\n");
        return;
    }
    bool bad = sums.errors != 0, doubt = !bad && (sums.warnings != 0 || subject->incomplete);
    csvk_reporter_put(r, bad     ? "bad\"><b>Not good:</b> "
                         : doubt ? "doubt\"><b>Good, but look at it:</b> "
                                 : "good\"><b>Good:</b> ");
    csvk_reporter_put_count(r, sums.errors, "error");
    if (sums.warnings != 0) {
        csvk_reporter_put(r, ", ");
        csvk_reporter_put_count(r, sums.warnings, "warning");
    }
    if (sums.infos != 0) {
        csvk_reporter_put(r, ", ");
        csvk_reporter_put_count(r, sums.infos, "note");
    }
    html_put_first(r, subject, ROWS_MOST);
    csvk_reporter_put(r,
                      subject->incomplete ? "; parts of it could not be read.</p>\n" : ".</p>\n");
}

/* The object that the JSON report has for the subject, without the findings: the table has them. */
static void write_facts(struct csvk_reporter *r, const struct csvk_subject *subject,
                        struct csvk_buf *to)
{
    struct csvk_subject bare = *subject;
    struct csvk_section *section = csvk_calloc(subject->nsections + 1, sizeof *section);
    if (section == NULL) {
        r->status = CSVK_ENOMEM;
        return;
    }
    for (size_t i = 0; i < subject->nsections; i++) {
        section[i] = subject->section[i];
        section[i].count = 0;
    }
    bare.section = section;
    csvk_json_init(&r->json, to);
    csvk_json_open(&r->json, '{');
    subject->json(&bare, &r->json);
    csvk_json_close(&r->json, '}');
    csvk_free(section);
}

/* As content of a script element the JSON must not hold what could end it. */
static void put_facts(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    if (subject->json == NULL || r->status != CSVK_OK) {
        return;
    }
    write_facts(r, subject, &text);
    csvk_reporter_put(r, "<script type=\"application/json\" class=\"facts\">");
    const char *rest = csvk_buf_text(&text);
    while (*rest != '\0' && r->status == CSVK_OK) {
        size_t plain = strcspn(rest, "<>&");
        report_put_bytes(r, rest, plain);
        rest += plain;
        if (*rest != '\0' && r->status == CSVK_OK) {
            r->status = csvk_buf_printf(r->out, "\\u%04x", (unsigned char)*rest++);
        }
    }
    csvk_reporter_put(r, "</script>\n");
    csvk_buf_release(&text);
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    csvk_reporter_put(r, "<article class=\"subject\" id=\"s");
    csvk_reporter_put_number(r, r->subjects);
    csvk_reporter_put(r, "\">\n<h2><bdi>");
    html_put_text(r, subject->file);
    csvk_reporter_put(r, "</bdi></h2>\n");
    put_verdict(r, subject);
    if (subject->error == NULL) {
        csvk_reporter_put(r, "<div class=\"where\"></div>\n");
        html_put_problems(r, subject, ROWS_MOST);
        html_put_findings(r, subject, ROWS_MOST);
        csvk_reporter_put(r, "<div class=\"known\"></div>\n");
        put_facts(r, subject);
    }
    csvk_reporter_put(r, "</article>\n");
}

/* What was judged; nothing when all was only described. */
static void put_sums(struct csvk_reporter *r)
{
    if (r->described != 0 && r->described == r->subjects) {
        return;
    }
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_number(r, r->refused);
    csvk_reporter_put(r, " with errors, ");
    csvk_reporter_put_number(r, r->not_judged);
    csvk_reporter_put(r, " not judged; ");
    csvk_reporter_put_count(r, r->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, r->warnings, "warning");
}

static void end(struct csvk_reporter *r)
{
    csvk_reporter_put(r, "</main>\n<footer><p>");
    csvk_reporter_put_count(r, r->subjects, "file");
    put_sums(r);
    csvk_reporter_put(r, ". Made by csvkit " CSVK_VERSION ".</p></footer>\n<script>");
    csvk_reporter_put(r, script_text);
    csvk_reporter_put(r, "</script>\n</body>\n</html>\n");
}

extern const struct report_format report_html;
const struct report_format report_html = {begin, one, end};
