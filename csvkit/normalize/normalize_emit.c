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

enum { CLASS_L0, CLASS_L1, CLASS_L2 };

struct row {
    const char *id, *name;
    unsigned char class;
    const char *summary;
};

static const struct row rows[CSVK_REPAIRS] = {
    [CSVK_REPAIR_NONE] = {"", "", CLASS_L0, ""},
    [CSVK_REPAIR_BOM] = {"r1", "bom", CLASS_L0, "byte order mark dropped"},
    [CSVK_REPAIR_ENCODING] = {"r2", "encoding", CLASS_L0, "converted to UTF-8"},
    [CSVK_REPAIR_UTF8] = {"r3", "utf8", CLASS_L1, "ill-formed UTF-8 replaced by U+FFFD"},
    [CSVK_REPAIR_INNER_BOM] = {"r4", "inner-bom", CLASS_L2,
                               "byte order mark before a value dropped"},
    [CSVK_REPAIR_NUL] = {"r5", "nul", CLASS_L1, "NUL bytes removed"},
    [CSVK_REPAIR_CONTROL] = {"r6", "control", CLASS_L1, "control characters removed"},
    [CSVK_REPAIR_TAIL] = {"r7", "tail", CLASS_L0, "end-of-file byte or NUL padding cut off"},
    [CSVK_REPAIR_LINE_BREAKS] = {"r8", "line-breaks", CLASS_L0, "one kind of line break"},
    [CSVK_REPAIR_BARE_CR] = {"r9", "bare-cr", CLASS_L0, "field with a single CR enclosed"},
    [CSVK_REPAIR_BLANK] = {"r10", "blank", CLASS_L2, "empty line dropped"},
    [CSVK_REPAIR_PAD] = {"r11", "pad", CLASS_L2, "missing fields added, empty"},
    [CSVK_REPAIR_SURPLUS] = {"r12", "surplus", CLASS_L2, "surplus empty fields dropped"},
    [CSVK_REPAIR_JOIN] = {"r13", "join", CLASS_L2, "record joined that a line break had split"},
    [CSVK_REPAIR_TRAILING] = {"r14", "trailing", CLASS_L2, "empty last field dropped"},
    [CSVK_REPAIR_FRAME] = {"r15", "frame", CLASS_L1, "preamble, footer or comment line dropped"},
    [CSVK_REPAIR_SEP] = {"r16", "sep", CLASS_L2, "line sep= dropped, its delimiter used"},
    [CSVK_REPAIR_ENCLOSE] = {"r17", "enclose", CLASS_L0, "field with a quote enclosed"},
    [CSVK_REPAIR_INNER_QUOTES] = {"r18", "inner-quotes", CLASS_L2,
                                  "quotes inside an enclosed field settled"},
    [CSVK_REPAIR_BACKSLASH] = {"r19", "backslash", CLASS_L2, "backslash before a quote undone"},
    [CSVK_REPAIR_BLANKS] = {"r20", "blanks", CLASS_L2, "blanks around an enclosure dropped"},
    [CSVK_REPAIR_STYLE] = {"r21", "style", CLASS_L0, "written in another style or dialect"},
    [CSVK_REPAIR_UNCLOSED] = {"r22", "unclosed", CLASS_L2,
                              "enclosure ended at the line break, its quote kept as data"},
    [CSVK_REPAIR_NAMES] = {"r23", "names", CLASS_L1, "column name rewritten"},
    [CSVK_REPAIR_DELIMITER] = {"r24", "delimiter", CLASS_L1, "delimiter found out"},
    [CSVK_REPAIR_FORMULA] = {"r25", "formula", CLASS_L1, "' put before a value like a formula"},
    [CSVK_REPAIR_TRIM] = {"trim", "trim", CLASS_L1, "blanks around a value dropped"},
    [CSVK_REPAIR_COLUMNS] = {"columns", "columns", CLASS_L1, "columns chosen or reordered"},
};

const char *csvk_repair_id(enum csvk_repair repair)
{
    return rows[repair].id;
}

const char *csvk_repair_name(enum csvk_repair repair)
{
    return rows[repair].name;
}

const char *csvk_repair_summary(enum csvk_repair repair)
{
    return rows[repair].summary;
}

size_t nz_eol_length(enum csvk_eol eol)
{
    return csvk_eol_length(eol);
}

uint64_t nz_record_end(const struct nz_record *rec)
{
    return rec->r.offset + rec->r.length + nz_eol_length((enum csvk_eol)rec->r.eol);
}

/* ---- notes ---- */

void nz_note(struct nz *nz, enum csvk_repair repair, uint64_t byte, uint64_t field,
             const char *evidence)
{
    for (size_t i = 0; i < nz->npending; i++) {
        if (nz->pending[i].repair == repair) {
            nz->pending[i].count++;
            return;
        }
    }
    if (nz->npending < NZ_PENDING) {
        nz->pending[nz->npending++] = (struct nz_pending){repair, byte, field, evidence, 1};
    }
}

bool nz_is_pending(const struct nz *nz, enum csvk_repair repair)
{
    for (size_t i = 0; i < nz->npending; i++) {
        if (nz->pending[i].repair == repair) {
            return true;
        }
    }
    return false;
}

/* A blank line that stays, as the empty value that it is, changes no row. */
static unsigned class_of(const struct nz *nz, enum csvk_repair repair)
{
    return repair == CSVK_REPAIR_BLANK && nz->nvalues == 1 ? CLASS_L0 : rows[repair].class;
}

size_t nz_inferences(const struct nz *nz)
{
    size_t count = 0;
    for (size_t i = 0; i < nz->npending; i++) {
        count += class_of(nz, nz->pending[i].repair) == CLASS_L2;
    }
    return count;
}

/* ---- the log ---- */

static void put_repair(struct nz *nz, enum csvk_repair repair)
{
    static const char *const names[] = {"L0", "L1", "L2"};
    nz_put_text(&nz->json, "repair", rows[repair].id);
    nz_put_text(&nz->json, "name", rows[repair].name);
    nz_put_text(&nz->json, "class", names[class_of(nz, repair)]);
}

static void put_place(struct nz *nz, struct csvk_normalize_place place)
{
    nz_put_uint(&nz->json, "byte", place.byte);
    nz_put_uint(&nz->json, "line", place.line);
    nz_put_uint(&nz->json, "record", place.record);
}

static void count_repair(struct nz *nz, enum csvk_repair repair, uint64_t count,
                         struct csvk_normalize_place place)
{
    struct csvk_normalize_result *result = nz->result;
    if (result->repairs[repair] == 0) {
        result->first[repair] = place;
    }
    result->repairs[repair] += count;
    result->changed = true;
}

static int refuse_strict(struct nz *nz, enum csvk_repair repair, struct csvk_normalize_place place)
{
    return csvk_fail(nz->err, CSVK_EDATA,
                     "%s:%llu: record %llu, byte %llu: --strict allows no repair, and this needs "
                     "%s: %s",
                     csvk_source_name(nz->window.source), (unsigned long long)place.line,
                     (unsigned long long)place.record, (unsigned long long)place.byte,
                     rows[repair].id, rows[repair].summary);
}

/* The physical line of a place inside of the record. */
static uint64_t line_of(struct nz *nz, const struct nz_record *rec, uint64_t byte)
{
    if (byte <= rec->r.offset || byte > nz->raw_to) {
        return rec->r.line;
    }
    return rec->r.line + nz_count_lines(nz, rec->r.offset, byte);
}

static int tell_pending(struct nz *nz, const struct nz_record *rec, const struct nz_pending *p,
                        uint64_t out_byte, size_t out_length)
{
    bool builder =
        nz->o->strict || nz->out->log.write != NULL || nz->result->repairs[p->repair] == 0;
    struct csvk_normalize_place place = {p->byte, builder ? line_of(nz, rec, p->byte) : 0,
                                         rec->r.number};
    count_repair(nz, p->repair, 1, place);
    if (nz->o->strict) {
        return refuse_strict(nz, p->repair, place);
    }
    if (nz->out->log.write == NULL) {
        return CSVK_OK;
    }
    nz_begin_line(nz);
    put_repair(nz, p->repair);
    put_place(nz, place);
    if (p->field != 0) {
        nz_put_uint(&nz->json, "field", p->field);
    }
    nz_put_uint(&nz->json, "places", p->count);
    nz_put_uint(&nz->json, "length", nz->raw_to - rec->r.offset);
    if (out_length != 0) {
        nz_put_uint(&nz->json, "out_byte", out_byte);
        nz_put_uint(&nz->json, "out_record", nz->result->records_out);
    }
    nz_put_uint(&nz->json, "out_length", out_length);
    nz_put_text(&nz->json, "evidence", p->evidence);
    return nz_put_line(nz, &nz->log);
}

static int tell_all_pending(struct nz *nz, const struct nz_record *rec, uint64_t out_byte,
                            size_t out_length)
{
    nz->result->inferred += nz_inferences(nz) != 0;
    for (size_t i = 0; i < nz->npending; i++) {
        int status = tell_pending(nz, rec, &nz->pending[i], out_byte, out_length);
        if (status != CSVK_OK) {
            return status;
        }
    }
    nz->npending = 0;
    return CSVK_OK;
}

int nz_account_file(struct nz *nz, enum csvk_repair repair, uint64_t byte, uint64_t length,
                    const char *evidence)
{
    const struct csvk_totals *totals = &nz->scan.table.totals;
    struct csvk_normalize_place place = {byte, totals->lines + 1, totals->records + 1};
    count_repair(nz, repair, 1, place);
    if (nz->o->strict) {
        return refuse_strict(nz, repair, place);
    }
    if (nz->out->log.write == NULL) {
        return CSVK_OK;
    }
    nz_begin_line(nz);
    put_repair(nz, repair);
    put_place(nz, place);
    nz_put_uint(&nz->json, "length", length);
    nz_put_uint(&nz->json, "out_length", 0);
    nz_put_text(&nz->json, "evidence", evidence);
    return nz_put_line(nz, &nz->log);
}

void nz_count_line_breaks(struct nz *nz, uint64_t count, struct csvk_normalize_place place)
{
    count_repair(nz, CSVK_REPAIR_LINE_BREAKS, count, place);
}

static int tell_sum(struct nz *nz, enum csvk_repair repair, const char *evidence)
{
    nz_begin_line(nz);
    put_repair(nz, repair);
    put_place(nz, nz->result->first[repair]);
    nz_put_uint(&nz->json, "records", nz->result->repairs[repair]);
    nz_put_text(&nz->json, "evidence", evidence);
    return nz_put_line(nz, &nz->log);
}

int nz_tell_sums(struct nz *nz)
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
        if (nz->result->repairs[sums[i].repair] != 0 && nz->out->log.write != NULL) {
            int status = tell_sum(nz, sums[i].repair, sums[i].evidence);
            if (status != CSVK_OK) {
                return status;
            }
        }
    }
    return CSVK_OK;
}

/* ---- into the output ---- */

int nz_reserve_values(struct nz *nz, size_t count)
{
    if (count <= nz->values_capacity) {
        return CSVK_OK;
    }
    size_t capacity = count < 64 ? 64 : 2 * count;
    struct csvk_value *list = csvk_reallocarray(nz->value, capacity, sizeof *list);
    if (list == NULL) {
        return nz_out_of_memory(nz);
    }
    nz->value = list;
    nz->values_capacity = capacity;
    return CSVK_OK;
}

int nz_add_value(struct nz *nz, struct csvk_value value)
{
    int status = nz_reserve_values(nz, nz->nvalues + 1);
    if (status == CSVK_OK) {
        nz->value[nz->nvalues++] = value;
    }
    return status;
}

/* The line break as it will be: is that another one? */
static int account_line_break(struct nz *nz, const struct nz_record *rec)
{
    if (nz->raw_eol == nz->o->line_break) {
        return CSVK_OK;
    }
    struct csvk_normalize_place place = {nz->raw_to - nz_eol_length(nz->raw_eol), rec->r.line,
                                         rec->r.number};
    nz_count_line_breaks(nz, 1, place);
    return nz->o->strict ? refuse_strict(nz, CSVK_REPAIR_LINE_BREAKS, place) : CSVK_OK;
}

/* Values as they were meant; asked for by verification only. */
static int take_digest(struct nz *nz)
{
    uint64_t hash = CSVK_RECORD_HASH;
    for (size_t i = 0; i < nz->nvalues; i++) {
        struct csvk_bytes value = {nz->value[i].ptr, nz->value[i].len};
        hash = csvk_record_hash_value(hash, value);
    }
    struct csvk_digest digest = {nz->result->values.records, nz->result->values.fields,
                                 nz->result->values.hash};
    csvk_digest_add(&digest, hash, nz->nvalues);
    nz->result->values = (struct csvk_normalize_values){digest.records, digest.fields, digest.hash};
    return CSVK_OK;
}

static int pick_columns(struct nz *nz)
{
    if (nz->npick == 0) {
        return CSVK_OK;
    }
    size_t all = nz->nvalues;
    for (size_t i = 0; i < nz->npick; i++) {
        int status = nz_add_value(nz, nz->value[nz->pick[i]]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    memmove(nz->value, nz->value + all, nz->npick * sizeof *nz->value);
    nz->nvalues = nz->npick;
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

static int guard_formulas(struct nz *nz, const struct nz_record *rec)
{
    size_t need = 1;
    for (size_t i = 0; i < nz->nvalues; i++) {
        need += nz->value[i].len + 1;
    }
    csvk_buf_clear(&nz->trimmed);
    if (csvk_buf_reserve(&nz->trimmed, need) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    for (size_t i = 0; i < nz->nvalues; i++) {
        struct csvk_value *value = &nz->value[i];
        if (is_formula(value)) {
            unsigned char *to = nz->trimmed.data + nz->trimmed.length;
            to[0] = '\'';
            memcpy(to + 1, value->ptr, value->len);
            nz->trimmed.length += ++value->len;
            value->ptr = to;
            nz_note(nz, CSVK_REPAIR_FORMULA, rec->r.offset, i + 1, "--guard-formulas");
        }
    }
    return CSVK_OK;
}

/* A change that no repair of this record explains is a change of style. */
static void account_style(struct nz *nz, const struct nz_record *rec)
{
    size_t length = (size_t)(nz->raw_to - rec->r.offset) - nz_eol_length(nz->raw_eol);
    size_t written = nz->line.length - nz_eol_length(nz->o->line_break);
    bool same = length == written &&
                (length == 0 ||
                 memcmp(nz_window_at(&nz->window, rec->r.offset), nz->line.data, length) == 0);
    if (!same && nz->npending == 0) {
        struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
        count_repair(nz, CSVK_REPAIR_STYLE, 1, place);
    }
}

int nz_emit_line(struct nz *nz, const struct nz_record *rec)
{
    account_style(nz, rec);
    uint64_t out_byte = nz->table.bytes;
    nz->result->records_in++;
    nz->result->records_out++;
    int status = csvk_writer_bytes(&nz->table, nz->line.data, nz->line.length, nz->err);
    status = status == CSVK_OK ? account_line_break(nz, rec) : status;
    return status == CSVK_OK ? tell_all_pending(nz, rec, out_byte, nz->line.length) : status;
}

int nz_emit(struct nz *nz, const struct nz_record *rec)
{
    int status = pick_columns(nz);
    if (status == CSVK_OK && nz->o->guard_formulas) {
        status = guard_formulas(nz, rec);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (!csvk_writer_can(&nz->table, nz->value, nz->nvalues)) {
        return nz_reject(nz, rec, CSVK_REPAIR_STYLE, NZ_CAUSE_NONE,
                         "a value needs an enclosure and the output has none");
    }
    csvk_buf_clear(&nz->line);
    if (csvk_writer_format(&nz->table, nz->value, nz->nvalues, &nz->line) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    status = nz_emit_line(nz, rec);
    return status == CSVK_OK && nz->o->digest ? take_digest(nz) : status;
}

int nz_emit_raw(struct nz *nz, const struct nz_record *rec)
{
    nz->result->records_in++;
    nz->result->records_out++;
    const unsigned char *bytes = nz_window_at(&nz->window, rec->r.offset);
    if (nz->raw_eol == nz->o->line_break) {
        size_t length = (size_t)(nz->raw_to - rec->r.offset);
        return csvk_writer_bytes(&nz->table, bytes, length, nz->err);
    }
    int status = csvk_writer_bytes(&nz->table, bytes, (size_t)rec->r.length, nz->err);
    status = status == CSVK_OK ? csvk_writer_line_break(&nz->table, nz->err) : status;
    return status == CSVK_OK ? account_line_break(nz, rec) : status;
}

/* ---- anywhere else ---- */

int nz_refuse(struct nz *nz, const struct nz_record *rec, const char *reason)
{
    return csvk_fail(nz->err, CSVK_EDATA, "%s:%llu: record %llu, byte %llu: %s",
                     csvk_source_name(nz->window.source), (unsigned long long)rec->r.line,
                     (unsigned long long)rec->r.number, (unsigned long long)rec->r.offset, reason);
}

/* In a table of one column it is most often the delimiter that is wrong, not the record. */
static int refuse_without_rejects(struct nz *nz, const struct nz_record *rec, enum nz_cause cause,
                                  const char *reason)
{
    char likely[240] = "";
    bool tell = cause == NZ_CAUSE_WIDTH && nz->width == 1;
    if (tell) {
        nz_likely_cause(nz, likely, sizeof likely);
    }
    return csvk_fail(nz->err, CSVK_EDATA,
                     "%s:%llu: record %llu, byte %llu cannot be repaired without guessing: %s%s%s; "
                     "--rejects=FILE sets such records apart",
                     csvk_source_name(nz->window.source), (unsigned long long)rec->r.line,
                     (unsigned long long)rec->r.number, (unsigned long long)rec->r.offset, reason,
                     tell ? "; likely " : "", likely);
}

static void remember_reject(struct nz *nz, const struct nz_record *rec, const char *reason)
{
    struct csvk_normalize_result *result = nz->result;
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

static int tell_reject(struct nz *nz, const struct nz_record *rec, enum csvk_repair repair,
                       const char *reason)
{
    struct csvk_normalize_place place = {rec->r.offset, rec->r.line, rec->r.number};
    if (nz->out->rejects_index.write == NULL) {
        return CSVK_OK;
    }
    nz_begin_line(nz);
    put_place(nz, place);
    nz_put_uint(&nz->json, "length", nz->raw_to - rec->r.offset);
    nz_put_uint(&nz->json, "rejects_byte", nz->rejects.bytes);
    nz_put_text(&nz->json, "repair", rows[repair].id);
    nz_put_text(&nz->json, "class", "L3");
    nz_put_text(&nz->json, "reason", reason);
    return nz_put_line(nz, &nz->index);
}

int nz_reject(struct nz *nz, const struct nz_record *rec, enum csvk_repair repair,
              enum nz_cause cause, const char *reason)
{
    bool header = nz->o->header == CSVK_NORMALIZE_HEADER && !nz->header_done;
    nz->npending = 0;
    nz_note_cause(nz, rec, cause);
    nz->rejected_by_cause += cause != NZ_CAUSE_NONE;
    if (header) {
        return csvk_fail(
            nz->err, CSVK_EDATA, "%s:%llu: the header cannot be repaired without guessing: %s",
            csvk_source_name(nz->window.source), (unsigned long long)rec->r.line, reason);
    }
    if (nz->o->strict) {
        return nz_refuse(nz, rec, reason);
    }
    if (nz->out->rejects.write == NULL) {
        return refuse_without_rejects(nz, rec, cause, reason);
    }
    remember_reject(nz, rec, reason);
    int status = tell_reject(nz, rec, repair, reason);
    if (status != CSVK_OK) {
        return status;
    }
    return csvk_writer_bytes(&nz->rejects, nz_window_at(&nz->window, rec->r.offset),
                             (size_t)(nz->raw_to - rec->r.offset), nz->err);
}

int nz_reject_block(struct nz *nz, const struct nz_record *rec, uint64_t to, const char *reason)
{
    nz->raw_to = to;
    nz->resume = to;
    nz->resume_records = rec->r.number;
    nz->resume_lines = rec->r.line - 1 + nz_count_lines(nz, rec->r.offset, to);
    return nz_reject(nz, rec, CSVK_REPAIR_UNCLOSED, NZ_CAUSE_ENCLOSURE, reason);
}

int nz_drop(struct nz *nz, const struct nz_record *rec, enum csvk_repair repair,
            const char *evidence)
{
    nz->nvalues = 0;
    nz_note(nz, repair, rec->r.offset, 0, evidence);
    nz->result->records_in++;
    nz->result->records_dropped++;
    return tell_all_pending(nz, rec, 0, 0);
}
