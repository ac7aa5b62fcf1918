/* roff.h - what the files that write man pages share. */
#ifndef CSVKIT_CLI_FRAME_ROFF_H
#define CSVKIT_CLI_FRAME_ROFF_H

#include "csvkit/cli/frame/frame.h"

/* The title line of a page: "NAME-SECOND" in capitals, or "NAME" when `second` is NULL. */
void cli_roff_title(struct cli_page *page, const char *name, const char *second, int section);
/* Escaped text inside a line. */
void cli_roff_text(struct cli_page *page, const char *text);
/* Whole lines. Empty lines separate paragraphs; lines that begin with a blank are not filled. */
void cli_roff_paragraphs(struct cli_page *page, const char *text);

#endif
