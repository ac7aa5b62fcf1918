/* stats.c - see stats.h; what is known about a column, and when, in column_state.h. */
#include "csvkit/stats/stats.h"

#include "csvkit/base/hash.h"
#include "csvkit/stats/stats_private.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_SEED CSVK_HASH_A
/* A count that is so many times what falls into a cell on average tells something. */
#define NOISE_TIMES 4

/* ---- life ------------------------------------------------------------------------------------ */

/* What a table of so many columns keeps of each: at most 290 KiB, 75 KiB, 24 KiB. Decided by the
   number of columns alone, as all parts of a whole must be alike. */
static const struct sizes {
    size_t columns; /* up to so many */
    uint32_t values, cells, shapes, shape_cells;
} sizes[] = {{64, 1024, 1024, 128, 256}, {512, 256, 512, 64, 128}, {SIZE_MAX, 64, 128, 16, 32}};

static const struct sizes *sizes_for(size_t columns)
{
    const struct sizes *s = sizes;
    while (columns > s->columns) {
        s++;
    }
    return s;
}

int csvk_stats_new(struct csvk_stats **out, size_t columns, const struct csvk_dialect *dialect)
{
    const struct sizes *s = sizes_for(columns);
    struct csvk_stats *stats = csvk_calloc(1, sizeof *stats);
    *out = NULL;
    if (stats == NULL) {
        return CSVK_ENOMEM;
    }
    stats->dialect = *dialect;
    stats->column = csvk_calloc(columns, sizeof *stats->column);
    if (stats->column == NULL) {
        csvk_free(stats);
        return CSVK_ENOMEM;
    }
    stats->count = columns;
    for (size_t i = 0; i < columns; i++) {
        tally_init(&stats->column[i].values, s->values, s->cells);
        tally_init(&stats->column[i].state.shapes, s->shapes, s->shape_cells);
    }
    *out = stats;
    return CSVK_OK;
}

void csvk_stats_free(struct csvk_stats *stats)
{
    if (stats == NULL) {
        return;
    }
    for (size_t i = 0; i < stats->count; i++) {
        tally_release(&stats->column[i].values);
        state_release(&stats->column[i].state);
    }
    csvk_free(stats->column);
    csvk_buf_release(&stats->room);
    csvk_free(stats);
}

const struct csvk_stats_records *csvk_stats_records(const struct csvk_stats *stats)
{
    return &stats->records;
}

size_t csvk_stats_columns(const struct csvk_stats *stats)
{
    return stats->count;
}

/* ---- values ---------------------------------------------------------------------------------- */

static int count_entry(struct column_state *state, const struct tally_entry *entry)
{
    struct typed_value typed;
    struct column_value value = {.text = {entry->text, entry->kept},
                                 .length = entry->length,
                                 .points = entry->points,
                                 .score = entry->score,
                                 .count = entry->count};
    if (entry->length > TALLY_TEXT) { /* no type holds it but STRING: they are all shorter */
        typed = (struct typed_value){0};
    } else {
        csvk_typed_value_read(value.text, &typed);
    }
    return state_count(state, &value, &typed);
}

/* Adds the values that the table has, with their counts, to the state. */
static int count_table(struct column_state *state, const struct tally *values, uint32_t entries)
{
    int status = CSVK_OK;
    for (uint32_t i = 0; i < entries && status == CSVK_OK; i++) {
        status = count_entry(state, &values->entry[i]);
    }
    return status;
}

/* One value, or the same one `count` times, when the column's values are too many. */
static int add_to_state(struct column *column, const struct tally_key *key, uint64_t score,
                        uint64_t record)
{
    struct typed_value typed;
    struct column_value value = {
        .text = {key->text, key->length}, .length = key->length, .score = score, .count = 1};
    csvk_typed_value_read(value.text, &typed);
    csvk_column_evidence_note(&column->state.types, &typed, value.text, record);
    return state_count(&column->state, &value, &typed);
}

/* `draw` is the random number of the record. */
static int add_value(struct column *column, struct csvk_bytes text, uint64_t record, uint64_t draw)
{
    struct tally *values = &column->values;
    struct tally_entry *entry;
    bool is_new;
    uint32_t before = values->count;
    struct tally_key key = {csvk_hash(text.ptr, text.len, VALUE_SEED), text.ptr, text.len, 0};
    uint64_t score = csvk_hash_fold(key.hash ^ draw, CSVK_HASH_B);
    if (values->sketched) {
        tally_mark(values, key.hash, 1);
        int status = score < values->bound ? tally_sample(values, &key, score) : CSVK_OK;
        return status == CSVK_OK ? add_to_state(column, &key, score, record) : status;
    }
    int status = tally_add(values, &key, score, 1, &entry, &is_new);
    if (status != CSVK_OK || (!is_new && !values->sketched)) {
        return status;
    }
    if (!values->sketched) {
        struct typed_value typed;
        entry->points = count_points(text.ptr, text.len);
        csvk_typed_value_read(text, &typed);
        csvk_column_evidence_note(&column->state.types, &typed, text, record);
        return CSVK_OK;
    }
    status = count_table(&column->state, values, before);
    return status == CSVK_OK ? add_to_state(column, &key, score, record) : status;
}

static void add_empty(struct column *column, bool enclosed, uint64_t record)
{
    csvk_column_evidence_empty(&column->state.types, record);
    column->enclosed_empty += enclosed;
}

static uint64_t draw_of(uint64_t place)
{
    return csvk_hash_fold(place ^ CSVK_HASH_A, CSVK_HASH_C);
}

int csvk_stats_add_value(struct csvk_stats *stats, size_t column, struct csvk_bytes value,
                         uint64_t record)
{
    if (value.len == 0) {
        add_empty(&stats->column[column], false, record);
        return CSVK_OK;
    }
    return add_value(&stats->column[column], value, record, draw_of(record));
}

/* ---- records --------------------------------------------------------------------------------- */

static void pass_over(uint64_t *count, uint64_t *first, uint64_t record)
{
    *first = *count == 0 ? record : *first;
    (*count)++;
}

static int add_record(struct csvk_stats *stats, const struct csvk_batch *batch,
                      const struct csvk_record *record, struct csvk_stats_before before)
{
    uint64_t number = record->number + before.records;
    uint64_t draw = draw_of(record->offset + before.bytes);
    const struct csvk_field *field = &batch->fields[record->first_field];
    struct csvk_stats_records *records = &stats->records;
    int status = CSVK_OK;
    records->records++;
    for (size_t i = 0; i < stats->count && status == CSVK_OK; i++) {
        struct csvk_bytes value = {batch->bytes + field[i].begin, field[i].end - field[i].begin};
        if ((field[i].flags & CSVK_FIELD_BROKEN) != 0) {
            pass_over(&records->broken, &records->first_broken, number);
            continue;
        }
        if (field[i].flags != 0) {
            status = csvk_field_value(batch, record, i, &stats->dialect, &stats->room, &value);
        }
        if (status == CSVK_OK && value.len == 0) {
            add_empty(&stats->column[i], (field[i].flags & CSVK_FIELD_ENCLOSED) != 0, number);
        } else if (status == CSVK_OK) {
            status = add_value(&stats->column[i], value, number, draw);
        }
    }
    return status;
}

int csvk_stats_add(struct csvk_stats *stats, const struct csvk_batch *batch, uint64_t skip,
                   struct csvk_stats_before before)
{
    struct csvk_stats_records *records = &stats->records;
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        uint64_t number = record->number + before.records;
        if (record->number <= skip || record->unfinished) {
            continue;
        }
        if (record->oversize) {
            pass_over(&records->oversize, &records->first_oversize, number);
        } else if (record->blank && stats->count != 1) {
            records->blank++;
        } else if (record->nfields != stats->count) {
            pass_over(&records->other_width, &records->first_of_width, number);
        } else {
            status = add_record(stats, batch, record, before);
        }
    }
    return status;
}

/* ---- merging --------------------------------------------------------------------------------- */

static void merge_place(uint64_t *count, uint64_t *first, uint64_t right_count,
                        uint64_t right_first)
{
    bool swap = right_count != 0 && (*count == 0 || right_first < *first);
    *first = swap ? right_first : *first;
    *count += right_count;
}

static void merge_records(struct csvk_stats_records *left, const struct csvk_stats_records *right)
{
    left->records += right->records;
    left->blank += right->blank;
    merge_place(&left->other_width, &left->first_of_width, right->other_width,
                right->first_of_width);
    merge_place(&left->oversize, &left->first_oversize, right->oversize, right->first_oversize);
    merge_place(&left->broken, &left->first_broken, right->broken, right->first_broken);
}

/* Goes over to sketches. */
static int sketch_column(struct column *column)
{
    if (column->values.sketched) {
        return CSVK_OK;
    }
    int status = count_table(&column->state, &column->values, column->values.count);
    return status == CSVK_OK ? tally_sketch(&column->values) : status;
}

/* Adds the values of `right`, which has all of them with their counts. */
static int merge_table(struct column *left, const struct tally *right)
{
    int status = CSVK_OK;
    for (uint32_t i = 0; i < right->count && status == CSVK_OK; i++) {
        const struct tally_entry *e = &right->entry[i];
        struct tally_key key = {e->hash, e->text, (size_t)e->length, e->points};
        struct tally_entry *entry;
        bool is_new, sketched = left->values.sketched;
        uint32_t before = left->values.count;
        status = tally_add(&left->values, &key, e->score, e->count, &entry, &is_new);
        if (status == CSVK_OK && left->values.sketched && !sketched) {
            status = count_table(&left->state, &left->values, before);
        }
        if (status == CSVK_OK && left->values.sketched) {
            status = count_entry(&left->state, e);
        }
    }
    return status;
}

static int merge_column(struct column *left, struct column *right)
{
    int status = right->values.sketched ? sketch_column(left) : CSVK_OK;
    status = status == CSVK_OK ? state_merge(&left->state, &right->state) : status;
    left->enclosed_empty += right->enclosed_empty;
    if (status == CSVK_OK) {
        status = right->values.sketched ? tally_merge(&left->values, &right->values)
                                        : merge_table(left, &right->values);
    }
    return status;
}

int csvk_stats_merge(struct csvk_stats *left, const struct csvk_stats *right)
{
    if (left->count != right->count) {
        return CSVK_EUSAGE;
    }
    merge_records(&left->records, &right->records);
    int status = CSVK_OK;
    for (size_t i = 0; i < left->count && status == CSVK_OK; i++) {
        status = merge_column(&left->column[i], &right->column[i]);
    }
    return status;
}

/* ---- answers --------------------------------------------------------------------------------- */

static struct csvk_stats_value value_of_entry(const struct tally *tally,
                                              const struct tally_entry *entry)
{
    struct csvk_stats_value value = {
        .kept = entry->kept, .length = entry->length, .count = tally_count(tally, entry)};
    memcpy(value.text, entry->text, entry->kept);
    return value;
}

/* True when `a` comes before `b`: more records, then by bytes. */
static bool comes_before(const struct csvk_stats_value *a, const struct csvk_stats_value *b)
{
    if (a->count != b->count) {
        return a->count > b->count;
    }
    size_t both = (size_t)(a->kept < b->kept ? a->kept : b->kept);
    int order = memcmp(a->text, b->text, both);
    return order != 0 ? order < 0 : a->length < b->length;
}

static void put_in_order(struct csvk_stats_value *top, uint64_t *count,
                         const struct csvk_stats_value *value)
{
    uint64_t at = *count;
    while (at > 0 && comes_before(value, &top[at - 1])) {
        at--;
    }
    if (at == CSVK_STATS_TOP) {
        return;
    }
    *count += *count < CSVK_STATS_TOP;
    for (uint64_t i = *count - 1; i > at; i--) {
        top[i] = top[i - 1];
    }
    top[at] = *value;
}

/* The most frequent keys. Of a sketch, those whose count is more than what may be chance. */
static void find_top(struct tally *tally, struct csvk_stats_value top[CSVK_STATS_TOP],
                     uint64_t *count)
{
    uint64_t noise = tally->sketched ? tally->total / tally->width * NOISE_TIMES + 1 : 0;
    *count = 0;
    tally_settle(tally);
    for (uint32_t i = 0; i < tally->count; i++) {
        struct csvk_stats_value value = value_of_entry(tally, &tally->entry[i]);
        if (value.count > noise) {
            put_in_order(top, count, &value);
        }
    }
}

static void answer_bound(const struct byte_bound *bound, struct csvk_stats_value *value)
{
    *value = (struct csvk_stats_value){.kept = bound->kept,
                                       .length = bound->kept + (bound->cut ? 1 : 0)};
    memcpy(value->text, bound->text, bound->kept);
}

static void answer_number(const struct number_bound *bound, char text[CSVK_STATS_NUMBER_SIZE])
{
    memcpy(text, bound->text, bound->length);
    text[bound->length] = '\0';
}

static void answer_moment(const struct byte_bound *bound, char text[CSVK_STATS_NUMBER_SIZE])
{
    memcpy(text, bound->text, bound->kept);
    text[bound->kept] = '\0';
}

static int answer_state(struct column_state *state, struct csvk_column_types *types,
                        struct csvk_column_stats *answer)
{
    *types = state_types(state);
    answer->types = types;
    answer->values = types->values;
    answer->empty = types->empty;
    answer->shortest = state->shortest;
    answer->longest = state->longest;
    answer->points = state->points;
    answer->numbers = state->sum.count;
    answer->shapes_exact = !state->shapes.sketched;
    answer_bound(&state->least, &answer->least);
    answer_bound(&state->greatest, &answer->greatest);
    answer_number(&state->number_least, answer->number_least);
    answer_number(&state->number_greatest, answer->number_greatest);
    answer->moments = state->moments;
    answer_moment(&state->moment_least, answer->moment_least);
    answer_moment(&state->moment_greatest, answer->moment_greatest);
    find_top(&state->shapes, answer->shape, &answer->nshapes);
    return number_sum_mean(&state->sum, answer->mean, sizeof answer->mean);
}

int csvk_stats_column(struct csvk_stats *stats, size_t column, const struct csvk_column_stats **out)
{
    struct csvk_column_stats *answer = &stats->answer;
    *out = NULL;
    if (column >= stats->count) {
        return CSVK_EUSAGE;
    }
    struct column *c = &stats->column[column];
    *answer = (struct csvk_column_stats){.enclosed_empty = c->enclosed_empty,
                                         .distinct = tally_distinct(&c->values),
                                         .distinct_exact = !c->values.sketched,
                                         .top_exact = !c->values.sketched};
    find_top(&c->values, answer->top, &answer->ntop);
    int status;
    if (c->values.sketched) {
        status = answer_state(&c->state, &stats->answer_types, answer);
    } else { /* nothing but what records have noted is in the state yet */
        struct column_state *state = csvk_malloc(sizeof *state);
        if (state == NULL) {
            return CSVK_ENOMEM;
        }
        *state = c->state;
        status = count_table(state, &c->values, c->values.count);
        status = status == CSVK_OK ? answer_state(state, &stats->answer_types, answer) : status;
        state_release(state);
        csvk_free(state);
    }
    *out = status == CSVK_OK ? answer : NULL;
    return status;
}
