/*
 * suspect_bytes.h - private, part of scan_template.h: finds suspect bytes, 64 at a time. Those are
 * the bytes that may be worth a fact: control bytes, TAB, and what is above 7F.
 *
 * What they mean is for byte_facts.c, which is asked only where something suspect shows. So a mask
 * made here may have a bit too many, at the cost of time; it must never have one too few.
 */

/*
 * True when all bytes above 7F (`high`) are two-byte sequences from C3 80 to DF BF. These are the
 * letters of most alphabets: well formed and without a meaning of their own. Where that holds,
 * UTF-8 needs no further check. The caller has to think of a sequence that is open before the block
 * or at its end.
 *
 *     bytes       a  C3 A9 b  C3 A9 A9
 *     first       .  1  .  .  1  .  .     C3 to DF
 *     second      .  .  1  .  .  1  1     80 to BF
 *     first << 1  .  .  1  .  .  1  .     where a second byte must be
 *     differ      .  .  .  .  .  .  1     so this is not all pairs
 */
static inline SCAN_TARGET bool is_of_pairs(chunk k, uint64_t high, uint64_t there)
{
    uint64_t second = high & chunk_below(k, 0xc0);
    uint64_t first = chunk_below(k, 0xe0) & ~chunk_below(k, 0xc3);
    return (((high & ~(first | second)) | (second ^ (first << 1))) & there) == 0;
}

/*
 * The bytes of the block at p with which something shows that may be worth a fact. A control byte
 * shows with itself; an ill-formed or special sequence shows at most three bytes after its start.
 * Of an ill-formed sequence only the first sign is sure, since what follows may be taken for its
 * continuation. `suspect`: the block's bytes that are neither plain nor structural; `there`: the
 * bytes to look at.
 */
static SCAN_TARGET uint64_t suspect_signs(const struct csvk_table *table, const unsigned char *p,
                                          chunk k, uint64_t suspect, uint64_t there)
{
    uint64_t high = chunk_high(k);
    if (!csvk_wants(table, CSVK_FACT_NON_ASCII)) {
        suspect &= ~high;
    }
    if (!csvk_wants(table, CSVK_FACT_TAB)) {
        suspect &= ~chunk_eq(k, '\t');
    }
    /* The byte before the block is looked at here, so that is_of_pairs need not. */
    if (p[-1] >= 0x80 || !is_of_pairs(k, high, there)) {
        suspect |= utf8_bad(p);
    }
    return suspect & there;
}

/* True when the last bytes belong to a sequence that needs more bytes than there are. */
static bool cut_sequence(const unsigned char *p, size_t length)
{
    if (length == 0 || p[length - 1] < 0x80) {
        return false;
    }
    return p[length - 1] >= 0xc0 || (length >= 2 && p[length - 2] >= 0xe0) ||
           (length >= 3 && p[length - 3] >= 0xf0);
}

/*
 * The first place in [p, p + length) where something suspect shows (suspect_signs), or `length`
 * when there is none. The bytes before p must not belong to an open sequence.
 */
static SCAN_TARGET size_t first_suspect(const struct csvk_table *table,
                                        const struct structural_bytes *n, const unsigned char *p,
                                        size_t length)
{
    bool wide = false; /* the block before ended with a byte above 7F */
    for (size_t at = 0; at < length; at += 64) {
        chunk c = chunk_load(p + at);
        uint64_t there = length - at < 64 ? below((unsigned)(length - at)) : ~UINT64_C(0);
        uint64_t suspect = chunk_suspect(c) & there;
        if (suspect == 0 && !wide) {
            continue;
        }
        wide = chunk_high(c) >> 63 != 0;
        suspect &= ~(chunk_eq(c, '\n') | chunk_eq(c, '\r') | chunk_eq(c, n->delimiter) |
                     (chunk_eq(c, n->enclosure) & n->quote_on));
        suspect = suspect_signs(table, p + at, c, suspect, there);
        if (suspect != 0) {
            return at + low_bit(suspect);
        }
    }
    return cut_sequence(p, length) ? length - 1 : length;
}
