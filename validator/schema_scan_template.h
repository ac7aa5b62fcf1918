/*
 * schema_scan_template.h - the inside of schema_scan.c, once for each instruction set. Before it is
 * included: TARGET, NAME(function), LOAD(bytes, delimiter, quote), which gives a struct byte_masks,
 * and ONLY_DIGITS, PARITY and PACK as in schema_scan.c.
 */

/* Bits that begin a run of more than DIGITS_MOST bits. */
static inline TARGET uint64_t NAME(long_runs)(uint64_t mask)
{
    mask &= mask >> 1;
    mask &= mask >> 2;
    mask &= mask >> 4;
    mask &= mask >> 8;
    return mask & mask >> (DIGITS_MOST + 1 - 16);
}

/* See skip_digits in schema_scan.h. Most blocks have digits, delimiters and LF, and nothing else.
 */
static TARGET size_t NAME(skip_digits)(const unsigned char *bytes, size_t begin, size_t end,
                                       unsigned char delimiter)
{
    /* Of the byte before the block: does it end a field, is it CR? And digits right before it. */
    uint64_t after_end = 1, after_cr = 0;
    unsigned run = 0;
    for (size_t at = begin; at < end; at += BLOCK) {
        uint64_t ends, digits, bad = 0, valid = UINT64_MAX;
        if (end - at >= BLOCK && ONLY_DIGITS(bytes + at, delimiter, &ends) && after_cr == 0) {
            digits = ~ends;
            bad = ends & (ends << 1 | after_end);
        } else {
            struct byte_masks m = LOAD(bytes + at, delimiter, '\n');
            valid = end - at >= BLOCK ? valid : (UINT64_C(1) << (end - at)) - 1;
            uint64_t lf = m.quote, cr_before = m.cr << 1 | after_cr;
            ends = m.delimiter | lf;
            digits = m.digit;
            bad = (m.delimiter | m.cr | (lf & ~cr_before)) & (ends << 1 | after_end);
            bad |= ~(digits | ends | m.cr) | (cr_before & ~lf);
            after_cr = m.cr >> 63;
        }
        if (((bad | NAME(long_runs)(digits)) & valid) != 0 ||
            run + (unsigned)__builtin_ctzll(~digits | UINT64_C(1) << 63) > DIGITS_MOST) {
            return at;
        }
        after_end = ends >> 63;
        run = (unsigned)__builtin_clzll(~digits | 1);
    }
    return end;
}

/*
 * See find_fields in schema_scan.h. A field is a run of bytes that end no field, and the byte after
 * it. When its other bytes are added to the run as numbers, the sum carries into that last bit when
 * there is one: so one addition answers for all fields of a block.
 */
static TARGET size_t NAME(find_fields)(const unsigned char *bytes, size_t begin, size_t end,
                                       const struct csvk_dialect *dialect,
                                       const struct scan_fields *fields, size_t most)
{
    uint64_t inside = 0, other = 0; /* all bits or none; does the open field have another byte? */
    uint64_t before = 0;            /* the bytes of the block before that end no field */
    uint64_t *block = fields->ends;
    size_t start = begin, count = 0;
    fields->digits[0] = fields->longer[0] = 0;
    for (size_t at = begin; at <= end; at += BLOCK) {
        struct byte_masks m =
            LOAD(bytes + at, (unsigned char)dialect->delimiter, (unsigned char)dialect->enclosure);
        uint64_t valid = end - at >= BLOCK ? UINT64_MAX : (UINT64_C(1) << (end - at)) - 1;
        uint64_t in = PARITY(m.quote & valid) ^ inside;
        inside = 0 - (in >> 63);
        uint64_t ends = m.delimiter & valid & ~in;
        ends |= end - at < BLOCK ? UINT64_C(1) << (end - at) : 0;
        uint64_t within = ~ends, others = ~m.digit & valid & within;
        uint64_t one = within << 1 | before >> 63, two = within << 2 | before >> 62;
        uint64_t three = within << 3 | before >> 61;
        uint64_t many = within & within << 1;
        many &= many << 2;
        many &= many << 4;
        many &= many << 8;
        many &= many << (DIGITS_MOST + 1 - 16);
        uint64_t first = ends & -ends;
        bool late = first != 0 &&
                    at + (size_t)__builtin_ctzll(first | UINT64_C(1) << 63) - start > DIGITS_MOST;
        uint64_t bad = ((within + others) & ends) | many << 1 | (late || other != 0 ? first : 0);
        uint64_t digits = PACK(ends & one & ~bad, ends),
                 longer = PACK(ends & one & two & three, ends);
        size_t here = (size_t)__builtin_popcountll(ends), word = count / 64, shift = count % 64;
        if (count + here > most) {
            return count; /* not a record of so many fields */
        }
        fields->digits[word] |= digits << shift;
        fields->longer[word] |= longer << shift;
        if (shift + here >= 64) {
            fields->digits[word + 1] = shift != 0 ? digits >> (64 - shift) : 0;
            fields->longer[word + 1] = shift != 0 ? longer >> (64 - shift) : 0;
        }
        uint64_t last = ends != 0 ? UINT64_C(1) << (63 - __builtin_clzll(ends)) : 0;
        other = (others & ~(last | (last - (last != 0)))) | (last != 0 ? 0 : other);
        *block++ = ends;
        count += here;
        start = ends != 0 ? at + BLOCK - (size_t)__builtin_clzll(ends) : start;
        before = within;
    }
    return count;
}

/* See find_field in schema_scan.h. */
static TARGET struct csvk_field NAME(find_field)(const struct scan_fields *fields, size_t begin,
                                                 size_t index)
{
    const uint64_t *block = fields->ends;
    size_t skip = index, first = begin;
    for (size_t here; skip > (here = (size_t)__builtin_popcountll(*block)); block++) {
        skip -= here;
    }
    uint64_t ends = *block;
    for (; skip > 1; skip--) {
        ends &= ends - 1;
    }
    if (skip == 1) { /* this one ends the field before */
        first += (size_t)(block - fields->ends) * BLOCK + (size_t)__builtin_ctzll(ends) + 1;
        ends &= ends - 1;
    }
    while (ends == 0) {
        ends = *++block;
    }
    size_t end = begin + (size_t)(block - fields->ends) * BLOCK + (size_t)__builtin_ctzll(ends);
    return (struct csvk_field){(uint32_t)first, (uint32_t)end, 0};
}
