/*
 * mask_parser.h - private, part of scan_template.h: one record at a time by masks, without
 * stepping from field to field. Between the clean_check, which takes only clean records, and the
 * structural stepper, which takes anything: any number of fields, any bytes, faults of enclosures.
 * Files with a defect in every record live on it.
 *
 * Everything else (CR CR LF, blank lines, two enclosed line breaks in one record, a record that
 * does not end 64 bytes before the window does) is left to the structural stepper.
 */
#define MASK_BLOCKS     64 /* longer records go to the structural stepper */
#define MASK_NOT_PARSED SIZE_MAX

/* What one block hands to the next; lives in registers. */
struct mask_carry {
    uint64_t inside, fixed, quote, cr; /* as in clean_stretch_check.h */
    uint64_t delimiters;               /* outside enclosures, so far */
    uint64_t breaks;                   /* enclosed */
    uint64_t literal;                  /* not 0: enclosures are data up to the end of the field */
};

/* What is known of a complete record by bits. */
struct mask_record {
    struct csvk_field_ends ends;
    uint64_t delimiters; /* outside enclosures */
    uint64_t breaks;     /* enclosed */
};

struct mask_parser {
    struct mask_carry sum;
    uint64_t suspect_blocks; /* bit k: suspect[k] is not 0 */
    uint64_t
        suspect[MASK_BLOCKS]; /* as suspect_signs has them: bit i of word k for the byte 64 k + i */
    uint64_t structure[MASK_BLOCKS]; /* ends of fields, likewise */
};

/* The masks of a block. */
struct mask_block {
    uint64_t delimiter, lf, quote, cr, inside, fixed;
    uint64_t literal; /* as in struct mask_carry, behind the block */
};

static inline SCAN_TARGET struct mask_block mask_enclosures(const struct mask_carry *carry,
                                                            struct mask_block m)
{
    m.inside = prefix_xor(m.quote) ^ carry->inside;
    m.fixed = m.delimiter | m.lf | m.cr | m.quote | m.inside;
    return m;
}

/* Enclosures that open behind a loose byte: they are data of a field that is not enclosed. */
static inline SCAN_TARGET uint64_t mask_stray(const struct mask_carry *carry,
                                              const struct mask_block *m)
{
    return m->quote & ~((m->fixed << 1) | (carry->fixed >> 63));
}

static inline SCAN_TARGET uint64_t mask_doubt(const struct mask_carry *carry,
                                              const struct mask_block *m)
{
    return (((m->quote << 1) | (carry->quote >> 63)) & ~m->fixed) | mask_stray(carry, m) |
           (((m->cr << 1) | (carry->cr >> 63)) & ~m->lf);
}

/* Bits up to the record's end; all when it is not in the block. */
static inline SCAN_TARGET uint64_t mask_here(const struct mask_block *m)
{
    uint64_t ends = m->lf & ~m->inside;
    return ends ^ (ends - 1);
}

static bool mask_is_blank(const struct stepper *step, unsigned char c)
{
    return (c == ' ' || c == '\t') && c != step->cursor->n.delimiter;
}

/* The enclosures of a field from the bit `at` on are data. */
static void mask_literal(struct mask_block *m, unsigned at)
{
    uint64_t ends = (m->delimiter | m->lf) & ~below(at);
    m->literal = ends == 0;
    m->quote &= below(at) | (ends != 0 ? ~below(low_bit(ends)) : 0);
}

/* An enclosure behind a loose byte. True: so are all enclosures of the field from there on. */
static bool mask_stray_quote(struct stepper *step, const unsigned char *quote)
{
    const unsigned char *begin = quote;
    const unsigned char *first = step->bytes + (size_t)(step->open->r.offset - step->offset);
    while (begin > first && mask_is_blank(step, begin[-1])) {
        begin--;
    }
    bool opens = begin < quote && (begin == first || begin[-1] == step->cursor->n.delimiter);
    if (opens) {
        step_report(step, CSVK_FACT_SPACE_BEFORE_QUOTE, (size_t)(begin - step->bytes),
                    (size_t)(quote - begin), 0);
    } else {
        step_report(step, CSVK_FACT_QUOTE_IN_UNQUOTED, (size_t)(quote - step->bytes), 1, 0);
    }
    return opens;
}

enum mask_closed { MASK_CLOSED_BLANKS, MASK_CLOSED_TEXT, MASK_CLOSED_UNKNOWN };

/* A loose byte, at `from`, behind an enclosure that closes. */
static enum mask_closed mask_after_closing(struct stepper *step, const unsigned char *from)
{
    const unsigned char *p = from, *end = step->bytes + step->length;
    while (p < end && mask_is_blank(step, *p)) {
        p++;
    }
    if (end - p < 2 || step->cursor->n.enclosure == '\\') {
        return MASK_CLOSED_UNKNOWN;
    }
    if (*p == step->cursor->n.delimiter || *p == '\n' || (*p == '\r' && p[1] == '\n')) {
        step_report(step, CSVK_FACT_SPACE_AFTER_QUOTE, (size_t)(from - step->bytes),
                    (size_t)(p - from), 0);
        return MASK_CLOSED_BLANKS;
    }
    if (from[-2] == '\\') {
        step_report(step, CSVK_FACT_BACKSLASH_QUOTE, (size_t)(from - step->bytes) - 2, 2, 0);
    } else {
        step_report(step, CSVK_FACT_TEXT_AFTER_CLOSING, (size_t)(from - step->bytes), 1, 0);
    }
    return MASK_CLOSED_TEXT;
}

/* The CR before `after` is no part of CRLF, and `inside` an enclosure. False: for the structural
 * stepper. */
static bool mask_bare_cr(struct stepper *step, const unsigned char *after, bool inside)
{
    if (inside || *after == '\r' || csvk_cr_ends_record(&step->scan->table)) {
        return false;
    }
    step_report(step, CSVK_FACT_BARE_CR, (size_t)(after - step->bytes) - 1, 1, 0);
    step->open->lines++;
    return true;
}

/* The doubt at the bit `at`. False: for the structural stepper. */
static SCAN_TARGET bool mask_resolve_one(const struct mask_carry *carry, struct stepper *step,
                                         const unsigned char *p, struct mask_block *m, unsigned at,
                                         uint64_t *resolved)
{
    uint64_t bit = UINT64_C(1) << at;
    if ((mask_stray(carry, m) & bit) != 0) {
        if (mask_stray_quote(step, p + at)) {
            mask_literal(m, at);
        } else {
            m->quote &= ~bit;
        }
        return true;
    }
    if ((((m->cr << 1) | (carry->cr >> 63)) & bit) != 0) {
        bool inside = at == 0 || (m->inside >> (at - 1) & 1) != 0;
        m->cr &= at == 0 ? ~UINT64_C(0) : ~(bit >> 1);
        return mask_bare_cr(step, p + at, inside);
    }
    enum mask_closed what = mask_after_closing(step, p + at);
    *resolved |= bit;
    if (what == MASK_CLOSED_TEXT) {
        mask_literal(m, at);
    }
    return what != MASK_CLOSED_UNKNOWN;
}

/*
 * Doubts there are. They are reported and settled first to last, since what is reported of one may
 * turn inside and outside over behind it. False: that is for the structural stepper.
 */
static SCAN_TARGET __attribute__((noinline)) bool mask_resolve(const struct mask_carry *carry,
                                                               struct stepper *step,
                                                               const unsigned char *p,
                                                               struct mask_block *m)
{
    uint64_t resolved = 0;
    if (carry->literal != 0) {
        mask_literal(m, 0);
        *m = mask_enclosures(carry, *m);
    }
    for (;;) {
        uint64_t doubt = mask_doubt(carry, m) & mask_here(m) & ~resolved;
        if (doubt == 0) {
            return true;
        }
        unsigned at = low_bit(doubt);
        step->open->r.nfields = carry->delimiters + popcount(m->delimiter & ~m->inside & below(at));
        if (!mask_resolve_one(carry, step, p, m, at, &resolved)) {
            return false;
        }
        *m = mask_enclosures(carry, *m);
    }
}

static inline SCAN_TARGET struct mask_carry mask_next(struct mask_carry carry,
                                                      const struct mask_block *m, uint64_t here)
{
    carry.inside = (uint64_t)((int64_t)m->inside >> 63);
    carry.fixed = m->fixed;
    carry.quote = m->quote;
    carry.cr = m->cr;
    carry.literal = m->literal;
    carry.breaks += popcount(m->lf & m->inside & here);
    carry.delimiters += popcount(m->delimiter & ~m->inside & here);
    return carry;
}

/*
 * The place of the line break that ends the record at `from`, or MASK_NOT_PARSED. The carry and the
 * structural are copies, so that they stay in registers.
 */
static inline __attribute__((always_inline)) SCAN_TARGET size_t
mask_to_end(struct mask_parser *parser, struct stepper *step, size_t from)
{
    struct mask_carry carry = {.fixed = UINT64_C(1) << 63};
    const struct structural_bytes n = step->cursor->n;
    const unsigned char *const bytes = step->bytes;
    size_t limit = step->length - from < (size_t)64 * MASK_BLOCKS ? step->length - from
                                                                  : (size_t)64 * MASK_BLOCKS;
    const uint64_t dull = csvk_wants(&step->scan->table, CSVK_FACT_NON_ASCII) ? 0 : ~UINT64_C(0);
    bool cut = false; /* the block before may end within a sequence */
    uint64_t suspect_blocks = 0;
    for (size_t at = 0; limit - at >= 64; at += 64) {
        chunk c = chunk_load(bytes + from + at);
        struct mask_block m = {.delimiter = chunk_eq(c, n.delimiter),
                               .lf = chunk_eq(c, '\n'),
                               .quote = chunk_eq(c, n.enclosure) & n.quote_on,
                               .cr = chunk_eq(c, '\r')};
        uint64_t suspect = chunk_suspect(c) & ~(m.delimiter | m.lf | m.cr | m.quote);
        m = mask_enclosures(&carry, m);
        uint64_t here = mask_here(&m);
        if (((mask_doubt(&carry, &m) & here) | carry.literal) != 0) {
            struct mask_carry before = carry;
            struct mask_block resolved = m;
            if (!mask_resolve(&before, step, bytes + from + at, &resolved)) {
                return MASK_NOT_PARSED;
            }
            m = resolved;
            here = mask_here(&m);
        }
        uint64_t shown = 0, high = chunk_high(c);
        uint64_t letters = is_of_pairs(c, high, here) ? high & dull : 0;
        if (((suspect & ~letters & here) != 0) | cut) {
            shown = suspect_signs(&step->scan->table, bytes + from + at, c, suspect, here);
        }
        parser->suspect[at / 64] = shown;
        suspect_blocks |= (uint64_t)(shown != 0) << at / 64;
        cut = suspect >> 63 != 0;
        uint64_t ends = m.lf & ~m.inside;
        parser->structure[at / 64] = (m.delimiter | m.lf) & ~m.inside & here;
        carry = mask_next(carry, &m, here);
        if (ends != 0) {
            parser->sum = carry;
            parser->suspect_blocks = suspect_blocks;
            return from + at + low_bit(ends);
        }
    }
    return MASK_NOT_PARSED;
}

static inline SCAN_TARGET unsigned nth_bit(uint64_t mask, unsigned n)
{
#if defined(SCAN_PDEP)
    return low_bit(SCAN_PDEP(UINT64_C(1) << n, mask));
#else
    for (; n > 0; n--) {
        mask &= mask - 1;
    }
    return low_bit(mask);
#endif
}

/* The place of the record's k-th field end (from 0). */
static SCAN_TARGET size_t mask_field_end(const struct csvk_field_ends *ends, uint64_t k)
{
    size_t i = ends->base / 64;
    uint64_t left = ends->bits[i] & ~below(ends->base % 64);
    while (k >= popcount(left)) {
        k -= popcount(left);
        left = ends->bits[++i];
    }
    return 64 * i + nth_bit(left, (unsigned)k) - ends->base;
}

/* Where the last field begins; `last`: the bit of the record's last byte. A field ends before. */
static SCAN_TARGET size_t mask_last_field(const struct csvk_field_ends *ends, size_t last)
{
    size_t i = last / 64;
    uint64_t left = ends->bits[i] & (~UINT64_C(0) >> (63 - last % 64));
    while (left == 0) {
        left = ends->bits[--i];
    }
    return 64 * i + (size_t)(63 - __builtin_clzll(left)) + 1 - ends->base;
}

/* As step_describe. `length`: of the record without its line break. */
static SCAN_TARGET void mask_describe(const struct mask_record *found, struct stepper *step,
                                      size_t length)
{
    struct csvk_record *r = &step->open->r;
    uint64_t width = step->scan->table.totals.width;
    size_t last = found->ends.base + length - 1;
    r->nfields = found->delimiters + 1;
    r->last_empty = (found->ends.bits[last / 64] >> (last % 64) & 1) != 0;
    if (r->nfields > width) {
        bool one = r->nfields == width + 1; /* most often */
        size_t begin =
            one ? mask_last_field(&found->ends, last) : mask_field_end(&found->ends, width - 1) + 1;
        size_t end = one ? length : mask_field_end(&found->ends, width);
        r->surplus_offset = r->offset + begin;
        r->surplus_length = end - begin;
    }
}

/* The bits of the block at `block` that stand for `at` and what follows. */
static uint64_t mask_from(size_t at, size_t block)
{
    if (at <= block) {
        return ~UINT64_C(0);
    }
    return at - block < 64 ? ~below((unsigned)(at - block)) : 0;
}

/* As step_suspect. A control byte by itself, the most frequent kind, takes the short way. */
static size_t mask_suspect(struct stepper *step, struct csvk_bytes record, size_t at,
                           size_t suspect, const struct csvk_field_ends *ends)
{
    unsigned char c = suspect < record.len ? record.ptr[suspect] : 0;
    bool alone = suspect == 0 || record.ptr[suspect - 1] < 0x80;
    if (!alone || c == '\t' || !csvk_is_control(&step->scan->table, c)) {
        return step_suspect(step, record, at, suspect, ends);
    }
    if (csvk_wants(&step->scan->table, CSVK_FACT_CONTROL)) {
        size_t place = (size_t)(record.ptr - step->bytes) + suspect;
        step->open->r.nfields = csvk_field_ends_before(ends, suspect);
        step_report(step, CSVK_FACT_CONTROL, place, 1, c);
    }
    return suspect + 1;
}

/* As step_bytes. */
static void mask_bytes(const struct mask_parser *parser, struct stepper *step,
                       struct csvk_bytes record)
{
    const struct csvk_field_ends ends = {parser->structure, 0};
    size_t at = 0;
    for (uint64_t blocks = parser->suspect_blocks; blocks != 0 && at < record.len;
         blocks &= blocks - 1) {
        size_t block = 64 * (size_t)low_bit(blocks);
        uint64_t suspect = parser->suspect[block / 64] & mask_from(at, block);
        while (suspect != 0 && at < record.len) {
            at = mask_suspect(step, record, at, block + low_bit(suspect), &ends);
            suspect &= mask_from(at, block);
        }
    }
}

/* The record at `from`, whose line break ends at `lf`: its bytes but for that. */
static inline struct csvk_bytes mask_record_bytes(const struct stepper *step, size_t from,
                                                  size_t lf)
{
    bool crlf = lf > from && step->bytes[lf - 1] == '\r';
    return (struct csvk_bytes){step->bytes + from, lf - from - crlf};
}

/* That record is reported. False: it is for the structural stepper. */
static inline __attribute__((always_inline)) SCAN_TARGET bool mask_take(
    struct stepper *step, const struct mask_record *found, struct csvk_bytes record, size_t lf)
{
    struct csvk_table *table = &step->scan->table;
    size_t end = (size_t)(record.ptr - step->bytes) + record.len;
    if (found->breaks > 1 || record.len == 0 || record.len > step->scan->most) {
        return false;
    }
    step->open->lines += found->breaks;
    mask_describe(found, step, record.len);
    enum csvk_eol eol = end != lf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    csvk_record_finish(step->open, table, &step->scan->builder, eol, step->offset + end);
    if (table->detail != CSVK_COUNTS) {
        csvk_batch_builder_add_end(&step->scan->builder, lf + 1);
    }
    return true;
}

/* Examines the record at `from`; answers the offset behind it, or MASK_NOT_PARSED: nothing has
 * happened. */
static inline __attribute__((always_inline)) SCAN_TARGET size_t
mask_parse_record(struct stepper *step, size_t from)
{
    struct mask_parser parser;
    csvk_record_begin(step->open, &step->scan->table, &step->scan->builder, step->offset + from);
    size_t lf = mask_to_end(&parser, step, from);
    if (lf != MASK_NOT_PARSED) {
        struct mask_record found = {
            {parser.structure, 0}, parser.sum.delimiters, parser.sum.breaks};
        struct csvk_bytes record = mask_record_bytes(step, from, lf);
        if (parser.suspect_blocks != 0) {
            mask_bytes(&parser, step, record);
        }
        if (mask_take(step, &found, record, lf)) {
            return lf + 1;
        }
    }
    csvk_record_abandon(step->open, &step->scan->builder);
    return MASK_NOT_PARSED;
}

#if defined(SCAN_LANES)
#include "csvkit/parse/scan/mask_parser_many.h"
#endif

/* Examines up to *left records from `from` on; answers where it stopped, *left less by them. */
static SCAN_TARGET size_t mask_parse_records(struct stepper *step, size_t from, unsigned *left)
{
    while (*left > 0) {
#if defined(SCAN_LANES)
        enum many_end end = many_records(step, &from, left);
        if (end == MANY_STEP) {
            break;
        }
        if (end == MANY_GO_ON) {
            continue;
        }
#endif
        size_t next = mask_parse_record(step, from);
        if (next == MASK_NOT_PARSED) {
            break;
        }
        from = next;
        --*left;
    }
    return from;
}
