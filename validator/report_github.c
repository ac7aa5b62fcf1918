/*
 * report_github.c - the report as GitHub workflow commands, which a code review shows beside the
 * line.
 */
#include "validator/report.h"

#include <inttypes.h>
#include <string.h>

/* Percent-encodes control bytes and the bytes of `special`, which would end the command or one of
   its properties. */
static int add_encoded(struct csvk_buf *out, const char *text, const char *special)
{
    int status = CSVK_OK;
    for (; *text != '\0' && status == CSVK_OK; text++) {
        unsigned char c = (unsigned char)*text;
        bool encode = c < 0x20 || strchr(special, c) != NULL;
        status = encode ? csvk_buf_printf(out, "%%%02X", c) : csvk_buf_putc(out, c);
    }
    return status;
}

static const char *command_of(enum csvk_severity severity)
{
    return severity == CSVK_ERROR ? "error" : severity == CSVK_WARNING ? "warning" : "notice";
}

static int add_place(struct csvk_buf *out, const struct csvk_report *report,
                     const struct csvk_finding *f)
{
    int status = csvk_buf_printf(out, "::%s file=", command_of(f->severity));
    status = status == CSVK_OK ? add_encoded(out, report->file, "%:,") : status;
    if (status == CSVK_OK && f->line != 0) {
        status = csvk_buf_printf(out, ",line=%" PRIu64 ",col=%" PRIu64, f->line, f->column_chars);
    }
    return status == CSVK_OK ? csvk_buf_printf(out, ",title=%s::", f->rule->id) : status;
}

static int add_message(struct csvk_buf *out, const struct csvk_finding *f)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = report_add_message(f, &text);
    status = status == CSVK_OK ? add_encoded(out, csvk_buf_text(&text), "%") : status;
    csvk_buf_release(&text);
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

int csvk_report_github(const struct csvk_report *report, struct csvk_buf *out)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < report->nfindings && status == CSVK_OK; i++) {
        status = add_place(out, report, report->findings[i]);
        status = status == CSVK_OK ? add_message(out, report->findings[i]) : status;
    }
    if (status != CSVK_OK || report->findings_dropped == 0) {
        return status;
    }
    status = csvk_buf_puts(out, "::notice file=");
    status = status == CSVK_OK ? add_encoded(out, report->file, "%:,") : status;
    return status == CSVK_OK ? csvk_buf_printf(out, "::%" PRIu64 " more findings not shown\n",
                                               report->findings_dropped)
                             : status;
}
