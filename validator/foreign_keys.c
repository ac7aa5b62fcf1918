/* foreign_keys.c - see foreign_keys.h. */
#include "validator/foreign_keys.h"

#include "csvkit/base/hash.h"
#include "csvkit/schema/value_check.h"
#include "validator/rule_index.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_DEFAULT (UINT64_C(256) << 20)
#define SEED           UINT64_C(0x6a09e667f3bcc908)
#define VALUE_SHOWN    60

/* ---- the set of keys ------------------------------------------------------------------------- */

struct key_entry {
    uint64_t hash;
    size_t at, length; /* of the key in `bytes`; length SIZE_MAX: a free place */
    uint64_t times;
};
struct key_set {
    struct key_entry *entry;
    size_t count, capacity; /* a power of two, or 0 */
    struct csvk_buf bytes;
    uint64_t memory;
};

static void key_set_release(struct key_set *set)
{
    csvk_free(set->entry);
    csvk_buf_release(&set->bytes);
}

/* The place of the key, or the free one where it would be; there is one. */
static struct key_entry *find_place(const struct key_set *set, const struct csvk_buf *key,
                                    uint64_t hash)
{
    size_t i = (size_t)hash & (set->capacity - 1);
    for (;; i = (i + 1) & (set->capacity - 1)) {
        struct key_entry *e = &set->entry[i];
        bool same = e->hash == hash && e->length == key->length &&
                    memcmp(set->bytes.data + e->at, key->data, key->length) == 0;
        if (e->length == SIZE_MAX || same) {
            return e;
        }
    }
}

static int key_set_grow(struct key_set *set, struct csvk_error *err)
{
    size_t capacity = set->capacity == 0 ? 1024 : set->capacity * 2;
    struct key_entry *old = set->entry;
    size_t had = set->capacity;
    set->entry = csvk_calloc(capacity, sizeof *set->entry);
    if (set->entry == NULL) {
        set->entry = old;
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    set->capacity = capacity;
    for (size_t i = 0; i < capacity; i++) {
        set->entry[i].length = SIZE_MAX;
    }
    for (size_t i = 0; i < had; i++) {
        size_t k = (size_t)old[i].hash & (capacity - 1);
        while (old[i].length != SIZE_MAX && set->entry[k].length != SIZE_MAX) {
            k = (k + 1) & (capacity - 1);
        }
        if (old[i].length != SIZE_MAX) {
            set->entry[k] = old[i];
        }
    }
    csvk_free(old);
    return CSVK_OK;
}

static int key_set_add(struct key_set *set, const struct csvk_buf *key, const char *path,
                       struct csvk_error *err)
{
    uint64_t hash = csvk_hash(key->data, key->length, SEED);
    uint64_t bytes = set->bytes.capacity + set->capacity * sizeof *set->entry;
    if (bytes > set->memory) {
        return csvk_fail(err, CSVK_ELIMIT,
                         "%s: its keys need more memory than is allowed for foreign keys "
                         "(--memory)",
                         path);
    }
    int status = set->count * 2 >= set->capacity ? key_set_grow(set, err) : CSVK_OK;
    if (status != CSVK_OK) {
        return status;
    }
    struct key_entry *e = find_place(set, key, hash);
    if (e->length == SIZE_MAX) {
        size_t at = set->bytes.length;
        if (csvk_buf_add(&set->bytes, key->data, key->length) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        *e = (struct key_entry){hash, at, key->length, 0};
        set->count++;
    }
    e->times++;
    return CSVK_OK;
}

static uint64_t key_set_times(const struct key_set *set, const struct csvk_buf *key)
{
    if (set->capacity == 0) {
        return 0;
    }
    const struct key_entry *e = find_place(set, key, csvk_hash(key->data, key->length, SEED));
    return e->length == SIZE_MAX ? 0 : e->times;
}

/* ---- reading the keys of a table --------------------------------------------------------------
 */

/* What the values of a record are as a key. */
enum key_state { KEY_WHOLE, KEY_NULL /* one is missing */, KEY_UNKNOWN /* one is not good */ };

struct key_reading;
typedef int key_function(struct key_reading *reading, enum key_state state, struct csvk_error *err);
struct key_reading {
    const struct foreign_key_side *side;
    size_t count;              /* of columns */
    size_t *column;            /* their numbers in the schema, from 0 */
    size_t *field;             /* where they are in a record; SIZE_MAX: the data has none */
    size_t width;              /* of a record */
    bool by_name;              /* the header says where */
    struct value_check *check; /* one for each */
    struct csvk_buf key, text, room;
    const struct csvk_batch *batch;
    const struct csvk_record *record; /* at hand; `key` is its key, `text` its values */
    key_function *take;
    bool past_header;
    const struct foreign_key_check *what;
    struct key_set *set;
    struct csvk_findings *findings; /* of the file at hand */
};

static int find_columns(struct key_reading *r, struct csvk_error *err)
{
    const struct csvk_schema *schema = r->side->options->schema;
    struct csvk_schema_table table = {.size = sizeof table};
    int status = csvk_schema_get_table(schema, &table, err);
    r->by_name = table.fields_match != CSVK_MATCH_EXACT;
    r->width = csvk_schema_count(schema);
    for (size_t i = 0; i < r->count && status == CSVK_OK; i++) {
        const char *name = r->side->columns->item[i];
        bool found = false;
        for (size_t k = 0; k < csvk_schema_count(schema) && !found; k++) {
            struct csvk_schema_column column = {.size = sizeof column};
            status = csvk_schema_at(schema, k, CSVK_BACKEND_PORTABLE, &column, err);
            found = status == CSVK_OK && strcmp(column.name, name) == 0;
            r->column[i] = k;
        }
        if (!found) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: no column %.200s for a foreign key",
                             r->side->path, name);
        }
        r->field[i] = r->column[i];
        status = value_check_init(&r->check[i], schema, r->column[i],
                                  (enum csvk_backend)r->side->options->backend, err);
    }
    return status;
}

/* The columns are where the header has their names: the record at hand. */
static int find_fields(struct key_reading *r)
{
    int status = CSVK_OK;
    r->width = r->record->nfields;
    for (size_t i = 0; i < r->count; i++) {
        r->field[i] = SIZE_MAX;
    }
    for (size_t k = 0; k < r->width && status == CSVK_OK; k++) {
        struct csvk_bytes name;
        status =
            csvk_field_value(r->batch, r->record, k, &r->side->options->dialect, &r->room, &name);
        for (size_t i = 0; i < r->count && status == CSVK_OK; i++) {
            const char *wanted = r->side->columns->item[i];
            bool same = strlen(wanted) == name.len && memcmp(wanted, name.ptr, name.len) == 0;
            r->field[i] = same && r->field[i] == SIZE_MAX ? k : r->field[i];
        }
    }
    return status;
}

/* Adds one value to the key: its length first, so that values cannot run into each other. */
static int add_value(struct key_reading *r, size_t i, struct csvk_bytes value,
                     enum key_state *state)
{
    struct value_check *check = &r->check[i];
    struct csvk_buf one = CSVK_BUF_INIT;
    int status = i != 0 ? csvk_buf_putc(&r->text, ',') : CSVK_OK;
    status = status == CSVK_OK ? csvk_buf_add(&r->text, value.ptr, value.len) : status;
    if (value_is_missing(check, value.ptr, value.len)) {
        *state = *state == KEY_WHOLE ? KEY_NULL : *state;
        return status;
    }
    if (value_judge(check, value.ptr, value.len).kind != VALUE_GOOD) {
        *state = KEY_UNKNOWN;
        return status;
    }
    status = status == CSVK_OK ? value_write_key(check, value.ptr, value.len, &one) : status;
    uint64_t length = one.length;
    status = status == CSVK_OK ? csvk_buf_add(&r->key, &length, sizeof length) : status;
    status = status == CSVK_OK ? csvk_buf_add(&r->key, one.data, one.length) : status;
    csvk_buf_release(&one);
    return status;
}

static int make_key(struct key_reading *r, enum key_state *state)
{
    int status = CSVK_OK;
    csvk_buf_clear(&r->key);
    csvk_buf_clear(&r->text);
    *state = KEY_WHOLE;
    for (size_t i = 0; i < r->count && status == CSVK_OK; i++) {
        struct csvk_bytes value;
        if (r->field[i] == SIZE_MAX) {
            *state = KEY_NULL;
            return CSVK_OK;
        }
        status = csvk_field_value(r->batch, r->record, r->field[i], &r->side->options->dialect,
                                  &r->room, &value);
        status = status == CSVK_OK ? add_value(r, i, value, state) : status;
    }
    return status;
}

static int take_batch(struct key_reading *r, struct csvk_error *err)
{
    bool header = r->side->options->header != CSVK_NO_HEADER;
    for (size_t i = 0; i < r->batch->nreported; i++) {
        enum key_state state;
        r->record = &r->batch->records[i];
        bool first = !r->past_header && !r->record->blank;
        r->past_header |= first;
        if (header && first && r->by_name && find_fields(r) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        if (r->record->blank || r->record->nfields != r->width || (header && first)) {
            continue;
        }
        if (make_key(r, &state) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        int status = r->take(r, state, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

static int read_records(struct key_reading *r, struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = r->side->options->dialect;
    options.detail = CSVK_FIELDS;
    options.facts = 0;
    options.any_eol = r->side->options->profile == CSVK_PROFILE_BIS;
    options.comment = r->side->options->comment;
    int status = csvk_reader_new(&reader, source, &options, err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &r->batch, err);
        status = status == CSVK_OK ? take_batch(r, err) : status;
    }
    csvk_reader_free(reader);
    return status == CSVK_END ? CSVK_OK : status;
}

static int read_file(struct key_reading *r, const char *path, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    r->past_header = false;
    int status = csvk_source_open(&source, path, err);
    if (status == CSVK_OK && r->side->encoding != NULL) {
        status = csvk_source_set_encoding(source, r->side->encoding, err);
    }
    status = status == CSVK_OK ? read_records(r, source, err) : status;
    csvk_source_free(source);
    return status;
}

static int read_files(struct key_reading *r, struct csvk_error *err)
{
    const struct csvk_strings *slices = r->side->slices;
    int status = slices == NULL ? read_file(r, r->side->path, err) : CSVK_OK;
    for (size_t i = 0; slices != NULL && i < slices->count && status == CSVK_OK; i++) {
        status = read_file(r, slices->item[i], err);
        r->findings += r->findings != NULL;
    }
    return status;
}

static int read_side(struct key_reading *r, struct csvk_error *err)
{
    r->count = r->side->columns->count;
    r->column = csvk_calloc(r->count, sizeof *r->column);
    r->field = csvk_calloc(r->count, sizeof *r->field);
    r->check = csvk_calloc(r->count, sizeof *r->check);
    int status = r->column != NULL && r->field != NULL && r->check != NULL
                     ? CSVK_OK
                     : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    status = status == CSVK_OK ? find_columns(r, err) : status;
    status = status == CSVK_OK ? read_files(r, err) : status;
    for (size_t i = 0; r->check != NULL && i < r->count; i++) {
        value_check_release(&r->check[i]);
    }
    csvk_free(r->check);
    csvk_free(r->column);
    csvk_free(r->field);
    csvk_buf_release(&r->key);
    csvk_buf_release(&r->text);
    csvk_buf_release(&r->room);
    return status;
}

/* ---- both sides ------------------------------------------------------------------------------ */

static int keep_key(struct key_reading *r, enum key_state state, struct csvk_error *err)
{
    return state != KEY_WHOLE ? CSVK_OK : key_set_add(r->set, &r->key, r->side->path, err);
}

static enum csvk_severity severity(const struct csvk_validate_options *options)
{
    unsigned char own = options->level[RULE_FOREIGN_KEY];
    return own != 0 ? (enum csvk_severity)(own - 1)
                    : csvk_rule_level(&csvk_rule_table[RULE_FOREIGN_KEY], options->profile);
}

static bool add_text(struct csvk_finding *f, const char *key, const char *text)
{
    f->extra[f->nextras] = (struct csvk_extra){key, CSVK_EXTRA_TEXT, 0, csvk_strdup(text)};
    return f->extra[f->nextras++].text != NULL;
}

/* Line and column of a byte in the batch. */
static void set_place(const struct key_reading *r, size_t field, struct csvk_finding *f)
{
    const struct csvk_field *cell = &r->batch->fields[r->record->first_field + field];
    size_t begin = (size_t)(r->record->offset - r->batch->offset);
    f->has_byte = true;
    f->byte = r->batch->offset + cell->begin;
    f->length = cell->end - cell->begin;
    f->record = r->record->number;
    f->field = field + 1;
    f->line = r->record->line;
    f->column = cell->begin - begin + 1;
    for (size_t i = begin; i < cell->begin; i++) {
        if (r->batch->bytes[i] == '\n') {
            f->line++;
            f->column = cell->begin - i;
        }
    }
}

static int tell_key(struct key_reading *r, uint64_t times, struct csvk_error *err)
{
    struct csvk_finding f = {.rule = &csvk_rule_table[RULE_FOREIGN_KEY],
                             .severity = severity(r->side->options)};
    struct csvk_buf names = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < r->count && status == CSVK_OK; i++) {
        status = csvk_buf_printf(&names, "%s%s", i != 0 ? ", " : "", r->what->to.columns->item[i]);
    }
    size_t shown = r->text.length < VALUE_SHOWN ? r->text.length : VALUE_SHOWN;
    char value[VALUE_SHOWN + sizeof "..."];
    memcpy(value, csvk_buf_text(&r->text), shown);
    memcpy(value + shown, shown < r->text.length ? "..." : "", shown < r->text.length ? 4 : 1);
    set_place(r, r->field[0], &f);
    f.field_name = csvk_strdup(r->side->columns->item[0]);
    bool good = status == CSVK_OK && f.field_name != NULL && add_text(&f, "value", value) &&
                add_text(&f, "columns", csvk_buf_text(&names)) &&
                add_text(&f, "table", r->what->to.path);
    f.extra[f.nextras++] = (struct csvk_extra){"found", CSVK_EXTRA_NUMBER, times, NULL};
    csvk_buf_release(&names);
    if (!good) {
        csvk_finding_release(&f);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return csvk_findings_add(r->findings, &f) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int look_up_key(struct key_reading *r, enum key_state state, struct csvk_error *err)
{
    uint64_t times = state == KEY_WHOLE ? key_set_times(r->set, &r->key) : 0;
    bool passed_over = state == KEY_UNKNOWN || (state == KEY_NULL && !r->what->null_refers);
    bool good = passed_over || times == 1 || (times > 1 && !r->what->exactly_one);
    return good ? CSVK_OK : tell_key(r, times, err);
}

int foreign_key_judge(const struct foreign_key_check *check, struct csvk_findings findings[],
                      struct csvk_error *err)
{
    struct key_set set = {.memory = check->memory != 0 ? check->memory : MEMORY_DEFAULT};
    struct key_reading to = {.side = &check->to, .take = keep_key, .set = &set};
    struct key_reading from = {.side = &check->from,
                               .take = look_up_key,
                               .what = check,
                               .set = &set,
                               .findings = findings};
    if (severity(check->from.options) == CSVK_OFF) {
        return CSVK_OK;
    }
    int status = read_side(&to, err);
    status = status == CSVK_OK ? read_side(&from, err) : status;
    key_set_release(&set);
    return status;
}
