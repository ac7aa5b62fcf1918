/*
 * end_rules.c - what the end of a file shows: copy-end-marker, truncated-suspected, and
 * nul-padding-at-eof behind a record that is not whole. (Padding behind whole records is a fact;
 * fact_rules.c.)
 *
 * The last bytes of the records are kept, and how many NUL bytes they end with. A last record that
 * is short is known to field_count_rules.c; one that ends in an open enclosure or in half a
 * character has a fact that says so, and is judged when it is at hand.
 */
#include "validator/judge.h"

#include <string.h>

#define LEAST_PADDING 8 /* NUL bytes; fewer may be data */

static bool is_break(unsigned char c)
{
    return c == '\n' || c == '\r';
}

/* ---- while reading --------------------------------------------------------------------------- */

/* Appends bytes to the last ones, of which no more than END_BYTES stay. */
static void append(struct file_end *e, const unsigned char *bytes, size_t size)
{
    size_t take = size < END_BYTES ? size : END_BYTES;
    size_t keep = e->length + take > END_BYTES ? END_BYTES - take : e->length;
    memmove(e->bytes, e->bytes + e->length - keep, keep);
    memcpy(e->bytes + keep, bytes + size - take, take);
    e->length = keep + take;
}

void end_feed(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    struct file_end *e = &v->end;
    e->comment_lines = b->nreported != 0 || b->size != 0 ? 0 : e->comment_lines + b->comment_lines;
    if (b->bytes == NULL && b->nreported != 0) { /* a record that is not in memory */
        e->length = 0;
        e->nuls = 0;
    }
    if (b->bytes == NULL || b->size == 0) {
        return;
    }
    size_t nuls = 0;
    while (nuls < b->size && b->bytes[b->size - 1 - nuls] == 0) {
        nuls++;
    }
    e->nuls = nuls == b->size ? e->nuls + nuls : nuls;
    append(e, b->bytes, b->size);
    e->offset = b->offset + b->size;
}

/* Has one of the lines that the open field has swallowed the delimiters of a record? Then its
   enclosure is a stray one rather than the last that was written. */
static bool holds_records(const struct csvk_validator *v, struct csvk_bytes field)
{
    struct field_walk walk = {field.ptr, field.len, 0, v->options.dialect, true};
    walk.dialect.enclosure = CSVK_NO_BYTE;
    struct walk_field part;
    uint64_t fields = 0, lines = 0;
    while (walk.at < walk.size) {
        walk_next(&walk, &part);
        fields++;
        if (part.last) {
            lines++;
            if (lines > 1 && part.complete && fields == v->width) {
                return true;
            }
            fields = 0;
        }
    }
    return false;
}

/* What says that the record ends before it is whole; NULL: nothing does. */
static const char *broken_end(const struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || r->length == 0 || r->nfacts == 0) {
        return NULL;
    }
    const unsigned char *end = b->bytes + (r->offset - b->offset) + r->length;
    for (uint32_t i = 0; i < r->nfacts; i++) {
        const struct csvk_fact *fact = &b->facts[r->first_fact + i];
        struct csvk_bytes rest = {b->bytes + (fact->offset - b->offset), 0};
        rest.len = (size_t)(end - rest.ptr);
        if (fact->kind == CSVK_FACT_UNCLOSED && !is_break(end[-1]) && !holds_records(v, rest)) {
            return "ends in an open enclosure";
        }
        if (fact->kind == CSVK_FACT_INVALID_UTF8 && fact->length == rest.len &&
            (fact->extra & 0xff) == CSVK_UTF8_CUT_SHORT) {
            return "ends in half a character";
        }
    }
    return NULL;
}

static void tell_truncated(struct csvk_validator *v, struct csvk_finding *f, const char *sign)
{
    if (f != NULL) {
        finding_text(v, f, "sign", sign);
    }
}

void end_judge_record(struct csvk_validator *v, const struct csvk_record *r)
{
    const char *sign = r->eol == CSVK_EOL_NONE ? broken_end(v, r) : NULL;
    if (sign != NULL) {
        struct place place = {r->offset, r->length, r->number, 0};
        v->end.half_character = strstr(sign, "character") != NULL;
        tell_truncated(v, judge_add(v, RULE_TRUNCATED_SUSPECTED, &place), sign);
    }
}

/* ---- at the end ------------------------------------------------------------------------------ */

/* `\.` in a line of its own, with or without a line break, and records before it. */
static bool is_copy_end(const struct csvk_validator *v, size_t *line_break)
{
    const struct file_end *e = &v->end;
    size_t at = e->length;
    at -= at > 0 && e->bytes[at - 1] == '\n';
    at -= at > 0 && e->bytes[at - 1] == '\r';
    *line_break = e->length - at;
    return v->totals.records > 1 && at >= 3 && memcmp(e->bytes + at - 2, "\\.", 2) == 0 &&
           is_break(e->bytes[at - 3]) && v->count[RULE_UNCLOSED_QUOTE] == 0;
}

static void judge_copy_end(struct csvk_validator *v)
{
    size_t line_break;
    if (!is_copy_end(v, &line_break)) {
        return;
    }
    struct place place = {v->end.offset - line_break - 2, 2, v->totals.records, 1};
    struct csvk_finding *f = judge_add(v, RULE_COPY_END_MARKER, &place);
    v->end.copy_end = true;
    if (f != NULL) {
        f->line = v->totals.lines - v->end.comment_lines + (line_break == 0);
        f->column = f->column_chars = 1;
    }
}

/* The last record alone is short, and no line break follows it. */
static void judge_short_end(struct csvk_validator *v)
{
    const struct misfit_run *t = &v->shape.tail;
    bool last = t->count == 1 && t->next == v->totals.records + 1 && t->first == t->next - 1;
    if (!last || v->totals.eol[CSVK_EOL_NONE] == 0 || t->most >= v->width || t->first == 1 ||
        v->end.copy_end || v->count[RULE_TRUNCATED_SUSPECTED] != 0) {
        return;
    }
    struct place place = {t->first_offset, t->end - t->first_offset, t->first, 0};
    struct csvk_finding *f = judge_add(v, RULE_TRUNCATED_SUSPECTED, &place);
    if (f != NULL) {
        f->line = t->first_line;
        f->column = f->column_chars = 1;
        tell_truncated(v, f, "is short");
    }
}

/* The run of NUL bytes was reported where it lies in the last record: that finding goes. */
static void take_back_nul(struct csvk_validator *v, uint64_t offset, struct csvk_finding *taken)
{
    struct csvk_findings *kept = &v->kept[RULE_NUL_BYTE];
    v->count[RULE_NUL_BYTE]--;
    if (kept->count != 0 && kept->item[kept->count - 1].byte == offset) {
        *taken = kept->item[--kept->count];
    }
}

static void judge_padding(struct csvk_validator *v)
{
    const struct file_end *e = &v->end;
    if (e->nuls < LEAST_PADDING || v->totals.eol[CSVK_EOL_NONE] == 0 ||
        v->count[RULE_NUL_BYTE] == 0 || v->count[RULE_NUL_PADDING_AT_EOF] != 0) {
        return;
    }
    struct csvk_finding nul = {0};
    struct place place = {e->offset - e->nuls, e->nuls, 0, 0};
    take_back_nul(v, place.byte, &nul);
    struct csvk_finding *f = judge_add(v, RULE_NUL_PADDING_AT_EOF, &place);
    if (f != NULL) {
        f->line = nul.line != 0 ? nul.line : v->totals.lines + 1;
        f->column = nul.line != 0 ? nul.column : 1;
        f->column_chars = f->column;
        finding_number(f, "padding", CSVK_EXTRA_NUMBER, e->nuls);
        finding_remedy(v, f,
                       "The record before the padding may be cut, and others may be missing: "
                       "export or transfer the file again.");
    }
    csvk_finding_release(&nul);
}

void end_judge(struct csvk_validator *v)
{
    judge_copy_end(v);
    judge_short_end(v);
    judge_padding(v);
}

void end_merge(struct csvk_validator *left, const struct csvk_validator *right)
{
    struct file_end *l = &left->end;
    const struct file_end *r = &right->end;
    if (right->totals.records == 0) {
        l->comment_lines += r->comment_lines;
        return;
    }
    l->comment_lines = r->comment_lines;
    if (r->offset == 0) { /* the right part was too large to be looked at */
        l->length = 0;
    }
    append(l, r->bytes, r->length);
    l->nuls = r->nuls; /* the right part begins after a line break */
    l->offset = r->offset + left->totals.bytes;
    l->half_character = r->half_character;
}
