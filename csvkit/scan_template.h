/*
 * scan_template.h - the fast scan, included once per instruction set (scan_avx2.c, scan_sse42.c,
 * scan_sse2.c, scan_neon.c, scan_scalar.c). Two readers of the same bytes, both 64 at a time:
 *
 *   the prover   shows that whole records are clean: every enclosure opens behind a separator and
 *                closes before one, every record has the table's width and line break, no byte is
 *                worth a fact. It keeps nothing but counts. At the first block where the proof
 *                fails it stops, having counted up to the last record end before that block.
 *   the walker   steps from one structural byte to the next, takes fields, tells facts: the same
 *                answers as the law (automaton.c) for any bytes.
 *
 * How one block is proven, with D = delimiters, q = enclosures, f = line feeds (bit i = byte i):
 *
 *        bytes   a , " x , " " y " LF          (bit order: left = low)
 *            q   0 0 1 0 0 1 1 0 1 0
 *       inside   0 0 1 1 1 0 1 1 0 0           prefix xor of q: opening bits are in, closing are
 * out opening = q & inside, closing = q & ~inside every opening must follow a separator, a record
 * start or a closing (a doubled enclosure); every closing must precede a separator, CR, or another
 * enclosure; s = (D | f) & ~inside are the structural bytes; squeezed together (pext) record ends
 * must stand at every width-th place: compared in one step with a table row chosen by the phase,
 * the number of structural bytes since the last record end.
 *
 * The includer defines: SCAN_NAME(x), SCAN_TARGET, chunk, chunk_load, chunk_eq, chunk_odd (bytes
 * below 20, 7F and above), chunk_high, prefix_xor, popcount, and check_utf8 (no ill-formed and no
 * special sequence ends in the block at p; looks back 3 bytes, so an open sequence at the end of a
 * block is found by the next one). SCAN_PEXT is defined where pext is fast.
 */
#include "csvkit/scan.h"

#define INCOMPLETE SIZE_MAX

struct needles {
    int delimiter, enclosure, escape;
    uint64_t quote_on; /* all ones, or zero without an enclosure */
};

static inline SCAN_TARGET struct needles needles_of(const struct csvk_table *table)
{
    const struct csvk_dialect *d = &table->dialect;
    return (struct needles){d->delimiter, d->enclosure == CSVK_NO_BYTE ? 0 : d->enclosure,
                            d->escape, d->enclosure == CSVK_NO_BYTE ? 0 : ~UINT64_C(0)};
}

static inline unsigned low_bit(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

static inline uint64_t below(unsigned bit)
{
    return (UINT64_C(1) << bit) - 1;
}

/* ---- the prover ---- */

struct prover {
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
    uint64_t crlf_mode;            /* all ones: that kind is CRLF */
    uint64_t records, crlf, lines; /* proven */
    size_t end;                    /* behind the last proven record */
};

struct block {
    uint64_t delimiter, quote, lf, odd, cr, high;
};

static inline SCAN_TARGET struct block load_block(const unsigned char *p, const struct needles *n)
{
    chunk c = chunk_load(p);
    struct block b;
    b.delimiter = chunk_eq(c, n->delimiter);
    b.quote = chunk_eq(c, n->enclosure) & n->quote_on;
    b.lf = chunk_eq(c, '\n');
    b.odd = chunk_odd(c) & ~(b.lf | b.delimiter | b.quote);
    b.cr = b.high = 0;
    return b;
}

/* Bytes that are neither printable ASCII nor structure. False: one of them is worth a fact. */
static inline SCAN_TARGET bool prove_bytes(struct prover *pr, const unsigned char *p,
                                           struct block *b)
{
    chunk c = chunk_load(p);
    b->cr = chunk_eq(c, '\r');
    uint64_t rest = b->odd & ~b->cr;
    if (rest != 0) {
        b->high = chunk_high(c);
        rest &= ~(b->high | chunk_eq(c, '\t'));
        if (rest != 0 || (b->high != 0 && csvk_wants(pr->table, CSVK_FACT_NON_ASCII))) {
            return false;
        }
        if (csvk_wants(pr->table, CSVK_FACT_TAB) && (b->odd & chunk_eq(c, '\t')) != 0) {
            return false;
        }
    }
    return (b->high == 0 && !pr->wide) || check_utf8(p);
}

/* Enclosures open and close where they may; answers the inside mask. */
static inline SCAN_TARGET bool prove_enclosures(struct prover *pr, const struct block *b,
                                                uint64_t *inside)
{
    uint64_t m = prefix_xor(b->quote) ^ pr->inside;
    uint64_t opening = b->quote & m, closing = b->quote & ~m;
    uint64_t opener = ((b->delimiter | b->lf | closing) << 1) | pr->may_open;
    uint64_t after_closing = (closing << 1) | pr->closed;
    uint64_t closer = b->delimiter | b->lf | b->cr | b->quote;
    *inside = m;
    return ((opening & ~opener) | (after_closing & ~closer)) == 0;
}

/* Line breaks inside enclosures: counted, and no inner line may look like a record. */
static SCAN_TARGET bool prove_inner_lines(struct prover *pr, uint64_t inner, uint64_t delimiter,
                                          uint64_t structure)
{
    bool judge = csvk_wants(pr->table, CSVK_FACT_SUSPICIOUS_LINES) && pr->width >= 2;
    uint64_t from = ~UINT64_C(0);
    while (inner != 0) {
        uint64_t range = from & below(low_bit(inner));
        if ((structure & range) != 0) {
            pr->inner_line = false;
        }
        pr->inner_delimiters += popcount(delimiter & range);
        if (judge && pr->inner_line && pr->inner_delimiters == pr->width - 1) {
            return false;
        }
        pr->inner_line = true;
        pr->inner_delimiters = 0;
        from = ~below(low_bit(inner)) << 1;
        inner &= inner - 1;
    }
    if ((structure & from) != 0) {
        pr->inner_line = false;
    }
    pr->inner_delimiters += popcount(delimiter & from);
    return true;
}

/* Every CR belongs to a CRLF, and record ends are of one kind. */
static inline SCAN_TARGET bool prove_line_breaks(struct prover *pr, const struct block *b,
                                                 uint64_t ends)
{
    uint64_t after_cr = (b->cr << 1) | pr->cr;
    if ((after_cr & ~b->lf) != 0) {
        return false;
    }
    if (pr->strict_eol && ((after_cr ^ pr->crlf_mode) & ends) != 0) {
        return false;
    }
    pr->crlf += popcount(after_cr & ends);
    return true;
}

#if defined(SCAN_PEXT)
static inline SCAN_TARGET bool prove_width(struct prover *pr, uint64_t ends, uint64_t structure)
{
    uint64_t n = popcount(structure);
    uint64_t found = SCAN_PEXT(ends, structure);
    uint64_t expected = pr->phase_row[pr->phase];
    uint64_t mask = n == 64 ? ~UINT64_C(0) : below((unsigned)n);
    if (((found ^ expected) & mask) != 0) {
        return false;
    }
    pr->phase += n - pr->width * popcount(ends);
    return true;
}
#else
static inline SCAN_TARGET bool prove_width(struct prover *pr, uint64_t ends, uint64_t structure)
{
    uint64_t delimiters = structure & ~ends;
    while (ends != 0) {
        uint64_t before = delimiters & below(low_bit(ends));
        if (pr->phase + popcount(before) != pr->width - 1) {
            return false;
        }
        delimiters ^= before;
        pr->phase = 0;
        ends &= ends - 1;
    }
    pr->phase += popcount(delimiters);
    return true;
}
#endif

/* In a table of one column an empty line is worth a fact; in wider ones the width tells. */
static inline SCAN_TARGET bool prove_not_blank(const struct prover *pr, const struct block *b,
                                               uint64_t ends)
{
    uint64_t starts = (ends << 1) | (pr->phase == 0 && pr->may_open ? 1 : 0);
    return pr->width != 1 || (starts & (b->lf | b->cr)) == 0;
}

static inline SCAN_TARGET void count_ends(struct prover *pr, uint64_t ends, uint64_t inner,
                                          size_t at)
{
    if (ends == 0) {
        pr->inner_breaks += popcount(inner);
        return;
    }
    unsigned last = 63u - (unsigned)__builtin_clzll(ends);
    uint64_t upto = below(last);
    pr->records += popcount(ends);
    pr->lines += popcount(inner & upto) + pr->inner_breaks;
    pr->inner_breaks = popcount(inner & ~upto);
    pr->end = at + last + 1;
}

static inline SCAN_TARGET bool prove_block(struct prover *pr, const unsigned char *p,
                                           const struct needles *n, size_t at, uint64_t *told_ends)
{
    struct block b = load_block(p, n);
    if ((b.odd != 0 || pr->wide) && !prove_bytes(pr, p, &b)) {
        return false;
    }
    uint64_t inside = pr->inside;
    if ((b.quote | pr->inside | pr->closed) != 0 && !prove_enclosures(pr, &b, &inside)) {
        return false;
    }
    uint64_t ends = b.lf & ~inside;
    uint64_t structure = ends | (b.delimiter & ~inside);
    if (!prove_not_blank(pr, &b, ends)) {
        return false;
    }
    uint64_t inner = b.lf & inside;
    if ((inner != 0 || pr->inner_line) &&
        !prove_inner_lines(pr, inner, b.delimiter & inside, structure)) {
        return false;
    }
    if (!prove_line_breaks(pr, &b, ends) || !prove_width(pr, ends, structure)) {
        return false;
    }
    count_ends(pr, ends, inner, at);
    pr->inside = (uint64_t)((int64_t)inside >> 63);
    pr->may_open = (structure | (b.quote & ~inside)) >> 63;
    pr->closed = (b.quote & ~inside) >> 63;
    pr->cr = b.cr >> 63;
    pr->wide = b.high != 0;
    *told_ends = ends;
    return true;
}

static inline SCAN_TARGET struct prover prover_at(const struct csvk_scan *scan, size_t from)
{
    const struct csvk_table *table = &scan->table;
    return (struct prover){
        .table = table,
        .phase_row = scan->phase,
        .width = table->totals.width,
        .may_open = 1,
        .strict_eol = !table->mixed_told,
        .crlf_mode = table->totals.eol_mode == CSVK_EOL_CRLF ? ~UINT64_C(0) : 0,
        .end = from,
    };
}

static void commit_proof(struct csvk_scan *scan, const struct prover *pr, uint64_t crlf)
{
    struct csvk_totals *t = &scan->table.totals;
    t->records += pr->records;
    t->lines += pr->records + pr->lines;
    t->eol[CSVK_EOL_CRLF] += crlf;
    t->eol[CSVK_EOL_LF] += pr->records - crlf;
}

/*
 * Proves from `from` on; answers the offset behind the last proven record. The count of CRLF ends
 * is taken when a block has been proven whole, as the records are.
 */
static SCAN_TARGET size_t prove(struct csvk_scan *scan, const unsigned char *bytes, size_t from,
                                size_t length)
{
    struct needles n = needles_of(&scan->table);
    struct prover pr = prover_at(scan, from);
    uint64_t crlf = 0;
    bool tell_ends = scan->table.detail == CSVK_RECORDS;
    for (size_t at = from; length - at >= 64; at += 64) {
        uint64_t ends = 0;
        if (!prove_block(&pr, bytes + at, &n, at, &ends)) {
            break;
        }
        crlf = pr.crlf;
        for (; tell_ends && ends != 0; ends &= ends - 1) {
            csvk_told_end(&scan->told, at + low_bit(ends) + 1);
        }
    }
    commit_proof(scan, &pr, crlf);
    return pr.end;
}

/* ---- the walker ---- */

struct cursor { /* the next structural byte */
    const unsigned char *bytes;
    size_t length;
    size_t block;  /* where the 64 bytes of `mask` begin */
    uint64_t mask; /* structural bytes not yet passed */
    struct needles n;
};

static SCAN_TARGET uint64_t structural(const struct cursor *c)
{
    chunk k = chunk_load(c->bytes + c->block);
    uint64_t mask = chunk_eq(k, c->n.delimiter) | (chunk_eq(k, c->n.enclosure) & c->n.quote_on) |
                    chunk_eq(k, '\n') | chunk_eq(k, '\r');
    if (c->n.escape != CSVK_NO_BYTE) {
        mask |= chunk_eq(k, c->n.escape);
    }
    size_t left = c->length - c->block;
    return left < 64 ? mask & below((unsigned)left) : mask;
}

static inline SCAN_TARGET void cursor_seek(struct cursor *c, size_t to)
{
    if (to >= c->length) {
        c->block = c->length;
        c->mask = 0;
    } else if (to >= c->block && to - c->block < 64) {
        c->mask &= ~below((unsigned)(to - c->block));
    } else {
        c->block = to;
        c->mask = structural(c);
    }
}

static inline SCAN_TARGET size_t cursor_next(struct cursor *c)
{
    while (c->mask == 0) {
        if (c->length - c->block <= 64) {
            return c->length;
        }
        c->block += 64;
        c->mask = structural(c);
    }
    return c->block + low_bit(c->mask);
}

static inline size_t cursor_drop(struct cursor *c)
{
    c->mask &= c->mask - 1;
    return 0;
}

struct walk {
    struct csvk_scan *scan;
    struct csvk_open_record *open;
    struct cursor *cursor;
    const unsigned char *bytes;
    size_t length;
    uint64_t offset; /* absolute, of bytes[0] */
    bool at_end;
    size_t begin; /* of the field */
    uint32_t flags;
    uint64_t breaks, inner_delimiters; /* as in the law */
    bool inner_hit;
};

static void walk_tell(struct walk *w, enum csvk_fact_kind kind, size_t at, size_t length,
                      uint64_t extra)
{
    struct csvk_fact fact = {.offset = w->offset + at,
                             .length = length,
                             .extra = extra,
                             .record = w->open->r.number,
                             .field = w->open->r.nfields + 1,
                             .kind = kind};
    csvk_told_fact(&w->scan->told, &fact);
}

/* What the CR at `at` is: -1: cannot tell without more bytes; CSVK_EOL_NONE: data. */
static int walk_cr(const struct walk *w, size_t at)
{
    size_t left = w->length - at;
    const unsigned char *p = w->bytes + at;
    if (left >= 2 && p[1] == '\n') {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && p[1] == '\r' && p[2] == '\n') {
        return CSVK_EOL_CRCRLF;
    }
    if (!w->at_end && (left == 1 || (left == 2 && p[1] == '\r'))) {
        return -1;
    }
    return csvk_cr_ends_record(&w->scan->table) ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* A line break that is data; `enclosed` ones may look like records. */
static void walk_line_break(struct walk *w, size_t at, bool enclosed)
{
    if (w->bytes[at] == '\n' && at > w->begin && w->bytes[at - 1] == '\r') {
        return;
    }
    w->open->lines++;
    if (enclosed) {
        uint64_t width = w->scan->table.totals.width;
        if (w->breaks > 0 && width >= 2 && w->inner_delimiters == width - 1) {
            w->inner_hit = true;
        }
        w->breaks++;
        w->inner_delimiters = 0;
    }
}

/* Passes the escape at `at` and the byte behind it. False: that byte is not there yet. */
static SCAN_TARGET bool walk_escape(struct walk *w, size_t at, bool enclosed)
{
    w->flags |= CSVK_FIELD_DECODE;
    if (at + 1 >= w->length) {
        cursor_seek(w->cursor, at + 1);
        return w->at_end;
    }
    unsigned char c = w->bytes[at + 1];
    if (c == '\n' || c == '\r') {
        walk_line_break(w, at + 1, enclosed);
    } else if (enclosed && c == w->cursor->n.delimiter) {
        w->inner_delimiters++;
    }
    cursor_seek(w->cursor, at + 2);
    return true;
}

static bool all_blank(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != ' ' && p[i] != '\t') {
            return false;
        }
    }
    return n != 0;
}

enum outside { OUTSIDE_PLAIN, OUTSIDE_LITERAL };

/*
 * Passes data outside enclosures up to the delimiter or line break that ends the field; answers its
 * place, the length of the input when it ends there, or INCOMPLETE.
 */
static SCAN_TARGET size_t walk_outside(struct walk *w, enum outside mode)
{
    for (;;) {
        size_t at = cursor_next(w->cursor);
        if (at == w->length) {
            return w->at_end ? at : INCOMPLETE;
        }
        unsigned char c = w->bytes[at];
        if (c == w->cursor->n.delimiter || c == '\n') {
            return at;
        }
        if (c == '\r') {
            int eol = walk_cr(w, at);
            if (eol != CSVK_EOL_NONE) {
                return eol < 0 ? INCOMPLETE : at;
            }
            walk_tell(w, CSVK_FACT_BARE_CR, at, 1, 0);
            w->open->lines++;
        } else if (c == w->cursor->n.escape) {
            if (!walk_escape(w, at, false)) {
                return INCOMPLETE;
            }
            continue;
        } else if (mode == OUTSIDE_PLAIN) {
            w->flags |= CSVK_FIELD_BROKEN;
            if (all_blank(w->bytes + w->begin, at - w->begin)) {
                walk_tell(w, CSVK_FACT_SPACE_BEFORE_QUOTE, w->begin, at - w->begin, 0);
                mode = OUTSIDE_LITERAL;
            } else {
                walk_tell(w, CSVK_FACT_QUOTE_IN_UNQUOTED, at, 1, 0);
            }
        }
        cursor_drop(w->cursor);
    }
}

/* The enclosure at `quote` closes, but text follows. */
static SCAN_TARGET size_t walk_text_after(struct walk *w, size_t quote)
{
    if (w->bytes[quote - 1] == '\\' && quote > w->begin + 1) {
        walk_tell(w, CSVK_FACT_BACKSLASH_QUOTE, quote - 1, 2, 0);
    } else {
        walk_tell(w, CSVK_FACT_TEXT_AFTER_CLOSING, quote + 1, 1, 0);
    }
    w->flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    cursor_seek(w->cursor, quote + 1);
    return walk_outside(w, OUTSIDE_LITERAL);
}

/* Behind a closing enclosure at `quote`: as walk_outside. */
static SCAN_TARGET size_t walk_closed(struct walk *w, size_t quote)
{
    size_t at = quote + 1;
    int delimiter = w->cursor->n.delimiter;
    while (at < w->length && w->bytes[at] != delimiter &&
           (w->bytes[at] == ' ' || w->bytes[at] == '\t')) {
        at++;
    }
    if (at == w->length && !w->at_end) {
        return INCOMPLETE;
    }
    if (at < w->length && w->bytes[at] != delimiter && w->bytes[at] != '\n') {
        int eol = w->bytes[at] == '\r' ? walk_cr(w, at) : CSVK_EOL_NONE;
        if (eol == CSVK_EOL_NONE) {
            return walk_text_after(w, quote);
        }
        if (eol < 0) {
            return INCOMPLETE;
        }
    }
    if (at > quote + 1) {
        walk_tell(w, CSVK_FACT_SPACE_AFTER_QUOTE, quote + 1, at - quote - 1, 0);
        w->flags |= CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN;
    }
    cursor_seek(w->cursor, at);
    return at;
}

/* The input ends inside the enclosure. */
static size_t walk_unclosed(struct walk *w)
{
    if (!w->at_end) {
        return INCOMPLETE;
    }
    walk_tell(w, CSVK_FACT_UNCLOSED, w->begin, 1, w->offset + w->length);
    w->flags |= CSVK_FIELD_BROKEN;
    w->inner_hit = false;
    return w->length;
}

/* An enclosed field, its opening enclosure at w->begin: as walk_outside. */
static SCAN_TARGET size_t walk_enclosed(struct walk *w)
{
    w->flags |= CSVK_FIELD_ENCLOSED;
    cursor_drop(w->cursor);
    for (;;) {
        size_t at = cursor_next(w->cursor);
        if (at == w->length) {
            return walk_unclosed(w);
        }
        unsigned char c = w->bytes[at];
        if (c == w->cursor->n.enclosure) {
            if (at + 1 == w->length && !w->at_end) {
                return INCOMPLETE;
            }
            if (at + 1 == w->length || w->bytes[at + 1] != c) {
                return walk_closed(w, at);
            }
            w->flags |= CSVK_FIELD_DECODE;
            cursor_seek(w->cursor, at + 2);
            continue;
        }
        if (c == w->cursor->n.escape) {
            if (!walk_escape(w, at, true)) {
                return INCOMPLETE;
            }
            continue;
        }
        if (c == w->cursor->n.delimiter) {
            w->inner_delimiters++;
        } else {
            walk_line_break(w, at, true);
        }
        cursor_drop(w->cursor);
    }
}

static SCAN_TARGET size_t walk_field(struct walk *w)
{
    w->flags = 0;
    w->breaks = w->inner_delimiters = 0;
    w->inner_hit = false;
    size_t at = cursor_next(w->cursor);
    bool enclosed = at == w->begin && at < w->length && w->cursor->n.quote_on != 0 &&
                    w->bytes[at] == w->cursor->n.enclosure;
    size_t end = enclosed ? walk_enclosed(w) : walk_outside(w, OUTSIDE_PLAIN);
    if (end == INCOMPLETE) {
        return end;
    }
    if (w->inner_hit && csvk_wants(&w->scan->table, CSVK_FACT_SUSPICIOUS_LINES)) {
        walk_tell(w, CSVK_FACT_SUSPICIOUS_LINES, w->begin, end - w->begin, w->breaks + 1);
    }
    csvk_told_field(&w->scan->told, w->begin, end, w->flags);
    w->open->r.nfields++;
    return end;
}

/* True when no byte of [p, p + n) can be worth a fact; p[-3..-1] belong to no open sequence. */
static SCAN_TARGET bool clean_bytes(const struct csvk_table *table, const struct needles *n,
                                    const unsigned char *p, size_t length)
{
    bool wide = false;
    for (size_t at = 0; at < length; at += 64) {
        chunk c = chunk_load(p + at);
        uint64_t mask = length - at < 64 ? below((unsigned)(length - at)) : ~UINT64_C(0);
        uint64_t high = chunk_high(c);
        uint64_t odd = chunk_odd(c) & mask;
        if (odd == 0 && !wide) {
            continue;
        }
        odd &= ~(chunk_eq(c, '\n') | chunk_eq(c, '\r') | chunk_eq(c, n->delimiter) |
                 (chunk_eq(c, n->enclosure) & n->quote_on) | high);
        if (!csvk_wants(table, CSVK_FACT_TAB)) {
            odd &= ~chunk_eq(c, '\t');
        }
        if (odd != 0 || ((high & mask) != 0 && csvk_wants(table, CSVK_FACT_NON_ASCII))) {
            return false;
        }
        if (((high & mask) != 0 || wide) && !check_utf8(p + at)) {
            return false;
        }
        wide = (high & mask) != 0;
    }
    /* A sequence cut off by the end shows only in its last bytes. */
    return length == 0 || p[length - 1] < 0xc0
               ? !(length >= 2 && p[length - 1] >= 0x80 && p[length - 2] >= 0xe0) &&
                     !(length >= 3 && p[length - 1] >= 0x80 && p[length - 3] >= 0xf0)
               : false;
}

static void walk_describe(struct walk *w)
{
    struct csvk_record *r = &w->open->r;
    const struct csvk_field *fields = w->scan->told.fields + w->open->fields_mark;
    uint64_t width = w->scan->table.totals.width;
    const struct csvk_field *last = &fields[r->nfields - 1];
    r->last_empty = last->begin == last->end;
    if (width != 0 && r->nfields > width) {
        r->surplus_offset = w->offset + fields[width].begin;
        r->surplus_length = fields[width].end - fields[width].begin;
    }
}

static SCAN_TARGET enum csvk_eol walk_eol(const struct walk *w, size_t at)
{
    if (at == w->length) {
        return CSVK_EOL_NONE;
    }
    return w->bytes[at] == '\n' ? CSVK_EOL_LF : (enum csvk_eol)walk_cr(w, at);
}

/* Examines the record at `from`; answers the offset behind it, or INCOMPLETE. */
static SCAN_TARGET size_t walk_record(struct walk *w, size_t from, bool known_clean)
{
    struct csvk_told *told = &w->scan->told;
    csvk_record_begin(w->open, &w->scan->table, told, w->offset + from);
    w->begin = from;
    size_t at;
    while ((at = walk_field(w)) != INCOMPLETE && at < w->length &&
           w->bytes[at] == w->cursor->n.delimiter) {
        cursor_drop(w->cursor);
        w->begin = at + 1;
    }
    if (at == INCOMPLETE || told->failed) {
        csvk_record_abandon(w->open, told);
        return INCOMPLETE;
    }
    walk_describe(w);
    if (!known_clean && !clean_bytes(&w->scan->table, &w->cursor->n, w->bytes + from, at - from)) {
        csvk_byte_facts(w->open, &w->scan->table, told, w->bytes + from, at - from);
    }
    enum csvk_eol eol = walk_eol(w, at);
    csvk_record_finish(w->open, &w->scan->table, told, eol, w->offset + at);
    cursor_seek(w->cursor, at + csvk_eol_length(eol));
    if (w->scan->table.detail != CSVK_COUNTS) {
        csvk_told_end(told, at + csvk_eol_length(eol));
    }
    return at + csvk_eol_length(eol);
}

/* ---- both together ---- */

static bool can_prove(struct csvk_scan *scan)
{
    const struct csvk_table *t = &scan->table;
    return t->detail != CSVK_FIELDS && t->dialect.escape == CSVK_NO_BYTE &&
           (t->totals.eol_mode == CSVK_EOL_LF || t->totals.eol_mode == CSVK_EOL_CRLF) &&
           t->totals.width != 0 && csvk_scan_phase_ready(scan);
}

size_t SCAN_NAME(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset)
{
    struct cursor cursor = {.bytes = bytes, .length = length, .block = length};
    cursor.n = needles_of(&scan->table);
    struct csvk_open_record open;
    struct walk w = {.scan = scan,
                     .open = &open,
                     .cursor = &cursor,
                     .bytes = bytes,
                     .length = length,
                     .offset = offset,
                     .at_end = at_end};
    bool clean =
        scan->table.detail == CSVK_FIELDS && clean_bytes(&scan->table, &cursor.n, bytes, length);
    size_t done = 0;
    unsigned patience = scan->patience;
    cursor_seek(&cursor, 0);
    while (done < length && !scan->told.failed) {
        if (can_prove(scan) && length - done >= 64) {
            uint64_t before = scan->table.totals.records;
            size_t proven = prove(scan, bytes, done, length);
            bool far = scan->table.totals.records - before >= 8;
            patience = far ? 1 : patience < 128 ? patience * 2 : patience;
            if (proven != done) {
                done = proven;
                cursor_seek(&cursor, done);
            }
        }
        for (unsigned i = 0; i < patience && done < length; i++) {
            size_t next = walk_record(&w, done, clean);
            if (next == INCOMPLETE) {
                scan->patience = patience;
                return done;
            }
            done = next;
        }
    }
    scan->patience = patience;
    return done;
}
