/* mask_pass.h - HEAD */
#define MANY_BLOCKS 64
#define MANY_GROUP  ((size_t)512) /* bytes of eight blocks */

enum {
    MANY_CLASS_SUSPECT = 0x10, /* control bytes and 7F; TAB where asked for */
    MANY_CLASS_SECOND = 0x20,  /* 80 to BF */
    MANY_CLASS_FIRST = 0x40,   /* of two-byte sequences that are plain letters: C3 to DF */
    MANY_CLASS_OTHER = 0x80    /* the other bytes above 7F */
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
