/* scan_levels.h - private: one entry a level of SIMD; scan.c picks one at run time. */
#ifndef CSVKIT_PARSE_SCAN_SCAN_LEVELS_H
#define CSVKIT_PARSE_SCAN_SCAN_LEVELS_H

#include "csvkit/parse/scan/scan.h"

csvk_scan_run csvk_scan_scalar;
#if defined(__x86_64__)
csvk_scan_run csvk_scan_sse2, csvk_scan_sse42, csvk_scan_avx2, csvk_scan_avx512;
#endif
#if defined(__aarch64__) && defined(__ARM_NEON)
csvk_scan_run csvk_scan_neon;
#endif

/* Makes scan->phase fit the table's width; false when the width is too large for it. */
bool csvk_scan_phase_ready(struct csvk_scan *scan);

#endif
