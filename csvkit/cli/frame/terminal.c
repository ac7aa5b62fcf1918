/*
 * terminal.c - what the terminal can do. Colours are for terminals only, and not with NO_COLOR, as
 * long as --color does not say otherwise: what was typed for one run wins over what is set for all.
 */
#include "csvkit/cli/frame/frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool cli_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

bool cli_color(const struct cli *cli, FILE *stream)
{
    const char *when = cli_value(cli, "color");
    if (when != NULL && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no_color != NULL && no_color[0] != '\0') || term == NULL || strcmp(term, "dumb") == 0) {
        return false;
    }
    return cli_is_terminal(stream);
}

size_t cli_terminal_width(FILE *stream)
{
    struct winsize size = {0};
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return 80;
}
