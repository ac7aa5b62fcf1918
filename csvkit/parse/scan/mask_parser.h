/*
 * mask_parser.h - private, part of scan_template.h: takes one record at a time by bit masks,
 * without stepping from field to field.
 *
 * It stands between the clean-block check, which takes only clean records, and the structural
 * stepper, which takes anything. It takes any number of fields, any bytes, and faults of
 * enclosures, which it reports. Files with a defect in every record get their speed from it.
 *
 * The masks of a block say at once where its fields and the record end, unless something is in
 * doubt (clean_stretch_check.h says what is loose and what is fixed). A doubt is a bit at the byte
 * with which it shows:
 *
 *     - at an enclosure that comes after a loose byte: it is data (mask_stray);
 *     - at a loose byte that comes after a closing enclosure: blanks, or text (mask_after_closing);
 *     - at a byte other than LF that comes after CR (mask_bare_cr).
 *
 * Doubts are resolved from first to last. Each resolution takes enclosures or CRs that are only
 * data out of the masks, and the masks that depend on them are made again.
 *
 * Left to the structural stepper: CR CR LF, blank lines, two enclosed line breaks in one record,
 * lines that look like records (CSVK_FACT_SUSPICIOUS_LINES), a
 * record of more than MASK_BLOCKS blocks, one that does not end 64 bytes before the window does.
 */

/* The most blocks of a record; `suspect_blocks` has a bit for each. */
#define MASK_BLOCKS 64

/* In place of an offset: the record is for the structural stepper. */
#define MASK_NOT_PARSED SIZE_MAX

/* What one block of a record hands to the next. Copied to locals, so that it lives in registers. */
struct mask_carry {
    uint64_t inside, fixed, quote, cr; /* as in clean_stretch_check.h */
    uint64_t delimiters;               /* outside of enclosures, so far */
    uint64_t breaks;                   /* enclosed line breaks, so far */
    uint64_t literal;                  /* not 0: enclosures are data up to the end of the field */
};

/* What the masks say of a complete record. */
struct mask_record {
    struct csvk_field_ends ends;
    uint64_t delimiters; /* outside of enclosures */
    uint64_t breaks;     /* enclosed line breaks */
};

/*
 * The masks of one record, for the steps after its end is found. Word k is that of its block k. The
 * words beyond the record's last block are not set.
 */
struct mask_parser {
    struct mask_carry sum;
    uint64_t suspect_blocks;         /* bit k: suspect[k] is not 0 */
    uint64_t suspect[MASK_BLOCKS];   /* suspect bytes as suspect_signs has them */
    uint64_t structure[MASK_BLOCKS]; /* ends of fields */
};

/* The masks of one block. */
struct mask_block {
    uint64_t delimiter, lf, quote, cr, inside, fixed;
    uint64_t literal; /* as in struct mask_carry, after the block */
};

/*
 * Makes the masks that hang on the enclosures, `inside` and `fixed`. Again after each change of
 * m.quote or m.cr.
 */
static inline SCAN_TARGET struct mask_block mask_enclosures(const struct mask_carry *carry,
                                                            struct mask_block m)
{
    m.inside = prefix_xor(m.quote) ^ carry->inside;
    m.fixed = m.delimiter | m.lf | m.cr | m.quote | m.inside;
    return m;
}

/* Enclosures that open after a loose byte: they are data of a field that is not enclosed. */
static inline SCAN_TARGET uint64_t mask_stray(const struct mask_carry *carry,
                                              const struct mask_block *m)
{
    return m->quote & ~((m->fixed << 1) | (carry->fixed >> 63));
}

/*
 * All three kinds of doubts. The bit of a doubt is at the second of the two bytes that do not go
 * together, so the last byte of the block before decides about bit 0.
 */
static inline SCAN_TARGET uint64_t mask_doubt(const struct mask_carry *carry,
                                              const struct mask_block *m)
{
    return (((m->quote << 1) | (carry->quote >> 63)) & ~m->fixed) | mask_stray(carry, m) |
           (((m->cr << 1) | (carry->cr >> 63)) & ~m->lf);
}

/*
 * The bits up to the record's end, the line break included; all bits when it does not end in this
 * block. What comes after the end is not for this record.
 *
 *     ends               . . . . 1 . 1 .
 *     ends - 1           1 1 1 1 . . 1 .
 *     ends ^ (ends - 1)  1 1 1 1 1 . . .
 */
static inline SCAN_TARGET uint64_t mask_here(const struct mask_block *m)
{
    uint64_t ends = m->lf & ~m->inside;
    return ends ^ (ends - 1);
}

/* A blank that is data. */
static bool mask_is_blank(const struct stepper *step, unsigned char c)
{
    return (c == ' ' || c == '\t') && c != step->cursor->n.delimiter;
}

/*
 * The enclosures of the field are data from the bit `at` on. Takes them out of the mask, up to the
 * end of the field. When the field does not end in this block, the next one goes on with it
 * (m->literal).
 *
 *     at = 2            v
 *     quote         1 . 1 . 1 . 1 1
 *     delimiter     . . . . . 1 . .
 *     quote, after  1 . . . . . 1 1
 */
static void mask_literal(struct mask_block *m, unsigned at)
{
    uint64_t ends = (m->delimiter | m->lf) & ~below(at);
    m->literal = ends == 0;
    m->quote &= below(at) | (ends != 0 ? ~below(low_bit(ends)) : 0);
}

/*
 * Reports an enclosure that comes after a loose byte. True when all enclosures of the field are
 * data from there on: that is so when nothing but blanks comes before it in the field.
 */
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

/* What follows a closing enclosure: blanks and the field's end; text; left to the stepper. */
enum mask_closed { MASK_CLOSED_BLANKS, MASK_CLOSED_TEXT, MASK_CLOSED_UNKNOWN };

/*
 * Reports what follows a closing enclosure: a loose byte, at `from`. With a backslash as enclosure
 * the byte before the closing one would have two meanings: that is for the structural stepper.
 */
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

/*
 * Reports the CR before `after`, which is not followed by LF. False when it is for the structural
 * stepper: when it is enclosed (`inside`), may begin CR CR LF, or ends the record.
 */
static bool mask_bare_cr(struct stepper *step, const unsigned char *after, bool inside)
{
    if (inside || *after == '\r' || csvk_cr_ends_record(&step->scan->table)) {
        return false;
    }
    step_report(step, CSVK_FACT_BARE_CR, (size_t)(after - step->bytes) - 1, 1, 0);
    step->open->lines++;
    return true;
}

/* Resolves the doubt at the bit `at`. False: that is for the structural stepper. */
static SCAN_TARGET bool mask_resolve_one(const struct mask_carry *carry, struct stepper *step,
                                         const unsigned char *p, struct mask_block *m, unsigned at,
                                         uint64_t *resolved)
{
    uint64_t bit = UINT64_C(1) << at;
    if ((mask_stray(carry, m) & bit) != 0) {
        /* It is data. Without it in the mask, inside and outside change places after it. */
        if (mask_stray_quote(step, p + at)) {
            mask_literal(m, at);
        } else {
            m->quote &= ~bit;
        }
        return true;
    }
    if ((((m->cr << 1) | (carry->cr >> 63)) & bit) != 0) {
        /*
         * A CR at the end of the block before cannot be taken out of its mask any more. It counts
         * as enclosed here, which leaves it to the structural stepper.
         */
        bool inside = at == 0 || (m->inside >> (at - 1) & 1) != 0;
        m->cr &= at == 0 ? ~UINT64_C(0) : ~(bit >> 1);
        return mask_bare_cr(step, p + at, inside);
    }
    enum mask_closed what = mask_after_closing(step, p + at);
    /* No mask changes when blanks follow, so that the doubt shows again: it has to be noted. */
    *resolved |= bit;
    if (what == MASK_CLOSED_TEXT) {
        mask_literal(m, at);
    }
    return what != MASK_CLOSED_UNKNOWN;
}

/*
 * Reports and resolves the doubts of a block, from first to last: resolving one may turn inside and
 * outside over after it. False: that is for the structural stepper.
 *
 * Each turn takes a bit out of a mask or notes one as resolved, so it ends. Not inline: it is the
 * exception, and must not cost the loop of mask_to_end registers.
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
        /*
         * step_report numbers a fact's field by this. No doubt is left before `at`, so the count is
         * right.
         */
        step->open->r.nfields = carry->delimiters + popcount(m->delimiter & ~m->inside & below(at));
        if (!mask_resolve_one(carry, step, p, m, at, &resolved)) {
            return false;
        }
        *m = mask_enclosures(carry, *m);
    }
}

/* What the block hands on. `here`: the bits that belong to the record. */
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
 * The place of the LF that ends the record at `from`, or MASK_NOT_PARSED. The carry and the
 * structural bytes are copies, so that they stay in registers.
 *
 * Besides the record's end a block has two branches: for a doubt, and for suspect bytes that are
 * not plain letters. The record's facts about bytes come later (mask_bytes), when its end is known.
 */
static inline __attribute__((always_inline)) SCAN_TARGET size_t
mask_to_end(struct mask_parser *parser, struct stepper *step, size_t from)
{
    struct mask_carry carry = {.fixed = UINT64_C(1) << 63};
    const struct structural_bytes n = step->cursor->n;
    const unsigned char *const bytes = step->bytes;
    size_t limit = step->length - from < (size_t)64 * MASK_BLOCKS ? step->length - from
                                                                  : (size_t)64 * MASK_BLOCKS;
    /* All ones: letters beyond ASCII are not worth a fact. */
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
            /* Copies again: only these have addresses, so the others can stay in registers. */
            struct mask_carry before = carry;
            struct mask_block resolved = m;
            if (!mask_resolve(&before, step, bytes + from + at, &resolved)) {
                return MASK_NOT_PARSED;
            }
            m = resolved;
            here = mask_here(&m);
        }
        uint64_t shown = 0, high = chunk_high(c);
        /* Bytes above 7F that need no closer look. */
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

/* The place of the n-th bit that is set, from 0. pdep puts the single bit n there. */
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

/*
 * Where the record's k-th field ends (from 0), counted from the record's first byte. It must have
 * that many fields that end before the record does.
 */
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

/*
 * Where the record's last field begins, counted from the record's first byte. `last`: the bit of
 * the record's last byte. A field must end before: the byte after that end is the answer.
 */
static SCAN_TARGET size_t mask_last_field(const struct csvk_field_ends *ends, size_t last)
{
    size_t i = last / 64;
    uint64_t left = ends->bits[i] & (~UINT64_C(0) >> (63 - last % 64));
    while (left == 0) {
        left = ends->bits[--i];
    }
    return 64 * i + (size_t)(63 - __builtin_clzll(left)) + 1 - ends->base;
}

/*
 * As step_describe. `length`: of the record, without its line break. The last field is empty when
 * the record's last byte is a delimiter.
 */
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

/* The bits of the block at `block` that stand for the byte `at` and the bytes after it. */
static uint64_t mask_from(size_t at, size_t block)
{
    if (at <= block) {
        return ~UINT64_C(0);
    }
    return at - block < 64 ? ~below((unsigned)(at - block)) : 0;
}

/*
 * As step_suspect. A control byte by itself is the most frequent kind and takes a short way: it is
 * one fact of its own, if a fact at all. It is by itself when it ends no sequence.
 */
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

/* As step_bytes. Goes over the blocks that have a suspect byte. */
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
            /* The look may have gone beyond the next suspect bytes. */
            suspect &= mask_from(at, block);
        }
    }
}

/* The bytes of the record at `from`, whose line break ends at `lf`, without the line break. */
static inline struct csvk_bytes mask_record_bytes(const struct stepper *step, size_t from,
                                                  size_t lf)
{
    bool crlf = lf > from && step->bytes[lf - 1] == '\r';
    return (struct csvk_bytes){step->bytes + from, lf - from - crlf};
}

/*
 * Has each line of the record as many delimiters as a record? It has one enclosed line break. Its
 * blocks are those of mask_to_end, so they can be read whole. Not inline, as mask_resolve.
 */
static SCAN_TARGET __attribute__((noinline)) bool mask_lines_are_alike(
    const struct csvk_table *table, struct csvk_bytes record)
{
    const unsigned char delimiter = (unsigned char)table->dialect.delimiter;
    uint64_t first = 0, second = 0, open = ~UINT64_C(0); /* all ones: the first line goes on */
    for (size_t at = 0; at < record.len; at += 64) {
        chunk c = chunk_load(record.ptr + at);
        uint64_t here = record.len - at < 64 ? below((unsigned)(record.len - at)) : ~UINT64_C(0);
        uint64_t delimiters = chunk_eq(c, delimiter) & here, lf = chunk_eq(c, '\n') & here & open;
        uint64_t before = lf != 0 ? below(low_bit(lf)) : open;
        first += popcount(delimiters & before);
        second += popcount(delimiters & ~before);
        open &= lf != 0 ? 0 : ~UINT64_C(0);
    }
    return first + 1 == table->totals.width && second + 1 == table->totals.width;
}

/*
 * The record is complete: it is counted and what there is of it is reported. False: it is for the
 * structural stepper, and the caller has to abandon it.
 */
static inline __attribute__((always_inline)) SCAN_TARGET bool mask_take(
    struct stepper *step, const struct mask_record *found, struct csvk_bytes record, size_t lf)
{
    struct csvk_table *table = &step->scan->table;
    size_t end = (size_t)(record.ptr - step->bytes) + record.len;
    /* A blank line is a fact. */
    if (found->breaks > 1 || record.len == 0 || record.len > step->scan->most ||
        (found->breaks == 1 && mask_lines_are_alike(table, record))) {
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

/*
 * Examines the record at `from`. Answers the offset after its line break, or MASK_NOT_PARSED; then
 * nothing of the record has been counted or reported.
 */
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

/*
 * Examines up to *left records from `from` on, and lowers *left by them. Answers where it stopped:
 * after the last of them, or before a record that is for the structural stepper.
 */
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
