/*
 * texts.h - private: short texts put together by hand. A dirty file has some for every record, and
 * printf would take as long as the decision.
 */
#ifndef CSVKIT_NORMALIZE_TEXTS_H
#define CSVKIT_NORMALIZE_TEXTS_H

#include "csvkit/normalize/bits.h"

#include <stddef.h>
#include <string.h>

/* Ends with NUL at any time; what finds no room is cut off. */
struct norm_text {
    char *to;
    size_t length, room; /* room: 1 byte at least */
};

static inline struct norm_text norm_text_begin(char *to, size_t room)
{
    to[0] = '\0';
    return (struct norm_text){to, 0, room};
}

static inline void norm_text_bytes(struct norm_text *text, const char *bytes, size_t length)
{
    size_t left = text->room - 1 - text->length;
    length = length < left ? length : left;
    memcpy(text->to + text->length, bytes, length);
    text->length += length;
    text->to[text->length] = '\0';
}

static inline void norm_text_add(struct norm_text *text, const char *more)
{
    norm_text_bytes(text, more, strlen(more));
}

static inline void norm_text_number(struct norm_text *text, uint64_t number)
{
    char digits[20], *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    norm_text_bytes(text, first, (size_t)(digits + sizeof digits - first));
}

/* As printf writes the number of bits with "%.1f": a half goes to the even digit. */
static inline void norm_text_bits(struct norm_text *text, int parts)
{
    uint64_t tenths = (uint64_t)(parts < 0 ? -(int64_t)parts : parts) * 10,
             rest = tenths % NORM_BIT;
    tenths /= NORM_BIT;
    tenths += 2 * rest > NORM_BIT || (2 * rest == NORM_BIT && tenths % 2 == 1);
    if (parts < 0) {
        norm_text_add(text, "-");
    }
    norm_text_number(text, tenths / 10);
    norm_text_add(text, ".");
    norm_text_number(text, tenths % 10);
}

#endif
