/*
 * schema_diff.h - what is different between two tables, or a table and a schema: columns, their
 * order, types, and whether they may be empty.
 */
#ifndef CSVKIT_CLI_SCHEMA_SCHEMA_DIFF_H
#define CSVKIT_CLI_SCHEMA_SCHEMA_DIFF_H

#include "csvkit/csvkit.h"
#include "csvkit/schema/column_evidence.h"

struct side_column {
    char *name;
    char *type;  /* as it is called: "NUMERIC(10,2)" */
    int family;  /* enum csvk_type that the type stands for; -1: none of them */
    bool filled; /* every record has a value, or must have one */
    struct csvk_column_types evidence; /* of a table */
};
struct side {
    bool is_table; /* else a schema */
    struct side_column *column;
    size_t count;
};
enum difference_kind {
    DIFFERENCE_REMOVED,
    DIFFERENCE_ADDED,
    DIFFERENCE_ORDER, /* of the columns that both have; without a name */
    DIFFERENCE_TYPE,
    DIFFERENCE_EMPTY, /* one side has empty values, or allows them */
};
struct difference {
    enum difference_kind kind;
    const char *column; /* of a side; NULL: the table as a whole */
    const char *a, *b;  /* texts of the sides, or static; NULL: nothing to say */
    uint64_t misfits;   /* values of the table that the type of the schema does not hold; 0: none */
};
struct differences {
    struct difference *item;
    size_t count;
};
/* CSVK_ENOMEM. The texts live as long as the sides; release *out in any case. */
int sides_compare(const struct side *a, const struct side *b,
                  struct differences *out) CSVK_MUST_USE;
void differences_release(struct differences *differences);
void side_release(struct side *side);
/* A copy of `name` and `type` goes to a new column at the end; NULL: out of memory. */
struct side_column *side_add(struct side *side, const char *name, const char *type);

#endif
