/* value_json.h - private: is a value one JSON object, or one array, and of how many members? */
#ifndef CSVKIT_SCHEMA_VALUE_JSON_H
#define CSVKIT_SCHEMA_VALUE_JSON_H

#include "csvkit/basics.h"

struct json_value {
    unsigned char kind; /* its first byte that is no blank: { [ " t f n - 0...9 */
    uint64_t members;   /* of an object or array */
    size_t bad;         /* the first byte that does not fit; the length: there is none */
};
/* RFC 8259, nothing else. Nested up to 512 levels. Memory does not grow with the text. */
struct json_value json_value_scan(const unsigned char *text, size_t length);

#endif
