/*
 * misfit_reason.c - why a record may have too many or too few fields: what can be seen in its
 * bytes. What its fields show is asked of csvkit/base/misfit.h, which `normalize` asks, too; here
 * is what the record as a whole shows. As there, a reason is told only when it explains the width
 * exactly. Only records whose finding is kept are looked at.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"

#include <string.h>

#define FIELDS_MOST 4096 /* of a record that is looked at */

/* A record, field by field. */
struct pieces {
    struct csvk_bytes field[FIELDS_MOST];
    size_t count;
};

static bool cut(const struct csvk_validator *v, struct csvk_bytes record, struct pieces *p)
{
    struct field_walk walk = {record.ptr, record.len, 0, v->options.dialect, false};
    struct walk_field field;
    p->count = 0;
    do {
        if (p->count == FIELDS_MOST) {
            return false;
        }
        walk_next(&walk, &field);
        p->field[p->count++] =
            (struct csvk_bytes){walk.bytes + field.begin, field.end - field.begin};
    } while (!field.last);
    return true;
}

/* ---- a single field -------------------------------------------------------------------------- */

/* How many fields the value of an enclosed field has when it is read as a record; 0: it is none. A
   blank after a delimiter is prose: "City, country". */
uint64_t fields_within(struct csvk_validator *v, struct csvk_bytes raw)
{
    const struct csvk_dialect *d = &v->options.dialect;
    uint64_t count = 0;
    bool enclosed = raw.len >= 2 && raw.ptr[0] == d->enclosure;
    unsigned char *text = enclosed ? csvk_malloc(raw.len) : NULL;
    if (text == NULL) {
        v->failed = v->failed || enclosed;
        return 0;
    }
    struct field_walk walk = {text, csvk_field_decode(raw, d, text), 0, *d, true};
    struct walk_field field;
    do {
        walk_next(&walk, &field);
        size_t length = field.end - field.begin;
        bool whole = !field.enclosed || (length >= 2 && text[field.end - 1] == d->enclosure);
        bool prose = count != 0 && length != 0 && text[field.begin] == ' ';
        count = whole && !prose ? count + 1 : 0;
    } while (!field.last && count != 0);
    bool one_line = walk.at == walk.size && !(field.last && field.complete);
    csvk_free(text);
    return one_line ? count : 0;
}

static uint64_t split_by(struct csvk_bytes s, char c)
{
    uint64_t count = 1;
    for (size_t i = 0; i < s.len; i++) {
        count += s.ptr[i] == (unsigned char)c;
    }
    return count;
}

static enum misfit_reason look_at_single(struct csvk_validator *v, struct csvk_bytes record)
{
    static const struct {
        char c;
        enum misfit_reason reason;
    } others[] = {
        {';', MISFIT_SEMICOLON}, {'\t', MISFIT_TAB}, {'|', MISFIT_PIPE}, {',', MISFIT_COMMA}};
    if (fields_within(v, record) == v->width) {
        return MISFIT_TWICE;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (!csvk_delimiter_has(&v->options.dialect, others[i].c) &&
            split_by(record, others[i].c) == v->width) {
            return others[i].reason;
        }
    }
    return MISFIT_UNKNOWN;
}

/* ---- lines that end with CR ------------------------------------------------------------------ */

/* Is the record several records of the table, with a CR between them? */
bool is_parted_by_cr(const struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || v->width < 2) {
        return false;
    }
    struct field_walk walk = {b->bytes + (r->offset - b->offset), (size_t)r->length, 0,
                              v->options.dialect, true};
    uint64_t records = 0, fields = 0;
    while (walk.at < walk.size) {
        struct walk_field field;
        walk_next(&walk, &field);
        fields++;
        if (field.last) {
            if (fields != v->width) {
                return false;
            }
            records++;
            fields = 0;
        }
    }
    return records > 1 && fields == 0;
}

/* ---- files that were joined ------------------------------------------------------------------ */

/*
 * Is it a whole record with the header of the table behind it? The last value of the one and the
 * first name are one field then. The header is compared as it is written, because a part of a file
 * knows no other one.
 */
static bool has_header_behind(const struct csvk_validator *v, struct csvk_bytes record,
                              const struct pieces *p)
{
    const struct csvk_buf *header = &v->again.bytes;
    return header->length != 0 && record.len > header->length &&
           p->count == 2 * (size_t)v->width - 1 &&
           memcmp(record.ptr + record.len - header->length, header->data, header->length) == 0;
}

/* ---- all together ---------------------------------------------------------------------------- */

enum misfit_reason misfit_reason(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || v->width < 2) {
        return MISFIT_UNKNOWN;
    }
    struct csvk_bytes record = {b->bytes + (r->offset - b->offset), (size_t)r->length};
    if (r->nfields == 1) {
        return look_at_single(v, record);
    }
    if (is_parted_by_cr(v, r)) {
        return MISFIT_CR;
    }
    struct pieces *p = csvk_malloc(sizeof *p);
    enum misfit_reason reason = MISFIT_UNKNOWN;
    if (p == NULL) {
        v->failed = true;
    } else if (cut(v, record, p)) {
        reason =
            has_header_behind(v, record, p)
                ? MISFIT_JOINED
                : csvk_misfit_of_fields(p->field, p->count, (size_t)v->width, &v->options.dialect);
    }
    csvk_free(p);
    return reason;
}
