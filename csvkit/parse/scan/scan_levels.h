/*
 * scan_levels.h - private: one entry for each instruction set; scan.c picks one at run time. The
 * entries are made by scan_template.h.
 */
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

/*
 * Makes scan->phase fit the table's width. False when the width is too large for such a table, or
 * when memory has failed (scan->builder.failed).
 */
bool csvk_scan_phase_ready(struct csvk_scan *scan);

#endif
