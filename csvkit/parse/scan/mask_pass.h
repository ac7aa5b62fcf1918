/*
 * mask_pass.h - private, part of scan_template.h where there are lanes (x86/lanes.h): the masks of
 * one pass of mask_parser_many.h, and how bits are looked up in them.
 *
 * A pass takes up to MANY_BLOCKS blocks, eight at a time, as lanes.h does for stretches. What hangs
 * on enclosures is made twice: `side` 0 has the parity of enclosures from the pass's first byte on,
 * side 1 the opposite.
 *
 * Invariants. Every array of bits has a word of its own for each block, and a list of the blocks
 * that are not empty as a mask (`lf_blocks` and its like). After the last block one bit is set, so
 * that whoever looks for a bit finds one: at the pass's size, where nothing is left. Bits before
 * the pass's first record mean nothing, and nobody looks them up.
 */

/* The most blocks of a pass: a mask has a bit for each. A group is what vectors take at a time. */
#define MANY_BLOCKS 64
#define MANY_GROUP  ((size_t)512) /* bytes of eight blocks */

/*
 * Classes of bytes besides the four of lanes.h that structure needs. A byte has one bit, but for
 * the bytes above 7F, which are suspect as well where text beyond ASCII is worth a fact.
 */
enum {
    MANY_CLASS_SUSPECT = 0x10, /* control bytes and 7F; TAB where asked for */
    MANY_CLASS_SECOND = 0x20,  /* 80 to BF */
    MANY_CLASS_FIRST = 0x40,   /* of two-byte sequences that are plain letters: C3 to DF */
    MANY_CLASS_OTHER = 0x80    /* the other bytes above 7F */
};

/*
 * Room for one word more than there are blocks, with its first bit set, in whole vectors: they are
 * stored as such.
 */
#define MANY_WORDS (MANY_BLOCKS + 8)
#define MANY_ARRAY _Alignas(64) uint64_t

/* The bits that hang on the enclosures. */
struct many_side {
    MANY_ARRAY events[MANY_WORDS];    /* ends of records, and doubts: those are never at LF */
    MANY_ARRAY structure[MANY_WORDS]; /* ends of fields */
    MANY_ARRAY before[MANY_WORDS];    /* how many fields of the pass end before the block */
    uint64_t event_blocks;            /* bit k: block k has events */
};

/* All masks of a pass. Offsets count from `p`, which is a multiple of 64 in memory. */
struct many_pass {
    const unsigned char *p;
    size_t size; /* bytes: a multiple of MANY_GROUP */
    struct many_side side[2];
    MANY_ARRAY inside[MANY_BLOCKS]; /* of side 0; that of side 1 is its complement */
    MANY_ARRAY lf[MANY_WORDS];
    MANY_ARRAY suspect[MANY_WORDS];
    uint64_t lf_blocks, suspect_blocks;
};

/* What a group of eight blocks hands to the next. */
struct many_carry {
    struct lanes_before before; /* its `fixed` is that of side 0 */
    __m512i other_fixed;        /* `fixed` of side 1 */
    __m512i first;              /* first bytes of pairs */
    uint64_t inside;            /* of side 0: all ones when the next group begins inside */
    uint64_t sum[2];            /* for each side, how many fields have ended */
    uint64_t unclear;           /* bit k: block k may hold text that is ill-formed or special */
};

/*
 * Makes the table of classes, once for a scan. The table's dialect and wanted facts do not change.
 */
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

/*
 * As lanes_transpose, for eight classes and all 256 bytes: a look-up takes seven bits of each byte,
 * so there is one for each half of the table, and the byte's top bit chooses.
 */
LANES_INLINE __m512i many_transpose(__m512i v, const __m512i *classes)
{
    const __m512i units = _mm512_set1_epi64((long long)0x8040201008040201);
    __asm__("" : "+v"(v)); /* copied between registers, not loaded thrice */
    __m512i low = _mm512_permutex2var_epi8(classes[0], v, classes[1]);
    __m512i high = _mm512_permutex2var_epi8(classes[2], v, classes[3]);
    __m512i all = _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(v), high);
    return _mm512_gf2p8affine_epi64_epi8(units, all, 0);
}

/* Bit i: the mask of block i of the eight is not empty. */
LANES_INLINE uint64_t many_blocks(__m512i masks)
{
    return _mm512_test_epi64_mask(masks, masks);
}

/*
 * Stores what is suspect by itself, and notes the blocks in which text needs a closer look. In
 * `others`: the suspect bytes; above 7F, second bytes, first bytes of pairs, and the rest. Where
 * all bytes above 7F are pairs nothing shows, as in is_of_pairs; here the bit of a first byte goes
 * over to the next block.
 */
LANES_INLINE void many_suspect(struct many_pass *pass, size_t block, const __m512i *others,
                               struct many_carry *carry)
{
    const __m512i last = _mm512_set1_epi64((long long)0xe000000000000000);
    __m512i pairs = _mm512_xor_si512(lanes_next(others[2], carry->first), others[1]);
    /* A lead byte among a block's last three: its sequence may go on in the next block. */
    uint64_t open = _mm512_test_epi64_mask(others[3], last);
    carry->first = others[2];
    _mm512_store_si512(pass->suspect + block, others[0]);
    pass->suspect_blocks |= many_blocks(others[0]) << block;
    carry->unclear |= many_blocks(_mm512_or_si512(pairs, others[3])) << block | open << block << 1;
}

/*
 * Adds the bytes above 7F with which something shows, as suspect_signs does, in the blocks
 * `unclear`.
 */
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

/*
 * For each block, the number of bits in the blocks before it: *sum for the first one. *sum then
 * counts this group too. Three additions make the running totals of eight lanes, each with the
 * totals moved up by 1, 2 and 4 lanes:
 *
 *     counts      a  b   c    d     e      f       g        h
 *     by 1        a  ab  bc   cd    de     ef      fg       gh
 *     by 2        a  ab  abc  abcd  bcde   cdef    defg     efgh
 *     by 4        a  ab  abc  abcd  abcde  abcdef  abcdefg  abcdefgh
 */
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

/*
 * The masks of one side for eight blocks. `inside` is that of this side; `broken` has the CRs
 * without LF, shown at the byte after them.
 */
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

/*
 * The masks of eight blocks: those of structure as the answer, the other four classes in `others`.
 * `there` has a bit for each byte of the first block that counts. The bytes before it are taken for
 * LF: so the first record begins as after a line break, and they end fields and records that nobody
 * looks up.
 */
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

/* Makes and stores all masks of the eight blocks from `block` on. */
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

/*
 * Sets the bit that whoever looks for one finds at last. A full pass has no bit in `blocks` for the
 * word after it; many_find comes to that word all the same.
 */
LANES_INLINE void many_close(uint64_t *words, uint64_t *blocks, size_t size)
{
    words[size / 64] = 1;
    *blocks |= size < 64 * MANY_BLOCKS ? UINT64_C(1) << size / 64 : 0;
}

/*
 * Makes the masks of the pass that begins with the block at `p`; its first record begins at p +
 * begin. `table`: what many_prepare has made.
 */
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
 * The place of the first bit from `from` on, which must lie before the pass's end. `blocks`: the
 * words that are not empty.
 *
 * Nobody can foretell whether the bit is in the same word or in a later one. So there is no branch:
 * both answers are computed and one is chosen. When no later word has a bit, _tzcnt_u64 answers 64,
 * the word that many_close has set in a full pass.
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

/* The first event of a side: a record's end or a doubt. */
static inline SCAN_TARGET size_t many_event(const struct many_side *s, size_t from)
{
    return many_find(s->events, s->event_blocks, from);
}

static inline bool many_has(const uint64_t *words, size_t at)
{
    return (words[at / 64] >> at % 64 & 1) != 0;
}

/* How many fields of the pass end before `at`, on this side. */
static inline SCAN_TARGET uint64_t many_ends_before(const struct many_side *s, size_t at)
{
    return s->before[at / 64] + popcount(s->structure[at / 64] & below(at % 64));
}
