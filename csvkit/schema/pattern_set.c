/* pattern_set.c - see pattern_set.h. */
#include "csvkit/schema/pattern_set.h"

#include <stdlib.h>

void code_set_add(struct code_set *set, uint32_t least, uint32_t most)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity < 8 ? 8 : set->capacity * 2;
        struct code_range *more = csvk_reallocarray(set->item, capacity, sizeof *more);
        set->failed |= more == NULL;
        if (more == NULL) {
            return;
        }
        set->item = more;
        set->capacity = capacity;
    }
    set->item[set->count++] = (struct code_range){least, most};
}

void code_set_add_all(struct code_set *set, const struct code_set *from)
{
    for (size_t i = 0; i < from->count; i++) {
        code_set_add(set, from->item[i].least, from->item[i].most);
    }
    set->failed |= from->failed;
}

static int by_least(const void *a, const void *b)
{
    const struct code_range *x = a, *y = b;
    return (x->least > y->least) - (x->least < y->least);
}

void code_set_sort(struct code_set *set)
{
    size_t kept = 0;
    if (set->count != 0) {
        qsort(set->item, set->count, sizeof *set->item, by_least);
    }
    for (size_t i = 0; i < set->count; i++) {
        struct code_range *last = kept != 0 ? &set->item[kept - 1] : NULL;
        if (last != NULL && set->item[i].least <= last->most + 1) {
            last->most = set->item[i].most > last->most ? set->item[i].most : last->most;
        } else {
            set->item[kept++] = set->item[i];
        }
    }
    set->count = kept;
}

void code_set_negate(struct code_set *set)
{
    struct code_set other = {.failed = set->failed};
    uint32_t next = 0;
    code_set_sort(set);
    for (size_t i = 0; i < set->count; i++) {
        if (set->item[i].least > next) {
            code_set_add(&other, next, set->item[i].least - 1);
        }
        next = set->item[i].most + 1;
    }
    if (next <= CODE_MOST) {
        code_set_add(&other, next, CODE_MOST);
    }
    code_set_release(set);
    *set = other;
}

/* What is in the one and not in the other is what is neither in "not the one" nor in the other. */
void code_set_subtract(struct code_set *set, const struct code_set *by)
{
    code_set_negate(set);
    code_set_add_all(set, by);
    code_set_negate(set);
}

void code_set_release(struct code_set *set)
{
    csvk_free(set->item);
    *set = (struct code_set){.failed = set->failed};
}
