/*
 * clean_stretch_check.h - private, part of scan_template.h: checks STRETCH_BLOCKS blocks in one go.
 * All doubts are gathered; when there is one, nothing has happened and check_blocks takes the same
 * bytes block by block.
 *
 * A stretch is compiled for each set of things that its bytes may hold (enclosures; CR and TAB;
 * text beyond ASCII); whatever is outside the set is a doubt. The set of the last stretch is tried
 * first, then all. Plain tables thus pay neither for enclosures nor for UTF-8. UTF-8 is checked
 * behind the blocks, in those that hold a byte above 7F: their number costs, not where they are.
 *
 * Enclosures. Call a byte loose when it is outside, and neither a separator, CR nor an enclosure.
 * An enclosure opens and closes where it may exactly when no loose byte touches one: a loose byte
 * before an enclosure means that this one opens inside a field, a loose byte behind one that this
 * one closed and text follows. With `fixed` = not loose, two shifts and two "and not" show both.
 */

#if defined(SCAN_PDEP)
/* What one stretch carries from block to block; lives in registers. */
struct stretch {
    uint64_t inside;       /* all ones: the block begins inside an enclosure */
    uint64_t fixed, quote; /* of the block before; bit 63 counts */
    uint64_t cr;           /* likewise */
    uint64_t phase;
    uint64_t separators;  /* of the last block */
    uint64_t quotes, crs; /* seen, as bits; CR only with all kinds of bytes */
    uint64_t records, inner_breaks;
    bool tabs;       /* seen */
    bool inner_line; /* an enclosed line is open */
};

/* Where the blocks of a stretch leave what is looked at behind it. */
struct stretch_masks {
    uint64_t ends[STRETCH_BLOCKS];  /* record ends */
    uint64_t inner[STRETCH_BLOCKS]; /* enclosed line breaks */
    uint64_t structure[STRETCH_BLOCKS];
    uint64_t texts; /* bit i: block i holds a byte above 7F; with STRETCH_TEXT */
};

#if defined(SCAN_LANES)
#include "csvkit/parse/scan/x86/lanes.h"
#else
static inline void stretch_prepare(struct csvk_scan *scan, unsigned kind)
{
    (void)scan, (void)kind;
}

/* Answers doubts: bits that should be 0. */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
stretch_enclosures(struct stretch *s, struct struct_masks k, uint64_t *inside)
{
    uint64_t m = prefix_xor(k.quote) ^ s->inside;
    uint64_t fixed = k.separator | k.cr | k.quote | m;
    uint64_t doubt = (((k.quote << 1) | (s->quote >> 63)) & ~fixed) |
                     (k.quote & ~((fixed << 1) | (s->fixed >> 63)));
    s->fixed = fixed;
    s->quote = k.quote;
    s->quotes |= k.quote;
    s->inside = (uint64_t)((int64_t)m >> 63);
    *inside = m;
    return doubt;
}

static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
stretch_cr(struct stretch *s, const struct clean_check *check, struct struct_masks k, uint64_t ends)
{
    uint64_t after_cr = (k.cr << 1) | (s->cr >> 63);
    uint64_t strict = check->strict_eol ? ~UINT64_C(0) : 0;
    s->cr = k.cr;
    return (after_cr & ~k.lf) | ((after_cr ^ check->crlf_mode) & ends & strict);
}

/* The phase stays below the width as long as nothing is in doubt. */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
stretch_width(struct stretch *s, const struct clean_check *check, uint64_t ends, uint64_t structure)
{
    uint64_t n = popcount(structure), records = popcount(ends);
    uint64_t doubt = ends ^ SCAN_PDEP(check->phase_row[s->phase], structure);
    s->phase += n - check->width * records;
    s->records += records;
    return doubt;
}

/* False: in doubt. */
static inline __attribute__((always_inline)) SCAN_TARGET bool stretch_block(
    struct stretch *s, const struct clean_check *check, struct struct_masks k, unsigned kind,
    struct stretch_masks *masks, size_t i)
{
    uint64_t inside = 0, doubt = 0;
    if ((kind & STRETCH_QUOTES) != 0) {
        doubt = stretch_enclosures(s, k, &inside);
    }
    uint64_t ends = k.lf & ~inside;
    uint64_t structure = k.separator & ~inside;
    if ((kind & STRETCH_CR) != 0) {
        doubt |= stretch_cr(s, check, k, ends);
    }
    if (kind == STRETCH_ALL || kind == STRETCH_ALL_OF_UNCHECKED) {
        s->crs |= k.cr;
    }
    s->separators = k.separator;
    masks->ends[i] = ends;
    if ((kind & STRETCH_QUOTES) != 0 && (kind & STRETCH_UNCHECKED) != 0) {
        s->inner_breaks += popcount(k.lf & inside);
    } else if ((kind & STRETCH_QUOTES) != 0) {
        masks->inner[i] = k.lf & inside;
        masks->structure[i] = structure;
    }
    return (doubt | stretch_width(s, check, ends, structure)) == 0;
}

/* All blocks; `kind` is a constant in each caller. True when nothing is in doubt. Works on copies:
 * through pointers every block would go through memory. */
static inline __attribute__((always_inline)) SCAN_TARGET bool stretch_blocks(
    struct stretch *state, const struct csvk_scan *scan, const struct clean_check *clean_check,
    const unsigned char *p, unsigned kind, struct stretch_masks *masks)
{
    struct stretch s = *state;
    const struct clean_check check = *clean_check;
    const struct probe_structure v = probe_structure_of(&scan->table);
    struct probe seen = probe_none();
    uint64_t high[STRETCH_BLOCKS];
    for (size_t i = 0; i < STRETCH_BLOCKS; i++) {
        struct struct_masks k = probe_block(p + 64 * i, &v, kind, &seen, &high[i]);
        if (!stretch_block(&s, &check, k, kind, masks, i)) {
            return false;
        }
    }
    s.tabs = (kind & STRETCH_TAB) != 0 && probe_tabs(&seen);
    masks->texts = (kind & STRETCH_TEXT) != 0 ? probe_words(high) : 0;
    *state = s;
    return !probe_stray(&seen);
}
#endif

static SCAN_TARGET bool stretch_kind(struct stretch *s, const struct csvk_scan *scan,
                                     const struct clean_check *check, const unsigned char *p,
                                     unsigned kind, struct stretch_masks *masks)
{
    switch (kind) {
    case 0: return stretch_blocks(s, scan, check, p, 0, masks);
    case 1: return stretch_blocks(s, scan, check, p, 1, masks);
    case 2: return stretch_blocks(s, scan, check, p, 2, masks);
    case 3: return stretch_blocks(s, scan, check, p, 3, masks);
    case 4: return stretch_blocks(s, scan, check, p, 4, masks);
    case 5: return stretch_blocks(s, scan, check, p, 5, masks);
    case 6: return stretch_blocks(s, scan, check, p, 6, masks);
    case 7: return stretch_blocks(s, scan, check, p, 7, masks);
    case 8: return stretch_blocks(s, scan, check, p, 8, masks);
    case 9: return stretch_blocks(s, scan, check, p, 9, masks);
    case 10: return stretch_blocks(s, scan, check, p, 10, masks);
    case 11: return stretch_blocks(s, scan, check, p, 11, masks);
    default: return stretch_blocks(s, scan, check, p, STRETCH_ALL, masks);
    }
}

/* UTF-8 of the blocks that hold text, and of those that a sequence may reach into. */
static SCAN_TARGET bool stretch_text(const struct clean_check *check, const unsigned char *p,
                                     const struct stretch_masks *masks, uint64_t *texts)
{
    uint64_t blocks = masks->texts | (check->wide ? 1 : 0);
    *texts = blocks;
    text_probe t = probe_text_none();
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        probe_text(p + 64 * i, &t);
        if (p[64 * i + 63] >= 0x80) {
            left |= UINT64_C(2) << i & below(STRETCH_BLOCKS);
        }
    }
    return !probe_ill(&t) && !(probe_special(&t, p) && check_special(p, STRETCH_BLOCKS));
}

/*
 * Enclosed line breaks. Two of them without structure between enclose a whole line, which has to be
 * judged (check_inner_lines); two in one block are too rare to be told apart. Behind the blocks, in
 * those that hold one: a branch in every block would be taken or not as the data please. False: a
 * doubt.
 */
static SCAN_TARGET bool stretch_inner(struct stretch *s, const struct stretch_masks *masks)
{
    uint64_t blocks = probe_words(masks->inner), structured = probe_words(masks->structure);
    uint64_t since = 1, several = 0; /* structure since the last break; a break too many */
    unsigned next = 0;               /* the block behind it */
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        uint64_t inner = masks->inner[i], structure = masks->structure[i];
        uint64_t before = below(low_bit(inner));
        since |= (structure & before) | (structured & below(i) & ~below(next));
        several |= (inner & (inner - 1)) | (since == 0);
        since = structure & ~before;
        next = i + 1;
    }
    s->inner_breaks = popcount(blocks);
    s->inner_line = blocks != 0 && (since | (structured & ~below(next))) == 0;
    return several == 0;
}

/* Enclosed line breaks between `from` and `to`, all of them behind the last record end. */
static SCAN_TARGET uint64_t breaks_between(const unsigned char *bytes, size_t from, size_t to)
{
    uint64_t count = 0;
    for (; from < to; from += 64) {
        uint64_t mask = to - from < 64 ? below((unsigned)(to - from)) : ~UINT64_C(0);
        count += popcount(chunk_eq(chunk_load(bytes + from), '\n') & mask);
    }
    return count;
}

/* The offset behind the last record end of the stretch at `at`; there is one. */
static SCAN_TARGET size_t last_end(const uint64_t *ends, size_t at)
{
    size_t i = STRETCH_BLOCKS - 1;
    while (ends[i] == 0) {
        i--;
    }
    return at + 64 * (i + 1) - (size_t)__builtin_clzll(ends[i]);
}

/* Records that end with CRLF. In a table of one kind of line break it is the table's that tells. */
static SCAN_TARGET uint64_t count_crlf(const struct clean_check *check, const struct stretch *s,
                                       const uint64_t *ends, const unsigned char *p)
{
    if (check->strict_eol) {
        return s->records & check->crlf_mode;
    }
    uint64_t count = 0;
    for (size_t i = 0; i < STRETCH_BLOCKS; i++) {
        count += popcount(ends[i] & chunk_eq(chunk_load(p + 64 * i - 1), '\r'));
    }
    return count;
}

static SCAN_TARGET void count_stretch(struct clean_check *check, const struct stretch *s,
                                      const uint64_t *ends, const unsigned char *bytes, size_t at)
{
    check->inner_breaks += s->inner_breaks;
    if (s->records != 0) {
        size_t stop = at + (size_t)64 * STRETCH_BLOCKS;
        check->end = last_end(ends, at);
        uint64_t rest = s->inner_breaks != 0 ? breaks_between(bytes, check->end, stop) : 0;
        check->lines += check->inner_breaks - rest;
        check->inner_breaks = rest;
    }
    check->records += s->records;
    check->crlf += count_crlf(check, s, ends, bytes + at);
}

/* Delimiters behind the last LF before `stop`: those of the enclosed line that is open there. */
static SCAN_TARGET uint64_t delimiters_on_line(const unsigned char *stop,
                                               const struct csvk_table *t)
{
    uint64_t count = 0;
    for (const unsigned char *p = stop - 64;; p -= 64) {
        chunk c = chunk_load(p);
        uint64_t delimiter = chunk_eq(c, t->dialect.delimiter), lf = chunk_eq(c, '\n');
        if (lf != 0) {
            return count + popcount(delimiter & ~below(63u - (unsigned)__builtin_clzll(lf)));
        }
        count += popcount(delimiter);
    }
}

/* What the next stretch is to expect, after one that expected `kind`. */
static unsigned next_kind(const struct stretch *s, unsigned kind, uint64_t texts)
{
    if (s->tabs) {
        return STRETCH_ALL;
    }
    bool all = kind == STRETCH_ALL || kind == STRETCH_ALL_OF_UNCHECKED;
    unsigned cr = all ? (s->crs != 0 ? STRETCH_CR : 0) : kind & STRETCH_CR;
    return cr | (s->quotes != 0 ? STRETCH_QUOTES : 0) | (texts != 0 ? STRETCH_TEXT : 0);
}

static SCAN_TARGET void accept_stretch(struct clean_check *check, const struct stretch *s,
                                       const unsigned char *stop)
{
    uint64_t closed = s->quote & ~s->inside;
    check->inside = s->inside;
    check->may_open = ((s->separators & ~s->inside) | closed) >> 63;
    check->closed = closed >> 63;
    check->cr = s->cr >> 63;
    check->phase = s->phase;
    check->wide = stop[-1] >= 0x80 || stop[-2] >= 0x80 || stop[-3] >= 0x80;
    check->inner_line = s->inner_line;
    check->inner_delimiters = check->inner_line ? delimiters_on_line(stop, check->table) : 0;
}

/* What the bytes before force into the set. */
static unsigned stretch_needs(const struct clean_check *check)
{
    return (check->inside | check->closed | (uint64_t)check->inner_line ? STRETCH_QUOTES : 0) |
           (check->cr | check->crlf_mode ? STRETCH_CR : 0) | (check->wide ? STRETCH_TEXT : 0);
}

static SCAN_TARGET bool stretch_once(struct csvk_scan *scan, struct clean_check *check,
                                     const unsigned char *bytes, size_t at, unsigned kind,
                                     struct stretch_masks *masks)
{
    struct stretch s = {.inside = check->inside,
                        .fixed = (check->inside | check->may_open | check->cr) << 63,
                        .quote = check->closed << 63,
                        .cr = check->cr << 63,
                        .phase = check->phase};
    uint64_t texts = 0;
    stretch_prepare(scan, kind);
    if (!stretch_kind(&s, scan, check, bytes + at, kind, masks) ||
        ((kind & (STRETCH_QUOTES | STRETCH_UNCHECKED)) == STRETCH_QUOTES &&
         !stretch_inner(&s, masks)) ||
        ((kind & STRETCH_TEXT) != 0 && !stretch_text(check, bytes + at, masks, &texts))) {
        return false;
    }
    count_stretch(check, &s, masks->ends, bytes, at);
    check->kind = next_kind(&s, kind, texts);
    accept_stretch(check, &s, bytes + at + (size_t)64 * STRETCH_BLOCKS);
    return true;
}

static SCAN_TARGET void add_stretch_ends(struct csvk_scan *scan, const struct stretch_masks *masks,
                                         size_t at)
{
    for (size_t i = 0; i < STRETCH_BLOCKS; i++) {
        for (uint64_t ends = masks->ends[i]; ends != 0; ends &= ends - 1) {
            csvk_batch_builder_add_end(&scan->builder, at + 64 * i + low_bit(ends) + 1);
        }
    }
}

/* Bits of facts that enclosed lines, text beyond ASCII, control bytes and TAB may be worth. */
#define CHECKED_FACTS                                                                              \
    (CSVK_FACT_BIT(CSVK_FACT_SUSPICIOUS_LINES) | CSVK_FACT_BIT(CSVK_FACT_CONTROL) |                \
     CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) |                           \
     CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA) |                \
     CSVK_FACT_BIT(CSVK_FACT_REPLACEMENT_CHAR) | CSVK_FACT_BIT(CSVK_FACT_UNICODE_LINE_BREAK))

static SCAN_TARGET bool check_stretch(struct csvk_scan *scan, struct clean_check *check,
                                      const unsigned char *bytes, size_t at)
{
    if (check->width == 1 || check->inner_line || csvk_wants(check->table, CSVK_FACT_TAB) ||
        csvk_wants(check->table, CSVK_FACT_NON_ASCII)) {
        return false;
    }
    struct stretch_masks masks;
    unsigned unchecked = (scan->table.facts & CHECKED_FACTS) == 0 ? STRETCH_UNCHECKED : 0;
    unsigned all = unchecked != 0 ? STRETCH_ALL_OF_UNCHECKED : STRETCH_ALL;
    unsigned kind = ((check->kind | stretch_needs(check)) & all) | unchecked;
    while (!stretch_once(scan, check, bytes, at, kind, &masks)) {
        if (kind == all) {
            check->kind = STRETCH_ALL;
            return false;
        }
        kind = all;
    }
    if (scan->table.detail == CSVK_RECORDS) {
        add_stretch_ends(scan, &masks, at);
    }
    return true;
}
#else
/* Without a fast pdep the blocks are checked one by one. */
static inline bool check_stretch(struct csvk_scan *scan, struct clean_check *check,
                                 const unsigned char *bytes, size_t at)
{
    (void)scan;
    (void)check;
    (void)bytes;
    (void)at;
    return false;
}
#endif
