/*
 * evidence.c - see evidence.h.
 *
 * The probability of a value in a column is a product: is it empty; is it enclosed, given that;
 * must it be enclosed; what does it look like; was it seen before; is it broken over lines. What
 * was never seen has the probability that the sample gives to news: (seen once + 1/2) / (all + 1),
 * the share of records that brought something new.
 */
#include "csvkit/normalize/evidence.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/hash.h"
#include "csvkit/normalize/value_form.h"

#include <stdlib.h>
#include <string.h>

enum form_kind { FORM_FINE, FORM_MEDIUM, FORM_COARSE, FORM_VALUE, FORM_KINDS };

/* How often each form of each column was seen: one table for all, keyed by a hash of the three. */
struct form_counts {
    uint64_t *key; /* 0: free */
    uint32_t *count;
    size_t used, capacity; /* a power of two, or 0 */
};

struct norm_column {
    uint64_t n, empty, empty_enclosed;
    uint64_t open, enclosed, needs; /* not empty: open; enclosed without need; with need */
    uint64_t breaks;
    size_t shortest;           /* value, once there is one */
    uint64_t forms;            /* values that were counted by form */
    uint64_t once[FORM_KINDS]; /* forms that were seen once */
    int usual;
};

enum { SMALL = 2 * (NORM_SAMPLE_RECORDS + 2) };

struct norm_evidence {
    int log2[SMALL]; /* of small numbers: nearly all that occur */
    size_t width, records;
    struct csvk_dialect dialect;
    struct norm_column *column;
    struct form_counts counts;
    uint64_t style[2][2]; /* values that need no enclosure: [empty][enclosed], over all columns */
    int typical;
};

/* ---- counts of forms --------------------------------------------------------------------------
 */

static uint64_t key_of(size_t column, enum form_kind kind, uint64_t form)
{
    uint64_t key = csvk_hash_fold(form ^ CSVK_HASH_A, (uint64_t)column * FORM_KINDS + kind + 1);
    return key != 0 ? key : 1;
}

static uint32_t *slot_of(const struct form_counts *counts, uint64_t key)
{
    size_t at = (size_t)(key & (counts->capacity - 1));
    while (counts->key[at] != 0 && counts->key[at] != key) {
        at = (at + 1) & (counts->capacity - 1);
    }
    counts->key[at] = key;
    return &counts->count[at];
}

static int make_room(struct form_counts *counts)
{
    if (2 * (counts->used + 1) <= counts->capacity) {
        return CSVK_OK;
    }
    struct form_counts larger = {.capacity = counts->capacity != 0 ? 2 * counts->capacity : 4096,
                                 .used = counts->used};
    larger.key = csvk_calloc(larger.capacity, sizeof *larger.key);
    larger.count = csvk_calloc(larger.capacity, sizeof *larger.count);
    if (larger.key == NULL || larger.count == NULL) {
        csvk_free(larger.key);
        csvk_free(larger.count);
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < counts->capacity; i++) {
        if (counts->key[i] != 0) {
            *slot_of(&larger, counts->key[i]) = counts->count[i];
        }
    }
    csvk_free(counts->key);
    csvk_free(counts->count);
    *counts = larger;
    return CSVK_OK;
}

static uint32_t seen(const struct norm_evidence *evidence, size_t column, enum form_kind kind,
                     uint64_t form)
{
    const struct form_counts *counts = &evidence->counts;
    if (counts->capacity == 0) {
        return 0;
    }
    uint64_t key = key_of(column, kind, form);
    size_t at = (size_t)(key & (counts->capacity - 1));
    while (counts->key[at] != 0 && counts->key[at] != key) {
        at = (at + 1) & (counts->capacity - 1);
    }
    return counts->key[at] == key ? counts->count[at] : 0;
}

static int count_form(struct norm_evidence *evidence, size_t column, enum form_kind kind,
                      uint64_t form)
{
    if (make_room(&evidence->counts) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    uint32_t *count = slot_of(&evidence->counts, key_of(column, kind, form));
    struct norm_column *c = &evidence->column[column];
    evidence->counts.used += *count == 0;
    c->once[kind] += *count == 0;
    c->once[kind] -= *count == 1;
    ++*count;
    return CSVK_OK;
}

/* ---- gathering --------------------------------------------------------------------------------
 */

struct norm_evidence *norm_evidence_new(size_t width, const struct csvk_dialect *dialect)
{
    struct norm_evidence *evidence = csvk_calloc(1, sizeof *evidence);
    if (evidence == NULL) {
        return NULL;
    }
    evidence->column = csvk_calloc(width, sizeof *evidence->column);
    if (evidence->column == NULL) {
        csvk_free(evidence);
        return NULL;
    }
    evidence->width = width;
    evidence->dialect = *dialect;
    evidence->typical = NORM_TYPICAL;
    for (int i = 1; i < SMALL; i++) {
        evidence->log2[i] = norm_log2((uint64_t)i);
    }
    return evidence;
}

void norm_evidence_free(struct norm_evidence *evidence)
{
    if (evidence != NULL) {
        csvk_free(evidence->counts.key);
        csvk_free(evidence->counts.count);
        csvk_free(evidence->column);
        csvk_free(evidence);
    }
}

bool norm_evidence_needs(const struct norm_evidence *evidence, struct csvk_bytes value)
{
    const struct csvk_dialect *d = &evidence->dialect;
    for (size_t i = 0; i < value.len; i++) {
        int c = value.ptr[i];
        bool delimiter =
            c == d->delimiter && csvk_delimiter_at(d, value.ptr + i, value.len - i) != 0;
        if (delimiter || c == d->enclosure || c == '\r' || c == '\n') {
            return true;
        }
    }
    return false;
}

static struct csvk_bytes bytes_of(const struct norm_cell *cell)
{
    return (struct csvk_bytes){cell->ptr, cell->len};
}

static int add_value(struct norm_evidence *evidence, size_t column, const struct norm_cell *cell)
{
    struct norm_column *c = &evidence->column[column];
    bool needs = norm_evidence_needs(evidence, bytes_of(cell));
    c->shortest = c->n == 0 || cell->len < c->shortest ? cell->len : c->shortest;
    c->n++;
    if (!needs) {
        evidence->style[cell->len == 0][cell->enclosed]++;
    }
    if (cell->len == 0) {
        c->empty++;
        c->empty_enclosed += cell->enclosed;
        return CSVK_OK;
    }
    c->needs += needs;
    c->enclosed += !needs && cell->enclosed;
    c->open += !needs && !cell->enclosed;
    struct norm_form form = norm_form_of(bytes_of(cell));
    c->breaks += form.has_break;
    c->forms++;
    int status = count_form(evidence, column, FORM_FINE, form.fine);
    status = status == CSVK_OK ? count_form(evidence, column, FORM_MEDIUM, form.medium) : status;
    status = status == CSVK_OK ? count_form(evidence, column, FORM_COARSE, form.coarse) : status;
    return status == CSVK_OK ? count_form(evidence, column, FORM_VALUE, form.value) : status;
}

int norm_evidence_add(struct norm_evidence *evidence, const struct norm_cell *cell)
{
    for (size_t k = 0; k < evidence->width; k++) {
        int status = add_value(evidence, k, &cell[k]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    evidence->records++;
    return CSVK_OK;
}

/* As norm_bits_of and norm_bits_of_share, from the table. */
static int bits_of(const struct norm_evidence *evidence, uint64_t part, uint64_t whole)
{
    return whole < SMALL && part < SMALL ? evidence->log2[whole] - evidence->log2[part]
                                         : norm_bits_of(part, whole);
}

static int bits_of_share(const struct norm_evidence *evidence, uint64_t count, uint64_t all)
{
    return bits_of(evidence, 2 * count + 1, 2 * (all + 1));
}

/* ---- what a value costs -----------------------------------------------------------------------
 */

/* -log2 of the probability that a value of the column has a form never seen. */
static int bits_of_news(const struct norm_evidence *evidence, const struct norm_column *c,
                        enum form_kind kind)
{
    return bits_of_share(evidence, c->once[kind], c->forms);
}

/* -log2 of the probability of a form that was seen `count` times. */
static int bits_of_form(const struct norm_evidence *evidence, const struct norm_column *c,
                        enum form_kind kind, uint64_t count)
{
    if (count == 0) {
        return bits_of_news(evidence, c, kind);
    }
    /* (1 - news) * count / forms, with news = (once + 1/2) / (forms + 1) */
    return bits_of(evidence, 2 * c->forms + 1 - 2 * c->once[kind], 2 * (c->forms + 1)) +
           bits_of(evidence, count, c->forms);
}

static int bits_of_style(const struct norm_evidence *evidence, bool empty, bool enclosed)
{
    const uint64_t *style = evidence->style[empty];
    return bits_of_share(evidence, style[enclosed], style[0] + style[1]);
}

static int bits_of_empty(const struct norm_evidence *evidence, const struct norm_column *c,
                         bool enclosed)
{
    int bits = bits_of_share(evidence, c->empty, c->n);
    if (c->empty == 0) {
        return bits + bits_of_style(evidence, true, enclosed);
    }
    return bits + bits_of_share(evidence,
                                enclosed ? c->empty_enclosed : c->empty - c->empty_enclosed,
                                c->empty);
}

static int bits_of_filled(const struct norm_evidence *evidence, const struct norm_column *c)
{
    return bits_of(evidence, 2 * (c->n - c->empty) + 1, 2 * (c->n + 1));
}

/* Open, enclosed without need, or in need of it. */
static int bits_of_enclosure(const struct norm_evidence *evidence, const struct norm_column *c,
                             bool enclosed, bool needs)
{
    uint64_t full = c->n - c->empty, without = c->open + c->enclosed;
    int bits = 0;
    if (!needs) {
        bits = without != 0 ? bits_of_share(evidence, enclosed ? c->enclosed : c->open, without)
                            : bits_of_style(evidence, false, enclosed);
    }
    if (full == 0) {
        return bits + NORM_BIT;
    }
    return bits + bits_of_share(evidence, needs ? c->needs : without, full);
}

static uint64_t without_itself(uint32_t count, enum norm_counted counted)
{
    return counted == NORM_IN_SAMPLE && count != 0 ? count - 1 : count;
}

/* The finest form that was seen before; a new one is cheap when only numbers got longer. */
static int bits_of_looks(const struct norm_evidence *evidence, size_t column,
                         const struct norm_form *form, enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    uint64_t fine = without_itself(seen(evidence, column, FORM_FINE, form->fine), counted);
    if (fine != 0) {
        return bits_of_form(evidence, c, FORM_FINE, fine);
    }
    uint64_t medium = without_itself(seen(evidence, column, FORM_MEDIUM, form->medium), counted);
    if (medium != 0) {
        int news = bits_of_news(evidence, c, FORM_FINE);
        return (news < 2 * NORM_BIT ? news : 2 * NORM_BIT) +
               bits_of_form(evidence, c, FORM_MEDIUM, medium);
    }
    uint64_t coarse = without_itself(seen(evidence, column, FORM_COARSE, form->coarse), counted);
    return bits_of_news(evidence, c, FORM_MEDIUM) + bits_of_form(evidence, c, FORM_COARSE, coarse) +
           (coarse == 0 ? 2 * NORM_BIT : 0);
}

/* Seen before, or new; a value that comes again in a column of different ones costs 3 at most. */
static int bits_of_repetition(const struct norm_evidence *evidence, size_t column, uint64_t value,
                              enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    if (without_itself(seen(evidence, column, FORM_VALUE, value), counted) == 0) {
        return bits_of_news(evidence, c, FORM_VALUE);
    }
    int again = bits_of(evidence, 2 * c->forms + 1 - 2 * c->once[FORM_VALUE], 2 * (c->forms + 1));
    return again < 3 * NORM_BIT ? again : 3 * NORM_BIT;
}

static int bits_of_cell(const struct norm_evidence *evidence, size_t column,
                        const struct norm_cell *cell, enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    if (cell->len == 0) {
        return bits_of_empty(evidence, c, cell->enclosed);
    }
    bool needs = norm_evidence_needs(evidence, bytes_of(cell));
    int bits = bits_of_filled(evidence, c) + bits_of_enclosure(evidence, c, cell->enclosed, needs);
    if (c->forms == 0) {
        return bits;
    }
    struct norm_form form = norm_form_of(bytes_of(cell));
    bits += bits_of_looks(evidence, column, &form, counted);
    bits += bits_of_repetition(evidence, column, form.value, counted);
    return bits + (form.has_break ? bits_of_share(evidence, c->breaks, c->n - c->empty) : 0);
}

int norm_evidence_cell(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, enum norm_counted counted)
{
    int excess = bits_of_cell(evidence, column, cell, counted) - evidence->column[column].usual;
    return excess > 0 ? excess : 0;
}

int norm_evidence_row(const struct norm_evidence *evidence, const struct norm_cell *cell,
                      enum norm_counted counted)
{
    int sum = 0;
    for (size_t k = 0; k < evidence->width; k++) {
        sum += norm_evidence_cell(evidence, k, &cell[k], counted);
    }
    return sum;
}

/* ---- what is usual ----------------------------------------------------------------------------
 */

static int compare_ints(const void *a, const void *b)
{
    int left = *(const int *)a, right = *(const int *)b;
    return (left > right) - (left < right);
}

/* The value that `part` of 100 of the list do not pass; sorts the list. */
static int percentile(int *list, size_t count, unsigned part)
{
    qsort(list, count, sizeof *list, compare_ints);
    return list[(count - 1) * part / 100];
}

int norm_evidence_close(struct norm_evidence *evidence, norm_evidence_next *next, void *context)
{
    size_t n = evidence->records;
    if (n == 0) {
        return CSVK_OK;
    }
    int *cost = csvk_reallocarray(NULL, n, sizeof *cost);
    if (cost == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t k = 0; k < evidence->width; k++) {
        for (size_t i = 0; i < n; i++) {
            cost[i] = bits_of_cell(evidence, k, &next(context, i)[k], NORM_IN_SAMPLE);
        }
        evidence->column[k].usual = percentile(cost, n, 90);
    }
    for (size_t i = 0; i < n; i++) {
        cost[i] = norm_evidence_row(evidence, next(context, i), NORM_IN_SAMPLE);
    }
    int typical = 2 * NORM_BIT + percentile(cost, n, 95);
    evidence->typical = typical > NORM_TYPICAL ? typical : NORM_TYPICAL;
    csvk_free(cost);
    return CSVK_OK;
}

/* ---- questions --------------------------------------------------------------------------------
 */

size_t norm_evidence_records(const struct norm_evidence *evidence)
{
    return evidence->records;
}

int norm_evidence_margin(const struct norm_evidence *evidence)
{
    enum { MARGIN = 6 * NORM_BIT, OF_FEW = NORM_BIT, FEW = 16 };
    return MARGIN + (evidence->records < FEW ? OF_FEW : 0);
}

int norm_evidence_typical(const struct norm_evidence *evidence)
{
    return evidence->typical;
}

struct norm_column_facts norm_evidence_column(const struct norm_evidence *evidence, size_t column)
{
    const struct norm_column *c = &evidence->column[column];
    /* News of fine forms below three in ten: (once + 1/2) / (forms + 1) < 0.3 */
    bool has_forms = 10 * (2 * c->once[FORM_FINE] + 1) < 3 * 2 * (c->forms + 1);
    return (struct norm_column_facts){c->n,      c->empty,    c->enclosed + c->needs,
                                      c->breaks, c->shortest, has_forms};
}

int norm_evidence_filled(const struct norm_evidence *evidence, size_t column)
{
    return bits_of_filled(evidence, &evidence->column[column]);
}

int norm_evidence_enclosed(const struct norm_evidence *evidence, size_t column)
{
    const struct norm_column *c = &evidence->column[column];
    int bits = bits_of_share(evidence, c->enclosed + c->needs, c->n);
    return bits > 0 ? bits : 0;
}
