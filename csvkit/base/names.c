/*
 * names.c - see names.h: column names as Storage will have them.
 *
 * The tables hold two characters for each code point of a block. They are the ASCII letters that
 * stay after canonical decomposition and the removal of combining marks; for a letter that does not
 * decompose, its usual spelling; two blanks where there is neither. They were made from the Unicode
 * data.
 */
#include "csvkit/names.h"
#include "csvkit/json.h"

#include <string.h>

/* clang-format off */
static const char latin_00c0[] =
    "A A A A A A AEC E E E E I I I I D N O O O O O   O U U U U Y THss" /* 00C0 */
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy " /* 00E0 */
    "A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g " /* 0100 */
    "G g G g H h H h I i I i I i I i I i IJijJ j K k k L l L l L l L " /* 0120 */
    "l L l N n N n N n n NGngO o O o O o OEoeR r R r R r S s S s S s " /* 0140 */
    "S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s " /* 0160 */
    "b B B b     O C c D D D d   E A E F f G G hvI I K k l   M N n O " /* 0180 */
    "O o     P p R     S   t T t T U u U V Y y Z z                   " /* 01A0 */
    "        DZDzdzLJLjljNJNjnjA a I i O o U u U u U u U u U u e A a " /* 01C0 */
    "A a AEaeG g G g K k O o O o     j DZDzdzG g HV  N n A a AEaeO o " /* 01E0 */
    "A a A a E e E e I i I i O o O o R r R r U u U u S s T t     H h " /* 0200 */
    "N d OUouZ z A a E e O o O o O o O o Y y l n t j dbqpA C c L T s " /* 0220 */
    "z     B     E e J j   q R r Y y " /* 0240 */;

static const char latin_1e00[] =
    "A a B b B b B b C c D d D d D d D d D d E e E e E e E e E e F f " /* 1E00 */
    "G g H h H h H h H h H h I i I i K k K k K k L l L l L l L l M m " /* 1E20 */
    "M m M m N n N n N n N n O o O o O o O o P p P p R r R r R r R r " /* 1E40 */
    "S s S s S s S s S s T t T t T t T t U u U u U u U u U u V v V v " /* 1E60 */
    "W w W w W w W w W w X x X x Y y Z z Z z Z z h t w y a s s s SSd " /* 1E80 */
    "A a A a A a A a A a A a A a A a A a A a A a A a E e E e E e E e " /* 1EA0 */
    "E e E e E e E e I i I i O o O o O o O o O o O o O o O o O o O o " /* 1EC0 */
    "O o O o U u U u U u U u U u U u U u Y y Y y Y y Y y LLllV v Y y " /* 1EE0 */;

static const char latin_2c60[] =
    "L l L P R a t H h K k Z z   M     v W w v       e   o       S Z " /* 2C60 */;

/* clang-format on */

static const struct {
    uint32_t first, last;
    const char *letters;
} blocks[] = {
    {0x00c0, 0x024f, latin_00c0},
    {0x1e00, 0x1eff, latin_1e00},
    {0x212a, 0x212b, "K A "}, /* kelvin and angstrom signs */
    {0x2c60, 0x2c7f, latin_2c60},
};

/* What stays in a name as it is. */
static bool is_word(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9') || code == '_';
}

/*
 * Marks that sit on the letter before them. They are dropped, and do not divide a run of letters.
 */
static bool is_combining(uint32_t code)
{
    return (code >= 0x0300 && code <= 0x036f) || (code >= 0x1ab0 && code <= 0x1aff) ||
           (code >= 0x1dc0 && code <= 0x1dff) || (code >= 0x20d0 && code <= 0x20f0) ||
           (code >= 0xfe20 && code <= 0xfe2f);
}

/* The letters that stand for `code`, one or two. 0 when there are none. */
static size_t transliterate(uint32_t code, char letters[2])
{
    if (is_word(code)) {
        letters[0] = (char)code;
        return 1;
    }
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (code >= blocks[i].first && code <= blocks[i].last) {
            memcpy(letters, blocks[i].letters + 2 * (size_t)(code - blocks[i].first), 2);
            return letters[0] == ' ' ? 0 : letters[1] == ' ' ? 1 : 2;
        }
    }
    return 0;
}

/* Appends the letters of `code`, or one '_' for a run of characters that have none. */
static int add_code(struct csvk_buf *out, size_t start, uint32_t code, bool *in_run)
{
    char letters[2];
    size_t n = transliterate(code, letters);
    if (n == 0) {
        bool again = *in_run;
        *in_run = true;
        return again || out->length == start ? CSVK_OK : csvk_buf_putc(out, '_');
    }
    *in_run = false;
    if (letters[0] == '_' && out->length == start) {
        return CSVK_OK;
    }
    return csvk_buf_add(out, letters, n);
}

/*
 * Underscores at the ends are taken away: at the start as letters are added, at the end when all
 * are. A name that a backend keeps for itself gets one at its end, which makes it another name.
 */
int csvk_name_sanitize(const char *name, size_t length, struct csvk_buf *out)
{
    const unsigned char *p = (const unsigned char *)name;
    size_t start = out->length;
    bool in_run = false;
    int status = CSVK_OK;
    for (size_t i = 0; i < length && status == CSVK_OK;) {
        uint32_t code = 0;
        size_t n = csvk_utf8_decode(p + i, length - i, &code);
        if (n == 0 || !is_combining(code)) {
            status = add_code(out, start, n == 0 ? 0 : code, &in_run);
        }
        i += n == 0 ? 1 : n;
    }
    while (out->length > start && out->data[out->length - 1] == '_') {
        out->data[--out->length] = '\0';
    }
    if (status == CSVK_OK && out->length > start &&
        csvk_name_is_system((const char *)out->data + start, out->length - start)) {
        status = csvk_buf_putc(out, '_');
    }
    return status;
}

/* Small letters, of ASCII only: the answer must not depend on the user's locale. */
static unsigned char fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static bool same_word(const char *name, size_t length, const char *word)
{
    if (strlen(word) != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (fold((unsigned char)name[i]) != (unsigned char)word[i]) {
            return false;
        }
    }
    return true;
}

bool csvk_name_is_system(const char *name, size_t length)
{
    static const char *const words[] = {"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (same_word(name, length, words[i])) {
            return true;
        }
    }
    return false;
}

bool csvk_name_is_reserved(const char *name, size_t length)
{
    return same_word(name, length, "_timestamp");
}

bool csvk_name_same_folded(const char *a, const char *b)
{
    while (*a != '\0' && fold((unsigned char)*a) == fold((unsigned char)*b)) {
        a++;
        b++;
    }
    return fold((unsigned char)*a) == fold((unsigned char)*b);
}
