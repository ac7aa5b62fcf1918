/*
 * normalize_record.c - one record that is not clean. The order of the questions matters: is it one
 * at all (comment, blank), which of its bytes must go (NUL, ill-formed, marks), how is it read
 * (quotes), has it the right width, and only then: what is its name (header) and how is it written.
 * Two repairs by inference on one record are a guess, so the record is rejected.
 */
#include "csvkit/normalize/normalize_private.h"

#include <strings.h>

#define ENCLOSURE_FAULTS                                                                           \
    (CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) | CSVK_FACT_BIT(CSVK_FACT_BACKSLASH_QUOTE) |      \
     CSVK_FACT_BIT(CSVK_FACT_SPACE_BEFORE_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_SPACE_AFTER_QUOTE) |    \
     CSVK_FACT_BIT(CSVK_FACT_UNCLOSED))

#define TWO_INFERENCES "it would take two repairs by inference"

static uint32_t norm_fact_kinds(const struct norm_record *rec)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        kinds |= CSVK_FACT_BIT(rec->fact[i].kind);
    }
    return kinds;
}

bool norm_has_fact(const struct norm_record *rec, enum csvk_fact_kind kind)
{
    return (norm_fact_kinds(rec) & CSVK_FACT_BIT(kind)) != 0;
}

bool norm_is_harmless(enum csvk_fact_kind kind)
{
    switch (kind) {
    case CSVK_FACT_FIRST_EOL:
    case CSVK_FACT_MIXED_EOL:
    case CSVK_FACT_CRCRLF:
    case CSVK_FACT_CONTROL:
    case CSVK_FACT_BOM_IN_DATA:
    case CSVK_FACT_SUSPICIOUS_LINES: return true;
    default: return false;
    }
}

static bool all_harmless(const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!norm_is_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

bool norm_is_whole(const struct norm *norm, const struct norm_record *rec)
{
    return !rec->r.blank && rec->r.nfields == norm->width && all_harmless(rec);
}

int norm_refuse_without_width(struct norm *norm, const struct norm_record *rec)
{
    return norm_refuse(norm, rec,
                       "this record takes inference to repair, but no record free of errors among "
                       "the first 1000 says how wide the table is; wrong --delimiter or "
                       "--enclosure, or lines before the header (--skip-head)?");
}

/* ---- fields ---- */

int norm_need_fields(struct norm *norm, const struct norm_record *rec)
{
    if (rec->field != NULL) {
        return CSVK_OK;
    }
    struct csvk_scan *scan = &norm->field_scan;
    size_t length = (size_t)(norm_record_end(rec) - rec->r.offset);
    scan->table = norm->scan.table;
    scan->table.detail = CSVK_FIELDS;
    scan->table.facts = 0; /* what is wrong with its bytes was reported already */
    scan->table.mixed_reported = true;
    scan->table.totals.width = norm->width;
    csvk_batch_builder_clear(&scan->builder);
    const unsigned char *bytes = norm_window_at(&norm->window, rec->r.offset);
    size_t used = csvk_scan(scan, bytes, length, true, rec->r.offset);
    if (scan->builder.failed) {
        return norm_out_of_memory(norm);
    }
    if (used != length || scan->builder.nrecords != 1 || scan->builder.nfields != rec->r.nfields) {
        return csvk_fail(norm->err, CSVK_EIO, "%s: record %llu was scanned twice, and differs",
                         csvk_source_name(norm->window.source), (unsigned long long)rec->r.number);
    }
    norm->at_hand->field = scan->builder.fields;
    norm->at_hand->base = bytes;
    return CSVK_OK;
}

static struct csvk_bytes norm_record_bytes(const struct norm *norm, const struct norm_record *rec)
{
    const unsigned char *bytes = rec->field != NULL ? rec->base + rec->field[0].begin
                                                    : norm_window_at(&norm->window, rec->r.offset);
    return (struct csvk_bytes){bytes, (size_t)rec->r.length};
}

/* ---- values ---- */

static struct csvk_value trim_value(struct norm *norm, const struct norm_record *rec,
                                    struct csvk_value value, uint64_t field)
{
    struct csvk_value all = value;
    if (!norm->o->trim || value.form == CSVK_VALUE_ENCLOSED) {
        return value;
    }
    while (value.len != 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
        value.ptr++;
        value.len--;
    }
    while (value.len != 0 &&
           (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t')) {
        value.len--;
    }
    if (value.len != all.len) {
        norm_add_repair(norm, CSVK_REPAIR_TRIM, rec->r.offset, field + 1, "--trim");
    }
    return value;
}

static struct csvk_value take_value(struct norm *norm, const struct norm_record *rec, uint64_t i)
{
    const struct csvk_field *f = &rec->field[i];
    struct csvk_bytes raw = {rec->base + f->begin, f->end - f->begin};
    bool enclosed = (f->flags & CSVK_FIELD_ENCLOSED) != 0;
    struct csvk_value value = {raw.ptr, raw.len, enclosed ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN};
    if ((f->flags & (CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN)) != 0) {
        value.ptr = norm->text.data + norm->text.length;
        value.len = csvk_field_decode(raw, &norm->in, norm->text.data + norm->text.length);
        norm->text.length += value.len;
    } else if (enclosed) {
        value.ptr++;
        value.len -= 2;
    }
    return trim_value(norm, rec, value, i);
}

bool norm_is_sep_line(const unsigned char *bytes, size_t length)
{
    return length == 5 && strncasecmp((const char *)bytes, "sep=", 4) == 0;
}

/* As the first line of the output it would be taken for a directive. */
static bool norm_looks_like_sep(const struct norm *norm, const struct norm_record *rec)
{
    return norm->result->records_out == 0 && rec->r.length == 5 &&
           norm_is_sep_line(norm_record_bytes(norm, rec).ptr, 5);
}

/* Fields as they are; those that cannot stay so are taken one by one. */
static int take_raw_fields(struct norm *norm, const struct norm_record *rec)
{
    int status = norm_reserve_values(norm, (size_t)rec->r.nfields);
    for (uint64_t i = 0; i < rec->r.nfields && status == CSVK_OK; i++) {
        const struct csvk_field *f = &rec->field[i];
        bool raw = (f->flags & CSVK_FIELD_BROKEN) == 0 && f->end != f->begin;
        norm->value[i] =
            raw ? (struct csvk_value){rec->base + f->begin, f->end - f->begin, CSVK_VALUE_RAW}
                : take_value(norm, rec, i);
    }
    norm->nvalues = status == CSVK_OK ? (size_t)rec->r.nfields : 0;
    return status;
}

int norm_take_values(struct norm *norm, const struct norm_record *rec)
{
    int status = norm_need_fields(norm, rec);
    if (status != CSVK_OK) {
        return status;
    }
    bool raw_fields = norm->raw_fields && !norm_has_fact(rec, CSVK_FACT_BARE_CR) &&
                      !norm_looks_like_sep(norm, rec);
    norm->nvalues = 0;
    csvk_buf_clear(&norm->text);
    if (csvk_buf_reserve(&norm->text, rec->r.length + 1) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    if (raw_fields) {
        return take_raw_fields(norm, rec);
    }
    for (uint64_t i = 0; i < rec->r.nfields; i++) {
        status = norm_add_value(norm, take_value(norm, rec, i));
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* ---- bytes that must go ---- */

struct norm_scrub {
    bool refused;
    enum csvk_repair repair;
    const char *reason;
    bool again, any; /* something was removed or replaced: in this round, at all */
};

/* At the first byte of a field, or behind nothing but other marks there. */
static bool at_field_start(const struct norm_record *rec, const struct csvk_fact *fact)
{
    if (fact->field == 0 || fact->field > rec->r.nfields) {
        return false;
    }
    const struct csvk_field *f = &rec->field[fact->field - 1];
    uint64_t ahead = fact->offset - rec->r.offset - (f->begin - rec->field[0].begin);
    for (uint64_t i = 0; i < ahead; i += 3) {
        if (ahead - i < 3 || memcmp(rec->base + f->begin + i, "\xef\xbb\xbf", 3) != 0) {
            return false;
        }
    }
    return true;
}

static void refuse_bytes(struct norm_scrub *scrub, enum csvk_repair repair, const char *reason)
{
    scrub->refused = true;
    scrub->repair = repair;
    scrub->reason = reason;
}

/* Every second byte is NUL: that is another encoding, and taking them out would ruin the text. */
static const char *reason_of_nul(const struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    size_t nul[2] = {0, 0};
    for (size_t i = 0; i < bytes.len; i++) {
        nul[(rec->r.offset + i) % 2] += bytes.ptr[i] == 0;
    }
    bool wide = (nul[0] + nul[1]) * 3 >= bytes.len && bytes.len >= 4;
    if (wide && nul[0] != nul[1] && (nul[0] == 0 || nul[1] == 0)) {
        return nul[0] == 0 ? "NUL in every second byte (try --encoding=utf-16le)"
                           : "NUL in every second byte (try --encoding=utf-16be)";
    }
    return "NUL byte in the data (--null-bytes=remove)";
}

/* What to put in place of the bytes of a fact; NULL: they stay. */
static const char *replacement(struct norm *norm, const struct norm_record *rec,
                               const struct csvk_fact *fact, struct norm_scrub *scrub)
{
    const struct csvk_normalize_options *o = norm->o;
    switch (fact->kind) {
    case CSVK_FACT_NUL:
        if (o->nul != CSVK_NORMALIZE_DEFECT_REMOVE) {
            refuse_bytes(scrub, CSVK_REPAIR_NUL, reason_of_nul(norm, rec));
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_NUL, fact->offset, fact->field, "--null-bytes=remove");
        return "";
    case CSVK_FACT_INVALID_UTF8:
        if (o->invalid_utf8 != CSVK_NORMALIZE_DEFECT_REMOVE) {
            refuse_bytes(scrub, CSVK_REPAIR_UTF8,
                         "not UTF-8 (--encoding=NAME, or --invalid-utf8=replace)");
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_UTF8, fact->offset, fact->field,
                        "--invalid-utf8=replace");
        return "\xef\xbf\xbd";
    case CSVK_FACT_CONTROL:
        if (o->control != CSVK_NORMALIZE_DEFECT_REMOVE) {
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_CONTROL, fact->offset, fact->field,
                        "--control-chars=remove");
        return "";
    case CSVK_FACT_BOM_IN_DATA:
        if (!at_field_start(rec, fact)) {
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_INNER_BOM, fact->offset, fact->field,
                        "the mark stands where a field begins: files were joined");
        return "";
    default: return NULL;
    }
}

/* The record with its line break, as it is without the bytes that must go. */
static int copy_scrubbed(struct norm *norm, const struct norm_record *rec, struct norm_scrub *scrub)
{
    struct csvk_buf *to = &norm->trimmed;
    const unsigned char *from = norm_record_bytes(norm, rec).ptr;
    uint64_t at = rec->r.offset;
    int status = CSVK_OK;
    csvk_buf_clear(to);
    for (uint32_t i = 0; i < rec->r.nfacts && status == CSVK_OK && !scrub->refused; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        const char *with = replacement(norm, rec, fact, scrub);
        if (with != NULL) {
            scrub->again = true;
            status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(fact->offset - at));
            status = status == CSVK_OK ? csvk_buf_puts(to, with) : status;
            at = fact->offset + fact->length;
        }
    }
    if (status == CSVK_OK && scrub->again) {
        status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(norm_record_end(rec) - at));
    }
    return status == CSVK_OK ? CSVK_OK : norm_out_of_memory(norm);
}

/*
 * Reads the record again without the bytes that must go: *rec is that reading then. What goes may
 * bring others to the beginning of a field, so it is done until nothing more goes.
 */
static int norm_scrub_record(struct norm *norm, struct norm_record *rec, struct norm_scrub *scrub)
{
    static const uint32_t wanted =
        CSVK_FACT_BIT(CSVK_FACT_NUL) | CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) |
        CSVK_FACT_BIT(CSVK_FACT_CONTROL) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA);
    while ((norm_fact_kinds(rec) & wanted) != 0) {
        bool found = true;
        scrub->again = false;
        int status =
            norm_has_fact(rec, CSVK_FACT_BOM_IN_DATA) ? norm_need_fields(norm, rec) : CSVK_OK;
        status = status == CSVK_OK ? copy_scrubbed(norm, rec, scrub) : status;
        if (status != CSVK_OK || scrub->refused || !scrub->again) {
            return status;
        }
        scrub->any = true;
        struct csvk_buf bytes = norm->scrubbed.bytes;
        norm->scrubbed.bytes = norm->trimmed;
        norm->trimmed = bytes;
        struct csvk_record like = rec->r;
        status = norm_parse_bytes(norm, &norm->scrubbed, &like, rec, &found);
        if (status == CSVK_OK && !found) {
            refuse_bytes(scrub, CSVK_REPAIR_NUL, "without its bad bytes it is not one record");
        }
        if (status != CSVK_OK || !found) {
            return status;
        }
    }
    return CSVK_OK;
}

/* ---- no record at all ---- */

static int drop_comment(struct norm *norm, const struct norm_record *rec)
{
    uint64_t limit = norm_look_ahead_limit(norm, rec->r.offset).end;
    uint64_t end = norm_next_line(norm, rec->r.offset, limit);
    if (end != norm->raw_to) {
        norm->raw_to = end;
        norm->resume = end;
        norm->resume_records = rec->r.number;
        norm->resume_lines = rec->r.line;
    }
    return norm_drop_record(norm, rec, CSVK_REPAIR_FRAME, "--comment");
}

/*
 * In one column a blank line may be an empty value, so it stays, enclosed. Before the header it
 * cannot be one: the first record that is not blank is the header.
 */
static int blank_record(struct norm *norm, const struct norm_record *rec)
{
    bool before_header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    if (norm->width <= 1 && !(before_header && norm->width == 1)) {
        norm->nvalues = 0;
        norm_add_repair(norm, CSVK_REPAIR_BLANK, rec->r.offset, 1,
                        "in one column it is an empty value");
        int status = norm_add_value(
            norm, (struct csvk_value){(const unsigned char *)"", 0, CSVK_VALUE_ENCLOSED});
        return status == CSVK_OK ? norm_write_values(norm, rec) : status;
    }
    if (norm->o->ragged == CSVK_NORMALIZE_RAGGED_FAIL) {
        return norm_refuse(norm, rec, "empty line, and --ragged=fail");
    }
    if (norm_count_inferences(norm) != 0) {
        return norm_reject(norm, rec, CSVK_REPAIR_BLANK, NORM_CAUSE_WIDTH, TWO_INFERENCES);
    }
    return norm_drop_record(norm, rec, CSVK_REPAIR_BLANK,
                            "a line without any byte in a table of several columns");
}

/* ---- the record ---- */

static bool spans_lines(const struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    return memchr(bytes.ptr, '\n', bytes.len) != NULL || memchr(bytes.ptr, '\r', bytes.len) != NULL;
}

bool norm_has_backslash_quote(const struct norm *norm, const struct norm_record *rec)
{
    if (norm->in.enclosure == CSVK_NO_BYTE || norm->in.escape == '\\') {
        return false;
    }
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    const unsigned char *end = bytes.ptr + bytes.len;
    const unsigned char *at = memchr(bytes.ptr, '\\', bytes.len);
    while (at != NULL && at + 1 < end && at[1] != norm->in.enclosure) {
        at = memchr(at + 1, '\\', (size_t)(end - at - 1));
    }
    return at != NULL && at + 1 < end;
}

/* Do the quotes take inference? */
static bool quotes_need_inference(const struct norm *norm, const struct norm_record *rec)
{
    if ((norm_fact_kinds(rec) & ENCLOSURE_FAULTS) != 0) {
        return true;
    }
    return rec->r.nfields != norm->width && norm->width_known &&
           (spans_lines(norm, rec) || norm_has_backslash_quote(norm, rec));
}

int norm_write_record(struct norm *norm, const struct norm_record *rec)
{
    if (norm_count_inferences(norm) > 1) {
        return norm_reject(norm, rec, norm->pending[norm->npending - 1].repair, NORM_CAUSE_WIDTH,
                           TWO_INFERENCES);
    }
    if (norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done) {
        int status = norm_repair_header(norm, rec);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return norm_write_values(norm, rec);
}

int norm_accept_reference(struct norm *norm, const struct norm_record *rec)
{
    bool data = false;
    int status = norm_surplus_is_data(norm, rec, &data);
    if (status == CSVK_OK && data) {
        norm->nvalues = 0;
        return norm_repair_width(norm, rec);
    }
    if (status == CSVK_OK && rec->r.nfields <= norm->width && norm_can_patch(norm, rec)) {
        return rec->r.nfields == norm->width ? norm_write_patched(norm, rec)
                                             : norm_repair_width(norm, rec);
    }
    status = status == CSVK_OK ? norm_take_values(norm, rec) : status;
    return status == CSVK_OK ? norm_check_width(norm, rec) : status;
}

int norm_check_width(struct norm *norm, const struct norm_record *rec)
{
    return norm->nvalues == norm->width ? norm_write_record(norm, rec)
                                        : norm_repair_width(norm, rec);
}

void norm_add_plain_repairs(struct norm *norm, const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        if (fact->kind == CSVK_FACT_QUOTE_IN_UNQUOTED) {
            norm_add_repair(norm, CSVK_REPAIR_ENCLOSE, fact->offset, fact->field,
                            "the value stays as it is read");
        } else if (fact->kind == CSVK_FACT_BARE_CR) {
            norm_add_repair(norm, CSVK_REPAIR_BARE_CR, fact->offset, fact->field,
                            "the value stays as it is read");
        }
    }
}

/* Nothing to do but copy it? */
static bool stays_unchanged(const struct norm *norm, const struct norm_record *rec)
{
    bool header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    return !norm->rewrite && !header && norm->npending == 0 && norm_is_whole(norm, rec) &&
           !norm_looks_like_sep(norm, rec);
}

static int repair_record(struct norm *norm, struct norm_record *rec)
{
    struct norm_scrub scrub = {.refused = false};
    int status = norm_scrub_record(norm, rec, &scrub);
    if (status != CSVK_OK) {
        return status;
    }
    if (scrub.refused) {
        bool bytes = scrub.repair == CSVK_REPAIR_UTF8;
        return norm_reject(norm, rec, scrub.repair, bytes ? NORM_CAUSE_ENCODING : NORM_CAUSE_NONE,
                           scrub.reason);
    }
    if (rec->r.blank) {
        return blank_record(norm, rec);
    }
    if (stays_unchanged(norm, rec)) {
        norm->last_whole = true;
        return norm_write_unchanged(norm, rec);
    }
    if (quotes_need_inference(norm, rec)) {
        if (scrub.any) {
            return norm_reject(norm, rec, CSVK_REPAIR_INNER_QUOTES, NORM_CAUSE_ENCLOSURE,
                               "bad bytes and an enclosure fault in one record");
        }
        return norm_repair_quotes(norm, rec);
    }
    bool whole = norm_is_whole(norm, rec);
    norm_add_plain_repairs(norm, rec);
    status = norm_accept_reference(norm, rec);
    norm->last_whole = norm->last_whole || whole;
    return status;
}

int norm_process_record(struct norm *norm, const struct norm_record *rec)
{
    struct norm_record own = *rec;
    norm->at_hand = &own;
    norm->npending = 0;
    norm->resume = UINT64_MAX;
    norm->raw_to = norm_record_end(rec);
    norm->raw_eol = (enum csvk_eol)rec->r.eol;
    bool before = norm->last_whole;
    norm->last_whole = false;
    if (norm->o->comment >= 0 && rec->r.length != 0 &&
        *norm_window_at(&norm->window, rec->r.offset) == norm->o->comment) {
        return drop_comment(norm, rec);
    }
    norm->before_whole = before;
    return repair_record(norm, &own);
}
