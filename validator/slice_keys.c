/*
 * slice_keys.c - the keys of a table in slices: its primary key, and what a schema wants unique.
 *
 * The idea. Each slice is judged as a file of its own, with sets of keys of its own. When it is
 * finished, its keys go to those of the first slice, with records counted over the whole table; so
 * no more than two slices hold keys at a time, each within its bound of memory. What repeats is
 * found at the end, and told in the slice that it lies in.
 */
#include "validator/judge.h"

struct csvk_keys_shift keys_shift_by(const struct csvk_totals *totals)
{
    return (struct csvk_keys_shift){totals->records, totals->bytes,
                                    totals->lines - totals->records};
}

int csvk_validator_join_keys(struct csvk_validator *first, struct csvk_validator *next,
                             struct csvk_error *err)
{
    struct csvk_keys_shift *joined = &first->slice.joined;
    if (!first->finished || !next->finished || (first->keys == NULL) != (next->keys == NULL) ||
        unique_count(first) != unique_count(next)) {
        return csvk_fail(err, CSVK_EUSAGE, "only finished slices with the same keys can be joined");
    }
    if (joined->records == 0 && joined->offsets == 0) {
        *joined = keys_shift_by(&first->totals);
    }
    struct csvk_keys_shift before = next->slice.before = *joined;
    struct csvk_keys_shift by = keys_shift_by(&next->totals);
    joined->records += by.records;
    joined->offsets += by.offsets;
    joined->drifts += by.drifts;
    int status = keys_merge(first, next, before, err);
    return status == CSVK_OK ? unique_merge(first, next, before, err) : status;
}

struct slices {
    struct csvk_validator *const *part;
    size_t count;
    size_t unique; /* which of the things that are to be unique; SIZE_MAX: the primary key */
};

/* The slice that a record lies in; records are counted over the whole table. */
static struct csvk_validator *slice_of(const struct slices *s, uint64_t record)
{
    size_t low = 0, high = s->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->part[middle]->slice.before.records < record) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return s->part[low];
}

static int found_in_slices(void *context, const struct csvk_duplicate_key *duplicate)
{
    const struct slices *s = context;
    struct csvk_validator *here = slice_of(s, duplicate->record);
    struct csvk_validator *there = slice_of(s, duplicate->first_record);
    const char *first_file = here != there ? there->file : NULL;
    struct csvk_duplicate_key local = *duplicate;
    local.record -= here->slice.before.records;
    local.offset -= here->slice.before.offsets;
    local.first_record -= there->slice.before.records;
    local.drift -= here->slice.before.drifts;
    if (s->unique == SIZE_MAX) {
        keys_add_duplicate(here, &local, first_file);
    } else {
        unique_add_duplicate(here, s->unique, &local, first_file);
    }
    return 0;
}

int csvk_validator_search_keys(struct csvk_validator *const *parts, size_t count,
                               struct csvk_error *err)
{
    struct slices slices = {parts, count, SIZE_MAX};
    for (size_t i = 0; i < count; i++) {
        if (parts[i]->judged) {
            return csvk_fail(err, CSVK_EUSAGE, "keys are searched once, before any report");
        }
        parts[i]->slice.searched = true;
    }
    int status = count != 0 ? keys_search(parts[0], found_in_slices, &slices, err) : CSVK_OK;
    size_t keys = count != 0 ? unique_count(parts[0]) : 0;
    for (slices.unique = 0; slices.unique < keys && status == CSVK_OK; slices.unique++) {
        status = unique_search(parts[0], slices.unique, found_in_slices, &slices, err);
    }
    return status;
}
