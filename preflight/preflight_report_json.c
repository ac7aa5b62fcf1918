/* preflight_report_json.c - the report as one JSON object on one line. */
#include "preflight/preflight_private.h"

#include "csvkit/json.h"

static void put_finding(struct csvk_json *json, const struct csvk_preflight_finding *f)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", f->rule);
    csvk_json_put_string(json, "severity", csvk_severity_name(f->severity));
    csvk_json_put_string(json, "message", f->message);
    csvk_json_put_string(json, "file", f->file);
    csvk_json_put_string(json, "path", f->path);
    csvk_json_put_uint(json, "line", f->line);
    csvk_json_put_uint(json, "column", f->column);
    if (f->record != 0 || f->length != 0) {
        csvk_json_put_uint(json, "byte", f->byte);
        csvk_json_put_uint(json, "length", f->length);
        csvk_json_put_uint(json, "record", f->record);
        csvk_json_put_uint(json, "field", f->field);
    }
    csvk_json_put_string(json, "platform", csvk_preflight_outcome(f->rule));
    csvk_json_put_string(json, "mend", f->remedy);
    csvk_json_close(json, '}');
}

static void put_findings(struct csvk_json *json, const struct csvk_preflight_findings *findings)
{
    csvk_json_put_uint(json, "errors", findings->errors);
    csvk_json_put_uint(json, "warnings", findings->warnings);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < findings->nrules; i++) {
        csvk_json_put_uint(json, findings->rule[i].rule, findings->rule[i].count);
    }
    csvk_json_close(json, '}');
    csvk_json_key(json, "findings");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < findings->count; i++) {
        put_finding(json, &findings->item[i]);
    }
    csvk_json_close(json, ']');
    csvk_json_put_uint(json, "findings_dropped",
                       findings->errors + findings->warnings + findings->infos - findings->count);
}

static void put_table(struct csvk_json *json, const struct csvk_preflight_table *table)
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
    csvk_json_put_uint(json, "records", table->records);
    csvk_json_put_uint(json, "bytes", table->bytes);
    csvk_json_put_bool(json, "valid", table->findings.errors == 0);
    put_findings(json, &table->findings);
    csvk_json_close(json, '}');
}

static void put_file(struct csvk_json *json, const struct csvk_preflight_file *file)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "source", file->source);
    csvk_json_put_strings(json, "tags", &file->tags);
    csvk_json_put_bool(json, "is_permanent", file->is_permanent);
    csvk_json_put_uint(json, "bytes", file->bytes);
    csvk_json_put_bool(json, "valid", file->findings.errors == 0);
    put_findings(json, &file->findings);
    csvk_json_close(json, '}');
}

int csvk_preflight_json(const struct csvk_preflight_report *report, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "folder", report->folder);
    csvk_json_put_bool(&json, "valid", report->valid);
    csvk_json_put_string(&json, "default_bucket", report->default_bucket);
    csvk_json_key(&json, "tables");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < report->ntables; i++) {
        put_table(&json, &report->table[i]);
    }
    csvk_json_close(&json, ']');
    csvk_json_key(&json, "files");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < report->nfiles; i++) {
        put_file(&json, &report->file[i]);
    }
    csvk_json_close(&json, ']');
    put_findings(&json, &report->findings);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}
