/* reporter.c - the list of formats, the life of a report, and what the formats share. */
#include "csvkit/findings/reporter.h"

#include "csvkit/base/sized.h"

#include <inttypes.h>
#include <string.h>

#define DECLARE(name) extern const struct report_format report_##name;
CSVK_REPORT_FORMATS(DECLARE, DECLARE)

#define ROW(name) {#name, &report_##name},
static const struct {
    const char *name;
    const struct report_format *format;
} formats[] = {CSVK_REPORT_FORMATS(ROW, ROW)};

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_report_options, profile, "csvk_report_options_init");

void csvk_report_options_init_sized(struct csvk_report_options *options, size_t size,
                                    const struct csvk_rule_set *const *sets)
{
    const struct csvk_report_options defaults = {
        .size = sizeof defaults, .sets = sets, .profile = CSVK_PROFILE_RFC4180};
    csvk_sized_init(&options_type, options, size, &defaults);
}

static const struct report_format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return formats[i].format;
        }
    }
    return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

static int status_of(const struct csvk_reporter *r)
{
    return r->status != CSVK_OK || r->json.failed || r->notes_json.failed ? CSVK_ENOMEM : CSVK_OK;
}

int csvk_reporter_new(struct csvk_reporter **out, const char *format,
                      const struct csvk_report_options *options, struct csvk_buf *text,
                      struct csvk_error *err)
{
    const struct report_format *row = find_format(format);
    if (row == NULL) {
        return csvk_fail(err, CSVK_EUSAGE, "unknown format '%s': %s", format,
                         CSVK_REPORT_FORMAT_WORDS);
    }
    struct csvk_reporter *r = csvk_calloc(1, sizeof *r);
    if (r == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a report");
    }
    static const struct csvk_rule_set *const none[] = {NULL};
    csvk_report_options_init(&r->options, none);
    int status = csvk_sized_read(&options_type, &r->options, options, err);
    if (status != CSVK_OK) {
        csvk_reporter_free(r);
        return status;
    }
    r->format = row;
    r->out = text;
    csvk_json_init(&r->json, text);
    csvk_json_init(&r->notes_json, &r->notes);
    if (row->begin != NULL) {
        row->begin(r);
    }
    if (status_of(r) != CSVK_OK) {
        csvk_reporter_free(r);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a report");
    }
    *out = r;
    return CSVK_OK;
}

int csvk_reporter_add(struct csvk_reporter *r, const struct csvk_subject *subject)
{
    for (size_t i = 0; i < subject->nsections; i++) {
        r->errors += subject->section[i].errors;
        r->warnings += subject->section[i].warnings;
        r->infos += subject->section[i].infos;
    }
    r->subjects++;
    r->not_judged += subject->error != NULL;
    r->incomplete += subject->incomplete;
    r->refused += report_sum_errors(subject) != 0;
    r->format->one(r, subject);
    return status_of(r);
}

int csvk_reporter_end(struct csvk_reporter *r)
{
    if (r->format->end != NULL) {
        r->format->end(r);
    }
    return status_of(r);
}

void csvk_reporter_free(struct csvk_reporter *r)
{
    if (r != NULL) {
        csvk_buf_release(&r->notes);
        csvk_free(r);
    }
}

int csvk_report_write(const struct csvk_subject *subject, const char *format,
                      const struct csvk_report_options *options, struct csvk_buf *out,
                      struct csvk_error *err)
{
    struct csvk_reporter *r = NULL;
    int status = csvk_reporter_new(&r, format, options, out, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = csvk_reporter_add(r, subject);
    status = status == CSVK_OK ? csvk_reporter_end(r) : status;
    csvk_reporter_free(r);
    return status == CSVK_OK
               ? status
               : csvk_fail(err, CSVK_ENOMEM, "%s: out of memory for the report", subject->file);
}

/* ---- writing -------------------------------------------------------------------------------- */

unsigned csvk_reporter_style(const struct csvk_reporter *r)
{
    return r->options.style;
}

void csvk_reporter_put(struct csvk_reporter *r, const char *text)
{
    report_put_bytes(r, text, strlen(text));
}

void report_put_bytes(struct csvk_reporter *r, const void *bytes, size_t length)
{
    r->status = r->status == CSVK_OK ? csvk_buf_add(r->out, bytes, length) : r->status;
}

void csvk_reporter_put_escaped(struct csvk_reporter *r, const char *text)
{
    if (r->status == CSVK_OK) {
        r->status = csvk_buf_add_escaped(r->out, text, strlen(text));
    }
}

void csvk_reporter_put_number(struct csvk_reporter *r, uint64_t number)
{
    r->status = r->status == CSVK_OK ? csvk_buf_printf(r->out, "%" PRIu64, number) : r->status;
}

void csvk_reporter_put_count(struct csvk_reporter *r, uint64_t number, const char *noun)
{
    csvk_reporter_put_number(r, number);
    csvk_reporter_put(r, " ");
    csvk_reporter_put(r, noun);
    csvk_reporter_put(r, number == 1 ? "" : "s");
}

void csvk_reporter_put_verdict(struct csvk_reporter *r, bool good, const char *word)
{
    bool color = (r->options.style & CSVK_TEXT_COLOR) != 0;
    csvk_reporter_put(r, !color ? "" : good ? "\033[32;1m" : "\033[31;1m");
    csvk_reporter_put(r, word);
    csvk_reporter_put(r, color ? "\033[0m" : "");
}

/* ---- questions ------------------------------------------------------------------------------- */

enum csvk_severity report_least(const struct csvk_reporter *r)
{
    return (r->options.style & CSVK_TEXT_ERRORS) != 0  ? CSVK_ERROR
           : (r->options.style & CSVK_TEXT_NOTES) != 0 ? CSVK_INFO
                                                       : CSVK_WARNING;
}

static bool explains_error(const struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        if (strcmp(f->extra[i].key, "explains") == 0) {
            return true;
        }
    }
    return false;
}

bool report_shows(const struct csvk_reporter *r, const struct csvk_finding *f)
{
    enum csvk_severity least = report_least(r);
    return f->severity >= least || (least == CSVK_WARNING && explains_error(f));
}

uint64_t report_dropped(const struct csvk_subject *subject, enum csvk_severity least)
{
    uint64_t dropped = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        dropped += csvk_section_dropped(&subject->section[i], least);
    }
    return dropped;
}

uint64_t report_sum_errors(const struct csvk_subject *subject)
{
    uint64_t errors = 0;
    for (size_t i = 0; i < subject->nsections; i++) {
        errors += subject->section[i].errors;
    }
    return errors;
}

void report_file(struct csvk_reporter *r, const struct csvk_subject *subject,
                 const struct csvk_finding *f, struct csvk_buf *to)
{
    const char *own = f != NULL && f->file != NULL ? f->file : "";
    int status = CSVK_OK;
    if (own[0] == '\0') {
        status = csvk_buf_puts(to, subject->file);
    } else if (subject->folder == NULL) {
        status = csvk_buf_puts(to, own);
    } else {
        status = csvk_buf_printf(to, "%s/%s", subject->folder, own);
    }
    r->status = r->status == CSVK_OK ? status : r->status;
}

void report_message(struct csvk_reporter *r, const struct csvk_finding *f, struct csvk_buf *to)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    int status = csvk_finding_full_message(f, &plain);
    if (status == CSVK_OK) {
        status = csvk_buf_add_escaped(to, plain.data, plain.length);
    }
    csvk_buf_release(&plain);
    r->status = r->status == CSVK_OK ? status : r->status;
}
