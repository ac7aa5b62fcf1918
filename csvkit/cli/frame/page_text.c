/* page_text.c - builds pages of text: appends to a page, and folds prose to a width. */
#include "csvkit/cli/frame/frame.h"

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

void cli_putn(struct cli_page *page, const char *text, size_t length)
{
    if (page->status == CSVK_OK) {
        page->status = csvk_buf_add(page->out, text, length);
    }
}

void cli_put(struct cli_page *page, const char *text)
{
    cli_putn(page, text, strlen(text));
}

void cli_putf(struct cli_page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (page->status == CSVK_OK) {
        page->status = cli_add_format(page->out, format, args);
    }
    va_end(args);
}

size_t cli_columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

static size_t word_length(const char *text, size_t length)
{
    const char *blank = memchr(text, ' ', length);
    return blank == NULL ? length : (size_t)(blank - text);
}

/* Appends one line of prose, folded. */
static void put_folded(struct cli_page *page, const char *text, size_t length, struct cli_wrap wrap)
{
    size_t column = wrap.first;
    if (column == 0) {
        cli_putf(page, "%*s", (int)wrap.indent, "");
        column = wrap.indent;
    }
    bool line_empty = true;
    for (size_t at = 0; at < length;) {
        size_t word = word_length(text + at, length - at);
        size_t columns = cli_columns_of(text + at, word);
        if (!line_empty && column + 1 + columns > wrap.width) {
            cli_putf(page, "\n%*s", (int)wrap.indent, "");
            column = wrap.indent;
        } else if (!line_empty) {
            cli_put(page, " ");
            column++;
        }
        cli_putn(page, text + at, word);
        column += columns;
        line_empty = false;
        for (at += word; at < length && text[at] == ' ';) {
            at++;
        }
    }
}

int cli_add_wrapped(struct csvk_buf *out, const char *text, struct cli_wrap wrap)
{
    struct cli_page page = {out, CSVK_OK};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (text[0] == ' ') {
            cli_putf(&page, "%*s%.*s", (int)wrap.indent, "", (int)length, text);
        } else if (length > 0) {
            put_folded(&page, text, length, wrap);
        }
        cli_put(&page, "\n");
        wrap.first = 0;
        text += length + (text[length] == '\n');
    }
    return page.status;
}
