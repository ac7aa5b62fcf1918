/*
 * csvw_texts.c - texts and binary values of CSVW: which characters they may have, how long they
 * are.
 */
#include "csvkit/schema/csvw_private.h"

#include <string.h>

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* In a name of XML. Every character that is not ASCII counts as one. */
static bool is_name_byte(unsigned char c)
{
    return is_letter(c) || value_is_digit(c) || c >= 0x80 ||
           (c != '\0' && strchr("_:.-", c) != NULL);
}

static bool is_name_start(unsigned char c)
{
    return is_letter(c) || c >= 0x80 || c == '_' || c == ':';
}

static uint64_t count_points(const unsigned char *text, size_t length)
{
    uint64_t points = 0;
    for (size_t i = 0; i < length; i++) {
        points += (text[i] & 0xC0) != 0x80;
    }
    return points;
}

static struct value_fault other(size_t at, const char *why)
{
    return value_bad(VALUE_OF_OTHER_TYPE, at, why);
}

static struct value_fault read_hex(const unsigned char *text, size_t length, uint64_t *bytes)
{
    for (size_t i = 0; i < length; i++) {
        bool digit = value_is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f') ||
                     (text[i] >= 'A' && text[i] <= 'F');
        if (!digit) {
            return other(i, "not a hexadecimal digit");
        }
    }
    *bytes = length / 2;
    return length % 2 == 0 ? value_good() : other(length - 1, "half a byte at the end");
}

/* Blanks may stand between the characters. */
static struct value_fault read_base64(const unsigned char *text, size_t length, uint64_t *bytes)
{
    uint64_t digits = 0, pads = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = text[i];
        bool digit = is_letter(c) || value_is_digit(c) || c == '+' || c == '/';
        if ((!digit && c != '=' && c != ' ') || (digit && pads != 0)) {
            return other(i, "not a character of base64, or not in this place");
        }
        digits += digit;
        pads += c == '=';
    }
    *bytes = digits * 6 / 8;
    bool whole = (digits + pads) % 4 == 0 && pads <= 2 && digits % 4 != 1;
    return whole ? value_good() : other(0, "characters of base64 come in groups of four");
}

/* en, de-CH, x-long-tags: parts of 1 to 8 characters. */
static struct value_fault read_language(const unsigned char *text, size_t length)
{
    size_t part = 0;
    bool first = true;
    for (size_t i = 0; i < length; i++) {
        bool good = is_letter(text[i]) || (!first && value_is_digit(text[i]));
        if (text[i] == '-' && part != 0) {
            part = 0;
            first = false;
        } else if (!good || ++part > 8) {
            return other(i, "not a language tag");
        }
    }
    return part != 0 ? value_good() : other(length != 0 ? length - 1 : 0, "not a language tag");
}

static struct value_fault read_name(const unsigned char *text, size_t length, enum csvw_base base)
{
    size_t colons = 0;
    if (length == 0 || (base != CSVW_NMTOKEN && !is_name_start(text[0]))) {
        return other(0, "not a name of XML");
    }
    for (size_t i = 0; i < length; i++) {
        colons += text[i] == ':';
        bool edge = i == 0 || i + 1 == length;
        bool bad_colon = base == CSVW_QNAME && text[i] == ':' && (edge || colons > 1);
        if (!is_name_byte(text[i]) || bad_colon) {
            return other(i, "not a name of XML");
        }
    }
    return value_good();
}

struct value_fault csvw_text_read(enum csvw_base base, const unsigned char *text, size_t length,
                                  uint64_t *count)
{
    *count = count_points(text, length);
    switch (base) {
    case CSVW_HEX: return read_hex(text, length, count);
    case CSVW_BASE64: return read_base64(text, length, count);
    case CSVW_LANGUAGE: return read_language(text, length);
    case CSVW_NAME:
    case CSVW_NMTOKEN:
    case CSVW_QNAME: return read_name(text, length, base);
    default: return value_good();
    }
}
