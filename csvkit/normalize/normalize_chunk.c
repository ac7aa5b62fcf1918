/*
 * normalize_chunk.c - one chunk of the input goes through the scan. Clean spans of records are
 * copied whole; every record that the scan reports goes through norm_process_record.
 *
 * The idea. Most records of most files are clean, and a clean record costs no more than the scan
 * and a copy. Everything that needs thought needs a look at the records that follow, so chunks are
 * kept apart from the look-ahead: a chunk is what is scanned, the reach is how far a repair may
 * look.
 *
 * Invariants.
 * - The scan's table holds the number and line of the record at the window's first byte whenever a
 *   chunk begins.
 * - A chunk is never longer than the reach, and two reaches are visible when a record of the chunk
 *   is processed. So whoever looks ahead from any record of the chunk sees the same bytes for every
 *   size of reads. What is clean is written as soon as it is read.
 * - When a record is read in another way than the reference parser does, the rest of the chunk is
 *   forgotten and scanned again from the end of that record. The next chunk is small then.
 *   Otherwise a file full of such records would be scanned again and again, and the time would grow
 *   with the square of its size.
 *
 * Example: of the chunk `1,2 CRLF 3,4,5 CRLF 6,7 CRLF` in a table of two columns the scan reports
 * the second record only. The first one is copied as a span of one record, the second one is
 * processed (and rejected), the third one is copied with all clean records after it.
 */
#include "csvkit/normalize/normalize_pieces.h"

/* Sizes in bytes. Sinks write WRITE_RUN bytes at a time; chunk_size adds LITTLE to what completes
   one run. */
#define WRITE_RUN ((size_t)256 * 1024) /* a sink writes so much at a time */
#define LITTLE    ((size_t)4 * 1024)

/* ---- chunks ---- */

/*
 * True when the chunk added a line break that is not the one to write. `before`: the totals before
 * the chunk. A last record without any line break is asked for apart (chunk->unended).
 */
static bool has_other_breaks(const struct norm *norm, const struct csvk_totals *before)
{
    const struct csvk_totals *now = &norm->scan.table.totals;
    for (int eol = CSVK_EOL_LF; eol <= CSVK_EOL_CRCRLF; eol++) {
        if (eol != (int)norm->o->line_break && now->eol[eol] != before->eol[eol]) {
            return true;
        }
    }
    return false;
}

/*
 * Scans n bytes at the window's first byte. A second scan follows when single records must be
 * reported and were not: because line breaks change and CR may end records (then nobody but the
 * scan knows where records end), because records may have to be dropped (comments, empty ones), or
 * because only the first record of the chunk counts.
 *
 * The table is put back for the second scan, or every record would be counted twice.
 */
static int scan_chunk(struct norm *norm, struct norm_chunk *chunk, size_t n, bool at_end)
{
    const unsigned char *bytes = norm_window_at(&norm->window, norm->window.offset);
    chunk->offset = norm->window.offset;
    chunk->before = norm->scan.table;
    for (;;) {
        csvk_batch_builder_clear(&norm->scan.builder);
        chunk->size = csvk_scan(&norm->scan, bytes, n, at_end, chunk->offset);
        chunk->unended =
            norm->scan.table.totals.eol[CSVK_EOL_NONE] != chunk->before.totals.eol[CSVK_EOL_NONE];
        chunk->same_breaks = !chunk->unended && !has_other_breaks(norm, &chunk->before.totals);
        if (norm->scan.builder.failed) {
            return norm_out_of_memory(norm);
        }
        bool report_all = (!chunk->same_breaks && norm_breaks_are_reported(norm)) ||
                          norm->o->comment >= 0 || norm->o->drop_empty_records || norm->long_record;
        if (norm->scan.table.detail != CSVK_COUNTS || !report_all) {
            return CSVK_OK;
        }
        norm->scan.table = chunk->before;
        norm->scan.table.detail = CSVK_RECORDS;
    }
}

/*
 * The chunk was read up to norm->resume, and the scan goes on there, with the numbers that belong
 * to that place. The count of records without a line break is put back as well: if the chunk held
 * the last record of the data, it is going to be scanned again.
 *
 * The line breaks of the rest of the chunk stay counted. That is harmless: these counts are only
 * compared within one chunk.
 */
static void resume_at(struct norm *norm, const struct norm_chunk *chunk)
{
    struct csvk_totals *totals = &norm->scan.table.totals;
    totals->records = norm->resume_records;
    totals->lines = norm->resume_lines;
    totals->eol[CSVK_EOL_NONE] = chunk->before.totals.eol[CSVK_EOL_NONE];
    norm_window_drop(&norm->window, (size_t)(norm->resume - chunk->offset));
    norm->chunk = norm_small_chunk(norm);
}

/*
 * Goes through the records that the scan reported of the chunk, and writes the clean spans between
 * them. *resumed: the rest of the chunk must be scanned again.
 *
 * There are three reasons to scan again. The record was read otherwise (norm->resume). The header
 * chose columns, so from now on every record is written field by field and the scan must report
 * them all. Or the record is longer than the reach: the others in the chunk had nobody looking
 * ahead for them.
 */
static int process_reported(struct norm *norm, const struct norm_chunk *chunk, bool *resumed)
{
    const struct csvk_batch_builder *builder = &norm->scan.builder;
    /* `at`: absolute, the first byte that is not written yet. `done`: records before it. */
    uint64_t at = chunk->offset, done = 0;
    uint64_t all = norm->scan.table.totals.records - chunk->before.totals.records;
    *resumed = false;
    norm->chunk_end = chunk->offset + chunk->size;
    for (size_t i = 0; i < builder->nrecords; i++) {
        norm->next_reported = i + 1;
        struct norm_record rec =
            norm_reported_record(builder, i, norm_window_at(&norm->window, chunk->offset));
        if (norm->scan.table.detail != CSVK_FIELDS) {
            /*
             * Below CSVK_FIELDS the scan does not report the fields of every record, so they count
             * for none.
             */
            rec.field = NULL;
        }
        uint64_t index = rec.r.number - chunk->before.totals.records - 1;
        int status = norm_write_clean(
            norm, chunk, (struct norm_span){at, rec.r.offset, done, index - done}, rec.r.line);
        if (status == CSVK_OK && norm->resume == UINT64_MAX) {
            status = norm_process_record(norm, &rec);
        }
        if (status != CSVK_OK) {
            return status;
        }
        if (norm->resume != UINT64_MAX) {
            *resumed = true;
            resume_at(norm, chunk);
            return CSVK_OK;
        }
        at = norm_record_end(&rec);
        done = index + 1;
        bool detail_changed = norm->rewrite && norm->scan.table.detail != CSVK_FIELDS;
        /* Where the next record begins, when not all of the chunk counts. */
        if (detail_changed ||
            norm->long_record) { /* by the header's columns; or only this one counts */
            norm->resume = at;
            norm->resume_records = rec.r.number;
            norm->resume_lines = rec.r.line - 1 + norm_count_lines(norm, rec.r.offset, at);
            norm->scan.table.detail = detail_changed ? CSVK_FIELDS : norm->scan.table.detail;
            *resumed = true;
            resume_at(norm, chunk);
            return CSVK_OK;
        }
    }
    int status = norm_write_clean(
        norm, chunk, (struct norm_span){at, chunk->offset + chunk->size, done, all - done},
        norm->scan.table.totals.lines + 1);
    if (status == CSVK_OK && norm->resume != UINT64_MAX) {
        *resumed = true;
        resume_at(norm, chunk);
    }
    return status;
}

/*
 * Processes a chunk, drops its bytes, and lets the next one be twice as long, up to the reach. A
 * chunk that was resumed has done both already (resume_at).
 */
static int finish_chunk(struct norm *norm, const struct norm_chunk *chunk)
{
    bool resumed = false;
    int status = process_reported(norm, chunk, &resumed);
    if (status == CSVK_OK && !resumed) {
        norm_window_drop(&norm->window, chunk->size);
        norm->chunk = 2 * norm->chunk < norm->reach ? 2 * norm->chunk : (size_t)norm->reach;
    }
    return status;
}

/* ---- records that do not fit into a chunk ---- */

/*
 * True for one NUL or more and nothing else.
 */
static bool is_all_nul(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return length != 0;
}

/*
 * The end of the data: what is left is the last record, or padding with NUL (r7).
 *   "1,2 CRLF NUL NUL NUL"  ->  "1,2 CRLF"
 *   "1,2 CRLF NUL , NUL"    ->  not padding; the record is rejected for its NUL bytes (r5)
 */
static int process_last_records(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    struct norm_chunk chunk;
    if (is_all_nul(norm_window_at(w, w->offset), w->visible)) {
        uint64_t n = w->visible;
        int status = norm_report_file_repair(norm, CSVK_REPAIR_TAIL, w->offset, n,
                                             "NUL bytes up to the end");
        norm_window_drop(w, (size_t)n);
        return status;
    }
    int status = scan_chunk(norm, &chunk, w->visible, true);
    return status == CSVK_OK ? finish_chunk(norm, &chunk) : status;
}

/*
 * A record longer than --max-record ends the run: memory grows with the longest record, so this is
 * where it stops. CSVK_ELIMIT.
 */
static int refuse_long_record(struct norm *norm, uint64_t most)
{
    return csvk_fail(norm->err, CSVK_ELIMIT,
                     "%s: record %llu, which begins at byte %llu, is longer than %llu bytes "
                     "(--max-record); most often an enclosure in it is opened and never closed",
                     csvk_source_name(norm->window.source),
                     (unsigned long long)norm->scan.table.totals.records + 1,
                     (unsigned long long)norm->window.offset, (unsigned long long)most);
}

/*
 * The chunk was made long enough for one record that is longer than the reach. Only this first
 * record is taken: nobody could look ahead from the others. When it was reported it is processed
 * like any other; when it was not it is clean, and copied. Either way the scan goes on after it,
 * with a small chunk.
 */
static int process_long_record(struct norm *norm, struct norm_chunk *chunk)
{
    const struct csvk_batch_builder *builder = &norm->scan.builder;
    uint64_t number = chunk->before.totals.records + 1;
    if (builder->nrecords != 0 && builder->records[0].number == number) {
        return finish_chunk(norm, chunk);
    }
    struct norm_span span = {chunk->offset, chunk->offset + builder->ends[0], 0, 1};
    int status = norm_copy_span(norm, chunk, &span);
    norm->resume = span.to;
    norm->resume_records = number;
    norm->resume_lines = chunk->before.totals.lines + norm_count_lines(norm, span.from, span.to);
    resume_at(norm, chunk);
    return status;
}

/*
 * Reads on until the record at the window's first byte ends, twice as far each time, at most
 * max_record bytes. Doubling keeps the number of scans small; with norm->long_record set no repair
 * tries to look ahead.
 */
static int read_long_record(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    uint64_t most = norm->o->max_record != 0 ? norm->o->max_record : NORM_DEFAULT_RECORD;
    struct norm_chunk chunk = {.size = 0};
    size_t want = 2 * (size_t)norm->reach;
    int status = CSVK_OK;
    norm->long_record = true;
    while (status == CSVK_OK && chunk.size == 0) {
        want *= 2;
        status = norm_window_fill(w, want, norm->err);
        bool at_end = w->at_end && w->visible <= want;
        if (status != CSVK_OK) {
            break;
        }
        /* The padding itself may be longer than the reach. */
        if (at_end && is_all_nul(norm_window_at(w, w->offset), w->visible)) {
            status = process_last_records(norm);
            break;
        }
        size_t n = w->visible < want ? w->visible : want;
        status = scan_chunk(norm, &chunk, n, at_end);
        if (status == CSVK_OK && chunk.size != 0) {
            status = process_long_record(norm, &chunk);
        } else if (status == CSVK_OK && want > most) {
            status = refuse_long_record(norm, most);
        }
    }
    norm->long_record = false;
    return status;
}

/*
 * The record at the window's first byte does not end within reach. Most often an enclosure was
 * opened and never closed, and swallows the rest of the file; norm_repair_runaway looks for signs
 * of that first (r22). Without them the record may just be long, and is read to its end.
 */
static int process_without_end(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    struct norm_chunk chunk = {.offset = w->offset, .before = norm->scan.table};
    bool done = false;
    int status = norm_repair_runaway(norm, w->offset, &done);
    if (status != CSVK_OK) {
        return status;
    }
    if (done) {
        resume_at(norm, &chunk);
        return CSVK_OK;
    }
    return read_long_record(norm);
}

/*
 * How much to scan. The chunk is made a little longer than what completes a run of the output: then
 * little is left over for the next one, which the sink would have to copy.
 */
static size_t chunk_size(const struct norm *norm)
{
    size_t run = WRITE_RUN - (size_t)(norm->table.bytes % WRITE_RUN) + LITTLE;
    return run < norm->chunk ? run : norm->chunk;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Bytes up to norm->stop. */
static size_t left_to_stop(const struct norm *norm)
{
    uint64_t at = norm->window.offset;
    return norm->stop != UINT64_MAX && norm->stop > at ? (size_t)(norm->stop - at) : SIZE_MAX;
}

/*
 * Scans what is there of the chunk; *n: bytes that were looked at. When the size that suits the
 * sink holds no whole record, the whole chunk is tried.
 */
static int scan_next(struct norm *norm, struct norm_chunk *chunk, size_t *n)
{
    size_t most = smaller(smaller(norm->window.visible, norm->chunk), left_to_stop(norm));
    *n = smaller(most, chunk_size(norm));
    int status = scan_chunk(norm, chunk, *n, false);
    if (status == CSVK_OK && chunk->size == 0 && *n < most) {
        *n = most;
        status = scan_chunk(norm, chunk, most, false);
    }
    return status;
}

/*
 * One step of the run: scans a chunk and processes it, or finds out why no record ends in it. A
 * chunk without a whole record is made longer, up to the reach. Beyond that it is the end of the
 * data, or a record that does not fit.
 *
 * The look-ahead is filled only when somebody may need it: a record was reported, or none ended.
 */
int norm_next_chunk(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    struct norm_chunk chunk;
    size_t n = 0;
    /*
     * The header had to be reported with its fields. It has been written, and from now on only what
     * is wrong need be reported.
     */
    if (norm->scan.table.detail == CSVK_FIELDS && !norm->rewrite && norm->header_done) {
        norm->scan.table.detail = CSVK_COUNTS;
    }
    int status = scan_next(norm, &chunk, &n);
    bool looks_ahead = norm->scan.builder.nrecords != 0 || chunk.size == 0;
    if (status == CSVK_OK && looks_ahead) {
        status = norm_fill_reach(norm);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (chunk.size != 0) {
        return finish_chunk(norm, &chunk);
    }
    if (n == left_to_stop(norm)) {
        norm->stop = UINT64_MAX;
        return CSVK_OK;
    }
    if (n < w->visible && n < norm->reach) {
        norm->chunk = 2 * n < norm->reach ? 2 * n : (size_t)norm->reach;
        return CSVK_OK;
    }
    return w->at_end && n == w->visible ? process_last_records(norm) : process_without_end(norm);
}
