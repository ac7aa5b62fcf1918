/*
 * manifest_quote.c - quotes the line of a manifest that a finding is about. A manifest does not
 * keep its text, so it is read again. Credentials are masked: reports end up in logs.
 */
#include "manifest/manifest_tree.h"

#include <stdio.h>
#include <string.h>

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
    if (text->length > 0) {
        manifest_mask_text(text->data, text->length);
    }
    return status;
}

int csvk_manifest_quote(const char *file, struct csvk_findings *findings)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = findings->count > 0 ? read_text(file, &text) : CSVK_OK;
    for (size_t i = 0; i < findings->count && status == CSVK_OK && text.length > 0; i++) {
        struct csvk_finding *f = &findings->item[i];
        if (f->line > 0 && f->file == NULL) {
            struct csvk_bytes line = find_line(&text, f->line);
            status = csvk_finding_quote(f, line.ptr, line.len);
        }
    }
    csvk_buf_release(&text);
    return status;
}
