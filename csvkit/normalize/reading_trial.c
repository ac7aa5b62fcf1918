/* reading_trial.c - */
#include "csvkit/normalize/reading_trial.h"

static int next_record_fits(struct norm *norm, uint64_t offset, struct norm_limit limit, bool *fits)
{
    struct norm_record next;
    bool found = false;
    int status = norm_parse_at(norm, &norm->look_ahead, offset, limit, &next, &found);
    *fits =
        found ? next.r.blank || next.r.nfields == norm->width : offset >= limit.end && limit.at_end;
    return status;
}

/* The lines that an enclosure had swallowed must all be whole records. */
static int swallowed_fit(struct norm *norm, const struct norm_trial *trial, uint64_t from,
                         bool *fits)
{
    struct norm_run run;
    int status = norm_measure_run(norm, from, trial->reference_end, trial->limit, &run);
    *fits = run.all;
    return status;
}

static bool reads_well(const struct norm *norm, enum norm_mode mode,
                       const struct norm_reading *reading)
{
    if (!reading->ended || reading->faulty || reading->ncells != norm->width) {
        return false;
    }
    if (mode == NORM_READ_LINE) {
        return reading->opened == 1 && reading->stray == 0 && reading->bare_cr == 0;
    }
    return mode != NORM_READ_BACKSLASH || reading->escaped != 0;
}

int norm_trial_mode(struct norm *norm, struct norm_trial *trial, enum norm_mode mode)
{
    struct norm_reading *reading = &norm->reading[mode];
    int status = norm_read_in_mode(norm, mode, trial->rec->r.offset, trial->limit, reading);
    if (status != CSVK_OK || !reads_well(norm, mode, reading)) {
        return status;
    }
    trial->fits[mode] = true;
    return mode == NORM_READ_LINE ? swallowed_fit(norm, trial, reading->end, &trial->fits[mode])
                                  : CSVK_OK;
}

int norm_trial_reference(struct norm *norm, struct norm_trial *trial)
{
    if (trial->rec->r.nfields != norm->width || norm_has_fact(trial->rec, CSVK_FACT_UNCLOSED)) {
        return CSVK_OK;
    }
    struct norm_reading *reading = &norm->reading[NORM_READ_REFERENCE];
    int status =
        norm_read_in_mode(norm, NORM_READ_REFERENCE, trial->rec->r.offset, trial->limit, reading);
    trial->fits[NORM_READ_REFERENCE] = true;
    if (status == CSVK_OK &&
        (reading->end != trial->reference_end || reading->ncells != norm->width)) {
        return csvk_fail(norm->err, CSVK_EIO, "%s: record %llu was read twice, and differs",
                         csvk_source_name(norm->window.source),
                         (unsigned long long)trial->rec->r.number);
    }
    return status;
}

static bool ends_differ(const struct norm *norm, const struct norm_trial *trial)
{
    uint64_t end = 0;
    for (int mode = 0; mode < NORM_MODES; mode++) {
        if (trial->fits[mode] && end != 0 && norm->reading[mode].end != end) {
            return true;
        }
        end = trial->fits[mode] ? norm->reading[mode].end : end;
    }
    return end != 0 && end != trial->reference_end;
}

int norm_trial_check_next(struct norm *norm, struct norm_trial *trial)
{
    int status = CSVK_OK;
    if (!ends_differ(norm, trial)) {
        return CSVK_OK;
    }
    for (int mode = 0; mode < NORM_MODES && status == CSVK_OK; mode++) {
        if (trial->fits[mode] && mode != NORM_READ_LINE) {
            status =
                next_record_fits(norm, norm->reading[mode].end, trial->limit, &trial->fits[mode]);
        }
    }
    return status;
}

static bool same_cell(struct norm *norm, const struct norm_reading *a, const struct norm_reading *b,
                      size_t i)
{
    const struct norm_cell *x = &a->cell[i], *y = &b->cell[i];
    if (x->raw && y->raw && x->begin == y->begin && x->length == y->length) {
        return true;
    }
    unsigned char *room = norm->text.data;
    struct csvk_bytes p = norm_cell_value(norm, a, i, room);
    struct csvk_bytes q = norm_cell_value(norm, b, i, room + x->length);
    return x->enclosed == y->enclosed && p.len == q.len && memcmp(p.ptr, q.ptr, p.len) == 0;
}

static int compare_readings(struct norm *norm, const struct norm_reading *a,
                            const struct norm_reading *b, bool *same)
{
    *same = a->end == b->end && a->ncells == b->ncells;
    csvk_buf_clear(&norm->text);
    if (*same && csvk_buf_reserve(&norm->text, 2 * (size_t)(a->end - a->offset)) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; *same && i < a->ncells; i++) {
        *same = same_cell(norm, a, b, i);
    }
    return CSVK_OK;
}

/* The mode that fits alone; NORM_MODES when none does or two differ, then *several says which. */
int norm_trial_only_fitting(struct norm *norm, const struct norm_trial *trial,
                            enum norm_mode *found, bool *several)
{
    *found = NORM_MODES;
    *several = false;
    for (int mode = 0; mode < NORM_MODES; mode++) {
        if (!trial->fits[mode]) {
            continue;
        }
        if (*found == NORM_MODES) {
            *found = (enum norm_mode)mode;
            continue;
        }
        bool same = false;
        int status = compare_readings(norm, &norm->reading[*found], &norm->reading[mode], &same);
        if (status != CSVK_OK) {
            return status;
        }
        if (!same) {
            *several = true;
            *found = NORM_MODES;
            return CSVK_OK;
        }
    }
    return CSVK_OK;
}

/* A reading that swallows whole records, while another one fits without that, is no reading. */
int norm_trial_exclude_swallowing(struct norm *norm, struct norm_trial *trial)
{
    const struct norm_reading *reading = norm->reading;
    if (trial->fits[NORM_READ_LINE]) {
        uint64_t end = reading[NORM_READ_LINE].end;
        trial->fits[NORM_READ_REFERENCE] &= reading[NORM_READ_REFERENCE].end <= end;
        trial->fits[NORM_READ_INNER] &= reading[NORM_READ_INNER].end <= end;
    }
    uint64_t end = reading[NORM_READ_INNER].end;
    struct norm_run run = {.all = false};
    if (!trial->fits[NORM_READ_REFERENCE] || !trial->fits[NORM_READ_INNER] ||
        end <= trial->reference_end) {
        return CSVK_OK;
    }
    int status = norm_measure_run(norm, trial->reference_end, end, trial->limit, &run);
    trial->fits[NORM_READ_INNER] = !run.all;
    return status;
}
