/* choose.c - see choose.h: the margins. */
#include "csvkit/normalize/choose.h"
#include "csvkit/normalize/texts.h"
#include "csvkit/normalize/weigh.h"

#include <stdio.h>
#include <string.h>

enum { MOST_OF_ALONE = 3 }; /* the only reading that fits may cost so many times NORM_TYPICAL */

/* ---- what competes ----------------------------------------------------------------------------
 */

static bool is_named(const struct norm_decision *decision, const char *reading)
{
    for (size_t i = 0; i < decision->ncompeting; i++) {
        if (strcmp(decision->competing[i].reading, reading) == 0) {
            return true;
        }
    }
    return false;
}

/* The cheapest first; of several with the same words only that one. */
static void compete_all(const struct norm_matter *m, const struct norm_readings *readings)
{
    struct norm_decision *d = m->decision;
    d->ncompeting = 0;
    for (size_t i = 0; i < readings->count && d->ncompeting < NORM_COMPETING; i++) {
        struct norm_competitor *c = &d->competing[d->ncompeting];
        norm_reading_name(&readings->list[i], c->reading, sizeof c->reading);
        c->bits = readings->list[i].score;
        d->ncompeting += !is_named(d, c->reading);
    }
}

/* ---- the best of them -------------------------------------------------------------------------
 */

/* The record as the grammar reads it: nothing moves, quotes that are data get an enclosure. */
static bool is_literal(const struct norm_matter *m, const struct norm_reading *reading)
{
    bool same = m->line->faults == NORM_FAULT_QUOTE_IN_OPEN && reading->end == m->line->end &&
                m->line->ncells == m->context->width;
    for (size_t k = 0; same && k < m->context->width; k++) {
        same = reading->cell[k].len == m->line->cell[k].len;
    }
    return same;
}

/* " (3.9 bits)" */
static void add_bits(struct norm_text *text, int bits)
{
    norm_text_add(text, " (");
    norm_text_bits(text, bits);
    norm_text_add(text, " bits)");
}

const struct norm_reading *norm_choose(const struct norm_matter *m, struct norm_readings *readings,
                                       bool without_evidence, char *why, size_t room)
{
    if (readings->count == 0) {
        snprintf(why, room, "no reading fits");
        return NULL;
    }
    norm_weigh(m->view, m->context, m->line->begin, readings);
    compete_all(m, readings);
    const struct norm_reading *best = &readings->list[0];
    const struct norm_reading *next = readings->count > 1 ? &readings->list[1] : NULL;
    const char *best_name = m->decision->competing[0].reading;
    const char *next_name = m->decision->competing[1].reading;
    struct norm_text text = norm_text_begin(why, room);
    if (best->hole) {
        norm_text_add(&text, best_name);
        add_bits(&text, best->score);
        return NULL;
    }
    if (!norm_is_known(m->context)) {
        if (readings->count == 1 && (without_evidence || is_literal(m, best))) {
            return best;
        }
        size_t records = norm_evidence_records(m->context->evidence);
        snprintf(why, room, "%zu reading%s, and %zu clean record%s too few to tell",
                 readings->count, readings->count == 1 ? " fits" : "s fit", records,
                 records == 1 ? " is" : "s are");
        return NULL;
    }
    if (best->repair != CSVK_REPAIR_PAD &&
        norm_swallows_record(m->view, m->context, m->line->begin, best->end)) {
        snprintf(why, room, "%s, but then a value holds a line that is a record", best_name);
        return NULL;
    }
    int most = next != NULL ? norm_evidence_typical(m->context->evidence) + best->prior
                            : MOST_OF_ALONE * NORM_TYPICAL;
    if (best->score > most) {
        norm_text_add(&text, best_name);
        norm_text_add(&text, ", but its values do not look like their columns");
        add_bits(&text, best->score);
        return NULL;
    }
    int margin = norm_evidence_margin(m->context->evidence) +
                 (best->repair == CSVK_REPAIR_SURPLUS ? 2 * NORM_BIT : 0);
    if (next != NULL && next->score - best->score < margin) {
        norm_text_add(&text, "two readings fit: ");
        norm_text_add(&text, best_name);
        add_bits(&text, best->score);
        norm_text_add(&text, ", ");
        norm_text_add(&text, next_name);
        add_bits(&text, next->score);
        return NULL;
    }
    return best;
}

void norm_put_reading(const struct norm_matter *m, const struct norm_reading *best)
{
    norm_put_cells(m, best->cell, best->end, best->repair);
    m->decision->class = is_literal(m, best) ? NORM_CLASS_L0 : NORM_CLASS_L2;
    norm_reading_name(best, m->decision->evidence, sizeof m->decision->evidence);
}
