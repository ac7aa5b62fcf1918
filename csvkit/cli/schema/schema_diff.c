/*
 * schema_diff.c - see schema_diff.h.
 *
 * Columns are the same when they have the same name; of several with one name the first is compared
 * with the first. Two tables differ in a type when other types are proposed for their values. A
 * table differs from a schema when a value does not fit the declared type: that the values would
 * fit a narrower type, too, is no difference.
 */
#include "csvkit/cli/schema/schema_diff.h"

#include <string.h>

struct side_column *side_add(struct side *side, const char *name, const char *type)
{
    struct side_column *more =
        csvk_reallocarray(side->column, side->count + 1, sizeof *side->column);
    if (more == NULL) {
        return NULL;
    }
    side->column = more;
    struct side_column *column = &more[side->count];
    *column =
        (struct side_column){.name = csvk_strdup(name), .type = csvk_strdup(type), .family = -1};
    side->count++;
    return column->name != NULL && column->type != NULL ? column : NULL;
}

void side_release(struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        csvk_free(side->column[i].name);
        csvk_free(side->column[i].type);
    }
    csvk_free(side->column);
    *side = (struct side){0};
}

void differences_release(struct differences *differences)
{
    csvk_free(differences->item);
    *differences = (struct differences){NULL, 0};
}

static int add(struct differences *out, struct difference difference)
{
    struct difference *more = csvk_reallocarray(out->item, out->count + 1, sizeof *more);
    if (more == NULL) {
        return CSVK_ENOMEM;
    }
    out->item = more;
    more[out->count++] = difference;
    return CSVK_OK;
}

static const struct side_column *find(const struct side *side, const char *name)
{
    for (size_t i = 0; i < side->count; i++) {
        if (strcmp(side->column[i].name, name) == 0) {
            return &side->column[i];
        }
    }
    return NULL;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Values of a table that a declared type does not hold. */
static uint64_t misfits_of(const struct side_column *table, const struct side_column *schema)
{
    const uint64_t *misfits = table->evidence.misfits;
    uint64_t numbers = misfits[CSVK_TYPE_NUMERIC], floats = misfits[CSVK_TYPE_FLOAT];
    if (schema->family == CSVK_TYPE_FLOAT) { /* a type of any number takes both */
        return numbers < floats ? numbers : floats;
    }
    bool typed = schema->family >= 0 && schema->family < CSVK_TYPE_STRING;
    return typed ? misfits[schema->family] : 0;
}

static int compare_types(const struct side *a, const struct side *b, const struct side_column *x,
                         const struct side_column *y, struct differences *out)
{
    uint64_t misfits = a->is_table && !b->is_table   ? misfits_of(x, y)
                       : b->is_table && !a->is_table ? misfits_of(y, x)
                                                     : 0;
    bool differ = a->is_table != b->is_table ? misfits != 0 : strcmp(x->type, y->type) != 0;
    return differ
               ? add(out, (struct difference){DIFFERENCE_TYPE, x->name, x->type, y->type, misfits})
               : CSVK_OK;
}

static const char *emptiness(const struct side *side, const struct side_column *column)
{
    return side->is_table   ? column->filled ? "no empty value" : "empty values"
           : column->filled ? "required"
                            : "may be empty";
}

/* A table without empty values is as good for a schema that allows them. */
static int compare_emptiness(const struct side *a, const struct side *b,
                             const struct side_column *x, const struct side_column *y,
                             struct differences *out)
{
    bool differ = a->is_table == b->is_table ? x->filled != y->filled
                  : a->is_table              ? y->filled && !x->filled
                                             : x->filled && !y->filled;
    return differ ? add(out, (struct difference){DIFFERENCE_EMPTY, x->name, emptiness(a, x),
                                                 emptiness(b, y), 0})
                  : CSVK_OK;
}

/* True when the columns that both have stand in the same order. */
static bool same_order(const struct side *a, const struct side *b)
{
    size_t next = 0;
    for (size_t i = 0; i < a->count; i++) {
        const struct side_column *other = find(b, a->column[i].name);
        if (other == NULL || find(a, a->column[i].name) != &a->column[i]) {
            continue;
        }
        size_t place = (size_t)(other - b->column);
        if (place < next) {
            return false;
        }
        next = place + 1;
    }
    return true;
}

int sides_compare(const struct side *a, const struct side *b, struct differences *out)
{
    int status = CSVK_OK;
    *out = (struct differences){NULL, 0};
    for (size_t i = 0; i < a->count && status == CSVK_OK; i++) {
        const struct side_column *x = &a->column[i], *y = find(b, x->name);
        if (y == NULL) {
            status = add(out, (struct difference){DIFFERENCE_REMOVED, x->name, x->type, NULL, 0});
            continue;
        }
        status = compare_types(a, b, x, y, out);
        status = status == CSVK_OK ? compare_emptiness(a, b, x, y, out) : status;
    }
    for (size_t i = 0; i < b->count && status == CSVK_OK; i++) {
        const struct side_column *y = &b->column[i];
        if (find(a, y->name) == NULL) {
            status = add(out, (struct difference){DIFFERENCE_ADDED, y->name, NULL, y->type, 0});
        }
    }
    if (status == CSVK_OK && !same_order(a, b)) {
        status = add(out, (struct difference){DIFFERENCE_ORDER, NULL, NULL, NULL, 0});
    }
    return status;
}
