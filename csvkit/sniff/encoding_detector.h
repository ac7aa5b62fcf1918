/*
 * encoding_detector.h - private: what finds the encoding of text that is neither ASCII nor Unicode.
 *
 * It needs libraries, so it is no part of this one: libcsvkit-extra gives its own with
 * csvk_give_encoding_detector. Without it nothing is proposed for such text, and the evidence says
 * so.
 */
#ifndef CSVKIT_SNIFF_ENCODING_DETECTOR_H
#define CSVKIT_SNIFF_ENCODING_DETECTOR_H

#include "csvkit/base/for_extra.h"
#include "csvkit/sniff.h"

struct csvk_encoding_guess {
    const char *encoding;        /* a name that iconv(3) knows, a constant; "": none is proposed */
    struct csvk_sniff_part part; /* from CSVK_ENCODING_SURE on nothing else can be meant */
};
/* The least score of an encoding that is used without a question. */
enum { CSVK_ENCODING_SURE = 60 };

/* Judges text with bytes above 7F that is not UTF-8. CSVK_ENOMEM. */
typedef int csvk_detect_encoding_fn(struct csvk_bytes text, struct csvk_encoding_guess *out);

/* From now on `detect` is asked. Any thread, at any time. */
CSVK_FOR_EXTRA void csvk_give_encoding_detector(csvk_detect_encoding_fn *detect);

#endif
