/* csvw_compiled.h - private: a compiled cell, and what reads it. */
#ifndef CSVKIT_SCHEMA_CSVW_COMPILED_H
#define CSVKIT_SCHEMA_CSVW_COMPILED_H

#include "csvkit/schema/csvw_private.h"
#include "csvkit/schema/value_pattern.h"

#include <stdatomic.h>

union csvw_value { /* which member counts follows from the kind of the datatype */
    struct csvw_number number;
    struct moment moment;
    struct duration duration;
};

struct csvw_cell {
    atomic_size_t references;
    enum csvw_base base;
    bool trim, has_limits;
    bool only_empty; /* the empty text alone is null, and no list or default is declared */
    bool plain;      /* besides, nothing but the datatype is declared */
    struct csvw_number_form number;
    struct csvw_time_form time;
    char *format;                  /* of booleans: X|Y; NULL: true|false|1|0 */
    char *expression;              /* a format of other datatypes; NULL: none */
    char *limit_text[CSVW_LIMITS]; /* NULL: no such limit */
    union csvw_value limit[CSVW_LIMITS];
    uint64_t min_length, max_length;
    struct csvk_strings null;
    char *default_value, *separator; /* NULL: none */
};

/* The order of two values of the datatype, as it is at least and at most: less than 0, 0, more than
   0. They differ where XSD has no order: NaN, and durations like a month and 30 days. */
void csvw_value_compare(const struct csvw_cell *cell, const union csvw_value *a,
                        const union csvw_value *b, int *least, int *most);
/* Reads a duration of the datatype. */
struct value_fault csvw_duration_read(enum csvw_base base, const unsigned char *text, size_t length,
                                      struct duration *out);

/* ---- csvw_value.c ---- */
struct csvw_verdict {
    struct value_fault fault;
    bool null; /* the cell has no value, which a required one must have */
};
/* Judges the content of a cell, which may be empty; `pattern` is made of cell->expression. */
struct csvw_verdict csvw_cell_judge(const struct csvw_cell *cell, struct value_pattern *pattern,
                                    const unsigned char *text, size_t length);

/* As value_write_key, for a cell that is good and not null. */
int csvw_cell_write_key(const struct csvw_cell *cell, const unsigned char *text, size_t length,
                        struct csvk_buf *out) CSVK_MUST_USE;

/* Do values of the datatype have another form than that of XSD? The property that keeps them from
   being rewritten in it goes to *property; NULL: none does. */
bool csvw_cell_has_own_form(const struct csvw_cell *cell, const char **property);
/* The same cell in the form of XSD; it borrows all but itself from `cell`, so free it by csvk_free.
   NULL: out of memory. */
struct csvw_cell *csvw_cell_in_xsd_form(const struct csvw_cell *cell) CSVK_MUST_USE;
/* The value of a cell that is good and not null in the form of XSD, digit by digit. CSVK_ENOMEM. */
int csvw_cell_write_xsd(const struct csvw_cell *cell, const unsigned char *text, size_t length,
                        struct csvk_buf *out) CSVK_MUST_USE;

#endif
