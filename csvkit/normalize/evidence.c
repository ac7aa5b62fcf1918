/* evidence.c - see evidence.h: counting, and what is asked of the counts. */
#include "csvkit/normalize/evidence.h"

#include "csvkit/normalize/evidence_counts.h"

/* ---- counts of forms --------------------------------------------------------------------------
 */

static void put(struct form_counts *counts, size_t slot, struct form_count count)
{
    counts->entry[slot] = count;
    counts->tag[slot] = norm_tag_of(count.key);
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
            put(&larger, norm_slot_of(&larger, counts->entry[i].key), counts->entry[i]);
        }
    }
    release_counts(counts);
    *counts = larger;
    return CSVK_OK;
}

static int count_form(struct norm_evidence *evidence, size_t column, enum form_kind kind,
                      uint64_t form)
{
    if (make_room(&evidence->counts) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    uint64_t key = norm_key_of(column, kind, form);
    size_t slot = norm_slot_of(&evidence->counts, key);
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
    evidence->is_needed_by_form = dialect->more_length == 0;
    for (int byte = 0; byte < 256; byte++) {
        if (evidence->is_structural[byte]) {
            evidence->is_needed_by_form &=
                norm_form_add_byte(evidence->structural_bytes, (unsigned char)byte);
        }
    }
    evidence->typical = NORM_TYPICAL;
    for (int i = 1; i < SMALL; i++) { /* twice a number has one bit more, exactly */
        evidence->log2[i] = i % 2 == 0 ? evidence->log2[i / 2] + NORM_BIT : norm_log2((uint64_t)i);
    }
    return evidence;
}

void norm_evidence_free(struct norm_evidence *evidence)
{
    if (evidence != NULL) {
        release_counts(&evidence->counts);
        csvk_free(evidence->column);
        csvk_free(evidence->numbers);
        csvk_free(evidence);
    }
}

static int add_value(struct norm_evidence *evidence, size_t column, const struct norm_cell *cell)
{
    struct norm_column *c = &evidence->column[column];
    bool needs = norm_evidence_needs(evidence, norm_bytes_of(cell));
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
    struct norm_form form;
    norm_form_of(norm_bytes_of(cell), &form);
    c->breaks += form.has_break;
    c->forms++;
    int status = count_form(evidence, column, FORM_FINE, form.fine);
    status = status == CSVK_OK ? count_form(evidence, column, FORM_MEDIUM, norm_form_medium(&form))
                               : status;
    status = status == CSVK_OK ? count_form(evidence, column, FORM_COARSE, norm_form_coarse(&form))
                               : status;
    return status == CSVK_OK
               ? count_form(evidence, column, FORM_VALUE, norm_form_value(norm_bytes_of(cell)))
               : status;
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
        evidence->column[k].costs = norm_costs_of(evidence, &evidence->column[k]);
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
            const struct norm_cell *cell = &next(context, i)[k];
            struct norm_looks looks;
            norm_evidence_look(evidence, cell, &looks);
            cost[i] = sorted[i] = norm_bits_of_value(evidence, k, cell, &looks, NORM_IN_SAMPLE);
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
    return norm_know_numbers(evidence);
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
    struct norm_form form;
    norm_form_of(norm_bytes_of(cell), &form);
    unsigned char last = cell->len != 0 ? cell->ptr[cell->len - 1] : 0;
    bool in_text = (last | 0x20) >= 'a' && last < 0x7f ? (last | 0x20) <= 'z' : last >= 0x80;
    return norm_seen(evidence, column, FORM_VALUE, norm_form_value(norm_bytes_of(cell))) != 0 ||
           (!in_text && norm_evidence_column(evidence, column).has_forms &&
            norm_seen(evidence, column, FORM_FINE, form.fine) != 0);
}

int norm_evidence_filled(const struct norm_evidence *evidence, size_t column)
{
    return norm_bits_of_filled(evidence, &evidence->column[column]);
}

int norm_evidence_enclosed(const struct norm_evidence *evidence, size_t column)
{
    const struct norm_column *c = &evidence->column[column];
    int bits = norm_table_share(evidence, c->enclosed + c->needs, c->n);
    return bits > 0 ? bits : 0;
}
