/* roff.c - writes text and titles in roff, the language of man pages. */
#include "csvkit/cli/frame/roff.h"

#include <string.h>

/* Escapes text so that a reader of the page sees it unchanged: minus signs can be copied from the
   page, and no line is taken for a request. */
static void put_roff(struct cli_page *page, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool line_begins = i == 0 || text[i - 1] == '\n';
        if (line_begins && (text[i] == '.' || text[i] == '\'')) {
            cli_put(page, "\\&");
        }
        switch (text[i]) {
        case '\\': cli_put(page, "\\e"); break;
        case '-': cli_put(page, "\\-"); break;
        case '\'': cli_put(page, "\\(aq"); break;
        case '`': cli_put(page, "\\(ga"); break;
        case '~': cli_put(page, "\\(ti"); break;
        case '^': cli_put(page, "\\(ha"); break;
        default: cli_putn(page, &text[i], 1);
        }
    }
}

void cli_roff_text(struct cli_page *page, const char *text)
{
    put_roff(page, text, strlen(text));
}

void cli_roff_paragraphs(struct cli_page *page, const char *text)
{
    bool literal = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if ((text[0] == ' ') != literal) {
            literal = !literal;
            cli_put(page, literal ? ".EX\n" : ".EE\n");
        }
        if (length == 0) {
            cli_put(page, ".PP\n");
        } else {
            put_roff(page, text, length);
            cli_put(page, "\n");
        }
        text += length + (text[length] == '\n');
    }
    cli_put(page, literal ? ".EE\n" : "");
}

static void put_upper(struct cli_page *page, const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == ' ' || *p == '-') {
            cli_put(page, "\\-");
        } else {
            cli_putf(page, "%c", *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
        }
    }
}

void cli_roff_title(struct cli_page *page, const char *name, const char *second, int section)
{
    cli_put(page, ".TH \"");
    put_upper(page, name);
    if (second != NULL) {
        cli_put(page, "\\-");
        put_upper(page, second);
    }
    cli_putf(page, "\" \"%d\" \"\" \"csvkit %s\" \"csvkit\"\n", section, CSVK_VERSION);
}
