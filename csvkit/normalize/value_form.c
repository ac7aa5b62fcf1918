/* value_form.c - see value_form.h. */
#include "csvkit/normalize/value_form.h"

#include "csvkit/base/bitmask.h"
#include "csvkit/base/hash.h"
#include "csvkit/normalize/bit_count.h"

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
    ['\r'] = BLANK,
    [0x1c] = BLANK,
    BLANK,
    BLANK,
    BLANK,
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

/* The bit of a byte in its half of a set; the other half is that of the bytes from 64 on. */
#define BIT_OF(byte) (UINT64_C(1) << (byte) % 64)

/* A byte that is no letter and no digit; such bytes are ASCII. */
static inline void add_byte(struct norm_form *form, unsigned char c)
{
    form->bytes[c / 64 % 2] |= BIT_OF(c);
}

bool norm_form_add_byte(uint64_t bytes[2], unsigned char byte)
{
    unsigned char kind = kinds[byte];
    unsigned char c = (kind & DIGIT) != 0 ? '9' : (kind & LETTER) != 0 ? 'a' : byte;
    bytes[c / 64 % 2] |= BIT_OF(c);
    return (kind & (DIGIT | LETTER)) == 0;
}

/* The punctuation of texts, blanks and line breaks: all of them are below 64. */
static const uint64_t punctuation = BIT_OF(',') | BIT_OF('.') | BIT_OF(';') | BIT_OF('!') |
                                    BIT_OF('?') | BIT_OF('\'') | BIT_OF('"') | BIT_OF('(') |
                                    BIT_OF(')');
static const uint64_t common_blanks = BIT_OF(' ') | BIT_OF('\t');
static const uint64_t line_breaks = BIT_OF('\n') | BIT_OF('\r');

static inline bool has_line_break(const struct norm_form *form)
{
    return (form->bytes[0] & line_breaks) != 0;
}

/* Blanks are one class, line breaks another one; so is the punctuation of longer texts. */
static void classes_of(const struct norm_form *form, uint64_t classes[2])
{
    uint64_t low = form->bytes[0] & ~(common_blanks | line_breaks);
    if (form->length > SHORT_TEXT && (low & punctuation) != 0) {
        low = (low & ~punctuation) | BIT_OF(',');
    }
    classes[0] = low | (has_line_break(form) ? BIT_OF('\n') : 0);
    classes[1] = form->bytes[1] | ((form->bytes[0] & common_blanks) != 0 ? BIT_OF('_') : 0);
}

uint64_t norm_form_coarse(const struct norm_form *form)
{
    unsigned bits = 0;
    for (size_t length = form->length; length != 0; length /= 2) {
        bits++;
    }
    uint64_t classes[2];
    classes_of(form, classes);
    return csvk_hash((const unsigned char *)classes, sizeof classes, 1 + (bits + 1) / 2);
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
        add_byte(form, '9');
        return run_end(value, end, DIGIT, &all);
    case LETTER:
        end = run_end(value, end, LETTER, &all);
        *sign = (all & (SMALL | CAPITAL)) == CAPITAL ? 'A' : 'a';
        add_byte(form, 'a');
        return end;
    case BLANK:
        end = run_end(value, end, BLANK, &all);
        *sign = (all & LINE_FEED) != 0 ? '\n' : '_';
        for (; at < end; at++) {
            add_byte(form, value.ptr[at]);
        }
        return end;
    default:
        *sign = c;
        add_byte(form, c);
        return end;
    }
}

/* Only what is counted up; the rest is set by whoever makes the form. */
static inline void begin_form(struct norm_form *form, struct csvk_bytes value)
{
    form->runs = 0;
    form->bytes[0] = form->bytes[1] = 0;
    form->length = value.len;
}

void norm_form_by_runs(struct csvk_bytes value, struct norm_form *form)
{
    unsigned char fine[2 * NORM_MOST_RUNS];
    size_t nfine = 0;
    begin_form(form, value);
    for (size_t at = 0; at < value.len;) {
        unsigned char sign;
        size_t end = read_run(form, value, at, &sign);
        if (form->runs < NORM_MOST_RUNS) {
            form->medium[form->runs] = fine[nfine++] = sign;
            if (sign == '9') {
                fine[nfine++] =
                    (unsigned char)(end - at < LONGEST_COUNT ? end - at : LONGEST_COUNT);
            }
        }
        form->runs++;
        at = end;
    }
    form->has_break = has_line_break(form);
    form->fine = form->runs <= NORM_MOST_RUNS ? csvk_hash(fine, nfine, 2) : norm_form_coarse(form);
}

/* ---- by masks ---------------------------------------------------------------------------------
 */

#ifdef __SSE2__
enum { STRETCH = 64 }; /* bytes that have masks together */

/* Which bytes of a value are what: bit i stands for byte i. Bytes that are none of these are runs
   of their own. */
struct masks {
    uint64_t digits, letters, small, capitals, blanks, spaces;
};

/* Bit i: byte i is `first` or one of the `more` bytes after it. */
static inline unsigned mask_of_range(__m128i bytes, char first, char more)
{
    const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    const __m128i most = _mm_set1_epi8(more);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(above, most), above));
}

static inline struct masks masks_of_16(__m128i bytes)
{
    unsigned ascii = mask_of_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
    unsigned lower = (unsigned)_mm_movemask_epi8(_mm_slli_epi16(bytes, 2)); /* bit 0x20 is set */
    unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
    return (struct masks){.digits = mask_of_range(bytes, '0', 9),
                          .letters = ascii | (unsigned)_mm_movemask_epi8(bytes),
                          .small = ascii & lower,
                          .capitals = ascii & ~lower,
                          .blanks = spaces | mask_of_range(bytes, '\t', '\r' - '\t') |
                                    mask_of_range(bytes, 0x1c, 0x1f - 0x1c),
                          .spaces = spaces};
}

/* Of 16 bits the first `half` are those of the first bytes, the others those of the last ones. */
static inline uint64_t unfold(uint64_t mask, unsigned half, size_t length)
{
    uint64_t low = (UINT64_C(1) << half) - 1;
    return (mask & low) | (mask >> half & low) << (length - half);
}

static inline struct masks unfolded(struct masks m, unsigned half, size_t length)
{
    return (struct masks){unfold(m.digits, half, length), unfold(m.letters, half, length),
                          unfold(m.small, half, length),  unfold(m.capitals, half, length),
                          unfold(m.blanks, half, length), unfold(m.spaces, half, length)};
}

static inline void add_masks(struct masks *to, const unsigned char *bytes, size_t at)
{
    struct masks m = masks_of_16(csvk_load_16(bytes + at));
    to->digits |= m.digits << at;
    to->letters |= m.letters << at;
    to->small |= m.small << at;
    to->capitals |= m.capitals << at;
    to->blanks |= m.blanks << at;
    to->spaces |= m.spaces << at;
}

/* Of 4 bytes at least. No byte outside of the value is read: its two ends overlap. */
static struct masks masks_of(struct csvk_bytes value)
{
    const unsigned char *p = value.ptr;
    struct masks all = {0, 0, 0, 0, 0, 0};
    if (value.len < 8) {
        uint64_t ends = (uint64_t)csvk_hash_read4(p + value.len - 4) << 32 | csvk_hash_read4(p);
        return unfolded(masks_of_16(_mm_set_epi64x(0, (long long)ends)), 4, value.len);
    }
    if (value.len < 16) {
        __m128i ends = _mm_set_epi64x((long long)csvk_hash_read8(p + value.len - 8),
                                      (long long)csvk_hash_read8(p));
        return unfolded(masks_of_16(ends), 8, value.len);
    }
    for (size_t at = 0; at + 16 < value.len; at += 16) {
        add_masks(&all, p, at);
    }
    add_masks(&all, p, value.len - 16);
    return all;
}

/* The signs of runs by their first byte: '?' for those that their other bytes decide, 0 for a byte
   that is a run of its own. */
static const unsigned char signs[256] = {
    [' '] = '_',
    ['\t'] = '?',
    ['\n'] = '?',
    ['\v'] = '?',
    ['\f'] = '?',
    ['\r'] = '?',
    [0x1c] = '?',
    '?',
    '?',
    '?',
    ['0'] = ROW_OF_8('9'),
    '9',
    '9',
    ['A'] = ROW_OF_25('?'),
    '?',
    ['a'] = ROW_OF_25('a'),
    'a',
    [0x80] = ROW_OF_64('?'),
    ROW_OF_64('?'),
};

/* The sign of the run of these bytes, by their masks. */
static unsigned char sign_by_masks(struct csvk_bytes value, const struct masks *m, uint64_t run)
{
    if ((m->letters & run) != 0) {
        return (m->small & run) == 0 && (m->capitals & run) != 0 ? 'A' : 'a';
    }
    for (run &= m->blanks; run != 0; run &= run - 1) {
        if (value.ptr[__builtin_ctzll(run)] == '\n') {
            return '\n';
        }
    }
    return '_';
}

/* The signs of the runs, as read_run has them; `starts` has a bit for each, NORM_MOST_RUNS at most.
   Returns how many bytes the fine form has. */
static inline size_t signs_of_runs(struct norm_form *form, struct csvk_bytes value,
                                   const struct masks *m, uint64_t starts, unsigned char *fine)
{
    unsigned char *to = fine, *medium = form->medium;
    const bool odd_blanks = m->blanks != m->spaces;
    while (starts != 0) {
        unsigned at = (unsigned)__builtin_ctzll(starts);
        unsigned char c = value.ptr[at], sign = signs[c];
        starts &= starts - 1;
        if (sign == '?' || (sign == '_' && odd_blanks)) {
            uint64_t before_next = (starts & -starts) - 1;
            sign = sign_by_masks(value, m, before_next & UINT64_MAX << at);
        }
        *medium++ = *to++ = sign != 0 ? sign : c;
        if (sign == '9') {
            size_t length = (starts != 0 ? (size_t)__builtin_ctzll(starts) : value.len) - at;
            *to++ = (unsigned char)(length < LONGEST_COUNT ? length : LONGEST_COUNT);
        }
    }
    return (size_t)(to - fine);
}

/* A bit for each byte of the stretch with which a run begins; `before`: what the byte before it
   is. Updates that to the last byte of 64. */
static inline uint64_t starts_of(const struct masks *m, uint64_t others, struct masks *before)
{
    uint64_t starts = others | (m->digits & ~(m->digits << 1 | before->digits)) |
                      (m->letters & ~(m->letters << 1 | before->letters)) |
                      (m->blanks & ~(m->blanks << 1 | before->blanks));
    *before = (struct masks){
        .digits = m->digits >> 63, .letters = m->letters >> 63, .blanks = m->blanks >> 63};
    return starts;
}

/* The bytes of a stretch. */
static inline void add_stretch(struct norm_form *form, const unsigned char *bytes,
                               const struct masks *m, uint64_t others)
{
    uint64_t set[2] = {(uint64_t)(m->digits != 0) << '9' | (uint64_t)(m->spaces != 0) << ' ',
                       (uint64_t)(m->letters != 0) << 'a' % 64};
    for (uint64_t left = others | (m->blanks & ~m->spaces); left != 0; left &= left - 1) {
        unsigned char c = bytes[__builtin_ctzll(left)];
        set[c / 64 % 2] |= BIT_OF(c);
    }
    form->bytes[0] |= set[0];
    form->bytes[1] |= set[1];
}

/* As norm_form_by_runs, for a value of 4 to STRETCH bytes. */
static void form_by_masks(struct csvk_bytes value, struct norm_form *form)
{
    unsigned char fine[2 * NORM_MOST_RUNS];
    struct masks m = masks_of(value), before = {0, 0, 0, 0, 0, 0};
    uint64_t others = (UINT64_MAX >> (64 - value.len)) & ~(m.digits | m.letters | m.blanks);
    uint64_t starts = starts_of(&m, others, &before);
    begin_form(form, value);
    add_stretch(form, value.ptr, &m, others);
    form->has_break = has_line_break(form);
    form->runs = norm_bit_count(starts);
    form->fine = form->runs > NORM_MOST_RUNS
                     ? norm_form_coarse(form)
                     : csvk_hash(fine, signs_of_runs(form, value, &m, starts, fine), 2);
}

/* The same of a longer one. Only when it has more runs than a form tells apart, and so a coarse
   form only: nearly all of them have. */
static bool long_form_by_masks(struct csvk_bytes value, struct norm_form *form)
{
    struct masks before = {0, 0, 0, 0, 0, 0};
    begin_form(form, value);
    for (size_t at = 0; at < value.len; at += STRETCH) {
        size_t left = value.len - at, n = left < STRETCH ? left : STRETCH;
        size_t back = n < 4 ? 4 - n : 0; /* so many bytes are seen a second time */
        struct csvk_bytes stretch = {value.ptr + at - back, n + back};
        struct masks m = masks_of(stretch);
        m = (struct masks){m.digits >> back, m.letters >> back, 0, 0,
                           m.blanks >> back, m.spaces >> back};
        uint64_t others = (UINT64_MAX >> (64 - n)) & ~(m.digits | m.letters | m.blanks);
        form->runs += norm_bit_count(starts_of(&m, others, &before));
        add_stretch(form, value.ptr + at, &m, others);
    }
    form->has_break = has_line_break(form);
    form->fine = norm_form_coarse(form);
    return form->runs > NORM_MOST_RUNS;
}
#endif

/* ---- numbers ----------------------------------------------------------------------------------
 */

/* Most values are numbers, or short texts. */
void norm_form_of(struct csvk_bytes value, struct norm_form *form)
{
    if (norm_is_number(value)) {
        size_t length = value.len < LONGEST_COUNT ? value.len : LONGEST_COUNT;
        const unsigned char fine[2] = {'9', (unsigned char)length};
        begin_form(form, value);
        form->fine = csvk_hash(fine, sizeof fine, 2);
        form->medium[0] = '9';
        form->runs = 1;
        form->has_break = false;
        add_byte(form, '9');
        return;
    }
#ifdef __SSE2__
    if (value.len >= 4 && value.len <= STRETCH) {
        form_by_masks(value, form);
        return;
    }
    if (value.len > STRETCH && long_form_by_masks(value, form)) {
        return;
    }
#endif
    norm_form_by_runs(value, form);
}
