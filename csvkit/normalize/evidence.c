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

enum form_kind { FORM_FINE, FORM_MEDIUM, FORM_COARSE, FORM_VALUE, FORM_KINDS };

/* How often each form of each column was seen: one table for all, keyed by a hash of the three. */
struct form_count {
    uint64_t key, count;
};

struct form_counts {
    struct form_count *entry;
    unsigned char *tag;    /* of each entry, 0: free; most questions end here, in few cache lines */
    size_t used, capacity; /* a power of two, or 0 */
};

/* What does not depend on the form of a value, worked out once all records are counted. */
struct column_costs {
    int empty[2], filled[2][2];                           /* [enclosed][needs] */
    int seen[FORM_KINDS], news_of_medium, news_of_coarse; /* see bits_of_looks */
    int new_value, known_value, has_break;
};

struct norm_column {
    uint64_t n, empty, empty_enclosed;
    uint64_t open, enclosed, needs; /* not empty: open; enclosed without need; with need */
    uint64_t breaks;
    size_t shortest;           /* value, once there is one */
    uint64_t forms;            /* values that were counted by form */
    uint64_t once[FORM_KINDS]; /* forms that were seen once */
    int usual;
    struct column_costs costs;
};

enum { SMALL = 2 * (NORM_SAMPLE_RECORDS + 2) };

struct norm_evidence {
    int log2[SMALL]; /* of small numbers: nearly all that occur */
    size_t width, records;
    bool is_structural[256]; /* a value with such a byte needs an enclosure */
    bool has_structural_digit;
    struct csvk_dialect dialect;
    struct norm_column *column;
    struct form_counts counts;
    uint64_t style[2][2]; /* values that need no enclosure: [empty][enclosed], over all columns */
    int typical;
    bool closed; /* the costs of the columns are known */
};

/* ---- counts of forms --------------------------------------------------------------------------
 */

static uint64_t key_of(size_t column, enum form_kind kind, uint64_t form)
{
    return csvk_hash_fold(form ^ CSVK_HASH_A, (uint64_t)column * FORM_KINDS + kind + 1);
}

/* Never 0. */
static unsigned char tag_of(uint64_t key)
{
    return (unsigned char)(key >> 56 | 1);
}

/* The entry of the key, or the free one where it belongs. */
static size_t slot_of(const struct form_counts *counts, uint64_t key)
{
    size_t at = (size_t)(key & (counts->capacity - 1));
    while (counts->tag[at] != 0 &&
           (counts->tag[at] != tag_of(key) || counts->entry[at].key != key)) {
        at = (at + 1) & (counts->capacity - 1);
    }
    return at;
}

static void put(struct form_counts *counts, size_t slot, struct form_count count)
{
    counts->entry[slot] = count;
    counts->tag[slot] = tag_of(count.key);
}

static void release_counts(struct form_counts *counts)
{
    csvk_free(counts->entry);
    csvk_free(counts->tag);
}

static int make_room(struct form_counts *counts)
{
    if (2 * (counts->used + 1) <= counts->capacity) {
        return CSVK_OK;
    }
    struct form_counts larger = {.capacity = counts->capacity != 0 ? 2 * counts->capacity : 4096,
                                 .used = counts->used};
    larger.entry = csvk_calloc(larger.capacity, sizeof *larger.entry);
    larger.tag = csvk_calloc(larger.capacity, 1);
    if (larger.entry == NULL || larger.tag == NULL) {
        release_counts(&larger);
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < counts->capacity; i++) {
        if (counts->tag[i] != 0) {
            put(&larger, slot_of(&larger, counts->entry[i].key), counts->entry[i]);
        }
    }
    release_counts(counts);
    *counts = larger;
    return CSVK_OK;
}

static uint64_t seen(const struct norm_evidence *evidence, size_t column, enum form_kind kind,
                     uint64_t form)
{
    const struct form_counts *counts = &evidence->counts;
    if (counts->capacity == 0) {
        return 0;
    }
    size_t slot = slot_of(counts, key_of(column, kind, form));
    return counts->tag[slot] != 0 ? counts->entry[slot].count : 0;
}

static int count_form(struct norm_evidence *evidence, size_t column, enum form_kind kind,
                      uint64_t form)
{
    if (make_room(&evidence->counts) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    uint64_t key = key_of(column, kind, form);
    size_t slot = slot_of(&evidence->counts, key);
    uint64_t count = evidence->counts.tag[slot] != 0 ? evidence->counts.entry[slot].count : 0;
    struct norm_column *c = &evidence->column[column];
    evidence->counts.used += count == 0;
    c->once[kind] += count == 0;
    c->once[kind] -= count == 1;
    put(&evidence->counts, slot, (struct form_count){key, count + 1});
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
    evidence->is_structural[dialect->delimiter] = true;
    evidence->is_structural['\r'] = evidence->is_structural['\n'] = true;
    if (dialect->enclosure != CSVK_NO_BYTE) {
        evidence->is_structural[dialect->enclosure] = true;
    }
    for (int digit = '0'; digit <= '9'; digit++) {
        evidence->has_structural_digit |= evidence->is_structural[digit];
    }
    evidence->typical = NORM_TYPICAL;
    for (int i = 1; i < SMALL; i++) {
        evidence->log2[i] = norm_log2((uint64_t)i);
    }
    return evidence;
}

void norm_evidence_free(struct norm_evidence *evidence)
{
    if (evidence != NULL) {
        release_counts(&evidence->counts);
        csvk_free(evidence->column);
        csvk_free(evidence);
    }
}

/* The first byte of a longer delimiter, without the others. */
static bool is_part_only(const struct csvk_dialect *d, struct csvk_bytes value, size_t i)
{
    return d->more_length != 0 && value.ptr[i] == d->delimiter &&
           csvk_delimiter_at(d, value.ptr + i, value.len - i) == 0;
}

/* Is there a structural byte? Where delimiters have one byte, that is all there is to ask. */
static bool has_structural(const bool *is_structural, struct csvk_bytes value)
{
    const unsigned char *p = value.ptr, *end = p + value.len;
    bool has = false;
    for (; end - p >= 4; p += 4) {
        has |=
            is_structural[p[0]] | is_structural[p[1]] | is_structural[p[2]] | is_structural[p[3]];
    }
    for (; p < end; p++) {
        has |= is_structural[*p];
    }
    return has;
}

bool norm_evidence_needs(const struct norm_evidence *evidence, struct csvk_bytes value)
{
    bool needs = false;
    if (evidence->dialect.more_length == 0) {
        return has_structural(evidence->is_structural, value);
    }
    for (size_t i = 0; i < value.len; i++) {
        needs |=
            evidence->is_structural[value.ptr[i]] && !is_part_only(&evidence->dialect, value, i);
    }
    return needs;
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
    status = status == CSVK_OK ? count_form(evidence, column, FORM_MEDIUM, norm_form_medium(&form))
                               : status;
    status = status == CSVK_OK ? count_form(evidence, column, FORM_COARSE, norm_form_coarse(&form))
                               : status;
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

/* Of one that was seen: 1 - news, with news = (once + 1/2) / (forms + 1). */
static int bits_of_no_news(const struct norm_evidence *evidence, const struct norm_column *c,
                           enum form_kind kind)
{
    return bits_of(evidence, 2 * c->forms + 1 - 2 * c->once[kind], 2 * (c->forms + 1));
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

static uint64_t without_itself(uint64_t count, enum norm_counted counted)
{
    return counted == NORM_IN_SAMPLE && count != 0 ? count - 1 : count;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/*
 * What of a value's cost its form and its repetition do not change. Once the records are counted
 * it is looked up.
 *
 * A new fine form is cheap when only numbers got longer: 2 at most, if the medium one is known. A
 * value that comes again in a column of different ones costs 3 at most.
 */
static struct column_costs costs_of(const struct norm_evidence *evidence,
                                    const struct norm_column *c)
{
    struct column_costs costs;
    for (int enclosed = 0; enclosed < 2; enclosed++) {
        costs.empty[enclosed] = bits_of_empty(evidence, c, enclosed);
        for (int needs = 0; needs < 2; needs++) {
            costs.filled[enclosed][needs] =
                bits_of_filled(evidence, c) + bits_of_enclosure(evidence, c, enclosed, needs);
        }
    }
    for (int kind = 0; kind < FORM_KINDS; kind++) {
        costs.seen[kind] = bits_of_no_news(evidence, c, (enum form_kind)kind);
    }
    costs.news_of_medium = smaller(bits_of_news(evidence, c, FORM_FINE), 2 * NORM_BIT);
    costs.news_of_coarse = bits_of_news(evidence, c, FORM_MEDIUM);
    costs.new_value = bits_of_news(evidence, c, FORM_VALUE);
    costs.known_value = smaller(costs.seen[FORM_VALUE], 3 * NORM_BIT);
    costs.has_break = bits_of_share(evidence, c->breaks, c->n - c->empty);
    return costs;
}

/* The finest form that was seen before. */
static int bits_of_form(const struct norm_evidence *evidence, size_t column,
                        const struct column_costs *costs, const struct norm_form *form,
                        enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    uint64_t fine = without_itself(seen(evidence, column, FORM_FINE, form->fine), counted);
    if (fine != 0) {
        return costs->seen[FORM_FINE] + bits_of(evidence, fine, c->forms);
    }
    uint64_t medium =
        without_itself(seen(evidence, column, FORM_MEDIUM, norm_form_medium(form)), counted);
    if (medium != 0) {
        return costs->news_of_medium + costs->seen[FORM_MEDIUM] +
               bits_of(evidence, medium, c->forms);
    }
    uint64_t coarse =
        without_itself(seen(evidence, column, FORM_COARSE, norm_form_coarse(form)), counted);
    return costs->news_of_coarse +
           (coarse != 0 ? costs->seen[FORM_COARSE] + bits_of(evidence, coarse, c->forms)
                        : bits_of_news(evidence, c, FORM_COARSE) + 2 * NORM_BIT);
}

static int bits_of_value(const struct norm_evidence *evidence, size_t column,
                         const struct norm_looks *looks, enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    struct column_costs now;
    const struct column_costs *costs = &c->costs;
    if (!evidence->closed) {
        now = costs_of(evidence, c);
        costs = &now;
    }
    if (looks->empty) {
        return costs->empty[looks->enclosed];
    }
    int bits = costs->filled[looks->enclosed][looks->needs];
    if (c->forms == 0) {
        return bits;
    }
    const struct norm_form *form = &looks->form;
    uint64_t again = without_itself(seen(evidence, column, FORM_VALUE, form->value), counted);
    bits += bits_of_form(evidence, column, costs, form, counted);
    bits += again != 0 ? costs->known_value : costs->new_value;
    return bits + (form->has_break ? costs->has_break : 0);
}

struct norm_looks norm_evidence_looks(const struct norm_evidence *evidence,
                                      const struct norm_cell *cell)
{
    struct norm_looks looks = {.empty = cell->len == 0, .enclosed = cell->enclosed};
    if (!looks.empty) {
        looks.form = norm_form_of(bytes_of(cell));
        looks.needs = (evidence->has_structural_digit || !norm_form_is_number(&looks.form)) &&
                      norm_evidence_needs(evidence, bytes_of(cell));
    }
    return looks;
}

int norm_evidence_excess(const struct norm_evidence *evidence, size_t column,
                         const struct norm_looks *looks, enum norm_counted counted)
{
    int excess = bits_of_value(evidence, column, looks, counted) - evidence->column[column].usual;
    return excess > 0 ? excess : 0;
}

int norm_evidence_cell(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, enum norm_counted counted)
{
    struct norm_looks looks = norm_evidence_looks(evidence, cell);
    return norm_evidence_excess(evidence, column, &looks, counted);
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

/* The value that `part` of 100 of the list do not pass; puts the list in another order. */
static int percentile(int *list, size_t count, unsigned part)
{
    size_t wanted = (count - 1) * part / 100, from = 0, end = count;
    while (from + 1 < end) { /* the wanted one is between the two; it is in order with all others */
        int middle = list[wanted];
        size_t low = from, high = end;
        while (low < high) {
            while (list[low] < middle) {
                low++;
            }
            while (list[high - 1] > middle) {
                high--;
            }
            if (low < high) {
                int other = list[low];
                list[low++] = list[high - 1];
                list[--high] = other;
            }
        }
        from = high <= wanted ? low : from;
        end = wanted < low ? high : end;
    }
    return list[wanted];
}

int norm_evidence_close(struct norm_evidence *evidence, norm_evidence_next *next, void *context)
{
    size_t n = evidence->records;
    for (size_t k = 0; k < evidence->width; k++) {
        evidence->column[k].costs = costs_of(evidence, &evidence->column[k]);
    }
    evidence->closed = true;
    if (n == 0) {
        return CSVK_OK;
    }
    int *cost = csvk_calloc(3 * n, sizeof *cost);
    if (cost == NULL) {
        return CSVK_ENOMEM;
    }
    int *sorted = cost + n, *sum = sorted + n;
    for (size_t k = 0; k < evidence->width; k++) {
        for (size_t i = 0; i < n; i++) {
            struct norm_looks looks = norm_evidence_looks(evidence, &next(context, i)[k]);
            cost[i] = sorted[i] = bits_of_value(evidence, k, &looks, NORM_IN_SAMPLE);
        }
        int usual = percentile(sorted, n, 90);
        evidence->column[k].usual = usual;
        for (size_t i = 0; i < n; i++) {
            sum[i] += cost[i] > usual ? cost[i] - usual : 0;
        }
    }
    int typical = 2 * NORM_BIT + percentile(sum, n, 95);
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

bool norm_evidence_knows(const struct norm_evidence *evidence, size_t column,
                         const struct norm_cell *cell)
{
    struct norm_form form = norm_form_of(bytes_of(cell));
    unsigned char last = cell->len != 0 ? cell->ptr[cell->len - 1] : 0;
    bool in_text = (last | 0x20) >= 'a' && last < 0x7f ? (last | 0x20) <= 'z' : last >= 0x80;
    return seen(evidence, column, FORM_VALUE, form.value) != 0 ||
           (!in_text && norm_evidence_column(evidence, column).has_forms &&
            seen(evidence, column, FORM_FINE, form.fine) != 0);
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
