/*
 * normalize_doubt.c - records of a clean stretch that are looked at although nothing is wrong with
 * them: one that is equal to the header (header_again.c), and the record before a line that may
 * belong to it: a line of one field, or one with a quote that has no partner. Both are found
 * without reading the records of the stretch one by one: the first by its bytes after a line break,
 * the second by a look at what follows the stretch.
 */
#include "csvkit/normalize/normalize_private.h"

/* ---- where records begin ----------------------------------------------------------------------
 */

/* Reads the span once more, with the end of every record. */
static int find_ends(struct norm *norm, const struct norm_span *span)
{
    struct csvk_scan *scan = &norm->ahead_scan;
    size_t length = (size_t)(span->to - span->from);
    scan->table = norm->scan.table;
    scan->table.detail = CSVK_RECORDS;
    scan->table.facts = 0;
    scan->table.mixed_reported = true;
    scan->table.totals.width = norm->width;
    csvk_scan_forget(scan);
    csvk_batch_builder_clear(&scan->builder);
    size_t used = csvk_scan(scan, norm_window_at(&norm->window, span->from), length, true, 0);
    bool same = used == length && scan->builder.nends == span->records;
    return scan->builder.failed ? norm_out_of_memory(norm)
           : same               ? CSVK_OK
                                : csvk_fail(norm->err, CSVK_EIO,
                                            "%s: the records before record %llu were scanned twice, "
                                                          "and differ",
                                            csvk_source_name(norm->window.source),
                                            (unsigned long long)norm->scan.table.totals.records + 1);
}

/* Lines of the chunk before `to`, which begins a record. Mostly it is behind the place that was
   asked for before, and the lines up to there are not counted again. */
static uint64_t lines_before(struct norm *norm, const struct norm_chunk *chunk, uint64_t to)
{
    struct norm_counted_lines *counted = &norm->counted_lines;
    if (counted->chunk != chunk->offset || counted->to > to || counted->to < chunk->offset) {
        *counted = (struct norm_counted_lines){chunk->offset, chunk->offset, 0};
    }
    counted->lines += norm_count_lines(norm, counted->to, to);
    counted->to = to;
    return counted->lines;
}

/* A record of the span, from its first byte to the first one after its line break. */
static struct norm_record record_at(struct norm *norm, uint64_t begin, uint64_t end,
                                    uint64_t number, uint64_t line)
{
    struct norm_record rec = {.r = {.number = number, .line = line, .offset = begin}};
    size_t whole = (size_t)(end - begin);
    rec.r.eol =
        (uint8_t)norm_line_break_before(norm, norm_window_at(&norm->window, begin) + whole, whole);
    rec.r.length = whole - norm_eol_length((enum csvk_eol)rec.r.eol);
    rec.r.nfields = norm->width;
    return rec;
}

/* The record number `index` of the span, from 0, whose ends were found. */
static struct norm_record record_of(struct norm *norm, const struct norm_chunk *chunk,
                                    const struct norm_span *span, uint64_t index)
{
    const uint32_t *ends = norm->ahead_scan.builder.ends;
    uint64_t begin = span->from + (index != 0 ? ends[index - 1] : 0);
    return record_at(norm, begin, span->from + ends[index],
                     chunk->before.totals.records + span->first + index + 1,
                     chunk->before.totals.lines + 1 + lines_before(norm, chunk, begin));
}

/*
 * Where the last record of the span begins: after the last line break but its own that has an even
 * number of enclosures behind it, since the records of a span have nothing wrong with them, not
 * even a quote in a comment. (Where there is an escape no record is in a span.) False where other
 * bytes than LF and CR LF may end a record.
 */
static bool find_last_begin(const struct norm *norm, const struct norm_span *span, uint64_t *begin)
{
    if (norm_breaks_are_reported(norm)) {
        return false;
    }
    const unsigned char *bytes = norm_window_at(&norm->window, span->from);
    size_t at = (size_t)(span->to - span->from);
    bool outside = true;
    at -= bytes[at - 1] == '\n';
    while (at != 0 && !(outside && bytes[at - 1] == '\n')) {
        at--;
        outside ^= bytes[at] == norm->in.enclosure;
    }
    *begin = span->from + at;
    return true;
}

/* The last record of the span; `line`: that of the record after it. */
static int last_of(struct norm *norm, const struct norm_chunk *chunk, const struct norm_span *span,
                   uint64_t line, struct norm_record *rec)
{
    uint64_t begin;
    int status = CSVK_OK;
    if (find_last_begin(norm, span, &begin)) {
        *rec = record_at(norm, begin, span->to,
                         chunk->before.totals.records + span->first + span->records,
                         line - norm_count_lines(norm, begin, span->to));
    } else if ((status = find_ends(norm, span)) == CSVK_OK) {
        *rec = record_of(norm, chunk, span, span->records - 1);
    }
    return status;
}

/* ---- the stretch ------------------------------------------------------------------------------
 */

/* Writes the records before this one, whose number in the span is `index`, and processes it. */
static int process_one(struct norm *norm, const struct norm_chunk *chunk,
                       const struct norm_span *span, uint64_t index, const struct norm_record *rec)
{
    struct norm_span before = {span->from, rec->r.offset, span->first, index};
    int status = norm_write_span(norm, chunk, before);
    return status == CSVK_OK ? norm_process_record(norm, rec) : status;
}

/* The record that ends or begins at the place; UINT64_MAX: none does, it is inside of a value. */
static uint64_t index_of(const struct norm *norm, const struct norm_span *span, size_t place)
{
    const uint32_t *ends = norm->ahead_scan.builder.ends;
    if (place == 0) {
        return 0;
    }
    for (uint64_t i = 0; i + 1 < span->records; i++) {
        if (ends[i] == place) {
            return i + 1;
        }
    }
    return UINT64_MAX;
}

static bool may_repeat_header(const struct norm *norm)
{
    return norm->o->header == CSVK_NORMALIZE_HEADER && norm->width > 1 && norm->header_done &&
           norm->header_again[0].length != 0;
}

static int take_headers_out(struct norm *norm, const struct norm_chunk *chunk,
                            struct norm_span *span)
{
    size_t place = 0;
    while (may_repeat_header(norm) && span->records != 0) {
        const unsigned char *bytes = norm_window_at(&norm->window, span->from);
        size_t length = (size_t)(span->to - span->from);
        place = norm_find_header(norm, bytes, place, length);
        if (place == length) {
            return CSVK_OK;
        }
        int status = find_ends(norm, span);
        uint64_t index = status == CSVK_OK ? index_of(norm, span, place) : UINT64_MAX;
        if (index != UINT64_MAX) {
            struct norm_record rec = record_of(norm, chunk, span, index);
            status = process_one(norm, chunk, span, index, &rec);
            span->from = norm_record_end(&rec);
            span->first += index + 1;
            span->records -= index + 1;
            place = 0;
        } else {
            place++;
        }
        if (status != CSVK_OK || norm->resume != UINT64_MAX) {
            return status;
        }
    }
    return CSVK_OK;
}

int norm_write_clean(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span,
                     uint64_t line)
{
    norm->resume = UINT64_MAX;
    int status = take_headers_out(norm, chunk, &span);
    if (status != CSVK_OK || norm->resume != UINT64_MAX) {
        return status;
    }
    bool doubtful = false;
    if (span.records != 0 && norm->width > 1 && norm->header_done) {
        status = norm_is_last_doubtful(norm, &span, &doubtful);
    }
    if (status == CSVK_OK && doubtful) {
        struct norm_record rec;
        status = last_of(norm, chunk, &span, line, &rec);
        return status == CSVK_OK ? process_one(norm, chunk, &span, span.records - 1, &rec) : status;
    }
    return status == CSVK_OK ? norm_write_span(norm, chunk, span) : status;
}
