/* value_form.c - see value_form.h. */
#include "csvkit/normalize/value_form.h"

#include "csvkit/base/hash.h"

enum { SHORT_TEXT = 12, LONGEST_COUNT = 9 };

/* What a byte is; kinds of which runs are made, and what a run may hold. Bits. */
enum {
    DIGIT = 1,
    LETTER = 2,
    BLANK = 4,
    RUNS = DIGIT | LETTER | BLANK, /* bytes without any of them are runs of their own */
    SMALL = 8,                     /* letters of ASCII */
    CAPITAL = 16,
    LINE_FEED = 32,
    CARRIAGE_RETURN = 64,
    PUNCTUATION = 128, /* of texts: in longer values it is all one in coarse forms */
};

#define ROW_OF_8(kind)  (kind), (kind), (kind), (kind), (kind), (kind), (kind), (kind)
#define ROW_OF_25(kind) ROW_OF_8(kind), ROW_OF_8(kind), ROW_OF_8(kind), (kind)
#define ROW_OF_64(kind)                                                                            \
    ROW_OF_8(kind), ROW_OF_8(kind), ROW_OF_8(kind), ROW_OF_8(kind), ROW_OF_8(kind),                \
        ROW_OF_8(kind), ROW_OF_8(kind), ROW_OF_8(kind)

static const unsigned char kinds[256] = {
    [' '] = BLANK,
    ['\t'] = BLANK,
    ['\n'] = BLANK | LINE_FEED,
    ['\v'] = BLANK,
    ['\f'] = BLANK,
    ['\r'] = BLANK | CARRIAGE_RETURN,
    [0x1c] = BLANK,
    BLANK,
    BLANK,
    BLANK,
    [','] = PUNCTUATION,
    [';'] = PUNCTUATION,
    ['.'] = PUNCTUATION,
    ['!'] = PUNCTUATION,
    ['?'] = PUNCTUATION,
    ['\''] = PUNCTUATION,
    ['"'] = PUNCTUATION,
    ['('] = PUNCTUATION,
    [')'] = PUNCTUATION,
    ['0'] = ROW_OF_8(DIGIT),
    DIGIT,
    DIGIT,
    ['A'] = ROW_OF_25(LETTER | CAPITAL),
    LETTER | CAPITAL,
    ['a'] = ROW_OF_25(LETTER | SMALL),
    LETTER | SMALL,
    [0x80] = ROW_OF_64(LETTER),
    ROW_OF_64(LETTER),
};

/* ---- the coarse form --------------------------------------------------------------------------
 */

static void add_class(struct norm_form *form, unsigned char class)
{
    form->classes[class / 64 % 2] |= UINT64_C(1) << class % 64;
}

/* A byte that is no letter and no digit; nothing beyond ASCII is a class of its own. */
static void add_other(struct norm_form *form, unsigned char c)
{
    unsigned char kind = kinds[c];
    if (c == ' ' || c == '\t') {
        c = '_';
    } else if ((kind & (LINE_FEED | CARRIAGE_RETURN)) != 0) {
        c = '\n';
    } else if ((kind & PUNCTUATION) != 0 && form->length > SHORT_TEXT) {
        c = ',';
    }
    add_class(form, c);
}

uint64_t norm_form_coarse(const struct norm_form *form)
{
    unsigned bits = 0;
    for (size_t length = form->length; length != 0; length /= 2) {
        bits++;
    }
    return csvk_hash((const unsigned char *)form->classes, sizeof form->classes,
                     1 + (bits + 1) / 2);
}

uint64_t norm_form_medium(const struct norm_form *form)
{
    return form->runs <= NORM_MOST_RUNS ? csvk_hash(form->medium, form->runs, 3)
                                        : norm_form_coarse(form);
}

/* ---- runs -------------------------------------------------------------------------------------
 */

/* The end of the run of bytes of this kind that begins before `at`. *all: kinds of all its bytes.
 */
static inline size_t run_end(struct csvk_bytes value, size_t at, unsigned kind, unsigned *all)
{
    unsigned seen = *all;
    for (; at < value.len && (kinds[value.ptr[at]] & kind) != 0; at++) {
        seen |= kinds[value.ptr[at]];
    }
    *all = seen;
    return at;
}

/*
 * The run that begins at `at`. *sign: 9 for digits, A or a for letters, a blank, a line break, or
 * the byte itself. Letters are upper case when none of them is a small one of ASCII, and one a
 * capital.
 */
static inline size_t read_run(struct norm_form *form, struct csvk_bytes value, size_t at,
                              unsigned char *sign)
{
    unsigned char c = value.ptr[at];
    unsigned all = kinds[c];
    size_t end = at + 1;
    switch (all & RUNS) {
    case DIGIT:
        *sign = '9';
        add_class(form, '9');
        return run_end(value, end, DIGIT, &all);
    case LETTER:
        end = run_end(value, end, LETTER, &all);
        *sign = (all & (SMALL | CAPITAL)) == CAPITAL ? 'A' : 'a';
        add_class(form, 'a');
        return end;
    case BLANK:
        end = run_end(value, end, BLANK, &all);
        *sign = (all & LINE_FEED) != 0 ? '\n' : '_';
        form->has_break |= (all & (LINE_FEED | CARRIAGE_RETURN)) != 0;
        for (; at < end; at++) {
            add_other(form, value.ptr[at]);
        }
        return end;
    default:
        *sign = c;
        add_other(form, c);
        return end;
    }
}

struct norm_form norm_form_by_runs(struct csvk_bytes value)
{
    unsigned char fine[2 * NORM_MOST_RUNS];
    size_t nfine = 0;
    struct norm_form form = {.value = csvk_hash(value.ptr, value.len, 4), .length = value.len};
    for (size_t at = 0; at < value.len;) {
        unsigned char sign;
        size_t end = read_run(&form, value, at, &sign);
        if (form.runs < NORM_MOST_RUNS) {
            form.medium[form.runs] = fine[nfine++] = sign;
            if (sign == '9') {
                fine[nfine++] =
                    (unsigned char)(end - at < LONGEST_COUNT ? end - at : LONGEST_COUNT);
            }
        }
        form.runs++;
        at = end;
    }
    form.fine = form.runs <= NORM_MOST_RUNS ? csvk_hash(fine, nfine, 2) : norm_form_coarse(&form);
    return form;
}

/* ---- numbers ----------------------------------------------------------------------------------
 */

/* Are all eight bytes digits? A byte from 0xfa up carries into the next one, but is none itself. */
static bool are_digits(uint64_t bytes)
{
    const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0), threes = UINT64_C(0x3333333333333333);
    return ((bytes & high) | ((bytes + UINT64_C(0x0606060606060606)) & high) >> 4) == threes;
}

/* One run of up to 16 digits? */
static bool is_number(struct csvk_bytes value)
{
    const unsigned char *p = value.ptr;
    if (value.len >= 8) {
        return value.len <= 16 && are_digits(csvk_hash_read8(p)) &&
               are_digits(csvk_hash_read8(p + value.len - 8));
    }
    if (value.len >= 4) {
        return are_digits((uint64_t)csvk_hash_read4(p) << 32 | csvk_hash_read4(p + value.len - 4));
    }
    bool digits = value.len != 0;
    for (size_t i = 0; i < value.len; i++) {
        digits &= (unsigned char)(p[i] - '0') <= 9;
    }
    return digits;
}

/* Most values are numbers, or can be told from them by a glance. */
struct norm_form norm_form_of(struct csvk_bytes value)
{
    if (!is_number(value)) {
        return norm_form_by_runs(value);
    }
    size_t length = value.len < LONGEST_COUNT ? value.len : LONGEST_COUNT;
    const unsigned char fine[2] = {'9', (unsigned char)length};
    struct norm_form form = {.fine = csvk_hash(fine, sizeof fine, 2),
                             .value = csvk_hash(value.ptr, value.len, 4),
                             .medium = {'9'},
                             .runs = 1,
                             .length = value.len};
    add_class(&form, '9');
    return form;
}
