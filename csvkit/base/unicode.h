/*
 * unicode.h - private: text in one form, so that what looks the same is the same.
 *
 * A letter with an accent is one character, or a letter and a mark after it (Unicode Standard
 * Annex 15). Both have the same canonical decomposition.
 */
#ifndef CSVKIT_BASE_UNICODE_H
#define CSVKIT_BASE_UNICODE_H

#include "csvkit/csvkit.h"

/* The canonical decomposition (NFD) of `text`. The caller frees it with csvk_free; NULL: out of
   memory. */
char *csvk_unicode_decompose(const char *text);

#endif
