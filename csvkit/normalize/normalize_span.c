/*
 * normalize_span.c - stretches of clean records: copied whole where nothing changes, record by
 * record where line breaks do, and around comment lines.
 */
#include "csvkit/normalize/line_breaks.h"
#include "csvkit/normalize/normalize_private.h"

static enum csvk_eol break_before(const unsigned char *end, const unsigned char *begin)
{
    if (end > begin && end[-1] == '\n') {
        return end - 1 > begin && end[-2] == '\r' ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    }
    return end > begin && end[-1] == '\r' ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* Record by record, at the places that the scan reported: where CR may end records, too. */
static struct csvk_breaks copy_reported(const struct nz *nz, const struct nz_chunk *chunk,
                                        const struct nz_span *span, unsigned char *to)
{
    const unsigned char *base = nz_window_at(&nz->window, chunk->offset);
    const uint32_t *ends = nz->scan.builder.ends + span->first;
    size_t start = (size_t)(span->from - chunk->offset), from = start;
    const char *text = nz->o->line_break == CSVK_EOL_CRLF ? "\r\n" : "\n";
    size_t text_length = nz_eol_length(nz->o->line_break);
    struct csvk_breaks breaks = {.records = span->records};
    for (uint64_t i = 0; i < span->records; i++) {
        enum csvk_eol eol = break_before(base + ends[i], base + from);
        size_t length = ends[i] - from - nz_eol_length(eol);
        memcpy(to + breaks.length, base + from, length);
        memcpy(to + breaks.length + length, text, text_length);
        breaks.length += length + text_length;
        if (eol != nz->o->line_break) {
            breaks.first = breaks.changed++ == 0 ? from + length - start : breaks.first;
        }
        from = ends[i];
    }
    return breaks;
}

static void account_breaks(struct nz *nz, const struct nz_chunk *chunk, const struct nz_span *span,
                           const struct csvk_breaks *breaks)
{
    uint64_t first = span->from + breaks->first;
    struct csvk_normalize_place place = {first, chunk->before.totals.lines + 1,
                                         chunk->before.totals.records + span->first + 1};
    if (breaks->changed == 0) {
        return;
    }
    if (nz->result->repairs[CSVK_REPAIR_LINE_BREAKS] == 0) {
        place.line += nz_count_lines(nz, chunk->offset, first);
    }
    nz_count_line_breaks(nz, breaks->changed, place);
}

/* Line breaks change. */
static int copy_with_breaks(struct nz *nz, const struct nz_chunk *chunk, const struct nz_span *span)
{
    struct csvk_buf *to = &nz->line;
    size_t length = (size_t)(span->to - span->from);
    csvk_buf_clear(to);
    if (csvk_buf_reserve(to, length + 2 * span->records) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    struct csvk_breaks breaks =
        nz_breaks_are_reported(nz)
            ? copy_reported(nz, chunk, span, to->data)
            : csvk_copy_with_breaks(to->data, nz_window_at(&nz->window, span->from), length,
                                    nz->in.enclosure, nz->o->line_break);
    if (breaks.records != span->records) {
        return csvk_fail(nz->err, CSVK_EIO, "%s: %llu records at byte %llu, %llu were scanned",
                         csvk_source_name(nz->window.source), (unsigned long long)breaks.records,
                         (unsigned long long)span->from, (unsigned long long)span->records);
    }
    account_breaks(nz, chunk, span, &breaks);
    return csvk_writer_bytes(&nz->table, to->data, breaks.length, nz->err);
}

static bool begins_with_sep(const struct nz *nz, uint64_t offset)
{
    const unsigned char *b = nz_window_at(&nz->window, offset);
    return nz_window_left(&nz->window, offset) > 5 && (b[5] == '\r' || b[5] == '\n') &&
           nz_is_sep_line(b, 5);
}

/* The first record of the span, field by field; the others as they are. */
static int copy_behind_sep(struct nz *nz, const struct nz_chunk *chunk, struct nz_span span)
{
    struct nz_limit all = {span.to, true};
    struct nz_record rec;
    bool found = false;
    int status = nz_reference(nz, &nz->peek, span.from, all, &rec, &found);
    if (status != CSVK_OK || !found) {
        return status;
    }
    rec.r.number = chunk->before.totals.records + span.first + 1;
    rec.r.line = chunk->before.totals.lines + 1 + nz_count_lines(nz, chunk->offset, span.from);
    nz->raw_to = nz_record_end(&rec);
    nz->raw_eol = (enum csvk_eol)rec.r.eol;
    status = nz_take_values(nz, &rec);
    status = status == CSVK_OK ? nz_emit(nz, &rec) : status;
    span.from = nz->raw_to;
    span.first++;
    span.records--;
    return status == CSVK_OK ? nz_copy_span(nz, chunk, &span) : status;
}

int nz_copy_span(struct nz *nz, const struct nz_chunk *chunk, const struct nz_span *span)
{
    if (span->records == 0) {
        return CSVK_OK;
    }
    if (nz->result->records_out == 0 && begins_with_sep(nz, span->from)) {
        return copy_behind_sep(nz, chunk, *span);
    }
    nz->last_whole = true;
    nz->result->records_in += span->records;
    nz->result->records_out += span->records;
    if (!chunk->same_breaks) {
        int status = copy_with_breaks(nz, chunk, span);
        if (status == CSVK_OK && nz->o->strict &&
            nz->result->repairs[CSVK_REPAIR_LINE_BREAKS] != 0) {
            const struct csvk_normalize_place *at = &nz->result->first[CSVK_REPAIR_LINE_BREAKS];
            struct nz_record rec = {
                .r = {.number = at->record, .line = at->line, .offset = at->byte}};
            return nz_refuse(nz, &rec,
                             "--strict allows no repair, and this needs r8: another "
                             "line break");
        }
        return status;
    }
    return csvk_writer_bytes(&nz->table, nz_window_at(&nz->window, span->from),
                             (size_t)(span->to - span->from), nz->err);
}

/* With comments every record is looked at: which of a clean span begin with that byte? */
static int copy_without_comments(struct nz *nz, const struct nz_chunk *chunk, struct nz_span span)
{
    const unsigned char *base = nz_window_at(&nz->window, chunk->offset);
    struct nz_span clean = span;
    uint64_t line = chunk->before.totals.lines + 1;
    uint64_t at = span.from;
    int status = CSVK_OK;
    for (uint64_t i = 0; i < span.records && status == CSVK_OK; i++) {
        uint64_t end = chunk->offset + nz->scan.builder.ends[span.first + i];
        if (base[at - chunk->offset] == nz->o->comment) {
            clean.to = at;
            clean.records = span.first + i - clean.first;
            status = nz_copy_span(nz, chunk, &clean);
            struct nz_record rec = {
                .r = {.number = chunk->before.totals.records + span.first + i + 1,
                      .line = line + nz_count_lines(nz, chunk->offset, at),
                      .offset = at,
                      .length = end - at}};
            nz->raw_to = end;
            nz->last_whole = false;
            status = status == CSVK_OK ? nz_drop(nz, &rec, CSVK_REPAIR_FRAME, "--comment") : status;
            clean = (struct nz_span){end, end, span.first + i + 1, 0};
        }
        at = end;
    }
    clean.to = span.to;
    clean.records = span.first + span.records - clean.first;
    return status == CSVK_OK ? nz_copy_span(nz, chunk, &clean) : status;
}

int nz_pass_span(struct nz *nz, const struct nz_chunk *chunk, struct nz_span span)
{
    return nz->o->comment >= 0 ? copy_without_comments(nz, chunk, span)
                               : nz_copy_span(nz, chunk, &span);
}
