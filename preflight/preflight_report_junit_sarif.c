/*
 * preflight_report_junit_sarif.c - the report for build servers: annotations for GitHub,
 * SARIF 2.1.0, JUnit XML. Files are written as FOLDER/FILE.
 */
#include "preflight/preflight_private.h"

#include "csvkit/json.h"

#include <inttypes.h>
#include <string.h>

/* Calls `each` for all findings in the order of the report. */
static int for_all(const struct csvk_preflight_report *report,
                   int (*each)(const struct csvk_preflight_report *,
                               const struct csvk_preflight_finding *, void *),
                   void *context)
{
    size_t lists = 1 + report->ntables + report->nfiles;
    int status = CSVK_OK;
    for (size_t i = 0; i < lists && status == CSVK_OK; i++) {
        const struct csvk_preflight_findings *list =
            i == 0                 ? &report->findings
            : i <= report->ntables ? &report->table[i - 1].findings
                                   : &report->file[i - 1 - report->ntables].findings;
        for (size_t j = 0; j < list->count && status == CSVK_OK; j++) {
            status = each(report, &list->item[j], context);
        }
    }
    return status;
}

/* FOLDER/FILE */
static int add_file(struct csvk_buf *out, const struct csvk_preflight_report *report,
                    const struct csvk_preflight_finding *f)
{
    return csvk_buf_printf(out, "%s%s%s", report->folder, f->file[0] != '\0' ? "/" : "", f->file);
}

/* ---- GitHub ---- */

static int add_encoded(struct csvk_buf *out, const char *text, const char *special)
{
    int status = CSVK_OK;
    for (; *text != '\0' && status == CSVK_OK; text++) {
        unsigned char c = (unsigned char)*text;
        bool encode = c < 0x20 || c == 0x7F || strchr(special, c) != NULL;
        status = encode ? csvk_buf_printf(out, "%%%02X", c) : csvk_buf_putc(out, c);
    }
    return status;
}

static int add_github(const struct csvk_preflight_report *report,
                      const struct csvk_preflight_finding *f, void *context)
{
    struct csvk_buf *out = context, file = CSVK_BUF_INIT;
    const char *command = f->severity == CSVK_ERROR     ? "error"
                          : f->severity == CSVK_WARNING ? "warning"
                                                        : "notice";
    int status = csvk_buf_printf(out, "::%s file=", command);
    status = status == CSVK_OK ? add_file(&file, report, f) : status;
    status = status == CSVK_OK ? add_encoded(out, csvk_buf_text(&file), "%:,") : status;
    csvk_buf_release(&file);
    if (status == CSVK_OK && f->line != 0) {
        status = csvk_buf_printf(out, ",line=%" PRIu64 ",col=%" PRIu64, f->line, f->column);
    }
    status = status == CSVK_OK ? csvk_buf_printf(out, ",title=%s::", f->rule) : status;
    status = status == CSVK_OK ? add_encoded(out, f->message, "%") : status;
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

int csvk_preflight_github(const struct csvk_preflight_report *report, struct csvk_buf *out)
{
    return for_all(report, add_github, out);
}

/* ---- SARIF ---- */

static const char *level_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR ? "error" : severity == CSVK_WARNING ? "warning" : "note";
}

static void put_text(struct csvk_json *json, const char *key, const char *text)
{
    csvk_json_key(json, key);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "text", text);
    csvk_json_close(json, '}');
}

/* Every rule of a data folder, with help. */
static void put_rules(struct csvk_json *json)
{
    csvk_json_key(json, "rules");
    csvk_json_open(json, '[');
    for (const struct csvk_preflight_rule *r = csvk_preflight_rules(); r->id != NULL; r++) {
        csvk_json_open(json, '{');
        csvk_json_put_string(json, "id", r->id);
        put_text(json, "shortDescription", r->title);
        put_text(json, "fullDescription", r->outcome);
        put_text(json, "help", r->remedy);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
}

static void put_location(struct csvk_json *json, const char *file,
                         const struct csvk_preflight_finding *f)
{
    csvk_json_key(json, "locations");
    csvk_json_open(json, '[');
    csvk_json_open(json, '{');
    csvk_json_key(json, "physicalLocation");
    csvk_json_open(json, '{');
    csvk_json_key(json, "artifactLocation");
    csvk_json_open(json, '{');
    csvk_json_put_uri(json, file);
    csvk_json_close(json, '}');
    if (f->line != 0) {
        csvk_json_key(json, "region");
        csvk_json_open(json, '{');
        csvk_json_put_uint(json, "startLine", f->line);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, '}');
    csvk_json_close(json, '}');
    csvk_json_close(json, ']');
}

static int add_sarif(const struct csvk_preflight_report *report,
                     const struct csvk_preflight_finding *f, void *context)
{
    struct csvk_json *json = context;
    struct csvk_buf file = CSVK_BUF_INIT;
    json->failed |= add_file(&file, report, f) != CSVK_OK;
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "ruleId", f->rule);
    csvk_json_put_string(json, "level", level_of(f->severity));
    put_text(json, "message", f->message);
    put_location(json, csvk_buf_text(&file), f);
    csvk_json_close(json, '}');
    csvk_buf_release(&file);
    return json->failed ? CSVK_ENOMEM : CSVK_OK;
}

int csvk_preflight_sarif(const struct csvk_preflight_report *report, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    csvk_json_put_string(&json, "version", "2.1.0");
    csvk_json_key(&json, "runs");
    csvk_json_open(&json, '[');
    csvk_json_open(&json, '{');
    csvk_json_key(&json, "tool");
    csvk_json_open(&json, '{');
    csvk_json_key(&json, "driver");
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "name", "csvkit");
    csvk_json_put_string(&json, "version", CSVK_VERSION);
    put_rules(&json);
    csvk_json_close(&json, '}');
    csvk_json_close(&json, '}');
    csvk_json_key(&json, "results");
    csvk_json_open(&json, '[');
    int status = for_all(report, add_sarif, &json);
    csvk_json_close(&json, ']');
    csvk_json_close(&json, '}');
    csvk_json_close(&json, ']');
    csvk_json_close(&json, '}');
    return json.failed || status != CSVK_OK ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

/* ---- JUnit: a test suite, a test case for each table and file and one for the folder ---- */

static int add_lines(struct csvk_buf *out, const struct csvk_preflight_findings *findings,
                     enum csvk_severity severity)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < findings->count && status == CSVK_OK; i++) {
        const struct csvk_preflight_finding *f = &findings->item[i];
        if (f->severity != severity) {
            continue;
        }
        status = csvk_buf_add_xml(out, f->file);
        status = status == CSVK_OK ? csvk_buf_printf(out, ":%" PRIu64 ":%" PRIu64 ": [%s] ",
                                                     f->line, f->column, f->rule)
                                   : status;
        status = status == CSVK_OK ? csvk_buf_add_xml(out, f->message) : status;
        status = status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
    }
    return status;
}

static int add_case(struct csvk_buf *out, const char *kind, const char *name,
                    const struct csvk_preflight_findings *findings)
{
    int status = csvk_buf_printf(out, "    <testcase classname=\"%s\" name=\"", kind);
    status = status == CSVK_OK ? csvk_buf_add_xml(out, name) : status;
    status = status == CSVK_OK ? csvk_buf_puts(out, "\">") : status;
    if (status == CSVK_OK && findings->errors > 0) {
        status = csvk_buf_printf(out, "<failure message=\"%" PRIu64 " errors\">", findings->errors);
        status = status == CSVK_OK ? add_lines(out, findings, CSVK_ERROR) : status;
        status = status == CSVK_OK ? csvk_buf_puts(out, "</failure>") : status;
    }
    if (status == CSVK_OK && findings->warnings > 0) {
        status = csvk_buf_puts(out, "<system-out>");
        status = status == CSVK_OK ? add_lines(out, findings, CSVK_WARNING) : status;
        status = status == CSVK_OK ? csvk_buf_puts(out, "</system-out>") : status;
    }
    return status == CSVK_OK ? csvk_buf_puts(out, "</testcase>\n") : status;
}

static size_t count_failures(const struct csvk_preflight_report *report)
{
    size_t failures = report->findings.errors > 0;
    for (size_t i = 0; i < report->ntables; i++) {
        failures += report->table[i].findings.errors > 0;
    }
    for (size_t i = 0; i < report->nfiles; i++) {
        failures += report->file[i].findings.errors > 0;
    }
    return failures;
}

int csvk_preflight_junit(const struct csvk_preflight_report *report, struct csvk_buf *out)
{
    int status = csvk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                                    "  <testsuite name=\"");
    status = status == CSVK_OK ? csvk_buf_add_xml(out, report->folder) : status;
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
                                 1 + report->ntables + report->nfiles, count_failures(report));
    }
    status =
        status == CSVK_OK ? add_case(out, "folder", report->folder, &report->findings) : status;
    for (size_t i = 0; i < report->ntables && status == CSVK_OK; i++) {
        status = add_case(out, "table", report->table[i].source, &report->table[i].findings);
    }
    for (size_t i = 0; i < report->nfiles && status == CSVK_OK; i++) {
        status = add_case(out, "file", report->file[i].source, &report->file[i].findings);
    }
    return status == CSVK_OK ? csvk_buf_puts(out, "  </testsuite>\n</testsuites>\n") : status;
}
