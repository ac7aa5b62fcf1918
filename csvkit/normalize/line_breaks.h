/*
 * line_breaks.h - private: other line breaks for a stretch of sound records (r8).
 *
 * The stretch has no enclosure fault, and its records end with LF or CR LF. Then a line break ends
 * a record exactly when an even number of enclosure bytes stands before it, and 64 bytes can be
 * looked at in one step. A doubled enclosure in a value counts twice, which changes nothing.
 *   `"a LF b" LF`   the first LF is data: one quote before it; the second one ends the record
 */
#ifndef CSVKIT_NORMALIZE_LINE_BREAKS_H
#define CSVKIT_NORMALIZE_LINE_BREAKS_H

#include "csvkit/csvkit.h"

struct csvk_breaks {
    size_t length;    /* bytes written */
    uint64_t records; /* the last one may lack its line break */
    uint64_t changed; /* line breaks that were written in another way */
    size_t first;     /* offset of the first of them in `from` */
    uint64_t before;  /* records before the one that it ends */
};
/*
 * Copies from[0, length) to `to`, which needs room for 1 byte more per record and 2 for the last.
 * 64 bytes after `from` are read. `enclosure`: a byte, or CSVK_NO_BYTE; `eol`: LF or CRLF.
 */
struct csvk_breaks csvk_copy_with_breaks(unsigned char *to, const unsigned char *from,
                                         size_t length, int enclosure, enum csvk_eol eol);

#endif
