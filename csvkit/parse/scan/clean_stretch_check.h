/*
 * clean_stretch_check.h - private, part of scan_template.h: proves SPRINT_BLOCKS blocks in one go.
 * All doubts are gathered; when there is one, nothing has happened and prove_blocks takes the same
 * bytes block by block.
 *
 * A sprint is compiled for each set of things that its bytes may hold (enclosures; CR and TAB; text
 * beyond ASCII); whatever is outside the set is a doubt. The set of the last sprint is tried first,
 * then all. Plain tables thus pay neither for enclosures nor for UTF-8. UTF-8 is checked behind the
 * blocks, in those that hold a byte above 7F: their number costs, not where they are.
 *
 * Enclosures. Call a byte loose when it is outside, and neither a separator, CR nor an enclosure.
 * An enclosure opens and closes where it may exactly when no loose byte touches one: a loose byte
 * before an enclosure means that this one opens inside a field, a loose byte behind one that this
 * one closed and text follows. With `fixed` = not loose, two shifts and two "and not" show both.
 */

#if defined(SCAN_PDEP)
/* What one sprint carries from block to block; lives in registers. */
struct sprint {
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

/* Where the blocks of a sprint leave what is looked at behind it. */
struct sprint_notes {
    uint64_t ends[SPRINT_BLOCKS];  /* record ends */
    uint64_t inner[SPRINT_BLOCKS]; /* enclosed line breaks */
    uint64_t structure[SPRINT_BLOCKS];
    uint64_t texts; /* bit i: block i holds a byte above 7F; with SPRINT_TEXT */
};

#if defined(SCAN_LANES)
#include "csvkit/parse/scan/x86/lanes.h"
#else
static inline void sprint_prepare(struct csvk_scan *scan, unsigned kind)
{
    (void)scan, (void)kind;
}

/* Answers doubts: bits that should be 0. */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
sprint_enclosures(struct sprint *s, struct struct_masks k, uint64_t *inside)
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

static inline __attribute__((always_inline)) SCAN_TARGET uint64_t sprint_cr(struct sprint *s,
                                                                            const struct prover *pr,
                                                                            struct struct_masks k,
                                                                            uint64_t ends)
{
    uint64_t after_cr = (k.cr << 1) | (s->cr >> 63);
    uint64_t strict = pr->strict_eol ? ~UINT64_C(0) : 0;
    s->cr = k.cr;
    return (after_cr & ~k.lf) | ((after_cr ^ pr->crlf_mode) & ends & strict);
}

/* The phase stays below the width as long as nothing is in doubt. */
static inline __attribute__((always_inline)) SCAN_TARGET uint64_t
sprint_width(struct sprint *s, const struct prover *pr, uint64_t ends, uint64_t structure)
{
    uint64_t n = popcount(structure), records = popcount(ends);
    uint64_t doubt = ends ^ SCAN_PDEP(pr->phase_row[s->phase], structure);
    s->phase += n - pr->width * records;
    s->records += records;
    return doubt;
}

/* False: in doubt. */
static inline __attribute__((always_inline)) SCAN_TARGET bool sprint_block(
    struct sprint *s, const struct prover *pr, struct struct_masks k, unsigned kind,
    struct sprint_notes *notes, size_t i)
{
    uint64_t inside = 0, doubt = 0;
    if ((kind & SPRINT_QUOTES) != 0) {
        doubt = sprint_enclosures(s, k, &inside);
    }
    uint64_t ends = k.lf & ~inside;
    uint64_t structure = k.separator & ~inside;
    if ((kind & SPRINT_CR) != 0) {
        doubt |= sprint_cr(s, pr, k, ends);
    }
    if (kind == SPRINT_ALL || kind == SPRINT_ALL_OF_UNCHECKED) {
        s->crs |= k.cr;
    }
    s->separators = k.separator;
    notes->ends[i] = ends;
    if ((kind & SPRINT_QUOTES) != 0 && (kind & SPRINT_UNCHECKED) != 0) {
        s->inner_breaks += popcount(k.lf & inside);
    } else if ((kind & SPRINT_QUOTES) != 0) {
        notes->inner[i] = k.lf & inside;
        notes->structure[i] = structure;
    }
    return (doubt | sprint_width(s, pr, ends, structure)) == 0;
}

/* All blocks; `kind` is a constant in each caller. True when nothing is in doubt. Works on copies:
 * through pointers every block would go through memory. */
static inline __attribute__((always_inline)) SCAN_TARGET bool sprint_blocks(
    struct sprint *state, const struct csvk_scan *scan, const struct prover *prover,
    const unsigned char *p, unsigned kind, struct sprint_notes *notes)
{
    struct sprint s = *state;
    const struct prover pr = *prover;
    const struct probe_needles v = probe_needles_of(&scan->table);
    struct probe seen = probe_none();
    uint64_t high[SPRINT_BLOCKS];
    for (size_t i = 0; i < SPRINT_BLOCKS; i++) {
        struct struct_masks k = probe_block(p + 64 * i, &v, kind, &seen, &high[i]);
        if (!sprint_block(&s, &pr, k, kind, notes, i)) {
            return false;
        }
    }
    s.tabs = (kind & SPRINT_TAB) != 0 && probe_tabs(&seen);
    notes->texts = (kind & SPRINT_TEXT) != 0 ? probe_words(high) : 0;
    *state = s;
    return !probe_stray(&seen);
}
#endif

static SCAN_TARGET bool sprint_kind(struct sprint *s, const struct csvk_scan *scan,
                                    const struct prover *pr, const unsigned char *p, unsigned kind,
                                    struct sprint_notes *notes)
{
    switch (kind) {
    case 0: return sprint_blocks(s, scan, pr, p, 0, notes);
    case 1: return sprint_blocks(s, scan, pr, p, 1, notes);
    case 2: return sprint_blocks(s, scan, pr, p, 2, notes);
    case 3: return sprint_blocks(s, scan, pr, p, 3, notes);
    case 4: return sprint_blocks(s, scan, pr, p, 4, notes);
    case 5: return sprint_blocks(s, scan, pr, p, 5, notes);
    case 6: return sprint_blocks(s, scan, pr, p, 6, notes);
    case 7: return sprint_blocks(s, scan, pr, p, 7, notes);
    case 8: return sprint_blocks(s, scan, pr, p, 8, notes);
    case 9: return sprint_blocks(s, scan, pr, p, 9, notes);
    case 10: return sprint_blocks(s, scan, pr, p, 10, notes);
    case 11: return sprint_blocks(s, scan, pr, p, 11, notes);
    default: return sprint_blocks(s, scan, pr, p, SPRINT_ALL, notes);
    }
}

/* UTF-8 of the blocks that hold text, and of those that a sequence may reach into. */
static SCAN_TARGET bool sprint_text(const struct prover *pr, const unsigned char *p,
                                    const struct sprint_notes *notes, uint64_t *texts)
{
    uint64_t blocks = notes->texts | (pr->wide ? 1 : 0);
    *texts = blocks;
    struct probe_text t = probe_text_none();
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        probe_text(p + 64 * i, &t);
        if (p[64 * i + 63] >= 0x80) {
            left |= UINT64_C(2) << i & below(SPRINT_BLOCKS);
        }
    }
    return !probe_ill(&t) && !(probe_special(&t, p) && check_special(p, SPRINT_BLOCKS));
}

/*
 * Enclosed line breaks. Two of them without structure between enclose a whole line, which has to be
 * judged (prove_inner_lines); two in one block are too rare to be told apart. Behind the blocks, in
 * those that hold one: a branch in every block would be taken or not as the data please. False: a
 * doubt.
 */
static SCAN_TARGET bool sprint_inner(struct sprint *s, const struct sprint_notes *notes)
{
    uint64_t blocks = probe_words(notes->inner), structured = probe_words(notes->structure);
    uint64_t since = 1, several = 0; /* structure since the last break; a break too many */
    unsigned next = 0;               /* the block behind it */
    for (uint64_t left = blocks; left != 0; left &= left - 1) {
        unsigned i = low_bit(left);
        uint64_t inner = notes->inner[i], structure = notes->structure[i];
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

/* The offset behind the last record end of the sprint at `at`; there is one. */
static SCAN_TARGET size_t last_end(const uint64_t *ends, size_t at)
{
    size_t i = SPRINT_BLOCKS - 1;
    while (ends[i] == 0) {
        i--;
    }
    return at + 64 * (i + 1) - (size_t)__builtin_clzll(ends[i]);
}

/* Records that end with CRLF. In a table of one kind of line break it is the table's that tells. */
static SCAN_TARGET uint64_t count_crlf(const struct prover *pr, const struct sprint *s,
                                       const uint64_t *ends, const unsigned char *p)
{
    if (pr->strict_eol) {
        return s->records & pr->crlf_mode;
    }
    uint64_t count = 0;
    for (size_t i = 0; i < SPRINT_BLOCKS; i++) {
        count += popcount(ends[i] & chunk_eq(chunk_load(p + 64 * i - 1), '\r'));
    }
    return count;
}

static SCAN_TARGET void count_sprint(struct prover *pr, const struct sprint *s,
                                     const uint64_t *ends, const unsigned char *bytes, size_t at)
{
    pr->inner_breaks += s->inner_breaks;
    if (s->records != 0) {
        size_t stop = at + (size_t)64 * SPRINT_BLOCKS;
        pr->end = last_end(ends, at);
        uint64_t rest = s->inner_breaks != 0 ? breaks_between(bytes, pr->end, stop) : 0;
        pr->lines += pr->inner_breaks - rest;
        pr->inner_breaks = rest;
    }
    pr->records += s->records;
    pr->crlf += count_crlf(pr, s, ends, bytes + at);
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

/* What the next sprint is to expect, after one that expected `kind`. */
static unsigned next_kind(const struct sprint *s, unsigned kind, uint64_t texts)
{
    if (s->tabs) {
        return SPRINT_ALL;
    }
    bool all = kind == SPRINT_ALL || kind == SPRINT_ALL_OF_UNCHECKED;
    unsigned cr = all ? (s->crs != 0 ? SPRINT_CR : 0) : kind & SPRINT_CR;
    return cr | (s->quotes != 0 ? SPRINT_QUOTES : 0) | (texts != 0 ? SPRINT_TEXT : 0);
}

static SCAN_TARGET void accept_sprint(struct prover *pr, const struct sprint *s,
                                      const unsigned char *stop)
{
    uint64_t closed = s->quote & ~s->inside;
    pr->inside = s->inside;
    pr->may_open = ((s->separators & ~s->inside) | closed) >> 63;
    pr->closed = closed >> 63;
    pr->cr = s->cr >> 63;
    pr->phase = s->phase;
    pr->wide = stop[-1] >= 0x80 || stop[-2] >= 0x80 || stop[-3] >= 0x80;
    pr->inner_line = s->inner_line;
    pr->inner_delimiters = pr->inner_line ? delimiters_on_line(stop, pr->table) : 0;
}

/* What the bytes before force into the set. */
static unsigned sprint_needs(const struct prover *pr)
{
    return (pr->inside | pr->closed | (uint64_t)pr->inner_line ? SPRINT_QUOTES : 0) |
           (pr->cr | pr->crlf_mode ? SPRINT_CR : 0) | (pr->wide ? SPRINT_TEXT : 0);
}

static SCAN_TARGET bool sprint_once(struct csvk_scan *scan, struct prover *pr,
                                    const unsigned char *bytes, size_t at, unsigned kind,
                                    struct sprint_notes *notes)
{
    struct sprint s = {.inside = pr->inside,
                       .fixed = (pr->inside | pr->may_open | pr->cr) << 63,
                       .quote = pr->closed << 63,
                       .cr = pr->cr << 63,
                       .phase = pr->phase};
    uint64_t texts = 0;
    sprint_prepare(scan, kind);
    if (!sprint_kind(&s, scan, pr, bytes + at, kind, notes) ||
        ((kind & (SPRINT_QUOTES | SPRINT_UNCHECKED)) == SPRINT_QUOTES &&
         !sprint_inner(&s, notes)) ||
        ((kind & SPRINT_TEXT) != 0 && !sprint_text(pr, bytes + at, notes, &texts))) {
        return false;
    }
    count_sprint(pr, &s, notes->ends, bytes, at);
    pr->kind = next_kind(&s, kind, texts);
    accept_sprint(pr, &s, bytes + at + (size_t)64 * SPRINT_BLOCKS);
    return true;
}

static SCAN_TARGET void tell_sprint(struct csvk_scan *scan, const struct sprint_notes *notes,
                                    size_t at)
{
    for (size_t i = 0; i < SPRINT_BLOCKS; i++) {
        for (uint64_t ends = notes->ends[i]; ends != 0; ends &= ends - 1) {
            csvk_told_end(&scan->told, at + 64 * i + low_bit(ends) + 1);
        }
    }
}

/* Bits of facts that enclosed lines, text beyond ASCII, control bytes and TAB may be worth. */
#define CHECKED_FACTS                                                                              \
    (CSVK_FACT_BIT(CSVK_FACT_SUSPICIOUS_LINES) | CSVK_FACT_BIT(CSVK_FACT_CONTROL) |                \
     CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) |                           \
     CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA) |                \
     CSVK_FACT_BIT(CSVK_FACT_REPLACEMENT_CHAR) | CSVK_FACT_BIT(CSVK_FACT_UNICODE_LINE_BREAK))

static SCAN_TARGET bool sprint(struct csvk_scan *scan, struct prover *pr,
                               const unsigned char *bytes, size_t at)
{
    if (pr->width == 1 || pr->inner_line || csvk_wants(pr->table, CSVK_FACT_TAB) ||
        csvk_wants(pr->table, CSVK_FACT_NON_ASCII)) {
        return false;
    }
    struct sprint_notes notes;
    unsigned unchecked = (scan->table.facts & CHECKED_FACTS) == 0 ? SPRINT_UNCHECKED : 0;
    unsigned all = unchecked != 0 ? SPRINT_ALL_OF_UNCHECKED : SPRINT_ALL;
    unsigned kind = ((pr->kind | sprint_needs(pr)) & all) | unchecked;
    while (!sprint_once(scan, pr, bytes, at, kind, &notes)) {
        if (kind == all) {
            pr->kind = SPRINT_ALL;
            return false;
        }
        kind = all;
    }
    if (scan->table.detail == CSVK_RECORDS) {
        tell_sprint(scan, &notes, at);
    }
    return true;
}
#else
/* Without a fast pdep the blocks are proven one by one. */
static inline bool sprint(struct csvk_scan *scan, struct prover *pr, const unsigned char *bytes,
                          size_t at)
{
    (void)scan;
    (void)pr;
    (void)bytes;
    (void)at;
    return false;
}
#endif
