/*
 * short_cause.c - why most records are short: their writer leaves out empty values at the end.
 *
 * What may be known about it is in csvkit/base/early_ends.h; the sample is asked. Then the first
 * finding of field-count stands for all, as long as nothing else explains one of them.
 */
#include "csvkit/base/misfit.h"
#include "csvkit/base/early_ends.h"
#include "validator/judge.h"

#define FIELDS_MOST 1024 /* of a record that is looked at */

static struct csvk_bytes value_of(const struct field_walk *walk, const struct walk_field *field)
{
    size_t quotes = field->enclosed && field->end - field->begin > 1;
    return (struct csvk_bytes){walk->bytes + field->begin + quotes,
                               field->end - field->begin - 2 * quotes};
}

/* How many fields the record at the walk has; the first ones are put into `field`. 0: a blank line,
   or the rest of the record is not in the sample. */
static size_t read_record(struct field_walk *walk, bool cut, struct csvk_bytes *field)
{
    struct walk_field one;
    size_t count = 0;
    do {
        walk_next(walk, &one);
        if (count < FIELDS_MOST) {
            field[count] = value_of(walk, &one);
        }
        count++;
    } while (!one.last);
    bool blank = count == 1 && one.begin == one.end;
    return blank || (cut && !one.complete) ? 0 : count;
}

static bool look(struct csvk_validator *v, struct csvk_early_ends *records)
{
    struct field_walk walk = walk_sample(v);
    struct csvk_bytes *field = csvk_reallocarray(NULL, FIELDS_MOST, sizeof *field);
    bool names = v->header_record != 0;
    v->failed = v->failed || field == NULL;
    while (field != NULL && walk.at < walk.size) {
        size_t count = read_record(&walk, v->sample_closed, field);
        if (count != 0 && !names) {
            csvk_early_ends_add(records, field, count < FIELDS_MOST ? count : FIELDS_MOST);
        }
        names = names && count == 0;
    }
    csvk_free(field);
    return !v->failed;
}

static bool is_any_explained(const struct csvk_findings *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        const struct csvk_finding *f = &kept->item[i];
        if (finding_extra(f, "follows") != NULL || finding_extra(f, "reason") != NULL) {
            return true;
        }
    }
    return false;
}

/* Lines that look like one record in parts may be such where the sample does not see them. */
static bool end_early(struct csvk_validator *v)
{
    const struct shape *s = &v->shape;
    uint64_t below = v->totals.records - (v->header_record != 0) - s->blanks;
    struct csvk_early_ends records = {.width = v->width};
    return s->wide == 0 && 2 * s->narrow >= below && v->width <= FIELDS_MOST &&
           (v->count[RULE_SPLIT_RECORD_SUSPECTED] == 0 || !v->sample_closed) && look(v, &records) &&
           csvk_early_ends_show(&records);
}

bool short_cause_judge(struct csvk_validator *v)
{
    const struct csvk_misfit_text *text = &csvk_misfit_texts[MISFIT_SHORT];
    struct csvk_findings *kept = &v->kept[RULE_FIELD_COUNT];
    if (kept->count == 0 || is_any_explained(kept) || !end_early(v)) {
        return false;
    }
    for (size_t i = 0; i < kept->count; i++) {
        finding_text(v, &kept->item[i], "reason", text->text);
        finding_remedy(v, &kept->item[i], text->remedy);
    }
    return true;
}
