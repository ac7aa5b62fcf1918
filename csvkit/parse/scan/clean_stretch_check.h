/*
 * clean_stretch_check.h - private, part of scan_template.h: checks STRETCH_BLOCKS blocks together.
 *
 * The checks are those of clean_block_check.h, made without branches: every doubt is a bit that
 * should be 0, and the doubts of a block (in lanes.h those of all blocks) are looked at together.
 * When there is a doubt, nothing has been counted, and check_blocks takes the same bytes block by
 * block.
 *
 * A stretch is compiled for each kind (stretch_kinds.h), a set of things that its bytes may hold:
 * enclosures; CR and TAB; text beyond ASCII. Whatever is outside of the set is a doubt. What the
 * last stretch held is tried first, then all. So plain tables pay neither for enclosures nor for
 * UTF-8. UTF-8 is checked after the blocks, in those that hold a byte above 7F: the time depends on
 * their number and not on where they are. The letters of most alphabets take half of the steps that
 * others take: they are tried first, as long as there is nothing else.
 *
 * Enclosures. A byte is loose when it is outside of enclosures and neither a separator nor CR nor
 * an enclosure; all other bytes are fixed. Enclosures open and close only where they may exactly
 * when no loose byte is next to one:
 *
 *     - a loose byte before an enclosure: the enclosure opens within a field;
 *     - a loose byte after an enclosure: the enclosure closes and text follows.
 *
 *     bytes                 a  "  b  "  ,  "  c  "  d
 *     enclosures            .  1  .  1  .  1  .  1  .
 *     inside                .  1  1  .  .  1  1  .  .
 *     fixed                 .  1  1  1  1  1  1  1  .
 *     fixed << 1            .  .  1  1  1  1  1  1  1
 *     opens within a field  .  1  .  .  .  .  .  .  .     enclosure & ~(fixed << 1)
 *     text after closing    .  .  .  .  .  .  .  .  1     (enclosure << 1) & ~fixed
 *
 * So two shifts and two "and not" show both faults. The byte before the first block counts as fixed
 * when an enclosure may open after it.
 *
 * Where SCAN_PDEP is defined, the including file defines the probe of a block for it
 * (x86/scan_avx2.c), or SCAN_LANES and with it stretch_blocks (x86/lanes.h).
 */

#if defined(SCAN_PDEP)
/*
 * What a stretch hands from block to block. It is copied to a local variable while the blocks are
 * checked, so that it lives in registers.
 */
struct stretch {
    uint64_t inside; /* all ones: the block begins inside an enclosure */

    /* Masks of the block before; only bit 63, its last byte, matters. */
    uint64_t fixed, quote, cr;

    uint64_t phase;      /* as in struct clean_check; less than the width while there is no doubt */
    uint64_t separators; /* mask of the last block */

    /* Not 0: enclosures, CR have been seen. CR is sure to be noted only where all is allowed. */
    uint64_t quotes, crs;

    uint64_t records, inner_breaks; /* counted so far */
    bool tabs;                      /* a TAB has been seen */
};

/* What the blocks leave for the steps that come after them. */
struct stretch_masks {
    uint64_t ends[STRETCH_BLOCKS];      /* record ends */
    uint64_t inner[STRETCH_BLOCKS];     /* enclosed line breaks */
    uint64_t structure[STRETCH_BLOCKS]; /* separators outside of enclosures */
    uint64_t texts; /* bit i: block i holds a byte above 7F; only with STRETCH_TEXT */
};

#if defined(SCAN_LANES)
#include "csvkit/parse/scan/x86/lanes.h"
#else
static inline void stretch_prepare(struct csvk_scan *scan, unsigned kind)
{
    (void)scan, (void)kind;
}

/*
 * The faults of enclosures as the file head has them. Answers doubts: bits that should be 0. Makes
 * the inside mask.
 */
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
    s->inside = (uint64_t)((int64_t)m >> 63); /* the last bit, 64 times */
    *inside = m;
    return doubt;
}

/* A CR without LF, and record ends that are not of the table's kind. Answers doubts. */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
stretch_cr(struct stretch *s, const struct clean_check *check, struct struct_masks k, uint64_t ends)
{
    uint64_t after_cr = (k.cr << 1) | (s->cr >> 63);
    uint64_t strict = check->strict_eol ? ~UINT64_C(0) : 0;
    s->cr = k.cr;
    return (after_cr & ~k.lf) | ((after_cr ^ check->crlf_mode) & ends & strict);
}

/*
 * Record ends that do not stand at every width-th structural byte (check_width). Answers doubts.
 * The phase is an index into the rows, and it stays below the width only as long as nothing is in
 * doubt: so the caller must stop at the first doubt.
 */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
stretch_width(struct stretch *s, const struct clean_check *check, uint64_t ends, uint64_t structure)
{
    uint64_t n = popcount(structure), records = popcount(ends);
    uint64_t doubt = ends ^ SCAN_PDEP(check->phase_row[s->phase], structure);
    s->phase += n - check->width * records;
    s->records += records;
    return doubt;
}

/*
 * Checks one block, whose masks are `k`. False: in doubt. Each `kind` is a constant, so what it
 * does not allow costs nothing here: the probe has seen to it.
 */
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
    /* next_kind asks whether the next stretch can do without CR. */
    if (kind == STRETCH_ALL || kind == STRETCH_ALL_OF_UNCHECKED) {
        s->crs |= k.cr;
    }
    s->separators = k.separator;
    masks->ends[i] = ends;
    if ((kind & STRETCH_QUOTES) != 0 && (kind & STRETCH_UNCHECKED) != 0) {
        s->inner_breaks += popcount(k.lf & inside);
    } else if ((kind & STRETCH_QUOTES) != 0) {
        masks->inner[i] = k.lf & inside;
    }
    return (doubt | stretch_width(s, check, ends, structure)) == 0;
}

/*
 * Checks all blocks. `kind` is a constant in each caller. True when nothing is in doubt; otherwise
 * *state and *masks mean nothing. Works on copies, because through pointers every block would go
 * through memory.
 */
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

/* One compiled version of stretch_blocks for each kind that check_stretch asks for. */
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

/* The block after block i, if the sequence that its last byte belongs to may reach into it. */
static inline SCAN_TARGET uint64_t reached_from(const unsigned char *p, unsigned i)
{
    return p[64 * i + 63] >= 0x80 ? UINT64_C(2) << i & below(STRETCH_BLOCKS) : 0;
}

/*
 * True when the text is narrow (x86/utf8_narrow.h), and so neither ill-formed nor special. A lead
 * of three or four bytes that comes just before the stretch was not looked at, so it is here.
 */
static SCAN_TARGET bool stretch_narrow(const unsigned char *p, uint64_t blocks)
{
    struct narrow_text t = narrow_none();
    if (p[-1] >= 0xe0) {
        return false;
    }
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        narrow_look(p + 64 * i, &t);
        left |= reached_from(p, i);
    }
    return narrow_holds(&t);
}

/*
 * True when the text is neither ill-formed nor special. This and stretch_text are functions of
 * their own on purpose: inlined, they take registers from the blocks of all kinds.
 */
static __attribute__((noinline)) SCAN_TARGET bool stretch_wide(const unsigned char *p,
                                                               uint64_t blocks)
{
    text_probe t = probe_text_none();
    uint64_t looked_at = blocks;
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        probe_text(p + 64 * i, &t);
        left |= reached_from(p, i);
        looked_at |= left;
    }
    return !probe_ill(&t) && !(probe_special(&t, p) && check_special(p, looked_at));
}

/* After text that was not narrow, so many stretches are not tried as narrow. */
#define WIDE_STRETCHES 63

/*
 * Checks UTF-8 in the blocks that hold text, and in those that a sequence may reach into: the block
 * after one whose last byte is above 7F, and the first block when the stretch begins within text.
 * *texts becomes the blocks that hold text themselves, with the first one in that case.
 */
static __attribute__((noinline)) SCAN_TARGET bool stretch_text(struct clean_check *check,
                                                               const unsigned char *p,
                                                               const struct stretch_masks *masks,
                                                               uint64_t *texts)
{
    uint64_t blocks = masks->texts | (check->wide ? 1 : 0);
    *texts = blocks;
    if (check->wide_stretches == 0) {
        if (stretch_narrow(p, blocks)) {
            return true;
        }
        check->wide_stretches = WIDE_STRETCHES;
    } else {
        check->wide_stretches--;
    }
    return stretch_wide(p, blocks);
}

/*
 * Counts enclosed line breaks and looks at the lines on both sides of them. False: there is a
 * doubt.
 *
 * This runs after the blocks, over those that hold such a line break: a branch in every block would
 * go either way as the data please, and the processor could not foretell it.
 */
static SCAN_TARGET bool stretch_inner(struct stretch *s, const struct clean_check *check, size_t at,
                                      const struct stretch_masks *masks)
{
    for (uint64_t left = probe_words(masks->inner); left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        s->inner_breaks += popcount(masks->inner[i]);
        if (!check_inner_lines(check, at + 64 * i, masks->inner[i])) {
            return false;
        }
    }
    return true;
}

/*
 * The number of LF between `from` and `to`. The caller knows that all of them are enclosed, since
 * they come after the last record end.
 */
static SCAN_TARGET uint64_t breaks_between(const unsigned char *bytes, size_t from, size_t to)
{
    uint64_t count = 0;
    for (; from < to; from += 64) {
        uint64_t mask = to - from < 64 ? below((unsigned)(to - from)) : ~UINT64_C(0);
        count += popcount(chunk_eq(chunk_load(bytes + from), '\n') & mask);
    }
    return count;
}

/* The offset after the last record end of the stretch at `at`; there must be one. */
static SCAN_TARGET size_t last_end(const uint64_t *ends, size_t at)
{
    size_t i = STRETCH_BLOCKS - 1;
    while (ends[i] == 0) {
        i--;
    }
    return at + 64 * (i + 1) - (size_t)__builtin_clzll(ends[i]);
}

/*
 * How many records end with CR LF. In a table with one kind of line break its kind answers that.
 * Otherwise the byte before each record end does: the load is one byte back, so CR and LF get the
 * same bit.
 */
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

/*
 * Counts what a stretch without doubts has shown. As in count_ends, enclosed line breaks after the
 * last record end wait for the record that they are part of.
 */
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

/*
 * What the next stretch is expected to hold, after this one of kind `kind`: what this one has held.
 * CR is given up only after a stretch that allowed all, since only there it is sure to be noted.
 */
static unsigned next_kind(const struct stretch *s, unsigned kind, uint64_t texts)
{
    if (s->tabs) {
        return STRETCH_ALL;
    }
    bool all = kind == STRETCH_ALL || kind == STRETCH_ALL_OF_UNCHECKED;
    unsigned cr = all ? (s->crs != 0 ? STRETCH_CR : 0) : kind & STRETCH_CR;
    return cr | (s->quotes != 0 ? STRETCH_QUOTES : 0) | (texts != 0 ? STRETCH_TEXT : 0);
}

/*
 * Hands the state on from the stretch, which ends before `stop`, to the blocks that follow. `wide`
 * looks at three bytes: a sequence that is open has its first byte among them.
 */
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
}

/*
 * What a stretch must allow because of the bytes before it: an enclosure or a sequence that is
 * open, a CR that must be followed by LF. In a table of CR LF the record ends need the mask of CR.
 */
static unsigned stretch_needs(const struct clean_check *check)
{
    return (check->inside | check->closed ? STRETCH_QUOTES : 0) |
           (check->cr | check->crlf_mode ? STRETCH_CR : 0) | (check->wide ? STRETCH_TEXT : 0);
}

/*
 * Checks the stretch at `at` as one of kind `kind`. True: it is clean and has been counted. False:
 * in doubt, and nothing has changed.
 */
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
         !stretch_inner(&s, check, at, masks)) ||
        ((kind & STRETCH_TEXT) != 0 && !stretch_text(check, bytes + at, masks, &texts))) {
        return false;
    }
    count_stretch(check, &s, masks->ends, bytes, at);
    check->kind = next_kind(&s, kind, texts);
    accept_stretch(check, &s, bytes + at + (size_t)64 * STRETCH_BLOCKS);
    return true;
}

/*
 * Reports where records end, when the caller wants records. Two ends of each block are written
 * whether they are there or not, since how many there are no processor can foretell.
 */
static SCAN_TARGET void add_stretch_ends(struct csvk_scan *scan, const struct stretch_masks *masks,
                                         size_t at)
{
    struct csvk_batch_builder *builder = &scan->builder;
    while (builder->ends_cap - builder->nends < 64 * STRETCH_BLOCKS + 2) {
        if (!csvk_batch_builder_grow_ends(builder)) {
            return;
        }
    }
    for (size_t i = 0; i < STRETCH_BLOCKS; i++) {
        const uint64_t last = UINT64_C(1) << 63;
        uint64_t ends = masks->ends[i], rest = ends & (ends - 1);
        uint32_t *to = builder->ends + builder->nends, after = (uint32_t)(at + 64 * i + 1);
        to[0] = after + low_bit(ends | last);
        to[1] = after + low_bit(rest | last);
        for (rest &= rest - 1, to += 2; rest != 0; rest &= rest - 1) {
            *to++ = after + low_bit(rest);
        }
        builder->nends += popcount(ends);
    }
}

/*
 * Facts that enclosed lines, text beyond ASCII, control bytes and TAB may be worth. When none of
 * them is wanted, those bytes need no check at all (STRETCH_UNCHECKED).
 */
#define CHECKED_FACTS                                                                              \
    (CSVK_FACT_BIT(CSVK_FACT_SUSPICIOUS_LINES) | CSVK_FACT_BIT(CSVK_FACT_CONTROL) |                \
     CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) |                           \
     CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA) |                \
     CSVK_FACT_BIT(CSVK_FACT_REPLACEMENT_CHAR) | CSVK_FACT_BIT(CSVK_FACT_UNICODE_LINE_BREAK))

/*
 * Checks the stretch at `at`, with the kind that is expected and then with all. False: block by
 * block, please; nothing has been counted. Some tables never get here: in those of one column an
 * empty line is a fact, and facts about TAB or text are wanted wherever there is a byte of them.
 */
static SCAN_TARGET bool check_stretch(struct csvk_scan *scan, struct clean_check *check,
                                      const unsigned char *bytes, size_t at)
{
    if (check->width == 1 || csvk_wants(check->table, CSVK_FACT_TAB) ||
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
