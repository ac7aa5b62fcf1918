/*
 * json.h - writes JSON (RFC 8259) to a buffer, piece by piece; and texts that are safe to show.
 *
 * Why a stream: a report of a million findings must not become a tree of a million nodes first.
 * JSON is read with cJSON, not here.
 *
 * How to use it: csvk_json_init, then open, key, value and close in the order of the text. The
 * writer puts the commas. The caller sees to it that brackets match and that a key comes before
 * every value in an object.
 *
 * Strings may have any bytes. Well-formed UTF-8 is written as it is, except that these are escaped:
 * quotes, backslashes, control characters (C0, DEL, C1), U+2028, U+2029, U+FEFF and bidirectional
 * controls. A byte that is not UTF-8 is written as the lone surrogate \udcXX, so that names of any
 * bytes survive (Python's "surrogateescape").
 *
 * The csvk_json_ functions return nothing. When memory runs out they set `failed`, which stays set:
 * look at it once, at the end. The writer owns nothing, so there is nothing to release.
 */
#ifndef CSVKIT_JSON_H
#define CSVKIT_JSON_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_json {
    struct csvk_buf *out; /* borrowed; what is written is appended */
    bool need_comma;      /* the writer's own: a value was written here already */
    bool failed;          /* memory ran out: what is in `out` is not complete */
};

/* Begins a text. `out` is borrowed and must live as long as `json` is used. */
CSVK_API void csvk_json_init(struct csvk_json *json, struct csvk_buf *out);
/* Opens an object ('{') or an array ('['). */
CSVK_API void csvk_json_open(struct csvk_json *json, char bracket);
/* Closes it ('}' or ']'). */
CSVK_API void csvk_json_close(struct csvk_json *json, char bracket);
/* The key of the value that comes next. NUL-terminated. */
CSVK_API void csvk_json_key(struct csvk_json *json, const char *key);
/* A string, NUL-terminated; NULL gives null. */
CSVK_API void csvk_json_string(struct csvk_json *json, const char *text);
/* A string of `length` bytes, which may have NUL in it. */
CSVK_API void csvk_json_bytes(struct csvk_json *json, const void *bytes, size_t length);
/* Numbers, true or false, and null. */
CSVK_API void csvk_json_uint(struct csvk_json *json, uint64_t value);
CSVK_API void csvk_json_int(struct csvk_json *json, int64_t value);
CSVK_API void csvk_json_bool(struct csvk_json *json, bool value);
CSVK_API void csvk_json_null(struct csvk_json *json);
/* A value that is JSON already. It is not checked. */
CSVK_API void csvk_json_raw(struct csvk_json *json, const char *text);

/* A key and its value in one call. */
CSVK_API void csvk_json_put_string(struct csvk_json *json, const char *key, const char *text);
CSVK_API void csvk_json_put_uint(struct csvk_json *json, const char *key, uint64_t value);
CSVK_API void csvk_json_put_bool(struct csvk_json *json, const char *key, bool value);
CSVK_API void csvk_json_put_strings(struct csvk_json *json, const char *key,
                                    const struct csvk_strings *list);

/*
 * The key "uri" and a path as a URI reference (RFC 3986): all bytes except unreserved characters
 * (section 2.3) and '/' are percent-encoded. "file://" comes before a path that begins with '/'.
 */
CSVK_API void csvk_json_put_uri(struct csvk_json *json, const char *path);

/*
 * Returns the length in bytes (1 to 4) of the well-formed UTF-8 sequence (Unicode table 3-7) that
 * begins at `bytes`, and sets *code to its code point. Returns 0 when there is none; *code is then
 * left alone. `length` says how many bytes may be read, at least 1. Any thread.
 */
CSVK_API size_t csvk_utf8_decode(const unsigned char *bytes, size_t length, uint32_t *code);
/*
 * True for code points that must never reach a terminal: control characters (C0, DEL, C1),
 * bidirectional controls, U+2028, U+2029 and U+FEFF. Any thread.
 */
CSVK_API bool csvk_code_is_hostile(uint32_t code);
/*
 * Appends bytes of data or file names in a form that a person can read and no terminal obeys. TAB,
 * CR and LF become \t, \r and \n; other control bytes and bytes that are not UTF-8 become \xHH;
 * the other code points of csvk_code_is_hostile become \u{XXXX}. CSVK_ENOMEM; a part may have been
 * appended then.
 */
CSVK_API int csvk_buf_add_escaped(struct csvk_buf *buf, const void *bytes,
                                  size_t length) CSVK_MUST_USE;
/*
 * Appends a NUL-terminated text as content or attribute of XML 1.0. XML cannot express control
 * characters, so the text is escaped as by csvk_buf_add_escaped first. CSVK_ENOMEM; a part may have
 * been appended then.
 */
CSVK_API int csvk_buf_add_xml(struct csvk_buf *buf, const char *text) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
