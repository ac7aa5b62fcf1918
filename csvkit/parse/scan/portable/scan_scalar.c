/*
 * scan_scalar.c - the fast scan without vector instructions, for any machine: the same masks, made
 * byte by byte. See scan_template.h.
 */
#include "csvkit/parse/scan/scan_levels.h"

#define SCAN_TARGET
#define SCAN_NAME csvk_scan_scalar

#include "csvkit/base/bytes64_portable.h"
#include "csvkit/parse/scan/portable/plain_bits.h"
#include "csvkit/parse/scan/scan_template.h"
