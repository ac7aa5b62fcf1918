/*
 * word_check.h - private: whether decoded words could be words.
 *
 * The idea. Text that was decoded by the wrong table gives itself away inside of words: symbols
 * between letters, capitals after small letters, letters of two alphabets side by side. Such a word
 * is odd. The right encoding makes nearly no odd word.
 */
#ifndef CSVKIT_RECOGNIZE_WORD_CHECK_H
#define CSVKIT_RECOGNIZE_WORD_CHECK_H

#include "csvkit/csvkit.h"

/* Words with a character above 7F, each counted once however often it occurs. */
struct word_counts {
    size_t words, odd;
    size_t latin, cased; /* words in Latin letters; in those of another alphabet with capitals */
    bool no_text; /* a control character, or a code point that is no character: not decoded right */
};
/*
 * Counts the words of well-formed UTF-8. A word is what stands between ASCII characters that are no
 * letters. Words after the first few thousand are not looked at. CSVK_ENOMEM; CSVK_EIO when the
 * library that knows the characters is not installed.
 */
int csvk_count_words(struct csvk_bytes text, struct word_counts *out) CSVK_MUST_USE;

#endif
