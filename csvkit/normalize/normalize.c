/*
 * normalize.c - the run: chunk after chunk through the scan, clean spans copied whole, every record
 * that the scan has something to tell about through norm_record.
 *
 * Invariants. The scan's table holds the number and line of the record at the window's first byte
 * whenever a chunk begins. A chunk is never longer than the reach, and two reaches are visible when
 * a record of it is disposed of, so that whoever looks ahead from there sees the same bytes for
 * every size of reads; what is clean is written as soon as it is read. When a record is read
 * otherwise than the reference parser does, the rest of the chunk is forgotten and scanned again
 * from there; the next chunk is small then, so that a file full of such records costs no square.
 */
#include "csvkit/normalize/normalize_private.h"

#define DEFAULT_REACH ((uint64_t)256 * 1024)
#define SMALL_CHUNK   2048
#define WRITE_RUN     ((size_t)256 * 1024) /* a sink writes so much at a time */
#define LITTLE        ((size_t)4 * 1024)

void csvk_normalize_options_init(struct csvk_normalize_options *options)
{
    const struct csvk_dialect rfc4180 = CSVK_DIALECT_RFC4180;
    *options = (struct csvk_normalize_options){.size = sizeof *options,
                                               .dialect = rfc4180,
                                               .to = rfc4180,
                                               .line_break = CSVK_EOL_CRLF,
                                               .control = CSVK_NORMALIZE_DEFECT_KEEP,
                                               .comment = -1};
}

void csvk_normalize_options_release(struct csvk_normalize_options *options)
{
    csvk_strings_release(&options->columns);
}

int norm_out_of_memory(struct norm *norm)
{
    return csvk_fail(norm->err, CSVK_ENOMEM, "%s: out of memory at byte %llu",
                     csvk_source_name(norm->window.source),
                     (unsigned long long)norm->window.offset);
}

static int check_options(const struct csvk_normalize_options *o, struct csvk_error *err)
{
    if (o->size != sizeof *o) {
        return csvk_fail(err, CSVK_EUSAGE, "struct csvk_normalize_options has another size");
    }
    if (o->line_break != CSVK_EOL_CRLF && o->line_break != CSVK_EOL_LF) {
        return csvk_fail(err, CSVK_EUSAGE, "the line break to write must be CRLF or LF");
    }
    if (o->quote == CSVK_NORMALIZE_QUOTE_ALL && o->to.enclosure == CSVK_NO_BYTE) {
        return csvk_fail(err, CSVK_EUSAGE, "all values enclosed, but no enclosure to write");
    }
    struct csvk_dialect to = o->to;
    to.escape = CSVK_NO_BYTE;
    int status = csvk_dialect_check(&to, err);
    return status == CSVK_OK ? csvk_dialect_check(&o->dialect, err) : status;
}

/* ---- set up and take down ---- */

static void init_run(struct norm *norm)
{
    const struct csvk_normalize_options *o = norm->o;
    norm->in = o->dialect;
    norm->any_eol = o->any_eol;
    norm->reach = o->look_ahead != 0 ? o->look_ahead : DEFAULT_REACH;
    norm->reach = norm->reach < 64 ? 64 : norm->reach;
    norm->chunk = norm->reach < SMALL_CHUNK ? (size_t)norm->reach : SMALL_CHUNK;
    norm->window.read_size = o->window != 0 ? o->window : (size_t)DEFAULT_REACH;
    norm->window.tail_lines = o->skip_tail;
    norm->window.seen = norm->out->seen;
    csvk_writer_init(&norm->table, o, norm->out->table);
    csvk_writer_init(&norm->rejects, o, norm->out->rejects);
    csvk_writer_init(&norm->index, o, norm->out->rejects_index);
    csvk_writer_init(&norm->log, o, norm->out->log);
}

static void release_scratch(struct norm_scratch *scratch)
{
    csvk_batch_builder_release(&scratch->builder);
    csvk_buf_release(&scratch->bytes);
}

static void release_run(struct norm *norm)
{
    norm_window_release(&norm->window);
    csvk_scan_release(&norm->scan);
    csvk_scan_release(&norm->ahead_scan);
    csvk_scan_release(&norm->field_scan);
    release_scratch(&norm->scrubbed);
    release_scratch(&norm->look_ahead);
    for (size_t i = 0; i < sizeof(norm->reading) / sizeof(norm->reading[0]); i++) {
        csvk_buf_release(&norm->reading[i].text);
        csvk_free(norm->reading[i].cell);
    }
    csvk_free(norm->value);
    csvk_free(norm->pick);
    csvk_free(norm->always_enclosed);
    csvk_buf_release(&norm->text);
    csvk_buf_release(&norm->trimmed);
    csvk_buf_release(&norm->line);
    csvk_buf_release(&norm->json);
    csvk_strings_release(&norm->names);
    csvk_writer_release(&norm->table);
    csvk_writer_release(&norm->rejects);
    csvk_writer_release(&norm->index);
    csvk_writer_release(&norm->log);
}

/* ---- chunks ---- */

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

bool norm_breaks_are_reported(const struct norm *norm)
{
    return norm->any_eol || csvk_cr_ends_record(&norm->scan.table);
}

/* Scans; where single records must be reported because line breaks change, once more. */
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
                          norm->o->comment >= 0 || norm->long_record;
        if (norm->scan.table.detail != CSVK_COUNTS || !report_all) {
            return CSVK_OK;
        }
        norm->scan.table = chunk->before;
        norm->scan.table.detail = CSVK_RECORDS;
    }
}

/* The chunk was read up to norm->resume; the scan goes on there. */
static void resume_at(struct norm *norm, const struct norm_chunk *chunk)
{
    struct csvk_totals *totals = &norm->scan.table.totals;
    totals->records = norm->resume_records;
    totals->lines = norm->resume_lines;
    totals->eol[CSVK_EOL_NONE] = chunk->before.totals.eol[CSVK_EOL_NONE];
    norm_window_drop(&norm->window, (size_t)(norm->resume - chunk->offset));
    norm->chunk = norm->reach < SMALL_CHUNK ? (size_t)norm->reach : SMALL_CHUNK;
}

/* Goes through what was reported. *resumed: the rest of the chunk must be scanned again. */
static int process_reported(struct norm *norm, const struct norm_chunk *chunk, bool *resumed)
{
    const struct csvk_batch_builder *builder = &norm->scan.builder;
    uint64_t at = chunk->offset, done = 0; /* records before `at` */
    uint64_t all = norm->scan.table.totals.records - chunk->before.totals.records;
    *resumed = false;
    norm->chunk_end = chunk->offset + chunk->size;
    for (size_t i = 0; i < builder->nrecords; i++) {
        norm->next_reported = i + 1;
        struct norm_record rec =
            norm_reported_record(builder, i, norm_window_at(&norm->window, chunk->offset));
        if (norm->scan.table.detail != CSVK_FIELDS) {
            rec.field = NULL; /* what was reported is not for every record */
        }
        uint64_t index = rec.r.number - chunk->before.totals.records - 1;
        int status =
            norm_write_span(norm, chunk, (struct norm_span){at, rec.r.offset, done, index - done});
        status = status == CSVK_OK ? norm_process_record(norm, &rec) : status;
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
    return norm_write_span(norm, chunk,
                           (struct norm_span){at, chunk->offset + chunk->size, done, all - done});
}

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

static bool is_all_nul(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return length != 0;
}

/* The end of the data: what is left is the last record, or padding. */
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

static int refuse_long_record(struct norm *norm, uint64_t most)
{
    return csvk_fail(norm->err, CSVK_ELIMIT,
                     "%s: record %llu, which begins at byte %llu, is longer than %llu bytes "
                     "(--max-record); most often an enclosure in it is opened and never closed",
                     csvk_source_name(norm->window.source),
                     (unsigned long long)norm->scan.table.totals.records + 1,
                     (unsigned long long)norm->window.offset, (unsigned long long)most);
}

/* Only the first record of the chunk is taken: nobody could look ahead from the others. */
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

/* Reads on until the record ends, at most max_record bytes. */
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
 * How much to scan. A little more than completes a run of the output, so that little is left over,
 * which a sink has to copy.
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

/* Scans what is there of the chunk; *n: bytes that were looked at. */
static int scan_next(struct norm *norm, struct norm_chunk *chunk, size_t *n)
{
    size_t most = smaller(norm->window.visible, norm->chunk);
    *n = smaller(most, chunk_size(norm));
    int status = scan_chunk(norm, chunk, *n, false);
    if (status == CSVK_OK && chunk->size == 0 && *n < most) {
        *n = most;
        status = scan_chunk(norm, chunk, most, false);
    }
    return status;
}

static int next_chunk(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    struct norm_chunk chunk;
    size_t n = 0;
    if (norm->scan.table.detail == CSVK_FIELDS && !norm->rewrite && norm->header_done) {
        norm->scan.table.detail =
            CSVK_COUNTS; /* the header, which had to be reported, is behind us */
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
    if (n < w->visible && n < norm->reach) {
        norm->chunk = 2 * n < norm->reach ? 2 * n : (size_t)norm->reach;
        return CSVK_OK;
    }
    return w->at_end && n == w->visible ? process_last_records(norm) : process_without_end(norm);
}

/* ---- the end ---- */

/* More inference than a few accidents explain: the dialect is wrong, not the data. */
static int check_inference_share(struct norm *norm)
{
    const struct csvk_normalize_result *r = norm->result;
    uint64_t needed = r->inferred + norm->rejected_by_cause;
    uint64_t most = norm->o->max_repairs > 100 ? norm->o->max_repairs : 100;
    most = most > r->records_in / 100 ? most : r->records_in / 100;
    if (needed <= most) {
        return CSVK_OK;
    }
    char cause[240];
    norm_likely_cause(norm, cause, sizeof cause);
    return csvk_fail(norm->err, CSVK_EDATA,
                     "%s: %llu of %llu records would need inference, more than 1 %% and more than "
                     "%llu: likely %s; --max-repairs=N allows more",
                     csvk_source_name(norm->window.source), (unsigned long long)needed,
                     (unsigned long long)r->records_in, (unsigned long long)most, cause);
}

static int report_tail(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    int status = CSVK_OK;
    if (w->tail_counted != 0) {
        status =
            norm_report_file_repair(norm, CSVK_REPAIR_FRAME, w->offset, w->tail_cut, "--skip-tail");
        norm->result->repairs[CSVK_REPAIR_FRAME] += w->tail_counted - 1;
        norm->result->records_in += w->tail_counted;
        norm->result->records_dropped += w->tail_counted;
    }
    if (status == CSVK_OK && w->ctrl_z != 0) {
        status = norm_report_file_repair(norm, CSVK_REPAIR_TAIL, w->offset + w->tail_cut, 1,
                                         "1A as the last byte");
    }
    return status;
}

/* What is wrong with the last record of a damaged stream is not the record's fault. */
static int report_damage(struct norm *norm)
{
    struct csvk_damage damage = csvk_source_damage(norm->window.source);
    return damage.what == NULL
               ? CSVK_OK
               : csvk_fail(norm->err, CSVK_EDATA, "%s: the gzip stream is damaged at byte %llu: %s",
                           csvk_source_name(norm->window.source), (unsigned long long)damage.offset,
                           damage.what);
}

static int norm_finish_run(struct norm *norm)
{
    int status = report_damage(norm);
    status = status == CSVK_OK ? report_tail(norm) : status;
    status = status == CSVK_OK ? check_inference_share(norm) : status;
    status = status == CSVK_OK ? norm_report_sums(norm) : status;
    struct csvk_writer *writers[] = {&norm->table, &norm->rejects, &norm->index, &norm->log};
    for (size_t i = 0; i < 4 && status == CSVK_OK; i++) {
        status = csvk_writer_flush(writers[i], norm->err);
    }
    return status;
}

static int report_progress(struct norm *norm)
{
    if (norm->out->progress == NULL ||
        norm->out->progress(norm->out->progress_context,
                            csvk_source_consumed(norm->window.source)) >= 0) {
        return CSVK_OK;
    }
    return csvk_fail(norm->err, CSVK_ECANCELED, "%s: stopped",
                     csvk_source_name(norm->window.source));
}

static int run(struct norm *norm)
{
    int status = norm_start(norm);
    if (status == CSVK_OK && norm->o->write_bom) {
        status = csvk_writer_bytes(&norm->table, "\xef\xbb\xbf", 3, norm->err);
    }
    while (status == CSVK_OK) {
        status = norm_window_fill(&norm->window, norm->chunk, norm->err);
        if (status != CSVK_OK || (norm->window.visible == 0 && norm->window.at_end)) {
            break;
        }
        status = next_chunk(norm);
        status = status == CSVK_OK ? report_progress(norm) : status;
    }
    status = status == CSVK_OK ? norm_finish_run(norm) : status;
    if (status == CSVK_EDATA) {
        (void)report_damage(norm); /* its text, if there is one, says more */
    }
    norm->result->bytes_in = norm->window.bytes_read;
    norm->result->bytes_out = norm->table.bytes;
    norm->result->width = norm->npick != 0 ? norm->npick : norm->width;
    return status;
}

int csvk_normalize(struct csvk_source *source, const struct csvk_normalize_options *options,
                   const struct csvk_normalize_outputs *outputs,
                   struct csvk_normalize_result *result, struct csvk_error *err)
{
    memset(result, 0, sizeof *result);
    int status = check_options(options, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct norm *norm = csvk_calloc(1, sizeof *norm);
    if (norm == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    norm->o = options;
    norm->out = outputs;
    norm->result = result;
    norm->err = err;
    norm->window.source = source;
    init_run(norm);
    status = run(norm);
    release_run(norm);
    csvk_free(norm);
    return status;
}
