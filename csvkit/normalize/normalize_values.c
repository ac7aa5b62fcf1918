/*
 * normalize_values.c - fields and values of a record as the reference parser reads it.
 *
 * Values are taken late, at two points. The scan reports fields only when all records are written
 * field by field, so for a single record they are found when somebody needs them
 * (norm_need_fields). And a field whose bytes may be written as they are is not decoded
 * (take_raw_fields).
 *
 * Ownership: values point into the window, norm->text, norm->trimmed, norm->names, the bytes of a
 * scrubbed record, or at static texts. They live until the next record.
 */
#include "csvkit/normalize/normalize_private.h"

#include <strings.h>

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

/*
 * Scans the record once more, with fields and without facts. The scan must answer what it answered
 * before; if it does not, the bytes in memory or the program is at fault, not the data: CSVK_EIO.
 */
int norm_need_fields(struct norm *norm, const struct norm_record *rec)
{
    if (rec->field != NULL) {
        return CSVK_OK;
    }
    struct csvk_scan *scan = &norm->field_scan;
    size_t length = (size_t)(norm_record_end(rec) - rec->r.offset);
    scan->table = norm->scan.table;
    scan->table.detail = CSVK_FIELDS;
    /* Facts about its bytes were reported already. */
    scan->table.facts = 0;
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

/*
 * --trim: blanks and tabs around a value that is not enclosed. Inside of an enclosure blanks are
 * data that somebody meant.
 */
struct csvk_value norm_trim_value(struct norm *norm, const struct norm_record *rec,
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

/*
 * One value, decoded when needed: `"a ""b"""` becomes `a "b"`. An enclosed field without anything
 * to decode is a view of the bytes between its enclosures.
 *
 * norm->text has room for the whole record, so it does not move while values point into it.
 */
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
        norm_note_escapes(norm, rec, raw);
    } else if (enclosed) {
        value.ptr++;
        value.len -= 2;
    }
    return norm_trim_value(norm, rec, value, i);
}

bool norm_is_sep_line(const unsigned char *bytes, size_t length)
{
    return length == 5 && strncasecmp((const char *)bytes, "sep=", 4) == 0;
}

bool norm_looks_like_sep(const struct norm *norm, const struct norm_record *rec)
{
    return norm->result->records_out == 0 && rec->r.length == 5 &&
           norm_is_sep_line(norm_record_bytes(norm, rec).ptr, 5);
}

/*
 * Fields as they are written in the input. Two kinds are taken one by one: broken ones, whose bytes
 * are not what the writer would write, and empty ones, which the writer may have to enclose (a
 * record of one empty value is written as `""`).
 */
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

/*
 * A record with a single CR is decoded as a whole, because some of its fields need an enclosure
 * (r9). So is a first record that looks like `sep=X`: it has to be enclosed.
 */
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

int norm_take_decoded(struct norm *norm, const struct norm_record *rec)
{
    bool raw_fields = norm->raw_fields;
    norm->raw_fields = false;
    int status = norm_take_values(norm, rec);
    norm->raw_fields = raw_fields;
    return status;
}

/* What is pending stays as it was: the values are taken once more when the record is written. */
int norm_take_names(struct norm *norm, const struct norm_record *rec)
{
    size_t npending = norm->npending;
    int status = norm_take_decoded(norm, rec);
    norm->npending = npending;
    return status;
}
