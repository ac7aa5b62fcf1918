/*
 * pattern_classes.c - what the escapes with a letter stand for, in XML Schema and in ECMAScript.
 *
 * The categories of characters are those of a library that libcsvkit-extra lends, because they are
 * thousands of ranges. What needs none of them is here.
 */
#include "csvkit/schema/pattern_private.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic(csvk_category_fn *) category_of;

void csvk_give_categories(csvk_category_fn *category)
{
    atomic_store(&category_of, category);
}

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* XML 1.0, fifth edition: what a name begins with, but for the colon; and what else is in it. */
static const struct code_range name_begin[] = {
    {':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
static const struct code_range name_more[] = {
    {'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
static const struct code_range digits[] = {{'0', '9'}};
static const struct code_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const struct code_range xml_white[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
static const struct code_range white[] = {
    {'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};

static void add_ranges(struct code_set *set, const struct code_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        code_set_add(set, ranges[i].least, ranges[i].most);
    }
}

/* "L" is every "L?"; "LC" is letters with case. */
static bool is_in_category(const char *category, const char *name, size_t length)
{
    return category[0] == name[0] && (length == 1 || category[1] == name[1]);
}

bool pattern_add_category(struct code_set *set, const char *name, size_t length)
{
    static const char *const names[] = {"L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc",
                                        "Me", "N",  "Nd", "Nl", "No", "P",  "Pc", "Pd", "Ps",
                                        "Pe", "Pi", "Pf", "Po", "S",  "Sm", "Sc", "Sk", "So",
                                        "Z",  "Zs", "Zl", "Zp", "C",  "Cc", "Cf", "Co", "Cn"};
    csvk_category_fn *category = atomic_load(&category_of);
    bool known = false;
    for (size_t i = 0; i < COUNT(names) && !known; i++) {
        known = strlen(names[i]) == length && memcmp(names[i], name, length) == 0;
    }
    if (!known || category == NULL || category('A') == NULL) {
        return false;
    }
    for (uint32_t code = 0; code <= CODE_MOST; code++) {
        uint32_t begin = code;
        while (code <= CODE_MOST && is_in_category(category(code), name, length)) {
            code++;
        }
        if (code > begin) {
            code_set_add(set, begin, code - 1);
        }
    }
    return true;
}

/* XML Schema: all but punctuation, separators and others. */
static bool add_xml_word(struct code_set *set)
{
    struct code_set others = {0};
    bool known = pattern_add_category(&others, "P", 1) && pattern_add_category(&others, "Z", 1) &&
                 pattern_add_category(&others, "C", 1);
    code_set_negate(&others);
    code_set_add_all(set, &others);
    code_set_release(&others);
    return known;
}

static bool add_lower(struct code_set *set, char letter, bool xml, bool *supported)
{
    switch (letter) {
    case 'd':
        *supported = !xml || pattern_add_category(set, "Nd", 2);
        add_ranges(set, digits, xml ? 0 : COUNT(digits));
        return true;
    case 'w':
        *supported = !xml || add_xml_word(set);
        add_ranges(set, words, xml ? 0 : COUNT(words));
        return true;
    case 's':
        add_ranges(set, xml ? xml_white : white, xml ? COUNT(xml_white) : COUNT(white));
        return true;
    case 'i': add_ranges(set, name_begin, COUNT(name_begin)); return xml;
    case 'c':
        add_ranges(set, name_begin, COUNT(name_begin));
        add_ranges(set, name_more, COUNT(name_more));
        return xml;
    default: return false;
    }
}

bool pattern_add_class(struct code_set *set, char letter, enum csvk_pattern_flavour flavour,
                       bool *supported)
{
    bool xml = flavour == CSVK_PATTERN_XSD, upper = letter >= 'A' && letter <= 'Z';
    struct code_set own = {0};
    *supported = true;
    bool known = add_lower(&own, (char)(letter | 0x20), xml, supported);
    if (upper) {
        code_set_negate(&own);
    }
    if (known) {
        code_set_add_all(set, &own);
    }
    code_set_release(&own);
    return known;
}
