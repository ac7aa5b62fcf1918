/* value_form.c - see value_form.h. */
#include "csvkit/normalize/value_form.h"

#include "csvkit/base/hash.h"

enum { MOST_RUNS = 12, SHORT_TEXT = 12, LONGEST_COUNT = 9 };

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

/* Which classes of bytes were seen, one bit each; nothing beyond ASCII is a class of its own. */
struct classes {
    uint64_t low, high;
};

static void add_class(struct classes *seen, unsigned char class)
{
    uint64_t bit = UINT64_C(1) << class % 64;
    seen->low |= class < 64 ? bit : 0;
    seen->high |= class < 64 ? 0 : bit;
}

/* A byte that is no letter and no digit. */
static void add_other(struct classes *seen, unsigned char c, size_t length)
{
    unsigned char kind = kinds[c];
    if (c == ' ' || c == '\t') {
        c = '_';
    } else if ((kind & (LINE_FEED | CARRIAGE_RETURN)) != 0) {
        c = '\n';
    } else if ((kind & PUNCTUATION) != 0 && length > SHORT_TEXT) {
        c = ',';
    }
    add_class(seen, c);
}

static uint64_t hash_of_classes(const struct classes *seen, size_t length)
{
    const uint64_t words[2] = {seen->low, seen->high};
    unsigned bits = 0;
    for (; length != 0; length /= 2) {
        bits++;
    }
    return csvk_hash((const unsigned char *)words, sizeof words, 1 + (bits + 1) / 2);
}

/* ---- runs -------------------------------------------------------------------------------------
 */

/* A value on its way to a form: what was found up to the place that was reached. */
struct form_maker {
    unsigned char fine[2 * MOST_RUNS], medium[MOST_RUNS];
    size_t runs, nfine; /* more than MOST_RUNS: only the coarse form counts */
    struct classes classes;
    unsigned all; /* kinds of all bytes */
};

/* The sign of a run of bytes whose kinds are `all` together. Letters are upper case when none of
   them is a small one of ASCII, and one a capital. */
static unsigned char sign_of(unsigned kind, unsigned all)
{
    switch (kind) {
    case DIGIT: return '9';
    case LETTER: return (all & (SMALL | CAPITAL)) == CAPITAL ? 'A' : 'a';
    default: return (all & LINE_FEED) != 0 ? '\n' : '_';
    }
}

static void add_run(struct form_maker *m, unsigned char sign, size_t length)
{
    if (m->runs++ < MOST_RUNS) {
        m->medium[m->runs - 1] = m->fine[m->nfine++] = sign;
        if (sign == '9') {
            m->fine[m->nfine++] = (unsigned char)(length < LONGEST_COUNT ? length : LONGEST_COUNT);
        }
    }
}

/* The run that begins at `from`; where it ends. */
static size_t read_run(struct form_maker *m, struct csvk_bytes value, size_t from)
{
    unsigned char c = value.ptr[from];
    unsigned all = kinds[c], kind = all & RUNS;
    size_t end = from + 1;
    if (kind == 0) {
        add_other(&m->classes, c, value.len);
        add_run(m, c, 1);
        return end;
    }
    for (; end < value.len && (kinds[value.ptr[end]] & kind) != 0; end++) {
        all |= kinds[value.ptr[end]];
    }
    if (kind == BLANK) {
        for (size_t i = from; i < end; i++) {
            add_other(&m->classes, value.ptr[i], value.len);
        }
    } else {
        add_class(&m->classes, kind == DIGIT ? '9' : 'a');
    }
    m->all |= all;
    add_run(m, sign_of(kind, all), end - from);
    return end;
}

struct norm_form norm_form_of(struct csvk_bytes value)
{
    struct form_maker m;
    m.runs = m.nfine = 0;
    m.classes = (struct classes){0, 0};
    m.all = 0;
    for (size_t at = 0; at < value.len;) {
        at = read_run(&m, value, at);
    }
    struct norm_form form = {.coarse = hash_of_classes(&m.classes, value.len),
                             .value = csvk_hash(value.ptr, value.len, 4),
                             .has_break = (m.all & (LINE_FEED | CARRIAGE_RETURN)) != 0};
    bool has_runs = m.runs <= MOST_RUNS;
    form.fine = has_runs ? csvk_hash(m.fine, m.nfine, 2) : form.coarse;
    form.medium = has_runs ? csvk_hash(m.medium, m.runs, 3) : form.coarse;
    return form;
}
