/*
 * readings_of_text.h - private: what a text would be in each of the encodings that are proposed.
 */
#ifndef CSVKIT_RECOGNIZE_READINGS_OF_TEXT_H
#define CSVKIT_RECOGNIZE_READINGS_OF_TEXT_H

#include "csvkit/csvkit.h"

enum { CSVK_ENCODINGS = 47, CSVK_NO_ENCODING = -1 };

/* The encoding with this number as iconv(3) calls it, a constant. */
const char *csvk_encoding_at(int number);
/* Every character is one byte. */
bool csvk_encoding_is_single(int number);
/* It competes with the others, and is never sure itself. */
bool csvk_encoding_is_seldom(int number);
/* The number of what libuchardet calls so; of one that has all of its characters, when there are
 * more of the kind (windows-1252 for ISO 8859-1). CSVK_NO_ENCODING: it is never proposed. */
int csvk_encoding_of_charset(const char *charset);
/* The next encoding that is mistaken for this one, from `after` on (CSVK_NO_ENCODING: the first).
 */
int csvk_encoding_sibling(int number, int after);

struct text_reading {
    bool possible; /* every byte can be decoded, to characters that text has */
    size_t words, odd;
    bool latin, cased; /* as struct word_counts: most of the words are */
    uint64_t hash;     /* of the decoded text: readings with the same one say the same */
};
/* The share of odd words in thousandths; 1000 when the reading is not possible. */
unsigned csvk_reading_oddity(const struct text_reading *reading);
/* Fills `out`. CSVK_ENOMEM; CSVK_EIO when a library is not installed. */
int csvk_read_text(struct csvk_bytes text, int encoding, struct text_reading *out) CSVK_MUST_USE;

#endif
