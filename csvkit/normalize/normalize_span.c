/*
 * normalize_span.c - stretches of clean records: copied whole where nothing changes, record by
 * record where line breaks change (r8), and split where records are comments (r15).
 *
 * Invariant: no byte of a clean record changes but its line break. The one exception is a first
 * record that looks like `sep=X`.
 */
#include "csvkit/normalize/line_breaks.h"
#include "csvkit/normalize/normalize_private.h"

/*
 * The line break that ends at `end`. CR CR LF never is in a clean span: the scan has a fact about
 * it.
 */
static enum csvk_eol break_before(const unsigned char *end, const unsigned char *begin)
{
    if (end > begin && end[-1] == '\n') {
        return end - 1 > begin && end[-2] == '\r' ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    }
    return end > begin && end[-1] == '\r' ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/*
 * Record by record, at the places that the scan reported. Needed where CR may end records too: then
 * line breaks cannot be found by counting enclosures, because a CR may be data.
 */
static struct csvk_breaks copy_reported(const struct norm *norm, const struct norm_chunk *chunk,
                                        const struct norm_span *span, unsigned char *to)
{
    const unsigned char *base = norm_window_at(&norm->window, chunk->offset);
    const uint32_t *ends = norm->scan.builder.ends + span->first;
    size_t start = (size_t)(span->from - chunk->offset), from = start;
    const char *text = norm->o->line_break == CSVK_EOL_CRLF ? "\r\n" : "\n";
    size_t text_length = norm_eol_length(norm->o->line_break);
    struct csvk_breaks breaks = {.records = span->records};
    for (uint64_t i = 0; i < span->records; i++) {
        enum csvk_eol eol = break_before(base + ends[i], base + from);
        size_t length = ends[i] - from - norm_eol_length(eol);
        memcpy(to + breaks.length, base + from, length);
        memcpy(to + breaks.length + length, text, text_length);
        breaks.length += length + text_length;
        if (eol != norm->o->line_break && breaks.changed++ == 0) {
            breaks.first = from + length - start;
            breaks.before = i;
        }
        from = ends[i];
    }
    return breaks;
}

/*
 * Counts the changed line breaks of a span (r8). The line of the first one is needed only as long
 * as none was counted before, because only the first place is kept.
 */
static void count_changed_breaks(struct norm *norm, const struct norm_chunk *chunk,
                                 const struct norm_span *span, const struct csvk_breaks *breaks)
{
    uint64_t first = span->from + breaks->first;
    struct csvk_normalize_place place = {first, chunk->before.totals.lines + 1,
                                         chunk->before.totals.records + span->first +
                                             breaks->before + 1};
    if (breaks->changed == 0) {
        return;
    }
    if (norm->result->repairs[CSVK_REPAIR_LINE_BREAKS] == 0) {
        place.line += norm_count_lines(norm, chunk->offset, first);
    }
    norm_count_line_breaks(norm, breaks->changed, place);
}

/*
 * Copies a span with other line breaks. Each record may grow by one byte, the last one by two. The
 * number of records is known from the scan; a copy that found another number would have split a
 * value, so the run fails (CSVK_EIO).
 */
static int copy_with_breaks(struct norm *norm, const struct norm_chunk *chunk,
                            const struct norm_span *span)
{
    struct csvk_buf *to = &norm->line;
    size_t length = (size_t)(span->to - span->from);
    csvk_buf_clear(to);
    if (csvk_buf_reserve(to, length + 2 * span->records) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    struct csvk_breaks breaks =
        norm_breaks_are_reported(norm)
            ? copy_reported(norm, chunk, span, to->data)
            : csvk_copy_with_breaks(to->data, norm_window_at(&norm->window, span->from), length,
                                    norm->in.enclosure, norm->o->line_break);
    if (breaks.records != span->records) {
        return csvk_fail(norm->err, CSVK_EIO, "%s: %llu records at byte %llu, %llu were scanned",
                         csvk_source_name(norm->window.source), (unsigned long long)breaks.records,
                         (unsigned long long)span->from, (unsigned long long)span->records);
    }
    count_changed_breaks(norm, chunk, span, &breaks);
    return csvk_record_writer_bytes(&norm->table, to->data, breaks.length, norm->err);
}

static bool begins_with_sep(const struct norm *norm, uint64_t offset)
{
    const unsigned char *b = norm_window_at(&norm->window, offset);
    return norm_window_left(&norm->window, offset) > 5 && (b[5] == '\r' || b[5] == '\n') &&
           norm_is_sep_line(b, 5);
}

/*
 * A record that looks like `sep=X` is clean, but as the first line of the output spreadsheets would
 * take it for a directive. It is written field by field, and gets an enclosure on the way: `sep=,`
 * becomes `"sep=",`. The others are copied as they are.
 */
static int copy_after_sep(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span)
{
    struct norm_limit all = {span.to, true};
    struct norm_record rec;
    bool found = false;
    int status = norm_parse_at(norm, &norm->look_ahead, span.from, all, &rec, &found);
    if (status != CSVK_OK || !found) {
        return status;
    }
    rec.r.number = chunk->before.totals.records + span.first + 1;
    rec.r.line = chunk->before.totals.lines + 1 + norm_count_lines(norm, chunk->offset, span.from);
    norm->raw_to = norm_record_end(&rec);
    norm->raw_eol = (enum csvk_eol)rec.r.eol;
    status = norm_take_values(norm, &rec);
    status = status == CSVK_OK ? norm_write_values(norm, &rec) : status;
    span.from = norm->raw_to;
    span.first++;
    span.records--;
    return status == CSVK_OK ? norm_copy_span(norm, chunk, &span) : status;
}

/*
 * The common case is the last line: one write for the whole span. With --strict the first line
 * break that changed ends the run.
 */
int norm_copy_span(struct norm *norm, const struct norm_chunk *chunk, const struct norm_span *span)
{
    if (span->records == 0) {
        return CSVK_OK;
    }
    if (norm->result->records_out == 0 && begins_with_sep(norm, span->from)) {
        return copy_after_sep(norm, chunk, *span);
    }
    norm_count_empty_in_span(norm, span);
    norm->last_whole = true;
    norm->result->records_in += span->records;
    norm->result->records_out += span->records;
    if (!chunk->same_breaks) {
        int status = copy_with_breaks(norm, chunk, span);
        if (status == CSVK_OK && norm->o->strict &&
            norm->result->repairs[CSVK_REPAIR_LINE_BREAKS] != 0) {
            const struct csvk_normalize_place *at = &norm->result->first[CSVK_REPAIR_LINE_BREAKS];
            struct norm_record rec = {
                .r = {.number = at->record, .line = at->line, .offset = at->byte}};
            return norm_refuse(norm, &rec,
                               "--strict allows no repair, and this needs r8: another "
                               "line break");
        }
        return status;
    }
    return csvk_record_writer_bytes(&norm->table, norm_window_at(&norm->window, span->from),
                                    (size_t)(span->to - span->from), norm->err);
}

/*
 * With options that drop records every record is looked at: which records of a clean span do they
 * mean? The scan was asked to report the end of every record then. Clean records between two that
 * are dropped are copied as one span.
 */
static int copy_without_dropped(struct norm *norm, const struct norm_chunk *chunk,
                                struct norm_span span)
{
    const unsigned char *base = norm_window_at(&norm->window, chunk->offset);
    struct norm_span clean = span;
    uint64_t line = chunk->before.totals.lines + 1;
    uint64_t at = span.from;
    int status = CSVK_OK;
    for (uint64_t i = 0; i < span.records && status == CSVK_OK; i++) {
        uint64_t end = chunk->offset + norm->scan.builder.ends[span.first + i];
        struct csvk_bytes bytes = {base + (at - chunk->offset), (size_t)(end - at)};
        bool comment = bytes.ptr[0] == norm->o->comment;
        if (comment || (norm->o->drop_empty_records && norm_is_empty_record(norm, bytes))) {
            clean.to = at;
            clean.records = span.first + i - clean.first;
            status = norm_copy_span(norm, chunk, &clean);
            struct norm_record rec = {
                .r = {.number = chunk->before.totals.records + span.first + i + 1,
                      .line = line + norm_count_lines(norm, chunk->offset, at),
                      .offset = at,
                      .length = end - at}};
            norm->raw_to = end;
            norm->last_whole = norm->last_whole && !comment;
            if (status == CSVK_OK) {
                status = comment ? norm_drop_record(norm, &rec, CSVK_REPAIR_FRAME, "--comment")
                                 : norm_drop_empty_record(norm, &rec);
            }
            clean = (struct norm_span){end, end, span.first + i + 1, 0};
        }
        at = end;
    }
    clean.to = span.to;
    clean.records = span.first + span.records - clean.first;
    return status == CSVK_OK ? norm_copy_span(norm, chunk, &clean) : status;
}

int norm_write_span(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span)
{
    return norm->o->comment >= 0 || norm->o->drop_empty_records
               ? copy_without_dropped(norm, chunk, span)
               : norm_copy_span(norm, chunk, &span);
}
