/*
 * keys_found.h - the duplicates that were found, put into record order in bounded memory.
 *
 * Partitions are searched one after the other, so duplicates arrive in many ascending pieces. They
 * are gathered in memory, sorted when the room is full, and written as a run to a temporary file;
 * sixteen runs of one generation become one of the next. The report merges what is left.
 */
#ifndef VALIDATOR_KEYS_FOUND_H
#define VALIDATOR_KEYS_FOUND_H

#include "validator/keys.h"
#include "validator/keys_spill.h"

#define CSVK_FOUND_FAN  16 /* runs that are merged into one */
#define CSVK_FOUND_RUNS (CSVK_FOUND_FAN * 16)

struct csvk_found_run {
    uint64_t at, count; /* position in the file, number of duplicates */
    unsigned generation;
};

struct csvk_found {
    struct csvk_duplicate_key *item; /* the first half gathers, the second half is for sorting */
    size_t count, room;              /* in the first half */
    uint64_t total;
    struct csvk_spill file;
    struct csvk_found_run run[CSVK_FOUND_RUNS];
    size_t nruns;
};

/* Takes about `memory` bytes when the first duplicate comes. */
void csvk_found_init(struct csvk_found *found, size_t memory, const char *dir);
int csvk_found_add(struct csvk_found *found, const struct csvk_duplicate_key *duplicate,
                   struct csvk_error *err) CSVK_MUST_USE;
/* Calls `report` in ascending order of records; what it returns, when not 0, ends the report. */
int csvk_found_report(struct csvk_found *found, csvk_duplicate_fn *report, void *context,
                      struct csvk_error *err) CSVK_MUST_USE;
void csvk_found_release(struct csvk_found *found);

#endif
