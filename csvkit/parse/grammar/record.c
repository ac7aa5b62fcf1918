/* record.c - see record.h: what happens when a record is complete, and the arrays behind a batch.
 */
#include "csvkit/parse/grammar/record.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COUNTED 64 /* facts of a record that is not told: more are told, a piece at a time */

void csvk_told_clear(struct csvk_told *told)
{
    told->nrecords = told->nfields = told->nfacts = told->nends = 0;
    memset(told->counted, 0, sizeof told->counted);
}

void csvk_told_release(struct csvk_told *told)
{
    csvk_free(told->records);
    csvk_free(told->fields);
    csvk_free(told->facts);
    csvk_free(told->ends);
    memset(told, 0, sizeof *told);
}

/* Doubles an array; on failure the old one stays and `failed` is set. */
static bool grow(struct csvk_told *told, void **array, size_t *capacity, size_t item)
{
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *bigger = csvk_reallocarray(*array, wanted, item);
    if (bigger == NULL) {
        told->failed = true;
        return false;
    }
    *array = bigger;
    *capacity = wanted;
    return true;
}

bool csvk_told_grow_fields(struct csvk_told *told)
{
    void *array = told->fields;
    bool ok = grow(told, &array, &told->fields_cap, sizeof *told->fields);
    told->fields = array;
    return ok;
}

bool csvk_told_grow_ends(struct csvk_told *told)
{
    void *array = told->ends;
    bool ok = grow(told, &array, &told->ends_cap, sizeof *told->ends);
    told->ends = array;
    return ok;
}

bool csvk_told_grow_facts(struct csvk_told *told)
{
    void *array = told->facts;
    bool ok = grow(told, &array, &told->facts_cap, sizeof *told->facts);
    told->facts = array;
    return ok;
}

void csvk_told_record(struct csvk_told *told, const struct csvk_record *record)
{
    if (told->nrecords == told->records_cap) {
        void *array = told->records;
        bool ok = grow(told, &array, &told->records_cap, sizeof *told->records);
        told->records = array;
        if (!ok) {
            return;
        }
    }
    struct csvk_record *to = &told->records[told->nrecords++]; /* piece by piece, as facts are */
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

void csvk_record_abandon(const struct csvk_open_record *open, struct csvk_told *told)
{
    told->nfields = open->fields_mark;
    told->nfacts = open->facts_mark;
    told->nends = open->ends_mark;
}

static void fact_of_eol(struct csvk_told *told, enum csvk_fact_kind kind, uint64_t record,
                        enum csvk_eol eol, uint64_t offset)
{
    struct csvk_fact fact = {.offset = offset,
                             .length = csvk_eol_length(eol),
                             .extra = (uint64_t)eol,
                             .record = record,
                             .kind = kind};
    csvk_told_fact(told, &fact);
}

/* The first line break decides the mode; CR CR LF counts as CRLF there and never as mixed. */
static void judge_eol(struct csvk_open_record *open, struct csvk_table *table,
                      struct csvk_told *told, enum csvk_eol eol, uint64_t offset)
{
    if (eol == CSVK_EOL_CRCRLF) {
        fact_of_eol(told, CSVK_FACT_CRCRLF, open->r.number, eol, offset);
    }
    enum csvk_eol kind = eol == CSVK_EOL_CRCRLF ? CSVK_EOL_CRLF : eol;
    if (table->totals.eol_mode == CSVK_EOL_NONE) {
        table->totals.eol_mode = kind;
        fact_of_eol(told, CSVK_FACT_FIRST_EOL, open->r.number, eol, offset);
    } else if (kind != table->totals.eol_mode && eol != CSVK_EOL_CRCRLF && !table->mixed_told) {
        table->mixed_told = true;
        fact_of_eol(told, CSVK_FACT_MIXED_EOL, open->r.number, eol, offset);
    }
}

/* The order facts are told in. No two facts of a record share offset and kind. */
static int compare_facts(const void *left, const void *right)
{
    const struct csvk_fact *a = left, *b = right;
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return a->kind < b->kind ? -1 : a->kind > b->kind ? 1 : 0;
}

/* Few facts, nearly in order, are the rule; a flood in one record must not cost its square. */
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

bool csvk_record_settle(struct csvk_open_record *open, struct csvk_table *table,
                        struct csvk_told *told, enum csvk_eol eol, uint64_t eol_offset)
{
    struct csvk_record *r = &open->r;
    bool first = !r->blank && table->totals.width == 0;
    if (r->blank) {
        struct csvk_fact fact = {.offset = eol_offset,
                                 .length = csvk_eol_length(eol),
                                 .record = r->number,
                                 .field = 1,
                                 .kind = CSVK_FACT_BLANK};
        csvk_told_fact(told, &fact);
    } else if (first) {
        table->totals.width = r->nfields;
    }
    if (!csvk_is_known_eol(table, eol)) {
        judge_eol(open, table, told, eol, eol_offset);
    }
    return first;
}

bool csvk_told_count_many(struct csvk_told *told, size_t from)
{
    if (told->nfacts - from > MOST_COUNTED) {
        return false;
    }
    for (size_t i = from; i < told->nfacts; i++) {
        if ((told->only_counted & CSVK_FACT_BIT(told->facts[i].kind)) == 0) {
            return false;
        }
    }
    for (size_t i = from; i < told->nfacts; i++) {
        told->counted[told->facts[i].kind]++;
    }
    told->nfacts = from;
    return true;
}

void csvk_record_note(struct csvk_open_record *open, struct csvk_told *told)
{
    uint32_t nfacts = (uint32_t)(told->nfacts - open->facts_mark);
    if (nfacts > 1) {
        sort_facts(told->facts + open->facts_mark, nfacts);
    }
    open->r.nfacts = nfacts;
    csvk_told_record(told, &open->r);
}
