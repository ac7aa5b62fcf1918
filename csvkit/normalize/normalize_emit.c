/*
 * normalize_emit.c - the three places where a record may end: in the output (norm_write_*), in the
 * rejects (norm_reject), or nowhere (norm_drop_record). And r25, which changes values at the last
 * moment.
 *
 * Invariants.
 * - One of these functions is called for each record, once, and counts it in result->records_in and
 * in one of records_out, records_rejected and records_dropped.
 * - Rejects are the bytes of the input, line break included, so that rejects and output together
 *   hold every byte of data.
 * - The first record of the data is never rejected when it is the header: a table without its
 *   header is not a table, so the run fails.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/base/digest.h"
#include "csvkit/json.h"
#include "csvkit/normalize/normalize_pieces.h"

/* ---- into the output ---- */

/*
 * Counts the line break of a record that was written on its own, when another one was written than
 * it had (r8). A last record without a line break gets one, and is counted as well.
 */
static int count_line_break(struct norm *norm, const struct norm_record *rec)
{
    if (norm->raw_eol == norm->o->line_break) {
        return CSVK_OK;
    }
    struct csvk_normalize_place place = {norm->raw_to - norm_eol_length(norm->raw_eol), rec->r.line,
                                         rec->r.number};
    norm_count_line_breaks(norm, 1, place);
    return norm->o->strict ? norm_refuse_strict(norm, CSVK_REPAIR_LINE_BREAKS, place) : CSVK_OK;
}

/*
 * Adds the values as they were meant to be written. Asked for by verification only: libcsv reads
 * the output back, and its values must have the same digest.
 */
static int add_to_digest(struct norm *norm)
{
    uint64_t hash = CSVK_RECORD_HASH;
    for (size_t i = 0; i < norm->nvalues; i++) {
        struct csvk_bytes value = {norm->value[i].ptr, norm->value[i].len};
        hash = csvk_record_hash_value(hash, value);
    }
    if (norm->piece != NULL) {
        norm_note_digest(norm->piece, hash, norm->nvalues);
    } else {
        norm_take_digest(norm, hash, norm->nvalues);
    }
    return CSVK_OK;
}

/*
 * Puts the chosen columns in the place of all. The picked values are appended first and moved to
 * the front after that, because a column may be wanted before others that stand before it.
 *   --columns=c,a   `1,2,3`  ->  `3,1`
 */
static int pick_columns(struct norm *norm)
{
    if (norm->npick == 0) {
        return CSVK_OK;
    }
    size_t all = norm->nvalues;
    for (size_t i = 0; i < norm->npick; i++) {
        int status = norm_add_value(norm, norm->value[norm->pick[i]]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    memmove(norm->value, norm->value + all, norm->npick * sizeof *norm->value);
    norm->nvalues = norm->npick;
    return CSVK_OK;
}

/*
 * Would a spreadsheet execute it (r25)? Those values begin with = + - @ TAB or CR. Numbers are
 * exempt, or every negative amount would become text:
 *   =1+1  @x  -a  +1x    are formulas
 *   -5  +1.5  -1,5       are not; - alone is one
 */
static bool is_formula(const struct csvk_value *value)
{
    if (value->len == 0 || memchr("=+-@\t\r", value->ptr[0], 6) == NULL) {
        return false;
    }
    bool sign = value->ptr[0] == '-' || value->ptr[0] == '+';
    size_t digits = 0;
    for (size_t i = 1; sign && i < value->len; i++) {
        unsigned char c = value->ptr[i];
        digits += c >= '0' && c <= '9';
        if ((c < '0' || c > '9') && c != '.' && c != ',') {
            return true;
        }
    }
    return digits == 0;
}

/*
 * r25: an apostrophe before every value that a spreadsheet may execute: `=1+1` becomes `'=1+1`.
 * Room for all values and as many apostrophes is there before the first one is copied, because
 * values point into the buffer and it must not move.
 */
static int guard_formulas(struct norm *norm, const struct norm_record *rec)
{
    size_t need = 1;
    for (size_t i = 0; i < norm->nvalues; i++) {
        need += norm->value[i].len + 1;
    }
    csvk_buf_clear(&norm->trimmed);
    if (csvk_buf_reserve(&norm->trimmed, need) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < norm->nvalues; i++) {
        struct csvk_value *value = &norm->value[i];
        if (is_formula(value)) {
            unsigned char *to = norm->trimmed.data + norm->trimmed.length;
            to[0] = '\'';
            memcpy(to + 1, value->ptr, value->len);
            norm->trimmed.length += ++value->len;
            value->ptr = to;
            norm_add_repair(norm, CSVK_REPAIR_FORMULA, rec->r.offset, i + 1, "--guard-formulas");
        }
    }
    return CSVK_OK;
}

/*
 * A change that no repair of this record explains is a change of style (r21): other enclosures,
 * another delimiter, columns that were left out. Compared are the bytes of the record without its
 * line break, which has its own repair (r8).
 *
 * The comparison is made after the record was formatted, because formatting alone decides whether a
 * value keeps its enclosure.
 */
static void count_style(struct norm *norm, const struct norm_record *rec)
{
    size_t length = (size_t)(norm->raw_to - rec->r.offset) - norm_eol_length(norm->raw_eol);
    size_t written = norm->line.length - norm_eol_length(norm->o->line_break);
    bool same =
        length == written && (length == 0 || memcmp(norm_window_at(&norm->window, rec->r.offset),
                                                    norm->line.data, length) == 0);
    if (!same && norm->npending == 0) {
        struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
        norm_count_repair(norm, CSVK_REPAIR_STYLE, 1, place);
        norm_tell_repaired(norm, rec, CSVK_REPAIR_STYLE, place, norm->line.length);
    }
}

int norm_write_line(struct norm *norm, const struct norm_record *rec)
{
    count_style(norm, rec);
    uint64_t out_byte = norm->table.bytes;
    norm->result->records_in++;
    norm->result->records_out++;
    int status =
        csvk_record_writer_bytes(&norm->table, norm->line.data, norm->line.length, norm->err);
    status = status == CSVK_OK ? count_line_break(norm, rec) : status;
    return status == CSVK_OK ? norm_report_pending(norm, rec, out_byte, norm->line.length) : status;
}

/*
 * Formats norm->value and writes the record. A dialect without an enclosure cannot express every
 * value; a record with such a value is rejected, not written in a way that reads back as something
 * else.
 */
int norm_write_values(struct norm *norm, const struct norm_record *rec)
{
    int status = pick_columns(norm);
    if (status == CSVK_OK && norm->o->guard_formulas) {
        status = guard_formulas(norm, rec);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (!csvk_record_writer_can(&norm->table, norm->value, norm->nvalues)) {
        return norm_reject(norm, rec, CSVK_REPAIR_STYLE, NORM_CAUSE_NONE,
                           "a value needs an enclosure and the output has none");
    }
    csvk_buf_clear(&norm->line);
    if (csvk_record_writer_format(&norm->table, norm->value, norm->nvalues, &norm->line) !=
        CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    status = norm_write_line(norm, rec);
    return status == CSVK_OK && norm->o->digest ? add_to_digest(norm) : status;
}

static bool is_utf8(struct csvk_value text)
{
    size_t at = 0, n = 1;
    uint32_t code = 0;
    while (at < text.len && n != 0) {
        n = csvk_utf8_decode(text.ptr + at, text.len - at, &code);
        at += n;
    }
    return n != 0;
}

/*
 * The names are plain values: the writer encloses those that need it, a first one that looks like
 * `sep=X` among them. The output differs from the input from here on, whatever comes.
 */
int norm_write_header(struct norm *norm)
{
    const struct csvk_strings *columns = &norm->o->columns;
    norm->nvalues = 0;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->item[i];
        struct csvk_value value = {(const unsigned char *)name, strlen(name), CSVK_VALUE_PLAIN};
        if (!is_utf8(value)) {
            return csvk_fail(norm->err, CSVK_EUSAGE, "name %zu of the columns is not UTF-8", i + 1);
        }
        if (norm_add_value(norm, value) != CSVK_OK) {
            return norm_out_of_memory(norm);
        }
    }
    int status = norm->width > norm->nvalues ? norm_add_names(norm, false) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    if (!csvk_record_writer_can(&norm->table, norm->value, norm->nvalues)) {
        return csvk_fail(norm->err, CSVK_EUSAGE,
                         "the name of a column needs an enclosure and the output has none");
    }
    csvk_buf_clear(&norm->line);
    if (csvk_record_writer_format(&norm->table, norm->value, norm->nvalues, &norm->line) !=
        CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    norm->result->changed = true;
    status = csvk_record_writer_bytes(&norm->table, norm->line.data, norm->line.length, norm->err);
    return status == CSVK_OK && norm->o->digest ? add_to_digest(norm) : status;
}

/*
 * The way out for a record that was reported but needs nothing, such as one with U+FEFF in the
 * middle of a value. No values are taken and nothing is pending.
 */
int norm_write_unchanged(struct norm *norm, const struct norm_record *rec)
{
    norm->result->records_in++;
    norm->result->records_out++;
    const unsigned char *bytes = norm_window_at(&norm->window, rec->r.offset);
    if (norm->raw_eol == norm->o->line_break) {
        size_t length = (size_t)(norm->raw_to - rec->r.offset);
        return csvk_record_writer_bytes(&norm->table, bytes, length, norm->err);
    }
    int status = csvk_record_writer_bytes(&norm->table, bytes, (size_t)rec->r.length, norm->err);
    status = status == CSVK_OK ? csvk_record_writer_line_break(&norm->table, norm->err) : status;
    return status == CSVK_OK ? count_line_break(norm, rec) : status;
}

/* ---- into the rejects, or nowhere ---- */

int norm_refuse(struct norm *norm, const struct norm_record *rec, const char *reason)
{
    return csvk_fail(norm->err, CSVK_EDATA, "%s:%llu: record %llu, byte %llu: %s",
                     csvk_source_name(norm->window.source), (unsigned long long)rec->r.line,
                     (unsigned long long)rec->r.number, (unsigned long long)rec->r.offset, reason);
}

/*
 * A record has to be rejected and there is no file for rejects: the run fails. In a table of one
 * column it is most often the delimiter that is wrong, not the record, so the text says so; and
 * where most records are short, the text says what helps all of them.
 */
static int refuse_without_rejects(struct norm *norm, const struct norm_record *rec,
                                  enum norm_cause cause, const char *reason)
{
    char likely[240] = "";
    const struct norm_sample *sample = &norm->sample;
    bool name_cause =
        cause == NORM_CAUSE_WIDTH && (norm->width == 1 || sample->ends_early || sample->widens);
    if (name_cause) {
        norm_likely_cause(norm, likely, sizeof likely);
    }
    return csvk_fail(norm->err, CSVK_EDATA,
                     "%s:%llu: record %llu, byte %llu cannot be repaired without guessing: %s%s%s; "
                     "--rejects=FILE sets such records apart",
                     csvk_source_name(norm->window.source), (unsigned long long)rec->r.line,
                     (unsigned long long)rec->r.number, (unsigned long long)rec->r.offset, reason,
                     name_cause ? "; likely " : "", likely);
}

/*
 * Pending repairs are forgotten: nothing was repaired. The cause is counted before anything else,
 * even when the run fails here, because the text of the failure may name the likely cause.
 */
int norm_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                enum norm_cause cause, const char *reason)
{
    bool header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    norm->npending = 0;
    norm_count_cause(norm, rec, cause);
    norm->rejected_by_cause += cause != NORM_CAUSE_NONE;
    if (header) {
        return csvk_fail(
            norm->err, CSVK_EDATA, "%s:%llu: the header cannot be repaired without guessing: %s",
            csvk_source_name(norm->window.source), (unsigned long long)rec->r.line, reason);
    }
    if (norm->o->strict) {
        return norm_refuse(norm, rec, reason);
    }
    if (norm->out->rejects.write == NULL) {
        return refuse_without_rejects(norm, rec, cause, reason);
    }
    norm_count_reject(norm, rec, reason);
    norm_note_reject(norm, rec, cause);
    norm_tell_rejected(norm, rec, repair, reason);
    int status = norm_report_reject(norm, rec, repair, reason);
    if (status != CSVK_OK) {
        return status;
    }
    return csvk_record_writer_bytes(&norm->rejects, norm_window_at(&norm->window, rec->r.offset),
                                    (size_t)(norm->raw_to - rec->r.offset), norm->err);
}

/*
 * Several records in one reject: an enclosure that runs away took them with it, and up to `to`
 * nobody can say where one ends (r22). The block counts as one record.
 */
int norm_reject_block(struct norm *norm, const struct norm_record *rec, uint64_t to,
                      const char *reason)
{
    norm->raw_to = to;
    norm->resume = to;
    norm->resume_records = rec->r.number;
    norm->resume_lines = rec->r.line - 1 + norm_count_lines(norm, rec->r.offset, to);
    return norm_reject(norm, rec, CSVK_REPAIR_UNCLOSED, NORM_CAUSE_ENCLOSURE, reason);
}

/* r10 by option: no value is lost. */
int norm_drop_empty_record(struct norm *norm, const struct norm_record *rec)
{
    norm->nvalues = 0;
    norm_add_repair_of_class(norm, CSVK_REPAIR_BLANK, NORM_CLASS_L1, rec->r.offset,
                             "--empty-records=drop");
    norm->result->records_in++;
    norm->result->records_dropped++;
    return norm_report_pending(norm, rec, 0, 0);
}

/*
 * What is dropped is no record of the table: a blank line (r10), lines that an option names (r15),
 * the line sep= (r16).
 */
int norm_drop_record(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                     const char *evidence)
{
    norm->nvalues = 0;
    norm_add_repair(norm, repair, rec->r.offset, 0, evidence);
    norm->result->records_in++;
    norm->result->records_dropped++;
    return norm_report_pending(norm, rec, 0, 0);
}
