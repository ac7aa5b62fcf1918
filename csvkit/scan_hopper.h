/*
 * scan_hopper.h - private, part of scan_template.h: one record at a time by masks, without stepping
 * from field to field. Between the prover, which takes only clean records, and the walker, which
 * takes anything: any number of fields, any bytes, faults of enclosures. Files with a defect in
 * every record live on it.
 *
 * Everything else (CR CR LF, blank lines, two enclosed line breaks in one record, a record that
 * does not end 64 bytes before the window does) is left to the walker.
 */
#define HOP_BLOCKS 64 /* longer records go to the walker */
#define HOP_NOT    SIZE_MAX

/* What one block hands to the next; lives in registers. */
struct hop_carry {
    uint64_t inside, fixed, quote, cr; /* as in scan_sprint.h */
    uint64_t delimiters;               /* outside enclosures, so far */
    uint64_t breaks;                   /* enclosed */
    uint64_t literal;                  /* not 0: enclosures are data up to the end of the field */
};

/* A record that ends at `lf`. */
struct hop {
    struct hop_carry sum;
    uint64_t odd_blocks;            /* bit k: odd[k] is not 0 */
    uint64_t odd[HOP_BLOCKS];       /* as odd_signs has them, relative to the record */
    uint64_t structure[HOP_BLOCKS]; /* ends of fields, likewise */
};

/* The masks of a block. */
struct hop_masks {
    uint64_t delimiter, lf, quote, cr, inside, fixed;
    uint64_t literal; /* as in struct hop_carry, behind the block */
};

static inline SCAN_TARGET struct hop_masks hop_enclosures(const struct hop_carry *h,
                                                          struct hop_masks m)
{
    m.inside = prefix_xor(m.quote) ^ h->inside;
    m.fixed = m.delimiter | m.lf | m.cr | m.quote | m.inside;
    return m;
}

/* Enclosures that open behind a loose byte: they are data of a field that is not enclosed. */
static inline SCAN_TARGET uint64_t hop_stray(const struct hop_carry *h, const struct hop_masks *m)
{
    return m->quote & ~((m->fixed << 1) | (h->fixed >> 63));
}

static inline SCAN_TARGET uint64_t hop_doubt(const struct hop_carry *h, const struct hop_masks *m)
{
    return (((m->quote << 1) | (h->quote >> 63)) & ~m->fixed) | hop_stray(h, m) |
           (((m->cr << 1) | (h->cr >> 63)) & ~m->lf);
}

/* Bits up to the record's end; all when it is not in the block. */
static inline SCAN_TARGET uint64_t hop_here(const struct hop_masks *m)
{
    uint64_t ends = m->lf & ~m->inside;
    return ends ^ (ends - 1);
}

static bool hop_is_blank(const struct walk *w, unsigned char c)
{
    return (c == ' ' || c == '\t') && c != w->cursor->n.delimiter;
}

/* The enclosures of a field from the bit `at` on are data. */
static void hop_literal(struct hop_masks *m, unsigned at)
{
    uint64_t ends = (m->delimiter | m->lf) & ~below(at);
    m->literal = ends == 0;
    m->quote &= below(at) | (ends != 0 ? ~below(low_bit(ends)) : 0);
}

/* An enclosure at the bit `at`, behind a loose byte. */
static void hop_stray_quote(struct walk *w, const unsigned char *p, struct hop_masks *m,
                            unsigned at)
{
    const unsigned char *quote = p + at, *begin = quote;
    const unsigned char *first = w->bytes + (size_t)(w->open->r.offset - w->offset);
    while (begin > first && hop_is_blank(w, begin[-1])) {
        begin--;
    }
    if (begin < quote && (begin == first || begin[-1] == w->cursor->n.delimiter)) {
        walk_tell(w, CSVK_FACT_SPACE_BEFORE_QUOTE, (size_t)(begin - w->bytes),
                  (size_t)(quote - begin), 0);
        hop_literal(m, at);
        return;
    }
    walk_tell(w, CSVK_FACT_QUOTE_IN_UNQUOTED, (size_t)(quote - w->bytes), 1, 0);
    m->quote &= ~(UINT64_C(1) << at);
}

/* A loose byte at the bit `at`, behind an enclosure that closes. */
static bool hop_behind_closing(struct walk *w, const unsigned char *p, struct hop_masks *m,
                               unsigned at)
{
    const unsigned char *from = p + at;
    unsigned end = at;
    while (end < 64 && hop_is_blank(w, p[end])) {
        end++;
    }
    bool unknown = end == 64 || (end == 63 && p[end] == '\r'); /* is LF behind it? */
    if (unknown || w->cursor->n.enclosure == '\\') {
        return false;
    }
    uint64_t ends = m->delimiter | m->lf | (m->cr & (m->lf >> 1));
    if ((ends >> end & 1) != 0) {
        walk_tell(w, CSVK_FACT_SPACE_AFTER_QUOTE, (size_t)(from - w->bytes), end - at, 0);
        return true;
    }
    if (from[-2] == '\\') {
        walk_tell(w, CSVK_FACT_BACKSLASH_QUOTE, (size_t)(from - w->bytes) - 2, 2, 0);
    } else {
        walk_tell(w, CSVK_FACT_TEXT_AFTER_CLOSING, (size_t)(from - w->bytes), 1, 0);
    }
    hop_literal(m, at);
    return true;
}

/* The byte before the bit `at` is a CR without LF. */
static bool hop_bare_cr(struct walk *w, const unsigned char *p, struct hop_masks *m, unsigned at)
{
    bool inside = at == 0 || (m->inside >> (at - 1) & 1) != 0;
    if (inside || p[at] == '\r' || csvk_cr_ends_record(&w->scan->table)) {
        return false;
    }
    walk_tell(w, CSVK_FACT_BARE_CR, (size_t)(p - w->bytes) + at - 1, 1, 0);
    w->open->lines++;
    m->cr &= ~(UINT64_C(1) << (at - 1));
    return true;
}

/*
 * Doubts there are. They are told and settled first to last, since what is told of one may turn
 * inside and outside over behind it. False: that is for the walker.
 */
static SCAN_TARGET __attribute__((noinline)) bool hop_settle(const struct hop_carry *h,
                                                             struct walk *w, const unsigned char *p,
                                                             struct hop_masks *m)
{
    uint64_t settled = 0;
    if (h->literal != 0) {
        hop_literal(m, 0);
        *m = hop_enclosures(h, *m);
    }
    for (;;) {
        uint64_t doubt = hop_doubt(h, m) & hop_here(m) & ~settled;
        if (doubt == 0) {
            return true;
        }
        unsigned at = low_bit(doubt);
        uint64_t bit = UINT64_C(1) << at;
        w->open->r.nfields = h->delimiters + popcount(m->delimiter & ~m->inside & (bit - 1));
        bool done = true;
        if ((hop_stray(h, m) & bit) != 0) {
            hop_stray_quote(w, p, m, at);
        } else if ((((m->cr << 1) | (h->cr >> 63)) & bit) != 0) {
            done = hop_bare_cr(w, p, m, at);
        } else {
            done = hop_behind_closing(w, p, m, at);
            settled |= bit;
        }
        if (!done) {
            return false;
        }
        *m = hop_enclosures(h, *m);
    }
}

static inline SCAN_TARGET struct hop_carry hop_next(struct hop_carry h, const struct hop_masks *m,
                                                    uint64_t here)
{
    h.inside = (uint64_t)((int64_t)m->inside >> 63);
    h.fixed = m->fixed;
    h.quote = m->quote;
    h.cr = m->cr;
    h.literal = m->literal;
    h.breaks += popcount(m->lf & m->inside & here);
    h.delimiters += popcount(m->delimiter & ~m->inside & here);
    return h;
}

/*
 * The place of the line break that ends the record at `from`, or HOP_NOT. The carry and the needles
 * are copies, so that they stay in registers.
 */
static inline __attribute__((always_inline)) SCAN_TARGET size_t hop_to_end(struct hop *hop,
                                                                           struct walk *w,
                                                                           size_t from)
{
    struct hop_carry h = {.fixed = UINT64_C(1) << 63};
    const struct needles n = w->cursor->n;
    const unsigned char *const bytes = w->bytes;
    size_t limit =
        w->length - from < (size_t)64 * HOP_BLOCKS ? w->length - from : (size_t)64 * HOP_BLOCKS;
    const uint64_t dull = csvk_wants(&w->scan->table, CSVK_FACT_NON_ASCII) ? 0 : ~UINT64_C(0);
    bool cut = false; /* the block before may end within a sequence */
    uint64_t odd_blocks = 0;
    for (size_t at = 0; limit - at >= 64; at += 64) {
        chunk c = chunk_load(bytes + from + at);
        struct hop_masks m = {.delimiter = chunk_eq(c, n.delimiter),
                              .lf = chunk_eq(c, '\n'),
                              .quote = chunk_eq(c, n.enclosure) & n.quote_on,
                              .cr = chunk_eq(c, '\r')};
        uint64_t odd = chunk_odd(c) & ~(m.delimiter | m.lf | m.cr | m.quote);
        m = hop_enclosures(&h, m);
        uint64_t here = hop_here(&m);
        if (((hop_doubt(&h, &m) & here) | h.literal) != 0) {
            struct hop_carry before = h;
            struct hop_masks settled = m;
            if (!hop_settle(&before, w, bytes + from + at, &settled)) {
                return HOP_NOT;
            }
            m = settled;
            here = hop_here(&m);
        }
        uint64_t shown = 0, high = chunk_high(c);
        uint64_t letters = is_of_pairs(c, high, here) ? high & dull : 0;
        if (((odd & ~letters & here) != 0) | cut) {
            shown = odd_signs(&w->scan->table, bytes + from + at, c, odd, here);
        }
        hop->odd[at / 64] = shown;
        odd_blocks |= (uint64_t)(shown != 0) << at / 64;
        cut = odd >> 63 != 0;
        uint64_t ends = m.lf & ~m.inside;
        hop->structure[at / 64] = (m.delimiter | m.lf) & ~m.inside & here;
        h = hop_next(h, &m, here);
        if (ends != 0) {
            hop->sum = h;
            hop->odd_blocks = odd_blocks;
            return from + at + low_bit(ends);
        }
    }
    return HOP_NOT;
}

/* The place of the k-th field's end (from 0), relative to the record. */
static SCAN_TARGET size_t hop_field_end(const struct hop *h, uint64_t k)
{
    size_t i = 0;
    for (; k >= popcount(h->structure[i]); i++) {
        k -= popcount(h->structure[i]);
    }
    uint64_t left = h->structure[i];
    for (; k > 0; k--) {
        left &= left - 1;
    }
    return 64 * i + low_bit(left);
}

/* As walk_describe. `length`: of the record without its line break. */
static SCAN_TARGET void hop_describe(const struct hop *h, struct walk *w, size_t length)
{
    struct csvk_record *r = &w->open->r;
    uint64_t width = w->scan->table.totals.width;
    r->nfields = h->sum.delimiters + 1;
    r->last_empty = (h->structure[(length - 1) / 64] >> ((length - 1) % 64) & 1) != 0;
    if (r->nfields > width) {
        size_t begin = hop_field_end(h, width - 1) + 1;
        size_t end = r->nfields > width + 1 ? hop_field_end(h, width) : length;
        r->surplus_offset = r->offset + begin;
        r->surplus_length = end - begin;
    }
}

/* The bits of the block at `block` that stand for `at` and what follows. */
static uint64_t hop_from(size_t at, size_t block)
{
    if (at <= block) {
        return ~UINT64_C(0);
    }
    return at - block < 64 ? ~below((unsigned)(at - block)) : 0;
}

/* As walk_bytes. */
static void hop_bytes(const struct hop *h, struct walk *w, struct csvk_bytes record)
{
    size_t at = 0;
    for (uint64_t blocks = h->odd_blocks; blocks != 0 && at < record.len; blocks &= blocks - 1) {
        size_t block = 64 * (size_t)low_bit(blocks);
        uint64_t odd = h->odd[block / 64] & hop_from(at, block);
        while (odd != 0 && at < record.len) {
            at = walk_odd(w, record, at, block + low_bit(odd), h->structure);
            odd &= hop_from(at, block);
        }
    }
}

/* Examines the record at `from`; answers the offset behind it, or HOP_NOT: nothing has happened. */
static inline __attribute__((always_inline)) SCAN_TARGET size_t hop_record(struct walk *w,
                                                                           size_t from)
{
    struct csvk_table *table = &w->scan->table;
    struct csvk_told *told = &w->scan->told;
    struct hop h;
    csvk_record_begin(w->open, table, told, w->offset + from);
    size_t lf = hop_to_end(&h, w, from);
    bool crlf = lf != HOP_NOT && lf > from && w->bytes[lf - 1] == '\r';
    size_t length = lf - from - (crlf ? 1 : 0);
    if (lf == HOP_NOT || h.sum.breaks > 1 || length == 0 || length > w->scan->most) {
        csvk_record_abandon(w->open, told);
        return HOP_NOT;
    }
    w->open->lines += h.sum.breaks;
    hop_describe(&h, w, length);
    if (h.odd_blocks != 0) {
        hop_bytes(&h, w, (struct csvk_bytes){w->bytes + from, length});
    }
    enum csvk_eol eol = crlf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    csvk_record_finish(w->open, table, told, eol, w->offset + from + length);
    if (table->detail != CSVK_COUNTS) {
        csvk_told_end(told, lf + 1);
    }
    return lf + 1;
}

/* Examines up to *left records from `from` on; answers where it stopped, *left less by them. */
static SCAN_TARGET size_t hop_records(struct walk *w, size_t from, unsigned *left)
{
    for (; *left > 0; --*left) {
        size_t next = hop_record(w, from);
        if (next == HOP_NOT) {
            break;
        }
        from = next;
    }
    return from;
}
