/* told.h - what a scan told, as a number: equal numbers mean equal readings. */
#ifndef TESTS_SUPPORT_TOLD_H
#define TESTS_SUPPORT_TOLD_H

#include "csvkit/parse/scan/scan.h"

/* Everything told, with absolute offsets; pieces of one reading add up in order. */
uint64_t support_told_digest(uint64_t hash, const struct csvk_told *told, uint64_t base);
uint64_t support_totals_digest(uint64_t hash, const struct csvk_totals *totals);

#endif
