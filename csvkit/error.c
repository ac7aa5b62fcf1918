/* error.c - filling struct csvk_error; the library's only way to speak. */
#include "csvkit/csvkit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Keeps the text on one line and printable: messages may quote file names and data. */
static void tidy_text(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7f) {
            *p = '?';
        }
    }
}

static void fill(struct csvk_error *err, enum csvk_status status, int sys, const char *format,
                 va_list args) CSVK_PRINTF(4, 0);
static void fill(struct csvk_error *err, enum csvk_status status, int sys, const char *format,
                 va_list args)
{
    err->status = status;
    err->sys = sys;
    err->offset = 0;
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    if (sys != 0 && n >= 0 && (size_t)n < sizeof err->text) {
        char room[128];
        const char *reason = strerror_r(sys, room, sizeof room); /* the GNU one: returns the text */
        snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", reason);
    }
    tidy_text(err->text);
}

int csvk_fail(struct csvk_error *err, enum csvk_status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, 0, format, args);
        va_end(args);
    }
    return (int)status;
}

int csvk_fail_sys(struct csvk_error *err, int sys, const char *format, ...)
{
    enum csvk_status status = sys == ENOMEM ? CSVK_ENOMEM : CSVK_EIO;
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, sys, format, args);
        va_end(args);
    }
    return (int)status;
}
