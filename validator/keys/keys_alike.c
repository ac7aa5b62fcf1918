/* keys_alike.c - see keys_alike.h. */
#include "validator/keys/keys_alike.h"

#include "csvkit/base/hash.h"

#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* ---- keys that are their own form ---- */

/* The highest bit of each byte that is a capital letter of ASCII; no byte is above 0x7f. */
static inline uint64_t capitals(uint64_t eight)
{
    uint64_t from_a = eight + EACH(0x80 - 'A'), after_z = eight + EACH(0x7f - 'Z');
    return from_a & ~after_z & EACH(0x80);
}

/* Is a byte of the eight a capital letter, a blank or control character, or not ASCII? */
static inline bool eight_may_change(uint64_t eight)
{
    uint64_t low = eight & EACH(0x7f), after_blank = low + EACH(0x7f - ' ');
    return (((eight | ~after_blank) & EACH(0x80)) | capitals(low)) != 0;
}

/* Reads that overlap cover every length. */
static inline bool may_change(struct csvk_bytes key)
{
    if (key.len >= 8) {
        bool found = eight_may_change(csvk_hash_read8(key.ptr + key.len - 8));
        for (size_t at = 0; at + 8 < key.len && !found; at += 8) {
            found = eight_may_change(csvk_hash_read8(key.ptr + at));
        }
        return found;
    }
    if (key.len >= 4) {
        uint64_t low = csvk_hash_read4(key.ptr), high = csvk_hash_read4(key.ptr + key.len - 4);
        return eight_may_change(high << 32 | low);
    }
    uint64_t eight = EACH('0');
    for (size_t i = 0; i < key.len; i++) {
        eight = eight << 8 | key.ptr[i];
    }
    return eight_may_change(eight);
}

/* ---- one value ---- */

/* The small letter for a character of two bytes; the character itself when it has none here. */
static unsigned small(unsigned c)
{
    bool even = (c & 1) == 0;
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F)) {
        return c + 0x20;
    }
    if (c >= 0x400 && c <= 0x40F) {
        return c + 0x50;
    }
    if ((c >= 0x100 && c <= 0x137 && c != 0x130 && even) || (c >= 0x14A && c <= 0x177 && even) ||
        (c >= 0x139 && c <= 0x148 && !even) || (c >= 0x179 && c <= 0x17E && !even)) {
        return c + 1;
    }
    return c;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* How many bytes the blank has that the value begins with; 0: none. */
static size_t blank_at_start(struct csvk_bytes value)
{
    if (value.len != 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
        return 1;
    }
    return value.len >= 2 && memcmp(value.ptr, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

static size_t blank_at_end(struct csvk_bytes value)
{
    if (value.len != 0 && (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t')) {
        return 1;
    }
    return value.len >= 2 && memcmp(value.ptr + value.len - 2, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

static struct csvk_bytes trim(struct csvk_bytes value)
{
    for (size_t n = 1; value.len != 0 && n != 0;) {
        unsigned char first = value.ptr[0];
        n = first <= ' ' || first == 0xC2 ? blank_at_start(value) : 0;
        value.ptr += n;
        value.len -= n;
    }
    for (size_t n = 1; value.len != 0 && n != 0;) {
        unsigned char last = value.ptr[value.len - 1];
        n = last <= ' ' || last == 0xA0 ? blank_at_end(value) : 0;
        value.len -= n;
    }
    return value;
}

/* Writes one character in small letters; returns how many bytes it has. */
static size_t put_small_one(unsigned char *to, struct csvk_bytes rest)
{
    unsigned char byte = rest.ptr[0];
    if (byte >= 0xC3 && byte <= 0xD0 && rest.len > 1 && is_continuation(rest.ptr[1])) {
        unsigned c = small((byte & 0x1Fu) << 6 | (rest.ptr[1] & 0x3Fu));
        to[0] = (unsigned char)(0xC0 | c >> 6);
        to[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    to[0] = byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + ('a' - 'A')) : byte;
    return 1;
}

static unsigned char *put_small_each(unsigned char *to, struct csvk_bytes rest)
{
    while (rest.len != 0) {
        size_t done = put_small_one(to, rest);
        to += done;
        rest.ptr += done;
        rest.len -= done;
    }
    return to;
}

/* Eight bytes of ASCII in small letters: 0x20 makes a letter small. */
static inline uint64_t small_eight(uint64_t eight)
{
    return eight | capitals(eight) >> 2;
}

/* Writes the value, which was trimmed, in small letters; the length stays. Reads and writes that
   overlap cover every length. */
static unsigned char *put_small(unsigned char *to, struct csvk_bytes value)
{
    const unsigned char *from = value.ptr;
    const size_t length = value.len;
    uint64_t eight, other = 0;
    if (length >= 8) {
        for (size_t at = 0; at + 8 < length; at += 8) {
            eight = csvk_hash_read8(from + at);
            other |= eight;
            eight = small_eight(eight);
            memcpy(to + at, &eight, 8);
        }
        eight = csvk_hash_read8(from + length - 8);
        other |= eight;
        eight = small_eight(eight);
        memcpy(to + length - 8, &eight, 8);
    } else if (length >= 4) {
        other = (uint64_t)csvk_hash_read4(from + length - 4) << 32 | csvk_hash_read4(from);
        eight = small_eight(other);
        uint32_t first = (uint32_t)eight, last = (uint32_t)(eight >> 32);
        memcpy(to, &first, 4);
        memcpy(to + length - 4, &last, 4);
    } else {
        return put_small_each(to, value);
    }
    return (other & EACH(0x80)) == 0 ? to + length : put_small_each(to, value);
}

/* ---- a key ---- */

unsigned char *csvk_key_put_length(unsigned char *to, size_t length)
{
    for (; length >= 0x80; length >>= 7) {
        *to++ = (unsigned char)(length | 0x80);
    }
    *to++ = (unsigned char)length;
    return to;
}

static size_t take_length(struct csvk_bytes *rest)
{
    size_t length = 0;
    for (unsigned shift = 0; rest->len != 0; shift += 7) {
        unsigned char byte = *rest->ptr++;
        rest->len--;
        length |= (size_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return length < rest->len ? length : rest->len;
}

static struct csvk_bytes take(struct csvk_bytes *rest, size_t length)
{
    struct csvk_bytes value = {rest->ptr, length};
    rest->ptr += length;
    rest->len -= length;
    return value;
}

/* As many separators as there are values come first when a value holds one. */
static bool has_lengths(const struct csvk_alike *alike, struct csvk_bytes key)
{
    size_t n = 0;
    while (n < key.len && n < alike->columns && key.ptr[n] == alike->separator) {
        n++;
    }
    return alike->columns > 1 && n == alike->columns;
}

static unsigned char *put_with_lengths(const struct csvk_alike *alike, struct csvk_bytes rest,
                                       unsigned char *to)
{
    struct csvk_bytes marks = take(&rest, alike->columns);
    memcpy(to, marks.ptr, marks.len);
    to += marks.len;
    for (size_t i = 1; i < alike->columns; i++) {
        size_t length = take_length(&rest);
        struct csvk_bytes value = trim(take(&rest, length));
        to = put_small(csvk_key_put_length(to, value.len), value);
    }
    return put_small(to, trim(rest));
}

static unsigned char *put_separated(const struct csvk_alike *alike, struct csvk_bytes rest,
                                    unsigned char *to)
{
    for (size_t i = 1; i < alike->columns && rest.len != 0; i++) {
        const unsigned char *end = memchr(rest.ptr, alike->separator, rest.len);
        struct csvk_bytes value = take(&rest, end != NULL ? (size_t)(end - rest.ptr) : rest.len);
        to = put_small(to, trim(value));
        if (end != NULL) {
            *to++ = alike->separator;
            take(&rest, 1);
        }
    }
    return put_small(to, trim(rest));
}

struct csvk_bytes csvk_alike_form(const struct csvk_alike *alike, struct csvk_bytes key,
                                  unsigned char *room)
{
    if (!may_change(key)) {
        return key;
    }
    const unsigned char *end = has_lengths(alike, key) ? put_with_lengths(alike, key, room)
                                                       : put_separated(alike, key, room);
    return (struct csvk_bytes){room, (size_t)(end - room)};
}
