/*
 * normalize_account.c - the account of every change: repairs while they are pending, their lines in
 * the log, the line of every reject in the index, and the counts of the result.
 *
 * The idea. What is done to a record is kept first, as pending, and reported when the record is
 * written, because only then its place in the output is known. A record that is rejected after all
 * leaves no repair behind: norm_reject empties the list.
 *
 * Repairs without inference that touch nearly every record (line breaks r8, style r21) are only
 * counted, and reported in one line each at the end. A file whose line breaks all change would
 * otherwise have a log larger than itself.
 *
 * Invariant: result->repairs[] counts records, not places, for everything that is pending at a
 * record; the log has the places. r8 counts line breaks, one for each record.
 */
#include "csvkit/normalize/normalize_private.h"

/* ---- pending repairs ---- */

/*
 * One entry for each kind of repair: the place of the first one, and a count. `byte` is absolute;
 * `field` counts from 1, 0 when the place is in no single field. The evidence must be a static text
 * without anything that JSON escapes.
 *
 * Example: `5" x,6" y` has r17 pending once, with two places.
 */
void norm_add_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte, uint64_t field,
                     const char *evidence)
{
    for (size_t i = 0; i < norm->npending; i++) {
        if (norm->pending[i].repair == repair) {
            norm->pending[i].count++;
            return;
        }
    }
    if (norm->npending < NORM_PENDING) {
        norm->pending[norm->npending++] =
            (struct norm_pending){repair, byte, field, evidence, 1, norm_repair_class(repair)};
    }
}

/* The text of the decision lives until the record is written. */
void norm_add_decision(struct norm *norm, const struct norm_decision *decision, uint64_t byte)
{
    norm_add_repair(norm, decision->repair, byte, 0, decision->evidence);
    norm->pending[norm->npending - 1].class = decision->class;
}

void norm_add_repair_of_class(struct norm *norm, enum csvk_repair repair, enum norm_class class,
                              uint64_t byte, const char *evidence)
{
    norm_add_repair(norm, repair, byte, 0, evidence);
    norm->pending[norm->npending - 1].class = class;
}

bool norm_is_pending(const struct norm *norm, enum csvk_repair repair)
{
    for (size_t i = 0; i < norm->npending; i++) {
        if (norm->pending[i].repair == repair) {
            return true;
        }
    }
    return false;
}

/*
 * More than one means that the record is rejected: each of the two was chosen because it fits the
 * width of the table, given that nothing else is wrong.
 */
size_t norm_count_inferences(const struct norm *norm)
{
    size_t count = 0;
    for (size_t i = 0; i < norm->npending; i++) {
        count += norm->pending[i].class == NORM_CLASS_L2;
    }
    return count;
}

/* ---- lines of the log ---- */

static void json_repair(struct norm *norm, enum csvk_repair repair, enum norm_class class)
{
    static const char *const names[] = {"L0", "L1", "L2"};
    norm_json_text(&norm->json, "repair", csvk_repair_id(repair));
    norm_json_text(&norm->json, "name", csvk_repair_name(repair));
    norm_json_text(&norm->json, "class", names[class]);
}

static void json_place(struct norm *norm, struct csvk_normalize_place place)
{
    norm_json_uint(&norm->json, "byte", place.byte);
    norm_json_number(norm, "line", place.line, NORM_LINE);
    norm_json_number(norm, "record", place.record, NORM_RECORD);
}

/* Of the record that was written last. */
static void json_out_place(struct norm *norm, uint64_t out_byte)
{
    uint64_t record = norm->result->records_out + (norm->o->write_header ? 1 : 0);
    norm_json_number(norm, "out_byte", out_byte, NORM_OUT_BYTE);
    norm_json_number(norm, "out_record", record, NORM_OUT_RECORD);
}

/*
 * Keeps the place of the first one, which the summary names. `count`: of records, or of line
 * breaks.
 */
void norm_count_repair(struct norm *norm, enum csvk_repair repair, uint64_t count,
                       struct csvk_normalize_place place)
{
    struct csvk_normalize_result *result = norm->result;
    if (result->repairs[repair] == 0) {
        result->first[repair] = place;
    }
    result->repairs[repair] += count;
    result->changed = true;
}

/*
 * With --strict the first repair is the last one: the run fails and says what would have been
 * needed.
 */
int norm_refuse_strict(struct norm *norm, enum csvk_repair repair,
                       struct csvk_normalize_place place)
{
    return csvk_fail(norm->err, CSVK_EDATA,
                     "%s:%llu: record %llu, byte %llu: --strict allows no repair, and this needs "
                     "%s: %s",
                     csvk_source_name(norm->window.source), (unsigned long long)place.line,
                     (unsigned long long)place.record, (unsigned long long)place.byte,
                     csvk_repair_id(repair), csvk_repair_summary(repair));
}

/*
 * The physical line of a place inside of the record. A record may go on for many lines, and r18 or
 * r22 may be about the last of them. Places outside of the record are given the line of its start.
 */
static uint64_t line_of(struct norm *norm, const struct norm_record *rec, uint64_t byte)
{
    if (byte <= rec->r.offset || byte > norm->raw_to) {
        return rec->r.line;
    }
    return rec->r.line + norm_count_lines(norm, rec->r.offset, byte);
}

/* `place` has its line. */
void norm_tell_repaired(const struct norm *norm, const struct norm_record *rec,
                        enum csvk_repair repair, struct csvk_normalize_place place,
                        size_t out_length)
{
    if (norm->out->repaired == NULL) {
        return;
    }
    struct csvk_normalize_repaired repaired = {
        .repair = repair, .byte = place.byte, .line = place.line, .record = place.record};
    repaired.before.ptr = norm_window_at(&norm->window, rec->r.offset);
    repaired.before.len = (size_t)(norm->raw_to - rec->r.offset);
    repaired.after.ptr = norm->line.data;
    repaired.after.len = out_length;
    norm->out->repaired(norm->out->repaired_context, &repaired);
}

/* r27: each value is counted, and has a line of its own. */
static int report_values(struct norm *norm, const struct norm_record *rec, uint64_t out_byte,
                         size_t out_length)
{
    const struct norm_types *types = norm->types;
    struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
    int status = CSVK_OK;
    norm_count_repair(norm, CSVK_REPAIR_VALUES, types->nrewritten, place);
    if (norm->o->strict) {
        return norm_refuse_strict(norm, CSVK_REPAIR_VALUES, place);
    }
    norm_tell_repaired(norm, rec, CSVK_REPAIR_VALUES, place, out_length);
    for (size_t i = 0; i < types->nrewritten && status == CSVK_OK; i++) {
        const struct norm_rewritten *r = &types->rewritten[i];
        const unsigned char *text = types->text.data;
        if (norm->out->log.write == NULL) {
            break;
        }
        norm_json_begin_line(norm);
        json_repair(norm, CSVK_REPAIR_VALUES, NORM_CLASS_L1);
        json_place(norm, place);
        norm_json_uint(&norm->json, "field", r->field + 1);
        norm_json_uint(&norm->json, "length", norm->raw_to - rec->r.offset);
        json_out_place(norm, out_byte);
        norm_json_uint(&norm->json, "out_length", out_length);
        norm_json_text(&norm->json, "evidence", "--schema");
        struct csvk_bytes name = {(const unsigned char *)r->column, strlen(r->column)};
        status = norm_json_bytes(norm, "column", name);
        status =
            status == CSVK_OK
                ? norm_json_bytes(norm, "before", (struct csvk_bytes){text + r->before, r->nbefore})
                : status;
        status =
            status == CSVK_OK
                ? norm_json_bytes(norm, "after", (struct csvk_bytes){text + r->after, r->nafter})
                : status;
        status = status == CSVK_OK ? norm_json_end_line(norm, &norm->log) : status;
    }
    return status;
}

/*
 * Counts one pending repair and writes its line. Counting physical lines takes time, so it is done
 * only for somebody who reads the line: the log, the text of --strict, or the summary, which names
 * the first repair of each kind.
 *
 * `length` is that of the record in the input, out_length in the output. A record that was dropped
 * has no place in the output: out_length is 0 and out_byte is left out.
 */
static int report_repair(struct norm *norm, const struct norm_record *rec,
                         const struct norm_pending *p, uint64_t out_byte, size_t out_length)
{
    if (p->repair == CSVK_REPAIR_VALUES) {
        return report_values(norm, rec, out_byte, out_length);
    }
    bool needs_line = norm->o->strict || norm->out->log.write != NULL ||
                      norm->out->repaired != NULL || norm->result->repairs[p->repair] == 0;
    struct csvk_normalize_place place = {p->byte, needs_line ? line_of(norm, rec, p->byte) : 0,
                                         rec->r.number};
    norm_count_repair(norm, p->repair, 1, place);
    if (norm->o->strict) {
        return norm_refuse_strict(norm, p->repair, place);
    }
    norm_tell_repaired(norm, rec, p->repair, place, out_length);
    if (norm->out->log.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_repair(norm, p->repair, p->class);
    json_place(norm, place);
    if (p->field != 0) {
        norm_json_uint(&norm->json, "field", p->field);
    }
    norm_json_uint(&norm->json, "places", p->count);
    norm_json_uint(&norm->json, "length", norm->raw_to - rec->r.offset);
    if (out_length != 0) {
        json_out_place(norm, out_byte);
    }
    norm_json_uint(&norm->json, "out_length", out_length);
    norm_json_text(&norm->json, "evidence", p->evidence);
    if (norm->decided && p->evidence == norm->decision.evidence) {
        norm_json_readings(norm);
    }
    return norm_json_end_line(norm, &norm->log);
}

/*
 * The list is empty afterwards. A record with several repairs by inference cannot be here; it
 * counts as one in result->inferred.
 */
int norm_report_pending(struct norm *norm, const struct norm_record *rec, uint64_t out_byte,
                        size_t out_length)
{
    norm->result->inferred += norm_count_inferences(norm) != 0 && !norm->habit_again;
    for (size_t i = 0; i < norm->npending; i++) {
        int status = report_repair(norm, rec, &norm->pending[i], out_byte, out_length);
        if (status != CSVK_OK) {
            return status;
        }
    }
    norm->npending = 0;
    return CSVK_OK;
}

/*
 * A repair of the file as a whole, such as its encoding (r2), or one between records. The place is
 * that of the next record, which is what the scan's table holds.
 */
int norm_report_file_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte,
                            uint64_t length, const char *evidence)
{
    const struct csvk_totals *totals = &norm->scan.table.totals;
    struct csvk_normalize_place place = {byte, totals->lines + 1, totals->records + 1};
    norm_count_repair(norm, repair, 1, place);
    if (norm->o->strict) {
        return norm_refuse_strict(norm, repair, place);
    }
    if (norm->out->log.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_repair(norm, repair, norm_repair_class(repair));
    json_place(norm, place);
    norm_json_uint(&norm->json, "length", length);
    norm_json_uint(&norm->json, "out_length", 0);
    struct csvk_bytes text = {(const unsigned char *)evidence, strlen(evidence)};
    int status = norm_json_bytes(norm, "evidence", text); /* it may name a delimiter */
    return status == CSVK_OK ? norm_json_end_line(norm, &norm->log) : status;
}

void norm_count_line_breaks(struct norm *norm, uint64_t count, struct csvk_normalize_place place)
{
    norm_count_repair(norm, CSVK_REPAIR_LINE_BREAKS, count, place);
}

static int report_sum(struct norm *norm, enum csvk_repair repair, const char *evidence)
{
    norm_json_begin_line(norm);
    json_repair(norm, repair, norm_repair_class(repair));
    json_place(norm, norm->result->first[repair]);
    norm_json_uint(&norm->json, "records", norm->result->repairs[repair]);
    norm_json_text(&norm->json, "evidence", evidence);
    return norm_json_end_line(norm, &norm->log);
}

/* The repairs that were only counted. The place is that of the first one. */
int norm_report_sums(struct norm *norm)
{
    static const struct {
        enum csvk_repair repair;
        const char *evidence;
    } sums[] = {
        {CSVK_REPAIR_LINE_BREAKS,
         "the first of all line breaks that were written in the chosen way"},
        {CSVK_REPAIR_STYLE,
         "the first of all records that are enclosed or delimited in another way"},
    };
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        if (norm->result->repairs[sums[i].repair] != 0 && norm->out->log.write != NULL) {
            int status = report_sum(norm, sums[i].repair, sums[i].evidence);
            if (status != CSVK_OK) {
                return status;
            }
        }
    }
    return CSVK_OK;
}

/* ---- rejects ---- */

/* A text that is too long for the result is cut; the index has it whole. */
void norm_count_reject(struct norm *norm, const struct norm_record *rec, const char *reason)
{
    struct csvk_normalize_result *result = norm->result;
    if (result->records_rejected == 0) {
        result->first_reject =
            (struct csvk_normalize_place){rec->r.offset, rec->r.line, rec->r.number};
        size_t n = strlen(reason);
        n = n < sizeof(result->first_reject_reason) ? n : sizeof(result->first_reject_reason) - 1;
        memcpy(result->first_reject_reason, reason, n);
        result->first_reject_reason[n] = '\0';
    }
    result->records_rejected++;
    result->records_in++;
    result->changed = true;
}

void norm_tell_rejected(const struct norm *norm, const struct norm_record *rec,
                        enum csvk_repair repair, const char *reason)
{
    const char *reading[NORM_COMPETING];
    double bits[NORM_COMPETING];
    const struct norm_decision *d = &norm->decision;
    if (norm->out->rejected == NULL) {
        return;
    }
    struct csvk_normalize_rejected rejected = {.repair = repair,
                                               .byte = rec->r.offset,
                                               .line = rec->r.line,
                                               .record = rec->r.number,
                                               .reason = reason,
                                               .reading = reading,
                                               .bits = bits};
    rejected.bytes.ptr = norm_window_at(&norm->window, rec->r.offset);
    rejected.bytes.len = (size_t)(norm->raw_to - rec->r.offset);
    rejected.nreadings = norm->decided ? d->ncompeting : 0;
    for (size_t i = 0; i < rejected.nreadings; i++) {
        reading[i] = d->competing[i].reading;
        bits[i] = (double)d->competing[i].bits / NORM_BIT;
    }
    norm->out->rejected(norm->out->rejected_context, &rejected);
}

/*
 * One JSON line: the place in the input, the length there, and where the bytes begin in the
 * rejects. So the rejects can be cut into records again although a reject may hold line breaks, or
 * no line break at its end. "L3" is the class of all rejects: data leave the output.
 */
int norm_report_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                       const char *reason)
{
    struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
    if (norm->out->rejects_index.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_place(norm, place);
    norm_json_uint(&norm->json, "length", norm->raw_to - rec->r.offset);
    norm_json_number(norm, "rejects_byte", norm->rejects.bytes, NORM_REJECTS_BYTE);
    norm_json_text(&norm->json, "repair", csvk_repair_id(repair));
    norm_json_text(&norm->json, "class", "L3");
    if (repair == CSVK_REPAIR_VALUES) { /* it has a value in it */
        struct csvk_bytes text = {(const unsigned char *)reason, strlen(reason)};
        int status = norm_json_bytes(norm, "reason", text);
        if (status != CSVK_OK) {
            return status;
        }
    } else {
        norm_json_text(&norm->json, "reason", reason);
    }
    if (norm->decided) {
        norm_json_readings(norm);
    }
    return norm_json_end_line(norm, &norm->index);
}
