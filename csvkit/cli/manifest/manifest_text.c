/*
 * manifest_text.c - findings of manifests as text: place, severity, rule and message, then the line
 * of the manifest with a caret under the place, then the remedy.
 */
#include "csvkit/cli/manifest/manifest_options.h"
#include "csvkit/json.h"

#include <stdio.h>
#include <string.h>

#define BEFORE 50 /* bytes of a long line shown before the place ... */
#define AFTER  50 /* ... and after it */

/* Line `number` of `text`, without its line break. */
static struct csvk_bytes find_line(const struct csvk_buf *text, uint64_t number)
{
    struct csvk_bytes line = {text->data, text->length};
    for (uint64_t i = 1; line.len > 0; i++) {
        size_t n = 0;
        while (n < line.len && line.ptr[n] != '\n' && line.ptr[n] != '\r') {
            n++;
        }
        if (i == number) {
            line.len = n;
            return line;
        }
        n += n < line.len && line.ptr[n] == '\r' && n + 1 < line.len && line.ptr[n + 1] == '\n';
        n += n < line.len;
        line.ptr += n;
        line.len -= n;
    }
    return line;
}

/* The start of the UTF-8 sequence that holds byte `at`. */
static size_t sequence_start(struct csvk_bytes line, size_t at)
{
    while (at > 0 && at < line.len && (line.ptr[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

/* The columns that the text takes on a terminal, approximated by its code points. */
static size_t shown_width(const struct csvk_buf *text, size_t from)
{
    size_t width = 0;
    for (size_t i = from; i < text->length; i++) {
        width += (text->data[i] & 0xc0) != 0x80;
    }
    return width;
}

static int add_line(struct csvk_buf *out, struct csvk_bytes line, uint64_t column)
{
    size_t at = column - 1 < line.len ? (size_t)(column - 1) : line.len;
    size_t from = sequence_start(line, at > BEFORE ? at - BEFORE : 0);
    size_t to = sequence_start(line, line.len - at > AFTER ? at + AFTER : line.len);
    int status = csvk_buf_puts(out, from > 0 ? "    ..." : "    ");
    size_t start = out->length;
    status = status == CSVK_OK ? csvk_buf_add_escaped(out, line.ptr + from, at - from) : status;
    size_t caret = shown_width(out, start) + (from > 0 ? 3 : 0);
    status = status == CSVK_OK ? csvk_buf_add_escaped(out, line.ptr + at, to - at) : status;
    return status == CSVK_OK
               ? csvk_buf_printf(out, "%s\n    %*s^\n", to < line.len ? "..." : "", (int)caret, "")
               : status;
}

static int add_escaped(struct csvk_buf *out, const char *text)
{
    return csvk_buf_add_escaped(out, text, strlen(text));
}

static int add_severity(struct csvk_buf *out, const struct csvk_manifest_finding *finding,
                        bool color)
{
    bool error = finding->severity == CSVK_MANIFEST_ERROR;
    return csvk_buf_printf(out, "%s%s%s[%s]: ", color ? error ? "\x1b[31m" : "\x1b[33m" : "",
                           csvk_manifest_severity_name(finding->severity), color ? "\x1b[0m" : "",
                           finding->rule->id);
}

static int add_place(struct csvk_buf *out, const char *file,
                     const struct csvk_manifest_finding *finding)
{
    int status = add_escaped(out, finding->file != NULL ? finding->file : file);
    if (status == CSVK_OK && finding->line > 0) {
        status = csvk_buf_printf(out, ":%llu:%llu", (unsigned long long)finding->line,
                                 (unsigned long long)finding->column);
    }
    return status == CSVK_OK ? csvk_buf_puts(out, ": ") : status;
}

static int add_finding(struct csvk_buf *out, const char *file,
                       const struct csvk_manifest_finding *finding, const struct csvk_buf *text,
                       bool color)
{
    int status = add_place(out, file, finding);
    status = status == CSVK_OK ? add_severity(out, finding, color) : status;
    status = status == CSVK_OK ? add_escaped(out, finding->message) : status;
    if (status == CSVK_OK && strcmp(finding->path, "$") != 0) {
        status = csvk_buf_puts(out, " (at ");
        status = status == CSVK_OK ? add_escaped(out, finding->path) : status;
        status = status == CSVK_OK ? csvk_buf_putc(out, ')') : status;
    }
    status = status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
    if (status == CSVK_OK && finding->line > 0 && finding->file == NULL && text->length > 0) {
        status = add_line(out, find_line(text, finding->line), finding->column);
    }
    if (status == CSVK_OK && finding->remedy != NULL) {
        status = csvk_buf_puts(out, "    help: ");
        status = status == CSVK_OK ? add_escaped(out, finding->remedy) : status;
        status = status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
    }
    return status;
}

/* Reads the text of the manifest again, to quote lines. When it cannot be read again (standard
   input), nothing is quoted. */
static int read_text(const char *file, struct csvk_buf *text)
{
    FILE *stream = strcmp(file, "-") != 0 ? fopen(file, "re") : NULL;
    if (stream == NULL) {
        return CSVK_OK;
    }
    int status = CSVK_OK;
    for (size_t got = 1; got > 0 && text->length <= CSVK_MANIFEST_MAX_BYTES;) {
        status = csvk_buf_reserve(text, 65536);
        got = status == CSVK_OK ? fread(text->data + text->length, 1, 65536, stream) : 0;
        text->length += got;
    }
    fclose(stream);
    return status;
}

int cli_add_findings(struct csvk_buf *out, const char *file,
                     const struct csvk_manifest_findings *findings, bool color)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = findings->count > 0 ? read_text(file, &text) : CSVK_OK;
    for (size_t i = 0; i < findings->count && status == CSVK_OK; i++) {
        status = add_finding(out, file, &findings->item[i], &text, color);
    }
    csvk_buf_release(&text);
    return status;
}
