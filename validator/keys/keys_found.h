/*
 * keys_found.h - puts the duplicates that were found into record order, in bounded memory.
 *
 * Partitions are searched one after the other, so duplicates arrive in many ascending sequences.
 * They are gathered in memory, sorted when the room is full, and written as a run to a temporary
 * file; sixteen runs of one generation are merged into one run of the next. At the end, the
 * remaining runs are merged while they are reported.
 */
#ifndef VALIDATOR_KEYS_KEYS_FOUND_H
#define VALIDATOR_KEYS_KEYS_FOUND_H

#include "validator/keys/keys.h"
#include "validator/keys/keys_spill.h"

#define CSVK_FOUND_FAN  16 /* runs that are merged into one */
#define CSVK_FOUND_RUNS (CSVK_FOUND_FAN * 16)

struct csvk_found_run {
    uint64_t at, count; /* position in the file, number of duplicates */
    unsigned generation;
};

struct csvk_found {
    struct csvk_duplicate_key *item; /* first half: gathered; second half: room for sorting */
    size_t count, room;              /* in the first half */
    uint64_t total;
    struct csvk_spill file;
    struct csvk_found_run run[CSVK_FOUND_RUNS];
    size_t nruns;
};

/* Allocates about `memory` bytes, but only when the first duplicate is added. */
void csvk_found_init(struct csvk_found *found, size_t memory, const char *dir);
int csvk_found_add(struct csvk_found *found, const struct csvk_duplicate_key *duplicate,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Calls `report` for each duplicate in ascending order of records. When `report` returns another
   number than 0, the report ends and that number is returned. CSVK_ENOMEM, CSVK_EIO. */
int csvk_found_report(struct csvk_found *found, csvk_duplicate_fn *report, void *context,
                      struct csvk_error *err) CSVK_MUST_USE;
void csvk_found_release(struct csvk_found *found);

#endif
