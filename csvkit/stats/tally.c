/* tally.c - see tally.h. */
#include "csvkit/stats/tally.h"

#include "csvkit/base/hash.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ENTRIES 8

void tally_init(struct tally *tally, uint32_t most, uint32_t width)
{
    *tally = (struct tally){.most = most, .width = width, .bound = UINT64_MAX};
}

void tally_release(struct tally *tally)
{
    csvk_free(tally->entry);
    csvk_free(tally->index);
    csvk_free(tally->cell);
    csvk_free(tally->registers);
    tally_init(tally, tally->most, tally->width);
}

/* ---- the table ---- */

/* Where the key stands in the index, or where it would stand. */
static uint32_t slot_of(const struct tally *tally, const struct tally_key *key)
{
    uint32_t mask = tally->index_size - 1, slot = (uint32_t)key->hash & mask;
    for (; tally->index[slot] != 0; slot = (slot + 1) & mask) {
        const struct tally_entry *e = &tally->entry[tally->index[slot] - 1];
        if (e->hash == key->hash && e->length == key->length &&
            memcmp(e->text, key->text, e->kept) == 0) {
            break;
        }
    }
    return slot;
}

/* No two entries have the same key. */
static void index_all(struct tally *tally)
{
    uint32_t mask = tally->index_size - 1;
    memset(tally->index, 0, tally->index_size * sizeof *tally->index);
    for (uint32_t i = 0; i < tally->count; i++) {
        uint32_t slot = (uint32_t)tally->entry[i].hash & mask;
        while (tally->index[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        tally->index[slot] = i + 1;
    }
}

static int grow(struct tally *tally)
{
    uint32_t capacity = tally->capacity == 0 ? FIRST_ENTRIES : tally->capacity * 2;
    struct tally_entry *entry = csvk_reallocarray(tally->entry, capacity, sizeof *entry);
    if (entry == NULL) {
        return CSVK_ENOMEM;
    }
    tally->entry = entry;
    uint32_t *index = csvk_reallocarray(tally->index, (size_t)capacity * 2, sizeof *index);
    if (index == NULL) {
        return CSVK_ENOMEM;
    }
    tally->index = index;
    tally->capacity = capacity;
    tally->index_size = capacity * 2;
    index_all(tally);
    return CSVK_OK;
}

static struct tally_entry *append(struct tally *tally, const struct tally_key *key, uint64_t score)
{
    struct tally_entry *e = &tally->entry[tally->count++];
    *e = (struct tally_entry){
        .hash = key->hash, .score = score, .length = key->length, .points = key->points};
    e->kept = (uint32_t)(key->length < TALLY_TEXT ? key->length : TALLY_TEXT);
    memcpy(e->text, key->text, e->kept);
    return e;
}

static int by_score(const void *a, const void *b)
{
    const struct tally_entry *x = a, *y = b;
    if (x->score != y->score) {
        return x->score < y->score ? -1 : 1;
    }
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

void tally_settle(struct tally *tally)
{
    if (!tally->sketched || tally->count == 0) {
        return;
    }
    qsort(tally->entry, tally->count, sizeof *tally->entry, by_score);
    if (tally->count >= tally->most) {
        tally->count = tally->most;
        tally->bound = tally->entry[tally->count - 1].score;
    }
    index_all(tally);
}

/* ---- adding ---- */

/* Makes room for one more key: a larger table, or fewer of them. */
static int make_room(struct tally *tally)
{
    if (tally->sketched && tally->count >= tally->most * 2) {
        tally_settle(tally);
    }
    return tally->count == tally->capacity ? grow(tally) : CSVK_OK;
}

int tally_sketch(struct tally *tally)
{
    if (tally->sketched) {
        return CSVK_OK;
    }
    tally->cell = csvk_calloc((size_t)TALLY_ROWS * tally->width, sizeof *tally->cell);
    tally->registers = csvk_calloc(TALLY_REGISTERS, 1);
    if (tally->cell == NULL || tally->registers == NULL) {
        return CSVK_ENOMEM;
    }
    tally->sketched = true;
    for (uint32_t i = 0; i < tally->count; i++) {
        tally_mark(tally, tally->entry[i].hash, tally->entry[i].count);
    }
    return CSVK_OK;
}

static int add_to_sample(struct tally *tally, const struct tally_key *key, uint64_t score,
                         struct tally_entry **entry, bool *is_new)
{
    *is_new = false;
    *entry = NULL;
    if (score >= tally->bound) {
        return CSVK_OK;
    }
    int status = make_room(tally);
    if (status != CSVK_OK || score >= tally->bound) {
        return status;
    }
    uint32_t slot = slot_of(tally, key);
    *is_new = tally->index[slot] == 0;
    if (*is_new) {
        *entry = append(tally, key, score);
        tally->index[slot] = tally->count;
    } else {
        *entry = &tally->entry[tally->index[slot] - 1];
        (*entry)->score = score < (*entry)->score ? score : (*entry)->score;
    }
    return CSVK_OK;
}

int tally_sample(struct tally *tally, const struct tally_key *key, uint64_t score)
{
    struct tally_entry *entry;
    bool is_new;
    return add_to_sample(tally, key, score, &entry, &is_new);
}

int tally_add(struct tally *tally, const struct tally_key *key, uint64_t score, uint64_t count,
              struct tally_entry **entry, bool *is_new)
{
    int status = CSVK_OK;
    if (!tally->sketched) {
        if (tally->index_size == 0 && grow(tally) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        uint32_t slot = slot_of(tally, key);
        if (tally->index[slot] != 0) {
            *entry = &tally->entry[tally->index[slot] - 1];
            *is_new = false;
            tally_count_entry(*entry, score, count);
            return CSVK_OK;
        }
        if (tally->count < tally->most) {
            status = make_room(tally);
            if (status == CSVK_OK) {
                *entry = append(tally, key, score);
                (*entry)->count = count;
                *is_new = true;
                tally->index[slot_of(tally, key)] = tally->count;
            }
            return status;
        }
        status = tally_sketch(tally);
    }
    if (status == CSVK_OK) {
        tally_mark(tally, key->hash, count);
        status = add_to_sample(tally, key, score, entry, is_new);
    }
    return status;
}

/* ---- from elsewhere ---- */

int tally_reserve(struct tally *tally, uint32_t count, bool sketched)
{
    int status = sketched ? tally_sketch(tally) : CSVK_OK;
    while (status == CSVK_OK && tally->capacity < count) {
        status = grow(tally);
    }
    return status;
}

void tally_index(struct tally *tally)
{
    if (tally->index_size != 0) {
        index_all(tally);
    }
}

/* ---- merging ---- */

static struct tally_key key_of(const struct tally_entry *e)
{
    return (struct tally_key){e->hash, e->text, (size_t)e->length, e->points};
}

int tally_merge(struct tally *left, struct tally *right)
{
    struct tally_entry *entry;
    bool is_new;
    int status = right->sketched ? tally_sketch(left) : CSVK_OK;
    for (size_t i = 0; status == CSVK_OK && right->sketched && i < TALLY_REGISTERS; i++) {
        uint8_t rank = right->registers[i];
        left->registers[i] = left->registers[i] < rank ? rank : left->registers[i];
    }
    for (size_t i = 0; status == CSVK_OK && right->sketched && i < TALLY_ROWS * right->width; i++) {
        left->cell[i] += right->cell[i];
    }
    left->total += status == CSVK_OK && right->sketched ? right->total : 0;
    for (uint32_t i = 0; i < right->count && status == CSVK_OK; i++) {
        struct tally_key key = key_of(&right->entry[i]);
        status = right->sketched ? add_to_sample(left, &key, right->entry[i].score, &entry, &is_new)
                                 : tally_add(left, &key, right->entry[i].score,
                                             right->entry[i].count, &entry, &is_new);
    }
    return status;
}

/* ---- answers ---- */

/*
 * The estimator of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017),
 * which needs neither logarithms nor tables. Registers at their highest rank are left out: 2^64
 * different values are needed to see one.
 */
static double sigma(double x)
{
    double power = 1, sum = x, before = -1;
    while (sum != before) {
        x *= x;
        before = sum;
        sum += x * power;
        power += power;
    }
    return sum;
}

static uint64_t estimate(const struct tally *tally)
{
    uint32_t count[64] = {0};
    double sum = 0;
    const double half_of_inverse_ln2 = 0.72134752044448170368;
    for (size_t i = 0; i < TALLY_REGISTERS; i++) {
        count[tally->registers[i]]++;
    }
    for (int rank = 63; rank >= 1; rank--) {
        sum = 0.5 * (sum + count[rank]);
    }
    if (count[0] == TALLY_REGISTERS) {
        return 0;
    }
    sum += TALLY_REGISTERS * sigma(count[0] / (double)TALLY_REGISTERS);
    return (uint64_t)(half_of_inverse_ln2 * TALLY_REGISTERS * TALLY_REGISTERS / sum + 0.5);
}

/* There are more than the table holds, else it would be no sketch. */
uint64_t tally_distinct(const struct tally *tally)
{
    uint64_t number = tally->sketched ? estimate(tally) : tally->count;
    number = tally->sketched && number <= tally->most ? tally->most + 1 : number;
    return tally->sketched && number > tally->total ? tally->total : number;
}

uint64_t tally_count(const struct tally *tally, const struct tally_entry *entry)
{
    uint64_t least = UINT64_MAX;
    const uint64_t *row = tally->cell;
    if (!tally->sketched) {
        return entry->count;
    }
    for (unsigned i = 0; i < TALLY_ROWS; i++, row += tally->width) {
        uint64_t cell = row[(uint32_t)(entry->hash >> (12 * i)) & (tally->width - 1)];
        least = cell < least ? cell : least;
    }
    return least;
}
