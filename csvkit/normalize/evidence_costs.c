/*
 * evidence_costs.c - what a value costs in a column.
 *
 * The probability of a value in a column is a product: is it empty; is it enclosed, given that;
 * must it be enclosed; what does it look like; was it seen before; is it broken over lines. What
 * was never seen has the probability that the sample gives to news: (seen once + 1/2) / (all + 1),
 * the share of records that brought something new.
 */
#include "csvkit/normalize/evidence_counts.h"

#include "csvkit/base/delimiter.h"

/* -log2 of the probability that a value of the column has a form never seen. */
static int bits_of_news(const struct norm_evidence *evidence, const struct norm_column *c,
                        enum form_kind kind)
{
    return norm_table_share(evidence, c->once[kind], c->forms);
}

/* Of one that was seen: 1 - news, with news = (once + 1/2) / (forms + 1). */
static int bits_of_no_news(const struct norm_evidence *evidence, const struct norm_column *c,
                           enum form_kind kind)
{
    return norm_table_bits(evidence, 2 * c->forms + 1 - 2 * c->once[kind], 2 * (c->forms + 1));
}

static int bits_of_style(const struct norm_evidence *evidence, bool empty, bool enclosed)
{
    const uint64_t *style = evidence->style[empty];
    return norm_table_share(evidence, style[enclosed], style[0] + style[1]);
}

static int bits_of_empty(const struct norm_evidence *evidence, const struct norm_column *c,
                         bool enclosed)
{
    int bits = norm_table_share(evidence, c->empty, c->n);
    if (c->empty == 0) {
        return bits + bits_of_style(evidence, true, enclosed);
    }
    return bits + norm_table_share(evidence,
                                   enclosed ? c->empty_enclosed : c->empty - c->empty_enclosed,
                                   c->empty);
}

int norm_bits_of_filled(const struct norm_evidence *evidence, const struct norm_column *c)
{
    return norm_table_bits(evidence, 2 * (c->n - c->empty) + 1, 2 * (c->n + 1));
}

/* Open, enclosed without need, or in need of it. */
static int bits_of_enclosure(const struct norm_evidence *evidence, const struct norm_column *c,
                             bool enclosed, bool needs)
{
    uint64_t full = c->n - c->empty, without = c->open + c->enclosed;
    int bits = 0;
    if (!needs) {
        bits = without != 0 ? norm_table_share(evidence, enclosed ? c->enclosed : c->open, without)
                            : bits_of_style(evidence, false, enclosed);
    }
    if (full == 0) {
        return bits + NORM_BIT;
    }
    return bits + norm_table_share(evidence, needs ? c->needs : without, full);
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
struct column_costs norm_costs_of(const struct norm_evidence *evidence, const struct norm_column *c)
{
    struct column_costs costs;
    for (int enclosed = 0; enclosed < 2; enclosed++) {
        costs.empty[enclosed] = bits_of_empty(evidence, c, enclosed);
        for (int needs = 0; needs < 2; needs++) {
            costs.filled[enclosed][needs] =
                norm_bits_of_filled(evidence, c) + bits_of_enclosure(evidence, c, enclosed, needs);
        }
    }
    for (int kind = 0; kind < FORM_KINDS; kind++) {
        costs.seen[kind] = bits_of_no_news(evidence, c, (enum form_kind)kind);
    }
    costs.news_of_medium = smaller(bits_of_news(evidence, c, FORM_FINE), 2 * NORM_BIT);
    costs.news_of_coarse = bits_of_news(evidence, c, FORM_MEDIUM);
    costs.new_value = bits_of_news(evidence, c, FORM_VALUE);
    costs.known_value = smaller(costs.seen[FORM_VALUE], 3 * NORM_BIT);
    costs.has_break = norm_table_share(evidence, c->breaks, c->n - c->empty);
    return costs;
}

/* The finest form that was seen before. */
static int bits_of_form(const struct norm_evidence *evidence, size_t column,
                        const struct column_costs *costs, const struct norm_form *form,
                        enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    uint64_t fine = without_itself(norm_seen(evidence, column, FORM_FINE, form->fine), counted);
    if (fine != 0) {
        return costs->seen[FORM_FINE] + norm_table_bits(evidence, fine, c->forms);
    }
    uint64_t medium =
        without_itself(norm_seen(evidence, column, FORM_MEDIUM, norm_form_medium(form)), counted);
    if (medium != 0) {
        return costs->news_of_medium + costs->seen[FORM_MEDIUM] +
               norm_table_bits(evidence, medium, c->forms);
    }
    uint64_t coarse =
        without_itself(norm_seen(evidence, column, FORM_COARSE, norm_form_coarse(form)), counted);
    return costs->news_of_coarse +
           (coarse != 0 ? costs->seen[FORM_COARSE] + norm_table_bits(evidence, coarse, c->forms)
                        : bits_of_news(evidence, c, FORM_COARSE) + 2 * NORM_BIT);
}

/* All but whether the value itself was seen before. Only when forms were counted in the column. */
static int bits_of_looks(const struct norm_evidence *evidence, size_t column,
                         const struct column_costs *costs, const struct norm_looks *looks,
                         enum norm_counted counted)
{
    return costs->filled[looks->enclosed][looks->needs] +
           bits_of_form(evidence, column, costs, &looks->form, counted) +
           (looks->form.has_break ? costs->has_break : 0);
}

int norm_bits_of_value(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, const struct norm_looks *looks,
                       enum norm_counted counted)
{
    const struct norm_column *c = &evidence->column[column];
    struct column_costs now;
    const struct column_costs *costs = &c->costs;
    if (!evidence->closed) {
        now = norm_costs_of(evidence, c);
        costs = &now;
    }
    if (looks->empty) {
        return costs->empty[looks->enclosed];
    }
    if (c->forms == 0) {
        return costs->filled[looks->enclosed][looks->needs];
    }
    uint64_t again = without_itself(
        norm_seen(evidence, column, FORM_VALUE, norm_form_value(norm_bytes_of(cell))), counted);
    return bits_of_looks(evidence, column, costs, looks, counted) +
           (again != 0 ? costs->known_value : costs->new_value);
}

/* ---- what it looks like -----------------------------------------------------------------------
 */

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

void norm_evidence_look(const struct norm_evidence *evidence, const struct norm_cell *cell,
                        struct norm_looks *looks)
{
    looks->empty = cell->len == 0;
    looks->enclosed = cell->enclosed;
    looks->needs = false;
    if (cell->len != 0) {
        norm_form_of(norm_bytes_of(cell), &looks->form);
        bool may_need = (looks->form.bytes[0] & evidence->structural_bytes[0]) != 0 ||
                        (looks->form.bytes[1] & evidence->structural_bytes[1]) != 0;
        looks->needs = may_need && (evidence->is_needed_by_form ||
                                    norm_evidence_needs(evidence, norm_bytes_of(cell)));
    }
}

/* ---- the excess over what is usual ------------------------------------------------------------
 */

int norm_evidence_in_full(const struct norm_evidence *evidence, size_t column,
                          const struct norm_cell *cell, enum norm_counted counted)
{
    struct norm_looks looks = {.empty = cell->len == 0, .enclosed = cell->enclosed};
    if (!looks.empty) {
        norm_form_by_runs(norm_bytes_of(cell), &looks.form);
        looks.needs = norm_evidence_needs(evidence, norm_bytes_of(cell));
    }
    int excess = norm_bits_of_value(evidence, column, cell, &looks, counted) -
                 evidence->column[column].usual;
    return excess > 0 ? excess : 0;
}

/* Whether the value was seen before is looked up only where it changes the excess. */
static int excess_of(const struct norm_evidence *evidence, size_t column,
                     const struct norm_cell *cell, struct norm_excess excess)
{
    return excess.known == excess.new || norm_seen(evidence, column, FORM_VALUE,
                                                   norm_form_value(norm_bytes_of(cell))) == 0
               ? excess.new
               : excess.known;
}

/* Of a value that has its form and was, or was not seen before. */
static struct norm_excess excess_at(const struct norm_column *c, int bits)
{
    int known = bits + c->costs.known_value - c->usual;
    int new = bits + c->costs.new_value - c->usual;
    return (struct norm_excess){known > 0 ? known : 0, new > 0 ? new : 0};
}

int norm_evidence_excess(const struct norm_evidence *evidence, size_t column,
                         const struct norm_cell *cell, const struct norm_looks *looks)
{
    const struct norm_column *c = &evidence->column[column];
    if (looks->empty || c->forms == 0) {
        int bits = looks->empty ? c->costs.empty[looks->enclosed]
                                : c->costs.filled[looks->enclosed][looks->needs];
        return bits > c->usual ? bits - c->usual : 0;
    }
    int bits = bits_of_looks(evidence, column, &c->costs, looks, NORM_NOT_IN_SAMPLE);
    return excess_of(evidence, column, cell, excess_at(c, bits));
}

/* Numbers differ by their length alone. */
static struct norm_excess excess_of_number(const struct norm_evidence *evidence, size_t column,
                                           bool enclosed, size_t length)
{
    static const unsigned char digits[NORM_LONGEST_NUMBER + 1] = "0000000000000000";
    struct norm_cell cell = {digits, length, enclosed};
    struct norm_looks looks;
    norm_evidence_look(evidence, &cell, &looks);
    const struct norm_column *c = &evidence->column[column];
    if (c->forms == 0) {
        int excess = norm_evidence_excess(evidence, column, &cell, &looks);
        return (struct norm_excess){excess, excess};
    }
    return excess_at(c, bits_of_looks(evidence, column, &c->costs, &looks, NORM_NOT_IN_SAMPLE));
}

int norm_know_numbers(struct norm_evidence *evidence)
{
    enum { MOST_COLUMNS = 1024 };
    size_t columns = evidence->width < MOST_COLUMNS ? evidence->width : MOST_COLUMNS;
    evidence->numbers = csvk_calloc(columns, sizeof *evidence->numbers);
    if (evidence->numbers == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t k = 0; k < columns && !evidence->has_structural_digit; k++) {
        for (size_t length = 1; length <= NORM_LONGEST_NUMBER; length++) {
            for (int enclosed = 0; enclosed < 2; enclosed++) {
                evidence->numbers[k].excess[enclosed][length] =
                    excess_of_number(evidence, k, enclosed != 0, length);
            }
        }
        evidence->known_numbers = k + 1;
    }
    return CSVK_OK;
}

bool norm_evidence_number(const struct norm_evidence *evidence, size_t column,
                          const struct norm_cell *cell, int *excess)
{
    struct csvk_bytes value = norm_bytes_of(cell);
    if (column >= evidence->known_numbers || !norm_is_number(value)) {
        return false;
    }
    *excess = excess_of(evidence, column, cell,
                        evidence->numbers[column].excess[cell->enclosed][value.len]);
    return true;
}

int norm_evidence_cell(const struct norm_evidence *evidence, size_t column,
                       const struct norm_cell *cell, enum norm_counted counted)
{
    int excess;
    if (counted == NORM_IN_SAMPLE || !evidence->closed) {
        return norm_evidence_in_full(evidence, column, cell, counted);
    }
    if (norm_evidence_number(evidence, column, cell, &excess)) {
        return excess;
    }
    struct norm_looks looks;
    norm_evidence_look(evidence, cell, &looks);
    return norm_evidence_excess(evidence, column, cell, &looks);
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
