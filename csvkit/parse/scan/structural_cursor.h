/*
 * structural_cursor.h - private, part of scan_template.h: finds the next structural byte.
 *
 * The cursor holds the mask of one block of 64 bytes and goes to the next block when the mask is
 * empty. On the way it asks of every block whether it holds a byte that may be worth a fact, so
 * that a record without such a byte needs no second look.
 *
 * Blocks follow one another from the byte at which the cursor was started, so a block may begin
 * anywhere in `bytes`. The last one may reach past `length`, which is what CSVK_SCAN_SLACK is for;
 * its mask is cut there.
 */

/*
 * Invariant: `mask` holds the structural bytes of [block, block + 64) that have not been passed
 * yet, and none at `length` or after it.
 */
struct cursor {
    const unsigned char *bytes;
    size_t length;
    size_t record;  /* the record's first byte */
    size_t block;   /* where the 64 bytes of `mask` begin */
    uint64_t mask;  /* structural bytes not yet passed */
    size_t suspect; /* no byte of the record before it is worth a fact; SIZE_MAX: none so far */
    bool block_suspect;
    struct structural_bytes n;
    const struct csvk_table *table;
};

/* Makes the masks of the block at c->block. */
static inline SCAN_TARGET void cursor_load(struct cursor *c)
{
    const unsigned char *p = c->bytes + c->block;
    chunk k = chunk_load(p);
    uint64_t mask = chunk_eq(k, c->n.delimiter) | (chunk_eq(k, c->n.enclosure) & c->n.quote_on) |
                    chunk_eq(k, '\n') | chunk_eq(k, '\r');
    /* An escape is structural for the stepper: it takes away the meaning of the next byte. */
    if (c->n.escape != CSVK_NO_BYTE) {
        mask |= chunk_eq(k, c->n.escape);
    }
    size_t left = c->length - c->block;
    uint64_t there = left < 64 ? below((unsigned)left) : ~UINT64_C(0);
    uint64_t suspect = chunk_suspect(k) & ~mask & there;
    bool open = (p[-1] | p[-2] | p[-3]) >= 0x80; /* a sequence may go on into the block */
    c->mask = mask & there;
    /* Most blocks have no suspect byte at all: the closer look is the exception. */
    c->block_suspect = (suspect != 0 || open) && suspect_signs(c->table, p, k, suspect, there) != 0;
    if (c->block_suspect && c->block < c->suspect) {
        c->suspect = c->block;
    }
}

/* Begins at `to`, the first byte of a record. */
static inline SCAN_TARGET void cursor_start(struct cursor *c, size_t to)
{
    c->suspect = SIZE_MAX;
    c->block_suspect = false;
    c->record = c->block = to;
    c->mask = 0;
    if (to < c->length) {
        cursor_load(c);
    }
}

/*
 * Goes on to `to`. No block on the way is passed without a look: `suspect` must be right for all
 * bytes of the record.
 */
static inline SCAN_TARGET void cursor_seek(struct cursor *c, size_t to)
{
    while (to - c->block >= 64 && c->length - c->block > 64) {
        c->block += 64;
        cursor_load(c);
    }
    if (to - c->block < 64) {
        c->mask &= ~below((unsigned)(to - c->block));
    } else {
        c->mask = 0;
    }
}

/*
 * Goes on at `to`, in the record at 0; nothing before `suspect` in it is worth a fact. A record at
 * 0 has its blocks at multiples of 64, so this one is loaded again as it was at the last call.
 */
static SCAN_TARGET void cursor_resume(struct cursor *c, size_t to, size_t suspect)
{
    cursor_start(c, to / 64 * 64);
    c->record = 0;
    c->suspect = suspect < c->suspect ? suspect : c->suspect;
    c->mask &= ~below((unsigned)(to % 64));
}

/*
 * The place of the next structural byte, or `length` when there is none. The byte stays in the
 * mask: asking again gives the same answer until cursor_drop or cursor_seek.
 */
static inline SCAN_TARGET size_t cursor_next(struct cursor *c)
{
    while (c->mask == 0) {
        if (c->length - c->block <= 64) {
            return c->length;
        }
        c->block += 64;
        cursor_load(c);
    }
    return c->block + low_bit(c->mask);
}

/*
 * Passes the structural byte that cursor_next has found.
 *
 *     mask             . . 1 . 1 1
 *     mask - 1         1 1 . . 1 1
 *     and of the two   . . . . 1 1
 */
static inline void cursor_drop(struct cursor *c)
{
    c->mask &= c->mask - 1;
}
