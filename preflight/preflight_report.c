/*
 * preflight_report.c - the report of a data folder as a subject of reports: what is special to it
 * in JSON, and in text, where after the findings of a table come its destination, by which rule it
 * goes there, columns and key.
 */
#include "preflight/preflight_private.h"

/* ---- JSON -------------------------------------------------------------------------------------
 */

static void put_slice_json(struct csvk_json *json, const struct csvk_preflight_slice *slice)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "name", slice->name);
    csvk_json_put_uint(json, "file_bytes", slice->file_bytes);
    if (slice->judged) {
        csvk_json_put_uint(json, "records", slice->records);
        csvk_json_put_uint(json, "bytes", slice->bytes);
    } else {
        csvk_json_key(json, "records");
        csvk_json_null(json);
        csvk_json_key(json, "bytes");
        csvk_json_null(json);
    }
    csvk_json_close(json, '}');
}

static void put_table_json(struct csvk_json *json, const struct csvk_preflight_table *table,
                           const struct csvk_section *section)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "source", table->source);
    csvk_json_put_string(json, "destination", table->destination);
    csvk_json_put_string(json, "by", table->by);
    csvk_json_put_strings(json, "columns", &table->columns);
    csvk_json_put_strings(json, "primary_key", &table->primary_key);
    csvk_json_put_bool(json, "incremental", table->incremental);
    csvk_json_put_bool(json, "header", table->header);
    csvk_json_put_uint(json, "slices", table->slices);
    csvk_json_key(json, "slice_files");
    csvk_json_open(json, '[');
    for (uint64_t i = 0; i < table->slices; i++) {
        put_slice_json(json, &table->slice[i]);
    }
    csvk_json_close(json, ']');
    csvk_json_put_uint(json, "records", table->records);
    csvk_json_put_uint(json, "bytes", table->bytes);
    csvk_json_put_bool(json, "valid", table->findings.errors == 0);
    csvk_section_json(section, json);
    csvk_json_close(json, '}');
}

static void put_file_json(struct csvk_json *json, const struct csvk_preflight_file *file,
                          const struct csvk_section *section)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "source", file->source);
    csvk_json_put_strings(json, "tags", &file->tags);
    csvk_json_put_bool(json, "is_permanent", file->is_permanent);
    csvk_json_put_uint(json, "bytes", file->bytes);
    csvk_json_put_bool(json, "valid", file->findings.errors == 0);
    csvk_section_json(section, json);
    csvk_json_close(json, '}');
}

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct csvk_preflight_report *report = subject->context;
    csvk_json_put_string(json, "folder", report->folder);
    csvk_json_put_bool(json, "valid", report->valid);
    csvk_json_put_string(json, "default_bucket", report->default_bucket);
    csvk_json_key(json, "tables");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < report->ntables; i++) {
        put_table_json(json, &report->table[i], &subject->section[1 + i]);
    }
    csvk_json_close(json, ']');
    csvk_json_key(json, "files");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < report->nfiles; i++) {
        put_file_json(json, &report->file[i], &subject->section[1 + report->ntables + i]);
    }
    csvk_json_close(json, ']');
    csvk_section_json(&subject->section[0], json);
}

/* ---- text -------------------------------------------------------------------------------------
 */

static void put_names(struct csvk_reporter *r, const char *title, const struct csvk_strings *names)
{
    csvk_reporter_put(r, title);
    for (size_t i = 0; i < names->count; i++) {
        csvk_reporter_put(r, i > 0 ? ", " : "");
        csvk_reporter_put_escaped(r, names->item[i]);
    }
    csvk_reporter_put(r, names->count == 0 ? "-\n" : "\n");
}

static void put_verdict(struct csvk_reporter *r, const struct csvk_findings *findings)
{
    csvk_reporter_put_verdict(r, findings->errors == 0, findings->errors == 0 ? "good" : "refused");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, findings->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, findings->warnings, "warning");
}

static void put_table(struct csvk_reporter *r, const struct csvk_preflight_table *table)
{
    csvk_reporter_put(r, "out/tables/");
    csvk_reporter_put_escaped(r, table->source);
    csvk_reporter_put(r, ": ");
    put_verdict(r, &table->findings);
    csvk_reporter_put(r, "\n    to       ");
    csvk_reporter_put_escaped(r, table->destination != NULL ? table->destination : "nowhere");
    csvk_reporter_put(r, " (by ");
    csvk_reporter_put(r, table->by);
    csvk_reporter_put(r, table->incremental ? "), incremental\n" : ")\n");
    put_names(r, "    columns  ", &table->columns);
    put_names(r, "    key      ", &table->primary_key);
    csvk_reporter_put(r, "    data     ");
    csvk_reporter_put_count(r, table->records, "record");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, table->bytes, "byte");
    if (table->slices > 0) {
        csvk_reporter_put(r, ", ");
        csvk_reporter_put_count(r, table->slices, "slice");
    }
    csvk_reporter_put(r, "\n");
}

static void put_file(struct csvk_reporter *r, const struct csvk_preflight_file *file)
{
    csvk_reporter_put(r, "out/files/");
    csvk_reporter_put_escaped(r, file->source);
    csvk_reporter_put(r, ": ");
    put_verdict(r, &file->findings);
    csvk_reporter_put(r, file->is_permanent ? ", permanent, " : ", kept 15 days, ");
    csvk_reporter_put_count(r, file->bytes, "byte");
    csvk_reporter_put(r, "\n");
}

static void put_dropped(const struct csvk_section *section, struct csvk_reporter *r)
{
    bool notes = (csvk_reporter_style(r) & CSVK_TEXT_NOTES) != 0;
    uint64_t dropped = csvk_section_dropped(section, notes ? CSVK_INFO : CSVK_WARNING);
    if (dropped > 0) {
        csvk_reporter_put(r, "    ");
        csvk_reporter_put_count(r, dropped, "more finding");
        csvk_reporter_put(r, " not shown\n");
    }
}

static void put_total(const struct csvk_preflight_report *report, struct csvk_reporter *r)
{
    csvk_reporter_put_escaped(r, report->folder);
    csvk_reporter_put(r, ": ");
    csvk_reporter_put_verdict(r, report->valid, report->valid ? "good" : "refused");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->errors, "error");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->warnings, "warning");
    csvk_reporter_put(r, "; ");
    csvk_reporter_put_count(r, report->ntables, "table");
    csvk_reporter_put(r, ", ");
    csvk_reporter_put_count(r, report->nfiles, "file");
    csvk_reporter_put(r, "\n");
}

static void put_text(const struct csvk_subject *subject, size_t index, struct csvk_reporter *r)
{
    const struct csvk_preflight_report *report = subject->context;
    if (index == subject->nsections) {
        put_total(report, r);
        return;
    }
    put_dropped(&subject->section[index], r);
    if (index > report->ntables) {
        put_file(r, &report->file[index - 1 - report->ntables]);
    } else if (index > 0) {
        put_table(r, &report->table[index - 1]);
    }
}

void csvk_preflight_subject(const struct csvk_preflight_report *report,
                            struct csvk_subject *subject)
{
    *subject = (struct csvk_subject){.file = report->folder,
                                     .folder = report->folder,
                                     .incomplete = report->trouble,
                                     .section = report->section,
                                     .nsections = 1 + report->ntables + report->nfiles,
                                     .json = put_json,
                                     .text = put_text,
                                     .context = report};
}
