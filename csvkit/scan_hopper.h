/*
 * scan_hopper.h - private, part of scan_template.h: one record at a time by masks, without stepping
 * from field to field. Between the prover, which takes only clean records, and the walker, which
 * takes anything: a record whose enclosures and line breaks are in order, whatever its number of
 * fields and its bytes. Files with a defect in every record live on it.
 *
 * Everything else (stray enclosures, lone CR, blank lines, two enclosed line breaks in one record,
 * a record that does not end 64 bytes before the window does) is left to the walker.
 */
#define HOP_BLOCKS 64 /* longer records go to the walker */
#define HOP_NOT    SIZE_MAX

struct hop {
    uint64_t inside, fixed, quote, cr; /* of the block before, as in scan_sprint.h */
    uint64_t delimiters;               /* outside enclosures, so far */
    uint64_t breaks;                   /* enclosed */
    size_t odd; /* the first block with a byte that may be worth a fact, HOP_NOT: none */
    size_t blocks;
    uint64_t structure[HOP_BLOCKS]; /* ends of fields, relative to the record */
};

/* One block; *end is the bit of the record's end, 64 when it goes on. False: not for the hopper. */
static inline __attribute__((always_inline)) SCAN_TARGET bool hop_block(struct hop *h,
                                                                        const struct needles *n,
                                                                        const unsigned char *p,
                                                                        unsigned *end)
{
    chunk c = chunk_load(p);
    uint64_t delimiter = chunk_eq(c, n->delimiter), lf = chunk_eq(c, '\n');
    uint64_t quote = chunk_eq(c, n->enclosure) & n->quote_on, cr = chunk_eq(c, '\r');
    uint64_t inside = prefix_xor(quote) ^ h->inside;
    uint64_t fixed = delimiter | lf | cr | quote | inside;
    uint64_t ends = lf & ~inside;
    uint64_t here = ends ^ (ends - 1); /* up to the record's end; all when there is none */
    uint64_t doubt = (((quote << 1) | (h->quote >> 63)) & ~fixed) |
                     (quote & ~((fixed << 1) | (h->fixed >> 63))) |
                     (((cr << 1) | (h->cr >> 63)) & ~lf);
    uint64_t odd = chunk_odd(c) & ~(delimiter | lf | cr | quote) & here;
    if (odd != 0 && h->odd == HOP_NOT) {
        h->odd = 64 * h->blocks;
    }
    h->inside = (uint64_t)((int64_t)inside >> 63);
    h->fixed = fixed;
    h->quote = quote;
    h->cr = cr;
    h->breaks += popcount(lf & inside & here);
    h->delimiters += popcount(delimiter & ~inside & here);
    h->structure[h->blocks++] = (delimiter | lf) & ~inside & here;
    *end = ends != 0 ? low_bit(ends) : 64;
    return (doubt & here) == 0;
}

/* The place of the line break that ends the record at `from`, or HOP_NOT. */
static SCAN_TARGET size_t hop_to_end(struct hop *h, const struct walk *w, size_t from)
{
    h->inside = h->quote = h->cr = h->delimiters = h->breaks = 0;
    h->fixed = UINT64_C(1) << 63;
    h->odd = HOP_NOT;
    h->blocks = 0;
    for (size_t at = from; w->length - at >= 64 && h->blocks < HOP_BLOCKS; at += 64) {
        unsigned end;
        if (!hop_block(h, &w->cursor->n, w->bytes + at, &end)) {
            return HOP_NOT;
        }
        if (end < 64) {
            return at + end;
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
    r->nfields = h->delimiters + 1;
    r->last_empty = (h->structure[(length - 1) / 64] >> ((length - 1) % 64) & 1) != 0;
    if (r->nfields > width) {
        size_t begin = hop_field_end(h, width - 1) + 1;
        size_t end = r->nfields > width + 1 ? hop_field_end(h, width) : length;
        r->surplus_offset = r->offset + begin;
        r->surplus_length = end - begin;
    }
}

/* Examines the record at `from`; answers the offset behind it, or HOP_NOT: nothing has happened. */
static SCAN_TARGET size_t hop_record(struct walk *w, size_t from)
{
    struct csvk_table *table = &w->scan->table;
    struct csvk_told *told = &w->scan->told;
    struct hop h;
    size_t lf = hop_to_end(&h, w, from);
    if (lf == HOP_NOT || h.breaks > 1) {
        return HOP_NOT;
    }
    bool crlf = lf > from && w->bytes[lf - 1] == '\r';
    size_t length = lf - from - (crlf ? 1 : 0);
    if (length == 0) {
        return HOP_NOT;
    }
    csvk_record_begin(w->open, table, told, w->offset + from);
    w->open->lines = h.breaks;
    hop_describe(&h, w, length);
    if (h.odd != HOP_NOT) {
        walk_bytes(w, (struct csvk_bytes){w->bytes + from, length}, h.odd, h.structure);
    }
    enum csvk_eol eol = crlf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    csvk_record_finish(w->open, table, told, eol, w->offset + from + length);
    if (table->detail != CSVK_COUNTS) {
        csvk_told_end(told, lf + 1);
    }
    return lf + 1;
}
