/*
 * report_html_findings.c - the findings of a subject in the HTML report: each kind of problem once,
 * in plain words, and the table of all of them.
 *
 * Findings have the numbers in which the sections of the subject give them, so that the link of a
 * problem and the row of the table agree.
 */
#include "csvkit/findings/report_html.h"

#include <string.h>

struct html_sums html_sum(const struct csvk_subject *subject)
{
    struct html_sums sums = {0};
    for (size_t i = 0; i < subject->nsections; i++) {
        sums.errors += subject->section[i].errors;
        sums.warnings += subject->section[i].warnings;
        sums.infos += subject->section[i].infos;
    }
    return sums;
}

static const char *word_of(enum csvk_severity severity)
{
    return severity == CSVK_INFO ? "note" : csvk_severity_name(severity);
}

/* ---- problems -------------------------------------------------------------------------------- */

/* One rule over all sections: how often, how bad, and the first finding that is listed. */
struct problem {
    uint64_t count;
    enum csvk_severity severity;
    const struct csvk_finding *first; /* NULL: none of them is listed */
    size_t row;
};

static void find_first(struct problem *p, const struct csvk_subject *subject,
                       const struct csvk_rule *rule, size_t most)
{
    size_t row = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count && row < most; j++, row++) {
            const struct csvk_finding *f = csvk_section_at(section, j);
            if (f->rule == rule) {
                p->first = f;
                p->row = row;
                return;
            }
        }
    }
}

static struct problem problem_of(const struct csvk_subject *subject, const struct csvk_rule *rule,
                                 size_t most)
{
    struct problem p = {0};
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->nrules; j++) {
            const struct csvk_tally *tally = &section->rule[j];
            if (tally->rule == rule && tally->count != 0) {
                p.count += tally->count;
                p.severity = tally->severity > p.severity ? tally->severity : p.severity;
            }
        }
    }
    if (p.count != 0) {
        find_first(&p, subject, rule, most);
    }
    return p;
}

/* "first in FILE, line 2", as far as that is known. */
static void put_link(struct csvk_reporter *r, const struct csvk_finding *f, size_t row)
{
    bool file = f->file != NULL && f->file[0] != '\0';
    csvk_reporter_put(r, "<a href=\"#");
    html_put_row_id(r, row);
    csvk_reporter_put(r, file || f->line != 0 ? "\">first in " : "\">first one");
    if (file) {
        csvk_reporter_put(r, "<bdi>");
        html_put_text(r, f->file);
        csvk_reporter_put(r, f->line != 0 ? "</bdi>, " : "</bdi>");
    }
    if (f->line != 0) {
        csvk_reporter_put(r, "line ");
        csvk_reporter_put_number(r, f->line);
    }
    csvk_reporter_put(r, "</a>");
}

void html_put_first(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most)
{
    size_t row = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count && row < most; j++, row++) {
            const struct csvk_finding *f = csvk_section_at(section, j);
            if (f->severity == CSVK_ERROR) {
                csvk_reporter_put(r, "; the ");
                put_link(r, f, row);
                return;
            }
        }
    }
}

static void put_severity(struct csvk_reporter *r, enum csvk_severity severity)
{
    csvk_reporter_put(r, "<span class=\"severity ");
    csvk_reporter_put(r, word_of(severity));
    csvk_reporter_put(r, "\">");
    csvk_reporter_put(r, word_of(severity));
    csvk_reporter_put(r, "</span>");
}

static void put_paragraph(struct csvk_reporter *r, const char *kind, const char *title,
                          const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    csvk_reporter_put(r, "<p class=\"");
    csvk_reporter_put(r, kind);
    csvk_reporter_put(r, "\">");
    csvk_reporter_put(r, title);
    html_put_text(r, text);
    csvk_reporter_put(r, "</p>");
}

/* What else there is to know about the rule, and whether it can be repaired by a command. */
static void put_more(struct csvk_reporter *r, const struct csvk_rule *rule)
{
    csvk_reporter_put(r, "<p class=\"more\"><code>csvkit explain ");
    html_put_text(r, rule->id);
    csvk_reporter_put(r, "</code> says more");
    csvk_reporter_put(r, rule->repairs != NULL && rule->repairs[0] != '\0'
                             ? "; <code>csvkit normalize</code> can repair it.</p>"
                             : ".</p>");
}

static void put_problem(struct csvk_reporter *r, const struct csvk_rule *rule,
                        const struct problem *p)
{
    const char *own = p->first != NULL ? csvk_finding_remedy(p->first) : NULL;
    csvk_reporter_put(r, "<li data-rule=\"");
    html_put_text(r, rule->id);
    csvk_reporter_put(r, "\"><p class=\"title\">");
    put_severity(r, p->severity);
    csvk_reporter_put(r, " <b>");
    html_put_text(r, rule->summary);
    csvk_reporter_put(r, "</b> <span class=\"count\">");
    csvk_reporter_put_count(r, p->count, "time");
    csvk_reporter_put(r, "</span>");
    if (p->first != NULL) {
        csvk_reporter_put(r, " ");
        put_link(r, p->first, p->row);
    }
    csvk_reporter_put(r, "</p>");
    put_paragraph(r, "why", "", rule->why);
    put_paragraph(r, "remedy", "<b>What to do:</b> ", own != NULL ? own : rule->remedy);
    if (rule->example != NULL) {
        put_more(r, rule);
    }
    csvk_reporter_put(r, "</li>\n");
}

/* In the order of the sets, which is that of `csvkit rules`. */
static void put_problems_of(struct csvk_reporter *r, const struct csvk_subject *subject,
                            enum csvk_severity severity, size_t most)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = r->options.sets};
    while ((rule = csvk_rule_walk_next(&walk)) != NULL) {
        struct problem p = problem_of(subject, rule, most);
        if (p.count != 0 && p.severity == severity && r->status == CSVK_OK) {
            put_problem(r, rule, &p);
        }
    }
}

void html_put_problems(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most)
{
    struct html_sums sums = html_sum(subject);
    if (sums.errors + sums.warnings + sums.infos == 0) {
        return;
    }
    csvk_reporter_put(r, "<section class=\"problems\"><h3>What was found</h3>\n<ul>\n");
    for (int severity = CSVK_ERROR; severity >= CSVK_INFO; severity--) {
        put_problems_of(r, subject, (enum csvk_severity)severity, most);
    }
    csvk_reporter_put(r, "</ul></section>\n");
}

/* ---- the table ------------------------------------------------------------------------------- */

static void put_excerpt(struct csvk_reporter *r, const struct csvk_finding *f)
{
    if (f->excerpt == NULL || f->excerpt_length == 0) {
        return;
    }
    size_t rest = f->excerpt_length - f->excerpt_place;
    size_t marked = f->length < rest ? (size_t)f->length : rest;
    bool placed = f->column != 0; /* else the finding is about all of it */
    csvk_reporter_put(r, "<code class=\"excerpt\">");
    csvk_reporter_put(r, f->cut_before ? "<span class=\"cut\">\xe2\x80\xa6</span>" : "");
    html_put_bytes(r, f->excerpt, f->excerpt_place);
    csvk_reporter_put(r, placed ? "<mark>" : "");
    html_put_bytes(r, f->excerpt + f->excerpt_place, marked);
    csvk_reporter_put(r, placed ? "</mark>" : "");
    html_put_bytes(r, f->excerpt + f->excerpt_place + marked, rest - marked);
    csvk_reporter_put(r,
                      f->cut_behind ? "<span class=\"cut\">\xe2\x80\xa6</span></code>" : "</code>");
}

static void put_known(struct csvk_reporter *r, const char *title, uint64_t number)
{
    if (number != 0) {
        csvk_reporter_put(r, title);
        csvk_reporter_put_number(r, number);
    }
}

static void put_place(struct csvk_reporter *r, const struct csvk_subject *subject,
                      const struct csvk_finding *f)
{
    csvk_reporter_put(r, "<td class=\"place\">");
    if (subject->folder != NULL || (f->file != NULL && f->file[0] != '\0')) {
        csvk_reporter_put(r, "<bdi class=\"file\">");
        html_put_text(r, f->file != NULL && f->file[0] != '\0' ? f->file : ".");
        csvk_reporter_put(r, "</bdi> ");
    }
    put_known(r, "line ", f->line);
    put_known(r, ":", f->column_chars != 0 ? f->column_chars : f->column);
    put_known(r, "<br><small>record ", f->record);
    if (f->record != 0) {
        put_known(r, ", field ", f->field);
        csvk_reporter_put(r, "</small>");
    }
    if (f->field_name != NULL) {
        csvk_reporter_put(r, "<br><bdi class=\"name\">");
        html_put_text(r, f->field_name);
        csvk_reporter_put(r, "</bdi>");
    }
    if (f->path != NULL && strcmp(f->path, "$") != 0) {
        csvk_reporter_put(r, "<br><code>");
        html_put_text(r, f->path);
        csvk_reporter_put(r, "</code>");
    }
    csvk_reporter_put(r, "</td>");
}

/* What the script asks a row for: where it lies, and what it is. */
static void open_row(struct csvk_reporter *r, const struct csvk_finding *f, size_t section,
                     size_t row)
{
    csvk_reporter_put(r, "<tr tabindex=\"-1\" id=\"");
    html_put_row_id(r, row);
    csvk_reporter_put(r, "\" data-severity=\"");
    csvk_reporter_put(r, word_of(f->severity));
    csvk_reporter_put(r, "\" data-rule=\"");
    html_put_text(r, f->rule->id);
    csvk_reporter_put(r, "\" data-section=\"");
    csvk_reporter_put_number(r, section);
    if (f->has_byte) {
        csvk_reporter_put(r, "\" data-byte=\"");
        csvk_reporter_put_number(r, f->byte);
    }
    if (f->file != NULL) {
        csvk_reporter_put(r, "\" data-file=\"");
        html_put_text(r, f->file);
    }
    csvk_reporter_put(r, "\">");
}

static void put_row(struct csvk_reporter *r, const struct csvk_subject *subject, size_t section,
                    const struct csvk_finding *f, size_t row)
{
    struct csvk_buf message = CSVK_BUF_INIT;
    open_row(r, f, section, row);
    csvk_reporter_put(r, "<td>");
    put_severity(r, f->severity);
    csvk_reporter_put(r, "</td>");
    put_place(r, subject, f);
    csvk_reporter_put(r, "<td class=\"what\">");
    int status = csvk_finding_full_message(f, &message);
    r->status = r->status == CSVK_OK ? status : r->status;
    html_put_bytes(r, csvk_buf_text(&message), message.length);
    csvk_buf_release(&message);
    put_excerpt(r, f);
    put_paragraph(r, "remedy", "", f->remedy);
    csvk_reporter_put(r, "</td><td class=\"rule\"><code>");
    html_put_text(r, f->rule->id);
    csvk_reporter_put(r, "</code></td></tr>\n");
}

static void put_caption(struct csvk_reporter *r, const struct csvk_subject *subject, size_t rows)
{
    struct html_sums sums = html_sum(subject);
    uint64_t all = sums.errors + sums.warnings + sums.infos;
    csvk_reporter_put(r, "<p class=\"shown\">");
    if (rows == all) {
        csvk_reporter_put(r, all == 1 ? "The finding is listed." : "All ");
    } else {
        csvk_reporter_put_number(r, rows);
        csvk_reporter_put(r, " of ");
    }
    if (all != 1) {
        csvk_reporter_put_count(r, all, "finding");
        csvk_reporter_put(r, " are listed.");
    }
    if (rows < all) {
        csvk_reporter_put(r, " They are the first ones of each kind.");
    }
    csvk_reporter_put(r, "</p>\n");
}

void html_put_findings(struct csvk_reporter *r, const struct csvk_subject *subject, size_t most)
{
    size_t rows = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        rows += subject->section[i].count;
    }
    if (rows == 0) {
        return;
    }
    csvk_reporter_put(r, "<section class=\"findings\"><h3>Findings</h3>\n");
    put_caption(r, subject, rows < most ? rows : most);
    csvk_reporter_put(r, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Severity</th>"
                         "<th scope=\"col\">Place</th><th scope=\"col\">What</th>"
                         "<th scope=\"col\">Rule</th></tr></thead>\n<tbody>\n");
    size_t row = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count && row < most && r->status == CSVK_OK; j++, row++) {
            put_row(r, subject, i, csvk_section_at(section, j), row);
        }
    }
    csvk_reporter_put(r, "</tbody></table></div></section>\n");
}
