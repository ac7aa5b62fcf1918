/*
 * fallback_encoding.h - private: what single bytes that are not UTF-8 mean in another encoding.
 *
 * Files that were put together by several programs are UTF-8 for the most part, and have a few
 * values in an encoding of one byte for each character. Converting such a file as a whole would
 * ruin what is UTF-8 in it; here the ill-formed sequences alone are read in the other encoding.
 */
#ifndef CSVKIT_NORMALIZE_FALLBACK_ENCODING_H
#define CSVKIT_NORMALIZE_FALLBACK_ENCODING_H

#include "csvkit/csvkit.h"

enum { NORM_FALLBACK_TEXT = 16 }; /* of one ill-formed sequence, at most three bytes */

struct norm_fallback {
    bool known;
    char utf8[128][5]; /* of the bytes 80 to FF; "": the encoding does not have the byte */
};

/* CSVK_EUSAGE for an encoding that iconv(3) does not know, or in which ASCII is not ASCII or a
   character may take several bytes. */
int norm_fallback_init(struct norm_fallback *fallback, const char *encoding,
                       struct csvk_error *err) CSVK_MUST_USE;
/* The bytes as UTF-8, in `text`; false: the encoding does not have one of them. */
bool norm_fallback_read(const struct norm_fallback *fallback, const unsigned char *bytes,
                        size_t length, char text[NORM_FALLBACK_TEXT]);

#endif
