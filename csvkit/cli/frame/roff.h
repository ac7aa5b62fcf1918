/* roff.h - between the files that write man pages. */
#ifndef CSVKIT_CLI_FRAME_ROFF_H
#define CSVKIT_CLI_FRAME_ROFF_H

#include "csvkit/cli/frame/frame.h"

/* The first line of a page: name and second (or NULL) with a dash between, in capitals. */
void cli_roff_title(struct cli_page *page, const char *name, const char *second, int section);
/* Text inside a line: minus signs can be copied from the page, nothing is taken for a request. */
void cli_roff_text(struct cli_page *page, const char *text);
/* Whole lines; paragraphs between empty lines; lines that begin with a blank stand as they are. */
void cli_roff_paragraphs(struct cli_page *page, const char *text);

#endif
