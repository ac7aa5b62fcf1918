/*
 * record.c - what happens when a record is complete, and the arrays that a batch is made of. See
 * record.h.
 */
#include "csvkit/parse/grammar/record.h"

#include <stdlib.h>
#include <string.h>

/*
 * The most facts of a record that may be counted only. A record with more is reported together with
 * its facts, so that facts in such numbers come a piece at a time.
 */
#define MOST_COUNTED 64

void csvk_batch_builder_clear(struct csvk_batch_builder *builder)
{
    builder->nrecords = builder->nfields = builder->nfacts = builder->nends = 0;
    memset(builder->counted, 0, sizeof builder->counted);
}

void csvk_batch_builder_release(struct csvk_batch_builder *builder)
{
    csvk_free(builder->records);
    csvk_free(builder->fields);
    csvk_free(builder->facts);
    csvk_free(builder->ends);
    memset(builder, 0, sizeof *builder);
}

/* Doubles an array; on failure the old one stays and `failed` is set. */
static bool grow(struct csvk_batch_builder *builder, void **array, size_t *capacity, size_t item)
{
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *bigger = csvk_reallocarray(*array, wanted, item);
    if (bigger == NULL) {
        builder->failed = true;
        return false;
    }
    *array = bigger;
    *capacity = wanted;
    return true;
}

bool csvk_batch_builder_grow_fields(struct csvk_batch_builder *builder)
{
    void *array = builder->fields;
    bool ok = grow(builder, &array, &builder->fields_cap, sizeof *builder->fields);
    builder->fields = array;
    return ok;
}

bool csvk_batch_builder_grow_ends(struct csvk_batch_builder *builder)
{
    void *array = builder->ends;
    bool ok = grow(builder, &array, &builder->ends_cap, sizeof *builder->ends);
    builder->ends = array;
    return ok;
}

bool csvk_batch_builder_grow_facts(struct csvk_batch_builder *builder)
{
    void *array = builder->facts;
    bool ok = grow(builder, &array, &builder->facts_cap, sizeof *builder->facts);
    builder->facts = array;
    return ok;
}

void csvk_batch_builder_add_record(struct csvk_batch_builder *builder,
                                   const struct csvk_record *record)
{
    if (builder->nrecords == builder->records_cap) {
        void *array = builder->records;
        bool ok = grow(builder, &array, &builder->records_cap, sizeof *builder->records);
        builder->records = array;
        if (!ok) {
            return;
        }
    }
    /* Field by field, as facts are copied: see csvk_batch_builder_add_fact. */
    struct csvk_record *to = &builder->records[builder->nrecords++];
    to->number = record->number;
    to->line = record->line;
    to->offset = record->offset;
    to->length = record->length;
    to->nfields = record->nfields;
    to->surplus_offset = record->surplus_offset;
    to->surplus_length = record->surplus_length;
    to->first_field = record->first_field;
    to->first_fact = record->first_fact;
    to->nfacts = record->nfacts;
    to->eol = record->eol;
    to->blank = record->blank;
    to->last_empty = record->last_empty;
    to->oversize = record->oversize;
    to->unfinished = record->unfinished;
}

void csvk_record_abandon(const struct csvk_open_record *open, struct csvk_batch_builder *builder)
{
    builder->nfields = open->fields_mark;
    builder->nfacts = open->facts_mark;
    builder->nends = open->ends_mark;
}

void csvk_inner_lines_break(struct csvk_open_record *open, const struct csvk_table *table)
{
    struct csvk_inner_lines *inner = &open->inner;
    uint64_t delimiters = open->r.nfields - inner->first + inner->delimiters;
    inner->unlike |= delimiters + 1 != table->totals.width;
    inner->breaks++;
    inner->first = open->r.nfields;
    inner->delimiters = 0;
}

void csvk_inner_lines_end(const struct csvk_open_record *open, const struct csvk_table *table,
                          struct csvk_batch_builder *builder)
{
    const struct csvk_inner_lines *inner = &open->inner;
    uint64_t width = table->totals.width;
    /* The last field has no delimiter after it. */
    uint64_t delimiters = open->r.nfields - 1 - inner->first + inner->delimiters;
    bool alike = !inner->unlike && delimiters + 1 == width;
    if (alike && inner->noted && width >= 2 && inner->breaks >= (width == 2 ? 2 : 1) &&
        csvk_wants(table, CSVK_FACT_SUSPICIOUS_LINES)) {
        csvk_batch_builder_add_fact(builder, &inner->fact);
    }
}

/* A fact about the line break at `offset`. */
static void fact_of_eol(struct csvk_batch_builder *builder, enum csvk_fact_kind kind,
                        uint64_t record, enum csvk_eol eol, uint64_t offset)
{
    struct csvk_fact fact = {.offset = offset,
                             .length = csvk_eol_length(eol),
                             .extra = (uint64_t)eol,
                             .record = record,
                             .kind = kind};
    csvk_batch_builder_add_fact(builder, &fact);
}

/*
 * Facts about a record's line break. The table's first line break decides its mode. CR CR LF counts
 * as CR LF for that, and is never mixed: it has a fact of its own.
 */
static void judge_eol(struct csvk_open_record *open, struct csvk_table *table,
                      struct csvk_batch_builder *builder, enum csvk_eol eol, uint64_t offset)
{
    if (eol == CSVK_EOL_CRCRLF) {
        fact_of_eol(builder, CSVK_FACT_CRCRLF, open->r.number, eol, offset);
    }
    enum csvk_eol kind = eol == CSVK_EOL_CRCRLF ? CSVK_EOL_CRLF : eol;
    if (table->totals.eol_mode == CSVK_EOL_NONE) {
        table->totals.eol_mode = kind;
        fact_of_eol(builder, CSVK_FACT_FIRST_EOL, open->r.number, eol, offset);
    } else if (kind != table->totals.eol_mode && eol != CSVK_EOL_CRCRLF && !table->mixed_reported) {
        table->mixed_reported = true;
        fact_of_eol(builder, CSVK_FACT_MIXED_EOL, open->r.number, eol, offset);
    }
}

/* The order in which facts are reported. No two facts of a record have the same offset and kind. */
static int compare_facts(const void *left, const void *right)
{
    const struct csvk_fact *a = left, *b = right;
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return a->kind < b->kind ? -1 : a->kind > b->kind ? 1 : 0;
}

/*
 * Puts the facts of a record in order. As a rule they are few and nearly in order, so they are
 * inserted one by one; a flood of facts in one record must not cost the square of its number.
 */
static void sort_facts(struct csvk_fact *facts, size_t count)
{
    if (count > 32) {
        qsort(facts, count, sizeof *facts, compare_facts);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct csvk_fact fact = facts[i];
        size_t j = i;
        while (j > 0 && compare_facts(&facts[j - 1], &fact) > 0) {
            facts[j] = facts[j - 1];
            j--;
        }
        facts[j] = fact;
    }
}

void csvk_record_decide(struct csvk_open_record *open, struct csvk_table *table,
                        struct csvk_batch_builder *builder, enum csvk_eol eol, uint64_t eol_offset)
{
    struct csvk_record *r = &open->r;
    if (r->blank) {
        struct csvk_fact fact = {.offset = eol_offset,
                                 .length = csvk_eol_length(eol),
                                 .record = r->number,
                                 .field = 1,
                                 .kind = CSVK_FACT_BLANK};
        csvk_batch_builder_add_fact(builder, &fact);
    } else if (table->totals.width == 0) {
        table->totals.width = r->nfields;
    }
    if (!csvk_is_known_eol(table, eol)) {
        judge_eol(open, table, builder, eol, eol_offset);
    }
}

/* All or nothing: a record either has all of its facts counted or is reported with all of them. */
bool csvk_batch_builder_count_many(struct csvk_batch_builder *builder, size_t from)
{
    if (builder->nfacts - from > MOST_COUNTED) {
        return false;
    }
    for (size_t i = from; i < builder->nfacts; i++) {
        if ((builder->only_counted & CSVK_FACT_BIT(builder->facts[i].kind)) == 0) {
            return false;
        }
    }
    for (size_t i = from; i < builder->nfacts; i++) {
        builder->counted[builder->facts[i].kind]++;
    }
    builder->nfacts = from;
    return true;
}

void csvk_record_report(struct csvk_open_record *open, struct csvk_batch_builder *builder)
{
    uint32_t nfacts = (uint32_t)(builder->nfacts - open->facts_mark);
    if (nfacts > 1) {
        sort_facts(builder->facts + open->facts_mark, nfacts);
    }
    open->r.nfacts = nfacts;
    csvk_batch_builder_add_record(builder, &open->r);
}
