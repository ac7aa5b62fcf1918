/* scan.h - private: many records at once, out of a window of bytes. See scan.c. */
#ifndef CSVKIT_SCAN_H
#define CSVKIT_SCAN_H

#include "csvkit/automaton.h"
#include "csvkit/record.h"

/* Bytes that must be readable before and behind what csvk_scan is given; their values are free. */
#define CSVK_SCAN_SLACK 64

struct csvk_scan;

/* How a level of SIMD examines a window: as csvk_scan below. */
typedef size_t csvk_scan_run(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                             bool at_end, uint64_t offset);

struct csvk_scan {
    struct csvk_table table;
    struct csvk_told told;
    csvk_scan_run *run;
    struct csvk_law law;
    uint64_t *phase; /* expected record ends by phase, for `phase_width`; see scan_template.h */
    uint64_t phase_width;
    unsigned patience; /* records that the walker takes before the prover is asked again */
};

int csvk_scan_init(struct csvk_scan *scan, const struct csvk_options *options,
                   struct csvk_error *err);
void csvk_scan_release(struct csvk_scan *scan);

/*
 * Examines whole records from bytes[0] on, which is at absolute `offset` and starts a record.
 * Returns the number of bytes that complete records take; with `at_end` nothing follows, so all.
 * What there is to tell is in scan->told, offsets counting from bytes[0]; counts are in
 * scan->table.totals. `length` < 2^32 - CSVK_SCAN_SLACK. No I/O; memory only for what is told.
 */
size_t csvk_scan(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset);

#endif
