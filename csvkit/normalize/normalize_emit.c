/*
 * normalize_emit.c - the three places where a record may end, and the account of every change.
 *
 * What is done to a record is kept first, as pending, and reported when the record is written,
 * because only then its place in the output is known. A record that is rejected after all leaves no
 * repair behind. Repairs without inference that touch nearly every record (line breaks, style) are
 * counted, and reported in one line at the end.
 */
#include "csvkit/base/digest.h"
#include "csvkit/normalize/normalize_private.h"

size_t norm_eol_length(enum csvk_eol eol)
{
    return csvk_eol_length(eol);
}

uint64_t norm_record_end(const struct norm_record *rec)
{
    return rec->r.offset + rec->r.length + norm_eol_length((enum csvk_eol)rec->r.eol);
}

/* ---- notes ---- */

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
        norm->pending[norm->npending++] = (struct norm_pending){repair, byte, field, evidence, 1};
    }
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

/* A blank line that stays, as the empty value that it is, changes no row. */
static enum norm_class class_of(const struct norm *norm, enum csvk_repair repair)
{
    return repair == CSVK_REPAIR_BLANK && norm->nvalues == 1 ? NORM_CLASS_L0
                                                             : norm_repair_class(repair);
}

size_t norm_count_inferences(const struct norm *norm)
{
    size_t count = 0;
    for (size_t i = 0; i < norm->npending; i++) {
        count += class_of(norm, norm->pending[i].repair) == NORM_CLASS_L2;
    }
    return count;
}

/* ---- the log ---- */

static void json_repair(struct norm *norm, enum csvk_repair repair)
{
    static const char *const names[] = {"L0", "L1", "L2"};
    norm_json_text(&norm->json, "repair", csvk_repair_id(repair));
    norm_json_text(&norm->json, "name", csvk_repair_name(repair));
    norm_json_text(&norm->json, "class", names[class_of(norm, repair)]);
}

static void json_place(struct norm *norm, struct csvk_normalize_place place)
{
    norm_json_uint(&norm->json, "byte", place.byte);
    norm_json_uint(&norm->json, "line", place.line);
    norm_json_uint(&norm->json, "record", place.record);
}

static void count_repair(struct norm *norm, enum csvk_repair repair, uint64_t count,
                         struct csvk_normalize_place place)
{
    struct csvk_normalize_result *result = norm->result;
    if (result->repairs[repair] == 0) {
        result->first[repair] = place;
    }
    result->repairs[repair] += count;
    result->changed = true;
}

static int refuse_strict(struct norm *norm, enum csvk_repair repair,
                         struct csvk_normalize_place place)
{
    return csvk_fail(norm->err, CSVK_EDATA,
                     "%s:%llu: record %llu, byte %llu: --strict allows no repair, and this needs "
                     "%s: %s",
                     csvk_source_name(norm->window.source), (unsigned long long)place.line,
                     (unsigned long long)place.record, (unsigned long long)place.byte,
                     csvk_repair_id(repair), csvk_repair_summary(repair));
}

/* The physical line of a place inside of the record. */
static uint64_t line_of(struct norm *norm, const struct norm_record *rec, uint64_t byte)
{
    if (byte <= rec->r.offset || byte > norm->raw_to) {
        return rec->r.line;
    }
    return rec->r.line + norm_count_lines(norm, rec->r.offset, byte);
}

static int report_repair(struct norm *norm, const struct norm_record *rec,
                         const struct norm_pending *p, uint64_t out_byte, size_t out_length)
{
    bool needs_line =
        norm->o->strict || norm->out->log.write != NULL || norm->result->repairs[p->repair] == 0;
    struct csvk_normalize_place place = {p->byte, needs_line ? line_of(norm, rec, p->byte) : 0,
                                         rec->r.number};
    count_repair(norm, p->repair, 1, place);
    if (norm->o->strict) {
        return refuse_strict(norm, p->repair, place);
    }
    if (norm->out->log.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_repair(norm, p->repair);
    json_place(norm, place);
    if (p->field != 0) {
        norm_json_uint(&norm->json, "field", p->field);
    }
    norm_json_uint(&norm->json, "places", p->count);
    norm_json_uint(&norm->json, "length", norm->raw_to - rec->r.offset);
    if (out_length != 0) {
        norm_json_uint(&norm->json, "out_byte", out_byte);
        norm_json_uint(&norm->json, "out_record", norm->result->records_out);
    }
    norm_json_uint(&norm->json, "out_length", out_length);
    norm_json_text(&norm->json, "evidence", p->evidence);
    return norm_json_end_line(norm, &norm->log);
}

static int report_pending(struct norm *norm, const struct norm_record *rec, uint64_t out_byte,
                          size_t out_length)
{
    norm->result->inferred += norm_count_inferences(norm) != 0;
    for (size_t i = 0; i < norm->npending; i++) {
        int status = report_repair(norm, rec, &norm->pending[i], out_byte, out_length);
        if (status != CSVK_OK) {
            return status;
        }
    }
    norm->npending = 0;
    return CSVK_OK;
}

int norm_report_file_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte,
                            uint64_t length, const char *evidence)
{
    const struct csvk_totals *totals = &norm->scan.table.totals;
    struct csvk_normalize_place place = {byte, totals->lines + 1, totals->records + 1};
    count_repair(norm, repair, 1, place);
    if (norm->o->strict) {
        return refuse_strict(norm, repair, place);
    }
    if (norm->out->log.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_repair(norm, repair);
    json_place(norm, place);
    norm_json_uint(&norm->json, "length", length);
    norm_json_uint(&norm->json, "out_length", 0);
    norm_json_text(&norm->json, "evidence", evidence);
    return norm_json_end_line(norm, &norm->log);
}

void norm_count_line_breaks(struct norm *norm, uint64_t count, struct csvk_normalize_place place)
{
    count_repair(norm, CSVK_REPAIR_LINE_BREAKS, count, place);
}

static int report_sum(struct norm *norm, enum csvk_repair repair, const char *evidence)
{
    norm_json_begin_line(norm);
    json_repair(norm, repair);
    json_place(norm, norm->result->first[repair]);
    norm_json_uint(&norm->json, "records", norm->result->repairs[repair]);
    norm_json_text(&norm->json, "evidence", evidence);
    return norm_json_end_line(norm, &norm->log);
}

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

/* ---- into the output ---- */

int norm_reserve_values(struct norm *norm, size_t count)
{
    if (count <= norm->values_capacity) {
        return CSVK_OK;
    }
    size_t capacity = count < 64 ? 64 : 2 * count;
    struct csvk_value *list = csvk_reallocarray(norm->value, capacity, sizeof *list);
    if (list == NULL) {
        return norm_out_of_memory(norm);
    }
    norm->value = list;
    norm->values_capacity = capacity;
    return CSVK_OK;
}

int norm_add_value(struct norm *norm, struct csvk_value value)
{
    int status = norm_reserve_values(norm, norm->nvalues + 1);
    if (status == CSVK_OK) {
        norm->value[norm->nvalues++] = value;
    }
    return status;
}

/* The line break as it will be: is that another one? */
static int count_line_break(struct norm *norm, const struct norm_record *rec)
{
    if (norm->raw_eol == norm->o->line_break) {
        return CSVK_OK;
    }
    struct csvk_normalize_place place = {norm->raw_to - norm_eol_length(norm->raw_eol), rec->r.line,
                                         rec->r.number};
    norm_count_line_breaks(norm, 1, place);
    return norm->o->strict ? refuse_strict(norm, CSVK_REPAIR_LINE_BREAKS, place) : CSVK_OK;
}

/* Values as they were meant; asked for by verification only. */
static int add_to_digest(struct norm *norm)
{
    uint64_t hash = CSVK_RECORD_HASH;
    for (size_t i = 0; i < norm->nvalues; i++) {
        struct csvk_bytes value = {norm->value[i].ptr, norm->value[i].len};
        hash = csvk_record_hash_value(hash, value);
    }
    struct csvk_digest digest = {norm->result->values.records, norm->result->values.fields,
                                 norm->result->values.hash};
    csvk_digest_add(&digest, hash, norm->nvalues);
    norm->result->values =
        (struct csvk_normalize_values){digest.records, digest.fields, digest.hash};
    return CSVK_OK;
}

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

/* Would a spreadsheet execute it? Numbers such as -5 are exempt. */
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

/* A change that no repair of this record explains is a change of style. */
static void count_style(struct norm *norm, const struct norm_record *rec)
{
    size_t length = (size_t)(norm->raw_to - rec->r.offset) - norm_eol_length(norm->raw_eol);
    size_t written = norm->line.length - norm_eol_length(norm->o->line_break);
    bool same =
        length == written && (length == 0 || memcmp(norm_window_at(&norm->window, rec->r.offset),
                                                    norm->line.data, length) == 0);
    if (!same && norm->npending == 0) {
        struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
        count_repair(norm, CSVK_REPAIR_STYLE, 1, place);
    }
}

int norm_write_line(struct norm *norm, const struct norm_record *rec)
{
    count_style(norm, rec);
    uint64_t out_byte = norm->table.bytes;
    norm->result->records_in++;
    norm->result->records_out++;
    int status = csvk_writer_bytes(&norm->table, norm->line.data, norm->line.length, norm->err);
    status = status == CSVK_OK ? count_line_break(norm, rec) : status;
    return status == CSVK_OK ? report_pending(norm, rec, out_byte, norm->line.length) : status;
}

int norm_write_values(struct norm *norm, const struct norm_record *rec)
{
    int status = pick_columns(norm);
    if (status == CSVK_OK && norm->o->guard_formulas) {
        status = guard_formulas(norm, rec);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (!csvk_writer_can(&norm->table, norm->value, norm->nvalues)) {
        return norm_reject(norm, rec, CSVK_REPAIR_STYLE, NORM_CAUSE_NONE,
                           "a value needs an enclosure and the output has none");
    }
    csvk_buf_clear(&norm->line);
    if (csvk_writer_format(&norm->table, norm->value, norm->nvalues, &norm->line) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    status = norm_write_line(norm, rec);
    return status == CSVK_OK && norm->o->digest ? add_to_digest(norm) : status;
}

int norm_write_unchanged(struct norm *norm, const struct norm_record *rec)
{
    norm->result->records_in++;
    norm->result->records_out++;
    const unsigned char *bytes = norm_window_at(&norm->window, rec->r.offset);
    if (norm->raw_eol == norm->o->line_break) {
        size_t length = (size_t)(norm->raw_to - rec->r.offset);
        return csvk_writer_bytes(&norm->table, bytes, length, norm->err);
    }
    int status = csvk_writer_bytes(&norm->table, bytes, (size_t)rec->r.length, norm->err);
    status = status == CSVK_OK ? csvk_writer_line_break(&norm->table, norm->err) : status;
    return status == CSVK_OK ? count_line_break(norm, rec) : status;
}

/* ---- anywhere else ---- */

int norm_refuse(struct norm *norm, const struct norm_record *rec, const char *reason)
{
    return csvk_fail(norm->err, CSVK_EDATA, "%s:%llu: record %llu, byte %llu: %s",
                     csvk_source_name(norm->window.source), (unsigned long long)rec->r.line,
                     (unsigned long long)rec->r.number, (unsigned long long)rec->r.offset, reason);
}

/* In a table of one column it is most often the delimiter that is wrong, not the record. */
static int refuse_without_rejects(struct norm *norm, const struct norm_record *rec,
                                  enum norm_cause cause, const char *reason)
{
    char likely[240] = "";
    bool name_cause = cause == NORM_CAUSE_WIDTH && norm->width == 1;
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

static void remember_reject(struct norm *norm, const struct norm_record *rec, const char *reason)
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

static int report_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                         const char *reason)
{
    struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
    if (norm->out->rejects_index.write == NULL) {
        return CSVK_OK;
    }
    norm_json_begin_line(norm);
    json_place(norm, place);
    norm_json_uint(&norm->json, "length", norm->raw_to - rec->r.offset);
    norm_json_uint(&norm->json, "rejects_byte", norm->rejects.bytes);
    norm_json_text(&norm->json, "repair", csvk_repair_id(repair));
    norm_json_text(&norm->json, "class", "L3");
    norm_json_text(&norm->json, "reason", reason);
    return norm_json_end_line(norm, &norm->index);
}

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
    remember_reject(norm, rec, reason);
    int status = report_reject(norm, rec, repair, reason);
    if (status != CSVK_OK) {
        return status;
    }
    return csvk_writer_bytes(&norm->rejects, norm_window_at(&norm->window, rec->r.offset),
                             (size_t)(norm->raw_to - rec->r.offset), norm->err);
}

int norm_reject_block(struct norm *norm, const struct norm_record *rec, uint64_t to,
                      const char *reason)
{
    norm->raw_to = to;
    norm->resume = to;
    norm->resume_records = rec->r.number;
    norm->resume_lines = rec->r.line - 1 + norm_count_lines(norm, rec->r.offset, to);
    return norm_reject(norm, rec, CSVK_REPAIR_UNCLOSED, NORM_CAUSE_ENCLOSURE, reason);
}

int norm_drop_record(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                     const char *evidence)
{
    norm->nvalues = 0;
    norm_add_repair(norm, repair, rec->r.offset, 0, evidence);
    norm->result->records_in++;
    norm->result->records_dropped++;
    return report_pending(norm, rec, 0, 0);
}
