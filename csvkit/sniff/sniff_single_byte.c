/*
 * sniff_single_byte.c - finds the encoding of text with one byte for each character, by the letters
 * that occur.
 *
 * The idea. Windows-1252 and ISO 8859-1 (Western), windows-1250 and ISO 8859-2 (Central European)
 * agree about most bytes. Two things distinguish them. Bytes 80-9F are letters and punctuation in
 * the windows encodings only. And the same byte is a frequent letter in the languages of one group
 * and a rare letter in those of the other. So each such byte votes, with a weight from 1 (weak) to
 * 3 (strong). Where no such byte occurs, as in most German texts, all of these encodings read the
 * sample as the same text.
 *
 * Words of a Latin alphabet are mostly ASCII. Where letters above 7F stand side by side, the text
 * is in another alphabet (Cyrillic, Greek, Hebrew ...), or several bytes make a character. Then
 * nothing is proposed, because a wrong encoding turns every word into another.
 */
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

/* The weight of one byte's vote for each encoding. */
struct letter_vote {
    unsigned char byte;
    unsigned char western, win1250, latin2;
};

/*
 * Letters that speak for Western: a-grave, n-tilde, a-ring, ae, o-slash, a-tilde, c-cedilla,
 * e-grave, e-circumflex ... For Central European: Czech and Slovak carons (c r e s z t n d l),
 * u-ring, Polish ogoneks and strokes, Hungarian double acutes. Letters that have the same byte in
 * all encodings (a-acute, o-umlaut ...) do not vote.
 */
static const struct letter_vote votes[] = {
    {0xe0, 3, 0, 0}, {0xe3, 3, 1, 1}, {0xe5, 3, 0, 0}, {0xf1, 2, 1, 1}, {0xd1, 2, 1, 1},
    {0xe6, 2, 1, 1}, {0xf8, 2, 3, 3}, {0xe8, 1, 2, 2}, {0xea, 1, 1, 1}, {0xec, 0, 3, 3},
    {0xf9, 1, 3, 3}, {0xf2, 0, 2, 2}, {0xef, 1, 2, 2}, {0xc8, 0, 2, 2}, {0xd8, 2, 3, 3},
    {0xf5, 1, 2, 2}, {0xfb, 1, 2, 2}, {0xcc, 0, 1, 1}, {0xd5, 1, 2, 2}, {0xc0, 2, 0, 0},
    {0xc5, 3, 0, 0}, {0xc6, 2, 1, 1}, {0xa3, 1, 2, 1}, {0x9a, 0, 3, 0}, {0x8a, 0, 3, 0},
    {0x9e, 0, 3, 0}, {0x8e, 0, 3, 0}, {0x9d, 0, 3, 0}, {0x8d, 0, 2, 0}, {0x9c, 1, 3, 0},
    {0x8c, 1, 3, 0}, {0x9f, 0, 3, 0}, {0x8f, 0, 3, 0}, {0xb9, 0, 3, 3}, {0xb3, 0, 3, 3},
    {0xbe, 0, 2, 3}, {0xbf, 1, 3, 3}, {0xa5, 0, 2, 0}, {0xbb, 0, 0, 2}, {0xb1, 0, 0, 3},
    {0xb6, 0, 0, 3}, {0xbc, 0, 0, 3}, {0xa9, 1, 0, 3}, {0xae, 1, 0, 3}, {0xb5, 0, 0, 2},
    {0xaf, 0, 2, 2}, {0xa6, 0, 0, 2}, {0xac, 0, 0, 2},
};

/* Bytes that are not the same character in windows-1252 and windows-1250. */
static const unsigned char different[] = {
    0x83, 0x88, 0x8c, 0x8d, 0x8f, 0x98, 0x9c, 0x9d, 0x9f, 0xa1, 0xa2, 0xa3, 0xa5, 0xaa,
    0xaf, 0xb2, 0xb3, 0xb9, 0xba, 0xbc, 0xbd, 0xbe, 0xbf, 0xc0, 0xc3, 0xc5, 0xc6, 0xc8,
    0xca, 0xcc, 0xcf, 0xd0, 0xd1, 0xd2, 0xd5, 0xd8, 0xd9, 0xdb, 0xde, 0xe0, 0xe3, 0xe5,
    0xe6, 0xe8, 0xea, 0xec, 0xef, 0xf0, 0xf1, 0xf2, 0xf5, 0xf8, 0xf9, 0xfb, 0xfe, 0xff,
};

struct letter_tally {
    size_t count[256];      /* how often each byte stands in a word */
    bool seen[256];         /* whether each byte occurs at all */
    size_t high, c1;        /* bytes above 7F; of these, bytes 80-9F */
    size_t letters, beside; /* bytes from C0 up; of these, such as stand after another one */
    size_t western, win1250, latin2; /* sums of the votes */
};

static bool is_letter(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0xc0;
}

/*
 * Counts bytes and sums the votes. A byte votes only where a letter stands beside it: in the wrong
 * encoding a symbol looks like a letter, but symbols often stand alone.
 */
static void count_bytes(struct csvk_bytes sample, struct letter_tally *tally)
{
    for (size_t i = 0; i < sample.len; i++) {
        unsigned char byte = sample.ptr[i];
        if (byte < 0x80) {
            continue;
        }
        tally->high++;
        tally->seen[byte] = true;
        tally->c1 += byte < 0xa0;
        tally->letters += byte >= 0xc0;
        tally->beside += byte >= 0xc0 && i > 0 && sample.ptr[i - 1] >= 0xc0;
        bool in_word = (i > 0 && is_letter(sample.ptr[i - 1])) ||
                       (i + 1 < sample.len && is_letter(sample.ptr[i + 1]));
        tally->count[byte] += in_word;
    }
    for (size_t i = 0; i < sizeof votes / sizeof votes[0]; i++) {
        size_t n = tally->count[votes[i].byte];
        tally->western += n * votes[i].western;
        tally->win1250 += n * votes[i].win1250;
        tally->latin2 += n * votes[i].latin2;
    }
}

/* Whether most letters above 7F stand alone, as in a Latin alphabet: see the top. */
static bool is_latin(const struct letter_tally *tally)
{
    return tally->beside * 2 < tally->letters || tally->letters < 2;
}

/* Whether all encodings read the sample as the same text. */
static bool is_same_in_all(const struct letter_tally *tally)
{
    for (size_t i = 0; i < sizeof different; i++) {
        if (tally->seen[different[i]]) {
            return false;
        }
    }
    return tally->western + tally->win1250 + tally->latin2 == 0;
}

/* How far the best encoding is ahead, as a score: 40 for a tie, 85 for a clear lead. */
static int lead_score(size_t best, size_t second)
{
    if (best + second == 0) {
        return 50;
    }
    return 40 + (int)(45 * (best - second) / (best + second));
}

static void report_votes(const struct letter_tally *tally, struct csvk_sniff *out)
{
    bool windows = tally->c1 > 0; /* in ISO 8859, 80-9F are control characters, never text */
    bool latin2 = !windows && tally->latin2 > tally->win1250;
    size_t central = latin2 ? tally->latin2 : tally->win1250;
    bool is_central = central > tally->western;
    out->encoding = !is_central ? "WINDOWS-1252" : latin2 ? "ISO-8859-2" : "WINDOWS-1250";
    size_t best = is_central ? central : tally->western;
    csvk_sniff_report(&out->on_encoding, lead_score(best, central + tally->western - best),
                      "not UTF-8; %zu bytes above 7F, %zu of them in 80-9F; letters speak for "
                      "Central European with %zu points, Western with %zu",
                      tally->high, tally->c1, central, tally->western);
}

void csvk_sniff_one_byte(struct csvk_bytes sample, struct csvk_sniff *out)
{
    struct letter_tally tally;
    memset(&tally, 0, sizeof tally);
    count_bytes(sample, &tally);
    if (!is_latin(&tally)) {
        out->encoding = "";
        csvk_sniff_report(
            &out->on_encoding, 0,
            "not UTF-8, and no Latin alphabet: %zu of %zu letters above 7F stand side "
            "by side",
            tally.beside, tally.letters);
    } else if (is_same_in_all(&tally)) {
        out->encoding = "WINDOWS-1252";
        csvk_sniff_report(
            &out->on_encoding, 80,
            "not UTF-8; %zu bytes above 7F, which windows-1252, windows-1250 and their "
            "like all read alike",
            tally.high);
    } else {
        report_votes(&tally, out);
    }
}
