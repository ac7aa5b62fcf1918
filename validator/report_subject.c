/*
 * report_subject.c - the report of a validator as a subject of reports: what is special to a file
 * of records in JSON and in text.
 */
#include "csvkit/base/delimiter.h"
#include "validator/validator.h"

#include <string.h>

static void put_byte(struct csvk_json *json, const char *key, int byte)
{
    char text[2] = {(char)byte, '\0'};
    csvk_json_put_string(json, key, byte == CSVK_NO_BYTE ? NULL : text);
}

static void put_dialect(struct csvk_json *json, const struct csvk_report *report)
{
    csvk_json_key(json, "dialect");
    csvk_json_open(json, '{');
    char delimiter[CSVK_DELIMITER_MOST + 1];
    csvk_json_put_string(json, "delimiter", csvk_delimiter_text(&report->dialect, delimiter));
    put_byte(json, "enclosure", report->dialect.enclosure);
    put_byte(json, "escape", report->dialect.escape);
    if (report->dialect.skip_blanks) {
        csvk_json_put_bool(json, "skip_blanks", true);
    }
    csvk_json_put_bool(json, "header", report->header != CSVK_NO_HEADER);
    csvk_json_close(json, '}');
}

static void put_line_breaks(struct csvk_json *json, const struct csvk_totals *totals)
{
    csvk_json_key(json, "line_breaks");
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "crlf", totals->eol[CSVK_EOL_CRLF]);
    csvk_json_put_uint(json, "lf", totals->eol[CSVK_EOL_LF]);
    csvk_json_put_uint(json, "cr", totals->eol[CSVK_EOL_CR]);
    csvk_json_put_uint(json, "crcrlf", totals->eol[CSVK_EOL_CRCRLF]);
    csvk_json_close(json, '}');
}

/* ---- values of columns with a declared type ---------------------------------------------------
 */

static void put_column_samples(struct csvk_json *json, const struct csvk_value_sample *samples)
{
    csvk_json_open(json, '[');
    for (size_t i = 0; i < CSVK_VALUE_SAMPLES && samples[i].text.len != 0; i++) {
        csvk_json_bytes(json, samples[i].text.ptr, samples[i].text.len);
    }
    csvk_json_close(json, ']');
}

static void put_column_values(struct csvk_json *json, const struct csvk_report *report,
                              const struct csvk_column_values *column)
{
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "field", column->field);
    csvk_json_put_string(json, "name", column->name);
    csvk_json_put_string(json, "type", column->type);
    csvk_json_put_bool(json, "judged", column->judged);
    csvk_json_put_uint(json, "values", column->values);
    csvk_json_put_uint(json, "empty", column->empty);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < report->nvalue_rules; i++) {
        if (column->counts[i] != 0) {
            csvk_json_put_uint(json, csvk_rule_at(report->first_value_rule + i)->id,
                               column->counts[i]);
        }
    }
    csvk_json_close(json, '}');
    csvk_json_key(json, "samples");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < report->nvalue_rules; i++) {
        if (column->samples[i * CSVK_VALUE_SAMPLES].text.len != 0) {
            csvk_json_key(json, csvk_rule_at(report->first_value_rule + i)->id);
            put_column_samples(json, column->samples + i * CSVK_VALUE_SAMPLES);
        }
    }
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
}

/* Without declared types there is no such key. */
static void put_values(struct csvk_json *json, const struct csvk_report *report)
{
    if (report->nvalues == 0) {
        return;
    }
    csvk_json_key(json, "values");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < report->nvalues; i++) {
        put_column_values(json, report, &report->values[i]);
    }
    csvk_json_close(json, ']');
}

/* What is said of values that break a rule, after "3 of 100 values"; in the order of the rules. */
static const char *const verdicts[] = {
    NULL, /* not of the type */
    "missing",      "too long",  "out of range",    "too precise",         "ambiguous",
    "not portable", "too short", "not in the list", "against the pattern", "not unique"};

static void put_text_samples(struct csvk_reporter *r, const struct csvk_value_sample *samples)
{
    for (size_t i = 0; i < CSVK_VALUE_SAMPLES && samples[i].text.len != 0; i++) {
        char text[64];
        size_t length = samples[i].text.len < sizeof text ? samples[i].text.len : sizeof text - 1;
        memcpy(text, samples[i].text.ptr, length);
        text[length] = '\0';
        csvk_reporter_put(r, i == 0 ? " `" : ", `");
        csvk_reporter_put_escaped(r, text);
        csvk_reporter_put(r, samples[i].cut ? "...`" : "`");
    }
}

/* One line for each column in which something is wrong, or whose type is not known. */
static void put_column_line(struct csvk_reporter *r, const struct csvk_report *report,
                            const struct csvk_column_values *column)
{
    bool begun = false;
    for (size_t i = 0; i < report->nvalue_rules; i++) {
        if (column->counts[i] == 0) {
            continue;
        }
        csvk_reporter_put_escaped(r, begun ? "" : report->file);
        csvk_reporter_put(r, begun ? "; " : ": column ");
        csvk_reporter_put_escaped(r, begun ? "" : column->name);
        csvk_reporter_put(r, begun ? "" : ": ");
        begun = true;
        csvk_reporter_put_number(r, column->counts[i]);
        csvk_reporter_put(r, " of ");
        csvk_reporter_put_count(r, column->values + column->empty, "value");
        csvk_reporter_put(r, column->counts[i] == 1 ? " is " : " are ");
        csvk_reporter_put(r, verdicts[i] != NULL ? "" : "not ");
        csvk_reporter_put_escaped(r, verdicts[i] != NULL ? verdicts[i] : column->type);
        csvk_reporter_put(r, column->samples[i * CSVK_VALUE_SAMPLES].text.len != 0 ? ":" : "");
        put_text_samples(r, column->samples + i * CSVK_VALUE_SAMPLES);
    }
    if (!column->judged) {
        csvk_reporter_put_escaped(r, report->file);
        csvk_reporter_put(r, ": column ");
        csvk_reporter_put_escaped(r, column->name);
        csvk_reporter_put(r, ": values are not judged: ");
        csvk_reporter_put_escaped(r, column->type);
    }
    csvk_reporter_put(r, begun || !column->judged ? "\n" : "");
}

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct csvk_report *report = subject->context;
    csvk_json_put_string(json, "file", report->file);
    csvk_json_put_bool(json, "valid", report->valid);
    csvk_json_put_string(json, "profile", csvk_profile_name(report->profile));
    put_dialect(json, report);
    csvk_json_put_uint(json, "bytes", report->totals->bytes);
    csvk_json_put_uint(json, "records", report->totals->records);
    csvk_json_put_uint(json, "columns", report->totals->width);
    if (report->totals->comments != 0) {
        csvk_json_put_uint(json, "comments", report->totals->comments);
    }
    csvk_json_put_strings(json, "column_names", report->column_names);
    put_line_breaks(json, report->totals);
    put_values(json, report);
    csvk_section_json(subject->section, json);
}

/* Notes that explain an error are shown in any case. */
static bool all_notes_explain(const struct csvk_report *report)
{
    uint64_t notes = 0;
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        for (size_t k = 0; k < f->nextras && f->severity == CSVK_INFO; k++) {
            notes += strcmp(f->extra[k].key, "explains") == 0;
        }
    }
    return notes == report->infos;
}

/* The line of summary after the findings. */
static void put_summary(const struct csvk_subject *subject, size_t index, struct csvk_reporter *r)
{
    const struct csvk_report *report = subject->context;
    if (index < subject->nsections) {
        return;
    }
    for (size_t i = 0; i < report->nvalues; i++) {
        put_column_line(r, report, &report->values[i]);
    }
    csvk_reporter_put_escaped(r, report->file);
    csvk_reporter_put(r, ": ");
    csvk_reporter_put_verdict(r, report->valid, report->valid ? "valid" : "not valid");
    csvk_reporter_put(r, " (");
    csvk_reporter_put(r, csvk_profile_name(report->profile));
    csvk_reporter_put(r, "): ");
    csvk_reporter_put_count(r, report->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->warnings, "warning");
    if (report->infos != 0) {
        csvk_reporter_put(r, ", ");
        csvk_reporter_put_count(r, report->infos, "note");
        bool shown = (csvk_reporter_style(r) & CSVK_TEXT_NOTES) != 0 || all_notes_explain(report);
        csvk_reporter_put(r, shown                ? ""
                             : report->infos == 1 ? " (-v shows it)"
                                                  : " (-v shows them)");
    }
    csvk_reporter_put(r, "; ");
    csvk_reporter_put_count(r, report->totals->records, "record");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->totals->width, "column");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->totals->bytes, "byte");
    if (report->totals->comments != 0) {
        csvk_reporter_put(r, ", ");
        csvk_reporter_put_count(r, report->totals->comments, "comment");
        csvk_reporter_put(r, " set aside");
    }
    if (report->findings_dropped != 0) {
        csvk_reporter_put(r, "; ");
        csvk_reporter_put_count(r, report->findings_dropped, "more finding");
        csvk_reporter_put(r, " not shown");
    }
    csvk_reporter_put(r, "\n");
}

void csvk_report_subject(const struct csvk_report *report, struct csvk_section *section,
                         struct csvk_subject *subject)
{
    *section = (struct csvk_section){.list = report->findings,
                                     .count = report->nfindings,
                                     .rule = report->rules,
                                     .nrules = csvk_rule_count(),
                                     .errors = report->errors,
                                     .warnings = report->warnings,
                                     .infos = report->infos};
    *subject = (struct csvk_subject){.file = report->file,
                                     .section = section,
                                     .nsections = 1,
                                     .json = put_json,
                                     .text = put_summary,
                                     .context = report};
}

int csvk_report_print(const struct csvk_report *report, const char *format, unsigned style,
                      struct csvk_buf *out, struct csvk_error *err)
{
    static const struct csvk_rule_set *const sets[] = {&csvk_validator_rules, NULL};
    struct csvk_report_options options;
    struct csvk_section section;
    struct csvk_subject subject;
    csvk_report_options_init(&options, sets);
    options.style = style;
    options.profile = report->profile;
    csvk_report_subject(report, &section, &subject);
    return csvk_report_write(&subject, format, &options, out, err);
}
