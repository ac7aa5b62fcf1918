/*
 * reading_trial.c - see reading_trial.h. Which readings of a record fit the table?
 *
 * The measure is the width: a reading fits when it leaves no error of enclosures and has as many
 * fields as the table. One more measure is what follows. Readings may end in different places, and
 * the table must go on after each: a reading that swallows the next record, or stops within this
 * one, leaves a next record of another width.
 *
 * Nothing here decides which reading is taken.
 */
#include "csvkit/normalize/reading_trial.h"

/*
 * Has the record at `offset` the width of the table? A blank line says nothing against it; nor does
 * the end of the data. Beyond the limit nobody can look, so a record that does not end within it
 * does not fit.
 */
static int next_record_fits(struct norm *norm, uint64_t offset, struct norm_limit limit, bool *fits)
{
    struct norm_record next;
    bool found = false;
    int status = norm_parse_at(norm, &norm->look_ahead, offset, limit, &next, &found);
    *fits =
        found ? next.r.blank || next.r.nfields == norm->width : offset >= limit.end && limit.at_end;
    return status;
}

/*
 * r22: when the enclosure is ended at its line, the lines that it had swallowed up to reference_end
 * become records. All of them must be whole. Otherwise the enclosure may well have been meant, and
 * its value holds text that looks like a record here and there.
 */
static int swallowed_fit(struct norm *norm, const struct norm_trial *trial, uint64_t from,
                         bool *fits)
{
    struct norm_run run;
    int status = norm_measure_run(norm, from, trial->reference_end, trial->limit, &run);
    *fits = run.all;
    return status;
}

/*
 * Is this reading free of errors and as wide as the table? Two modes must also have made a
 * difference that speaks for them:
 * - r22 ends one enclosure and no more, and finds no other quotes or CR in open fields: those would
 *   be a second fault in the record.
 * - r19 must have met at least one backslash before a quote. Otherwise it is the reading of the
 *   reference parser under another name.
 */
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

/*
 * An enclosure that is open at the end of the data is no reading, whatever its width. When
 * norm_read_in_mode and the reference parser do not agree on this record, the program is at fault:
 * CSVK_EIO.
 */
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

/*
 * True when two of the readings that fit end in different places, or all of them elsewhere than the
 * reference parser's.
 */
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

/* r22 is left out: swallowed_fit has looked at the records after it already. */
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

/*
 * Fields are the same when value and enclosure are. Two raw fields at the same place need not be
 * decoded. norm->text has room for both values, side by side.
 */
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

/*
 * Do two readings make the same record? Then it does not matter which of them is taken.
 *   `"a "b" c",4`  literally `a b" c"` and `4`
 *                  inner quotes as data `a "b" c` and `4`: they differ
 */
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

/*
 * Readings that make the same record count as one. Two that differ are a guess, so neither is
 * taken.
 */
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

/*
 * A reading that swallows whole records, while another one fits without that, is no reading. Ending
 * an enclosure at its line (r22) leaves whole records behind, so readings that go on further are
 * excluded. And inner quotes as data (r18) may run past the end that the reference parser finds;
 * that is excluded when all it swallows there are whole records.
 */
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
