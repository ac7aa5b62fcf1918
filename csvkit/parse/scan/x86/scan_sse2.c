/*
 * scan_sse2.c - the fast scan with what every x86-64 processor has. SSE2 has no byte shuffle,
 * carry-less multiplication or bit count: plain_bits.h does without. See scan_template.h.
 */
#include "csvkit/parse/scan/scan_levels.h"

#if defined(__x86_64__)
#include <emmintrin.h>

#define SCAN_TARGET
#define SCAN_NAME csvk_scan_sse2

#include "csvkit/parse/scan/portable/plain_bits.h"
#include "csvkit/base/bytes64_sse2.h"
#include "csvkit/parse/scan/scan_template.h"

#endif
