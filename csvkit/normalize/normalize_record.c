/*
 * normalize_record.c - one record that is not clean. The order of the questions matters: is it one
 * at all (comment, blank), which of its bytes must go (NUL, ill-formed, marks), how is it read
 * (quotes), has it the right width, and only then: what is its name (header) and how is it written.
 * Two repairs by inference on one record are a guess, so the record is rejected.
 */
#include "csvkit/normalize/normalize_private.h"

#include <strings.h>

#define QUOTING                                                                                    \
    (CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) | CSVK_FACT_BIT(CSVK_FACT_BACKSLASH_QUOTE) |      \
     CSVK_FACT_BIT(CSVK_FACT_SPACE_BEFORE_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_SPACE_AFTER_QUOTE) |    \
     CSVK_FACT_BIT(CSVK_FACT_UNCLOSED))

#define TWO_INFERENCES "it would take two repairs by inference"

static uint32_t kinds_of(const struct nz_record *rec)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        kinds |= CSVK_FACT_BIT(rec->fact[i].kind);
    }
    return kinds;
}

bool nz_has(const struct nz_record *rec, enum csvk_fact_kind kind)
{
    return (kinds_of(rec) & CSVK_FACT_BIT(kind)) != 0;
}

bool nz_harmless(enum csvk_fact_kind kind)
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

static bool all_harmless(const struct nz_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!nz_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

bool nz_is_whole(const struct nz *nz, const struct nz_record *rec)
{
    return !rec->r.blank && rec->r.nfields == nz->width && all_harmless(rec);
}

int nz_no_width(struct nz *nz, const struct nz_record *rec)
{
    return nz_refuse(nz, rec,
                     "this record takes inference to repair, but no record free of errors among "
                     "the first 1000 says how wide the table is; wrong --delimiter or "
                     "--enclosure, or lines before the header (--skip-head)?");
}

/* ---- fields ---- */

int nz_need_fields(struct nz *nz, const struct nz_record *rec)
{
    if (rec->field != NULL) {
        return CSVK_OK;
    }
    struct csvk_scan *one = &nz->one;
    size_t length = (size_t)(nz_record_end(rec) - rec->r.offset);
    one->table = nz->scan.table;
    one->table.detail = CSVK_FIELDS;
    one->table.facts = 0; /* what is wrong with its bytes was reported already */
    one->table.mixed_reported = true;
    one->table.totals.width = nz->width;
    csvk_batch_builder_clear(&one->builder);
    const unsigned char *bytes = nz_window_at(&nz->window, rec->r.offset);
    size_t used = csvk_scan(one, bytes, length, true, rec->r.offset);
    if (one->builder.failed) {
        return nz_out_of_memory(nz);
    }
    if (used != length || one->builder.nrecords != 1 || one->builder.nfields != rec->r.nfields) {
        return csvk_fail(nz->err, CSVK_EIO, "%s: record %llu was scanned twice, and differs",
                         csvk_source_name(nz->window.source), (unsigned long long)rec->r.number);
    }
    nz->at_hand->field = one->builder.fields;
    nz->at_hand->base = bytes;
    return CSVK_OK;
}

static struct csvk_bytes bytes_of(const struct nz *nz, const struct nz_record *rec)
{
    const unsigned char *bytes = rec->field != NULL ? rec->base + rec->field[0].begin
                                                    : nz_window_at(&nz->window, rec->r.offset);
    return (struct csvk_bytes){bytes, (size_t)rec->r.length};
}

/* ---- values ---- */

static struct csvk_value trim_value(struct nz *nz, const struct nz_record *rec,
                                    struct csvk_value value, uint64_t field)
{
    struct csvk_value all = value;
    if (!nz->o->trim || value.form == CSVK_VALUE_ENCLOSED) {
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
        nz_note(nz, CSVK_REPAIR_TRIM, rec->r.offset, field + 1, "--trim");
    }
    return value;
}

static struct csvk_value take_value(struct nz *nz, const struct nz_record *rec, uint64_t i)
{
    const struct csvk_field *f = &rec->field[i];
    struct csvk_bytes raw = {rec->base + f->begin, f->end - f->begin};
    bool enclosed = (f->flags & CSVK_FIELD_ENCLOSED) != 0;
    struct csvk_value value = {raw.ptr, raw.len, enclosed ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN};
    if ((f->flags & (CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN)) != 0) {
        value.ptr = nz->text.data + nz->text.length;
        value.len = csvk_field_decode(raw, &nz->in, nz->text.data + nz->text.length);
        nz->text.length += value.len;
    } else if (enclosed) {
        value.ptr++;
        value.len -= 2;
    }
    return trim_value(nz, rec, value, i);
}

bool nz_is_sep_line(const unsigned char *bytes, size_t length)
{
    return length == 5 && strncasecmp((const char *)bytes, "sep=", 4) == 0;
}

/* As the first line of the output it would be taken for a directive. */
static bool looks_like_sep(const struct nz *nz, const struct nz_record *rec)
{
    return nz->result->records_out == 0 && rec->r.length == 5 &&
           nz_is_sep_line(bytes_of(nz, rec).ptr, 5);
}

/* Fields as they are; those that cannot stay so are taken one by one. */
static int take_raw(struct nz *nz, const struct nz_record *rec)
{
    int status = nz_reserve_values(nz, (size_t)rec->r.nfields);
    for (uint64_t i = 0; i < rec->r.nfields && status == CSVK_OK; i++) {
        const struct csvk_field *f = &rec->field[i];
        bool raw = (f->flags & CSVK_FIELD_BROKEN) == 0 && f->end != f->begin;
        nz->value[i] =
            raw ? (struct csvk_value){rec->base + f->begin, f->end - f->begin, CSVK_VALUE_RAW}
                : take_value(nz, rec, i);
    }
    nz->nvalues = status == CSVK_OK ? (size_t)rec->r.nfields : 0;
    return status;
}

int nz_take_values(struct nz *nz, const struct nz_record *rec)
{
    int status = nz_need_fields(nz, rec);
    if (status != CSVK_OK) {
        return status;
    }
    bool raw_fields = nz->raw_fields && !nz_has(rec, CSVK_FACT_BARE_CR) && !looks_like_sep(nz, rec);
    nz->nvalues = 0;
    csvk_buf_clear(&nz->text);
    if (csvk_buf_reserve(&nz->text, rec->r.length + 1) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    if (raw_fields) {
        return take_raw(nz, rec);
    }
    for (uint64_t i = 0; i < rec->r.nfields; i++) {
        status = nz_add_value(nz, take_value(nz, rec, i));
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* ---- bytes that must go ---- */

struct scrub {
    bool refused;
    enum csvk_repair repair;
    const char *reason;
    bool again, any; /* something was removed or replaced: in this round, at all */
};

/* At the first byte of a field, or behind nothing but other marks there. */
static bool at_field_start(const struct nz_record *rec, const struct csvk_fact *fact)
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

static void refuse_bytes(struct scrub *scrub, enum csvk_repair repair, const char *reason)
{
    scrub->refused = true;
    scrub->repair = repair;
    scrub->reason = reason;
}

/* Every second byte is NUL: that is another encoding, and taking them out would ruin the text. */
static const char *reason_of_nul(const struct nz *nz, const struct nz_record *rec)
{
    struct csvk_bytes bytes = bytes_of(nz, rec);
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
static const char *replacement(struct nz *nz, const struct nz_record *rec,
                               const struct csvk_fact *fact, struct scrub *scrub)
{
    const struct csvk_normalize_options *o = nz->o;
    switch (fact->kind) {
    case CSVK_FACT_NUL:
        if (o->nul != CSVK_NORMALIZE_DEFECT_REMOVE) {
            refuse_bytes(scrub, CSVK_REPAIR_NUL, reason_of_nul(nz, rec));
            return NULL;
        }
        nz_note(nz, CSVK_REPAIR_NUL, fact->offset, fact->field, "--null-bytes=remove");
        return "";
    case CSVK_FACT_INVALID_UTF8:
        if (o->invalid_utf8 != CSVK_NORMALIZE_DEFECT_REMOVE) {
            refuse_bytes(scrub, CSVK_REPAIR_UTF8,
                         "not UTF-8 (--encoding=NAME, or --invalid-utf8=replace)");
            return NULL;
        }
        nz_note(nz, CSVK_REPAIR_UTF8, fact->offset, fact->field, "--invalid-utf8=replace");
        return "\xef\xbf\xbd";
    case CSVK_FACT_CONTROL:
        if (o->control != CSVK_NORMALIZE_DEFECT_REMOVE) {
            return NULL;
        }
        nz_note(nz, CSVK_REPAIR_CONTROL, fact->offset, fact->field, "--control-chars=remove");
        return "";
    case CSVK_FACT_BOM_IN_DATA:
        if (!at_field_start(rec, fact)) {
            return NULL;
        }
        nz_note(nz, CSVK_REPAIR_INNER_BOM, fact->offset, fact->field,
                "the mark stands where a field begins: files were joined");
        return "";
    default: return NULL;
    }
}

/* The record with its line break, as it is without the bytes that must go. */
static int copy_scrubbed(struct nz *nz, const struct nz_record *rec, struct scrub *scrub)
{
    struct csvk_buf *to = &nz->trimmed;
    const unsigned char *from = bytes_of(nz, rec).ptr;
    uint64_t at = rec->r.offset;
    int status = CSVK_OK;
    csvk_buf_clear(to);
    for (uint32_t i = 0; i < rec->r.nfacts && status == CSVK_OK && !scrub->refused; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        const char *with = replacement(nz, rec, fact, scrub);
        if (with != NULL) {
            scrub->again = true;
            status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(fact->offset - at));
            status = status == CSVK_OK ? csvk_buf_puts(to, with) : status;
            at = fact->offset + fact->length;
        }
    }
    if (status == CSVK_OK && scrub->again) {
        status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(nz_record_end(rec) - at));
    }
    return status == CSVK_OK ? CSVK_OK : nz_out_of_memory(nz);
}

/*
 * Reads the record again without the bytes that must go: *rec is that reading then. What goes may
 * bring others to the beginning of a field, so it is done until nothing more goes.
 */
static int scrub_record(struct nz *nz, struct nz_record *rec, struct scrub *scrub)
{
    static const uint32_t wanted =
        CSVK_FACT_BIT(CSVK_FACT_NUL) | CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) |
        CSVK_FACT_BIT(CSVK_FACT_CONTROL) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA);
    while ((kinds_of(rec) & wanted) != 0) {
        bool found = true;
        scrub->again = false;
        int status = nz_has(rec, CSVK_FACT_BOM_IN_DATA) ? nz_need_fields(nz, rec) : CSVK_OK;
        status = status == CSVK_OK ? copy_scrubbed(nz, rec, scrub) : status;
        if (status != CSVK_OK || scrub->refused || !scrub->again) {
            return status;
        }
        scrub->any = true;
        struct csvk_buf bytes = nz->again.bytes;
        nz->again.bytes = nz->trimmed;
        nz->trimmed = bytes;
        struct csvk_record like = rec->r;
        status = nz_reference_bytes(nz, &nz->again, &like, rec, &found);
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

static int drop_comment(struct nz *nz, const struct nz_record *rec)
{
    uint64_t limit = nz_reach(nz, rec->r.offset).end;
    uint64_t end = nz_next_line(nz, rec->r.offset, limit);
    if (end != nz->raw_to) {
        nz->raw_to = end;
        nz->resume = end;
        nz->resume_records = rec->r.number;
        nz->resume_lines = rec->r.line;
    }
    return nz_drop(nz, rec, CSVK_REPAIR_FRAME, "--comment");
}

/*
 * In one column a blank line may be an empty value, so it stays, enclosed. Before the header it
 * cannot be one: the first record that is not blank is the header.
 */
static int blank_record(struct nz *nz, const struct nz_record *rec)
{
    bool before_header = nz->o->header == CSVK_NORMALIZE_HEADER && !nz->header_done;
    if (nz->width <= 1 && !(before_header && nz->width == 1)) {
        nz->nvalues = 0;
        nz_note(nz, CSVK_REPAIR_BLANK, rec->r.offset, 1, "in one column it is an empty value");
        int status = nz_add_value(
            nz, (struct csvk_value){(const unsigned char *)"", 0, CSVK_VALUE_ENCLOSED});
        return status == CSVK_OK ? nz_emit(nz, rec) : status;
    }
    if (nz->o->ragged == CSVK_NORMALIZE_RAGGED_FAIL) {
        return nz_refuse(nz, rec, "empty line, and --ragged=fail");
    }
    if (nz_inferences(nz) != 0) {
        return nz_reject(nz, rec, CSVK_REPAIR_BLANK, NZ_CAUSE_WIDTH, TWO_INFERENCES);
    }
    return nz_drop(nz, rec, CSVK_REPAIR_BLANK,
                   "a line without any byte in a table of several columns");
}

/* ---- the record ---- */

static bool spans_lines(const struct nz *nz, const struct nz_record *rec)
{
    struct csvk_bytes bytes = bytes_of(nz, rec);
    return memchr(bytes.ptr, '\n', bytes.len) != NULL || memchr(bytes.ptr, '\r', bytes.len) != NULL;
}

bool nz_has_backslash_quote(const struct nz *nz, const struct nz_record *rec)
{
    if (nz->in.enclosure == CSVK_NO_BYTE || nz->in.escape == '\\') {
        return false;
    }
    struct csvk_bytes bytes = bytes_of(nz, rec);
    const unsigned char *end = bytes.ptr + bytes.len;
    const unsigned char *at = memchr(bytes.ptr, '\\', bytes.len);
    while (at != NULL && at + 1 < end && at[1] != nz->in.enclosure) {
        at = memchr(at + 1, '\\', (size_t)(end - at - 1));
    }
    return at != NULL && at + 1 < end;
}

/* Do the quotes take inference? */
static bool needs_reading(const struct nz *nz, const struct nz_record *rec)
{
    if ((kinds_of(rec) & QUOTING) != 0) {
        return true;
    }
    return rec->r.nfields != nz->width && nz->width_known &&
           (spans_lines(nz, rec) || nz_has_backslash_quote(nz, rec));
}

int nz_finish(struct nz *nz, const struct nz_record *rec)
{
    if (nz_inferences(nz) > 1) {
        return nz_reject(nz, rec, nz->pending[nz->npending - 1].repair, NZ_CAUSE_WIDTH,
                         TWO_INFERENCES);
    }
    if (nz->o->header == CSVK_NORMALIZE_HEADER && !nz->header_done) {
        int status = nz_header(nz, rec);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return nz_emit(nz, rec);
}

int nz_settle_reference(struct nz *nz, const struct nz_record *rec)
{
    bool data = false;
    int status = nz_surplus_is_data(nz, rec, &data);
    if (status == CSVK_OK && data) {
        nz->nvalues = 0;
        return nz_width(nz, rec);
    }
    if (status == CSVK_OK && rec->r.nfields <= nz->width && nz_can_patch(nz, rec)) {
        return rec->r.nfields == nz->width ? nz_emit_patched(nz, rec) : nz_width(nz, rec);
    }
    status = status == CSVK_OK ? nz_take_values(nz, rec) : status;
    return status == CSVK_OK ? nz_settle(nz, rec) : status;
}

int nz_settle(struct nz *nz, const struct nz_record *rec)
{
    return nz->nvalues == nz->width ? nz_finish(nz, rec) : nz_width(nz, rec);
}

void nz_note_plain(struct nz *nz, const struct nz_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        if (fact->kind == CSVK_FACT_QUOTE_IN_UNQUOTED) {
            nz_note(nz, CSVK_REPAIR_ENCLOSE, fact->offset, fact->field,
                    "the value stays as it is read");
        } else if (fact->kind == CSVK_FACT_BARE_CR) {
            nz_note(nz, CSVK_REPAIR_BARE_CR, fact->offset, fact->field,
                    "the value stays as it is read");
        }
    }
}

/* Nothing to do but copy it? */
static bool goes_raw(const struct nz *nz, const struct nz_record *rec)
{
    bool header = nz->o->header == CSVK_NORMALIZE_HEADER && !nz->header_done;
    return !nz->rewrite && !header && nz->npending == 0 && nz_is_whole(nz, rec) &&
           !looks_like_sep(nz, rec);
}

static int read_record(struct nz *nz, struct nz_record *rec)
{
    struct scrub scrub = {.refused = false};
    int status = scrub_record(nz, rec, &scrub);
    if (status != CSVK_OK) {
        return status;
    }
    if (scrub.refused) {
        bool bytes = scrub.repair == CSVK_REPAIR_UTF8;
        return nz_reject(nz, rec, scrub.repair, bytes ? NZ_CAUSE_ENCODING : NZ_CAUSE_NONE,
                         scrub.reason);
    }
    if (rec->r.blank) {
        return blank_record(nz, rec);
    }
    if (goes_raw(nz, rec)) {
        nz->last_whole = true;
        return nz_emit_raw(nz, rec);
    }
    if (needs_reading(nz, rec)) {
        if (scrub.any) {
            return nz_reject(nz, rec, CSVK_REPAIR_INNER_QUOTES, NZ_CAUSE_ENCLOSURE,
                             "bad bytes and an enclosure fault in one record");
        }
        return nz_quotes(nz, rec);
    }
    bool whole = nz_is_whole(nz, rec);
    nz_note_plain(nz, rec);
    status = nz_settle_reference(nz, rec);
    nz->last_whole = nz->last_whole || whole;
    return status;
}

int nz_record(struct nz *nz, const struct nz_record *rec)
{
    struct nz_record own = *rec;
    nz->at_hand = &own;
    nz->npending = 0;
    nz->resume = UINT64_MAX;
    nz->raw_to = nz_record_end(rec);
    nz->raw_eol = (enum csvk_eol)rec->r.eol;
    bool before = nz->last_whole;
    nz->last_whole = false;
    if (nz->o->comment >= 0 && rec->r.length != 0 &&
        *nz_window_at(&nz->window, rec->r.offset) == nz->o->comment) {
        return drop_comment(nz, rec);
    }
    nz->before_whole = before;
    return read_record(nz, &own);
}
