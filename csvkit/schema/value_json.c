/*
 * value_json.c - see value_json.h.
 *
 * The idea. One bit for each level says whether it is an object; with what is expected next that is
 * all there is to remember.
 */
#include "csvkit/schema/value_json.h"

#include <string.h>

#define LEVELS 512

struct value_json_scan {
    const unsigned char *text;
    size_t at, length, level;
    unsigned char is_object[LEVELS / 8];
    uint64_t members;
};

static int peek(const struct value_json_scan *s)
{
    return s->at < s->length ? s->text[s->at] : -1;
}

static bool take(struct value_json_scan *s, int c)
{
    bool same = peek(s) == c;
    s->at += same;
    return same;
}

static void skip_white(struct value_json_scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r') {
        s->at++;
    }
}

static bool is_hex(int c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool take_escape(struct value_json_scan *s)
{
    int c = peek(s);
    if (c == -1 || memchr("\"\\/bfnrtu", c, 9) == NULL) {
        return false;
    }
    s->at++;
    for (int i = 0; c == 'u' && i < 4; i++) {
        if (!is_hex(peek(s))) {
            return false;
        }
        s->at++;
    }
    return true;
}

static bool take_string(struct value_json_scan *s)
{
    if (!take(s, '"')) {
        return false;
    }
    while (peek(s) >= ' ' && peek(s) != '"') {
        if (take(s, '\\')) {
            if (!take_escape(s)) {
                return false;
            }
        } else {
            s->at++;
        }
    }
    return take(s, '"');
}

static bool take_digits(struct value_json_scan *s)
{
    size_t begin = s->at;
    while (peek(s) >= '0' && peek(s) <= '9') {
        s->at++;
    }
    return s->at > begin;
}

static bool take_number(struct value_json_scan *s)
{
    (void)take(s, '-');
    if (!take(s, '0') && !take_digits(s)) {
        return false;
    }
    if (take(s, '.') && !take_digits(s)) {
        return false;
    }
    if (take(s, 'e') || take(s, 'E')) {
        (void)(take(s, '+') || take(s, '-'));
        return take_digits(s);
    }
    return true;
}

static bool take_word(struct value_json_scan *s, const char *word)
{
    while (*word != '\0' && take(s, *word)) {
        word++;
    }
    return *word == '\0';
}

static bool take_simple(struct value_json_scan *s)
{
    switch (peek(s)) {
    case '"': return take_string(s);
    case 't': return take_word(s, "true");
    case 'f': return take_word(s, "false");
    case 'n': return take_word(s, "null");
    default: return take_number(s);
    }
}

static bool in_object(const struct value_json_scan *s)
{
    size_t level = s->level - 1;
    return (s->is_object[level / 8] >> (level % 8) & 1) != 0;
}

static bool open_level(struct value_json_scan *s, bool object)
{
    if (s->level == LEVELS) {
        return false;
    }
    unsigned char bit = (unsigned char)(1u << (s->level % 8));
    unsigned char *byte = &s->is_object[s->level / 8];
    *byte = (unsigned char)(object ? *byte | bit : *byte & ~bit);
    s->level++;
    s->at++;
    return true;
}

static bool take_key(struct value_json_scan *s)
{
    if (!take_string(s)) {
        return false;
    }
    skip_white(s);
    bool colon = take(s, ':');
    skip_white(s);
    return colon;
}

/* After a value: closes the levels that end, up to the next value. False: something else. */
static bool go_on(struct value_json_scan *s)
{
    for (;;) {
        skip_white(s);
        s->members += s->level == 1;
        while (s->level != 0 && take(s, in_object(s) ? '}' : ']')) {
            s->level--;
            skip_white(s);
            s->members += s->level == 1;
        }
        if (s->level == 0) {
            return true;
        }
        if (!take(s, ',')) {
            return false;
        }
        skip_white(s);
        return !in_object(s) || take_key(s);
    }
}

/* One value that is no container, or the beginning of one. */
static bool step(struct value_json_scan *s)
{
    int c = peek(s);
    if (c != '{' && c != '[') {
        return take_simple(s) && go_on(s);
    }
    if (!open_level(s, c == '{')) {
        return false;
    }
    skip_white(s);
    if (take(s, c == '{' ? '}' : ']')) {
        s->level--;
        return go_on(s);
    }
    return c == '[' || take_key(s);
}

struct json_value json_value_scan(const unsigned char *text, size_t length)
{
    struct value_json_scan s = {.text = text, .length = length};
    skip_white(&s);
    struct json_value value = {.kind = s.at < length ? text[s.at] : 0};
    bool good = s.at < length;
    do {
        good = good && step(&s);
    } while (good && s.level != 0);
    bool container = value.kind == '{' || value.kind == '[';
    value.members = container ? s.members : 0;
    value.bad = good && s.at == length ? length : s.at < length ? s.at : length - (length != 0);
    return value;
}
