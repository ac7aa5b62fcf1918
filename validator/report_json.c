/*
 * report_json.c - the report as one JSON object on one line, so that the reports of several files
 * are JSON lines. Also what the other writers need of a finding (report.h).
 */
#include "csvkit/base/delimiter.h"
#include "validator/report.h"

const char *report_field_name(const struct csvk_report *report, const struct csvk_finding *f)
{
    bool known = f->field != 0 && f->field <= report->column_names->count;
    return known ? report->column_names->item[f->field - 1] : NULL;
}

int report_add_message(const struct csvk_finding *f, struct csvk_buf *out)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    int status = csvk_finding_message(f, &plain);
    if (status == CSVK_OK) {
        status = csvk_buf_add_escaped(out, plain.data, plain.length);
    }
    csvk_buf_release(&plain);
    return status;
}

void report_put_message(struct csvk_json *json, const struct csvk_finding *f)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    if (csvk_finding_message(f, &plain) != CSVK_OK) {
        json->failed = true;
    }
    csvk_json_bytes(json, plain.data, plain.length);
    csvk_buf_release(&plain);
}

void report_put_extras(struct csvk_json *json, const struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        const struct csvk_extra *extra = &f->extra[i];
        if (extra->kind == CSVK_EXTRA_TEXT) {
            csvk_json_put_string(json, extra->key, extra->text);
        } else {
            csvk_json_put_uint(json, extra->key, extra->number);
        }
    }
}

/* A place that does not apply is written as null, never as 0. */
static void put_place(struct csvk_json *json, const char *key, uint64_t value)
{
    csvk_json_key(json, key);
    if (value == 0) {
        csvk_json_null(json);
    } else {
        csvk_json_uint(json, value);
    }
}

static void put_finding(struct csvk_json *json, const struct csvk_report *report,
                        const struct csvk_finding *f)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", f->rule->id);
    csvk_json_put_string(json, "severity", csvk_severity_name(f->severity));
    csvk_json_key(json, "message");
    report_put_message(json, f);
    csvk_json_put_uint(json, "byte", f->byte);
    csvk_json_put_uint(json, "length", f->length);
    put_place(json, "line", f->line);
    put_place(json, "column", f->column);
    put_place(json, "record", f->record);
    put_place(json, "field", f->field);
    csvk_json_put_string(json, "field_name", report_field_name(report, f));
    report_put_extras(json, f);
    csvk_json_close(json, '}');
}

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
    csvk_json_put_bool(json, "header", report->header == CSVK_HEADER);
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

static void put_counts(struct csvk_json *json, const struct csvk_report *report)
{
    csvk_json_put_uint(json, "errors", report->errors);
    csvk_json_put_uint(json, "warnings", report->warnings);
    csvk_json_put_uint(json, "infos", report->infos);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        if (report->counts[i] != 0) {
            csvk_json_put_uint(json, csvk_rule_at(i)->id, report->counts[i]);
        }
    }
    csvk_json_close(json, '}');
}

int csvk_report_json(const struct csvk_report *report, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "file", report->file);
    csvk_json_put_bool(&json, "valid", report->valid);
    csvk_json_put_string(&json, "profile", csvk_profile_name(report->profile));
    put_dialect(&json, report);
    csvk_json_put_uint(&json, "bytes", report->totals.bytes);
    csvk_json_put_uint(&json, "records", report->totals.records);
    csvk_json_put_uint(&json, "columns", report->totals.width);
    csvk_json_put_strings(&json, "column_names", report->column_names);
    put_line_breaks(&json, &report->totals);
    put_counts(&json, report);
    csvk_json_key(&json, "findings");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < report->nfindings; i++) {
        put_finding(&json, report, report->findings[i]);
    }
    csvk_json_close(&json, ']');
    csvk_json_put_uint(&json, "findings_dropped", report->findings_dropped);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}
