/*
 * json.c - see json.h: UTF-8, texts that are safe to show, and a writer of JSON.
 *
 * The writer keeps one bit of state, whether a comma comes before the next item, so it needs no
 * memory of its own. What fails is only noted: callers look at `failed` once, at the end.
 */
#include "csvkit/json.h"

#include <string.h>

/*
 * Table 3-7 of the Unicode standard as arithmetic: the length comes from the lead byte, and
 * overlong forms, surrogates and codes beyond U+10FFFF fail by their value.
 */
size_t csvk_utf8_decode(const unsigned char *bytes, size_t length, uint32_t *code)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || length < need) {
        return 0;
    }
    uint32_t value = lead & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *code = value;
    return need;
}

/*
 * Codes that could change what a terminal or a reader shows around them: controls, marks of
 * direction, line separators, the byte order mark.
 */
bool csvk_code_is_hostile(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* Bytes that are not UTF-8, and hostile codes, become escapes; all others stay as they are. */
int csvk_buf_add_escaped(struct csvk_buf *buf, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    int status = CSVK_OK;
    for (size_t i = 0; i < length && status == CSVK_OK;) {
        uint32_t code = 0;
        size_t n = csvk_utf8_decode(p + i, length - i, &code);
        if (n == 0) {
            status = csvk_buf_printf(buf, "\\x%02x", (unsigned)p[i]);
            n = 1;
        } else if (!csvk_code_is_hostile(code)) {
            status = csvk_buf_add(buf, p + i, n);
        } else if (code == '\t' || code == '\r' || code == '\n') {
            status = csvk_buf_puts(buf, code == '\t' ? "\\t" : code == '\r' ? "\\r" : "\\n");
        } else if (n == 1) {
            status = csvk_buf_printf(buf, "\\x%02x", (unsigned)code);
        } else {
            status = csvk_buf_printf(buf, "\\u{%04x}", (unsigned)code);
        }
        i += n;
    }
    return status;
}

static void note(struct csvk_json *json, int status)
{
    if (status != CSVK_OK) {
        json->failed = true;
    }
}

/* Comes before every item; json->need_comma says whether it is the first one. */
static void comma(struct csvk_json *json)
{
    if (json->need_comma) {
        note(json, csvk_buf_putc(json->out, ','));
    }
    json->need_comma = true;
}

void csvk_json_init(struct csvk_json *json, struct csvk_buf *out)
{
    *json = (struct csvk_json){out, false, false};
}

void csvk_json_open(struct csvk_json *json, char bracket)
{
    comma(json);
    note(json, csvk_buf_putc(json->out, (unsigned char)bracket));
    json->need_comma = false;
}

void csvk_json_close(struct csvk_json *json, char bracket)
{
    note(json, csvk_buf_putc(json->out, (unsigned char)bracket));
    json->need_comma = true;
}

/* A code of the basic plane: no code that is escaped lies above it. */
static void put_code(struct csvk_json *json, uint32_t code)
{
    note(json, csvk_buf_printf(json->out, "\\u%04x", (unsigned)code));
}

static void put_char(struct csvk_json *json, const unsigned char *p, size_t n, uint32_t code)
{
    if (code == '"' || code == '\\') {
        unsigned char pair[2] = {'\\', (unsigned char)code};
        note(json, csvk_buf_add(json->out, pair, 2));
    } else if (code == '\n' || code == '\t' || code == '\r') {
        note(json, csvk_buf_puts(json->out, code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r"));
    } else if (csvk_code_is_hostile(code)) {
        put_code(json, code);
    } else {
        note(json, csvk_buf_add(json->out, p, n));
    }
}

/*
 * A byte that is not UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, as Python's surrogateescape
 * does: the bytes can be had back.
 */
void csvk_json_bytes(struct csvk_json *json, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    comma(json);
    note(json, csvk_buf_putc(json->out, '"'));
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        size_t n = csvk_utf8_decode(p + i, length - i, &code);
        if (n == 0) {
            put_code(json, 0xdc00u + p[i]);
            n = 1;
        } else {
            put_char(json, p + i, n, code);
        }
        i += n;
    }
    note(json, csvk_buf_putc(json->out, '"'));
}

void csvk_json_string(struct csvk_json *json, const char *text)
{
    if (text == NULL) {
        csvk_json_null(json);
    } else {
        csvk_json_bytes(json, text, strlen(text));
    }
}

void csvk_json_key(struct csvk_json *json, const char *key)
{
    csvk_json_string(json, key);
    note(json, csvk_buf_putc(json->out, ':'));
    json->need_comma = false;
}

void csvk_json_raw(struct csvk_json *json, const char *text)
{
    comma(json);
    note(json, csvk_buf_puts(json->out, text));
}

void csvk_json_uint(struct csvk_json *json, uint64_t value)
{
    comma(json);
    note(json, csvk_buf_printf(json->out, "%llu", (unsigned long long)value));
}

void csvk_json_int(struct csvk_json *json, int64_t value)
{
    comma(json);
    note(json, csvk_buf_printf(json->out, "%lld", (long long)value));
}

void csvk_json_bool(struct csvk_json *json, bool value)
{
    csvk_json_raw(json, value ? "true" : "false");
}

void csvk_json_null(struct csvk_json *json)
{
    csvk_json_raw(json, "null");
}

void csvk_json_put_string(struct csvk_json *json, const char *key, const char *text)
{
    csvk_json_key(json, key);
    csvk_json_string(json, text);
}

void csvk_json_put_uint(struct csvk_json *json, const char *key, uint64_t value)
{
    csvk_json_key(json, key);
    csvk_json_uint(json, value);
}

void csvk_json_put_bool(struct csvk_json *json, const char *key, bool value)
{
    csvk_json_key(json, key);
    csvk_json_bool(json, value);
}

void csvk_json_put_strings(struct csvk_json *json, const char *key, const struct csvk_strings *list)
{
    csvk_json_key(json, key);
    csvk_json_open(json, '[');
    for (size_t i = 0; i < list->count; i++) {
        csvk_json_string(json, list->item[i]);
    }
    csvk_json_close(json, ']');
}

/* Escaped as for a terminal first: XML 1.0 has no way to write most control bytes. */
int csvk_buf_add_xml(struct csvk_buf *buf, const char *text)
{
    struct csvk_buf plain = CSVK_BUF_INIT;
    int status = csvk_buf_add_escaped(&plain, text, strlen(text));
    for (size_t i = 0; i < plain.length && status == CSVK_OK; i++) {
        switch (plain.data[i]) {
        case '&': status = csvk_buf_puts(buf, "&amp;"); break;
        case '<': status = csvk_buf_puts(buf, "&lt;"); break;
        case '>': status = csvk_buf_puts(buf, "&gt;"); break;
        case '"': status = csvk_buf_puts(buf, "&quot;"); break;
        default: status = csvk_buf_putc(buf, plain.data[i]); break;
        }
    }
    csvk_buf_release(&plain);
    return status;
}

/*
 * A path as a URI (RFC 3986): unreserved characters and slashes stay, all other bytes are in
 * percent form. A relative path stays relative.
 */
void csvk_json_put_uri(struct csvk_json *json, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~/";
    struct csvk_buf uri = CSVK_BUF_INIT;
    int status = path[0] == '/' ? csvk_buf_puts(&uri, "file://") : CSVK_OK;
    for (; *path != '\0' && status == CSVK_OK; path++) {
        unsigned char c = (unsigned char)*path;
        status =
            strchr(plain, c) != NULL ? csvk_buf_putc(&uri, c) : csvk_buf_printf(&uri, "%%%02X", c);
    }
    json->failed |= status != CSVK_OK;
    csvk_json_put_string(json, "uri", csvk_buf_text(&uri));
    csvk_buf_release(&uri);
}
