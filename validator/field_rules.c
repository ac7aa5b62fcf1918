/*
 * field_rules.c - rules that look into every field, and limits of size: formula-prefix,
 * needless-enclosure, field-too-long, record-too-long.
 *
 * Looking into fields costs a pass over all of them, so the reader is asked for fields only when
 * such a rule is on. A field limit of 1 MiB or more does without: only a batch that is larger than
 * the limit can hold a field that is too long, and only such a batch is searched.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The field at hand: its record, number and raw bytes. */
struct cell {
    const struct csvk_record *record;
    uint64_t number;
    uint64_t byte;
    struct csvk_bytes raw;
    unsigned flags;
};

/* ---- formulas -------------------------------------------------------------------------------- */

static size_t skip_digits(const unsigned char *s, size_t length, size_t at)
{
    while (at < length && ((s[at] >= '0' && s[at] <= '9') || s[at] == '.' || s[at] == ',')) {
        at++;
    }
    return at;
}

/* -5, +1.5, -1e6, -5% and a sign alone: nothing that can be executed. */
static bool is_signed_number(const unsigned char *s, size_t length)
{
    size_t at = skip_digits(s, length, 1);
    if (at > 1 && at < length && (s[at] == 'e' || s[at] == 'E')) {
        at++;
        at += at < length && (s[at] == '+' || s[at] == '-');
        at = skip_digits(s, length, at);
    }
    return at == length || (at > 1 && at + 1 == length && s[at] == '%');
}

static bool is_formula(const unsigned char *s, size_t length)
{
    switch (length != 0 ? s[0] : 'a') {
    case '=':
    case '@':
    case '\t':
    case '\r': return true;
    case '+':
    case '-': return !is_signed_number(s, length);
    default: return false;
    }
}

static const char *name_of_char(unsigned char c, char *room)
{
    if (c == '\t') {
        return "TAB";
    }
    if (c == '\r') {
        return "CR";
    }
    room[0] = (char)c;
    room[1] = '\0';
    return room;
}

static void judge_formula(struct csvk_validator *v, const struct cell *cell)
{
    size_t skip = (cell->flags & CSVK_FIELD_ENCLOSED) != 0;
    if (cell->raw.len < 2 * skip) {
        return;
    }
    const unsigned char *value = cell->raw.ptr + skip;
    if (!is_formula(value, cell->raw.len - 2 * skip)) {
        return;
    }
    struct place place = {cell->byte + skip, 1, cell->record->number, cell->number};
    struct csvk_finding *f = judge_add(v, RULE_FORMULA_PREFIX, &place);
    if (f != NULL) {
        char room[2];
        finding_text(v, f, "char", name_of_char(value[0], room));
    }
}

/* ---- style ----------------------------------------------------------------------------------- */

/*
 * Whether a delimiter begins in the value when one follows it. It may begin with the value's last
 * bytes: by the delimiter `||`, `a|` and a delimiter are `a||` and `|`.
 */
static bool holds_delimiter(const struct csvk_dialect *dialect, struct csvk_bytes value)
{
    char delimiter[CSVK_DELIMITER_MOST + 1];
    size_t n = csvk_delimiter_length(dialect);
    csvk_delimiter_text(dialect, delimiter);
    for (size_t i = 0; i < value.len; i++) {
        size_t same = 0;
        while (same < n &&
               (i + same < value.len ? (char)value.ptr[i + same]
                                     : delimiter[i + same - value.len]) == delimiter[same]) {
            same++;
        }
        if (same == n) {
            return true;
        }
    }
    return false;
}

/*
 * Decides as `normalize --quote=minimal` does, which writes delimiters of one byte and no value
 * that begins with a blank to skip.
 */
static bool needs_enclosure(const struct csvk_validator *v, const struct cell *cell)
{
    const unsigned char *s = cell->raw.ptr + 1;
    size_t length = cell->raw.len - 2;
    if (cell->number == 1 && (length == 0 || s[0] == '#')) {
        return true;
    }
    const struct csvk_dialect *dialect = &v->options.dialect;
    for (size_t i = 0; i < length; i++) {
        if (s[i] == '\r' || s[i] == '\n' || s[i] == dialect->enclosure) {
            return true;
        }
    }
    bool blank = length != 0 && dialect->skip_blanks && csvk_is_blank(dialect, s[0]);
    return blank || holds_delimiter(dialect, (struct csvk_bytes){s, length});
}

static void judge_style(struct csvk_validator *v, const struct cell *cell)
{
    bool whole = (cell->flags & CSVK_FIELD_ENCLOSED) != 0 &&
                 (cell->flags & CSVK_FIELD_BROKEN) == 0 && cell->raw.len >= 2;
    if (whole && !needs_enclosure(v, cell)) {
        struct place place = {cell->byte, cell->raw.len, cell->record->number, cell->number};
        judge_add(v, RULE_NEEDLESS_ENCLOSURE, &place);
    }
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static bool counts_chars(const struct csvk_validator *v)
{
    return v->options.max_field == 0 && v->options.profile == CSVK_PROFILE_EXCEL;
}

/* Size of the value in characters or bytes, without enclosures and doublings. */
static uint64_t value_size(const struct csvk_validator *v, struct csvk_bytes raw, bool enclosed)
{
    uint64_t size = 0;
    int quote = v->options.dialect.enclosure;
    bool chars = counts_chars(v);
    for (size_t i = enclosed; i < raw.len; i++) {
        size += !chars || (raw.ptr[i] & 0xC0) != 0x80;
        i += enclosed && raw.ptr[i] == quote && i + 1 < raw.len && raw.ptr[i + 1] == quote;
    }
    return enclosed && size > 0 ? size - 1 : size;
}

static void judge_size(struct csvk_validator *v, const struct place *place, struct csvk_bytes raw,
                       bool enclosed)
{
    if (raw.len <= v->limit_field) {
        return;
    }
    uint64_t size = value_size(v, raw, enclosed);
    if (size <= v->limit_field) {
        return;
    }
    struct csvk_finding *f = judge_add(v, RULE_FIELD_TOO_LONG, place);
    if (f != NULL) {
        finding_number(f, "size", CSVK_EXTRA_NUMBER, size);
        finding_text(v, f, "unit", counts_chars(v) ? "characters" : "bytes");
        finding_number(f, "limit", CSVK_EXTRA_NUMBER, v->limit_field);
    }
}

static void judge_cell_size(struct csvk_validator *v, const struct cell *cell)
{
    struct place place = {cell->byte, cell->raw.len, cell->record->number, cell->number};
    judge_size(v, &place, cell->raw, (cell->flags & CSVK_FIELD_ENCLOSED) != 0);
}

static void judge_record_fields(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    v->record = r;
    for (uint64_t i = 0; i < r->nfields; i++) {
        const struct csvk_field *field = &b->fields[r->first_field + i];
        struct cell cell = {r,
                            i + 1,
                            b->offset + field->begin,
                            {b->bytes + field->begin, field->end - field->begin},
                            field->flags};
        if (judge_is_on(v, RULE_FORMULA_PREFIX)) {
            judge_formula(v, &cell);
        }
        if (cell.raw.len > v->limit_field) {
            judge_cell_size(v, &cell);
        }
        if (judge_is_on(v, RULE_NEEDLESS_ENCLOSURE)) {
            judge_style(v, &cell);
        }
    }
}

void judge_fields(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    for (size_t i = 0; b->bytes != NULL && i < b->nreported; i++) {
        if (!b->records[i].oversize) {
            judge_record_fields(v, &b->records[i]);
        }
    }
}

/* The batch is larger than the limit and has no fields: this finds them in its bytes. */
static void walk_for_long_fields(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    struct field_walk walk = {b->bytes, b->size, 0, v->options.dialect,
                              v->first_eol == CSVK_EOL_CR ||
                                  v->options.profile == CSVK_PROFILE_BIS};
    struct place place = {0, 0, b->first_record, 0};
    v->record = NULL;
    while (walk.at < walk.size) {
        struct walk_field field;
        walk_next(&walk, &field);
        place.field++;
        place.byte = b->offset + field.begin;
        place.length = field.end - field.begin;
        struct csvk_bytes raw = {b->bytes + field.begin, field.end - field.begin};
        judge_size(v, &place, raw, field.enclosed);
        if (field.last) {
            place.record++;
            place.field = 0;
        }
    }
}

static void judge_record_sizes(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    v->record = NULL;
    for (uint64_t i = 0, begin = 0; b->record_end != NULL && i < b->nrecords; i++) {
        uint64_t size = b->record_end[i] - begin;
        if (size > v->limit_record) {
            struct place place = {b->offset + begin, size, b->first_record + i, 0};
            struct csvk_finding *f = judge_add(v, RULE_RECORD_TOO_LONG, &place);
            if (f != NULL) {
                finding_number(f, "size", CSVK_EXTRA_NUMBER, size);
                finding_number(f, "limit", CSVK_EXTRA_NUMBER, v->limit_record);
            }
        }
        begin = b->record_end[i];
    }
}

void judge_limits(struct csvk_validator *v)
{
    bool field_limit = judge_is_on(v, RULE_FIELD_TOO_LONG) && !v->judge_cells;
    if (field_limit && v->batch->bytes != NULL && v->batch->size > v->limit_field) {
        walk_for_long_fields(v);
    }
    if (judge_is_on(v, RULE_RECORD_TOO_LONG)) {
        judge_record_sizes(v);
    }
}
