/*
 * lanes.h - private, part of scan_avx512.c: checks the blocks of a stretch eight at a time, each in
 * a lane of 64 bits of a 512-bit vector.
 *
 * A mask takes two cycles on its way from a mask register to a general one, the dearest step of a
 * stretch. So no mask goes that way. Instead, a table gives every byte its class: a bit each for
 * what the structure needs, and one for bytes that must not be there. The bits of eight blocks are
 * then transposed, as a matrix is, until each class has one vector with the masks of all eight:
 *
 *     64 bytes of classes    a bit for each class in every byte
 *     transposed by eights   byte c of every lane: class c of the lane's eight bytes  (gf2p8affine)
 *     two blocks together    128 bits for each class: the masks of both               (vpermi2b)
 *     eight blocks           512 bits for each class: the masks of all                (vshufi32x4)
 *
 * clean_stretch_check.h says what makes enclosures, line breaks and widths clean. Enclosures and
 * line breaks are judged on these vectors, the width in each block for itself. Doubts are looked at
 * when all blocks are done, and the width after them: the phase is an index only while it holds.
 *
 * The vectors of masks have the first block in lane 0. What a block needs of the block before it
 * comes from the lane before, or for lane 0 from lane 7 of the vector before (lanes_next).
 */

/*
 * Classes of bytes. The bits 0 to 3 become masks; the others are only gathered. CLASS_STRAY is the
 * top bit, which an instruction collects from all bytes at once.
 */
enum {
    CLASS_LF = 0x01,
    CLASS_DELIMITER = 0x02,
    CLASS_QUOTE = 0x04,
    CLASS_CR = 0x08,
    CLASS_TAB = 0x40, /* where it is not the delimiter; only in STRETCH_ALL */
    CLASS_STRAY = 0x80
};

#define LANES_INLINE static inline __attribute__((always_inline)) SCAN_TARGET

/* Makes the classes of ASCII for stretches of this kind, unless they are made. */
static void stretch_prepare(struct csvk_scan *scan, unsigned kind)
{
    unsigned char *classes = scan->classes;
    const struct csvk_dialect *d = &scan->table.dialect;
    bool unchecked = (kind & STRETCH_UNCHECKED) != 0;
    if (scan->classes_kind == kind + 1) {
        return;
    }
    memset(classes, 0, 128);
    memset(classes, CLASS_STRAY, unchecked ? 1 : 0x20);
    classes[0x7f] = unchecked ? 0 : CLASS_STRAY;
    classes['\t'] = (kind & STRETCH_TAB) != 0 ? CLASS_TAB : classes['\t'];
    classes['\n'] = CLASS_LF;
    classes['\r'] = (kind & STRETCH_CR) != 0 ? CLASS_CR : CLASS_STRAY;
    classes[d->delimiter] = CLASS_DELIMITER;
    if (d->enclosure != CSVK_NO_BYTE) {
        classes[d->enclosure] = (kind & STRETCH_QUOTES) != 0 ? CLASS_QUOTE : CLASS_STRAY;
    }
    scan->classes_kind = kind + 1;
}

/* The table of classes in registers. */
struct lanes_table {
    __m512i first, second; /* the classes of the bytes 00 to 3F, and 40 to 7F */
};

/* What all bytes so far have held, whatever block they are in. */
struct lanes_seen {
    __m512i classes;  /* the classes of all bytes, joined by or */
    __m512i high;     /* bit 7 of a byte: there was one above 7F where none may be */
    __m512i texts;    /* bit 7: a byte above 7F in the last block; bit 6: in the one before; ... */
    __m512i eight[4]; /* `texts` after each eight blocks: then bit i is that of block i */
};

/* The masks of eight blocks. */
struct lanes {
    __m512i lf, delimiter, quote, cr;
};

/* What eight blocks hand to the next eight. Only bit 63 of the last lane matters. */
struct lanes_before {
    __m512i fixed, quote, cr;
};

/*
 * Looks up the classes of a block and transposes them by eights. The look-up takes the low seven
 * bits of a byte. Where a byte above 7F may be it gets no class; where none may be it gets that of
 * another byte, which does no harm, since `high` then ends the stretch in doubt.
 *
 * The matrix of an 8 x 8 bit product is one lane here: its bytes are the rows, `units` picks them
 * apart.
 */
LANES_INLINE __m512i lanes_transpose(const unsigned char *p, const struct lanes_table *t,
                                     unsigned kind, struct lanes_seen *seen)
{
    const __m512i units = _mm512_set1_epi64(0x0000000008040201);
    __m512i v = _mm512_loadu_si512(p), classes;
    if ((kind & (STRETCH_TEXT | STRETCH_UNCHECKED)) != 0) {
        __mmask64 ascii = _mm512_cmpge_epi8_mask(v, _mm512_setzero_si512());
        classes = _mm512_maskz_permutex2var_epi8(ascii, t->first, v, t->second);
    } else {
        classes = _mm512_permutex2var_epi8(t->first, v, t->second);
        seen->high = _mm512_or_si512(seen->high, v);
    }
    if ((kind & STRETCH_TEXT) != 0) { /* 0xe4: bit 7 from v, the others moved down by one */
        seen->texts = _mm512_ternarylogic_epi64(v, _mm512_srli_epi64(seen->texts, 1),
                                                _mm512_set1_epi8((char)0x80), 0xe4);
    }
    seen->classes = _mm512_or_si512(seen->classes, classes);
    return _mm512_gf2p8affine_epi64_epi8(units, classes, 0);
}

/*
 * Of two blocks that have been transposed: 128 bits for each of four classes, the classes from
 * `first` on. Byte c of each of the 16 lanes goes to the 16 bytes of class c.
 */
LANES_INLINE __m512i lanes_gather(__m512i a, __m512i b, int first)
{
    const __m512i gather = _mm512_set_epi8(
        123, 115, 107, 99, 91, 83, 75, 67, 59, 51, 43, 35, 27, 19, 11, 3, 122, 114, 106, 98, 90, 82,
        74, 66, 58, 50, 42, 34, 26, 18, 10, 2, 121, 113, 105, 97, 89, 81, 73, 65, 57, 49, 41, 33,
        25, 17, 9, 1, 120, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8, 0);
    __m512i from = _mm512_add_epi8(gather, _mm512_set1_epi8((char)first));
    return _mm512_permutex2var_epi8(a, from, b);
}

/* Two blocks: 128 bits for each of the classes 0 to 3. */
LANES_INLINE __m512i lanes_pair(const unsigned char *p, const struct lanes_table *t, unsigned kind,
                                struct lanes_seen *seen)
{
    __m512i a = lanes_transpose(p, t, kind, seen), b = lanes_transpose(p + 64, t, kind, seen);
    return lanes_gather(a, b, 0);
}

/*
 * Turns the bits of each byte round. The transposition has left them the wrong way, first byte
 * last; it is cheaper to put that right in four vectors than in eight.
 */
LANES_INLINE __m512i lanes_reverse(__m512i bytes)
{
    return _mm512_gf2p8affine_epi64_epi8(bytes, _mm512_set1_epi64((long long)0x8040201008040201),
                                         0);
}

/*
 * From four pairs of blocks to eight blocks: a vector for each of four classes. With 128 bits as a
 * unit this transposes a 4 x 4 matrix:
 *
 *     pairs[0]  A0 A1 A2 A3        masks[0]  A0 B0 C0 D0
 *     pairs[1]  B0 B1 B2 B3   ->   masks[1]  A1 B1 C1 D1
 *     pairs[2]  C0 C1 C2 C3        masks[2]  A2 B2 C2 D2
 *     pairs[3]  D0 D1 D2 D3        masks[3]  A3 B3 C3 D3
 */
LANES_INLINE void lanes_join(const __m512i *pairs, __m512i *masks)
{
    __m512i ab = _mm512_shuffle_i32x4(pairs[0], pairs[1], 0x44);
    __m512i cd = _mm512_shuffle_i32x4(pairs[2], pairs[3], 0x44);
    masks[0] = lanes_reverse(_mm512_shuffle_i32x4(ab, cd, 0x88));
    masks[1] = lanes_reverse(_mm512_shuffle_i32x4(ab, cd, 0xdd));
    ab = _mm512_shuffle_i32x4(pairs[0], pairs[1], 0xee);
    cd = _mm512_shuffle_i32x4(pairs[2], pairs[3], 0xee);
    masks[2] = lanes_reverse(_mm512_shuffle_i32x4(ab, cd, 0x88));
    masks[3] = lanes_reverse(_mm512_shuffle_i32x4(ab, cd, 0xdd));
}

/*
 * The masks of the eight blocks at p. What the kind does not allow is the constant 0, so that the
 * compiler drops the steps that need it.
 */
LANES_INLINE struct lanes lanes_read(const unsigned char *p, const struct lanes_table *t,
                                     unsigned kind, struct lanes_seen *seen)
{
    const __m512i none = _mm512_setzero_si512();
    __m512i masks[4],
        pairs[4] = {lanes_pair(p, t, kind, seen), lanes_pair(p + 128, t, kind, seen),
                    lanes_pair(p + 256, t, kind, seen), lanes_pair(p + 384, t, kind, seen)};
    lanes_join(pairs, masks);
    return (struct lanes){masks[0], masks[1], (kind & STRETCH_QUOTES) != 0 ? masks[2] : none,
                          (kind & STRETCH_CR) != 0 ? masks[3] : none};
}

/*
 * Moves all masks on by one byte: bit 63 of each block goes to bit 0 of the next. `before`: the
 * eight blocks before, whose last bit goes to the first block.
 */
LANES_INLINE __m512i lanes_next(__m512i masks, __m512i before)
{
    return _mm512_shldi_epi64(masks, _mm512_alignr_epi64(masks, before, 7), 1);
}

/*
 * The bytes that are inside enclosures. *inside is all ones where the first block begins inside;
 * afterwards it says so of the block after the last.
 *
 * A carry-less product with all ones is the prefix xor of each lane. Its top bit says whether the
 * block has an odd number of enclosures. The prefix xor of those eight bits, made by shifts, says
 * which blocks begin inside; their masks are turned over.
 */
LANES_INLINE __m512i lanes_inside(__m512i quote, uint64_t *inside)
{
    const __m512i ones = _mm512_set1_epi8((char)0xff);
    __m512i odd = _mm512_unpacklo_epi64(_mm512_clmulepi64_epi128(quote, ones, 0x00),
                                        _mm512_clmulepi64_epi128(quote, ones, 0x01));
    unsigned flips = (unsigned)_mm512_movepi64_mask(odd); /* blocks with an odd number */
    flips ^= flips << 1;
    flips ^= flips << 2;
    flips ^= flips << 4;
    unsigned begins = (flips << 1) ^ (unsigned)*inside; /* bit i: block i begins inside */
    *inside ^= UINT64_C(0) - (flips >> 7 & 1);
    return _mm512_mask_xor_epi64(odd, (__mmask8)begins, odd, ones);
}

/*
 * The faults of enclosures by loose and fixed bytes (clean_stretch_check.h). `fixed` and the
 * enclosures go into *before. Answers doubts: bits that should be 0.
 *
 * The constants of ternarylogic are truth tables: 0xfe is a | b | c, 0xf4 is a | (b & ~c).
 */
LANES_INLINE __m512i lanes_enclosures(const struct lanes *l, __m512i inside,
                                      struct lanes_before *before)
{
    __m512i fixed = _mm512_ternarylogic_epi64(l->lf, l->delimiter, l->quote, 0xfe);
    fixed = _mm512_ternarylogic_epi64(fixed, l->cr, inside, 0xfe);
    __m512i after_quote = lanes_next(l->quote, before->quote);
    __m512i after_fixed = lanes_next(fixed, before->fixed);
    before->quote = l->quote;
    before->fixed = fixed;
    __m512i doubt = _mm512_andnot_si512(fixed, after_quote);
    return _mm512_ternarylogic_epi64(doubt, l->quote, after_fixed, 0xf4);
}

/*
 * A CR without LF; and where the table has one kind of line break (`strict`), record ends of
 * another kind than `mode`. Answers doubts. 0x28 is (a ^ b) & c, 0xf8 is a | (b & c).
 */
LANES_INLINE __m512i lanes_line_breaks(const struct lanes *l, __m512i ends, __m512i mode,
                                       __m512i strict, struct lanes_before *before)
{
    __m512i after_cr = lanes_next(l->cr, before->cr);
    before->cr = l->cr;
    __m512i other = _mm512_ternarylogic_epi64(after_cr, mode, ends, 0x28);
    return _mm512_ternarylogic_epi64(_mm512_andnot_si512(l->lf, after_cr), other, strict, 0xf8);
}

/*
 * True when the record ends of all blocks stand at every width-th structural byte (check_width).
 * `steps` says by how much each block moves the phase. Stops at the first block that does not fit:
 * after it the phase may be no index into the rows.
 */
LANES_INLINE bool lanes_width(struct stretch *s, const struct clean_check *check,
                              const struct stretch_masks *masks, const int64_t *steps)
{
    uint64_t phase = s->phase;
    for (unsigned i = 0; i < STRETCH_BLOCKS; i++) {
        if (masks->ends[i] != SCAN_PDEP(check->phase_row[phase], masks->structure[i])) {
            return false;
        }
        phase += (uint64_t)steps[i];
    }
    s->phase = phase;
    return true;
}

/*
 * Bit i: block i of 32 holds a byte above 7F. Bit i of any byte in `eight[k]` speaks for block 8 k
 * + i, so all 64 bytes of each are joined by or, down to one byte of each in 32 bits.
 */
LANES_INLINE uint64_t lanes_texts(const struct lanes_seen *seen)
{
    __m128i part[4];
    for (unsigned i = 0; i < 4; i++) {
        __m512i v = seen->eight[i];
        __m256i half = _mm256_or_si256(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
        part[i] = _mm_or_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    }
    __m128i ab =
        _mm_or_si128(_mm_unpacklo_epi8(part[0], part[1]), _mm_unpackhi_epi8(part[0], part[1]));
    __m128i cd =
        _mm_or_si128(_mm_unpacklo_epi8(part[2], part[3]), _mm_unpackhi_epi8(part[2], part[3]));
    __m128i all = _mm_or_si128(_mm_unpacklo_epi16(ab, cd), _mm_unpackhi_epi16(ab, cd));
    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0x4e));
    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(all);
}

/* The last lane. */
LANES_INLINE uint64_t lanes_last(__m512i masks)
{
    __m128i two = _mm512_extracti64x2_epi64(masks, 3);
    return (uint64_t)_mm_extract_epi64(two, 1);
}

/* True when there is a doubt, or a byte that the kind does not allow. */
LANES_INLINE bool lanes_in_doubt(__m512i doubt, const struct lanes_seen *seen)
{
    return (_mm512_test_epi64_mask(doubt, doubt) |
            _mm512_movepi8_mask(_mm512_or_si512(seen->classes, seen->high))) != 0;
}

/* Not 0 when a byte of this class has been seen. */
LANES_INLINE uint64_t lanes_classes(const struct lanes_seen *seen, unsigned class)
{
    return _mm512_test_epi8_mask(seen->classes, _mm512_set1_epi8((char)class));
}

/* What eight blocks leave, without what they hand on. */
struct lanes_found {
    __m512i doubt;           /* bits that should be 0 */
    __m512i records, breaks; /* counts, in each lane for itself */
    __m512i separator;       /* masks of the last eight blocks */
};

/*
 * Keeps the record ends and the structure of the blocks from `first` on, of which `inside` is
 * enclosed. Answers by how much each block moves the phase.
 */
LANES_INLINE __m512i lanes_keep(struct lanes_found *found, struct stretch_masks *masks,
                                unsigned first, const struct lanes *l, __m512i inside,
                                __m512i width)
{
    found->separator = _mm512_or_si512(l->lf, l->delimiter);
    __m512i ends = _mm512_andnot_si512(inside, l->lf), records = _mm512_popcnt_epi64(ends);
    __m512i structure = _mm512_andnot_si512(inside, found->separator);
    found->records = _mm512_add_epi64(found->records, records);
    _mm512_storeu_si512(masks->ends + first, ends);
    _mm512_storeu_si512(masks->structure + first, structure);
    return _mm512_sub_epi64(_mm512_popcnt_epi64(structure), _mm512_mul_epu32(records, width));
}

/* Keeps the enclosed line breaks, which stretch_inner judges. */
LANES_INLINE void lanes_keep_inner(struct lanes_found *found, struct stretch_masks *masks,
                                   unsigned first, __m512i inner)
{
    found->breaks = _mm512_add_epi64(found->breaks, _mm512_popcnt_epi64(inner));
    _mm512_storeu_si512(masks->inner + first, inner);
}

/*
 * Checks all blocks. `kind` is a constant in each caller, so that what it does not allow costs
 * nothing. True when nothing is in doubt.
 */
LANES_INLINE bool stretch_blocks(struct stretch *state, const struct csvk_scan *scan,
                                 const struct clean_check *check, const unsigned char *p,
                                 unsigned kind, struct stretch_masks *masks)
{
    const struct lanes_table t = {_mm512_loadu_si512(scan->classes),
                                  _mm512_loadu_si512(scan->classes + 64)};
    const __m512i zero = _mm512_setzero_si512(), width = _mm512_set1_epi64((int64_t)check->width);
    const __m512i mode = _mm512_set1_epi64((int64_t)check->crlf_mode);
    const __m512i strict = _mm512_set1_epi64(check->strict_eol ? -1 : 0);
    struct stretch s = *state;
    struct lanes_seen seen = {zero, zero, zero, {zero, zero, zero, zero}};
    struct lanes_before before = {_mm512_set1_epi64((int64_t)s.fixed),
                                  _mm512_set1_epi64((int64_t)s.quote),
                                  _mm512_set1_epi64((int64_t)s.cr)};
    struct lanes_found found = {zero, zero, zero, zero};
    int64_t steps[STRETCH_BLOCKS];
    for (unsigned first = 0; first < STRETCH_BLOCKS; first += 8) {
        struct lanes l = lanes_read(p + (size_t)64 * first, &t, kind, &seen);
        __m512i inside = zero;
        if ((kind & STRETCH_TEXT) != 0) {
            seen.eight[first / 8] = seen.texts;
        }
        if ((kind & STRETCH_QUOTES) != 0) {
            inside = lanes_inside(l.quote, &s.inside);
            found.doubt = _mm512_or_si512(found.doubt, lanes_enclosures(&l, inside, &before));
            lanes_keep_inner(&found, masks, first, _mm512_and_si512(l.lf, inside));
        }
        if ((kind & STRETCH_CR) != 0) {
            __m512i ends = _mm512_andnot_si512(inside, l.lf);
            found.doubt =
                _mm512_or_si512(found.doubt, lanes_line_breaks(&l, ends, mode, strict, &before));
        }
        __m512i step = lanes_keep(&found, masks, first, &l, inside, width);
        _mm512_storeu_si512(steps + first, step);
    }
    if (lanes_in_doubt(found.doubt, &seen) || !lanes_width(&s, check, masks, steps)) {
        return false;
    }
    bool unchecked = (kind & STRETCH_UNCHECKED) != 0;
    s.quote = lanes_last(before.quote);
    s.cr = lanes_last(before.cr);
    s.separators = lanes_last(found.separator);
    s.quotes = lanes_classes(&seen, CLASS_QUOTE);
    s.crs = lanes_classes(&seen, CLASS_CR);
    s.tabs = lanes_classes(&seen, CLASS_TAB) != 0;
    s.records = (uint64_t)_mm512_reduce_add_epi64(found.records);
    s.inner_breaks = unchecked ? (uint64_t)_mm512_reduce_add_epi64(found.breaks) : 0;
    masks->texts = (kind & STRETCH_TEXT) != 0 ? lanes_texts(&seen) : 0;
    *state = s;
    return true;
}
