/*
 * report_sarif.c - the report as SARIF 2.1.0: one run over all subjects, with the texts of all
 * rules of the sets in use. What was not judged, and how many findings are not shown, are
 * notifications of the run's invocation.
 */
#include "csvkit/findings/reporter.h"

#include <inttypes.h>

static void put_text(struct csvk_json *json, const char *key, const char *text)
{
    csvk_json_key(json, key);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "text", text);
    csvk_json_close(json, '}');
}

static const char *level_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR     ? "error"
           : severity == CSVK_WARNING ? "warning"
           : severity == CSVK_INFO    ? "note"
                                      : "none";
}

static void put_rule(struct csvk_json *json, const struct csvk_rule *rule,
                     enum csvk_profile profile)
{
    enum csvk_severity level = csvk_rule_level(rule, profile);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "id", rule->id);
    put_text(json, "shortDescription", rule->summary);
    put_text(json, "fullDescription", rule->why);
    put_text(json, "help", rule->remedy);
    csvk_json_key(json, "defaultConfiguration");
    csvk_json_open(json, '{');
    csvk_json_put_bool(json, "enabled", level != CSVK_OFF);
    csvk_json_put_string(json, "level", level_of(level));
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
}

static void put_tool(struct csvk_reporter *r)
{
    struct csvk_json *json = &r->json;
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = r->options.sets};
    csvk_json_key(json, "tool");
    csvk_json_open(json, '{');
    csvk_json_key(json, "driver");
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "name", "csvkit");
    csvk_json_put_string(json, "version", CSVK_VERSION);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '[');
    while ((rule = csvk_rule_walk_next(&walk)) != NULL) {
        put_rule(json, rule, r->options.profile);
    }
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
}

static void begin(struct csvk_reporter *r)
{
    struct csvk_json *json = &r->json;
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    csvk_json_put_string(json, "version", "2.1.0");
    csvk_json_key(json, "runs");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    put_tool(r);
    csvk_json_put_string(json, "columnKind", "unicodeCodePoints");
    csvk_json_key(json, "results");
    csvk_json_open(json, '[');
    csvk_json_open(&r->notes_json, '[');
}

/* Columns are in code points; where only bytes are known, the byte says where it is. */
static void put_region(struct csvk_json *json, const struct csvk_finding *f)
{
    csvk_json_key(json, "region");
    csvk_json_open(json, '{');
    if (f->line != 0) {
        csvk_json_put_uint(json, "startLine", f->line);
    }
    if (f->line != 0 && f->column_chars != 0) {
        csvk_json_put_uint(json, "startColumn", f->column_chars);
    }
    if (f->has_byte) {
        csvk_json_put_uint(json, "byteOffset", f->byte);
        csvk_json_put_uint(json, "byteLength", f->length);
    }
    csvk_json_close(json, '}');
}

/* `f` may be NULL: the subject as a whole. */
static void put_location(struct csvk_reporter *r, struct csvk_json *json,
                         const struct csvk_subject *subject, const struct csvk_finding *f)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    report_file(r, subject, f, &file);
    csvk_json_key(json, "locations");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    csvk_json_key(json, "physicalLocation");
    csvk_json_open(json, '{');
    csvk_json_key(json, "artifactLocation");
    csvk_json_open(json, '{');
    csvk_json_put_uri(json, csvk_buf_text(&file));
    csvk_json_close(json, '}');
    if (f != NULL && (f->line != 0 || f->has_byte)) {
        put_region(json, f);
    }
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
    csvk_buf_release(&file);
}

static void put_properties(struct csvk_json *json, const struct csvk_finding *f)
{
    csvk_json_key(json, "properties");
    csvk_json_open(json, '{');
    if (f->record != 0) {
        csvk_json_put_uint(json, "record", f->record);
    }
    if (f->field != 0) {
        csvk_json_put_uint(json, "field", f->field);
    }
    if (f->path != NULL) {
        csvk_json_put_string(json, "path", f->path);
    }
    if (f->table != NULL) {
        csvk_json_put_string(json, "table", f->table);
    }
    report_json_extras(json, f);
    if (f->platform != NULL) {
        csvk_json_put_string(json, "platform", f->platform);
    }
    csvk_json_close(json, '}');
}

/* The message is without what the platform does: the same finding, the same words. */
static void put_result(struct csvk_reporter *r, const struct csvk_subject *subject,
                       const struct csvk_finding *f)
{
    struct csvk_json *json = &r->json;
    size_t index = csvk_rule_sets_index(r->options.sets, f->rule);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "ruleId", f->rule->id);
    if (index != SIZE_MAX) {
        csvk_json_put_uint(json, "ruleIndex", index);
    }
    csvk_json_put_string(json, "level", level_of(f->severity));
    csvk_json_key(json, "message");
    csvk_json_open(json, '{');
    csvk_json_key(json, "text");
    report_json_message(json, f, csvk_finding_message);
    csvk_json_close(json, '}');
    put_location(r, json, subject, f);
    put_properties(json, f);
    csvk_json_close(json, '}');
}

static void add_notification(struct csvk_reporter *r, const struct csvk_subject *subject,
                             enum csvk_severity severity, const char *text)
{
    csvk_json_open(&r->notes_json, '{');
    csvk_json_put_string(&r->notes_json, "level", level_of(severity));
    put_text(&r->notes_json, "message", text);
    put_location(r, &r->notes_json, subject, NULL);
    csvk_json_close(&r->notes_json, '}');
}

static void add_dropped(struct csvk_reporter *r, const struct csvk_subject *subject,
                        uint64_t dropped)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "%" PRIu64 " more finding%s not in this report", dropped,
                                 dropped == 1 ? " is" : "s are");
    r->status = r->status == CSVK_OK ? status : r->status;
    add_notification(r, subject, CSVK_WARNING, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

static void one(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    if (subject->error != NULL) {
        add_notification(r, subject, CSVK_ERROR, subject->error);
        return;
    }
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        for (size_t j = 0; j < section->count; j++) {
            put_result(r, subject, csvk_section_at(section, j));
        }
    }
    if (subject->incomplete) {
        add_notification(r, subject, CSVK_ERROR, "something could not be read");
    }
    uint64_t dropped = report_dropped(subject, CSVK_INFO);
    if (dropped != 0) {
        add_dropped(r, subject, dropped);
    }
}

static void end(struct csvk_reporter *r)
{
    struct csvk_json *json = &r->json;
    csvk_json_close(json, ']');
    csvk_json_key(json, "invocations");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    csvk_json_put_bool(json, "executionSuccessful", r->not_judged + r->incomplete == 0);
    csvk_json_close(&r->notes_json, ']');
    csvk_json_key(json, "toolExecutionNotifications");
    csvk_json_raw(json, csvk_buf_text(&r->notes));
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    csvk_reporter_put(r, "\n");
}

extern const struct report_format report_sarif;
const struct report_format report_sarif = {begin, one, end};
