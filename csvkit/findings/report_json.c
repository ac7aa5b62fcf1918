/*
 * report_json.c - the report as one JSON object for each subject, on a line of its own, so that the
 * reports of several files are JSON lines. What is special to a kind of subject its `json` writes.
 */
#include "csvkit/findings/reporter.h"

void report_json_message(struct csvk_json *json, const struct csvk_finding *f,
                         int (*message)(const struct csvk_finding *, struct csvk_buf *))
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    if (message(f, &plain) != CSVK_OK) {
        json->failed = true;
    }
    csvk_json_bytes(json, plain.data, plain.length);
    csvk_buf_release(&plain);
}

void report_json_extras(struct csvk_json *json, const struct csvk_finding *f)
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

/* What does not apply is written as null, never as 0. */
static void put_known(struct csvk_json *json, const char *key, bool known, uint64_t value)
{
    csvk_json_key(json, key);
    if (known) {
        csvk_json_uint(json, value);
    } else {
        csvk_json_null(json);
    }
}

static void put_finding(struct csvk_json *json, const struct csvk_finding *f, bool of_tree)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", f->rule->id);
    csvk_json_put_string(json, "severity", csvk_severity_name(f->severity));
    csvk_json_key(json, "message");
    report_json_message(json, f, csvk_finding_full_message);
    if (of_tree) {
        csvk_json_put_string(json, "file", f->file);
        csvk_json_put_string(json, "path", f->path);
        csvk_json_put_string(json, "table", f->table);
    }
    put_known(json, "byte", f->has_byte, f->byte);
    put_known(json, "length", f->has_byte, f->length);
    put_known(json, "line", f->line != 0, f->line);
    put_known(json, "column", f->column != 0, f->column);
    put_known(json, "record", f->record != 0, f->record);
    put_known(json, "field", f->field != 0, f->field);
    csvk_json_put_string(json, "field_name", f->field_name);
    report_json_extras(json, f);
    if (of_tree) {
        csvk_json_put_string(json, "platform", f->platform);
        csvk_json_put_string(json, "mend", f->remedy);
    }
    csvk_json_close(json, '}');
}

void csvk_section_json(const struct csvk_section *section, struct csvk_json *json)
{
    csvk_json_put_uint(json, "errors", section->errors);
    csvk_json_put_uint(json, "warnings", section->warnings);
    csvk_json_put_uint(json, "infos", section->infos);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '{');
    for (size_t i = 0; i < section->nrules; i++) {
        if (section->rule[i].count != 0) {
            csvk_json_put_uint(json, section->rule[i].rule->id, section->rule[i].count);
        }
    }
    csvk_json_close(json, '}');
    csvk_json_key(json, "findings");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < section->count; i++) {
        put_finding(json, csvk_section_at(section, i), section->of_tree);
    }
    csvk_json_close(json, ']');
    csvk_json_put_uint(json, "findings_dropped",
                       section->errors + section->warnings + section->infos - section->count);
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    csvk_json_init(&r->json, r->out); /* each object is a text of its own */
    csvk_json_open(&r->json, '{');
    if (subject->error != NULL) {
        csvk_json_put_string(&r->json, "file", subject->file);
        csvk_json_put_bool(&r->json, "valid", false);
        csvk_json_put_string(&r->json, "error", subject->error);
    } else if (subject->json != NULL) {
        subject->json(subject, &r->json);
    }
    csvk_json_close(&r->json, '}');
    csvk_reporter_put(r, "\n");
}

extern const struct report_format report_json;
const struct report_format report_json = {NULL, one, NULL};
