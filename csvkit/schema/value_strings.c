/*
 * value_strings.c - the formats of texts in a Table Schema: email, uri, uuid, binary; and points on
 * the earth. Each function returns the first byte that does not fit, or the length.
 */
#include "csvkit/schema/value_private.h"

#include "csvkit/schema/value_json.h"

#include <string.h>

static bool is_letter(unsigned char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_one_of(unsigned char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_hex(unsigned char c)
{
    return value_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* The last byte, for what ends too early. */
static size_t too_short(size_t length)
{
    return length != 0 ? length - 1 : 0;
}

/* ---- email ----------------------------------------------------------------------------------- */

/* Parts between single dots, none of them empty. */
static size_t dotted(const unsigned char *text, size_t begin, size_t end, bool host)
{
    size_t part = begin;
    for (size_t i = begin; i < end; i++) {
        unsigned char c = text[i];
        bool dot = c == '.';
        bool fits = is_letter(c) || value_is_digit(c) || c >= 0x80 ||
                    (host ? c == '-' && i > part && i + 1 < end && text[i + 1] != '.'
                          : is_one_of(c, "!#$%&'*+/=?^_`{|}~-"));
        if (dot ? i == part : !fits) {
            return i;
        }
        part = dot ? i + 1 : part;
    }
    return part == end ? (end > begin ? end - 1 : end) : SIZE_MAX;
}

/* A dot-atom of RFC 5322, and the name of a host. */
size_t value_email_end(const unsigned char *text, size_t length)
{
    const unsigned char *at = memchr(text, '@', length);
    if (at == NULL) {
        return too_short(length);
    }
    size_t local = (size_t)(at - text), bad = dotted(text, 0, local, false);
    bad = bad == SIZE_MAX ? dotted(text, local + 1, length, true) : bad;
    return bad == SIZE_MAX ? length : bad < length ? bad : too_short(length);
}

/* ---- uri ------------------------------------------------------------------------------------- */

/* RFC 3986: a scheme, a colon, and bytes that may stand in one. */
size_t value_uri_end(const unsigned char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (is_letter(text[i]) ||
                          (i != 0 && (value_is_digit(text[i]) || is_one_of(text[i], "+-."))))) {
        i++;
    }
    if (i == 0 || i == length || text[i] != ':') {
        return i < length ? i : too_short(length);
    }
    bool fragment = false;
    for (i++; i < length; i++) {
        unsigned char c = text[i];
        bool fits = is_letter(c) || value_is_digit(c) || is_one_of(c, "-._~:/?@!$&'()*+,;=[]");
        if (c == '%') {
            fits = length - i > 2 && is_hex(text[i + 1]) && is_hex(text[i + 2]);
        } else if (c == '#') {
            fits = !fragment;
            fragment = true;
        }
        if (!fits) {
            return i;
        }
    }
    return text[length - 1] == ':' ? length - 1 : length;
}

/* ---- uuid, binary ---------------------------------------------------------------------------- */

size_t value_uuid_end(const unsigned char *text, size_t length)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    while (i < length && i < sizeof form - 1 &&
           (form[i] == 'x' ? is_hex(text[i]) : text[i] == '-')) {
        i++;
    }
    return i == sizeof form - 1 || i < length ? i : too_short(length);
}

/* Base64 with its padding, RFC 4648. `decoded`: bytes. */
size_t value_base64_end(const unsigned char *text, size_t length, uint64_t *decoded)
{
    size_t i = 0, padding = 0;
    while (i < length &&
           (is_letter(text[i]) || value_is_digit(text[i]) || text[i] == '+' || text[i] == '/')) {
        i++;
    }
    while (i < length && padding < 2 && text[i] == '=') {
        i++;
        padding++;
    }
    *decoded = length / 4 * 3 - padding;
    return i == length && length % 4 != 0 ? too_short(length) : i;
}

/* ---- points on the earth --------------------------------------------------------------------- */

static size_t skip_blanks(const unsigned char *text, size_t at, size_t end)
{
    while (at < end && is_one_of(text[at], " \t\r\n")) {
        at++;
    }
    return at;
}

/* A number between -limit and limit. Returns the byte after it; 0: there is none. */
static size_t take_degrees(const unsigned char *text, size_t at, size_t end, const char *limit,
                           bool *within)
{
    size_t begin = at;
    while (at < end && (value_is_digit(text[at]) || is_one_of(text[at], "+-.eE"))) {
        at++;
    }
    struct csvk_bytes number = {text + begin, at - begin};
    if (number.len == 0 || value_number_bad(number.ptr, number.len) != number.len) {
        return 0;
    }
    bool minus = number.ptr[0] == '-';
    number.ptr += minus;
    number.len -= minus;
    struct csvk_bytes most = {(const unsigned char *)limit, strlen(limit)};
    *within = value_compare_numbers(number, most) <= 0;
    return at;
}

static struct value_fault not_a_point(size_t at)
{
    return value_bad(VALUE_OF_OTHER_TYPE, at, NULL);
}

static struct value_fault outside(size_t at, bool latitude)
{
    return value_bad(VALUE_OUT_OF_RANGE, at,
                     latitude ? "a latitude is from -90 to 90" : "a longitude is from -180 to 180");
}

/* Two numbers with a comma between them, from `at` to `end`. */
static struct value_fault judge_pair(const unsigned char *text, size_t at, size_t end)
{
    bool east, north;
    size_t begin = at = skip_blanks(text, at, end);
    size_t after = take_degrees(text, at, end, "180", &east);
    if (after == 0) {
        return not_a_point(at < end ? at : too_short(end));
    }
    after = skip_blanks(text, after, end);
    if (after == end || text[after] != ',') {
        return not_a_point(after < end ? after : too_short(end));
    }
    at = skip_blanks(text, after + 1, end);
    after = take_degrees(text, at, end, "90", &north);
    if (after == 0 || skip_blanks(text, after, end) != end) {
        return not_a_point(after != 0 ? skip_blanks(text, after, end)
                           : at < end ? at
                                      : too_short(end));
    }
    return !east ? outside(begin, false) : !north ? outside(at, true) : value_good();
}

/* {"lon": 1, "lat": 2}, in any order. */
static struct value_fault judge_point_object(const unsigned char *text, size_t length)
{
    static const char *const keys[] = {"\"lon\"", "\"lat\""};
    bool seen[2] = {false, false};
    size_t at = skip_blanks(text, 0, length) + 1;
    for (int n = 0; n < 2; n++) {
        at = skip_blanks(text, at, length);
        size_t which = length - at > 5 && memcmp(text + at, keys[1], 5) == 0;
        if (length - at < 5 || memcmp(text + at, keys[which], 5) != 0 || seen[which]) {
            return not_a_point(at < length ? at : too_short(length));
        }
        seen[which] = true;
        at = skip_blanks(text, skip_blanks(text, at + 5, length) + 1, length);
        bool within = true;
        size_t after = take_degrees(text, at, length, which == 1 ? "90" : "180", &within);
        if (after == 0 || !within) {
            return after == 0 ? not_a_point(at) : outside(at, which == 1);
        }
        at = skip_blanks(text, after, length) + (n == 0);
    }
    return value_good();
}

struct value_fault judge_table_geopoint(const struct value_check *check, const unsigned char *text,
                                        size_t length)
{
    if (check->format == VALUE_FORMAT_DEFAULT) {
        return judge_pair(text, 0, length);
    }
    bool object = check->format == VALUE_FORMAT_OBJECT;
    struct json_value json = json_value_scan(text, length);
    if (json.bad != length || json.kind != (object ? '{' : '[') || json.members != 2) {
        return not_a_point(json.bad < length ? json.bad : 0);
    }
    if (object) {
        return judge_point_object(text, length);
    }
    size_t begin = skip_blanks(text, 0, length) + 1, end = length;
    while (text[end - 1] != ']') {
        end--;
    }
    return judge_pair(text, begin, end - 1);
}
