/*
 * utf8_narrow.h - private: checks the text of most alphabets in half of the steps that
 * utf8_lookup.h takes.
 *
 * Text is narrow when every sequence has two bytes and begins with C3 to DF: U+00C0 to U+07FF,
 * which are the letters of Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic. None of them is
 * special, and ill-formed sequences are not narrow. So the high half of each byte is enough:
 *
 *     80..BF  continuation  exactly after C3..DF
 *     C0..C2  none          C0 and C1 are ill-formed, C2 may begin U+0085
 *     E0..FF  none          the greatest byte of all tells
 *
 * Only bit 7 of each byte of `ill` counts. Bit 7 of v + v is bit 6 of v, and a subtraction that
 * stops at 0 leaves bit 7 where the byte is at least so large. Included where UTF8_ADD and UTF8_MAX
 * (unsigned) are defined beside what utf8_lookup.h needs.
 */
struct narrow_text {
    UTF8_VECTOR ill, highest;
};

static inline SCAN_TARGET struct narrow_text narrow_none(void)
{
    return (struct narrow_text){UTF8_SET(0), UTF8_SET(0)};
}

/* Looks at the 64 bytes at p and at the one before them; what they show is added to *t. */
static inline SCAN_TARGET void narrow_look(const unsigned char *p, struct narrow_text *t)
{
    for (size_t i = 0; i < 64; i += UTF8_BYTES) {
        UTF8_VECTOR now = UTF8_LOAD(p + i), before = UTF8_LOAD(p + i - 1);
        UTF8_VECTOR lead = UTF8_AND(now, UTF8_ADD(now, now)); /* C0..FF */
        UTF8_VECTOR continuation = UTF8_XOR(now, lead);       /* 80..BF */
        UTF8_VECTOR unlike =
            UTF8_OR(UTF8_XOR(lead, UTF8_SUBS(now, UTF8_SET(0xc3 - 0x80))),
                    UTF8_XOR(continuation, UTF8_SUBS(before, UTF8_SET(0xc3 - 0x80))));
        t->ill = UTF8_OR(t->ill, unlike);
        t->highest = UTF8_MAX(t->highest, now);
    }
}

/* True when all that was looked at is narrow. */
static inline SCAN_TARGET bool narrow_holds(const struct narrow_text *t)
{
    UTF8_VECTOR wide = UTF8_SUBS(t->highest, UTF8_SET(0xe0 - 0x80));
    return UTF8_MASK(UTF8_AND(UTF8_OR(t->ill, wide), UTF8_SET(0x80))) == 0;
}
