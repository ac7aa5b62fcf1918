/*
 * normalize.c - the run: chunk after chunk through the scan, clean spans copied whole, every record
 * that the scan has something to tell about through nz_record.
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
#define RUN           ((size_t)256 * 1024) /* a sink writes so much at a time */
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

int nz_out_of_memory(struct nz *nz)
{
    return csvk_fail(nz->err, CSVK_ENOMEM, "%s: out of memory at byte %llu",
                     csvk_source_name(nz->window.source), (unsigned long long)nz->window.offset);
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

static void init_run(struct nz *nz)
{
    const struct csvk_normalize_options *o = nz->o;
    nz->in = o->dialect;
    nz->any_eol = o->any_eol;
    nz->reach = o->look_ahead != 0 ? o->look_ahead : DEFAULT_REACH;
    nz->reach = nz->reach < 64 ? 64 : nz->reach;
    nz->chunk = nz->reach < SMALL_CHUNK ? (size_t)nz->reach : SMALL_CHUNK;
    nz->window.read_size = o->window != 0 ? o->window : (size_t)DEFAULT_REACH;
    nz->window.tail_lines = o->skip_tail;
    nz->window.seen = nz->out->seen;
    csvk_writer_init(&nz->table, o, nz->out->table);
    csvk_writer_init(&nz->rejects, o, nz->out->rejects);
    csvk_writer_init(&nz->index, o, nz->out->rejects_index);
    csvk_writer_init(&nz->log, o, nz->out->log);
}

static void release_scratch(struct nz_scratch *scratch)
{
    csvk_batch_builder_release(&scratch->builder);
    csvk_buf_release(&scratch->bytes);
}

static void release_run(struct nz *nz)
{
    nz_window_release(&nz->window);
    csvk_scan_release(&nz->scan);
    csvk_scan_release(&nz->ahead);
    csvk_scan_release(&nz->one);
    release_scratch(&nz->again);
    release_scratch(&nz->peek);
    for (size_t i = 0; i < sizeof(nz->reading) / sizeof(nz->reading[0]); i++) {
        csvk_buf_release(&nz->reading[i].text);
        csvk_free(nz->reading[i].cell);
    }
    csvk_free(nz->value);
    csvk_free(nz->pick);
    csvk_free(nz->always_enclosed);
    csvk_buf_release(&nz->text);
    csvk_buf_release(&nz->trimmed);
    csvk_buf_release(&nz->line);
    csvk_buf_release(&nz->json);
    csvk_strings_release(&nz->names);
    csvk_writer_release(&nz->table);
    csvk_writer_release(&nz->rejects);
    csvk_writer_release(&nz->index);
    csvk_writer_release(&nz->log);
}

/* ---- chunks ---- */

static bool other_breaks(const struct nz *nz, const struct csvk_totals *before)
{
    const struct csvk_totals *now = &nz->scan.table.totals;
    for (int eol = CSVK_EOL_LF; eol <= CSVK_EOL_CRCRLF; eol++) {
        if (eol != (int)nz->o->line_break && now->eol[eol] != before->eol[eol]) {
            return true;
        }
    }
    return false;
}

bool nz_breaks_are_reported(const struct nz *nz)
{
    return nz->any_eol || csvk_cr_ends_record(&nz->scan.table);
}

/* Scans; where single records must be reported because line breaks change, once more. */
static int scan_chunk(struct nz *nz, struct nz_chunk *chunk, size_t n, bool at_end)
{
    const unsigned char *bytes = nz_window_at(&nz->window, nz->window.offset);
    chunk->offset = nz->window.offset;
    chunk->before = nz->scan.table;
    for (;;) {
        csvk_batch_builder_clear(&nz->scan.builder);
        chunk->size = csvk_scan(&nz->scan, bytes, n, at_end, chunk->offset);
        chunk->unended =
            nz->scan.table.totals.eol[CSVK_EOL_NONE] != chunk->before.totals.eol[CSVK_EOL_NONE];
        chunk->same_breaks = !chunk->unended && !other_breaks(nz, &chunk->before.totals);
        if (nz->scan.builder.failed) {
            return nz_out_of_memory(nz);
        }
        bool tell_all =
            (!chunk->same_breaks && nz_breaks_are_reported(nz)) || nz->o->comment >= 0 || nz->giant;
        if (nz->scan.table.detail != CSVK_COUNTS || !tell_all) {
            return CSVK_OK;
        }
        nz->scan.table = chunk->before;
        nz->scan.table.detail = CSVK_RECORDS;
    }
}

/* The chunk was read up to nz->resume; the scan goes on there. */
static void resume_at(struct nz *nz, const struct nz_chunk *chunk)
{
    struct csvk_totals *totals = &nz->scan.table.totals;
    totals->records = nz->resume_records;
    totals->lines = nz->resume_lines;
    totals->eol[CSVK_EOL_NONE] = chunk->before.totals.eol[CSVK_EOL_NONE];
    nz_window_drop(&nz->window, (size_t)(nz->resume - chunk->offset));
    nz->chunk = nz->reach < SMALL_CHUNK ? (size_t)nz->reach : SMALL_CHUNK;
}

/* Goes through what was reported. *resumed: the rest of the chunk must be scanned again. */
static int dispose(struct nz *nz, const struct nz_chunk *chunk, bool *resumed)
{
    const struct csvk_batch_builder *builder = &nz->scan.builder;
    uint64_t at = chunk->offset, done = 0; /* records before `at` */
    uint64_t all = nz->scan.table.totals.records - chunk->before.totals.records;
    *resumed = false;
    nz->chunk_end = chunk->offset + chunk->size;
    for (size_t i = 0; i < builder->nrecords; i++) {
        nz->next_reported = i + 1;
        struct nz_record rec = nz_reported(builder, i, nz_window_at(&nz->window, chunk->offset));
        if (nz->scan.table.detail != CSVK_FIELDS) {
            rec.field = NULL; /* what was reported is not for every record */
        }
        uint64_t index = rec.r.number - chunk->before.totals.records - 1;
        int status =
            nz_pass_span(nz, chunk, (struct nz_span){at, rec.r.offset, done, index - done});
        status = status == CSVK_OK ? nz_record(nz, &rec) : status;
        if (status != CSVK_OK) {
            return status;
        }
        if (nz->resume != UINT64_MAX) {
            *resumed = true;
            resume_at(nz, chunk);
            return CSVK_OK;
        }
        at = nz_record_end(&rec);
        done = index + 1;
        bool detail_changed = nz->rewrite && nz->scan.table.detail != CSVK_FIELDS;
        if (detail_changed || nz->giant) { /* by the header's columns; or only this one counts */
            nz->resume = at;
            nz->resume_records = rec.r.number;
            nz->resume_lines = rec.r.line - 1 + nz_count_lines(nz, rec.r.offset, at);
            nz->scan.table.detail = detail_changed ? CSVK_FIELDS : nz->scan.table.detail;
            *resumed = true;
            resume_at(nz, chunk);
            return CSVK_OK;
        }
    }
    return nz_pass_span(nz, chunk,
                        (struct nz_span){at, chunk->offset + chunk->size, done, all - done});
}

static int finish_chunk(struct nz *nz, const struct nz_chunk *chunk)
{
    bool resumed = false;
    int status = dispose(nz, chunk, &resumed);
    if (status == CSVK_OK && !resumed) {
        nz_window_drop(&nz->window, chunk->size);
        nz->chunk = 2 * nz->chunk < nz->reach ? 2 * nz->chunk : (size_t)nz->reach;
    }
    return status;
}

/* ---- records that do not fit into a chunk ---- */

static bool all_nul(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return length != 0;
}

/* The end of the data: what is left is the last record, or padding. */
static int last_records(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    struct nz_chunk chunk;
    if (all_nul(nz_window_at(w, w->offset), w->visible)) {
        uint64_t n = w->visible;
        int builder =
            nz_account_file(nz, CSVK_REPAIR_TAIL, w->offset, n, "NUL bytes up to the end");
        nz_window_drop(w, (size_t)n);
        return builder;
    }
    int status = scan_chunk(nz, &chunk, w->visible, true);
    return status == CSVK_OK ? finish_chunk(nz, &chunk) : status;
}

static int too_long(struct nz *nz, uint64_t most)
{
    return csvk_fail(nz->err, CSVK_ELIMIT,
                     "%s: record %llu, which begins at byte %llu, is longer than %llu bytes "
                     "(--max-record); most often an enclosure in it is opened and never closed",
                     csvk_source_name(nz->window.source),
                     (unsigned long long)nz->scan.table.totals.records + 1,
                     (unsigned long long)nz->window.offset, (unsigned long long)most);
}

/* Only the first record of the chunk is taken: nobody could look ahead from the others. */
static int take_giant(struct nz *nz, struct nz_chunk *chunk)
{
    const struct csvk_batch_builder *builder = &nz->scan.builder;
    uint64_t number = chunk->before.totals.records + 1;
    if (builder->nrecords != 0 && builder->records[0].number == number) {
        return finish_chunk(nz, chunk);
    }
    struct nz_span span = {chunk->offset, chunk->offset + builder->ends[0], 0, 1};
    int status = nz_copy_span(nz, chunk, &span);
    nz->resume = span.to;
    nz->resume_records = number;
    nz->resume_lines = chunk->before.totals.lines + nz_count_lines(nz, span.from, span.to);
    resume_at(nz, chunk);
    return status;
}

/* Reads on until the record ends, at most max_record bytes. */
static int giant(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    uint64_t most = nz->o->max_record != 0 ? nz->o->max_record : NZ_DEFAULT_RECORD;
    struct nz_chunk chunk = {.size = 0};
    size_t want = 2 * (size_t)nz->reach;
    int status = CSVK_OK;
    nz->giant = true;
    while (status == CSVK_OK && chunk.size == 0) {
        want *= 2;
        status = nz_window_fill(w, want, nz->err);
        bool at_end = w->at_end && w->visible <= want;
        if (status != CSVK_OK) {
            break;
        }
        if (at_end && all_nul(nz_window_at(w, w->offset), w->visible)) {
            status = last_records(nz);
            break;
        }
        size_t n = w->visible < want ? w->visible : want;
        status = scan_chunk(nz, &chunk, n, at_end);
        if (status == CSVK_OK && chunk.size != 0) {
            status = take_giant(nz, &chunk);
        } else if (status == CSVK_OK && want > most) {
            status = too_long(nz, most);
        }
    }
    nz->giant = false;
    return status;
}

static int does_not_fit(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    struct nz_chunk chunk = {.offset = w->offset, .before = nz->scan.table};
    bool done = false;
    int status = nz_runaway(nz, w->offset, &done);
    if (status != CSVK_OK) {
        return status;
    }
    if (done) {
        resume_at(nz, &chunk);
        return CSVK_OK;
    }
    return giant(nz);
}

/*
 * How much to scan. A little more than completes a run of the output, so that little is left over,
 * which a sink has to copy.
 */
static size_t chunk_size(const struct nz *nz)
{
    size_t run = RUN - (size_t)(nz->table.bytes % RUN) + LITTLE;
    return run < nz->chunk ? run : nz->chunk;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Scans what is there of the chunk; *n: bytes that were looked at. */
static int scan_next(struct nz *nz, struct nz_chunk *chunk, size_t *n)
{
    size_t most = least(nz->window.visible, nz->chunk);
    *n = least(most, chunk_size(nz));
    int status = scan_chunk(nz, chunk, *n, false);
    if (status == CSVK_OK && chunk->size == 0 && *n < most) {
        *n = most;
        status = scan_chunk(nz, chunk, most, false);
    }
    return status;
}

static int next_chunk(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    struct nz_chunk chunk;
    size_t n = 0;
    if (nz->scan.table.detail == CSVK_FIELDS && !nz->rewrite && nz->header_done) {
        nz->scan.table.detail =
            CSVK_COUNTS; /* the header, which had to be reported, is behind us */
    }
    int status = scan_next(nz, &chunk, &n);
    bool looks_ahead = nz->scan.builder.nrecords != 0 || chunk.size == 0;
    if (status == CSVK_OK && looks_ahead) {
        status = nz_fill_reach(nz);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (chunk.size != 0) {
        return finish_chunk(nz, &chunk);
    }
    if (n < w->visible && n < nz->reach) {
        nz->chunk = 2 * n < nz->reach ? 2 * n : (size_t)nz->reach;
        return CSVK_OK;
    }
    return w->at_end && n == w->visible ? last_records(nz) : does_not_fit(nz);
}

/* ---- the end ---- */

/* More inference than a few accidents explain: the dialect is wrong, not the data. */
static int judge_share(struct nz *nz)
{
    const struct csvk_normalize_result *r = nz->result;
    uint64_t needed = r->inferred + nz->rejected_by_cause;
    uint64_t most = nz->o->max_repairs > 100 ? nz->o->max_repairs : 100;
    most = most > r->records_in / 100 ? most : r->records_in / 100;
    if (needed <= most) {
        return CSVK_OK;
    }
    char cause[240];
    nz_likely_cause(nz, cause, sizeof cause);
    return csvk_fail(nz->err, CSVK_EDATA,
                     "%s: %llu of %llu records would need inference, more than 1 %% and more than "
                     "%llu: likely %s; --max-repairs=N allows more",
                     csvk_source_name(nz->window.source), (unsigned long long)needed,
                     (unsigned long long)r->records_in, (unsigned long long)most, cause);
}

static int account_tail(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    int status = CSVK_OK;
    if (w->tail_counted != 0) {
        status = nz_account_file(nz, CSVK_REPAIR_FRAME, w->offset, w->tail_cut, "--skip-tail");
        nz->result->repairs[CSVK_REPAIR_FRAME] += w->tail_counted - 1;
        nz->result->records_in += w->tail_counted;
        nz->result->records_dropped += w->tail_counted;
    }
    if (status == CSVK_OK && w->ctrl_z != 0) {
        status = nz_account_file(nz, CSVK_REPAIR_TAIL, w->offset + w->tail_cut, 1,
                                 "1A as the last byte");
    }
    return status;
}

/* What is wrong with the last record of a damaged stream is not the record's fault. */
static int tell_damage(struct nz *nz)
{
    struct csvk_damage damage = csvk_source_damage(nz->window.source);
    return damage.what == NULL
               ? CSVK_OK
               : csvk_fail(nz->err, CSVK_EDATA, "%s: the gzip stream is damaged at byte %llu: %s",
                           csvk_source_name(nz->window.source), (unsigned long long)damage.offset,
                           damage.what);
}

static int finish(struct nz *nz)
{
    int status = tell_damage(nz);
    status = status == CSVK_OK ? account_tail(nz) : status;
    status = status == CSVK_OK ? judge_share(nz) : status;
    status = status == CSVK_OK ? nz_tell_sums(nz) : status;
    struct csvk_writer *writers[] = {&nz->table, &nz->rejects, &nz->index, &nz->log};
    for (size_t i = 0; i < 4 && status == CSVK_OK; i++) {
        status = csvk_writer_flush(writers[i], nz->err);
    }
    return status;
}

static int report_progress(struct nz *nz)
{
    if (nz->out->progress == NULL ||
        nz->out->progress(nz->out->progress_context, csvk_source_consumed(nz->window.source)) >=
            0) {
        return CSVK_OK;
    }
    return csvk_fail(nz->err, CSVK_ECANCELED, "%s: stopped", csvk_source_name(nz->window.source));
}

static int run(struct nz *nz)
{
    int status = nz_start(nz);
    if (status == CSVK_OK && nz->o->write_bom) {
        status = csvk_writer_bytes(&nz->table, "\xef\xbb\xbf", 3, nz->err);
    }
    while (status == CSVK_OK) {
        status = nz_window_fill(&nz->window, nz->chunk, nz->err);
        if (status != CSVK_OK || (nz->window.visible == 0 && nz->window.at_end)) {
            break;
        }
        status = next_chunk(nz);
        status = status == CSVK_OK ? report_progress(nz) : status;
    }
    status = status == CSVK_OK ? finish(nz) : status;
    if (status == CSVK_EDATA) {
        (void)tell_damage(nz); /* its text, if there is one, says more */
    }
    nz->result->bytes_in = nz->window.bytes_read;
    nz->result->bytes_out = nz->table.bytes;
    nz->result->width = nz->npick != 0 ? nz->npick : nz->width;
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
    struct nz *nz = csvk_calloc(1, sizeof *nz);
    if (nz == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    nz->o = options;
    nz->out = outputs;
    nz->result = result;
    nz->err = err;
    nz->window.source = source;
    init_run(nz);
    status = run(nz);
    release_run(nz);
    csvk_free(nz);
    return status;
}
