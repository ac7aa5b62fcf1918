/*
 * schema_quick.c - values against declared types without a reader that gives fields.
 *
 * The idea. Records that nothing is wrong with are not reported one by one; their fields are found
 * here, block by block (schema_scan.h), and judged by what kind their column is: a text that takes
 * everything is not looked at, digits are seen in a mask. Where every column takes digits, blocks
 * in which all fields are digits are passed over as a whole, and no field is found at all. Whatever
 * is not plainly good goes the slow way (schema_rules.c), which alone decides.
 *
 * Invariant: reports are the same as those of the slow way (tests/unit/test_schema_quick.c).
 */
#include "csvkit/base/delimiter.h"
#include "validator/schema_state.h"

#include <string.h>

/* Bytes that every text may have where texts are not limited on purpose. */
#define SHORT_TEXT 65536u

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

/* Five masks in one piece of memory, which `digits` owns. */
static bool make_masks(struct schema_state *s, size_t width)
{
    size_t words = width / 64 + 1;
    s->found.digits = csvk_calloc(5 * words, sizeof *s->found.digits);
    if (s->found.digits == NULL) {
        return false;
    }
    s->found.longer = s->found.digits + words;
    s->if_digits = s->found.longer + words;
    s->if_longer = s->if_digits + words;
    s->always = s->if_longer + words;
    return true;
}

static int learn_kinds(struct csvk_validator *v, struct csvk_error *err)
{
    struct schema_state *s = v->schema;
    size_t width = (size_t)v->width;
    if (!make_masks(s, width)) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for %zu columns", width);
    }
    s->nkinds = width;
    s->all_digits = true;
    for (size_t i = 0; i < width; i++) {
        size_t column = i < s->nfields ? s->column_of[i] : s->count;
        enum field_kind kind = column < s->count ? kind_of(&s->column[column].check) : FIELD_FREE;
        uint64_t bit = UINT64_C(1) << (i % 64);
        s->if_digits[i / 64] |= kind == FIELD_DIGITS ? bit : 0;
        s->if_longer[i / 64] |= kind == FIELD_TEXT ? bit : 0;
        s->always[i / 64] |= kind == FIELD_OTHER ? bit : 0;
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

/* The field number `i` of the record at hand, which is not plainly good by its bits. */
static void judge_field(struct csvk_validator *v, size_t i, size_t record_begin, uint64_t number)
{
    const struct schema_state *s = v->schema;
    struct csvk_field field = s->scan->find_field(&s->found, record_begin, i);
    size_t column = s->column_of[i];
    if (!is_accepted(v, &s->column[column].check, &field)) {
        judge_slowly(v, field, column, number);
    }
}

/* The end of a record without its line break. */
static size_t content_end(const unsigned char *bytes, size_t begin, size_t end)
{
    end -= end > begin && bytes[end - 1] == '\n';
    return end - (end > begin && bytes[end - 1] == '\r');
}

/* For the ends of the fields of a record. */
static bool has_room(struct schema_state *s, size_t length)
{
    size_t words = SCAN_WORDS(length);
    if (words > s->nends) {
        uint64_t *more = csvk_reallocarray(s->found.ends, 2 * words, sizeof *more);
        s->found.ends = more != NULL ? more : s->found.ends;
        s->nends = more != NULL ? 2 * words : s->nends;
    }
    return words <= s->nends;
}

static void judge_one(struct csvk_validator *v, size_t index, size_t begin)
{
    struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    size_t end = content_end(b->bytes, begin, b->record_end[index]);
    if (begin == end && s->nkinds == 1) { /* a blank line */
        s->records--;
        return;
    }
    if (!has_room(s, end - begin)) {
        v->failed = true;
        return;
    }
    size_t count =
        s->scan->find_fields(b->bytes, begin, end, &v->options.dialect, &s->found, s->nkinds);
    uint64_t sure = end - begin <= SHORT_TEXT ? UINT64_MAX : 0;
    for (size_t word = 0; word <= count / 64; word++) {
        uint64_t look = s->always[word] | (s->if_digits[word] & ~s->found.digits[word]) |
                        (s->if_longer[word] & ~(s->found.longer[word] & sure));
        for (; look != 0; look &= look - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(look);
            if (i < count) {
                judge_field(v, i, begin, b->first_record + index);
            }
        }
    }
}

/* Records from `first` up to `last`, none of them reported; the first begins at `begin`. */
static void judge_run(struct csvk_validator *v, size_t first, size_t last, size_t begin)
{
    const struct schema_state *s = v->schema;
    const struct csvk_batch *b = v->batch;
    unsigned char delimiter = (unsigned char)v->options.dialect.delimiter;
    while (first < last) {
        size_t end = b->record_end[last - 1];
        size_t good = s->all_digits ? s->scan->skip_digits(b->bytes, begin, end, delimiter) : begin;
        if (good == end) {
            return;
        }
        while (b->record_end[first] <= good) {
            begin = b->record_end[first++];
        }
        judge_one(v, first, begin);
        begin = b->record_end[first++];
    }
}

/* ---- records that are reported --------------------------------------------------------------- */

static int judge_reported(struct csvk_validator *v, const struct csvk_record *record,
                          struct csvk_error *err)
{
    struct schema_state *s = v->schema;
    const unsigned char *bytes = v->batch->bytes;
    size_t base = (size_t)(record->offset - v->batch->offset);
    struct csvk_record_read read;
    if (!schema_judges_record(v, record)) {
        return CSVK_OK;
    }
    s->records++;
    if (s->reader == NULL && csvk_record_fields_new(&s->reader, &v->options.dialect) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a record");
    }
    struct csvk_bytes raw = {bytes + base, (size_t)record->length};
    if (csvk_record_fields_read(s->reader, raw, &read) != CSVK_OK) {
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
