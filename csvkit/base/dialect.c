/*
 * dialect.c - the bytes that give a file its structure: read from a user's words, and checked.
 *
 * A dialect is good when every byte has one meaning at most and no byte can be part of something
 * else: line breaks and NUL mean what they mean in every dialect, and bytes from 80 up are parts of
 * characters. A delimiter of several bytes may therefore have whole characters in it.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* The rest is whole characters: what is in `text` is UTF-8. */
static bool is_utf8(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t code;
        size_t n = csvk_utf8_decode((const unsigned char *)text + at, length - at, &code);
        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}

/* Every byte of a delimiter of several bytes. */
static int check_long_delimiter(const struct csvk_dialect *dialect, struct csvk_error *err)
{
    char text[CSVK_DELIMITER_MOST + 1];
    size_t length = csvk_delimiter_length(dialect);
    if (length > CSVK_DELIMITER_MOST) {
        return csvk_fail(err, CSVK_EUSAGE, "the delimiter has more than %d bytes",
                         CSVK_DELIMITER_MOST);
    }
    if (dialect->delimiter < 0 || dialect->delimiter > 255) {
        return check_role(dialect->delimiter, "delimiter", false, err);
    }
    csvk_delimiter_text(dialect, text);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        int status = byte < 0x80 ? check_role(byte, "delimiter", false, err) : CSVK_OK;
        if (status != CSVK_OK) {
            return status;
        }
        if (byte == dialect->enclosure || byte == dialect->escape) {
            return csvk_fail(err, CSVK_EUSAGE, "the %s is a byte of the delimiter",
                             byte == dialect->enclosure ? "enclosure" : "escape");
        }
    }
    if (!is_utf8(text, length)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "a delimiter with bytes from \\x80 up must be UTF-8: whole characters");
    }
    return CSVK_OK;
}

int csvk_dialect_check(const struct csvk_dialect *dialect, struct csvk_error *err)
{
    int status = dialect->more_length != 0
                     ? check_long_delimiter(dialect, err)
                     : check_role(dialect->delimiter, "delimiter", false, err);
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

int csvk_comment_check(uint64_t comment, const struct csvk_dialect *dialect, struct csvk_error *err)
{
    if (comment == 0) {
        return CSVK_OK;
    }
    int byte = comment < 0x80 ? (int)comment : 0x80;
    int status = check_role(byte, "mark of comments", false, err);
    if (status != CSVK_OK) {
        return status;
    }
    const char *other = csvk_delimiter_has(dialect, (char)byte) ? "delimiter"
                        : byte == dialect->enclosure            ? "enclosure"
                        : byte == dialect->escape               ? "escape"
                                                                : NULL;
    return other == NULL ? CSVK_OK
                         : csvk_fail(err, CSVK_EUSAGE,
                                     "the mark of comments and the %s are the same byte", other);
}

bool csvk_delimiter_goes_on(const struct csvk_dialect *dialect, const unsigned char *bytes)
{
    return memcmp(bytes + 1, dialect->more, dialect->more_length) == 0;
}

int csvk_dialect_need_plain(const struct csvk_dialect *dialect, const char *who,
                            struct csvk_error *err)
{
    if (csvk_dialect_is_plain(dialect)) {
        return CSVK_OK;
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "%s cannot do with %s; normalize the table first, which writes a delimiter of "
                     "one byte",
                     who,
                     dialect->more_length != 0 ? "a delimiter of several bytes"
                                               : "blanks that are to be skipped");
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

/* Words for one byte. */
static bool parse_word(const char *text, int *byte)
{
    static const struct {
        const char *word;
        int byte;
    } words[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'},
                 {"space", ' '}, {"quote", '"'},     {"\\t", '\t'}, {"\\\\", '\\'}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            *byte = words[i].byte;
            return true;
        }
    }
    return false;
}

/* Names come first, then codes, then single bytes, so every byte can be given in some way. */
int csvk_dialect_parse_byte(const char *text, const char *role, bool none_allowed, int *byte,
                            struct csvk_error *err)
{
    if (none_allowed && (strcmp(text, "none") == 0 || text[0] == '\0')) {
        *byte = CSVK_NO_BYTE;
        return CSVK_OK;
    }
    if (parse_word(text, byte)) {
        return CSVK_OK;
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

/* The byte or code at the beginning of `text`: how many characters it takes, 0 for a code that is
   none. */
static size_t parse_one(const char *text, unsigned char *byte)
{
    *byte = (unsigned char)text[0];
    if (text[0] != '\\') {
        return 1;
    }
    if (text[1] == 't' || text[1] == '\\') {
        *byte = text[1] == 't' ? '\t' : '\\';
        return 2;
    }
    char code[5] = {0};
    int value = 0;
    memcpy(code, text, strnlen(text, 4));
    if (parse_hex(code, &value) != CSVK_OK) {
        return 0;
    }
    *byte = (unsigned char)value;
    return 4;
}

/* Letters and digits alone: "semikolon", "none". */
static bool is_one_word(const char *text)
{
    for (; *text != '\0'; text++) {
        bool digit = *text >= '0' && *text <= '9';
        bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
        if (!digit && !letter) {
            return false;
        }
    }
    return true;
}

static int not_a_delimiter(const char *text, struct csvk_error *err)
{
    return csvk_fail(
        err, CSVK_EUSAGE,
        "\"%s\" is not a delimiter: give 1 to %d bytes, a name (comma, semicolon, tab, "
        "pipe, space) or codes such as \\t or \\x1f; a backslash among other bytes is "
        "\\\\",
        text, CSVK_DELIMITER_MOST);
}

int csvk_dialect_parse_delimiter(const char *text, struct csvk_dialect *dialect,
                                 struct csvk_error *err)
{
    unsigned char bytes[CSVK_DELIMITER_MOST];
    size_t count = 0;
    int single = 0;
    if (strlen(text) == 1 || parse_word(text, &single)) {
        int status = csvk_dialect_parse_byte(text, "delimiter", false, &single, err);
        dialect->delimiter = status == CSVK_OK ? single : dialect->delimiter;
        dialect->more_length = status == CSVK_OK ? 0 : dialect->more_length;
        return status;
    }
    if (is_one_word(text)) { /* the empty text too */
        return not_a_delimiter(text, err);
    }
    for (const char *at = text; *at != '\0'; count++) {
        size_t taken = count < CSVK_DELIMITER_MOST ? parse_one(at, &bytes[count]) : 0;
        if (taken == 0) {
            return not_a_delimiter(text, err);
        }
        at += taken;
    }
    struct csvk_dialect made = {.delimiter = bytes[0],
                                .enclosure = CSVK_NO_BYTE,
                                .escape = CSVK_NO_BYTE,
                                .more_length = (unsigned char)(count - 1)};
    memcpy(made.more, bytes + 1, count - 1);
    int status = csvk_dialect_check(&made, err);
    if (status == CSVK_OK) {
        dialect->delimiter = made.delimiter;
        dialect->more_length = made.more_length;
        memcpy(dialect->more, made.more, sizeof made.more);
    }
    return status;
}

const char *csvk_eol_name(enum csvk_eol eol)
{
    static const char *const names[] = {"none", "lf", "crlf", "cr", "crcrlf"};
    return names[eol];
}

/* ---- the line sep=X -------------------------------------------------------------------------- */

static bool is_line_break(unsigned char byte)
{
    return byte == '\r' || byte == '\n';
}

static bool names_next_line(const unsigned char *bytes, size_t length, size_t at, int delimiter)
{
    while (at < length && is_line_break(bytes[at])) {
        at++;
    }
    while (at < length && !is_line_break(bytes[at])) {
        if (bytes[at++] == delimiter) {
            return true;
        }
    }
    return false;
}

size_t csvk_sep_line(const unsigned char *bytes, size_t length, int *delimiter)
{
    bool enclosed = length >= 7 && bytes[0] == '"' && bytes[6] == '"';
    size_t begin = enclosed, end = enclosed ? 7 : 5;
    if (length < end || strncasecmp((const char *)bytes + begin, "sep=", 4) != 0 ||
        is_line_break(bytes[begin + 4]) || (length > end && !is_line_break(bytes[end])) ||
        (enclosed && !names_next_line(bytes, length, end, bytes[begin + 4]))) {
        return 0;
    }
    *delimiter = bytes[begin + 4];
    return end;
}

/* ---- as users write it ------------------------------------------------------------------------
 */

/* The byte itself or a code. A backslash begins a code, so it is one, too. */
static void write_code(int byte, char *text)
{
    static const char hex[] = "0123456789abcdef";
    if (byte > ' ' && byte < 0x7f && byte != '\\') {
        text[0] = (char)byte;
        text[1] = '\0';
    } else if (byte == '\t' || byte == '\\') {
        memcpy(text, byte == '\t' ? "\\t" : "\\\\", 3);
    } else {
        char code[5] = {'\\', 'x', hex[byte >> 4 & 15], hex[byte & 15], '\0'};
        memcpy(text, code, sizeof code);
    }
}

const char *csvk_dialect_write_byte(int byte, char text[CSVK_DELIMITER_TEXT])
{
    const char *name = byte == CSVK_NO_BYTE ? "none"
                       : byte == '\t'       ? "tab"
                       : byte == ' '        ? "space"
                       : byte == '\\'       ? "\\"
                                            : NULL;
    if (name != NULL) {
        memcpy(text, name, strlen(name) + 1);
    } else {
        write_code(byte, text);
    }
    return text;
}

const char *csvk_dialect_write_delimiter(const struct csvk_dialect *dialect,
                                         char text[CSVK_DELIMITER_TEXT])
{
    if (dialect->more_length == 0) {
        return csvk_dialect_write_byte(dialect->delimiter, text);
    }
    write_code(dialect->delimiter, text);
    for (size_t i = 0; i < dialect->more_length; i++) {
        write_code(dialect->more[i], text + strlen(text));
    }
    return text;
}
