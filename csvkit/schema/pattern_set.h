/* pattern_set.h - private: sets of characters, as ranges of their codes. */
#ifndef CSVKIT_SCHEMA_PATTERN_SET_H
#define CSVKIT_SCHEMA_PATTERN_SET_H

#include "csvkit/basics.h"

#define CODE_MOST 0x10FFFFu

struct code_range {
    uint32_t least, most;
};
/* After code_set_sort: ascending, and none touches another one. `failed`: out of memory. */
struct code_set {
    struct code_range *item;
    size_t count, capacity;
    bool failed;
};
void code_set_add(struct code_set *set, uint32_t least, uint32_t most);
void code_set_add_all(struct code_set *set, const struct code_set *from);
void code_set_sort(struct code_set *set);
void code_set_negate(struct code_set *set);                              /* sorts, too */
void code_set_subtract(struct code_set *set, const struct code_set *by); /* sorts, too */
void code_set_release(struct code_set *set);

#endif
