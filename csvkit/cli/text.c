/* text.c - folding prose into columns, for --help. */
#include "csvkit/cli/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cli_add_format(struct csvk_buf *out, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    int status = length < 0 ? CSVK_ENOMEM : csvk_buf_reserve(out, (size_t)length);
    if (status == CSVK_OK) {
        vsnprintf((char *)out->data + out->length, (size_t)length + 1, format, args);
        out->length += (size_t)length;
    }
    return status;
}

size_t cli_columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

static int add_blanks(struct csvk_buf *out, size_t count)
{
    return csvk_buf_printf(out, "%*s", (int)count, "");
}

/* One paragraph without line breaks; `column` says how far the current line is filled. */
static int add_folded(struct csvk_buf *out, const char *text, size_t length, struct cli_wrap wrap)
{
    int status = CSVK_OK;
    size_t column = wrap.first, at = 0;
    bool line_empty = true;
    if (column == 0) {
        status = add_blanks(out, wrap.indent);
        column = wrap.indent;
    }
    while (status == CSVK_OK && at < length) {
        size_t word = 0;
        while (at + word < length && text[at + word] != ' ') {
            word++;
        }
        size_t columns = cli_columns_of(text + at, word);
        if (!line_empty && column + 1 + columns > wrap.width) {
            status = csvk_buf_putc(out, '\n');
            status = status == CSVK_OK ? add_blanks(out, wrap.indent) : status;
            column = wrap.indent;
        } else if (!line_empty) {
            status = csvk_buf_putc(out, ' ');
            column++;
        }
        status = status == CSVK_OK ? csvk_buf_add(out, text + at, word) : status;
        column += columns;
        line_empty = false;
        at += word;
        while (at < length && text[at] == ' ') {
            at++;
        }
    }
    return status;
}

/* A line that begins with a blank stands as it is; other lines up to the next such one fold. */
int cli_add_wrapped(struct csvk_buf *out, const char *text, struct cli_wrap wrap)
{
    int status = CSVK_OK;
    while (status == CSVK_OK && *text != '\0') {
        size_t length = strcspn(text, "\n");
        if (text[0] == ' ') {
            status = csvk_buf_printf(out, "%*s%.*s", (int)wrap.indent, "", (int)length, text);
        } else if (length > 0) {
            status = add_folded(out, text, length, wrap);
        }
        if (status == CSVK_OK) {
            status = csvk_buf_putc(out, '\n');
        }
        wrap.first = 0;
        text += length + (text[length] == '\n');
    }
    return status;
}
