/* statistics.c - see statistics.h. */
#include "csvkit/cli/frame/statistics.h"

#include "csvkit/cli/frame/cli.h"
#include "csvkit/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The row of a rule, which is made when there is none; NULL: out of memory. Two judges may have a
   rule of one id, which is one row. */
static struct cli_statistics_row *row_of(struct cli_statistics *s, const struct csvk_rule *rule)
{
    for (size_t i = 0; i < s->nrows; i++) {
        if (strcmp(s->row[i].rule->id, rule->id) == 0) {
            return &s->row[i];
        }
    }
    if (s->nrows == s->capacity) {
        size_t capacity = s->capacity == 0 ? 16 : 2 * s->capacity;
        struct cli_statistics_row *row = csvk_reallocarray(s->row, capacity, sizeof *row);
        if (row == NULL) {
            return NULL;
        }
        s->row = row;
        s->capacity = capacity;
    }
    s->row[s->nrows] = (struct cli_statistics_row){.rule = rule};
    return &s->row[s->nrows++];
}

static int add_tally(struct cli_statistics *s, const struct csvk_tally *tally)
{
    if (tally->count == 0 || tally->severity == CSVK_OFF) {
        return CSVK_OK;
    }
    struct cli_statistics_row *row = row_of(s, tally->rule);
    if (row == NULL) {
        return CSVK_ENOMEM;
    }
    row->severity = tally->severity > row->severity ? tally->severity : row->severity;
    row->count += tally->count;
    row->subjects += row->last != s->subjects;
    row->last = s->subjects;
    return CSVK_OK;
}

int cli_statistics_add(struct cli_statistics *s, const struct csvk_subject *subject)
{
    int status = CSVK_OK;
    uint64_t errors = 0;
    s->subjects++; /* counts from 1: a new row has seen no subject */
    s->not_judged += subject->error != NULL;
    for (size_t i = 0; i < subject->nsections; i++) {
        const struct csvk_section *section = &subject->section[i];
        errors += section->errors;
        s->warnings += section->warnings;
        s->infos += section->infos;
        for (size_t j = 0; j < section->nrules && status == CSVK_OK; j++) {
            status = add_tally(s, &section->rule[j]);
        }
    }
    s->errors += errors;
    s->refused += errors != 0;
    return status;
}

static int compare(const void *left, const void *right)
{
    const struct cli_statistics_row *a = left, *b = right;
    return a->severity != b->severity ? (a->severity < b->severity ? 1 : -1)
           : a->count != b->count     ? (a->count < b->count ? 1 : -1)
                                      : strcmp(a->rule->id, b->rule->id);
}

static int write_json(const struct cli_statistics *s, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_uint(&json, "files", s->subjects);
    csvk_json_put_uint(&json, "with_errors", s->refused);
    csvk_json_put_uint(&json, "not_judged", s->not_judged);
    csvk_json_put_uint(&json, "errors", s->errors);
    csvk_json_put_uint(&json, "warnings", s->warnings);
    csvk_json_put_uint(&json, "infos", s->infos);
    csvk_json_key(&json, "rules");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < s->nrows; i++) {
        csvk_json_open(&json, '{');
        csvk_json_put_string(&json, "rule", s->row[i].rule->id);
        csvk_json_put_string(&json, "severity", csvk_severity_name(s->row[i].severity));
        csvk_json_put_uint(&json, "count", s->row[i].count);
        csvk_json_put_uint(&json, "files", s->row[i].subjects);
        csvk_json_put_string(&json, "summary", s->row[i].rule->summary);
        csvk_json_close(&json, '}');
    }
    csvk_json_close(&json, ']');
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static const char *color_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR     ? "\033[31;1m"
           : severity == CSVK_WARNING ? "\033[33;1m"
                                      : "\033[36;1m";
}

/* One rule is one line, which begins with its number, so that sort(1) and awk(1) can read it. */
static int write_row(const struct cli_statistics_row *row, int digits, int width, bool color,
                     struct csvk_buf *out)
{
    int status =
        csvk_buf_printf(out, "%*" PRIu64 "  %s%-7s%s  %-*s  %s", digits, row->count,
                        color ? color_of(row->severity) : "", csvk_severity_name(row->severity),
                        color ? "\033[0m" : "", width, row->rule->id, row->rule->summary);
    if (status == CSVK_OK && row->subjects > 1) {
        status = csvk_buf_printf(out, " (%" PRIu64 " files)", row->subjects);
    }
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

static int write_total(const struct cli_statistics *s, bool notes_shown, struct csvk_buf *out)
{
    int status =
        csvk_buf_printf(out,
                        "total: %" PRIu64 " file%s, %" PRIu64 " with errors, %" PRIu64
                        " not judged; %" PRIu64 " error%s, %" PRIu64 " warning%s",
                        s->subjects, cli_plural(s->subjects), s->refused, s->not_judged, s->errors,
                        cli_plural(s->errors), s->warnings, cli_plural(s->warnings));
    if (status == CSVK_OK && s->infos != 0) {
        status = csvk_buf_printf(out, ", %" PRIu64 " note%s%s", s->infos, cli_plural(s->infos),
                                 notes_shown     ? ""
                                 : s->infos == 1 ? " (-v shows it)"
                                                 : " (-v shows them)");
    }
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

static int write_text(const struct cli_statistics *s, unsigned style, struct csvk_buf *out)
{
    enum csvk_severity least = (style & CSVK_TEXT_ERRORS) != 0  ? CSVK_ERROR
                               : (style & CSVK_TEXT_NOTES) != 0 ? CSVK_INFO
                                                                : CSVK_WARNING;
    int digits = 1, width = 1, status = CSVK_OK;
    for (size_t i = 0; i < s->nrows; i++) {
        if (s->row[i].severity >= least) {
            int one = snprintf(NULL, 0, "%" PRIu64, s->row[i].count);
            int id = (int)strlen(s->row[i].rule->id);
            digits = one > digits ? one : digits;
            width = id > width ? id : width;
        }
    }
    for (size_t i = 0; i < s->nrows && status == CSVK_OK; i++) {
        if (s->row[i].severity >= least) {
            status = write_row(&s->row[i], digits, width, (style & CSVK_TEXT_COLOR) != 0, out);
        }
    }
    return status == CSVK_OK && least != CSVK_ERROR ? write_total(s, least == CSVK_INFO, out)
                                                    : status;
}

int cli_statistics_write(struct cli_statistics *s, bool json, unsigned style, struct csvk_buf *out)
{
    if (s->nrows > 1) {
        qsort(s->row, s->nrows, sizeof *s->row, compare);
    }
    return json ? write_json(s, out) : write_text(s, style, out);
}

void cli_statistics_release(struct cli_statistics *s)
{
    csvk_free(s->row);
    *s = (struct cli_statistics){0};
}
