/*
 * unique_rules.c - not-unique: values, or several of them together, that a schema wants once.
 *
 * The idea. As for a primary key: while the table is read, each key goes to a set (keys.h), which
 * finds what repeats at the end, in bounded memory. What is compared are not the bytes of fields
 * but what they mean (value_write_key): 1 and 1.0 are one number. A record without a value in one
 * of the columns has no key, nor has one whose value is not of its type: that has a finding.
 *
 * The sets share the memory that the options give.
 */
#include "validator/schema_state.h"

#include "validator/keys/keys.h"

#include <string.h>

struct unique_key {
    size_t *column; /* of the schema */
    size_t count;
    struct csvk_keys *keys;
};
struct unique_state {
    struct unique_key *item;
    size_t count, most; /* the greatest number of columns in one */
    struct csvk_bytes *value;
    struct csvk_buf *key; /* one for each value */
};

/* ---- life ------------------------------------------------------------------------------------ */

static void free_key(struct unique_key *key)
{
    csvk_free(key->column);
    csvk_keys_free(key->keys);
}

void unique_free(struct unique_state *u)
{
    if (u == NULL) {
        return;
    }
    for (size_t i = 0; u->item != NULL && i < u->count; i++) {
        free_key(&u->item[i]);
    }
    for (size_t i = 0; u->key != NULL && i < u->most; i++) {
        csvk_buf_release(&u->key[i]);
    }
    csvk_free(u->item);
    csvk_free(u->value);
    csvk_free(u->key);
    csvk_free(u);
}

struct csvk_keys *unique_set(const struct csvk_validator *v, size_t index)
{
    const struct unique_state *u = v->schema != NULL ? v->schema->unique : NULL;
    return u != NULL && index < u->count ? u->item[index].keys : NULL;
}

static size_t count_unique(const struct csvk_schema *schema)
{
    size_t count = csvk_schema_unique_count(schema);
    for (size_t i = 0; i < csvk_schema_count(schema); i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        count += csvk_schema_at(schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK &&
                 column.unique != 0;
    }
    return count;
}

/* The column of the schema that has this name. */
static size_t column_named(const struct schema_state *s, const char *name)
{
    size_t i = 0;
    while (i + 1 < s->count && strcmp(s->values[i].name, name) != 0) {
        i++;
    }
    return i;
}

static int add_key(struct csvk_validator *v, size_t columns, struct unique_key **out,
                   struct csvk_error *err)
{
    struct unique_state *u = v->schema->unique;
    struct unique_key *key = *out = &u->item[u->count];
    size_t sets = count_unique(v->options.schema);
    size_t memory = v->options.memory != 0 ? (size_t)v->options.memory : CSVK_KEYS_MEMORY;
    u->count++;
    u->most = columns > u->most ? columns : u->most;
    key->count = columns;
    key->column = csvk_calloc(columns, sizeof *key->column);
    return key->column != NULL ? csvk_keys_new(&key->keys, memory / sets + 1, NULL, err)
                               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int add_keys(struct csvk_validator *v, struct csvk_error *err)
{
    const struct csvk_schema *schema = v->options.schema;
    struct unique_key *key;
    int status = CSVK_OK;
    for (size_t i = 0; i < v->schema->count && status == CSVK_OK; i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        status = csvk_schema_at(schema, i, CSVK_BACKEND_PORTABLE, &column, err);
        if (status == CSVK_OK && column.unique != 0) {
            status = add_key(v, 1, &key, err);
            if (status == CSVK_OK) {
                key->column[0] = i;
            }
        }
    }
    for (size_t i = 0; i < csvk_schema_unique_count(schema) && status == CSVK_OK; i++) {
        const struct csvk_strings *names = csvk_schema_unique_at(schema, i);
        status = add_key(v, names->count, &key, err);
        for (size_t n = 0; n < names->count && status == CSVK_OK; n++) {
            key->column[n] = column_named(v->schema, names->item[n]);
        }
    }
    return status;
}

int unique_new(struct csvk_validator *v, struct csvk_error *err)
{
    size_t count = count_unique(v->options.schema);
    if (count == 0 || !judge_is_on(v, RULE_NOT_UNIQUE)) {
        return CSVK_OK;
    }
    struct unique_state *u = v->schema->unique = csvk_calloc(1, sizeof *u);
    if (u != NULL) {
        u->item = csvk_calloc(count, sizeof *u->item);
    }
    if (u == NULL || u->item == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = add_keys(v, err);
    u->value = csvk_calloc(u->most, sizeof *u->value);
    u->key = csvk_calloc(u->most, sizeof *u->key);
    if (status == CSVK_OK && (u->value == NULL || u->key == NULL)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}

/* ---- records --------------------------------------------------------------------------------- */

/* The key of one value. *found: there is a good value. */
static int take_value(struct csvk_validator *v, const struct csvk_record *record, size_t column,
                      size_t n, bool *found)
{
    struct unique_state *u = v->schema->unique;
    const struct value_check *check = &v->schema->column[column].check;
    uint64_t field = v->schema->values[column].field;
    struct csvk_bytes value;
    *found = false;
    if (field == 0 || field > record->nfields) {
        return CSVK_OK;
    }
    const struct csvk_field *at = &v->batch->fields[record->first_field + field - 1];
    if ((at->flags & CSVK_FIELD_BROKEN) != 0) {
        return CSVK_OK;
    }
    int status = csvk_field_value(v->batch, record, (size_t)field - 1, &v->options.dialect,
                                  &v->schema->room, &value);
    if (status != CSVK_OK || value_is_missing(check, value.ptr, value.len)) {
        return status;
    }
    *found = check->accepts(check, value.ptr, value.len) ||
             value_judge(check, value.ptr, value.len).kind != VALUE_OF_OTHER_TYPE;
    csvk_buf_clear(&u->key[n]);
    status = *found ? value_write_key(check, value.ptr, value.len, &u->key[n]) : CSVK_OK;
    u->value[n] = (struct csvk_bytes){u->key[n].data, u->key[n].length};
    return status;
}

static int feed_key(struct csvk_validator *v, const struct unique_key *key,
                    const struct csvk_record *record, struct csvk_error *err)
{
    bool found = true;
    for (size_t n = 0; n < key->count && found; n++) {
        if (take_value(v, record, key->column[n], n, &found) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory for a value");
        }
    }
    struct csvk_key_place place = {record->number, record->offset, record->line - record->number};
    return found ? csvk_keys_add(key->keys, v->schema->unique->value, key->count, place, err)
                 : CSVK_OK;
}

int unique_feed(struct csvk_validator *v, const struct csvk_record *record, struct csvk_error *err)
{
    const struct unique_state *u = v->schema->unique;
    int status = CSVK_OK;
    for (size_t i = 0; u != NULL && i < u->count && status == CSVK_OK; i++) {
        status = feed_key(v, &u->item[i], record, err);
    }
    return status;
}

/* ---- the end --------------------------------------------------------------------------------- */

void unique_add_duplicate(struct csvk_validator *v, size_t key,
                          const struct csvk_duplicate_key *duplicate, const char *first_file)
{
    size_t column = v->schema->unique->item[key].column[0];
    uint64_t field = v->schema->values[column].field;
    struct place place = {duplicate->offset, 0, duplicate->record, field};
    v->count[RULE_NOT_UNIQUE]++;
    v->schema->column[column].count[RULE_NOT_UNIQUE - RULE_TYPE_MISMATCH]++;
    if (!schema_takes(v, RULE_NOT_UNIQUE, field)) {
        return;
    }
    struct csvk_finding *f = judge_keep(v, RULE_NOT_UNIQUE, &place);
    if (f == NULL) {
        return;
    }
    f->line = duplicate->record + duplicate->drift;
    f->column = f->column_chars = f->line == 1 ? duplicate->offset + 1 : f->line != 0;
    finding_number(f, "first_record", CSVK_EXTRA_RECORD, duplicate->first_record);
    if (first_file != NULL) {
        finding_text(v, f, "first_file", first_file);
    }
}

size_t unique_count(const struct csvk_validator *v)
{
    return v->schema != NULL && v->schema->unique != NULL ? v->schema->unique->count : 0;
}

int unique_search(struct csvk_validator *v, size_t key, csvk_duplicate_fn *tell, void *context,
                  struct csvk_error *err)
{
    return csvk_keys_finish(v->schema->unique->item[key].keys, tell, context, err);
}

struct unique_place {
    struct csvk_validator *validator;
    size_t key;
};

static int found_again(void *context, const struct csvk_duplicate_key *duplicate)
{
    const struct unique_place *place = context;
    unique_add_duplicate(place->validator, place->key, duplicate, NULL);
    return 0;
}

int unique_finish(struct csvk_validator *v, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < unique_count(v) && !v->slice.searched && status == CSVK_OK; i++) {
        struct unique_place place = {v, i};
        status = unique_search(v, i, found_again, &place, err);
    }
    return status;
}

int unique_merge(struct csvk_validator *left, struct csvk_validator *right,
                 struct csvk_keys_shift shift, struct csvk_error *err)
{
    size_t count = unique_count(right) != 0 ? unique_count(left) : 0;
    int status = CSVK_OK;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        status = csvk_keys_merge(left->schema->unique->item[i].keys,
                                 right->schema->unique->item[i].keys, shift, err);
    }
    return status;
}
