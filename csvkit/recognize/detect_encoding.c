/*
 * detect_encoding.c - finds the encoding of text that is not UTF-8: a detector proposes, a proof
 * decides whether the proposal may be used without a question.
 *
 * The idea. libuchardet knows the languages, and always says something, for text of a few words and
 * for text in an encoding that it does not know, too. So its word alone is never enough. The text
 * is decoded by every encoding that tables are found in (readings_of_text.h), and the words of each
 * reading are looked at (word_check.h). The proposal must hold, with nearly no odd word. A reading
 * that says something else and has hardly more odd words is a rival:
 *
 *   - without a rival, a few words are enough: nothing else can be meant;
 *   - with rivals only the languages decide. Then there must be enough different words, and the
 *     detector has to say the same of each third of the lines;
 *   - a rival with fewer odd words refutes the proposal. So does one that is not in Latin letters
 *     when the proposal is Greek or Cyrillic: capitals in windows-1251 are small letters in KOI8-R,
 *     and the detector takes the one for the other.
 *
 * Where the detector is wrong (the encodings of DOS and the old Macintosh), the reading with the
 * fewest odd words is proposed, and it may be used when all others have many.
 *
 * Words count once however often they occur, and only lines with bytes above 7F are looked at. The
 * answer depends on the sample alone.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/recognize/readings_of_text.h"
#include "csvkit/recognize/uchardet_loading.h"
#include "csvkit/sniff/encoding_detector.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of lines that are looked at: enough for some hundred words. */
enum { LINES_MOST = 32 * 1024 };
enum { PARTS = 3 };
/* Thousandths of odd words: of a proposal that holds; by how much a rival may have more; by how
   much fewer it must have to refute; by how much all others must have more when the detector is
   wrong. */
enum { ODD_MOST = 50, ODD_GOOD = 20, RIVAL_ABOVE = 100, BETTER_BELOW = 5, ALONE_ABOVE = 150 };
/* Different words that are enough: without a rival; with rivals, for the encoding that is the most
   frequent by far; for others; without the detector's word. */
enum { WORDS_WITHOUT_RIVAL = 2, WORDS_WESTERN = 8, WORDS_OTHERS = 12, WORDS_ALONE = 10 };
enum {
    SCORE_NO_RIVAL = 95,
    SCORE_AGREED = 85,
    SCORE_ALONE = 80,
    SCORE_NOT_SURE = 40,
    SCORE_ODD = 20
};
enum { WESTERN = 0 }; /* windows-1252 */

struct detection {
    struct csvk_buf lines, part[PARTS];
    struct text_reading reading[CSVK_ENCODINGS];
    int said; /* by the detector; CSVK_NO_ENCODING: nothing of use */
    struct csvk_encoding_guess *out;
};

static void propose(struct detection *d, int encoding, int score, const char *format, ...)
    CSVK_PRINTF(4, 5);

static void propose(struct detection *d, int encoding, int score, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->out->part.evidence, sizeof d->out->part.evidence, format, args);
    va_end(args);
    d->out->part.score = score;
    d->out->encoding = encoding != CSVK_NO_ENCODING ? csvk_encoding_at(encoding) : "";
}

/* ---- the lines with bytes above 7F ---- */

static bool is_ascii(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static int add_line(struct detection *d, struct csvk_bytes line, size_t number)
{
    struct csvk_buf *part = &d->part[number % PARTS];
    size_t room = LINES_MOST - d->lines.length;
    size_t length = line.len < room ? line.len : room;
    int status = csvk_buf_add(&d->lines, line.ptr, length);
    return status == CSVK_OK ? csvk_buf_add(part, line.ptr, length) : status;
}

/* No encoding that is proposed has a line feed or carriage return within a character. */
static int take_lines(struct detection *d, struct csvk_bytes text)
{
    int status = CSVK_OK;
    size_t number = 0;
    for (size_t i = 0; i < text.len && status == CSVK_OK && d->lines.length < LINES_MOST;) {
        size_t end = i;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') {
            end++;
        }
        end += end < text.len;
        if (!is_ascii(text.ptr + i, end - i)) {
            status = add_line(d, (struct csvk_bytes){text.ptr + i, end - i}, number++);
        }
        i = end;
    }
    return status;
}

/* ---- what is asked ---- */

static struct csvk_bytes bytes_of(const struct csvk_buf *buf)
{
    return (struct csvk_bytes){buf->data, buf->length};
}

static int ask(struct csvk_bytes text, int *encoding)
{
    char name[CSVK_CHARSET_NAME];
    int status = csvk_ask_uchardet(text, name);
    *encoding = csvk_encoding_of_charset(name);
    return status;
}

static int read_all(struct detection *d)
{
    int status = ask(bytes_of(&d->lines), &d->said);
    for (int i = 0; i < CSVK_ENCODINGS && status == CSVK_OK; i++) {
        status = csvk_read_text(bytes_of(&d->lines), i, &d->reading[i]);
    }
    return status;
}

/* Whether the detector reads each part of the lines as `encoding` does. */
static int ask_parts(const struct detection *d, int encoding, bool *agreed)
{
    int status = CSVK_OK;
    *agreed = true;
    for (size_t i = 0; i < PARTS && status == CSVK_OK && *agreed; i++) {
        struct text_reading meant, said = {0};
        int other;
        status = ask(bytes_of(&d->part[i]), &other);
        if (status == CSVK_OK && other != encoding && other != CSVK_NO_ENCODING) {
            status = csvk_read_text(bytes_of(&d->part[i]), other, &said);
        }
        if (status == CSVK_OK && other != encoding) {
            status = csvk_read_text(bytes_of(&d->part[i]), encoding, &meant);
            *agreed = status == CSVK_OK && said.possible && said.hash == meant.hash;
        }
    }
    return status;
}

/* ---- the decision ---- */

static unsigned oddity(const struct detection *d, int encoding)
{
    return csvk_reading_oddity(&d->reading[encoding]);
}

static bool says_else(const struct detection *d, int encoding, int other)
{
    return d->reading[other].possible && d->reading[other].hash != d->reading[encoding].hash;
}

/* What the detector said, or what it tends to mistake for it, when that has fewer odd words. */
static int said_or_sibling(const struct detection *d)
{
    int best = d->said;
    for (int s = CSVK_NO_ENCODING; best != CSVK_NO_ENCODING && oddity(d, best) > ODD_GOOD;) {
        s = csvk_encoding_sibling(d->said, s);
        if (s == CSVK_NO_ENCODING) {
            break;
        }
        best = oddity(d, s) <= ODD_GOOD ? s : best;
    }
    return best;
}

static int least_odd(const struct detection *d)
{
    int best = CSVK_NO_ENCODING;
    for (int i = 0; i < CSVK_ENCODINGS; i++) {
        if (d->reading[i].possible && d->reading[i].words != 0 &&
            (best == CSVK_NO_ENCODING || oddity(d, i) < oddity(d, best))) {
            best = i;
        }
    }
    return best;
}

/* Nothing of what the detector said holds. */
static void decide_alone(struct detection *d)
{
    int best = least_odd(d);
    if (best == CSVK_NO_ENCODING) {
        propose(d, best, 0, "not UTF-8, and no encoding of tables decodes all of it");
        return;
    }
    unsigned next = 1000;
    for (int i = 0; i < CSVK_ENCODINGS; i++) {
        if (says_else(d, best, i) && oddity(d, i) < next) {
            next = oddity(d, i);
        }
    }
    size_t words = d->reading[best].words;
    bool sure = !csvk_encoding_is_seldom(best) && oddity(d, best) <= ODD_GOOD &&
                words >= WORDS_ALONE && next >= oddity(d, best) + ALONE_ABOVE;
    int unsure = oddity(d, best) <= RIVAL_ABOVE ? SCORE_NOT_SURE : SCORE_ODD;
    propose(d, best, sure ? SCORE_ALONE : unsure,
            "not UTF-8; %u of 1000 words are odd in it (of %zu), at least %u in any other encoding",
            oddity(d, best), words, next);
}

struct rivals {
    int count, first; /* encodings that say something else and hold about as well */
    bool refutes;     /* one of them does */
};

/* Small letters of the one alphabet may be capitals of another, or of the same one. */
static bool swaps_case(const struct detection *d, int encoding, int other)
{
    return d->reading[encoding].cased && !d->reading[other].latin &&
           csvk_encoding_is_single(encoding) && csvk_encoding_is_single(other);
}

static struct rivals find_rivals(const struct detection *d, int encoding)
{
    struct rivals rivals = {0, CSVK_NO_ENCODING, false};
    for (int i = 0; i < CSVK_ENCODINGS; i++) {
        if (says_else(d, encoding, i) && oddity(d, i) <= oddity(d, encoding) + RIVAL_ABOVE) {
            rivals.first = rivals.count++ == 0 ? i : rivals.first;
            rivals.refutes |=
                oddity(d, i) + BETTER_BELOW < oddity(d, encoding) || swaps_case(d, encoding, i);
        }
    }
    return rivals;
}

static int decide(struct detection *d)
{
    int encoding = said_or_sibling(d);
    if (encoding == CSVK_NO_ENCODING || oddity(d, encoding) > ODD_MOST) {
        decide_alone(d);
        return CSVK_OK;
    }
    struct rivals rivals = find_rivals(d, encoding);
    size_t words = d->reading[encoding].words;
    if (rivals.count == 0) {
        bool sure = words >= WORDS_WITHOUT_RIVAL;
        propose(d, encoding, sure ? SCORE_NO_RIVAL : SCORE_NOT_SURE,
                "not UTF-8; %zu different words with letters above 7F, which every other encoding "
                "makes odd",
                words);
        return CSVK_OK;
    }
    bool agreed = false;
    int status = CSVK_OK;
    if (!rivals.refutes && words >= (encoding == WESTERN ? WORDS_WESTERN : WORDS_OTHERS)) {
        status = ask_parts(d, encoding, &agreed);
    }
    propose(d, encoding, agreed ? SCORE_AGREED : SCORE_NOT_SURE,
            "not UTF-8; %zu different words with letters above 7F; %s, though %s could be meant by "
            "the look of the words",
            words,
            agreed ? "by its language each third of them is in this encoding"
                   : "likely by its language",
            csvk_encoding_at(rivals.first));
    return status;
}

static int detect(struct csvk_bytes text, struct csvk_encoding_guess *out)
{
    struct detection d = {.out = out};
    int status = take_lines(&d, text);
    if (status == CSVK_OK) {
        status = read_all(&d);
    }
    if (status == CSVK_OK) {
        status = decide(&d);
    }
    if (status == CSVK_EIO) {
        propose(&d, CSVK_NO_ENCODING, 0,
                "not UTF-8; to propose an encoding, libuchardet and libutf8proc must be installed");
        status = CSVK_OK;
    }
    csvk_buf_release(&d.lines);
    for (size_t i = 0; i < PARTS; i++) {
        csvk_buf_release(&d.part[i]);
    }
    return status;
}

void csvk_use_encodings(void)
{
    csvk_give_encoding_detector(detect);
}
