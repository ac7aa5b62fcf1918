/*
 * key_rules.c - the primary key over the whole table: duplicate-key, duplicate-key-suspected and
 * empty-key, and header-mismatch for a key column that the header does not have.
 *
 * While the table is read, the key of each record is handed to a set of keys (keys.h), which finds
 * the repeated ones at the end, in bounded memory. Empty values are reported at once. Blank
 * records, the header and records that are too short to have a key are left out; short ones are
 * reported by field_count_rules.c.
 */
#include "csvkit/base/delimiter.h"
#include "validator/judge.h"

#include "validator/key_fields.h"
#include "validator/key_lines.h"
#include "validator/keys/keys.h"

#include <string.h>

struct key_state {
    struct csvk_keys *keys;
    struct key_columns columns;
    struct csvk_bytes *value; /* of the record at hand */
    struct csvk_buf *room;    /* for values that must be decoded */
    key_lines_fn *count_lines;
    bool resolved;  /* the columns are known */
    bool in_pieces; /* a key may stand in the record in one piece */
};

/* ---- life ------------------------------------------------------------------------------------ */

int keys_new(struct csvk_validator *v, struct csvk_error *err)
{
    size_t count = v->options.primary_key.count;
    if (count == 0) {
        return CSVK_OK;
    }
    if (v->options.header == CSVK_NO_HEADER && v->options.columns.count == 0) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "a primary key needs the names of the columns: add --columns=A,B");
    }
    struct key_state *k = csvk_calloc(1, sizeof(*k));
    v->keys = k;
    if (k == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = key_columns_init(&k->columns, count);
    k->count_lines = key_lines_counter(CSVK_SIMD_AUTO);
    k->value = csvk_calloc(count, sizeof(*k->value));
    k->room = csvk_calloc(count, sizeof(*k->room));
    if (status != CSVK_OK || k->value == NULL || k->room == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    status = csvk_keys_new(&k->keys, (size_t)v->options.memory, NULL, err);
    if (status == CSVK_OK) {
        csvk_keys_use_threads(k->keys, (size_t)v->options.threads, 0);
    }
    return status == CSVK_OK && judge_is_on(v, RULE_DUPLICATE_KEY_SUSPECTED)
               ? csvk_keys_seek_alike(k->keys, count, err)
               : status;
}

struct csvk_keys *keys_set(const struct csvk_validator *v)
{
    return v->keys != NULL ? v->keys->keys : NULL;
}

void keys_free(struct key_state *k)
{
    if (k == NULL) {
        return;
    }
    for (size_t i = 0; k->room != NULL && i < k->columns.count; i++) {
        csvk_buf_release(&k->room[i]);
    }
    csvk_keys_free(k->keys);
    key_columns_release(&k->columns);
    csvk_free(k->value);
    csvk_free(k->room);
    csvk_free(k);
}

/* ---- which columns --------------------------------------------------------------------------- */

static bool find_column(const struct csvk_strings *names, const char *name, size_t *column)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->item[i], name) == 0) {
            *column = i;
            return true;
        }
    }
    return false;
}

/* A column that the schema calls so, while the header has one of its titles. */
static bool find_declared(const struct csvk_validator *v, const struct csvk_strings *names,
                          const char *name, size_t *column)
{
    size_t count = csvk_schema_count(v->options.schema);
    for (size_t i = 0; i < count && count == names->count; i++) {
        struct csvk_schema_column declared = {.size = sizeof declared};
        struct csvk_error err;
        if (csvk_schema_at(v->options.schema, i, CSVK_BACKEND_PORTABLE, &declared, &err) ==
                CSVK_OK &&
            declared.titles != NULL && strcmp(declared.name, name) == 0) {
            *column = i;
            return true;
        }
    }
    return false;
}

static void report_missing(struct csvk_validator *v, const struct place *place, const char *name)
{
    struct csvk_finding *f = judge_add(v, RULE_HEADER_MISMATCH, place);
    struct csvk_buf text = CSVK_BUF_INIT;
    if (f == NULL) {
        return;
    }
    if (csvk_buf_printf(&text, "missing `%s` of the primary key", name) != CSVK_OK) {
        v->failed = true;
    }
    finding_text(v, f, "difference", csvk_buf_text(&text));
    csvk_buf_release(&text);
}

void keys_resolve(struct csvk_validator *v, const struct csvk_strings *names,
                  const struct place *header)
{
    struct key_state *k = v->keys;
    if (k == NULL || k->resolved) {
        return;
    }
    bool all = true;
    for (size_t i = 0; i < k->columns.count; i++) {
        const char *name = v->options.primary_key.item[i];
        if (!find_column(names, name, &k->columns.column[i]) &&
            !find_declared(v, names, name, &k->columns.column[i])) {
            report_missing(v, header, name);
            all = false;
        }
    }
    key_columns_sort(&k->columns);
    csvk_keys_separate(k->keys, (unsigned char)v->options.dialect.delimiter);
    k->in_pieces = k->columns.in_row && v->options.dialect.escape == CSVK_NO_BYTE &&
                   csvk_dialect_is_plain(&v->options.dialect);
    k->resolved = all;
}

bool keys_tell_empty(const struct csvk_validator *v, size_t column)
{
    const struct key_state *k = v->keys;
    if (k == NULL || !k->resolved || v->level[RULE_EMPTY_KEY] <= v->level[RULE_VALUE_MISSING]) {
        return false;
    }
    for (size_t i = 0; i < k->columns.count; i++) {
        if (k->columns.column[i] == column) {
            return true;
        }
    }
    return false;
}

/* ---- records --------------------------------------------------------------------------------- */

/* The value of a field: the bytes of the record when they are the value, else decoded in `room`. */
static int field_value(const struct csvk_dialect *dialect, struct csvk_bytes raw, uint32_t flags,
                       struct csvk_buf *room, struct csvk_bytes *value)
{
    if ((flags & (CSVK_FIELD_DECODE | CSVK_FIELD_BROKEN)) == 0) {
        size_t skip = (flags & CSVK_FIELD_ENCLOSED) != 0;
        *value = (struct csvk_bytes){raw.ptr + skip, raw.len - 2 * skip};
        return CSVK_OK;
    }
    csvk_buf_clear(room);
    if (csvk_buf_reserve(room, raw.len + 1) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    value->len = csvk_field_decode(raw, dialect, room->data);
    value->ptr = room->data;
    return CSVK_OK;
}

/* A record of the batch, whether or not the reader has reported it. */
struct key_record {
    uint64_t number, offset;
    struct csvk_bytes bytes; /* without its line break */
    enum key_reading reading;
    const struct csvk_record *reported; /* NULL: not reported */
};

/* A walk over the records of a batch: how far it has come. */
struct key_walk {
    const struct csvk_batch *batch;
    size_t begin;         /* of the next record */
    uint64_t done;        /* records */
    size_t next_reported; /* index into batch->records */
    bool one_line;        /* every record of the batch is one line */
    enum key_crs crs;
    uint64_t line;   /* the line that begins at `lines_to` */
    size_t lines_to; /* how far lines are counted; never after the start of the record at hand */
};

static struct key_walk key_walk(const struct csvk_batch *b)
{
    bool one_line = b->nlines <= b->nrecords;
    bool cr = !one_line && memchr(b->bytes, '\r', b->size) != NULL;
    return (struct key_walk){
        .batch = b, .line = b->first_line, .one_line = one_line, .crs = cr ? KEY_CRS : KEY_NO_CR};
}

/* Length without the line break, for a record that the reader has not reported. */
static size_t content_length(const unsigned char *record, size_t length)
{
    if (length != 0 && record[length - 1] == '\n') {
        length--;
    }
    return length != 0 && record[length - 1] == '\r' ? length - 1 : length;
}

static void next_record(struct key_walk *w, struct key_record *rec)
{
    const struct csvk_batch *b = w->batch;
    const unsigned char *bytes = b->bytes + w->begin;
    size_t size = b->record_end[w->done] - w->begin;
    rec->number = b->first_record + w->done++;
    rec->offset = b->offset + w->begin;
    rec->reported = NULL;
    if (w->next_reported < b->nreported && b->records[w->next_reported].number == rec->number) {
        rec->reported = &b->records[w->next_reported++];
        w->line = rec->reported->line;
        w->lines_to = w->begin;
    }
    size_t length =
        rec->reported != NULL ? (size_t)rec->reported->length : content_length(bytes, size);
    rec->bytes = (struct csvk_bytes){bytes, length};
    bool by_reference = rec->reported != NULL && rec->reported->nfacts != 0;
    rec->reading = by_reference ? KEY_BY_REFERENCE : KEY_IN_ORDER;
    w->begin += size;
}

/* The line on which the record at hand begins. Lines are counted only when they are asked for. */
static uint64_t line_of(const struct key_state *k, struct key_walk *w, const struct key_record *rec)
{
    if (w->one_line) {
        return w->batch->first_line + (rec->number - w->batch->first_record);
    }
    const unsigned char *from = w->batch->bytes + w->lines_to;
    size_t length = (size_t)(rec->bytes.ptr - from);
    w->line += k->count_lines((struct csvk_bytes){from, length}, w->crs);
    w->lines_to += length;
    return w->line;
}

static void judge_empty(struct csvk_validator *v, struct key_walk *w, const struct key_record *rec,
                        size_t i)
{
    const struct csvk_field *field = &v->keys->columns.field[i];
    const struct csvk_record record = {.number = rec->number,
                                       .line = line_of(v->keys, w, rec),
                                       .offset = rec->offset,
                                       .length = rec->bytes.len};
    struct place place = {rec->offset + field->begin, field->end - field->begin, rec->number,
                          v->keys->columns.column[i] + 1};
    v->record = &record;
    judge_add(v, RULE_EMPTY_KEY, &place);
    v->record = NULL;
}

static int key_values(struct csvk_validator *v, struct key_walk *w, const struct key_record *rec)
{
    struct key_state *k = v->keys;
    for (size_t i = 0; i < k->columns.count; i++) {
        const struct csvk_field *field = &k->columns.field[i];
        k->value[i] = (struct csvk_bytes){rec->bytes.ptr + field->begin, field->end - field->begin};
        if (field->flags != 0 && field_value(&v->options.dialect, k->value[i], field->flags,
                                             &k->room[i], &k->value[i]) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        if (k->value[i].len == 0 &&
            !schema_tells_missing(v, rec->reported, k->columns.column[i], field->flags)) {
            judge_empty(v, w, rec, i);
        }
    }
    return CSVK_OK;
}

static struct csvk_key_place place_of(const struct key_state *k, struct key_walk *w,
                                      const struct key_record *rec)
{
    return (struct csvk_key_place){rec->number, rec->offset, line_of(k, w, rec) - rec->number};
}

static int add_values(struct csvk_validator *v, struct key_walk *w, const struct key_record *rec,
                      struct csvk_error *err)
{
    struct key_state *k = v->keys;
    bool found;
    int status =
        key_columns_find(&k->columns, rec->bytes, &v->options.dialect, rec->reading, &found);
    if (status == CSVK_OK && !found) {
        return CSVK_OK; /* too short to have a key: that has its own finding */
    }
    if (status == CSVK_OK) {
        status = key_values(v, w, rec);
    }
    if (status != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for a key");
    }
    return csvk_keys_add(k->keys, k->value, k->columns.count, place_of(k, w, rec), err);
}

/* Most keys are one piece of their record, and that piece is added as it is. */
static int add_key(struct csvk_validator *v, struct key_walk *w, const struct key_record *rec,
                   struct csvk_error *err)
{
    struct key_state *k = v->keys;
    struct csvk_bytes piece = {NULL, 0};
    if (k->in_pieces && rec->reading == KEY_IN_ORDER) {
        piece = key_columns_piece(&k->columns, rec->bytes, &v->options.dialect);
    }
    if (piece.len == 0) {
        return add_values(v, w, rec, err);
    }
    return csvk_keys_add_joined(k->keys, piece, place_of(k, w, rec), err);
}

int keys_feed(struct csvk_validator *v, struct csvk_error *err)
{
    const struct csvk_batch *b = v->batch;
    int status = CSVK_OK;
    if (v->keys == NULL || !v->keys->resolved || b->bytes == NULL) {
        return CSVK_OK;
    }
    struct key_walk walk = key_walk(b);
    while (walk.done < b->nrecords && status == CSVK_OK) {
        struct key_record rec;
        next_record(&walk, &rec);
        bool blank = rec.reported != NULL && rec.reported->blank;
        bool judged = !blank && rec.number != v->header_record;
        status = judged ? add_key(v, &walk, &rec, err) : CSVK_OK;
    }
    return status;
}

/* ---- the end --------------------------------------------------------------------------------- */

void keys_add_duplicate(struct csvk_validator *v, const struct csvk_duplicate_key *duplicate,
                        const char *first_file)
{
    const struct key_state *k = v->keys;
    /* The header, which comes again, is told: its keys are counted, and the first of them says what
       it follows from. */
    bool again = first_file == NULL && duplicate->first_record == v->again.record[0] &&
                 v->kept[RULE_HEADER_REPEATED].count != 0;
    if (again && duplicate->record != v->again.record[1] && v->options.max_findings != 0) {
        v->count[RULE_DUPLICATE_KEY] += judge_is_on(v, RULE_DUPLICATE_KEY);
        return;
    }
    struct place place = {duplicate->offset, 0, duplicate->record,
                          k->columns.count == 1 ? k->columns.column[0] + 1 : 0};
    struct csvk_finding *f = judge_add(
        v, duplicate->alike == 0 ? RULE_DUPLICATE_KEY : RULE_DUPLICATE_KEY_SUSPECTED, &place);
    if (f == NULL) {
        return;
    }
    f->line = duplicate->record + duplicate->drift;
    f->column = f->column_chars = f->line == 1 ? duplicate->offset + 1 : f->line != 0;
    finding_number(f, "first_record", CSVK_EXTRA_RECORD, duplicate->first_record);
    if (first_file != NULL) {
        finding_text(v, f, "first_file", first_file);
    }
    if (again) {
        finding_text(v, f, "follows", csvk_rule_table[RULE_HEADER_REPEATED].id);
        finding_remedy(v, f, csvk_rule_table[RULE_HEADER_REPEATED].remedy);
    }
}

static int found(void *context, const struct csvk_duplicate_key *duplicate)
{
    keys_add_duplicate(context, duplicate, NULL);
    return 0;
}

int keys_finish(struct csvk_validator *v, struct csvk_error *err)
{
    bool search = v->keys != NULL && !v->slice.searched;
    return search ? csvk_keys_finish(v->keys->keys, found, v, err) : CSVK_OK;
}

int keys_search(struct csvk_validator *v, csvk_duplicate_fn *tell, void *context,
                struct csvk_error *err)
{
    return v->keys != NULL ? csvk_keys_finish(v->keys->keys, tell, context, err) : CSVK_OK;
}

int keys_merge(struct csvk_validator *left, struct csvk_validator *right,
               struct csvk_keys_shift shift, struct csvk_error *err)
{
    bool keyed = left->keys != NULL && right->keys != NULL;
    return keyed ? csvk_keys_merge(left->keys->keys, right->keys->keys, shift, err) : CSVK_OK;
}
