/*
 * sniff_encoding.c - finds the encoding of a sample.
 *
 * These are tried in this order:
 *   1. a byte order mark;
 *   2. NUL bytes at regular places, as in UTF-32 and UTF-16 of mostly Latin text;
 *   3. well-formed UTF-8: the more sequences there are, the less likely it is that text in another
 *      encoding looks like UTF-8 by chance;
 *   4. any other encoding, by the detector that libcsvkit-extra gives.
 */
#include "csvkit/json.h"
#include "csvkit/sniff/encoding_detector.h"
#include "csvkit/sniff/sniff_private.h"

#include <stdatomic.h>
#include <string.h>

/* An encoding of Unicode; `unit` is its smallest unit in bytes. */
struct unicode {
    const char *name;
    unsigned char mark[4];
    uint8_t mark_length, unit, big_endian;
};

/* UTF-32LE must come before UTF-16LE, because its mark begins with the mark of UTF-16LE. */
static const struct unicode unicodes[] = {
    {"UTF-8", {0xef, 0xbb, 0xbf}, 3, 1, 0},    {"UTF-32LE", {0xff, 0xfe, 0, 0}, 4, 4, 0},
    {"UTF-32BE", {0, 0, 0xfe, 0xff}, 4, 4, 1}, {"UTF-16LE", {0xff, 0xfe}, 2, 2, 0},
    {"UTF-16BE", {0xfe, 0xff}, 2, 2, 1},
};
#define UNICODES (sizeof unicodes / sizeof unicodes[0])

static const struct unicode *marked(struct csvk_bytes sample)
{
    for (size_t i = 0; i < UNICODES; i++) {
        const struct unicode *u = &unicodes[i];
        if (sample.len >= u->mark_length && memcmp(sample.ptr, u->mark, u->mark_length) == 0) {
            return u;
        }
    }
    return NULL;
}

/* ---- NUL bytes ---- */

struct nuls {
    size_t at[4];        /* how many, by offset modulo 4 */
    size_t total, first; /* how many in all; offset of the first one */
    size_t tail;         /* how many of them end the sample, with nothing after them */
};

static struct nuls count_nuls(struct csvk_bytes sample)
{
    struct nuls nuls = {.first = sample.len};
    for (size_t i = 0; i < sample.len; i++) {
        if (sample.ptr[i] == 0) {
            nuls.first = nuls.total == 0 ? i : nuls.first;
            nuls.total++;
            nuls.at[i & 3]++;
        }
    }
    while (nuls.tail < sample.len && sample.ptr[sample.len - 1 - nuls.tail] == 0) {
        nuls.tail++;
    }
    return nuls;
}

/*
 * UTF-32 or UTF-16 without a mark. Latin text has its NUL bytes at fixed places: three of four in
 * UTF-32, every other byte in UTF-16.
 */
static const struct unicode *unmarked_wide(const struct nuls *nuls, size_t length)
{
    size_t quarter = length / 4, odd = nuls->at[1] + nuls->at[3], even = nuls->at[0] + nuls->at[2];
    bool exact = 2 * nuls->total == length && (odd == 0 || even == 0); /* a few bytes are enough */
    if (length % 2 != 0 || nuls->total < (exact ? 2 : 4)) {
        return NULL;
    }
    if (quarter > 0 && nuls->at[2] > quarter * 9 / 10 && nuls->at[3] > quarter * 9 / 10 &&
        nuls->at[0] < quarter / 10) {
        return &unicodes[1];
    }
    if (quarter > 0 && nuls->at[0] > quarter * 9 / 10 && nuls->at[1] > quarter * 9 / 10 &&
        nuls->at[3] < quarter / 10) {
        return &unicodes[2];
    }
    if (odd * 10 > length / 2 * 3 && even * 20 < length / 2) {
        return &unicodes[3];
    }
    if (even * 10 > length / 2 * 3 && odd * 20 < length / 2) {
        return &unicodes[4];
    }
    return NULL;
}

/* ---- UTF-16 and UTF-32 to UTF-8 ---- */

/* The value of the unit at `p`. */
static uint32_t unit_at(const unsigned char *p, const struct unicode *u)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < u->unit; i++) {
        unsigned shift = 8 * (u->big_endian ? u->unit - 1 - i : i);
        value |= (uint32_t)p[i] << shift;
    }
    return value;
}

/* Writes a code point as UTF-8 (RFC 3629 section 3) and returns its length in bytes. */
static size_t put_utf8(unsigned char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (unsigned char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (unsigned char)(lead[more] | code >> (6 * more));
    for (size_t i = 1; i <= more; i++) {
        to[i] = (unsigned char)(0x80 | ((code >> (6 * (more - i))) & 0x3f));
    }
    return more + 1;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/*
 * The code point at `p`, and the bytes it takes. Units that are no code point become U+FFFD, which
 * is good enough to see the structure of the file.
 */
static uint32_t code_at(const unsigned char *p, size_t left, const struct unicode *u, size_t *used)
{
    uint32_t code = unit_at(p, u);
    *used = u->unit;
    if (u->unit == 2 && code >= 0xd800 && code <= 0xdbff && left >= 4) {
        uint32_t low = unit_at(p + 2, u);
        if (is_low_surrogate(low)) {
            *used = 4;
            return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0xfffd : code;
}

static int to_utf8(struct csvk_bytes sample, const struct unicode *u, struct csvk_buf *room)
{
    csvk_buf_clear(room);
    int status = csvk_buf_reserve(room, sample.len / 2 * 3 + 4);
    for (size_t i = 0; status == CSVK_OK && i + u->unit <= sample.len;) {
        size_t used;
        uint32_t code = code_at(sample.ptr + i, sample.len - i, u, &used);
        room->length += put_utf8(room->data + room->length, code);
        i += used;
    }
    return status;
}

/* ---- UTF-8 ---- */

/* How many of each: ASCII bytes, longer sequences, bytes that belong to neither. And of the
   sequences, those of two bytes that stand for a character which few tables have. */
struct utf8 {
    size_t ascii, sequences, faults, rare;
    uint32_t first_rare;
};

#define FEW_SEQUENCES 3 /* of which a rare one is doubted */

/*
 * Two bytes of another encoding may be a sequence of UTF-8 by accident: CD 8E, two capitals
 * in windows-1250, is one of a combining mark. Three hardly are. Where there are only few
 * sequences, each has to be of a character that is usual in some language.
 */
static bool is_rare(uint32_t code)
{
    static const struct {
        uint16_t first, last;
    } usual[] = {{0xA0, 0x17F},  {0x218, 0x21B}, {0x386, 0x3CE}, {0x400, 0x45F},
                 {0x490, 0x491}, {0x5D0, 0x5EA}, {0x60C, 0x6D4}};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (code >= usual[i].first && code <= usual[i].last) {
            return false;
        }
    }
    return code < 0x800;
}

static struct utf8 count_utf8(struct csvk_bytes sample, enum csvk_sample extent)
{
    struct utf8 seen = {0};
    for (size_t i = 0; i < sample.len;) {
        uint32_t code;
        size_t n = csvk_utf8_decode(sample.ptr + i, sample.len - i, &code);
        if (n == 0 && extent == CSVK_SAMPLE_CUT && sample.len - i < 4) {
            break; /* a sequence that the end of the sample has cut */
        }
        seen.ascii += n == 1;
        seen.sequences += n > 1;
        seen.faults += n == 0;
        if (n == 2 && is_rare(code)) {
            seen.first_rare = seen.rare == 0 ? code : seen.first_rare;
            seen.rare++;
        }
        i += n != 0 ? n : 1;
    }
    return seen;
}

/* ---- the decision ---- */

/*
 * A mark of UTF-16 or UTF-32, but no NUL byte after it: then no delimiter and no line break can be
 * in that encoding.
 */
static bool contradicts(struct csvk_bytes rest, const struct unicode *u)
{
    return u->unit > 1 && rest.len > 0 && memchr(rest.ptr, 0, rest.len) == NULL;
}

/* Converts a sample in UTF-16 or UTF-32, without its mark, to UTF-8 in `room`. */
static int take_wide(struct csvk_bytes sample, const struct unicode *u, struct csvk_sniff *out,
                     struct csvk_bytes *text, struct csvk_buf *room)
{
    struct csvk_bytes rest = {sample.ptr + out->mark, sample.len - (size_t)out->mark};
    int status = to_utf8(rest, u, room);
    *text = (struct csvk_bytes){room->data, room->length};
    return status;
}

/* Atomic, because threads may sniff meanwhile. */
static _Atomic(csvk_detect_encoding_fn *) given_detector;

void csvk_give_encoding_detector(csvk_detect_encoding_fn *detect)
{
    atomic_store(&given_detector, detect);
}

static int ask_detector(struct csvk_bytes sample, struct csvk_sniff *out)
{
    csvk_detect_encoding_fn *detect = atomic_load(&given_detector);
    struct csvk_encoding_guess guess = {.encoding = ""};
    if (detect == NULL) {
        out->encoding = "";
        csvk_sniff_report(&out->on_encoding, 0,
                          "not UTF-8; no encoding is proposed: this program has to call "
                          "csvk_use_encodings of libcsvkit-extra");
        return CSVK_OK;
    }
    int status = detect(sample, &guess);
    out->encoding = guess.encoding;
    out->on_encoding = guess.part;
    return status;
}

static int judge_utf8(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out)
{
    struct utf8 seen = count_utf8(sample, extent);
    out->encoding = "UTF-8";
    if (seen.faults == 0 && seen.sequences == 0) {
        csvk_sniff_report(&out->on_encoding, 100, "only ASCII bytes");
    } else if (seen.faults == 0 && seen.rare != 0 && seen.sequences <= FEW_SEQUENCES) {
        csvk_sniff_report(&out->on_encoding, CSVK_ENCODING_SURE - 20,
                          "%zu well-formed multi-byte sequence%s, with a rare character (U+%04X)",
                          seen.sequences, seen.sequences == 1 ? "" : "s",
                          (unsigned)seen.first_rare);
    } else if (seen.faults == 0) {
        csvk_sniff_report(&out->on_encoding, seen.sequences > FEW_SEQUENCES ? 99 : 90,
                          "%zu well-formed multi-byte sequence%s, none ill-formed", seen.sequences,
                          seen.sequences == 1 ? "" : "s");
    } else if (seen.sequences > 4 * seen.faults) {
        csvk_sniff_report(&out->on_encoding, CSVK_ENCODING_SURE,
                          "UTF-8 with %zu damaged place%s beside %zu well-formed sequence%s",
                          seen.faults, seen.faults == 1 ? "" : "s", seen.sequences,
                          seen.sequences == 1 ? "" : "s");
    } else {
        return ask_detector(sample, out);
    }
    return CSVK_OK;
}

static void refuse_nuls(const struct nuls *nuls, struct csvk_sniff *out)
{
    out->encoding = "";
    out->verdict = CSVK_SNIFF_NOT_TEXT;
    csvk_sniff_report(&out->on_encoding, 0,
                      "%zu NUL bytes (the first at byte %zu), not as in UTF-16", nuls->total,
                      nuls->first);
}

int csvk_sniff_encoding(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                        struct csvk_bytes *text, struct csvk_buf *room)
{
    *text = sample;
    const struct unicode *u = marked(sample);
    if (u != NULL) {
        out->mark = u->mark_length;
        out->encoding = u->name;
        csvk_sniff_report(&out->on_encoding, 100, "byte order mark of %s", u->name);
        text->ptr += u->mark_length;
        text->len -= u->mark_length;
        if (contradicts(*text, u)) {
            out->encoding = "";
            out->verdict = CSVK_SNIFF_NOT_TEXT;
            csvk_sniff_report(&out->on_encoding, 0,
                              "byte order mark of %s, but what follows is not", u->name);
            return CSVK_OK;
        }
        return u->unit > 1 ? take_wide(sample, u, out, text, room) : CSVK_OK;
    }
    struct nuls nuls = count_nuls(sample);
    u = nuls.total > 0 ? unmarked_wide(&nuls, sample.len) : NULL;
    if (u != NULL) {
        out->encoding = u->name;
        csvk_sniff_report(&out->on_encoding, 85,
                          "no byte order mark, but %zu of %zu bytes are NUL, at the places of %s",
                          nuls.total, sample.len, u->name);
        return take_wide(sample, u, out, text, room);
    }
    if (nuls.total > nuls.tail) {
        refuse_nuls(&nuls, out);
        return CSVK_OK;
    }
    text->len -= nuls.tail; /* padding at the end of the file (doc/reading.md A25) */
    return judge_utf8(*text, extent, out);
}
