/*
 * mask_parser_many.h - private, part of scan_template.h where there are lanes (lanes.h): the
 * mask parser's work, as many records at a time as 4 KiB hold whole.
 *
 * A pass begins with a record. First the masks of all its blocks are made in vectors, eight blocks
 * at a time, and without a branch: where records end, where fields do, what is in doubt, what is
 * suspect. Then one record after the other is looked up in these bits. What a branch hangs on is
 * near by then, so that one that was foretold wrongly costs little; in files with a defect in every
 * record that is what time goes into.
 *
 * An enclosure that turns out to be data turns inside and outside over for all that follows. So
 * there are bits for both sides: side 0 takes the parity of enclosures from the pass's first byte
 * on, side 1 the opposite; settling a doubt is a change of sides.
 *
 * A record that is longer than a pass, or of a kind that the mask parser leaves to the structural
 * stepper, is begun and taken back.
 */
#define MANY_BLOCKS 64
#define MANY_GROUP  ((size_t)512) /* bytes of eight blocks */

enum {
    MANY_CLASS_SUSPECT = 0x10, /* control bytes and 7F; TAB where asked for */
    MANY_CLASS_SECOND = 0x20,  /* 80 to BF */
    MANY_CLASS_FIRST = 0x40,   /* of two-byte sequences that are plain letters: C3 to DF */
    MANY_CLASS_OTHER = 0x80    /* the other bytes above 7F */
};

enum many_end {
    MANY_GO_ON,        /* records were passed, or none was left to pass */
    MANY_ONE_BY_MASKS, /* the record is not whole within a pass */
    MANY_STEP,         /* the record is for the structural stepper */
};

/* Arrays of bits may have a word more, with its first bit set, so that whoever looks for a bit
 * finds one: the pass's size. */
#define MANY_WORDS (MANY_BLOCKS + 8)
#define MANY_ARRAY _Alignas(64) uint64_t

/* The bits that hang on the enclosures. */
struct many_side {
    MANY_ARRAY events[MANY_WORDS];    /* ends of records, and doubts: those are never at LF */
    MANY_ARRAY structure[MANY_WORDS]; /* ends of fields */
    MANY_ARRAY before[MANY_WORDS];    /* how many of them in front of the block */
    uint64_t event_blocks;            /* bit k: block k has events */
};

struct many_pass {
    const unsigned char *p;
    size_t size; /* bytes: a multiple of MANY_GROUP */
    struct many_side side[2];
    MANY_ARRAY inside[MANY_BLOCKS]; /* of side 0 */
    MANY_ARRAY lf[MANY_WORDS];
    MANY_ARRAY suspect[MANY_WORDS];
    uint64_t lf_blocks, suspect_blocks;
};

/* What a group of eight blocks hands to the next. */
struct many_carry {
    struct lanes_before before; /* `fixed` of side 0 */
    __m512i other_fixed;        /* of side 1 */
    __m512i first;              /* first bytes of pairs */
    uint64_t inside;
    uint64_t sum[2];  /* ends of fields */
    uint64_t unclear; /* bit k: block k may hold text that is ill-formed or special */
};

static void many_prepare(struct csvk_scan *scan)
{
    unsigned char *classes = scan->many_classes;
    const struct csvk_dialect *d = &scan->table.dialect;
    bool wide = csvk_wants(&scan->table, CSVK_FACT_NON_ASCII);
    if (scan->many_most != 0) {
        return;
    }
    memset(classes, 0, 0x80);
    memset(classes, MANY_CLASS_SUSPECT, 0x20);
    classes[0x7f] = MANY_CLASS_SUSPECT;
    classes['\t'] = csvk_wants(&scan->table, CSVK_FACT_TAB) ? MANY_CLASS_SUSPECT : 0;
    classes['\n'] = CLASS_LF;
    classes['\r'] = CLASS_CR;
    classes[d->delimiter] = CLASS_DELIMITER;
    if (d->enclosure != CSVK_NO_BYTE) {
        classes[d->enclosure] = CLASS_QUOTE;
    }
    memset(classes + 0x80, MANY_CLASS_SECOND, 0x40);
    memset(classes + 0xc0, MANY_CLASS_OTHER, 0x40);
    memset(classes + 0xc3, MANY_CLASS_FIRST, 0xe0 - 0xc3);
    for (size_t i = 0x80; wide && i < 0x100; i++) {
        classes[i] |= MANY_CLASS_SUSPECT;
    }
    scan->many_most = MANY_GROUP;
}

/* ---- the masks ------------------------------------------------------------------------------ */

/* As lanes_transpose, for eight classes. */
LANES_INLINE __m512i many_transpose(__m512i v, const __m512i *classes)
{
    const __m512i units = _mm512_set1_epi64((long long)0x8040201008040201);
    __asm__("" : "+v"(v)); /* copied between registers, not loaded thrice */
    __m512i low = _mm512_permutex2var_epi8(classes[0], v, classes[1]);
    __m512i high = _mm512_permutex2var_epi8(classes[2], v, classes[3]);
    __m512i all = _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(v), high);
    return _mm512_gf2p8affine_epi64_epi8(units, all, 0);
}

LANES_INLINE uint64_t many_blocks(__m512i masks)
{
    return _mm512_test_epi64_mask(masks, masks);
}

/*
 * What is suspect but for bytes above 7F. In `others`: suspect bytes, and those above 7F as second
 * bytes, first bytes of pairs, or neither. Where all of those are pairs nothing shows.
 */
LANES_INLINE void many_suspect(struct many_pass *pass, size_t block, const __m512i *others,
                               struct many_carry *carry)
{
    const __m512i last = _mm512_set1_epi64((long long)0xe000000000000000);
    __m512i pairs = _mm512_xor_si512(lanes_next(others[2], carry->first), others[1]);
    uint64_t open = _mm512_test_epi64_mask(others[3], last); /* may go on in the next block */
    carry->first = others[2];
    _mm512_store_si512(pass->suspect + block, others[0]);
    pass->suspect_blocks |= many_blocks(others[0]) << block;
    carry->unclear |= many_blocks(_mm512_or_si512(pairs, others[3])) << block | open << block << 1;
}

/* The bytes with which something above 7F shows, as suspect_signs has them. */
static SCAN_TARGET void many_look_at_text(struct many_pass *pass, uint64_t unclear)
{
    for (; unclear != 0; unclear &= unclear - 1) {
        unsigned block = low_bit(unclear);
        if ((size_t)64 * block < pass->size) {
            pass->suspect[block] |= utf8_bad(pass->p + (size_t)64 * block);
            pass->suspect_blocks |= (uint64_t)(pass->suspect[block] != 0) << block;
        }
    }
}

/* Where each lane is, the number of bits in the lanes before it and *sum; *sum goes on. */
LANES_INLINE __m512i many_sums(__m512i masks, uint64_t *sum)
{
    const __m512i none = _mm512_setzero_si512();
    __m512i so_far = _mm512_set1_epi64((int64_t)*sum);
    __m512i count = _mm512_popcnt_epi64(masks);
    count = _mm512_add_epi64(count, _mm512_alignr_epi64(count, none, 7));
    count = _mm512_add_epi64(count, _mm512_alignr_epi64(count, none, 6));
    count = _mm512_add_epi64(count, _mm512_alignr_epi64(count, none, 4));
    *sum += lanes_last(count);
    return _mm512_add_epi64(_mm512_alignr_epi64(count, none, 7), so_far);
}

/* `inside`: of this side. */
LANES_INLINE void many_side(struct many_side *s, size_t block, const struct lanes *m,
                            __m512i inside, __m512i broken, struct lanes_before *before,
                            uint64_t *sum)
{
    __m512i doubt = _mm512_or_si512(lanes_enclosures(m, inside, before), broken);
    __m512i events = _mm512_or_si512(_mm512_andnot_si512(inside, m->lf), doubt);
    __m512i structure = _mm512_andnot_si512(inside, _mm512_or_si512(m->lf, m->delimiter));
    _mm512_store_si512(s->before + block, many_sums(structure, sum));
    _mm512_store_si512(s->events + block, events);
    _mm512_store_si512(s->structure + block, structure);
    s->event_blocks |= many_blocks(events) << block;
}

/* The masks of eight blocks: of the first four classes and of the others. `there`: bytes of the
 * first block that count; in front of the first record all is as behind a line break. */
LANES_INLINE struct lanes many_masks(const unsigned char *p, const __m512i *classes,
                                     __mmask64 there, __m512i *others)
{
    __m512i transposed[8], pairs[4], masks[4];
    __m512i first = _mm512_mask_blend_epi8(there, _mm512_set1_epi8('\n'), _mm512_load_si512(p));
    transposed[0] = many_transpose(first, classes);
#pragma GCC unroll 8
    for (size_t i = 1; i < 8; i++) {
        transposed[i] = many_transpose(_mm512_load_si512(p + 64 * i), classes);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
        pairs[i] = lanes_gather(transposed[2 * i], transposed[2 * i + 1], 4);
    }
    lanes_join(pairs, others);
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
        pairs[i] = lanes_gather(transposed[2 * i], transposed[2 * i + 1], 0);
    }
    lanes_join(pairs, masks);
    return (struct lanes){masks[0], masks[1], masks[2], masks[3]};
}

LANES_INLINE void many_group(struct many_pass *pass, size_t block, const __m512i *classes,
                             __mmask64 there, struct many_carry *carry)
{
    __m512i others[4];
    struct lanes m = many_masks(pass->p + 64 * block, classes, there, others);
    _mm512_store_si512(pass->lf + block, m.lf);
    pass->lf_blocks |= many_blocks(m.lf) << block;
    many_suspect(pass, block, others, carry);
    __m512i inside = lanes_inside(m.quote, &carry->inside);
    _mm512_store_si512(pass->inside + block, inside);
    __m512i broken = _mm512_andnot_si512(m.lf, lanes_next(m.cr, carry->before.cr));
    struct lanes_before other = {carry->other_fixed, carry->before.quote, carry->before.cr};
    many_side(&pass->side[0], block, &m, inside, broken, &carry->before, &carry->sum[0]);
    inside = _mm512_xor_si512(inside, _mm512_set1_epi8((char)0xff));
    many_side(&pass->side[1], block, &m, inside, broken, &other, &carry->sum[1]);
    carry->other_fixed = other.fixed;
    carry->before.cr = m.cr;
}

LANES_INLINE void many_close(uint64_t *words, uint64_t *blocks, size_t size)
{
    words[size / 64] = 1;
    *blocks |= size < 64 * MANY_BLOCKS ? UINT64_C(1) << size / 64 : 0;
}

static SCAN_TARGET void many_read(struct many_pass *pass, const unsigned char *p, size_t begin,
                                  size_t size, const unsigned char *table)
{
    const __m512i classes[4] = {_mm512_loadu_si512(table), _mm512_loadu_si512(table + 64),
                                _mm512_loadu_si512(table + 128), _mm512_loadu_si512(table + 192)};
    const __m512i none = _mm512_setzero_si512(), fixed = _mm512_set1_epi64(INT64_MIN);
    __mmask64 there = ~UINT64_C(0) << begin;
    struct many_carry carry = {.before = {fixed, none, none}, .other_fixed = fixed, .first = none};
    pass->p = p;
    pass->size = size;
    pass->lf_blocks = pass->suspect_blocks = pass->side[0].event_blocks =
        pass->side[1].event_blocks = 0;
    for (size_t block = 0; 64 * block < size; block += 8) {
        many_group(pass, block, classes, there, &carry);
        there = ~UINT64_C(0);
    }
    many_look_at_text(pass, carry.unclear);
    many_close(pass->lf, &pass->lf_blocks, size);
    many_close(pass->suspect, &pass->suspect_blocks, size);
    many_close(pass->side[0].events, &pass->side[0].event_blocks, size);
    many_close(pass->side[1].events, &pass->side[1].event_blocks, size);
}

/* ---- looking up ----------------------------------------------------------------------------- */

/*
 * The first bit from `from` on, which is not behind the pass. `blocks`: those that have any. Nobody
 * can foretell whether it is in the same block.
 */
static inline SCAN_TARGET size_t many_find(const uint64_t *words, uint64_t blocks, size_t from)
{
    size_t i = from / 64;
    uint64_t here = words[i] & (~UINT64_C(0) << from % 64);
    size_t next = _tzcnt_u64(blocks & (~UINT64_C(1) << i % 64));
    uint64_t there = words[next];
    next = here != 0 ? i : next;
    there = here != 0 ? here : there;
    return 64 * next + _tzcnt_u64(there);
}

static inline SCAN_TARGET size_t many_event(const struct many_side *s, size_t from)
{
    return many_find(s->events, s->event_blocks, from);
}

static inline bool many_has(const uint64_t *words, size_t at)
{
    return (words[at / 64] >> at % 64 & 1) != 0;
}

/* Ends of fields in front of `at`. */
static inline SCAN_TARGET uint64_t many_ends_before(const struct many_side *s, size_t at)
{
    return s->before[at / 64] + popcount(s->structure[at / 64] & below(at % 64));
}

/* ---- records -------------------------------------------------------------------------------- */

#define MANY_CHANGES    32 /* records with more are for the structural stepper */
#define MANY_UNRESOLVED SIZE_MAX

/* A record while its doubts are settled. */
struct many_record {
    size_t begin;
    size_t suspect, lf;           /* the first suspect byte and line feed from there on */
    const struct many_side *side; /* at hand */
    uint64_t base;    /* to be taken from ends counted there: they are not the record's */
    unsigned changes; /* the side has changed so often ... */
    struct many_change {
        size_t at;                    /* ... from there on ... */
        const struct many_side *side; /* ... and was this before */
    } change[MANY_CHANGES];
};

static inline SCAN_TARGET uint64_t many_delimiters(const struct many_record *r, size_t at)
{
    return many_ends_before(r->side, at) - r->base;
}

/* Line feeds from the one at `at` on, in front of `end`. */
static inline SCAN_TARGET uint64_t many_breaks(const struct many_pass *pass, size_t at, size_t end)
{
    uint64_t count = 0;
    for (; at < end; count++) {
        at = many_find(pass->lf, pass->lf_blocks, at + 1);
    }
    return count;
}

/* Adds the bits in [from, to) of one side. */
static SCAN_TARGET void many_add_structure(uint64_t *words, const struct many_side *s, size_t from,
                                           size_t to)
{
    for (size_t i = from / 64; i <= to / 64 && i < MANY_BLOCKS; i++) {
        uint64_t word = s->structure[i] & (i == from / 64 ? ~below(from % 64) : ~UINT64_C(0));
        words[i] |= i == to / 64 ? word & below(to % 64) : word;
    }
}

/* The ends of fields of the record, which ends at `end`. Nothing ends between two sides. */
static SCAN_TARGET void many_structure(const struct many_record *r, size_t end, uint64_t *words)
{
    size_t from = r->begin;
    memset(words + from / 64, 0, (end / 64 - from / 64 + 1) * sizeof *words);
    for (unsigned i = 0; i < r->changes; i++) {
        many_add_structure(words, r->change[i].side, from, r->change[i].at);
        from = r->change[i].at;
    }
    many_add_structure(words, r->side, from, end);
}

/* Another side from `at` on. Up to `to`, which is not behind it, fields end as on this one. */
static SCAN_TARGET bool many_change_sides(struct many_record *r, size_t to, size_t at,
                                          const struct many_side *side)
{
    if (r->changes == MANY_CHANGES) {
        return false;
    }
    r->base = many_ends_before(side, at) - many_delimiters(r, to);
    r->change[r->changes++] = (struct many_change){at, r->side};
    r->side = side;
    return true;
}

/*
 * The enclosures of a field from `at` on are data; answers the field's end. A CR on the way is a
 * doubt of its own: MANY_UNRESOLVED, that is for the structural stepper.
 */
static SCAN_TARGET size_t many_literal(const struct many_pass *pass, struct many_record *r,
                                       size_t at)
{
    size_t i = at / 64, blocks = pass->size / 64;
    uint64_t ends = (pass->side[0].structure[i] | pass->side[1].structure[i]) & ~below(at % 64);
    while (ends == 0 && ++i < blocks) {
        ends = pass->side[0].structure[i] | pass->side[1].structure[i];
    }
    if (ends == 0) {
        return pass->size;
    }
    size_t end = 64 * i + low_bit(ends);
    const unsigned char *cr = memchr(pass->p + at, '\r', end - at);
    if (cr != NULL && (cr + 1 != pass->p + end || cr[1] != '\n')) {
        return MANY_UNRESOLVED;
    }
    return many_change_sides(r, at, end, &pass->side[!many_has(pass->side[0].structure, end)])
               ? end
               : MANY_UNRESOLVED;
}

/* An enclosure at `at`, behind a loose byte; so it is when another one follows. */
static SCAN_TARGET size_t many_stray_quote(struct stepper *step, const struct many_pass *pass,
                                           struct many_record *r, size_t at)
{
    const unsigned char *p = pass->p;
    for (;;) {
        if (mask_stray_quote(step, p + at)) {
            return many_literal(pass, r, at);
        }
        if (at + 1 == pass->size) {
            return pass->size;
        }
        if (!many_change_sides(r, at, at + 1, &pass->side[r->side == pass->side])) {
            return MANY_UNRESOLVED;
        }
        at++;
        if (p[at] != *(p + at - 1)) {
            return p[at] == '\n' ? at : at + 1; /* the enclosure that is none casts a doubt */
        }
        step->open->r.nfields = many_delimiters(r, at);
    }
}

/* The doubt at `at`; answers where to go on, the pass's size, or MANY_UNRESOLVED. */
static SCAN_TARGET size_t many_resolve(struct stepper *step, const struct many_pass *pass,
                                       struct many_record *r, size_t at)
{
    const unsigned char *p = pass->p + at;
    int enclosure = step->cursor->n.enclosure;
    if (p[-1] == '\r') {
        bool beside = *p == enclosure || (at > r->begin + 1 && p[-2] == enclosure);
        bool inside = many_has(pass->inside, at - 1) == (r->side == pass->side);
        return !beside && mask_bare_cr(step, p, inside) ? at + 1 : MANY_UNRESOLVED;
    }
    if (*p == enclosure) {
        return many_stray_quote(step, pass, r, at);
    }
    switch (mask_after_closing(step, p)) {
    case MASK_CLOSED_BLANKS: return at + 1;
    case MASK_CLOSED_TEXT: return many_literal(pass, r, at);
    default: return MANY_UNRESOLVED;
    }
}

/* As step_bytes. The first suspect byte behind the record's end goes to r->suspect. */
static SCAN_TARGET void many_bytes(struct stepper *step, const struct many_pass *pass,
                                   struct many_record *r, struct csvk_bytes record,
                                   const struct csvk_field_ends *ends)
{
    size_t last = record.len + (record.ptr[record.len] == '\r'), at = 0;
    while (r->suspect <= r->begin + last && at < record.len) {
        at = mask_suspect(step, record, at, r->suspect - r->begin, ends);
        r->suspect = many_find(pass->suspect, pass->suspect_blocks, r->begin + at);
    }
}

/* The record is reported. Its first event is at *at, behind so many delimiters; its end goes there.
 */
static SCAN_TARGET enum many_end many_report(struct stepper *step, const struct many_pass *pass,
                                             struct many_record *r, size_t *at, uint64_t delimiters)
{
    size_t from = (size_t)(pass->p - step->bytes);
    csvk_record_begin(step->open, &step->scan->table, &step->scan->builder,
                      step->offset + from + r->begin);
    while (*at < pass->size && pass->p[*at] != '\n') {
        step->open->r.nfields = delimiters;
        *at = many_resolve(step, pass, r, *at);
        *at = *at == MANY_UNRESOLVED ? MANY_UNRESOLVED : many_event(r->side, *at);
        delimiters = *at == MANY_UNRESOLVED ? 0 : many_delimiters(r, *at);
    }
    if (*at < pass->size) {
        uint64_t structure[MANY_BLOCKS];
        struct csvk_bytes record = mask_record_bytes(step, from + r->begin, from + *at);
        struct mask_record found = {
            {r->side->structure, r->begin}, delimiters, many_breaks(pass, r->lf, *at)};
        bool suspect = r->suspect <= *at;
        if (r->changes != 0 && (suspect || delimiters >= step->scan->table.totals.width)) {
            many_structure(r, *at, structure);
            found.ends.bits = structure;
        }
        if (suspect) {
            many_bytes(step, pass, r, record, &found.ends);
        }
        if (mask_take(step, &found, record, from + *at)) {
            r->base += delimiters + 1;
            return MANY_GO_ON;
        }
        *at = MANY_UNRESOLVED;
    }
    csvk_record_abandon(step->open, &step->scan->builder);
    return *at == MANY_UNRESOLVED ? MANY_STEP : MANY_ONE_BY_MASKS;
}

/*
 * Counts the record when there is nothing to tell of it. Its first event is at `at`. All is asked
 * without branches: in a file with many defects nobody can foretell the answers.
 */
static inline SCAN_TARGET bool many_count_clean(struct stepper *step, const struct many_pass *pass,
                                                const struct many_record *r, size_t at, bool fits)
{
    struct csvk_table *table = &step->scan->table;
    bool crlf = (pass->p + at)[-1] == '\r';
    enum csvk_eol eol = crlf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    bool plain = fits & (r->lf == at) & (at < pass->size) & (pass->p[at] == '\n') &
                 (at < r->suspect) & (at > r->begin + crlf) & csvk_is_known_eol(table, eol);
    if (!plain) {
        return false;
    }
    table->totals.records++;
    table->totals.lines++;
    table->totals.eol[eol]++;
    if (table->detail != CSVK_COUNTS) {
        csvk_batch_builder_add_end(&step->scan->builder, (size_t)(pass->p - step->bytes) + at + 1);
    }
    return true;
}

/* Bytes of a pass at `from`, with the `begin` before it; 0: none is worth while. */
static size_t many_size(struct stepper *step, size_t from, size_t begin, unsigned left)
{
    struct csvk_scan *scan = step->scan;
    if (scan->many_backoff_left > 0) {
        scan->many_backoff_left--;
        return 0;
    }
    if (scan->most < 64 * MANY_BLOCKS) {
        return 0;
    }
    size_t size = step->length - from + begin, few = left * MANY_GROUP;
    size = size < few ? size : few;
    size = size < scan->many_most ? size : scan->many_most;
    return size / MANY_GROUP * MANY_GROUP;
}

/* Where the structural stepper is needed again and again, no masks are made that will not be looked
 * up. */
static void many_learn(struct csvk_scan *scan, enum many_end end, size_t used)
{
    size_t most = 2 * (end == MANY_STEP ? used : scan->many_most);
    bool in_vain = end == MANY_STEP && used < MANY_GROUP;
    most = most < MANY_GROUP ? MANY_GROUP : most;
    scan->many_most = most < 64 * MANY_BLOCKS ? most : 64 * MANY_BLOCKS;
    scan->many_backoff = !in_vain ? 0 : scan->many_backoff < 64 ? 2 * scan->many_backoff + 1 : 64;
    scan->many_backoff_left = scan->many_backoff;
}

/* Examines up to *left records from *from on, *left less by them. */
static SCAN_TARGET enum many_end many_records(struct stepper *step, size_t *from, unsigned *left)
{
    struct csvk_scan *scan = step->scan;
    size_t begin = (uintptr_t)(step->bytes + *from) % 64; /* blocks as memory has them */
    many_prepare(scan);
    size_t size = many_size(step, *from, begin, *left);
    if (size == 0) {
        return MANY_ONE_BY_MASKS;
    }
    struct many_pass pass;
    struct many_record r;
    many_read(&pass, step->bytes + *from - begin, begin, size, scan->many_classes);
    enum many_end answer = MANY_GO_ON;
    r.begin = begin;
    r.side = pass.side;
    r.base = many_ends_before(r.side, begin);
    r.suspect = many_find(pass.suspect, pass.suspect_blocks, begin);
    for (; *left > 0; --*left) {
        uint64_t width = scan->table.totals.width;
        size_t at = many_event(r.side, r.begin);
        uint64_t delimiters = many_delimiters(&r, at);
        r.lf = many_find(pass.lf, pass.lf_blocks, r.begin);
        r.changes = 0;
        if (many_count_clean(step, &pass, &r, at, delimiters + 1 == width)) {
            r.base += width;
        } else {
            answer = many_report(step, &pass, &r, &at, delimiters);
            if (answer != MANY_GO_ON) {
                break;
            }
        }
        r.begin = at + 1;
        r.suspect =
            r.suspect < r.begin ? many_find(pass.suspect, pass.suspect_blocks, r.begin) : r.suspect;
    }
    *from += r.begin - begin;
    many_learn(scan, answer, r.begin - begin);
    return answer == MANY_ONE_BY_MASKS && r.begin > begin ? MANY_GO_ON : answer;
}
