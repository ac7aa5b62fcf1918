/*
 * strict_json.c - checks that a text is strict JSON (RFC 8259), and records where its values are.
 *
 * cJSON builds the tree, but it is lenient (control characters in strings, numbers such as 01,
 * bytes that are not UTF-8, "\u0000") and forgets places. This scan runs before it and lets only
 * RFC 8259 through, so that csvkit accepts what the platform accepts. It allocates nothing but the
 * lists of places.
 */
#include "manifest/manifest_tree.h"
#include "csvkit/json.h"

#include <string.h>

static bool value(struct json_scan *scan);

static bool fail(struct json_scan *scan, const char *wrong)
{
    scan->wrong = wrong;
    return false;
}

/* The next byte, or -1 at the end of the text. */
static int peek(const struct json_scan *scan)
{
    return scan->at < scan->length ? scan->text[scan->at] : -1;
}

static bool remember(struct json_scan *scan, struct offsets *list, size_t offset)
{
    if (offsets_add(list, offset) != CSVK_OK) {
        scan->nomem = true;
        return fail(scan, "out of memory");
    }
    return true;
}

static bool skip_space(struct json_scan *scan)
{
    for (;; scan->at++) {
        int c = peek(scan);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return true;
        }
        bool breaks =
            c == '\n' ||
            (c == '\r' && (scan->at + 1 == scan->length || scan->text[scan->at + 1] != '\n'));
        if (breaks && !remember(scan, &scan->lines, scan->at + 1)) {
            return false;
        }
    }
}

/* The number that four hexadecimal digits at `at` make; -1 when there are not four. */
static long hex4(const struct json_scan *scan, size_t at)
{
    long code = 0;
    if (scan->length - at < 4) {
        return -1;
    }
    for (size_t i = at; i < at + 4; i++) {
        unsigned char c = scan->text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        code = code * 16 + digit;
    }
    return code;
}

/* Takes \uXXXX, or two of them that are a surrogate pair; NUL and lone surrogates are refused. */
static bool unicode_escape(struct json_scan *scan)
{
    long code = hex4(scan, scan->at + 2);
    if (code < 0) {
        return fail(scan, "\\u needs four hexadecimal digits");
    }
    if (code == 0) {
        return fail(scan, "a NUL character in a string");
    }
    if (code < 0xd800 || code > 0xdfff) {
        scan->at += 6;
        return true;
    }
    size_t next = scan->at + 6;
    long low =
        scan->length - scan->at >= 12 && scan->text[next] == '\\' && scan->text[next + 1] == 'u'
            ? hex4(scan, next + 2)
            : -1;
    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        return fail(scan, "half of a surrogate pair");
    }
    scan->at += 12;
    return true;
}

static bool escape(struct json_scan *scan)
{
    int c = scan->at + 1 < scan->length ? scan->text[scan->at + 1] : -1;
    if (c == 'u') {
        return unicode_escape(scan);
    }
    if (c <= 0 || strchr("\"\\/bfnrt", c) == NULL) {
        return fail(scan, "an escape that JSON does not have");
    }
    scan->at += 2;
    return true;
}

static bool string_char(struct json_scan *scan)
{
    uint32_t code = 0;
    size_t n = csvk_utf8_decode(scan->text + scan->at, scan->length - scan->at, &code);
    if (n == 0) {
        scan->rule = RULE_ENCODING;
        return fail(scan, "a byte that is not UTF-8");
    }
    if (code < 0x20) {
        return fail(scan, code == '\n' || code == '\r' ? "a line break in a string"
                                                       : "a control character in a string");
    }
    scan->at += n;
    return true;
}

static bool string(struct json_scan *scan)
{
    size_t start = scan->at++;
    for (;;) {
        int c = peek(scan);
        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c < 0) {
            scan->at = start;
            return fail(scan, "a string that is not closed");
        }
        if (!(c == '\\' ? escape(scan) : string_char(scan))) {
            return false;
        }
    }
}

static bool digits(struct json_scan *scan)
{
    size_t start = scan->at;
    while (peek(scan) >= '0' && peek(scan) <= '9') {
        scan->at++;
    }
    return scan->at > start || fail(scan, "a number needs a digit here");
}

static bool number(struct json_scan *scan)
{
    scan->at += peek(scan) == '-';
    if (peek(scan) == '0') {
        scan->at++;
        if (peek(scan) >= '0' && peek(scan) <= '9') {
            return fail(scan, "a number cannot have leading zeros");
        }
    } else if (!digits(scan)) {
        return false;
    }
    if (peek(scan) == '.') {
        scan->at++;
        if (!digits(scan)) {
            return false;
        }
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        scan->at += peek(scan) == '+' || peek(scan) == '-';
        return digits(scan);
    }
    return true;
}

static bool word(struct json_scan *scan, const char *text)
{
    size_t n = strlen(text);
    if (scan->length - scan->at < n || memcmp(scan->text + scan->at, text, n) != 0) {
        return fail(scan, "a value was expected");
    }
    scan->at += n;
    return true;
}

/* Takes one member: key, colon and value in an object, just a value in a list. */
static bool member(struct json_scan *scan, char close)
{
    if (!remember(scan, &scan->places, scan->at)) {
        return false;
    }
    if (close == '}') {
        if (peek(scan) != '"') {
            return fail(scan, peek(scan) == '}' ? "a comma before }"
                                                : "a key in double quotes was expected");
        }
        if (!string(scan) || !skip_space(scan)) {
            return false;
        }
        if (peek(scan) != ':') {
            return fail(scan, "a colon was expected after the key");
        }
        scan->at++;
    }
    return skip_space(scan) && value(scan);
}

/* Takes the members of an object or a list and the closing bracket, from after the opening one. */
static bool members(struct json_scan *scan, char close)
{
    if (!skip_space(scan)) {
        return false;
    }
    if (peek(scan) == close) {
        scan->at++;
        return true;
    }
    for (;;) {
        if (!skip_space(scan) || !member(scan, close) || !skip_space(scan)) {
            return false;
        }
        int c = peek(scan);
        if (c != ',' && c != close) {
            return fail(scan, c < 0          ? "the text ends too early"
                              : close == '}' ? "a comma or } was expected"
                                             : "a comma or ] was expected");
        }
        scan->at++;
        if (c == close) {
            return true;
        }
    }
}

static bool nested(struct json_scan *scan, char close)
{
    if (scan->depth == CSVK_MANIFEST_MAX_DEPTH) {
        scan->rule = RULE_LIMIT;
        return fail(scan, "objects and lists nested too deep");
    }
    scan->at++;
    scan->depth++;
    bool good = members(scan, close);
    scan->depth--;
    return good;
}

static bool value(struct json_scan *scan)
{
    if (!remember(scan, &scan->values, scan->at)) {
        return false;
    }
    int c = peek(scan);
    switch (c) {
    case '{': return nested(scan, '}');
    case '[': return nested(scan, ']');
    case '"': return string(scan);
    case 't': return word(scan, "true");
    case 'f': return word(scan, "false");
    case 'n': return word(scan, "null");
    case '\'': return fail(scan, "strings need double quotes");
    case ']': return fail(scan, "a comma before ]");
    case -1: return fail(scan, "the text ends too early");
    default: break;
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return number(scan);
    }
    return fail(scan, "a value was expected");
}

bool json_scan_text(struct json_scan *scan)
{
    scan->rule = RULE_JSON;
    if (!remember(scan, &scan->lines, 0) || !skip_space(scan)) {
        return false;
    }
    if (scan->at == scan->length) {
        return fail(scan, "the text is empty");
    }
    if (!remember(scan, &scan->places, scan->at) || !value(scan) || !skip_space(scan)) {
        return false;
    }
    return scan->at == scan->length || fail(scan, "something follows the end of the value");
}

int offsets_add(struct offsets *list, size_t offset)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity < 64 ? 64 : list->capacity * 2;
        size_t *item = csvk_reallocarray(list->item, capacity, sizeof *item);
        if (item == NULL) {
            return CSVK_ENOMEM;
        }
        list->item = item;
        list->capacity = capacity;
    }
    list->item[list->count++] = offset;
    return CSVK_OK;
}

void line_and_column(const struct offsets *lines, size_t offset, uint64_t *line, uint64_t *column)
{
    size_t low = 0, high = lines->count; /* lines->item[low] <= offset < lines->item[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->item[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *line = low + 1;
    *column = lines->count > 0 ? offset - lines->item[low] + 1 : offset + 1;
}
