/*
 * clean_block_check.h - private, part of scan_template.h: shows that whole records are clean.
 *
 * How one block is shown to be clean, with D = delimiters, q = enclosures, f = line feeds (bit i =
 * byte i):
 *
 *        bytes   a , " x , " " y " LF          (bit order: left = low)
 *            q   0 0 1 0 0 1 1 0 1 0
 *       inside   0 0 1 1 1 0 1 1 0 0           prefix xor of q: opening bits are in, closing are
 * out opening = q & inside, closing = q & ~inside every opening must follow a separator, a record
 * start or a closing (a doubled enclosure); every closing must precede a separator, CR, or another
 * enclosure; s = (D | f) & ~inside are the structural bytes; record ends must stand at every
 * width-th of them: compared in one step with a table row, spread over them (pdep), that the phase
 * chooses, the number of structural bytes since the last record end.
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
    bool inner_line;               /* an enclosed line began in the field that is open now */
    uint64_t inner_delimiters;     /* on it so far */
    uint64_t inner_breaks;         /* enclosed line breaks since the last record end */
    bool strict_eol;               /* every record end must be of the table's kind */
    unsigned kind;                 /* of the last stretch: what its bytes held */
    uint64_t crlf_mode;            /* all ones: that kind is CRLF */
    uint64_t records, crlf, lines; /* shown to be clean */
    size_t end;                    /* behind the last clean record */
};

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

/* Bytes that are neither printable ASCII nor structure. False: one of them is worth a fact. */
static inline SCAN_TARGET bool check_bytes(struct clean_check *check, const unsigned char *p,
                                           struct scan_block *b)
{
    chunk c = chunk_load(p);
    b->cr = chunk_eq(c, '\r');
    uint64_t rest = b->suspect & ~b->cr;
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

/* Enclosures open and close where they may; answers the inside mask. */
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

/* Line breaks inside enclosures: counted, and no inner line may look like a record. */
static SCAN_TARGET bool check_inner_lines(struct clean_check *check, uint64_t inner,
                                          uint64_t delimiter, uint64_t structure)
{
    bool judge = csvk_wants(check->table, CSVK_FACT_SUSPICIOUS_LINES) && check->width >= 2;
    uint64_t from = ~UINT64_C(0);
    while (inner != 0) {
        uint64_t range = from & below(low_bit(inner));
        if ((structure & range) != 0) {
            check->inner_line = false;
        }
        check->inner_delimiters += popcount(delimiter & range);
        if (judge && check->inner_line && check->inner_delimiters == check->width - 1) {
            return false;
        }
        check->inner_line = true;
        check->inner_delimiters = 0;
        from = ~below(low_bit(inner)) << 1;
        inner &= inner - 1;
    }
    if ((structure & from) != 0) {
        check->inner_line = false;
    }
    check->inner_delimiters += popcount(delimiter & from);
    return true;
}

/* Every CR belongs to a CRLF, and record ends are of one kind. */
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
static inline SCAN_TARGET bool check_width(struct clean_check *check, uint64_t ends,
                                           uint64_t structure)
{
    if (ends != SCAN_PDEP(check->phase_row[check->phase], structure)) {
        return false;
    }
    check->phase += popcount(structure) - check->width * popcount(ends);
    return true;
}
#else
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

/* In a table of one column an empty line is worth a fact; in wider ones the width tells. */
static inline SCAN_TARGET bool check_not_blank(const struct clean_check *check,
                                               const struct scan_block *b, uint64_t ends)
{
    uint64_t starts = (ends << 1) | (check->phase == 0 && check->may_open ? 1 : 0);
    return check->width != 1 || (starts & (b->lf | b->cr)) == 0;
}

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
    if ((inner != 0 || check->inner_line) &&
        !check_inner_lines(check, inner, b.delimiter & inside, structure)) {
        return false;
    }
    if (!check_line_breaks(check, &b, ends) || !check_width(check, ends, structure)) {
        return false;
    }
    count_ends(check, ends, inner, at);
    check->inside = (uint64_t)((int64_t)inside >> 63);
    check->may_open = (structure | (b.quote & ~inside)) >> 63;
    check->closed = (b.quote & ~inside) >> 63;
    check->cr = b.cr >> 63;
    check->wide = b.high != 0;
    *record_ends = ends;
    return true;
}

#include "csvkit/parse/scan/clean_stretch_check.h"

static inline SCAN_TARGET struct clean_check clean_check_at(const struct csvk_scan *scan,
                                                            size_t from)
{
    const struct csvk_table *table = &scan->table;
    return (struct clean_check){
        .table = table,
        .phase_row = scan->phase,
        .width = table->totals.width,
        .may_open = 1,
        .strict_eol = !table->mixed_reported,
        .crlf_mode = table->totals.eol_mode == CSVK_EOL_CRLF ? ~UINT64_C(0) : 0,
        .kind = STRETCH_ALL,
        .end = from,
    };
}

static void commit_clean_records(struct csvk_scan *scan, const struct clean_check *check,
                                 uint64_t crlf)
{
    struct csvk_totals *t = &scan->table.totals;
    t->records += check->records;
    t->lines += check->records + check->lines;
    t->eol[CSVK_EOL_CRLF] += crlf;
    t->eol[CSVK_EOL_LF] += check->records - crlf;
}

/* Block by block, up to `until`; answers where it stopped: there when all was clean. */
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

/* Checks from `from` on; answers the offset behind the last record shown to be clean. */
static SCAN_TARGET size_t check_clean(struct csvk_scan *scan, const unsigned char *bytes,
                                      size_t from, size_t length)
{
    struct clean_check check = clean_check_at(scan, from);
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
