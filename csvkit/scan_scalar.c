/* scan_scalar.c - the fast scan without vector instructions. See scan_template.h. */
#include "csvkit/scan_levels.h"

#define SCAN_TARGET
#define SCAN_NAME csvk_scan_scalar

#include "csvkit/scan_bytes.h"
#include "csvkit/scan_plain.h"
#include "csvkit/scan_template.h"
