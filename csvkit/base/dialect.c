/*
 * dialect.c - the bytes that give a file its structure: read from a user's words, and checked.
 *
 * A dialect is good when every byte has one meaning at most and no byte can be part of something
 * else: line breaks and NUL mean what they mean in every dialect, and bytes from 80 up are parts of
 * characters.
 */
#include "csvkit/csvkit.h"

#include <stdlib.h>
#include <string.h>

/* Whether `byte` may have the role; `role` is its name in messages. */
static int check_role(int byte, const char *role, bool none_allowed, struct csvk_error *err)
{
    if (byte == CSVK_NO_BYTE && none_allowed) {
        return CSVK_OK;
    }
    if (byte < 0 || byte > 255) {
        return csvk_fail(err, CSVK_EUSAGE, "the %s must be one byte", role);
    }
    if (byte == '\n' || byte == '\r' || byte == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "the %s cannot be %s: that byte has a fixed meaning",
                         role,
                         byte == 0      ? "NUL"
                         : byte == '\n' ? "LF"
                                        : "CR");
    }
    if (byte >= 0x80) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "the %s cannot be \\x%02x: bytes from \\x80 up are parts of multi-byte "
                         "characters in UTF-8",
                         role, (unsigned)byte);
    }
    return CSVK_OK;
}

int csvk_dialect_check(const struct csvk_dialect *dialect, struct csvk_error *err)
{
    int status = check_role(dialect->delimiter, "delimiter", false, err);
    if (status == CSVK_OK) {
        status = check_role(dialect->enclosure, "enclosure", true, err);
    }
    if (status == CSVK_OK) {
        status = check_role(dialect->escape, "escape", true, err);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (dialect->delimiter == dialect->enclosure) {
        return csvk_fail(err, CSVK_EUSAGE, "the delimiter and the enclosure are the same byte");
    }
    /* Blanks beside an enclosure are a fact of their own, so a blank cannot be one as well. */
    if (dialect->enclosure == ' ' || dialect->enclosure == '\t' || dialect->escape == ' ' ||
        dialect->escape == '\t') {
        return csvk_fail(err, CSVK_EUSAGE, "a blank cannot be the %s",
                         dialect->escape == ' ' || dialect->escape == '\t' ? "escape"
                                                                           : "enclosure");
    }
    if (dialect->delimiter == dialect->escape) {
        return csvk_fail(err, CSVK_EUSAGE, "the delimiter and the escape are the same byte");
    }
    if (dialect->enclosure != CSVK_NO_BYTE && dialect->enclosure == dialect->escape) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "the enclosure and the escape are the same byte; a doubled enclosure is "
                         "read without naming it as escape");
    }
    return CSVK_OK;
}

/* Reads \x and two hexadecimal digits. */
static int parse_hex(const char *text, int *byte)
{
    if (strncmp(text, "\\x", 2) != 0 || strlen(text) != 4) {
        return CSVK_EUSAGE;
    }
    char *end;
    unsigned long value = strtoul(text + 2, &end, 16);
    if (*end != '\0' || value > 255) {
        return CSVK_EUSAGE;
    }
    *byte = (int)value;
    return CSVK_OK;
}

/* Names come first, then codes, then single bytes, so every byte can be given in some way. */
int csvk_dialect_parse_byte(const char *text, const char *role, bool none_allowed, int *byte,
                            struct csvk_error *err)
{
    static const struct {
        const char *word;
        int byte;
    } words[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'},
                 {"space", ' '}, {"quote", '"'},     {"\\t", '\t'}, {"\\\\", '\\'}};
    if (none_allowed && (strcmp(text, "none") == 0 || text[0] == '\0')) {
        *byte = CSVK_NO_BYTE;
        return CSVK_OK;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            *byte = words[i].byte;
            return CSVK_OK;
        }
    }
    if (parse_hex(text, byte) != CSVK_OK) {
        if (strlen(text) != 1) {
            return csvk_fail(err, CSVK_EUSAGE,
                             "\"%s\" is not a %s: give one byte, a name (comma, semicolon, tab, "
                             "pipe, space%s) or a code such as \\t or \\x1f",
                             text, role, none_allowed ? ", none" : "");
        }
        *byte = (unsigned char)text[0];
    }
    return check_role(*byte, role, none_allowed, err);
}

const char *csvk_eol_name(enum csvk_eol eol)
{
    static const char *const names[] = {"none", "lf", "crlf", "cr", "crcrlf"};
    return names[eol];
}
