/*
 * clean_block_check.h - private, part of scan_template.h: shows that whole records are clean, and
 * counts them.
 *
 * How one block is shown to be clean, with q = enclosures:
 *
 *     bytes      a  ,  "  x  ,  "  ,  "  y  "  LF
 *     q          .  .  1  .  .  1  .  1  .  1  .
 *     inside     .  .  1  1  1  .  .  1  1  .  .     prefix xor of q
 *     opening    .  .  1  .  .  .  .  1  .  .  .     q & inside
 *     closing    .  .  .  .  .  1  .  .  .  1  .     q & ~inside
 *     structure  .  1  .  .  .  .  1  .  .  .  1     (delimiter | LF) & ~inside
 *     ends       .  .  .  .  .  .  .  .  .  .  1     LF & ~inside
 *
 *   - Every opening follows a separator, a record's start or a closing. The last is a doubled
 *     enclosure, which looks like one that closes and one that opens.
 *   - Every closing comes before a separator, a CR or another enclosure.
 *   - Every width-th bit of `structure` is a record end, and no other bit is one (check_width).
 *   - Every CR is followed by LF, and no byte is worth a fact.
 *
 * What a block has to know of the bytes before it is in struct clean_check. Any doubt ends the
 * check: what is wrong, if anything, is for the other two parsers to say.
 */

/*
 * What is known before a block. In fields that name a bit, bit 0 stands for the byte before the
 * block; the others are 0.
 */
struct clean_check {
    const struct csvk_table *table;
    const uint64_t *phase_row;
    uint64_t width;
    uint64_t inside;               /* all ones: the block begins inside an enclosure */
    uint64_t may_open;             /* bit 0: the byte before lets an enclosure open */
    uint64_t closed;               /* bit 0: the byte before is a closing enclosure */
    uint64_t cr;                   /* bit 0: the byte before is CR */
    uint64_t phase;                /* structural bytes since the last record end */
    bool wide;                     /* the block before holds bytes above 7F */
    const unsigned char *bytes;    /* of the window */
    size_t from, length;           /* the check begins there, with a record; the window's end */
    uint64_t inner_breaks;         /* enclosed line breaks since the last record end */
    bool strict_eol;               /* every line break of a record must be of the table's kind */
    unsigned kind;                 /* of the stretch to come: what its bytes are expected to hold */
    unsigned wide_stretches;       /* so many are not tried as narrow text (stretch_text) */
    uint64_t crlf_mode;            /* all ones: the table's kind is CR LF */
    uint64_t records, crlf, lines; /* shown to be clean */
    size_t end;                    /* offset after the last clean record */
};

/* The masks of one block. `cr` and `high` are made only when a suspect byte asks for them. */
struct scan_block {
    uint64_t delimiter, quote, lf, suspect, cr, high;
};

static inline SCAN_TARGET struct scan_block load_block(const unsigned char *p,
                                                       const struct structural_bytes *n)
{
    chunk c = chunk_load(p);
    struct scan_block b;
    b.delimiter = chunk_eq(c, n->delimiter);
    b.quote = chunk_eq(c, n->enclosure) & n->quote_on;
    b.lf = chunk_eq(c, '\n');
    b.suspect = chunk_suspect(c) & ~(b.lf | b.delimiter | b.quote);
    b.cr = b.high = 0;
    return b;
}

/*
 * Looks at the bytes that are neither printable ASCII nor structural. False when one of them is
 * worth a fact. `wide` asks for UTF-8 in this block too, since a sequence of the block before may
 * end in it.
 */
static inline SCAN_TARGET bool check_bytes(struct clean_check *check, const unsigned char *p,
                                           struct scan_block *b)
{
    chunk c = chunk_load(p);
    b->cr = chunk_eq(c, '\r');
    uint64_t rest = b->suspect & ~b->cr;
    /*
     * Not CR: so text, a TAB or a control byte. A control byte is taken for a fact without asking.
     */
    if (rest != 0) {
        b->high = chunk_high(c);
        rest &= ~(b->high | chunk_eq(c, '\t'));
        if (rest != 0 || (b->high != 0 && csvk_wants(check->table, CSVK_FACT_NON_ASCII))) {
            return false;
        }
        if (csvk_wants(check->table, CSVK_FACT_TAB) && (b->suspect & chunk_eq(c, '\t')) != 0) {
            return false;
        }
    }
    return (b->high == 0 && !check->wide) || check_utf8(p);
}

/*
 * True when enclosures open and close only where they may. Makes the inside mask: a byte is inside
 * when the number of enclosures up to it, itself included, is odd.
 *
 *     opener         bytes after which an enclosure may open, moved on by one byte
 *     after_closing  bytes after a closing enclosure
 *     closer         bytes that may stand there
 */
static inline SCAN_TARGET bool check_enclosures(struct clean_check *check,
                                                const struct scan_block *b, uint64_t *inside)
{
    uint64_t m = prefix_xor(b->quote) ^ check->inside;
    uint64_t opening = b->quote & m, closing = b->quote & ~m;
    uint64_t opener = ((b->delimiter | b->lf | closing) << 1) | check->may_open;
    uint64_t after_closing = (closing << 1) | check->closed;
    uint64_t closer = b->delimiter | b->lf | b->cr | b->quote;
    *inside = m;
    return ((opening & ~opener) | (after_closing & ~closer)) == 0;
}

/*
 * Is the line that ends with the LF at `at` like a record: has it as many delimiters? It begins
 * after the LF before it, or with the check.
 */
static SCAN_TARGET bool line_before_is_alike(const struct clean_check *check, size_t at)
{
    uint64_t count = 0, lf = 0;
    for (size_t end = at; lf == 0 && end > check->from && count < check->width; end -= 64) {
        chunk c = chunk_load(check->bytes + end - 64);
        uint64_t known =
            end - check->from < 64 ? ~below((unsigned)(64 - (end - check->from))) : ~UINT64_C(0);
        lf = chunk_eq(c, '\n') & known;
        known = lf != 0 ? ~below(63u - (unsigned)__builtin_clzll(lf)) : known;
        count += popcount(chunk_eq(c, check->table->dialect.delimiter) & known);
        if (end - check->from < 64) {
            break;
        }
    }
    return count == check->width - 1;
}

/* The same for the line that begins at `at`. A line that does not end in the window may be. */
static SCAN_TARGET bool line_after_may_be_alike(const struct clean_check *check, size_t at)
{
    uint64_t count = 0, lf = 0;
    for (; lf == 0 && at < check->length && count < check->width; at += 64) {
        chunk c = chunk_load(check->bytes + at);
        size_t left = check->length - at;
        uint64_t known = left < 64 ? below((unsigned)left) : ~UINT64_C(0);
        lf = chunk_eq(c, '\n') & known;
        known = lf != 0 ? below(low_bit(lf)) : known;
        count += popcount(chunk_eq(c, check->table->dialect.delimiter) & known);
    }
    return lf != 0 ? count == check->width - 1 : count < check->width;
}

/*
 * `inner` are the enclosed line breaks of the block at `at`. False when the lines on both sides of
 * one are like records: that may be worth CSVK_FACT_SUSPICIOUS_LINES, for which all lines of the
 * record must be. Such line breaks are few, so their lines are looked at in memory.
 */
static SCAN_TARGET bool check_inner_lines(const struct clean_check *check, size_t at,
                                          uint64_t inner)
{
    if (!csvk_wants(check->table, CSVK_FACT_SUSPICIOUS_LINES) || check->width < 2) {
        return true;
    }
    for (; inner != 0; inner &= inner - 1) {
        size_t lf = at + low_bit(inner);
        if (line_before_is_alike(check, lf) && line_after_may_be_alike(check, lf + 1)) {
            return false;
        }
    }
    return true;
}

/*
 * True when every CR is followed by LF and all record ends are of the table's kind, or the table is
 * known to mix them.
 *
 *     after_cr ^ crlf_mode   at an LF: 1 where LF and CR LF are not what the table has
 */
static inline SCAN_TARGET bool check_line_breaks(struct clean_check *check,
                                                 const struct scan_block *b, uint64_t ends)
{
    uint64_t after_cr = (b->cr << 1) | check->cr;
    if ((after_cr & ~b->lf) != 0) {
        return false;
    }
    if (check->strict_eol && ((after_cr ^ check->crlf_mode) & ends) != 0) {
        return false;
    }
    check->crlf += popcount(after_cr & ends);
    return true;
}

#if defined(SCAN_PDEP)
/*
 * True when record ends stand at every width-th structural byte and nowhere else. `phase`, the
 * number of structural bytes since the last record end, chooses a row: its bit i says whether the
 * i-th structural byte from here must be a record end. pdep spreads the row's bits over the bits of
 * `structure`, first to first. With a width of 3 and a phase of 1:
 *
 *     row        . 1 . . 1 . . 1
 *     structure  . . 1 . 1 . . 1
 *     pdep       . . . . 1 . . .     must be equal to `ends`
 *
 * One comparison thus decides about any number of fields, without a branch for each.
 */
static inline SCAN_TARGET bool check_width(struct clean_check *check, uint64_t ends,
                                           uint64_t structure)
{
    if (ends != SCAN_PDEP(check->phase_row[check->phase], structure)) {
        return false;
    }
    /* Less than the width again: every `width` structural bytes, one of them was an end. */
    check->phase += popcount(structure) - check->width * popcount(ends);
    return true;
}
#else
/* As above, where pdep is slow or missing: one step for each record end. */
static inline SCAN_TARGET bool check_width(struct clean_check *check, uint64_t ends,
                                           uint64_t structure)
{
    uint64_t delimiters = structure & ~ends;
    while (ends != 0) {
        uint64_t before = delimiters & below(low_bit(ends));
        if (check->phase + popcount(before) != check->width - 1) {
            return false;
        }
        delimiters ^= before;
        check->phase = 0;
        ends &= ends - 1;
    }
    check->phase += popcount(delimiters);
    return true;
}
#endif

/*
 * False for an empty line in a table of one column, which is worth a fact. In wider tables an empty
 * line fails by its width.
 */
static inline SCAN_TARGET bool check_not_blank(const struct clean_check *check,
                                               const struct scan_block *b, uint64_t ends)
{
    uint64_t starts = (ends << 1) | (check->phase == 0 && check->may_open ? 1 : 0);
    return check->width != 1 || (starts & (b->lf | b->cr)) == 0;
}

/*
 * Counts record ends and enclosed line breaks. Line breaks after the last record end belong to a
 * record that is not known to be clean yet: they wait in inner_breaks.
 */
static inline SCAN_TARGET void count_ends(struct clean_check *check, uint64_t ends, uint64_t inner,
                                          size_t at)
{
    if (ends == 0) {
        check->inner_breaks += popcount(inner);
        return;
    }
    unsigned last = 63u - (unsigned)__builtin_clzll(ends);
    uint64_t upto = below(last);
    check->records += popcount(ends);
    check->lines += popcount(inner & upto) + check->inner_breaks;
    check->inner_breaks = popcount(inner & ~upto);
    check->end = at + last + 1;
}

/*
 * Checks the block at `p`, which is at offset `at`, and counts what it holds. False when it is in
 * doubt: of the counts only check->crlf may have changed then. What few blocks need is asked for
 * only when a mask says so; these branches go the same way through most of a table.
 */
static inline SCAN_TARGET bool check_block(struct clean_check *check, const unsigned char *p,
                                           const struct structural_bytes *n, size_t at,
                                           uint64_t *record_ends)
{
    struct scan_block b = load_block(p, n);
    if ((b.suspect != 0 || check->wide) && !check_bytes(check, p, &b)) {
        return false;
    }
    uint64_t inside = check->inside;
    if ((b.quote | check->inside | check->closed) != 0 && !check_enclosures(check, &b, &inside)) {
        return false;
    }
    uint64_t ends = b.lf & ~inside;
    uint64_t structure = ends | (b.delimiter & ~inside);
    if (!check_not_blank(check, &b, ends)) {
        return false;
    }
    uint64_t inner = b.lf & inside;
    if (inner != 0 && !check_inner_lines(check, at, inner)) {
        return false;
    }
    if (!check_line_breaks(check, &b, ends) || !check_width(check, ends, structure)) {
        return false;
    }
    count_ends(check, ends, inner, at);
    /* The last byte of this block is the byte before the next one. */
    check->inside = (uint64_t)((int64_t)inside >> 63);
    check->may_open = (structure | (b.quote & ~inside)) >> 63;
    check->closed = (b.quote & ~inside) >> 63;
    check->cr = b.cr >> 63;
    check->wide = b.high != 0;
    *record_ends = ends;
    return true;
}

#include "csvkit/parse/scan/clean_stretch_check.h"

/* A check that begins with the record at `from`. */
static inline SCAN_TARGET struct clean_check clean_check_at(const struct csvk_scan *scan,
                                                            const unsigned char *bytes, size_t from,
                                                            size_t length)
{
    const struct csvk_table *table = &scan->table;
    return (struct clean_check){
        .table = table,
        .bytes = bytes,
        .from = from,
        .length = length,
        .phase_row = scan->phase,
        .width = table->totals.width,
        .may_open = 1,
        .strict_eol = !table->mixed_reported,
        .crlf_mode = table->totals.eol_mode == CSVK_EOL_CRLF ? ~UINT64_C(0) : 0,
        .kind = STRETCH_ALL,
        .end = from,
    };
}

/* Adds what was shown to be clean to the table's totals. Each record ends a line. */
static void commit_clean_records(struct csvk_scan *scan, const struct clean_check *check,
                                 uint64_t crlf)
{
    struct csvk_totals *t = &scan->table.totals;
    t->records += check->records;
    t->lines += check->records + check->lines;
    t->eol[CSVK_EOL_CRLF] += crlf;
    t->eol[CSVK_EOL_LF] += check->records - crlf;
}

/*
 * Checks block by block up to `until`. Answers where it stopped, which is `until` when all was
 * clean.
 */
static SCAN_TARGET size_t check_blocks(struct csvk_scan *scan, struct clean_check *check,
                                       const unsigned char *bytes, size_t at, size_t until)
{
    struct structural_bytes n = structural_bytes_of(&scan->table);
    bool reports_ends = scan->table.detail == CSVK_RECORDS;
    for (; at < until; at += 64) {
        uint64_t ends = 0, crlf = check->crlf;
        if (!check_block(check, bytes + at, &n, at, &ends)) {
            check->crlf = crlf;
            return at;
        }
        for (; reports_ends && ends != 0; ends &= ends - 1) {
            csvk_batch_builder_add_end(&scan->builder, at + low_bit(ends) + 1);
        }
    }
    return at;
}

/*
 * Checks from `from` on, stretch by stretch; block by block where a stretch is in doubt or fewer
 * bytes are left. Answers the offset after the last record that was shown to be clean.
 */
static SCAN_TARGET size_t check_clean(struct csvk_scan *scan, const unsigned char *bytes,
                                      size_t from, size_t length)
{
    struct clean_check check = clean_check_at(scan, bytes, from, length);
    size_t at = from;
    while (length - at >= 64) {
        size_t blocks = (length - at) / 64;
        size_t until = at + 64 * (blocks < STRETCH_BLOCKS ? blocks : STRETCH_BLOCKS);
        if (until - at != 64 * STRETCH_BLOCKS || !check_stretch(scan, &check, bytes, at)) {
            size_t stopped = check_blocks(scan, &check, bytes, at, until);
            if (stopped != until) {
                break;
            }
        }
        at = until;
    }
    commit_clean_records(scan, &check, check.crlf);
    return check.end;
}
