/*
 * utf8_lookup.h - private: checks UTF-8 by table look-up, 64, 32 or 16 bytes at a time. The method
 * is Keiser and Lemire's ("Validating UTF-8 in less than one instruction per byte", 2020). Included
 * where there is a byte shuffle, by files that define the UTF8_* operations.
 *
 * Every error that two neighbouring bytes can show is a bit. Three tables hold the errors that one
 * half byte allows: the high and the low half of the first byte, and the high half of the second. A
 * bit that is in all three is an error. Third and fourth bytes are then compared with what the
 * leads two and three places before demand: that they are continuation bytes.
 */
#define TOO_SHORT      0x01 /* lead, then no continuation */
#define TOO_LONG       0x02 /* ASCII, then a continuation */
#define OVERLONG_3     0x04 /* E0 80..9F */
#define TOO_LARGE      0x08 /* F4 90.. and up */
#define SURROGATE      0x10 /* ED A0..BF */
#define OVERLONG_2     0x20 /* C0, C1 */
#define TOO_LARGE_1000 0x40 /* F5.. 80..8F */
#define OVERLONG_4     0x40 /* F0 80..8F */
#define TWO_CONTS      0x80 /* continuation after continuation: allowed in longer sequences */
#define CARRY          (TOO_SHORT | TOO_LONG | TWO_CONTS)

static const unsigned char first_high[16] = {TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TOO_LONG,
                                             TWO_CONTS,
                                             TWO_CONTS,
                                             TWO_CONTS,
                                             TWO_CONTS,
                                             TOO_SHORT | OVERLONG_2,
                                             TOO_SHORT,
                                             TOO_SHORT | OVERLONG_3 | SURROGATE,
                                             TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4};
static const unsigned char first_low[16] = {CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
                                            CARRY | OVERLONG_2,
                                            CARRY,
                                            CARRY,
                                            CARRY | TOO_LARGE,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000,
                                            CARRY | TOO_LARGE | TOO_LARGE_1000};
static const unsigned char second_high[16] = {
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT};

/*
 * Not 0 at each byte with which an error shows. TWO_CONTS comes out as 80 at a continuation byte
 * after another one: an error unless it is a third or fourth byte. `must` is 80 exactly where it
 * has to be one. So the xor of the two leaves 80 where a continuation is missing or one too many.
 */
static inline SCAN_TARGET UTF8_VECTOR utf8_errors(const unsigned char *p)
{
    UTF8_VECTOR now = UTF8_LOAD(p);
    UTF8_VECTOR one = UTF8_LOAD(p - 1), two = UTF8_LOAD(p - 2), three = UTF8_LOAD(p - 3);
    UTF8_VECTOR low = UTF8_AND(one, UTF8_SET(0x0f));
    UTF8_VECTOR pair = UTF8_AND(UTF8_AND(UTF8_LOOKUP(UTF8_TABLE(first_high), UTF8_HIGH_NIBBLE(one)),
                                         UTF8_LOOKUP(UTF8_TABLE(first_low), low)),
                                UTF8_LOOKUP(UTF8_TABLE(second_high), UTF8_HIGH_NIBBLE(now)));
    /* Subtraction that stops at 0 leaves 80 and more only for leads from E0, and from F0. */
    UTF8_VECTOR must =
        UTF8_OR(UTF8_SUBS(two, UTF8_SET(0xe0 - 0x80)), UTF8_SUBS(three, UTF8_SET(0xf0 - 0x80)));
    return UTF8_XOR(UTF8_AND(must, UTF8_SET(0x80)), pair);
}

/*
 * Not 0 where U+FEFF, U+FFFD, U+0085, U+2028 or U+2029 ends: no errors, but facts.
 *
 *     U+FEFF EF BB BF    U+FFFD EF BF BD    U+0085 C2 85    U+2028 E2 80 A8    U+2029 E2 80 A9
 */
static inline SCAN_TARGET UTF8_VECTOR utf8_special(const unsigned char *p)
{
    UTF8_VECTOR now = UTF8_LOAD(p);
    UTF8_VECTOR one = UTF8_LOAD(p - 1), two = UTF8_LOAD(p - 2);
    UTF8_VECTOR ef = UTF8_EQ(two, UTF8_SET(0xef));
    UTF8_VECTOR bom = UTF8_AND(UTF8_EQ(one, UTF8_SET(0xbb)), UTF8_EQ(now, UTF8_SET(0xbf)));
    UTF8_VECTOR lost = UTF8_AND(UTF8_EQ(one, UTF8_SET(0xbf)), UTF8_EQ(now, UTF8_SET(0xbd)));
    UTF8_VECTOR nel = UTF8_AND(UTF8_EQ(one, UTF8_SET(0xc2)), UTF8_EQ(now, UTF8_SET(0x85)));
    UTF8_VECTOR e280 = UTF8_AND(UTF8_EQ(two, UTF8_SET(0xe2)), UTF8_EQ(one, UTF8_SET(0x80)));
    UTF8_VECTOR line = UTF8_EQ(UTF8_OR(now, UTF8_SET(0x01)), UTF8_SET(0xa9));
    return UTF8_OR(UTF8_OR(UTF8_AND(ef, UTF8_OR(bom, lost)), nel), UTF8_AND(e280, line));
}

/*
 * Not 0 at the lead bytes that the special sequences begin with. Without one, nobody has to call
 * utf8_special; letters of most languages have none.
 */
static inline SCAN_TARGET UTF8_VECTOR utf8_special_leads(const unsigned char *p)
{
    UTF8_VECTOR now = UTF8_LOAD(p);
    return UTF8_OR(UTF8_OR(UTF8_EQ(now, UTF8_SET(0xef)), UTF8_EQ(now, UTF8_SET(0xe2))),
                   UTF8_EQ(now, UTF8_SET(0xc2)));
}

/*
 * The bytes of the 64 at p with which an ill-formed or special sequence shows. A special sequence
 * may have its lead byte up to two bytes before p.
 */
static inline SCAN_TARGET uint64_t utf8_bad(const unsigned char *p)
{
    uint64_t bad = 0, leads = p[-1] >= 0x80 || p[-2] >= 0x80;
    for (size_t i = 0; i < 64; i += UTF8_BYTES) {
        bad |= UTF8_MASK(utf8_errors(p + i)) << i;
        leads |= UTF8_MASK(utf8_special_leads(p + i));
    }
    for (size_t i = 0; leads != 0 && i < 64; i += UTF8_BYTES) {
        bad |= UTF8_MASK(utf8_special(p + i)) << i;
    }
    return bad;
}

/* True when no such sequence ends in the 64 bytes at p. */
static inline SCAN_TARGET bool check_utf8(const unsigned char *p)
{
    return utf8_bad(p) == 0;
}
