/*
 * word_check.c - see word_check.h. What a character is, letter, mark, symbol, is asked of utf8proc,
 * which is loaded when it is needed; which alphabet a letter is of, by the blocks of Unicode.
 */
#include "csvkit/recognize/word_check.h"

#include "csvkit/base/hash.h"
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/json.h"

#include <string.h>
#include <utf8proc.h>

LAZY_LIBRARY("libutf8proc.so.2");

typedef utf8proc_category_t category_fn(utf8proc_int32_t code);

enum script {
    NO_SCRIPT,
    LATIN,
    GREEK,
    CYRILLIC,
    HEBREW,
    ARABIC,
    THAI,
    EAST_ASIAN,
    HALF_WIDTH,
    OTHER
};

struct character {
    uint32_t code;
    utf8proc_category_t category;
    enum script script; /* of a letter */
};

/* More of a word is taken for the next word. */
enum { WORD_MOST = 64 };
/* The largest set of words that were seen: a power of two, and how full it may get. */
enum { SET_SLOTS = 8192, SET_MOST = 4096 };

struct word_pass {
    category_fn *category;
    uint64_t *seen; /* hashes; 0: free */
    size_t slots;
    struct character word[WORD_MOST];
    uint32_t code[WORD_MOST]; /* the same characters */
    size_t length;
    bool beyond_ascii; /* the word has a character above 7F */
    struct word_counts counts;
};

/* ---- characters ---- */

static enum script script_of(uint32_t code)
{
    static const struct {
        uint32_t last;
        enum script script;
    } blocks[] = {
        {0x024f, LATIN},      {0x036f, OTHER},       {0x03ff, GREEK},      {0x052f, CYRILLIC},
        {0x058f, OTHER},      {0x05ff, HEBREW},      {0x06ff, ARABIC},     {0x074f, OTHER},
        {0x077f, ARABIC},     {0x0dff, OTHER},       {0x0e7f, THAI},       {0x10ff, OTHER},
        {0x11ff, EAST_ASIAN}, {0x1dff, OTHER},       {0x1eff, LATIN},      {0x1fff, GREEK},
        {0x2dff, OTHER},      {0x9fff, EAST_ASIAN},  {0xabff, OTHER},      {0xd7ff, EAST_ASIAN},
        {0xf8ff, OTHER},      {0xfaff, EAST_ASIAN},  {0xfb4f, HEBREW},     {0xfdff, ARABIC},
        {0xfe6f, OTHER},      {0xfeff, ARABIC},      {0xff5f, EAST_ASIAN}, {0xffdf, HALF_WIDTH},
        {0x1ffff, OTHER},     {0x3ffff, EAST_ASIAN},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (code <= blocks[i].last) {
            return blocks[i].script;
        }
    }
    return OTHER;
}

static bool is_letter(const struct character *c)
{
    return c->category >= UTF8PROC_CATEGORY_LU && c->category <= UTF8PROC_CATEGORY_LO;
}

static bool is_mark(const struct character *c)
{
    return c->category >= UTF8PROC_CATEGORY_MN && c->category <= UTF8PROC_CATEGORY_ME;
}

static bool is_punctuation(const struct character *c)
{
    return (c->category >= UTF8PROC_CATEGORY_PC && c->category <= UTF8PROC_CATEGORY_PO) ||
           c->category == UTF8PROC_CATEGORY_ZS;
}

static bool is_upper(const struct character *c)
{
    return c != NULL && c->category == UTF8PROC_CATEGORY_LU;
}

/* Sharp s has no capital in use, and dotless i has one that is ASCII: both stand among capitals. */
static bool is_lower(const struct character *c)
{
    return c != NULL && c->category == UTF8PROC_CATEGORY_LL && c->code != 0xdf && c->code != 0x131;
}

static bool is_one_of(uint32_t code, const uint32_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == code) {
            return true;
        }
    }
    return false;
}

/* Signs that stand beside a word: currencies, degrees, ordinals, fractions, quotes, dashes. */
static bool may_stand_beside(uint32_t code)
{
    static const uint32_t signs[] = {
        0xa1,   0xa3,   0xa5,   0xa7,   0xa9,   0xaa,   0xab,   0xae,   0xb0,   0xb2,
        0xb3,   0xb5,   0xb7,   0xb9,   0xba,   0xbb,   0xbc,   0xbd,   0xbe,   0xbf,
        0x2013, 0x2014, 0x2018, 0x2019, 0x201a, 0x201c, 0x201d, 0x201e, 0x2020, 0x2022,
        0x2026, 0x2030, 0x2032, 0x2033, 0x2039, 0x203a, 0x20ac, 0x2116, 0x2122,
    };
    return is_one_of(code, signs, sizeof signs / sizeof signs[0]);
}

/* An apostrophe, a hyphen, a middle dot, a multiplication sign, joiners and marks of direction. */
static bool may_stand_inside(uint32_t code)
{
    static const uint32_t signs[] = {0xb7,   0xd7,   0x200c, 0x200d, 0x200e,
                                     0x200f, 0x2010, 0x2011, 0x2018, 0x2019};
    return is_one_of(code, signs, sizeof signs / sizeof signs[0]);
}

/* ---- words ---- */

/* A capital after a small letter, or before one inside of a word; a small letter among capitals. */
static bool has_odd_case(const struct character *before, const struct character *c,
                         const struct character *after)
{
    bool upper = is_upper(before), lower = is_lower(before);
    if (is_upper(c)) {
        return lower || (upper && is_lower(after));
    }
    return is_lower(c) && upper && is_upper(after);
}

/* Five letters of Hebrew have a form of their own at the end of a word. */
static bool is_final_form_inside(const struct character *c, const struct character *after)
{
    static const uint32_t finals[] = {0x05da, 0x05dd, 0x05df, 0x05e3, 0x05e5};
    return after != NULL && after->script == HEBREW &&
           is_one_of(c->code, finals, sizeof finals / sizeof finals[0]);
}

/* Two bytes of Latin text that make one character of East Asia: Latin letters stand on both sides.
 */
static bool is_alone_in_latin(const struct character *before, const struct character *c,
                              const struct character *after)
{
    return c->script == EAST_ASIAN && before != NULL && before->script == LATIN && after != NULL &&
           after->script == LATIN;
}

static bool is_odd_letter(const struct character *before, const struct character *c,
                          const struct character *after)
{
    return has_odd_case(before, c, after) || is_final_form_inside(c, after) ||
           is_alone_in_latin(before, c, after);
}

static bool is_odd_sign(const struct character *before, const struct character *c,
                        const struct character *after)
{
    bool left = before != NULL && is_letter(before), right = after != NULL && is_letter(after);
    bool east = (left && before->script == EAST_ASIAN) || (right && after->script == EAST_ASIAN);
    if (east) {
        return false;
    }
    if (left && right) {
        return !may_stand_inside(c->code);
    }
    if (left || right) {
        return !may_stand_beside(c->code) && !may_stand_inside(c->code) && !is_punctuation(c);
    }
    return c->code >= 0x2500 && c->code < 0x25ff; /* lines and blocks that draw boxes */
}

/* Alphabets do not mix within a word, but for those of East Asia. */
static bool mixes_scripts(const struct word_pass *pass)
{
    enum script only = NO_SCRIPT;
    bool east = false, half = false;
    for (size_t i = 0; i < pass->length; i++) {
        enum script script = pass->word[i].script;
        half |= script == HALF_WIDTH;
        east |= script == EAST_ASIAN;
        if (script == NO_SCRIPT || script == EAST_ASIAN) {
            continue;
        }
        if (script == OTHER || (only != NO_SCRIPT && only != script)) {
            return true;
        }
        only = script;
    }
    return half && east;
}

static bool is_odd(const struct word_pass *pass)
{
    for (size_t i = 0; i < pass->length; i++) {
        const struct character *c = &pass->word[i];
        const struct character *before = i > 0 ? c - 1 : NULL;
        const struct character *after = i + 1 < pass->length ? c + 1 : NULL;
        if (c->code < 0x80 || is_mark(c)) {
            continue;
        }
        if (is_letter(c) ? is_odd_letter(before, c, after) : is_odd_sign(before, c, after)) {
            return true;
        }
    }
    return mixes_scripts(pass);
}

static bool is_written_in(const struct word_pass *pass, enum script script, enum script or)
{
    for (size_t i = 0; i < pass->length; i++) {
        enum script is = pass->word[i].script;
        if (is != script && is != or &&is != NO_SCRIPT) {
            return false;
        }
    }
    return true;
}

/* Whether the word is new. */
static bool add_word(struct word_pass *pass)
{
    uint64_t hash =
        csvk_hash((const unsigned char *)pass->code, pass->length * sizeof pass->code[0], 0);
    hash += hash == 0;
    for (size_t at = hash % pass->slots;; at = (at + 1) % pass->slots) {
        if (pass->seen[at] == hash) {
            return false;
        }
        if (pass->seen[at] == 0) {
            pass->seen[at] = hash;
            return true;
        }
    }
}

static void end_word(struct word_pass *pass)
{
    if (pass->beyond_ascii && pass->counts.words < SET_MOST && add_word(pass)) {
        pass->counts.words++;
        pass->counts.odd += is_odd(pass);
        pass->counts.latin += is_written_in(pass, LATIN, LATIN);
        pass->counts.cased += is_written_in(pass, GREEK, CYRILLIC);
    }
    pass->length = 0;
    pass->beyond_ascii = false;
}

static bool is_ascii_letter(uint32_t code)
{
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
}

static void take_character(struct word_pass *pass, uint32_t code)
{
    enum { NO_BREAK_SPACE = 0xa0 };
    if (code == NO_BREAK_SPACE || (code < 0x80 && !is_ascii_letter(code))) {
        end_word(pass);
        return;
    }
    utf8proc_category_t category = pass->category((utf8proc_int32_t)code);
    struct character c = {code, category, NO_SCRIPT};
    if (is_letter(&c)) {
        bool ordinal = code == 0xaa || code == 0xba; /* they belong to no word's alphabet */
        c.script = ordinal ? NO_SCRIPT : script_of(code);
    }
    pass->counts.no_text |= category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CN ||
                            category == UTF8PROC_CATEGORY_CO || category == UTF8PROC_CATEGORY_CS;
    if (pass->length == WORD_MOST) {
        end_word(pass);
    }
    pass->code[pass->length] = code;
    pass->word[pass->length++] = c;
    pass->beyond_ascii |= code >= 0x80;
}

/* A short text has fewer words, half as many as bytes at most: and the set is half full at most. */
static size_t slots_for(size_t length)
{
    size_t slots = 64;
    while (slots < length && slots < SET_SLOTS) {
        slots *= 2;
    }
    return slots;
}

int csvk_count_words(struct csvk_bytes text, struct word_counts *out)
{
    FORWARD(category_fn * call, "utf8proc_category");
    if (to.object == NULL) {
        return CSVK_EIO;
    }
    struct word_pass pass = {.category = to.call, .slots = slots_for(text.len)};
    pass.seen = csvk_calloc(pass.slots, sizeof *pass.seen);
    if (pass.seen == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < text.len && !pass.counts.no_text;) {
        uint32_t code;
        size_t n = csvk_utf8_decode(text.ptr + i, text.len - i, &code);
        if (n == 0) {
            break;
        }
        take_character(&pass, code);
        i += n;
    }
    end_word(&pass);
    csvk_free(pass.seen);
    *out = pass.counts;
    return CSVK_OK;
}
