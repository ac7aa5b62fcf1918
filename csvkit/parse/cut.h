/*
 * cut.h - where may a file be cut? A guess, made from a few bytes around the place.
 *
 * Whoever reads a file at several places at once must begin each piece with a record. Right after a
 * LF only two states exist, whatever came before: a record begins, or the text is inside of an
 * enclosure. Which of the two it is only the whole file before it can tell. So this is a guess, and
 * it is the only one: a wrong guess costs time, and never changes an answer, because a piece is
 * used only when the reader itself has come to its first byte, between two records.
 *
 * Invariant: the answer depends on the bytes that are given and on nothing else. So the end of one
 * piece and the beginning of the next, which are found by two threads, are the same place.
 */
#ifndef CSVKIT_PARSE_CUT_H
#define CSVKIT_PARSE_CUT_H

#include "csvkit/csvkit.h"

/*
 * So many bytes are given at every place, fewer only where the file ends. When there is no place
 * among them, the longer look is taken.
 */
#define CSVK_CUT_LOOK        ((size_t)4 * 1024)
#define CSVK_CUT_LONGER_LOOK ((size_t)64 * 1024)

#define CSVK_NO_CUT SIZE_MAX

/*
 * The first place in `bytes` at which a record seems to begin: right after the LF there. So
 * bytes[0] is the byte before the first place that is possible, and the answer is 1 to `length`.
 * CSVK_NO_CUT: none of these LF seems to end a record, or there is none.
 */
size_t csvk_find_cut(const unsigned char *bytes, size_t length,
                     const struct csvk_dialect *dialect) CSVK_MUST_USE;

#endif
