/*
 * schema_quick.c - values against declared types without a reader that gives fields.
 *
 * The idea. Records that nothing is wrong with are not reported one by one, and have as many fields
 * as the table has columns. So fields are counted through, block by block, and no record is found
 * (schema_scan.h); which have to be looked at, their kind says: a text that takes everything is not
 * looked at, digits are seen in a mask. Where every column takes digits, records in which all
 * fields are digits are passed over as a whole. Whatever is not plainly good goes the slow way
 * (schema_rules.c), which alone decides.
 *
 * Invariant: reports are the same as those of the slow way (tests/unit/test_schema_quick.c).
 */
#include "csvkit/base/delimiter.h"
#include "validator/schema_state.h"

#include <string.h>

/* Fields that are found at a time; bytes of records that are asked for digits at a time. */
#define LOOKS_MOST  256u
#define PIECE_BYTES 16384u

enum field_kind {
    FIELD_FREE,   /* no column declares anything about it */
    FIELD_TEXT,   /* every text is good, but for NULL */
    FIELD_DIGITS, /* up to DIGITS_MOST digits are good, and perhaps more */
    FIELD_OTHER,  /* the check of the column is asked */
};

/* What must be unique needs all values. */
bool schema_can_be_quick(const struct csvk_validator *v)
{
    const struct csvk_dialect *dialect = &v->options.dialect;
    return csvk_dialect_is_plain(dialect) && dialect->escape == CSVK_NO_BYTE &&
           dialect->enclosure != CSVK_NO_BYTE && !v->want_fields && v->schema->unique == NULL;
}

enum csvk_detail schema_wants(const struct csvk_validator *v)
{
    return v->schema == NULL ? CSVK_COUNTS : v->schema->quick ? CSVK_RECORDS : CSVK_FIELDS;
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static enum field_kind kind_of(const struct value_check *check)
{
    bool plain = check->constraints == NULL;
    switch (check->type) {
    case CSVK_VALUE_ANY: return FIELD_TEXT;
    case CSVK_VALUE_STRING: return check->length >= SHORT_TEXT ? FIELD_TEXT : FIELD_OTHER;
    case CSVK_VALUE_TABLE_STRING:
        return plain && check->format == VALUE_FORMAT_DEFAULT ? FIELD_TEXT : FIELD_OTHER;
    case CSVK_VALUE_NUMERIC:
        return plain && check->whole_digits >= DIGITS_MOST ? FIELD_DIGITS : FIELD_OTHER;
    case CSVK_VALUE_INTEGER:
    case CSVK_VALUE_FLOAT:
    case CSVK_VALUE_TABLE_INTEGER:
    case CSVK_VALUE_TABLE_NUMBER: return plain ? FIELD_DIGITS : FIELD_OTHER;
    case CSVK_VALUE_CSVW:
        return check->takes_texts ? FIELD_TEXT : check->takes_digits ? FIELD_DIGITS : FIELD_OTHER;
    default: return FIELD_OTHER;
    }
}

static bool make_plan(struct schema_state *s, size_t width)
{
    size_t numbers = width + SCAN_BLOCK + 1;
    s->plan.turn = csvk_calloc(width, sizeof *s->plan.turn);
    s->plan.after = csvk_calloc(numbers, sizeof *s->plan.after);
    s->check_of = csvk_calloc(width, sizeof *s->check_of);
    if (s->plan.turn == NULL || s->plan.after == NULL || s->check_of == NULL ||
        width > UINT32_MAX) {
        return false;
    }
    for (size_t i = 0; i < numbers; i++) {
        s->plan.after[i] = (uint32_t)(i % width);
    }
    return true;
}

static int learn_kinds(struct csvk_validator *v, struct csvk_error *err)
{
    struct schema_state *s = v->schema;
    size_t width = (size_t)v->width;
    if (!make_plan(s, width)) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for %zu columns", width);
    }
    s->nkinds = width;
    s->all_digits = true;
    for (size_t i = 0; i < width; i++) {
        size_t column = i < s->nfields ? s->column_of[i] : s->count;
        enum field_kind kind = column < s->count ? kind_of(&s->column[column].check) : FIELD_FREE;
        s->check_of[i] = column < s->count ? &s->column[column].check : NULL;
        for (size_t at = 0; at < SCAN_BLOCK;
             at++) { /* in the turn that begins `at` columns before */
            struct scan_turn *turn = &s->plan.turn[(i + width * SCAN_BLOCK - at) % width];
            uint64_t bit = UINT64_C(1) << at;
            turn->digits |= kind == FIELD_DIGITS ? bit : 0;
            turn->longer |= kind == FIELD_TEXT ? bit : 0;
            turn->always |= kind == FIELD_OTHER ? bit : 0;
        }
        s->all_digits = s->all_digits && kind == FIELD_DIGITS;
    }
    return CSVK_OK;
}

/* ---- records that are not reported ----------------------------------------------------------- */

/* The way that decides alone, for one field of a sound record. */
static void judge_slowly(struct csvk_validator *v, struct csvk_field field, size_t column,
                         uint64_t number)
{
    const struct csvk_dialect *dialect = &v->options.dialect;
    const unsigned char *raw = v->batch->bytes + field.begin;
    size_t length = field.end - field.begin;
    if (length != 0 && raw[0] == dialect->enclosure) {
        bool doubled = length > 2 && memchr(raw + 1, dialect->enclosure, length - 2) != NULL;
        field.flags = CSVK_FIELD_ENCLOSED | (doubled ? CSVK_FIELD_DECODE : 0);
    }
    struct schema_cell cell = {NULL, number, &field, column, {NULL, 0}};
    schema_judge_cell(v, &cell);
}

/* Is the field plainly good? The value of an enclosed one lies between its ends. */
static bool is_accepted(const struct csvk_validator *v, const struct value_check *check,
                        const struct csvk_field *field)
{
    const unsigned char *value = v->batch->bytes + field->begin;
    size_t length = field->end - field->begin;
    if (length != 0 && value[0] == v->options.dialect.enclosure) {
        if (length <= 2 || memchr(value + 1, v->options.dialect.enclosure, length - 2) != NULL) {
            return false;
        }
        value++;
        length -= 2;
    }
    return length != 0 && check->accepts(check, value, length);
}

/* The record that the byte `at` of the batch is in, from `first` on and before `last`. */
static size_t record_at(const struct csvk_batch *b, size_t first, size_t last, size_t at)
{
    while (first + 1 < last) {
        size_t middle = first + (last - first) / 2;
        if (b->record_end[middle - 1] <= at) {
            first = middle;
        } else {
            last = middle;
        }
    }
    return first;
}

/* A field of a record that is not reported, and is not plainly good. */
static void judge_bad(struct csvk_validator *v, struct csvk_field field, size_t column,
                      size_t first, size_t last)
{
    size_t index = record_at(v->batch, first, last, field.begin);
    judge_slowly(v, field, column, v->batch->first_record + index);
}

/* Field number `index` of its record. */
static inline void judge_field(struct csvk_validator *v, struct csvk_field field, size_t index,
                               size_t first, size_t last)
{
    if (!is_accepted(v, v->schema->check_of[index], &field)) {
        judge_bad(v, field, v->schema->column_of[index], first, last);
    }
}

static int read_fields(struct csvk_validator *v, size_t begin, size_t length,
                       struct csvk_record_read *read)
{
    struct schema_state *s = v->schema;
    struct csvk_bytes raw = {v->batch->bytes + begin, length};
    int status =
        s->reader == NULL ? csvk_record_fields_new(&s->reader, &v->options.dialect) : CSVK_OK;
    return status == CSVK_OK ? csvk_record_fields_read(s->reader, raw, read) : status;
}

/* The end of a record without its line break. A CR alone is one where CR ends lines; elsewhere it
   is data, before the end of the file, too. */
static size_t content_end(const struct csvk_validator *v, size_t begin, size_t end)
{
    const unsigned char *bytes = v->batch->bytes;
    bool lf = end > begin && bytes[end - 1] == '\n';
    bool cr_ends = v->first_eol == CSVK_EOL_CR || v->options.profile == CSVK_PROFILE_BIS;
    size_t most = lf ? 2 : cr_ends; /* LF, CR LF, CR CR LF, or CR */
    end -= lf;
    for (size_t i = 0; i < most && end > begin && bytes[end - 1] == '\r'; i++) {
        end--;
    }
    return end;
}

/* A record by the reader: one with a CR, or before it. What lies before `judged` has been judged.
 */
static void judge_one(struct csvk_validator *v, size_t index, size_t begin, size_t judged)
{
    struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    size_t end = content_end(v, begin, b->record_end[index]);
    struct csvk_record_read read;
    if (read_fields(v, begin, end - begin, &read) != CSVK_OK) {
        v->failed = true;
        return;
    }
    for (size_t i = 0; i < read.count && i < s->nfields; i++) {
        struct csvk_field field = {(uint32_t)(read.field[i].begin + begin),
                                   (uint32_t)(read.field[i].end + begin), 0};
        if (s->column_of[i] != s->count && field.begin >= judged) {
            judge_field(v, field, i, index, index + 1);
        }
    }
}

/* Records from `first` up to `last`, block by block; the first begins at `begin`. */
static void look_through(struct csvk_validator *v, size_t first, size_t last, size_t begin)
{
    const struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    struct scan_look looks[LOOKS_MOST];
    struct scan_state state = scan_state_of(b->bytes, begin, b->record_end[last - 1]);
    size_t judged = begin;
    while (!scan_is_done(&state)) {
        size_t count =
            s->scan->look(b->bytes, &v->options.dialect, &s->plan, &state, looks, LOOKS_MOST);
        for (size_t i = 0; i < count; i++) {
            struct csvk_field field = {looks[i].begin, looks[i].end, 0};
            judge_field(v, field, looks[i].column, first, last);
        }
        judged = count != 0 ? looks[count - 1].end + 1 : judged;
        if (state.stopped) { /* nothing was noted of the block that has the CR */
            size_t stop = record_at(b, first, last, state.at);
            for (size_t i = record_at(b, first, stop + 1, state.start); i <= stop; i++) {
                judge_one(v, i, i == first ? begin : b->record_end[i - 1], judged);
            }
            first = stop + 1;
            begin = b->record_end[stop];
            state = scan_state_of(b->bytes, begin, state.end);
        }
    }
}

/* Records from `first` up to `last`, none of them reported; the first begins at `begin`. */
static void judge_run(struct csvk_validator *v, size_t first, size_t last, size_t begin)
{
    const struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    while (first < last) {
        size_t next = s->all_digits ? record_at(b, first, last, begin + PIECE_BYTES) + 1 : last;
        size_t end = b->record_end[next - 1];
        bool digits = s->all_digits && b->bytes[end - 1] == '\n' &&
                      s->scan->all_digits(b->bytes, begin, end, (next - first) * s->nkinds);
        if (!digits) {
            look_through(v, first, next, begin);
        }
        begin = end;
        first = next;
    }
}

/* ---- records that are reported --------------------------------------------------------------- */

static int judge_reported(struct csvk_validator *v, const struct csvk_record *record,
                          struct csvk_error *err)
{
    struct schema_state *s = v->schema;
    size_t base = (size_t)(record->offset - v->batch->offset);
    struct csvk_record_read read;
    if (!schema_judges_record(v, record)) {
        return CSVK_OK;
    }
    s->records++;
    if (read_fields(v, base, (size_t)record->length, &read) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a record");
    }
    schema_judge_fields(v, record, read.field, base);
    return CSVK_OK;
}

int schema_feed_quick(struct csvk_validator *v, struct csvk_error *err)
{
    struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    size_t next = 0, begin = 0;
    int status = s->nkinds == 0 && v->width != 0 ? learn_kinds(v, err) : CSVK_OK;
    for (size_t i = 0; i < b->nrecords && status == CSVK_OK;) {
        bool more = next < b->nreported;
        size_t until =
            more ? (size_t)(b->records[next].number - b->first_record) : (size_t)b->nrecords;
        if (i == until) {
            status = judge_reported(v, &b->records[next++], err);
            begin = b->record_end[i++];
        } else {
            v->record = NULL;
            judge_run(v, i, until, begin);
            s->records += until - i;
            begin = b->record_end[until - 1];
            i = until;
        }
    }
    return status;
}
