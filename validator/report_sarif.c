/*
 * report_sarif.c - the report as SARIF 2.1.0: one run over all files, with the texts of all rules.
 */
#include "validator/report.h"

#include <string.h>

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

static void put_tool(struct csvk_json *json, enum csvk_profile profile)
{
    csvk_json_key(json, "tool");
    csvk_json_open(json, '{');
    csvk_json_key(json, "driver");
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "name", "csvkit");
    csvk_json_put_string(json, "version", CSVK_VERSION);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        put_rule(json, csvk_rule_at(i), profile);
    }
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
}

int csvk_report_sarif_begin(struct csvk_json *json, struct csvk_buf *out, enum csvk_profile profile)
{
    csvk_json_init(json, out);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    csvk_json_put_string(json, "version", "2.1.0");
    csvk_json_key(json, "runs");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    put_tool(json, profile);
    csvk_json_put_string(json, "columnKind", "unicodeCodePoints");
    csvk_json_key(json, "results");
    csvk_json_open(json, '[');
    return json->failed ? CSVK_ENOMEM : CSVK_OK;
}

static void put_region(struct csvk_json *json, const struct csvk_finding *f)
{
    csvk_json_key(json, "region");
    csvk_json_open(json, '{');
    if (f->line != 0) {
        csvk_json_put_uint(json, "startLine", f->line);
        csvk_json_put_uint(json, "startColumn", f->column_chars);
    }
    csvk_json_put_uint(json, "byteOffset", f->byte);
    csvk_json_put_uint(json, "byteLength", f->length);
    csvk_json_close(json, '}');
}

static void put_location(struct csvk_json *json, const struct csvk_report *report,
                         const struct csvk_finding *f)
{
    csvk_json_key(json, "locations");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    csvk_json_key(json, "physicalLocation");
    csvk_json_open(json, '{');
    csvk_json_key(json, "artifactLocation");
    csvk_json_open(json, '{');
    csvk_json_put_uri(json, report->file);
    csvk_json_close(json, '}');
    put_region(json, f);
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
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
    report_put_extras(json, f);
    csvk_json_close(json, '}');
}

int csvk_report_sarif(const struct csvk_report *report, struct csvk_json *json)
{
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        csvk_json_open(json, '{');
        csvk_json_put_string(json, "ruleId", f->rule->id);
        csvk_json_put_uint(json, "ruleIndex", (uint64_t)(f->rule - csvk_rule_at(0)));
        csvk_json_put_string(json, "level", level_of(f->severity));
        csvk_json_key(json, "message");
        csvk_json_open(json, '{');
        csvk_json_key(json, "text");
        report_put_message(json, f);
        csvk_json_close(json, '}');
        put_location(json, report, f);
        put_properties(json, f);
        csvk_json_close(json, '}');
    }
    return json->failed ? CSVK_ENOMEM : CSVK_OK;
}

int csvk_report_sarif_end(struct csvk_json *json)
{
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
    return json->failed ? CSVK_ENOMEM : csvk_buf_putc(json->out, '\n');
}
