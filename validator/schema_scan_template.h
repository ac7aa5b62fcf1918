/*
 * schema_scan_template.h - the inside of schema_scan.c, once for each instruction set. Before it is
 * included: TARGET, NAME(function), LOAD(bytes, delimiter, quote), which gives a struct byte_masks,
 * EQUAL(bytes, byte), NO_DIGITS(bytes, &quads), PARITY, PACK and UNPACK as in schema_scan.c; and
 * QUICK when the last two take one instruction each.
 */

/*
 * See all_digits in schema_scan.h. A sound record has one byte at least for each field that is no
 * digit, its delimiter or line break: when there are no more, there is nothing else. Of a run of 19
 * digits, four times four in a row lie where a number of four bytes would.
 */
static TARGET bool NAME(all_digits)(const unsigned char *bytes, size_t begin, size_t end,
                                    uint64_t fields)
{
    uint64_t after_end = 1, bad = 0, count = 0, quads = 0, pairs = 0, lanes;
    size_t at = begin;
    for (; end - at >= 4 * (size_t)SCAN_BLOCK; at += 4 * (size_t)SCAN_BLOCK) {
        uint64_t here = 0, two;
        for (unsigned i = 0; i < 4; i++) {
            uint64_t ends = NO_DIGITS(bytes + at + i * SCAN_BLOCK, &lanes);
            here |= lanes << (16 * i);
            bad |= ends & (ends << 1 | after_end);
            after_end = ends >> 63;
            count += (uint64_t)__builtin_popcountll(ends);
        }
        two = here & (here << 1 | quads >> 63);
        bad |= two & (two << 2 | pairs >> 62);
        quads = here;
        pairs = two;
    }
    for (; at < end; at += SCAN_BLOCK) {
        uint64_t valid = end - at >= SCAN_BLOCK ? UINT64_MAX : (UINT64_C(1) << (end - at)) - 1;
        uint64_t ends = NO_DIGITS(bytes + at, &lanes) & valid, two;
        bad |= ends & (ends << 1 | after_end);
        after_end = ends >> 63;
        count += (uint64_t)__builtin_popcountll(ends);
        size_t whole = end - at < SCAN_BLOCK ? (end - at) / 4 : SCAN_BLOCK / 4;
        lanes &= (UINT64_C(1) << whole) - 1;
        lanes <<= 48; /* as if it were the last of four blocks */
        two = lanes & (lanes << 1 | (quads >> 63) << 48);
        bad |= two & (two << 2 | (pairs >> 62) << 48);
        quads = lanes;
        pairs = two;
    }
    return bad == 0 && count == fields;
}

/* The field that ends at the lowest bit of `bits`, in the block at `at`, whose first field begins
   at `start`. */
static inline __attribute__((always_inline)) TARGET struct scan_look NAME(field_at)(
    size_t at, size_t start, uint64_t bits, uint64_t ends, uint64_t skipped, uint32_t column)
{
    unsigned bit = (unsigned)__builtin_ctzll(bits | UINT64_C(1) << 63);
    uint64_t below = ends & ((UINT64_C(1) << bit) - 1);
    unsigned last = 63 - (unsigned)__builtin_clzll(below | 1);
    size_t begin = at + last + 1 + (skipped >> last >> 1 & 1);
    return (struct scan_look){(uint32_t)(below != 0 ? begin : start), (uint32_t)(at + bit), column};
}

/* Notes the fields whose bits in `look`, by number in the block, are set; returns how many. */
static inline __attribute__((always_inline)) TARGET size_t
NAME(note)(const uint32_t *after, size_t at, size_t start, uint32_t column, uint64_t look,
           uint64_t ends, uint64_t skipped, struct scan_look *looks)
{
    size_t count = 0;
    for (uint64_t bits = UNPACK(look, ends); look != 0; look &= look - 1, bits &= bits - 1) {
        uint32_t of = after[column + (unsigned)__builtin_ctzll(look)];
        looks[count++] = NAME(field_at)(at, start, bits, ends, skipped, of);
    }
    return count;
}

/*
 * One block of a run. A field is a run of bytes that end no field, and the byte after it. When its
 * other bytes are added to the run as numbers, the sum carries into that last bit when there is
 * one: so one addition answers for all fields that lie within the block. What the first one is
 * like, the blocks before say, too. `whole`: there is more of the run behind the block. Answers
 * how many fields were noted; the state is stopped, and nothing noted, at a CR that stands alone.
 */
static inline __attribute__((always_inline)) TARGET size_t NAME(look_at_block)(
    struct scan_state *s, const unsigned char *bytes, unsigned char delimiter,
    unsigned char enclosure, const struct scan_plan *plan, struct scan_look *looks, bool whole)
{
    const struct byte_masks m = LOAD(bytes + s->at, delimiter, enclosure);
    const size_t left = s->end - s->at;
    const uint64_t valid = whole || left == SCAN_BLOCK ? UINT64_MAX : (UINT64_C(1) << left) - 1;
    uint64_t in = PARITY(m.quote & valid) ^ s->inside, out = valid & ~in;
    uint64_t ends = m.separator & out, skipped = 0;
    if (m.has_cr || s->after_cr) { /* CR ends a field, and LF after it belongs to none */
        uint64_t cr = EQUAL(bytes + s->at, '\r') & out, lf = EQUAL(bytes + s->at, '\n') & valid;
        bool next = whole && bytes[s->at + SCAN_BLOCK] == '\n';
        uint64_t bare = cr & ~(lf >> 1 | (uint64_t)next << 63);
        if (bare != 0) {
            s->at += (size_t)__builtin_ctzll(bare);
            s->stopped = true;
            return 0;
        }
        skipped = cr << 1 | s->after_cr;
        s->start += s->after_cr;
        s->after_cr = cr >> 63;
        ends = (ends & ~skipped) | cr;
    }
    ends |= !whole && left < SCAN_BLOCK && s->open ? UINT64_C(1) << left : 0;
    uint64_t within = ~(ends | skipped), others = within & ~m.digit;
    s->inside = 0 - (in >> 63);
    s->ends = ends | skipped;
    if (ends == 0) { /* what is open is longer than any number, whatever it has */
        s->run = SCAN_BLOCK;
        return 0;
    }
    uint64_t two = within & within << 1, three = two & within << 2, many = two & two << 2;
    many &= many << 4;
    many &= many << 8;
    many &= many << (DIGITS_MOST + 1 - 16);
    uint64_t sum = within + others;
    size_t length = s->at + (size_t)__builtin_ctzll(ends) - s->start;
    bool first = length - 1 < DIGITS_MOST && (s->other | (sum & ends & -ends)) == 0;
    uint64_t digits = PACK((within & ~many) << 1 & ~sum, ends);
    uint64_t longer = PACK(three << 1, ends);
    digits = (digits & ~UINT64_C(1)) | first;
    longer = (longer & ~UINT64_C(1)) | (length - 3 <= SHORT_TEXT - 3);
    unsigned here = (unsigned)__builtin_popcountll(ends);
    unsigned last = 63 - (unsigned)__builtin_clzll(ends);
    const struct scan_turn *turn = &plan->turn[s->column];
    uint64_t look = (turn->always | (turn->digits & ~digits) | (turn->longer & ~longer)) &
                    UINT64_MAX >> (64 - here);
    size_t count = 0;
    if (look != 0) {
        count = NAME(note)(plan->after, s->at, s->start, s->column, look, ends, skipped, looks);
    }
    s->column = plan->after[s->column + here];
    s->other = others >> last >> 1;
    s->start = s->at + last + 1 + (skipped >> last >> 1 & 1);
    s->run = 63 - last;
    return count;
}

#ifdef QUICK
/* Blocks that are looked at one way after the other has failed. */
#define BACKOFF 16u

/*
 * The same for a block in which all fields are likely good by their bytes, and no CR is: with fewer
 * steps it is only asked whether this is so. The bytes of the fields that are to be digits are what
 * is left when their begins are subtracted from their ends. False: in doubt, and the state is as
 * before.
 */
static inline __attribute__((always_inline)) TARGET bool NAME(pass_block)(
    struct scan_state *s, const unsigned char *bytes, unsigned char delimiter,
    unsigned char enclosure, const struct scan_plan *plan, struct scan_look *looks, size_t *count)
{
    const struct byte_masks m = LOAD(bytes + s->at, delimiter, enclosure);
    const struct scan_turn *turn = &plan->turn[s->column];
    uint64_t in = PARITY(m.quote) ^ s->inside, ends = m.separator & ~in;
    uint64_t one = ends << 1 | s->ends >> 63, two = ends << 2 | s->ends >> 62;
    uint64_t three = ends << 3 | s->ends >> 61;
    uint64_t digits = UNPACK(turn->digits, ends), longer = UNPACK(turn->longer, ends);
    uint64_t bytes_of = digits - UNPACK(turn->digits, ends << 1 | 1), many = bytes_of;
    many &= many << 1;
    many &= many << 2;
    many &= many << 4;
    many &= many << 8;
    uint64_t doubt = many | (bytes_of & ~m.digit) | (digits & one) | (longer & (one | two | three));
    unsigned lead = (unsigned)__builtin_ctzll(~bytes_of | UINT64_C(1) << 63);
    if (ends == 0 || doubt != 0 || m.has_cr || lead + s->run > DIGITS_MOST) {
        return false;
    }
    unsigned here = (unsigned)__builtin_popcountll(ends);
    uint64_t look = turn->always & UINT64_MAX >> (64 - here);
    if (look != 0) {
        *count +=
            NAME(note)(plan->after, s->at, s->start, s->column, look, ends, 0, looks + *count);
    }
    s->inside = 0 - (in >> 63);
    s->ends = ends;
    s->column = plan->after[s->column + here];
    s->start = s->at + SCAN_BLOCK - (size_t)__builtin_clzll(ends);
    s->run = (unsigned)__builtin_clzll(~bytes_of | 1);
    return true;
}
#endif

/* See look in schema_scan.h. */
static TARGET size_t NAME(look)(const unsigned char *bytes, const struct csvk_dialect *dialect,
                                const struct scan_plan *plan, struct scan_state *state,
                                struct scan_look *looks, size_t room)
{
    const unsigned char delimiter = (unsigned char)dialect->delimiter;
    const unsigned char enclosure = (unsigned char)dialect->enclosure;
    struct scan_state s = *state;
    size_t count = 0;
    while (s.end - s.at > SCAN_BLOCK && count <= room - SCAN_BLOCK) {
#ifdef QUICK
        while (s.wait == 0) {
            if (!NAME(pass_block)(&s, bytes, delimiter, enclosure, plan, looks, &count)) {
                s.wait = BACKOFF;
                break;
            }
            s.at += SCAN_BLOCK;
            if (s.end - s.at <= SCAN_BLOCK || count > room - SCAN_BLOCK) {
                break;
            }
        }
        if (s.wait == 0) {
            break;
        }
#endif
        count += NAME(look_at_block)(&s, bytes, delimiter, enclosure, plan, looks + count, true);
        if (s.stopped) {
            break;
        }
        s.at += SCAN_BLOCK;
#ifdef QUICK
        /* What is open here has been judged in part, or is long: its end needs this way, too. */
        bool open = s.after_cr || s.other != 0 || s.at - s.start > SHORT_TEXT / 2;
        s.wait = s.wait > 1 ? s.wait - 1 : open;
#endif
    }
    while (!s.stopped && s.end - s.at <= SCAN_BLOCK && !scan_is_done(&s) &&
           count <= room - SCAN_BLOCK) {
        count += NAME(look_at_block)(&s, bytes, delimiter, enclosure, plan, looks + count, false);
        s.at += s.stopped ? 0 : SCAN_BLOCK;
    }
    *state = s;
    return count;
}
