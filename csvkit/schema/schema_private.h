/* schema_private.h - private: what a schema is made of, and how declarations are copied. */
#ifndef CSVKIT_SCHEMA_SCHEMA_PRIVATE_H
#define CSVKIT_SCHEMA_SCHEMA_PRIVATE_H

#include "csvkit/schema/schema.h"

#include <stdatomic.h>

/* One column: as it is declared for all, and for each backend that has a type of its own. */
struct schema_entry {
    struct csvk_schema_column as[CSVK_BACKENDS]; /* a name of NULL: as for all */
};

struct csvk_schema {
    atomic_size_t references;
    struct schema_entry *item;
    size_t count, capacity;
    struct csvk_schema_table table;
    struct csvk_strings *unique;
    size_t nunique, unique_capacity;
    struct csvk_schema_reference *reference;
    size_t nreferences, reference_capacity;
};

/* Where the members of a struct are that are texts, and lists; each ends with 0. */
struct declared_members {
    const size_t *texts, *lists;
};
/* The struct at `it` is a copy, byte for byte, of one that somebody else owns: from now on it owns
   its texts and lists. After CSVK_ENOMEM it owns none. */
int declared_own(void *it, const struct declared_members *members,
                 struct csvk_error *err) CSVK_MUST_USE;
void declared_release(void *it, const struct declared_members *members);
/* Makes room for one more item of `size` bytes. Returns the list, perhaps elsewhere; NULL: out of
   memory, and the list is as it was. */
void *declared_grow(void *list, size_t count, size_t *capacity, size_t size);

/* schema_table.c: frees what is declared about the table as a whole. */
void schema_release_table(struct csvk_schema *schema);

#endif
