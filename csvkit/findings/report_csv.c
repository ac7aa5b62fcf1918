/*
 * report_csv.c - the report as a table: one row for each finding, RFC 4180, with a header. Texts
 * are escaped as in the text report, so no value has a line break or a byte that is not UTF-8.
 *
 * A row without a rule is about the report itself: a subject that was not judged (severity error),
 * or the number of findings that are not shown (severity info).
 */
#include "csvkit/findings/reporter.h"

#include <string.h>

static void begin(struct csvk_reporter *r)
{
    csvk_reporter_put(
        r, "file,byte,line,column,record,field,name,rule,severity,message,excerpt,table\r\n");
}

/* A value, enclosed where it has to be; blanks at its ends are kept by an enclosure, too. */
static void put_value(struct csvk_reporter *r, const struct csvk_buf *value)
{
    const char *text = csvk_buf_text(value);
    size_t length = value->length;
    bool edge = length != 0 && (text[0] == ' ' || text[length - 1] == ' ');
    if (!edge && strcspn(text, ",\"\r\n") == length) {
        report_put_bytes(r, text, length);
        return;
    }
    csvk_reporter_put(r, "\"");
    for (size_t i = 0; i < length; i++) {
        report_put_bytes(r, text[i] == '"' ? "\"\"" : &text[i], text[i] == '"' ? 2 : 1);
    }
    csvk_reporter_put(r, "\"");
}

static void put_escaped(struct csvk_reporter *r, const void *bytes, size_t length)
{
    struct csvk_buf value = CSVK_BUF_INIT;
    int status = csvk_buf_add_escaped(&value, bytes, length);
    r->status = r->status == CSVK_OK ? status : r->status;
    put_value(r, &value);
    csvk_buf_release(&value);
}

static void put_file(struct csvk_reporter *r, const struct csvk_subject *subject,
                     const struct csvk_finding *f)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    report_file(r, subject, f, &file);
    put_escaped(r, csvk_buf_text(&file), file.length);
    csvk_buf_release(&file);
}

static void put_known(struct csvk_reporter *r, bool known, uint64_t number)
{
    csvk_reporter_put(r, ",");
    if (known) {
        csvk_reporter_put_number(r, number);
    }
}

static void put_finding(struct csvk_reporter *r, const struct csvk_subject *subject,
                        const struct csvk_finding *f)
{
    struct csvk_buf message = CSVK_BUF_INIT;
    put_file(r, subject, f);
    put_known(r, f->has_byte, f->byte);
    put_known(r, f->line != 0, f->line);
    put_known(r, f->column != 0, f->column);
    put_known(r, f->record != 0, f->record);
    put_known(r, f->field != 0, f->field);
    csvk_reporter_put(r, ",");
    const char *name = f->field_name != NULL ? f->field_name : "";
    put_escaped(r, name, strlen(name));
    csvk_reporter_put(r, ",");
    csvk_reporter_put(r, f->rule->id);
    csvk_reporter_put(r, ",");
    csvk_reporter_put(r, csvk_severity_name(f->severity));
    csvk_reporter_put(r, ",");
    report_message(r, f, &message);
    put_value(r, &message);
    csvk_buf_release(&message);
    csvk_reporter_put(r, ",");
    put_escaped(r, f->excerpt, f->excerpt_length);
    csvk_reporter_put(r, ",");
    put_escaped(r, f->table, f->table != NULL ? strlen(f->table) : 0);
    csvk_reporter_put(r, "\r\n");
}

/* FILE,,,,,,,,severity,text,, */
static void put_note(struct csvk_reporter *r, const struct csvk_subject *subject,
                     enum csvk_severity severity, const char *text)
{
    put_file(r, subject, NULL);
    csvk_reporter_put(r, ",,,,,,,,");
    csvk_reporter_put(r, csvk_severity_name(severity));
    csvk_reporter_put(r, ",");
    put_escaped(r, text, strlen(text));
    csvk_reporter_put(r, ",,\r\n");
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    if (subject->error != NULL) {
        put_note(r, subject, CSVK_ERROR, subject->error);
        return;
    }
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count && r->status == CSVK_OK; j++) {
            put_finding(r, subject, csvk_section_at(section, j));
        }
    }
    uint64_t dropped = report_dropped(subject, CSVK_INFO);
    if (dropped != 0) {
        struct csvk_buf text = CSVK_BUF_INIT;
        int status = csvk_buf_printf(&text, "%llu more finding%s not shown",
                                     (unsigned long long)dropped, dropped == 1 ? "" : "s");
        r->status = r->status == CSVK_OK ? status : r->status;
        put_note(r, subject, CSVK_INFO, csvk_buf_text(&text));
        csvk_buf_release(&text);
    }
}

extern const struct report_format report_csv;
const struct report_format report_csv = {begin, one, NULL};
