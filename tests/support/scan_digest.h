/* scan_digest.h - what a scan reported, as a number: equal numbers mean equal readings. */
#ifndef TESTS_SUPPORT_SCAN_DIGEST_H
#define TESTS_SUPPORT_SCAN_DIGEST_H

#include "csvkit/parse/scan/scan.h"

/* Everything reported, with absolute offsets; pieces of one reading add up in order. */
uint64_t support_scan_digest(uint64_t hash, const struct csvk_batch_builder *builder,
                             uint64_t base);
uint64_t support_totals_digest(uint64_t hash, const struct csvk_totals *totals);

#endif
