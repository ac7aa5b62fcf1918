/*
 * error.c - fills struct csvk_error, which is the library's only way to say what went wrong: it
 * neither prints nor exits.
 */
#include "csvkit/csvkit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Makes the text one line and printable, since messages quote file names and data. A text that is
 * too long is cut, but never within an escape.
 */
static void copy_escaped(char *to, size_t capacity, const char *from)
{
    size_t n = 0;
    for (; *from != '\0' && n + sizeof "\\x00" <= capacity; from++) {
        unsigned char c = (unsigned char)*from;
        if (c == '\n' || c == '\r' || c == '\t') {
            to[n++] = '\\';
            to[n++] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
        } else if (c < 0x20 || c == 0x7f) {
            n += (size_t)snprintf(to + n, capacity - n, "\\x%02x", (unsigned)c);
        } else {
            to[n++] = *from;
        }
    }
    to[n] = '\0';
}

/* With `sys`, an errno, its description follows the text. */
static void fill(struct csvk_error *err, int status, int sys, const char *format, va_list args)
    CSVK_PRINTF(4, 0);
static void fill(struct csvk_error *err, int status, int sys, const char *format, va_list args)
{
    char text[sizeof err->text];
    int n = vsnprintf(text, sizeof text, format, args);
    if (sys != 0 && n >= 0 && (size_t)n < sizeof text) {
        char room[128];
        const char *reason = strerror_r(sys, room, sizeof room); /* the GNU one: returns the text */
        snprintf(text + n, sizeof text - (size_t)n, ": %s", reason);
    }
    err->status = status;
    err->sys = sys;
    err->offset = 0;
    memset(err->reserved, 0, sizeof err->reserved);
    copy_escaped(err->text, sizeof err->text, n < 0 ? "" : text);
}

const char *csvk_version(void)
{
    return CSVK_VERSION;
}

int csvk_fail(struct csvk_error *err, int status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, 0, format, args);
        va_end(args);
    }
    return status;
}

int csvk_fail_sys(struct csvk_error *err, int sys, const char *format, ...)
{
    int status = sys == ENOMEM ? CSVK_ENOMEM : CSVK_EIO;
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, status, sys, format, args);
        va_end(args);
    }
    return status;
}
