/*
 * look_ahead.c - what comes after the record at hand: records by the reference parser, runs of
 * whole records, physical lines.
 *
 * Invariant: everything here stops at a limit (norm_look_ahead_limit) that depends on the place of
 * the record alone, not on how much happens to be in the window. So does every repair that is
 * decided by looking ahead, and results are the same for all sizes of reads.
 */
#include "csvkit/normalize/normalize_private.h"
#include "csvkit/base/bitmask.h"

/*
 * `at_end` is true when the data end within reach: only then may a last record lack its line break.
 */
struct norm_limit norm_look_ahead_limit(const struct norm *norm, uint64_t offset)
{
    size_t left = norm_window_left(&norm->window, offset);
    bool all = left <= norm->reach;
    struct norm_limit limit = {offset + (all ? left : norm->reach), all && norm->window.at_end};
    return limit;
}

/* ---- the reference parser, ahead of the scan ---- */

/*
 * The state of the table is that of the scan, so that width and mode of line breaks are the same;
 * fields are always wanted here. A mix of line breaks has no fact of its own here, since it says
 * nothing about the record.
 */
static void prepare(struct norm *norm, struct norm_scratch *scratch)
{
    scratch->table = norm->scan.table;
    scratch->table.detail = CSVK_FIELDS;
    scratch->table.mixed_reported = true;
    scratch->table.totals.width = norm->width;
    csvk_batch_builder_clear(&scratch->builder);
}

/* Number and line of the record are not right: nobody has counted up to it. */
int norm_parse_at(struct norm *norm, struct norm_scratch *scratch, uint64_t offset,
                  struct norm_limit limit, struct norm_record *rec, bool *found)
{
    size_t used = 0;
    *found = false;
    if (offset >= limit.end) {
        return CSVK_OK;
    }
    prepare(norm, scratch);
    const unsigned char *bytes = norm_window_at(&norm->window, offset);
    csvk_reference_begin(&scratch->reference, &scratch->table, &scratch->builder, offset, offset);
    bool complete = csvk_reference_feed(&scratch->reference, bytes, (size_t)(limit.end - offset),
                                        limit.at_end, &used);
    if (scratch->builder.failed) {
        return norm_out_of_memory(norm);
    }
    if (complete) {
        *rec = norm_reported_record(&scratch->builder, 0, bytes);
        *found = true;
    }
    return CSVK_OK;
}

/*
 * `like` is the record that the bytes were made from: its number, line and offset are kept, so that
 * facts and log name the place in the input.
 */
int norm_parse_bytes(struct norm *norm, struct norm_scratch *scratch,
                     const struct csvk_record *like, struct norm_record *rec, bool *found)
{
    size_t used = 0;
    const struct csvk_buf *bytes = &scratch->bytes;
    prepare(norm, scratch);
    scratch->table.totals.records = like->number - 1;
    scratch->table.totals.lines = like->line - 1;
    csvk_reference_begin(&scratch->reference, &scratch->table, &scratch->builder, like->offset,
                         like->offset);
    *found = csvk_reference_feed(&scratch->reference, bytes->data, bytes->length, true, &used) &&
             used == bytes->length;
    if (scratch->builder.failed) {
        return norm_out_of_memory(norm);
    }
    if (*found) {
        *rec = norm_reported_record(&scratch->builder, 0, bytes->data);
    }
    return CSVK_OK;
}

/* ---- runs of whole records ---- */

/*
 * Looks through what one scan reported. True when a record is not whole: *at is its offset, *before
 * the number of the last record before it. Records that were not reported are whole.
 */
static bool find_broken(const struct norm *norm, uint64_t *at, uint64_t *before)
{
    const struct csvk_batch_builder *builder = &norm->ahead_scan.builder;
    for (size_t i = 0; i < builder->nrecords; i++) {
        struct norm_record rec = norm_reported_record(builder, i, NULL);
        if (!norm_is_whole(norm, &rec)) {
            *at = builder->records[i].offset;
            *before = builder->records[i].number - 1;
            return true;
        }
    }
    return false;
}

/*
 * Scans ahead in pieces that double, because the first record is often not whole, and then one
 * record is the answer.
 */
int norm_measure_run(struct norm *norm, uint64_t offset, uint64_t stop, struct norm_limit limit,
                     struct norm_run *run)
{
    /*
     * So that no record is the first: record 1 is always reported, and would set width and line
     * breaks.
     */
    const uint64_t base = UINT64_C(1) << 40;
    size_t piece = 256;
    *run = (struct norm_run){.end = offset};
    norm->ahead_scan.table = norm->scan.table;
    norm->ahead_scan.table.detail = CSVK_COUNTS;
    norm->ahead_scan.table.mixed_reported = true;
    norm->ahead_scan.table.totals.width = norm->width;
    norm->ahead_scan.table.totals.records = base;
    while (run->end < stop && run->end < limit.end) {
        size_t left = (size_t)(limit.end - run->end);
        size_t n = left < piece ? left : piece;
        csvk_batch_builder_clear(&norm->ahead_scan.builder);
        size_t used = csvk_scan(&norm->ahead_scan, norm_window_at(&norm->window, run->end), n,
                                n == left && limit.at_end, run->end);
        if (norm->ahead_scan.builder.failed) {
            return norm_out_of_memory(norm);
        }
        uint64_t at = 0, before = 0;
        if (find_broken(norm, &at, &before)) {
            run->end = at;
            run->records = before - base;
            run->all = at >= stop;
            return CSVK_OK;
        }
        run->records = norm->ahead_scan.table.totals.records - base;
        run->end += used;
        if (used == 0 && n == left) {
            break; /* the last one goes on beyond the limit */
        }
        piece *= 2;
    }
    run->all = run->end >= stop || stop >= limit.end;
    return CSVK_OK;
}

/* ---- physical lines ---- */

uint64_t norm_next_line(const struct norm *norm, uint64_t offset, uint64_t end)
{
    const unsigned char *p = norm_window_at(&norm->window, offset);
    size_t n = (size_t)(end - offset);
    for (size_t i = 0; i < n; i += CSVK_BITMASK_BLOCK) {
        uint64_t breaks = csvk_bitmask_of(p + i, '\n') | csvk_bitmask_of(p + i, '\r');
        size_t at = breaks != 0 ? i + (size_t)__builtin_ctzll(breaks) : n;
        if (at < n) {
            bool pair = p[at] == '\r' && at + 1 < n && p[at + 1] == '\n';
            return offset + at + (pair ? 2 : 1);
        }
    }
    return end;
}

/* Without CR memchr finds the line breaks, which is faster. */
uint64_t norm_count_lines(const struct norm *norm, uint64_t from, uint64_t to)
{
    const unsigned char *p = norm_window_at(&norm->window, from);
    size_t n = (size_t)(to - from);
    uint64_t lines = 0;
    if (n == 0 || memchr(p, '\r', n) == NULL) {
        const unsigned char *end = p + n;
        for (const unsigned char *lf = p; n != 0 && lf < end; lf++, lines++) {
            lf = memchr(lf, '\n', (size_t)(end - lf));
            if (lf == NULL) {
                break;
            }
        }
        return lines;
    }
    uint64_t cr_before = 0; /* bit 0: the byte before the block is a CR */
    for (size_t i = 0; i < n; i += CSVK_BITMASK_BLOCK) {
        uint64_t cr = csvk_bitmask_of(p + i, '\r'), lf = csvk_bitmask_of(p + i, '\n');
        uint64_t ends = cr | (lf & ~(cr << 1 | cr_before));
        uint64_t there = n - i < CSVK_BITMASK_BLOCK ? (UINT64_C(1) << (n - i)) - 1 : UINT64_MAX;
        lines += (uint64_t)__builtin_popcountll(ends & there);
        cr_before = cr >> (CSVK_BITMASK_BLOCK - 1);
    }
    return lines;
}
