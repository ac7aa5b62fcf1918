/* csvw_compiled.h - private: a compiled cell, and what reads it. */
#ifndef CSVKIT_SCHEMA_CSVW_COMPILED_H
#define CSVKIT_SCHEMA_CSVW_COMPILED_H

#include "csvkit/schema/csvw_private.h"

#include <stdatomic.h>

union csvw_value { /* which member counts follows from the kind of the datatype */
    struct csvw_number number;
    struct csvw_moment moment;
    struct csvw_duration duration;
};

struct csvw_cell {
    atomic_size_t references;
    enum csvw_base base;
    bool trim, has_limits;
    struct csvw_number_form number;
    struct csvw_time_form time;
    char *format;                       /* of booleans: X|Y; NULL: true|false|1|0 */
    struct csvw_expression *expression; /* of other datatypes; NULL: none */
    char *limit_text[CSVW_LIMITS];      /* NULL: no such limit */
    union csvw_value limit[CSVW_LIMITS];
    uint64_t min_length, max_length;
    struct csvk_strings null;
    char *default_value, *separator; /* NULL: none */
};

/* As csvw_number_compare, for two values of the datatype. */
int csvw_value_compare(const struct csvw_cell *cell, const union csvw_value *a,
                       const union csvw_value *b, bool *comparable);

/* ---- csvw_expression.c ---- */
int csvw_expression_new(struct csvw_expression **out, const char *text, const char **ignored,
                        struct csvk_error *err) CSVK_MUST_USE;
bool csvw_expression_fits(const struct csvw_expression *expression, const unsigned char *text,
                          size_t length);
void csvw_expression_free(struct csvw_expression *expression);

/* ---- csvw_value.c ---- */
struct csvw_verdict {
    struct value_fault fault;
    bool null;      /* the cell has no value, which a required one must have */
    bool no_memory; /* it could not be judged */
};
/* Judges the content of a cell, which may be empty. */
struct csvw_verdict csvw_cell_judge(const struct csvw_cell *cell, const unsigned char *text,
                                    size_t length);

/* As value_write_key, for a cell that is good and not null. */
int csvw_cell_write_key(const struct csvw_cell *cell, const unsigned char *text, size_t length,
                        struct csvk_buf *out) CSVK_MUST_USE;

#endif
