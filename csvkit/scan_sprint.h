/*
 * scan_sprint.h - private, part of scan_template.h: proves SPRINT_BLOCKS blocks in one go, without
 * a branch on the data. All doubts are gathered in `doubt` and looked at once, at the end; when
 * there is one, nothing has happened and prove_blocks takes the same bytes block by block.
 *
 * A sprint is compiled for each set of things that its bytes may hold (quotes, CR, text beyond
 * printable ASCII); whatever is outside the set is a doubt. The set of the last sprint is tried
 * first, then all. Plain tables thus pay neither for enclosures nor for UTF-8.
 */
#define SPRINT_BLOCKS 32
#define SPRINT_QUOTES 1u
#define SPRINT_CR     2u
#define SPRINT_TEXT   4u /* bytes from 80 up, TAB */
#define SPRINT_ALL    7u

/* What one sprint carries from block to block; lives in registers. */
struct sprint {
    uint64_t inside, may_open, closed, cr, phase, in_inner, doubt;
    uint64_t quotes, crs, texts; /* seen, as bits */
    uint64_t records, crlf, inner_breaks;
};

#if defined(SCAN_PEXT)
/*
 * An enclosed line break. Two of them without structure between enclose a whole line, which has to
 * be judged (prove_inner_lines); what only may be that is a doubt already. Rare, so a branch.
 */
static inline __attribute__((always_inline)) SCAN_TARGET void sprint_inner(struct sprint *s,
                                                                           uint64_t inner,
                                                                           uint64_t structure)
{
    s->doubt |= s->in_inner | (inner & (inner - 1));
    s->in_inner = (structure & ~below(63u - (unsigned)__builtin_clzll(inner))) == 0;
    s->inner_breaks += popcount(inner);
}

static inline __attribute__((always_inline)) SCAN_TARGET void sprint_width(struct sprint *s,
                                                                           const struct prover *pr,
                                                                           uint64_t ends,
                                                                           uint64_t structure)
{
    uint64_t n = popcount(structure);
    uint64_t found = SCAN_PEXT(ends, structure);
    s->doubt |= SCAN_BZHI(found ^ pr->phase_row[s->phase], n);
    uint64_t phase = s->phase + n - pr->width * popcount(ends);
    s->doubt |= phase >= pr->width;
    s->phase = phase < pr->width ? phase : 0;
}

static inline __attribute__((always_inline)) SCAN_TARGET void sprint_enclosures(
    struct sprint *s, uint64_t quote, uint64_t delimiter, uint64_t lf, uint64_t cr,
    uint64_t *inside)
{
    uint64_t m = prefix_xor(quote) ^ s->inside;
    uint64_t opening = quote & m, closing = quote & ~m;
    uint64_t opener = ((delimiter | lf | closing) << 1) | s->may_open;
    uint64_t after_closing = (closing << 1) | s->closed;
    s->doubt |= (opening & ~opener) | (after_closing & ~(delimiter | lf | cr | quote));
    s->closed = closing >> 63;
    s->inside = (uint64_t)((int64_t)m >> 63);
    s->may_open = closing >> 63;
    *inside = m;
}

static inline __attribute__((always_inline)) SCAN_TARGET void sprint_cr(struct sprint *s,
                                                                        const struct prover *pr,
                                                                        uint64_t cr, uint64_t lf,
                                                                        uint64_t ends)
{
    uint64_t after_cr = (cr << 1) | s->cr;
    uint64_t strict = pr->strict_eol ? ~UINT64_C(0) : 0;
    s->doubt |= (after_cr & ~lf) | ((after_cr ^ pr->crlf_mode) & ends & strict);
    s->crlf += popcount(after_cr & ends);
    s->cr = cr >> 63;
}

static inline __attribute__((always_inline)) SCAN_TARGET void sprint_block(struct sprint *s,
                                                                           const struct prover *pr,
                                                                           struct struct_masks k,
                                                                           unsigned kind,
                                                                           uint64_t *ends_out)
{
    uint64_t inside = 0;
    if ((kind & SPRINT_QUOTES) != 0) {
        sprint_enclosures(s, k.quote, k.delimiter, k.lf, k.cr, &inside);
    }
    uint64_t ends = k.lf & ~inside;
    uint64_t structure = ends | (k.delimiter & ~inside);
    if ((kind & SPRINT_QUOTES) != 0) {
        uint64_t inner = k.lf & inside;
        if (inner != 0) {
            sprint_inner(s, inner, structure);
        } else {
            s->in_inner = structure != 0 ? 0 : s->in_inner;
        }
        s->may_open |= structure >> 63;
        s->quotes |= k.quote;
    }
    if ((kind & SPRINT_CR) != 0) {
        sprint_cr(s, pr, k.cr, k.lf, ends);
        s->crs |= k.cr;
    }
    sprint_width(s, pr, ends, structure);
    s->records += popcount(ends);
    *ends_out = ends;
}

/*
 * All blocks; `kind` is a constant in each caller. True when nothing is in doubt. Works on copies:
 * through pointers every block would go through memory.
 */
static inline __attribute__((always_inline)) SCAN_TARGET bool sprint_blocks(
    struct sprint *state, const struct prover *prover, const struct needles *n,
    const unsigned char *p, unsigned kind, uint64_t *ends)
{
    struct sprint s = *state;
    const struct prover pr = *prover;
    const struct probe_needles v = probe_needles_of(n);
    probe stray = probe_none(), leads = probe_none();
    for (size_t i = 0; i < SPRINT_BLOCKS; i++) {
        struct struct_masks k = probe_block(p + 64 * i, &v, kind, &stray, &s.texts, &leads);
        sprint_block(&s, &pr, k, kind, &ends[i]);
    }
    *state = s;
    return s.doubt == 0 && !probe_any(stray) &&
           ((kind & SPRINT_TEXT) == 0 || !probe_special(p, SPRINT_BLOCKS, leads));
}

static SCAN_TARGET bool sprint_kind(struct sprint *s, const struct prover *pr,
                                    const struct needles *n, const unsigned char *p, unsigned kind,
                                    uint64_t *ends)
{
    switch (kind) {
    case 0: return sprint_blocks(s, pr, n, p, 0, ends);
    case 1: return sprint_blocks(s, pr, n, p, 1, ends);
    case 2: return sprint_blocks(s, pr, n, p, 2, ends);
    case 3: return sprint_blocks(s, pr, n, p, 3, ends);
    case 4: return sprint_blocks(s, pr, n, p, 4, ends);
    case 5: return sprint_blocks(s, pr, n, p, 5, ends);
    case 6: return sprint_blocks(s, pr, n, p, 6, ends);
    default: return sprint_blocks(s, pr, n, p, 7, ends);
    }
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

static SCAN_TARGET void accept_sprint(struct prover *pr, const struct sprint *s,
                                      const uint64_t *ends, const unsigned char *bytes, size_t at)
{
    size_t stop = at + 64 * SPRINT_BLOCKS;
    pr->inner_breaks += s->inner_breaks;
    if (s->records != 0) {
        pr->end = last_end(ends, at);
        uint64_t rest = s->inner_breaks != 0 ? breaks_between(bytes, pr->end, stop) : 0;
        pr->lines += pr->inner_breaks - rest;
        pr->inner_breaks = rest;
    }
    pr->records += s->records;
    pr->crlf += s->crlf;
    pr->inside = s->inside;
    pr->may_open = s->may_open;
    pr->closed = s->closed;
    pr->cr = s->cr;
    pr->phase = s->phase;
    pr->wide = bytes[stop - 1] >= 0x80 || bytes[stop - 2] >= 0x80 || bytes[stop - 3] >= 0x80;
    pr->inner_line = s->in_inner != 0;
    pr->kind = (s->quotes != 0 ? SPRINT_QUOTES : 0) | (s->crs != 0 ? SPRINT_CR : 0) |
               (s->texts != 0 ? SPRINT_TEXT : 0);
}

/* What the bytes before force into the set. */
static unsigned sprint_needs(const struct prover *pr)
{
    return (pr->inside | pr->closed | (uint64_t)pr->inner_line ? SPRINT_QUOTES : 0) |
           (pr->cr | pr->crlf_mode ? SPRINT_CR : 0) | (pr->wide ? SPRINT_TEXT : 0);
}

static SCAN_TARGET bool sprint(struct csvk_scan *scan, struct prover *pr,
                               const unsigned char *bytes, size_t at)
{
    if (pr->width == 1 || scan->table.detail != CSVK_COUNTS || pr->inner_line ||
        csvk_wants(pr->table, CSVK_FACT_TAB) || csvk_wants(pr->table, CSVK_FACT_NON_ASCII)) {
        return false;
    }
    struct needles n = needles_of(&scan->table);
    unsigned kind = pr->kind | sprint_needs(pr);
    uint64_t ends[SPRINT_BLOCKS]; /* record ends, block by block */
    for (;;) {
        struct sprint s = {.inside = pr->inside,
                           .may_open = pr->may_open,
                           .closed = pr->closed,
                           .cr = pr->cr,
                           .phase = pr->phase};
        if (sprint_kind(&s, pr, &n, bytes + at, kind, ends)) {
            accept_sprint(pr, &s, ends, bytes, at);
            return true;
        }
        if (kind == SPRINT_ALL) {
            pr->kind = SPRINT_ALL;
            return false;
        }
        kind = SPRINT_ALL;
    }
}
#else
/* Without a fast pext the blocks are proven one by one. */
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
