/*
 * mojibake_rules.c - UTF-8 that was read as windows-1252 or latin-1 and written as UTF-8 once more:
 * mojibake-suspected.
 *
 * The idea. "é" is the bytes C3 A9; read as windows-1252 they are "Ã©", which is good UTF-8 again.
 * So the characters of the sample are taken for bytes of windows-1252, where they can be, and runs
 * of such bytes are read as UTF-8. Hardly any text in a language has them: behind a capital letter
 * with an accent no sign stands. What may stand there all the same - a quote, a dash, a no-break
 * space, an ordinal, letters of Czech and Estonian - is no evidence ("AMANHÃ”", "« été »"), unless
 * the place says that it is none of these ("dÃ­a", "GRÃ–SSE"). A character without such a
 * reading speaks against the suspicion: one right "ã" beside "AMANHÃ®" is enough, but a few among
 * many do not hide that a part of the table was encoded twice.
 */
#include "validator/judge.h"
#include "validator/mojibake_pages.h"

#include <stdio.h>
#include <string.h>

/* Of so many characters with evidence, one for each FEW without a reading is enough. */
enum { ENOUGH = 3, FEW = 20 };

/* What windows-1252 has in 80 to 9F; 0: nothing, there the characters U+0080 to U+009F remain. */
static const uint16_t western[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* The character at `at` and its length, or length 0: it is ill-formed. The parser knows all about
   ill-formed sequences; here they are just no evidence. */
static size_t decode(struct csvk_bytes text, size_t at, uint32_t *out)
{
    unsigned char first = text.ptr[at];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || first > 0xf4 || length > text.len - at) {
        return 0;
    }
    uint32_t character = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text.ptr[at + i] & 0xc0) != 0x80) {
            return 0;
        }
        character = character << 6 | (text.ptr[at + i] & 0x3fU);
    }
    *out = character;
    return length;
}

/* The byte from 80 on that windows-1252 or latin-1 has for the character; 0: none. */
static unsigned char western_byte(uint32_t character)
{
    if (character >= 0x80 && character <= 0xff) {
        return (unsigned char)character;
    }
    for (size_t i = 0; i < 32 && character > 0xff; i++) {
        if (western[i] == character) {
            return (unsigned char)(0x80 + i);
        }
    }
    return 0;
}

/* What may stand behind a letter in a text: ‚ „ … Š ‹ Ž ‘ ’ “ ” • – — ™ š › ž, the no-break space,
   ª « soft hyphen ° ´ º ». */
static bool is_usual_behind(unsigned char byte)
{
    static const unsigned char usual[] = "\x82\x84\x85\x8a\x8b\x8e\x91\x92\x93\x94\x95\x96\x97"
                                         "\x99\x9a\x9b\x9e\xa0\xaa\xab\xad\xb0\xb4\xba\xbb";
    return memchr(usual, byte, sizeof usual - 1) != NULL;
}

/* A run of bytes that was one character before it was read as windows-1252. */
struct western_run {
    unsigned char byte[4];
    size_t count, length; /* bytes before; what they take in the sample */
    uint32_t meant;
};

/* The characters from `at` on as the bytes of one, count 0: they are none. */
static struct western_run pair_at(struct csvk_bytes text, size_t at)
{
    struct western_run p = {.count = 0};
    size_t count = 0, wanted = 1;
    while (count < wanted) {
        uint32_t character;
        size_t length = at < text.len ? decode(text, at, &character) : 0;
        p.byte[count] = length != 0 ? western_byte(character) : 0;
        if (p.byte[count] == 0) {
            return p;
        }
        if (count++ == 0) {
            unsigned char first = p.byte[0];
            wanted = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        }
        p.length += length;
        at += length;
    }
    static const uint32_t least[] = {0, 0, 0xa0, 0x800,
                                     0x10000}; /* none is longer than it has to be */
    if (wanted != 0 && decode((struct csvk_bytes){p.byte, wanted}, 0, &p.meant) == wanted &&
        p.meant >= least[wanted]) {
        p.count = wanted;
    }
    return p;
}

/* Letters of the languages that are written with capitals of Western Europe in their bytes' place
   come in words: one alone ("2×½", "Ø±5", "é°²") is no evidence. */
static bool comes_in_words(const struct western_run *p)
{
    bool latin = p->meant < 0x180 || (p->meant >= 0x1e00 && p->meant < 0x2c00);
    return !latin && p->meant != 0xfeff && p->count < 4;
}

static bool is_letter(unsigned char byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

/*
 * Does the place of a pair of two say that it is one: a capital behind a small letter ("dÃ­a"); a
 * quote or a dash between Ã, Ä or Å and a letter ("GRÃ–SSE"); a sign of its own behind a number.
 */
static bool is_out_of_place(struct csvk_bytes text, size_t at, const struct western_run *p)
{
    unsigned char before = at > 0 ? text.ptr[at - 1] : ' ';
    unsigned char behind = at + p->length < text.len ? text.ptr[at + p->length] : ' ';
    if (p->byte[0] == 0xc2) { /* 20 °C, 1ª, 1º */
        bool number = before == ' ' || (before >= '0' && before <= '9');
        return number && memchr("\xb0\xaa\xba", p->byte[1], 3) != NULL;
    }
    if (p->byte[0] <= 0xc5 && is_letter(behind)) {
        return true;
    }
    return p->byte[0] != 0xd7 && before >= 'a' && before <= 'z'; /* D7 is the sign × */
}

/* Is the pair at `at` evidence; `alone`: there is none right before and behind it. */
static bool is_evidence(struct csvk_bytes text, size_t at, const struct western_run *p, bool alone)
{
    if (comes_in_words(p) && alone) {
        return false;
    }
    bool evident = p->count == 2 && is_out_of_place(text, at, p);
    for (size_t i = 1; i < p->count; i++) {
        evident = evident || !is_usual_behind(p->byte[i]);
    }
    return evident;
}

struct mojibake {
    uint64_t evident, others; /* characters with evidence; those without a reading */
    size_t first;             /* where in the sample the first one with evidence is */
    struct western_run pair;  /* ... and what it is */
};

/* The next byte from 80 on; the end when there is none. */
static size_t skip_ascii(struct csvk_bytes text, size_t at)
{
    uint64_t eight;
    for (; text.len - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text.ptr + at, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    while (at < text.len && text.ptr[at] < 0x80) {
        at++;
    }
    return at;
}

static struct mojibake find_mojibake(struct csvk_bytes text)
{
    struct mojibake m = {.evident = 0};
    size_t behind_pair = SIZE_MAX;
    for (size_t at = 0; (at = skip_ascii(text, at)) < text.len;) {
        struct western_run p = pair_at(text, at);
        if (p.count == 0) {
            uint32_t character;
            size_t length = decode(text, at, &character);
            m.others++;
            at += length != 0 ? length : 1;
            continue;
        }
        bool alone = behind_pair != at && pair_at(text, at + p.length).count == 0;
        if (is_evidence(text, at, &p, alone) && m.evident++ == 0) {
            m.first = at;
            m.pair = p;
        }
        at += p.length;
        behind_pair = at;
    }
    return m;
}

static void put_utf8(char out[5], uint32_t c)
{
    int length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    out[length] = '\0';
    for (int i = length - 1; i > 0; i--, c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3f));
    }
    out[0] = (char)((0xf00U >> length & 0xf0U) | c);
}

static bool is_enough(uint64_t evident, uint64_t others)
{
    bool many = evident >= ENOUGH && evident * FEW >= others;
    return evident != 0 && (others == 0 || many);
}

/* `or_as`: another encoding that may be meant; then no command is named. */
static void tell(struct csvk_validator *v, const char *read_as, const char *or_as, size_t first,
                 size_t length, uint32_t meant, uint64_t places)
{
    struct csvk_finding *f = sample_add_finding(v, RULE_MOJIBAKE_SUSPECTED, first, length);
    if (f == NULL) {
        return;
    }
    char seen[16], character[5], remedy[200], names[48];
    snprintf(seen, sizeof seen, "%.*s", (int)length, (const char *)v->sample.data + first);
    put_utf8(character, meant);
    finding_text(v, f, "seen", seen);
    finding_text(v, f, "meant", character);
    snprintf(names, sizeof names, "%s%s%s", read_as, or_as != NULL ? " or " : "",
             or_as != NULL ? or_as : "");
    finding_text(v, f, "read_as", names);
    finding_number(f, "places", CSVK_EXTRA_NUMBER, places);
    int cause = snprintf(remedy, sizeof remedy,
                         "Let the program that wrote the file read its input as UTF-8.");
    if (or_as == NULL) {
        snprintf(remedy + cause, sizeof remedy - (size_t)cause,
                 " When all of the file is so, `iconv -f UTF-8 -t %s FILE` undoes it.", read_as);
    }
    finding_remedy(v, f, remedy);
}

void judge_mojibake(struct csvk_validator *v)
{
    struct csvk_bytes text = {v->sample.data, v->sample.length};
    if (!judge_is_on(v, RULE_MOJIBAKE_SUSPECTED) || v->count[RULE_ENCODING_SUSPECTED] != 0 ||
        skip_ascii(text, 0) == text.len) {
        return;
    }
    struct mojibake m = find_mojibake(text);
    bool told = is_enough(m.evident, m.others);
    struct mojibake_page page = csvk_find_mojibake_page(text, decode, told ? m.evident : 0);
    bool none_better = page.evident == 0 || strcmp(page.read_as, "WINDOWS-1252") == 0;
    if (told && none_better) {
        tell(v, "WINDOWS-1252", page.or_as, m.first, m.pair.length, m.pair.meant, m.evident);
    } else if (is_enough(page.evident, page.others)) {
        tell(v, page.read_as, page.or_as, page.first, page.length, page.meant, page.evident);
    } else if (told) {
        tell(v, "WINDOWS-1252", NULL, m.first, m.pair.length, m.pair.meant, m.evident);
    }
}
