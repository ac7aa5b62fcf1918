/*
 * json.h - writing JSON as a stream into a buffer. A million findings must not become a tree of a
 * million nodes, so reports are emitted, not built. Reading JSON is cJSON's work, not ours.
 *
 * The writer puts the commas. Strings are bytes: well-formed UTF-8 goes out as it is (C0, DEL and
 * C1 controls, U+2028/2029 and bidirectional controls escaped), a byte that is not UTF-8 goes out
 * as the lone surrogate \udcXX, so that names of any bytes survive (Python's "surrogateescape").
 * Failures (memory) are sticky: look at `failed` once, at the end.
 */
#ifndef CSVKIT_JSON_H
#define CSVKIT_JSON_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct csvk_json {
    struct csvk_buf *out; /* borrowed */
    bool need_comma;
    bool failed;
};

CSVK_API void csvk_json_init(struct csvk_json *json, struct csvk_buf *out);
CSVK_API void csvk_json_open(struct csvk_json *json, char bracket);  /* '{' or '[' */
CSVK_API void csvk_json_close(struct csvk_json *json, char bracket); /* '}' or ']' */
CSVK_API void csvk_json_key(struct csvk_json *json, const char *key);
CSVK_API void csvk_json_string(struct csvk_json *json, const char *text); /* NULL: null */
CSVK_API void csvk_json_bytes(struct csvk_json *json, const void *bytes, size_t length);
CSVK_API void csvk_json_uint(struct csvk_json *json, uint64_t value);
CSVK_API void csvk_json_int(struct csvk_json *json, int64_t value);
CSVK_API void csvk_json_bool(struct csvk_json *json, bool value);
CSVK_API void csvk_json_null(struct csvk_json *json);
CSVK_API void csvk_json_raw(struct csvk_json *json, const char *text); /* a finished value */

/* key + value in one call */
CSVK_API void csvk_json_put_string(struct csvk_json *json, const char *key, const char *text);
CSVK_API void csvk_json_put_uint(struct csvk_json *json, const char *key, uint64_t value);
CSVK_API void csvk_json_put_bool(struct csvk_json *json, const char *key, bool value);
CSVK_API void csvk_json_put_strings(struct csvk_json *json, const char *key,
                                    const struct csvk_strings *list);

/* "uri": a path as a URI reference, all but unreserved characters and '/' percent-encoded. */
CSVK_API void csvk_json_put_uri(struct csvk_json *json, const char *path);

/*
 * Length (1..4) of the well-formed UTF-8 sequence at `bytes` (Unicode table 3-7) and its code point
 * in *code; 0 when there is none. `length` >= 1.
 */
CSVK_API size_t csvk_utf8_decode(const unsigned char *bytes, size_t length, uint32_t *code);
/* True for code points that must never reach a terminal: C0, DEL, C1, bidi, 2028/2029, FEFF. */
CSVK_API bool csvk_code_is_hostile(uint32_t code);
/* Appends bytes of data or file names so that a person can read them and no terminal obeys them:
   control bytes as \xHH (\t \r \n short), hostile code points as \u{XXXX}. */
CSVK_API int csvk_buf_add_escaped(struct csvk_buf *buf, const void *bytes,
                                  size_t length) CSVK_MUST_USE;
/* Appends text for XML content or an attribute. XML 1.0 cannot write control characters: escaped
   for people first, as above. */
CSVK_API int csvk_buf_add_xml(struct csvk_buf *buf, const char *text) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
