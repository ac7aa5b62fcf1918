/*
 * preflight_report_text.c - the report for people: findings with their place, the line of data with
 * a caret, and the remedy once for each rule and table; after the findings of a table, its
 * destination, by which rule it goes there, columns and key. Bytes of names and data are escaped
 * before they are written, so a terminal does not obey them.
 */
#include "preflight/preflight_private.h"

#include "csvkit/json.h"

#include <inttypes.h>
#include <string.h>

struct folder_report {
    struct csvk_buf *out;
    unsigned style; /* bits of enum csvk_text_style */
    int status;     /* sticky */
};

static void put(struct folder_report *w, const char *text)
{
    w->status = w->status == CSVK_OK ? csvk_buf_puts(w->out, text) : w->status;
}

static void put_bytes(struct folder_report *w, const void *bytes, size_t length)
{
    w->status = w->status == CSVK_OK ? csvk_buf_add_escaped(w->out, bytes, length) : w->status;
}

static void put_escaped(struct folder_report *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static void put_number(struct folder_report *w, uint64_t number)
{
    w->status = w->status == CSVK_OK ? csvk_buf_printf(w->out, "%" PRIu64, number) : w->status;
}

static void put_count(struct folder_report *w, uint64_t number, const char *noun)
{
    put_number(w, number);
    put(w, " ");
    put(w, noun);
    put(w, number == 1 ? "" : "s");
}

static void put_colored(struct folder_report *w, const char *color, const char *text)
{
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? color : "");
    put(w, text);
    put(w, (w->style & CSVK_TEXT_COLOR) != 0 ? "\033[0m" : "");
}

static const char *color_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR     ? "\033[31;1m"
           : severity == CSVK_WARNING ? "\033[33;1m"
                                      : "\033[36;1m";
}

/* ---- findings ---- */

static size_t shown_width(const struct csvk_buf *out, size_t from)
{
    size_t width = 0;
    for (size_t i = from; i < out->length; i++) {
        width += (out->data[i] & 0xC0) != 0x80;
    }
    return width;
}

static void put_excerpt(struct folder_report *w, const struct csvk_preflight_finding *f)
{
    if (f->excerpt == NULL) {
        return;
    }
    size_t begin = w->out->length;
    put(w, f->cut_before ? "    ..." : "    ");
    put_bytes(w, f->excerpt, f->excerpt_place);
    size_t before = shown_width(w->out, begin);
    put_bytes(w, f->excerpt + f->excerpt_place, f->excerpt_length - f->excerpt_place);
    put(w, f->cut_behind ? "...\n" : "\n");
    for (size_t i = 0; i < before; i++) {
        put(w, " ");
    }
    put_colored(w, "\033[32;1m", "^");
    put(w, "\n");
}

static void put_place(struct folder_report *w, const struct csvk_preflight_finding *f)
{
    put_escaped(w, f->file[0] != '\0' ? f->file : ".");
    if (f->line != 0) {
        put(w, ":");
        put_number(w, f->line);
        put(w, ":");
        put_number(w, f->column);
    }
    put(w, ": ");
}

/* Was the same remedy written for an earlier finding of this rule? */
static bool is_reported(const struct csvk_preflight_findings *findings, size_t index)
{
    const struct csvk_preflight_finding *f = &findings->item[index];
    for (size_t i = 0; i < index; i++) {
        const struct csvk_preflight_finding *other = &findings->item[i];
        if (strcmp(other->rule, f->rule) == 0 && other->remedy != NULL &&
            strcmp(other->remedy, f->remedy) == 0) {
            return true;
        }
    }
    return false;
}

static void put_finding(struct folder_report *w, const struct csvk_preflight_findings *findings,
                        size_t index)
{
    const struct csvk_preflight_finding *f = &findings->item[index];
    put_place(w, f);
    put_colored(w, color_of(f->severity), csvk_severity_name(f->severity));
    put(w, "[");
    put(w, f->rule);
    put(w, "]: ");
    put_escaped(w, f->message);
    if (f->path != NULL && strcmp(f->path, "$") != 0 && strcmp(f->path, "data") != 0) {
        put(w, " (");
        put_escaped(w, f->path);
        put(w, ")");
    }
    put(w, "\n");
    put_excerpt(w, f);
    if (f->remedy != NULL && !is_reported(findings, index)) {
        put(w, "    help: ");
        put_escaped(w, f->remedy);
        put(w, "\n");
    }
}

/* Infos are written only when the style asks for notes. */
static void put_findings(struct folder_report *w, const struct csvk_preflight_findings *findings)
{
    uint64_t left = findings->errors + findings->warnings;
    for (size_t i = 0; i < findings->count; i++) {
        bool info = findings->item[i].severity == CSVK_INFO;
        if (!info || (w->style & CSVK_TEXT_NOTES) != 0) {
            put_finding(w, findings, i);
        }
        left -= info ? 0 : 1;
    }
    if (left > 0) {
        put(w, "    ");
        put_number(w, left);
        put(w, " more findings not shown\n");
    }
}

/* ---- tables and files ---- */

static void put_names(struct folder_report *w, const char *title, const struct csvk_strings *names)
{
    put(w, title);
    for (size_t i = 0; i < names->count; i++) {
        put(w, i > 0 ? ", " : "");
        put_escaped(w, names->item[i]);
    }
    put(w, names->count == 0 ? "-\n" : "\n");
}

static void put_verdict(struct folder_report *w, const struct csvk_preflight_findings *findings)
{
    put_colored(w, findings->errors == 0 ? "\033[32;1m" : "\033[31;1m",
                findings->errors == 0 ? "good" : "refused");
    put(w, ", ");
    put_count(w, findings->errors, "error");
    put(w, ", ");
    put_count(w, findings->warnings, "warning");
}

static void put_table(struct folder_report *w, const struct csvk_preflight_table *table)
{
    put_findings(w, &table->findings);
    put(w, "out/tables/");
    put_escaped(w, table->source);
    put(w, ": ");
    put_verdict(w, &table->findings);
    put(w, "\n    to       ");
    put_escaped(w, table->destination != NULL ? table->destination : "nowhere");
    put(w, " (by ");
    put(w, table->by);
    put(w, table->incremental ? "), incremental\n" : ")\n");
    put_names(w, "    columns  ", &table->columns);
    put_names(w, "    key      ", &table->primary_key);
    put(w, "    data     ");
    put_count(w, table->records, "record");
    put(w, ", ");
    put_count(w, table->bytes, "byte");
    if (table->slices > 0) {
        put(w, ", ");
        put_count(w, table->slices, "slice");
    }
    put(w, "\n");
}

static void put_file(struct folder_report *w, const struct csvk_preflight_file *file)
{
    put_findings(w, &file->findings);
    put(w, "out/files/");
    put_escaped(w, file->source);
    put(w, ": ");
    put_verdict(w, &file->findings);
    put(w, file->is_permanent ? ", permanent, " : ", kept 15 days, ");
    put_count(w, file->bytes, "byte");
    put(w, "\n");
}

int csvk_preflight_text(const struct csvk_preflight_report *report, unsigned style,
                        struct csvk_buf *out)
{
    struct folder_report w = {out, style, CSVK_OK};
    put_findings(&w, &report->findings);
    for (size_t i = 0; i < report->ntables; i++) {
        put_table(&w, &report->table[i]);
    }
    for (size_t i = 0; i < report->nfiles; i++) {
        put_file(&w, &report->file[i]);
    }
    put_escaped(&w, report->folder);
    put(&w, ": ");
    put_colored(&w, report->valid ? "\033[32;1m" : "\033[31;1m",
                report->valid ? "good" : "refused");
    put(&w, ", ");
    put_count(&w, report->errors, "error");
    put(&w, ", ");
    put_count(&w, report->warnings, "warning");
    put(&w, "; ");
    put_count(&w, report->ntables, "table");
    put(&w, ", ");
    put_count(&w, report->nfiles, "file");
    put(&w, "\n");
    return w.status;
}
