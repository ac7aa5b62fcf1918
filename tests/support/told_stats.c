/* told_stats.c - see told_stats.h. */
#include "tests/support/told_stats.h"

#include "csvkit/json.h"

static void add_values(struct csvk_buf *out, const struct csvk_stats_value *list, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        ck_assert_int_eq(csvk_buf_add_escaped(out, list[i].text, (size_t)list[i].kept), CSVK_OK);
        ck_assert_int_eq(csvk_buf_printf(out, " %d %d\n", (int)list[i].length, (int)list[i].count),
                         CSVK_OK);
    }
}

static void add_column(struct csvk_buf *out, const struct csvk_column_stats *c)
{
    const struct csvk_column_types *t = c->types;
    ck_assert_int_eq(csvk_buf_printf(out, "%d %d %d %d %d %d %d\n%d %s %s %s\n%d %s %s\n%d %d %d\n",
                                     (int)c->values, (int)c->empty, (int)c->enclosed_empty,
                                     (int)c->distinct, c->distinct_exact, c->top_exact,
                                     c->shapes_exact, (int)c->numbers, c->number_least,
                                     c->number_greatest, c->mean, (int)c->moments, c->moment_least,
                                     c->moment_greatest, (int)c->shortest, (int)c->longest,
                                     (int)c->points),
                     CSVK_OK);
    add_values(out, c->top, c->ntop);
    add_values(out, c->shape, c->nshapes);
    add_values(out, &c->least, 1);
    add_values(out, &c->greatest, 1);
    ck_assert_int_eq(csvk_buf_printf(out, "%d %d %d %d %d %d\n", (int)t->values, (int)t->empty,
                                     (int)t->longest, (int)t->integer_digits,
                                     (int)t->fraction_digits, (int)t->first_empty),
                     CSVK_OK);
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        const struct csvk_type_exclusion *e = &t->excluded[type];
        ck_assert_int_eq(
            csvk_buf_printf(out, "%d %d %d %.*s\n", (int)t->misfits[type], (int)e->record,
                            (int)e->length,
                            (int)(e->length < CSVK_TYPE_SAMPLE ? e->length : CSVK_TYPE_SAMPLE),
                            (const char *)e->sample),
            CSVK_OK);
    }
}

void support_tell_stats(struct csvk_buf *out, struct csvk_stats *stats)
{
    const struct csvk_stats_records *r = csvk_stats_records(stats);
    ck_assert_int_eq(csvk_buf_printf(out, "%d %d %d %d %d %d\n", (int)r->records,
                                     (int)r->other_width, (int)r->first_of_width, (int)r->broken,
                                     (int)r->first_broken, (int)r->blank),
                     CSVK_OK);
    for (size_t i = 0; i < csvk_stats_columns(stats); i++) {
        const struct csvk_column_stats *column;
        ck_assert_int_eq(csvk_stats_column(stats, i, &column), CSVK_OK);
        add_column(out, column);
    }
}
