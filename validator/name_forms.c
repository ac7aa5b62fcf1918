/*
 * name_forms.c - names of columns as a person sees them: header-invisible-char.
 *
 * Two things are told. A name holds a character that cannot be seen: one of no width, one that
 * turns the direction of the text, a space that is not the ordinary one. And a name looks like
 * another, because they differ only by such characters, or in how their accents are written (as one
 * character, or as a letter and a mark: Unicode Standard Annex 15). Names are compared by a form in
 * which neither matters.
 *
 * The joiners U+200C and U+200D belong to the spelling of many languages and to pictures made of
 * several; between characters beyond Latin they are told only when they make the difference.
 */
#include "validator/judge.h"

#include "csvkit/base/unicode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum seen_as { SEEN, NO_WIDTH, DIRECTION, NO_BREAK, WIDE_SPACE, JOINER };

/* The characters that cannot be seen, in order. The default-ignorable ones of Unicode that occur in
   text, and spaces. */
static const struct {
    uint32_t first, last;
    enum seen_as seen;
} unseen[] = {
    {0x00A0, 0x00A0, NO_BREAK},   {0x00AD, 0x00AD, NO_WIDTH},   {0x034F, 0x034F, NO_WIDTH},
    {0x061C, 0x061C, DIRECTION},  {0x115F, 0x1160, NO_WIDTH},   {0x17B4, 0x17B5, NO_WIDTH},
    {0x180B, 0x180F, NO_WIDTH},   {0x2000, 0x2006, WIDE_SPACE}, {0x2007, 0x2007, NO_BREAK},
    {0x2008, 0x200A, WIDE_SPACE}, {0x200B, 0x200B, NO_WIDTH},   {0x200C, 0x200D, JOINER},
    {0x200E, 0x200F, DIRECTION},  {0x202A, 0x202E, DIRECTION},  {0x202F, 0x202F, NO_BREAK},
    {0x205F, 0x205F, WIDE_SPACE}, {0x2060, 0x2064, NO_WIDTH},   {0x2066, 0x2069, DIRECTION},
    {0x206A, 0x206F, NO_WIDTH},   {0x3000, 0x3000, WIDE_SPACE}, {0x3164, 0x3164, NO_WIDTH},
    {0xFE00, 0xFE0F, JOINER},     {0xFEFF, 0xFEFF, NO_WIDTH},   {0xFFA0, 0xFFA0, NO_WIDTH},
    {0xE0001, 0xE007F, NO_WIDTH},
};

static enum seen_as kind_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0] && unseen[i].first <= code; i++) {
        if (code <= unseen[i].last) {
            return unseen[i].seen;
        }
    }
    return SEEN;
}

static bool is_plain(const char *name)
{
    while (*name != '\0' && (unsigned char)*name < 0x80) {
        name++;
    }
    return *name == '\0';
}

/* A code point of `name` at *at, which moves on; an ill-formed byte counts as itself. */
static uint32_t next_code(const char *name, size_t length, size_t *at)
{
    uint32_t code = (unsigned char)name[*at];
    size_t n = csvk_utf8_decode((const unsigned char *)name + *at, length - *at, &code);
    *at += n != 0 ? n : 1;
    return code;
}

uint32_t name_unseen(const char *name, const char **what)
{
    static const char *const words[] = {[NO_WIDTH] = "which has no width",
                                        [DIRECTION] = "which turns the direction of the text",
                                        [NO_BREAK] = "a space that does not break",
                                        [WIDE_SPACE] = "a space that is not the ordinary one",
                                        [JOINER] = "a joiner"};
    size_t length = strlen(name), at = 0;
    uint32_t before = 0;
    while (at < length) {
        size_t from = at;
        uint32_t code = next_code(name, length, &at);
        enum seen_as seen = kind_of(code);
        bool edge = from == 0 || at == length;
        bool told = seen == NO_WIDTH || seen == DIRECTION || seen == NO_BREAK ||
                    (seen == WIDE_SPACE && edge) || (seen == JOINER && before < 0x300);
        if (told) {
            *what = words[seen];
            return code;
        }
        before = code;
    }
    return 0;
}

/* Appends the name without what cannot be seen, other spaces as ordinary ones, none at its ends. */
static int add_seen(const char *name, struct csvk_buf *out)
{
    size_t length = strlen(name), at = 0;
    int status = CSVK_OK;
    while (at < length && status == CSVK_OK) {
        size_t from = at;
        enum seen_as seen = kind_of(next_code(name, length, &at));
        bool space = seen == NO_BREAK || seen == WIDE_SPACE;
        status = seen == SEEN ? csvk_buf_add(out, name + from, at - from)
                 : space      ? csvk_buf_putc(out, ' ')
                              : CSVK_OK;
    }
    while (out->length != 0 && out->data[out->length - 1] == ' ') {
        out->length--;
    }
    return status;
}

char *name_as_seen(const char *name)
{
    struct csvk_buf seen = CSVK_BUF_INIT;
    char *form = NULL;
    if (is_plain(name)) {
        return csvk_strdup(name);
    }
    if (add_seen(name, &seen) == CSVK_OK) {
        form = csvk_unicode_decompose(csvk_buf_text(&seen));
    }
    csvk_buf_release(&seen);
    return form;
}
